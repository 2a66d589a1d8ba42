"""Different subscriptions of one address cost no more together than is allowed, over sockets and streams alike."""

from collections.abc import Iterator

import httpx
import pytest

from tests.web.live.test_graphql_transport_ws import hear, opened, say
from tests.web.live.test_streams import SSE
from tests.web.server import Server

MOST = 3000


def document(number: int) -> str:
    return f"subscription {{ offerPublished {{ name{number}: offer {{ title }} }} }}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("costs") / "data"
    with Server(folder, LIMIT_LOOPBACK=1, UPDATE_COST_PER_ADDRESS=MOST, SOCKET_OPERATIONS=1000) as server:
        yield server


async def test_one_too_many_is_refused_and_those_that_ask_the_same_are_not(server: Server) -> None:
    async with opened(server) as client:
        begun = 0
        while True:
            await say(client, type="subscribe", id=f"{begun}", payload={"query": document(begun)})
            await say(client, type="subscribe", id="probe", payload={"query": "{ __typename }"})
            answers = [await hear(client)]
            while answers[-1] != {"type": "complete", "id": "probe"}:
                answers.append(await hear(client))
            refused = [one for one in answers if one["type"] == "error"]
            if refused:
                break
            begun += 1
            assert begun <= 100
        (error,) = refused[0]["payload"]
        assert error["extensions"]["code"] == "RATE_LIMITED"
        assert refused[0]["id"] == f"{begun}"
        assert begun > 1
        # What another one asks already costs nothing more; what is completed makes room.
        await say(client, type="subscribe", id="same", payload={"query": document(0)})
        stream = {"query": document(begun + 1)}
        async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
            answer = await http.post("/graphql", json=stream, headers={"Accept": SSE})
            assert answer.status_code == 429
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
        await say(client, type="complete", id="1")
        await say(client, type="subscribe", id="room", payload={"query": document(begun)})
        await say(client, type="subscribe", id="last", payload={"query": document(begun + 1)})
        heard = await hear(client)
        assert (heard["type"], heard["id"]) == ("error", "last")


async def test_what_is_left_is_given_back(server: Server) -> None:
    for _round in range(3):
        async with opened(server) as client:
            for number in range(3):
                await say(client, type="subscribe", id=f"{number}", payload={"query": document(number)})
            await say(client, type="subscribe", id="probe", payload={"query": "{ __typename }"})
            answers = [await hear(client)]
            while answers[-1] != {"type": "complete", "id": "probe"}:
                answers.append(await hear(client))
            assert [one["type"] for one in answers] == ["next", "complete"]
