"""Different subscriptions of one address cost no more together than is allowed, over sockets and streams alike."""

from collections.abc import Iterator

import httpx
import pytest

from tests.web.live.test_graphql_transport_ws import hear, opened, say
from tests.web.live.test_streams import SSE
from tests.web.server import Server
from tests.world import SCHEMA
from web.limits.budgets import points_of

MOST = 3000


def document(number: int) -> str:
    return f"subscription {{ offerPublished {{ name{number}: offer {{ title }} }} }}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("costs") / "data"
    with Server(folder, LIMIT_LOOPBACK=1, UPDATE_COST_PER_ADDRESS=MOST, SOCKET_OPERATIONS=1000) as server:
        yield server


async def test_one_too_many_is_refused_and_those_that_ask_the_same_are_not(server: Server) -> None:
    fit = MOST // points_of(SCHEMA.operations.of(document(0), None), None)
    assert fit > 1
    new = document(fit + 1)
    async with opened(server) as client:
        for number in range(fit + 1):
            await say(client, type="subscribe", id=f"{number}", payload={"query": document(number)})
        # Which one it is isn't promised: they stand in line to be compiled.
        refused = await hear(client)
        assert refused["type"] == "error"
        assert [error["extensions"]["code"] for error in refused["payload"]] == ["RATE_LIMITED"]
        begun = [number for number in range(fit + 1) if f"{number}" != refused["id"]]
        assert len(begun) == fit
        # What another one asks already costs nothing more; what is completed makes room.
        await say(client, type="subscribe", id="same", payload={"query": document(begun[0])})
        async with httpx.AsyncClient(base_url=server.url, trust_env=False) as http:
            answer = await http.post("/graphql", json={"query": new}, headers={"Accept": SSE})
            assert answer.status_code == 429
            assert int(answer.headers["retry-after"]) > 0
            assert answer.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
        await say(client, type="complete", id=f"{begun[1]}")
        await say(client, type="subscribe", id="room", payload={"query": document(int(refused["id"]))})
        await say(client, type="subscribe", id="last", payload={"query": new})
        heard = await hear(client)
        assert heard["type"] == "error"
        assert heard["id"] in ("room", "last")


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
