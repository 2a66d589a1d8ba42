"""graphql-transport-ws: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import websockets
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from models import now
from tests.databases import execute, run
from tests.web.server import Server

PROTOCOL = Subprotocol("graphql-transport-ws")
PATIENCE = 10.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("sockets") / "data"
    with Server(folder, SOCKET_INIT_SECONDS=0.5, SOCKET_OPERATIONS=2, SOCKET_MESSAGE_BYTES=20_000) as running:
        yield running


async def say(socket: ClientConnection, **message: Any) -> None:
    await socket.send(json.dumps(message))


async def hear(socket: ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(PATIENCE):
        frame = await socket.recv()
    assert isinstance(frame, str), "a binary frame"
    return dict(json.loads(frame))


async def closed(socket: ClientConnection) -> tuple[int, str]:
    """The code and the reason with which the server closes the socket."""
    async with asyncio.timeout(PATIENCE):
        with suppress(websockets.ConnectionClosed):
            async for _frame in socket:
                pass
        await socket.wait_closed()
    assert socket.close_code is not None
    return socket.close_code, socket.close_reason or ""


@asynccontextmanager
async def opened(server: Server, payload: Any = None, **headers: str) -> AsyncIterator[ClientConnection]:
    """A socket that is through connection_init."""
    async with connect(server.socket_url, subprotocols=[PROTOCOL], additional_headers=headers, proxy=None) as socket:
        await say(socket, type="connection_init", **({"payload": payload} if payload is not None else {}))
        assert await hear(socket) == {"type": "connection_ack"}
        yield socket


async def subscribe(socket: ClientConnection, document: str, id: str = "1", **more: Any) -> dict[str, Any]:
    await say(socket, type="subscribe", id=id, payload={"query": document, **more})
    return await hear(socket)


async def test_a_query_is_answered_and_completed(server: Server) -> None:
    async with opened(server) as socket:
        answer = await subscribe(socket, "{ network { name } }")
        assert (answer["id"], answer["type"]) == ("1", "next")
        assert answer["payload"]["data"] == {"network": {"name": "Engagement-Netzwerk Wolfsburg"}}
        assert await hear(socket) == {"id": "1", "type": "complete"}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{", "BAD_REQUEST"),
        ("", "BAD_REQUEST"),
        ("{ nothing }", "BAD_REQUEST"),
        ("fragment F on Query { liveCursor }", "BAD_REQUEST"),
        ("{" + "network{" * 1000, "TOO_COMPLEX"),
        ("query A { liveCursor } query B { liveCursor }", "BAD_REQUEST"),
    ],
)
async def test_what_cannot_be_executed_is_an_error_message_and_the_socket_stays(
    server: Server, document: str, code: str
) -> None:
    async with opened(server) as socket:
        answer = await subscribe(socket, document)
        assert (answer["type"], answer["id"]) == ("error", "1")
        assert [error["extensions"]["code"] for error in answer["payload"]] == [code]
        assert (await subscribe(socket, "{ liveCursor }"))["type"] == "next"


async def test_connection_init_may_have_no_payload_or_null(server: Server) -> None:
    async with connect(server.socket_url, subprotocols=[PROTOCOL], proxy=None) as socket:
        await say(socket, type="connection_init", payload=None)
        assert await hear(socket) == {"type": "connection_ack"}


@pytest.mark.parametrize("authorization", ["Bearer x", "x", "Basic eDp5", 1, {}])
async def test_a_wrong_token_closes_by_4403_and_says_why(server: Server, authorization: Any) -> None:
    async with connect(server.socket_url, subprotocols=[PROTOCOL], proxy=None) as socket:
        payload = {"Authorization": authorization, "Accept-Language": "en"}
        await say(socket, type="connection_init", payload=payload)
        number, reason = await closed(socket)
        assert number == 4403
        assert "token" in reason.lower()


@pytest.mark.parametrize(
    "message",
    ["{", "1", "[]", "null", "{}", '{"type": 1}', '{"type": "unknown"}', '{"type": "connection_init", "payload": 1}'],
)
async def test_a_message_of_another_form_closes_by_4400(server: Server, message: str) -> None:
    async with connect(server.socket_url, subprotocols=[PROTOCOL], proxy=None) as socket:
        await socket.send(message)
        assert (await closed(socket))[0] == 4400


@pytest.mark.parametrize(
    "message",
    [
        {"type": "subscribe"},
        {"type": "subscribe", "id": "1"},
        {"type": "subscribe", "id": 1, "payload": {"query": "{ liveCursor }"}},
        {"type": "subscribe", "id": "1", "payload": "{ liveCursor }"},
        {"type": "subscribe", "id": "1", "payload": {"query": 1}},
        {"type": "subscribe", "id": "1", "payload": {"query": "{ liveCursor }", "variables": []}},
        {"type": "subscribe", "id": "1", "payload": {"query": "{ liveCursor }", "operationName": 1}},
        {"type": "complete"},
    ],
)
async def test_a_subscribe_of_another_form_closes_by_4400(server: Server, message: dict[str, Any]) -> None:
    async with opened(server) as socket:
        await say(socket, **message)
        assert (await closed(socket))[0] == 4400


async def test_a_binary_message_closes_by_4400(server: Server) -> None:
    async with opened(server) as socket:
        await socket.send(b'{"type":"ping"}')
        assert (await closed(socket))[0] == 4400


async def test_a_message_may_come_in_fragments(server: Server) -> None:
    async with opened(server) as socket:
        await socket.send(iter(['{"type":"subscribe","id":"1",', '"payload":{"query":', '"{ network { name } }"}}']))
        assert (await hear(socket))["type"] == "next"


async def test_subscribe_before_connection_init_closes_by_4401(server: Server) -> None:
    async with connect(server.socket_url, subprotocols=[PROTOCOL], proxy=None) as socket:
        await say(socket, type="subscribe", id="1", payload={"query": "{ liveCursor }"})
        assert (await closed(socket))[0] == 4401


async def test_two_connection_inits_close_by_4429(server: Server) -> None:
    async with opened(server) as socket:
        await say(socket, type="connection_init")
        assert (await closed(socket))[0] == 4429


async def test_who_never_says_connection_init_is_closed_by_4408(server: Server) -> None:
    async with connect(server.socket_url, subprotocols=[PROTOCOL], proxy=None) as socket:
        assert (await closed(socket))[0] == 4408


async def test_a_wrong_message_that_comes_together_with_a_close_is_passed_over(server: Server) -> None:
    async with opened(server) as socket:
        socket.protocol.send_text(b"nonsense")
        socket.protocol.send_close(1000)
        socket.transport.write(b"".join(socket.protocol.data_to_send()))
        await closed(socket)
    assert "Traceback" not in server.log


async def test_the_legacy_protocol_is_not_spoken(server: Server) -> None:
    async with connect(server.socket_url, subprotocols=[Subprotocol("graphql-ws")], proxy=None) as socket:
        assert (await closed(socket))[0] == 4406


async def test_a_ping_is_answered(server: Server) -> None:
    async with opened(server) as socket:
        await say(socket, type="ping")
        assert await hear(socket) == {"type": "pong"}


async def test_a_message_that_is_too_large_closes_the_socket(server: Server) -> None:
    async with opened(server) as socket:
        await say(socket, type="subscribe", id="1", payload={"query": "#" * 30_000})
        assert (await closed(socket))[0] == 1009


async def test_pages_of_other_origins_get_no_socket(server: Server) -> None:
    with pytest.raises(websockets.InvalidStatus) as caught:
        async with opened(server, Origin="https://elsewhere.example"):
            pass
    assert caught.value.response.status_code == 403


def hashed(query: str) -> dict[str, Any]:
    """A document's hash, as Apollo's protocol has it."""
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(query.encode()).hexdigest()}}


async def test_a_document_of_a_name_that_is_not_known_is_asked_for_and_the_socket_stays(server: Server) -> None:
    unknown = {"extensions": hashed("{ nobody { has sent this } }")}
    async with opened(server) as socket:
        for payload, what in (
            (unknown, "Found"),
            ({**unknown, "query": ""}, "Found"),
            ({**unknown, "query": None}, "Found"),
            ({"documentId": "x"}, "Supported"),
        ):
            await say(socket, type="subscribe", id="1", payload=payload)
            refused = await hear(socket)
            assert (refused["type"], refused["id"]) == ("error", "1")
            (error,) = refused["payload"]
            assert error["message"] == f"PersistedQueryNot{what}"
            assert error["extensions"]["code"] == f"PERSISTED_QUERY_NOT_{what.upper()}"
        await say(socket, type="subscribe", id="1", payload={**unknown, "query": "{ network { name } }"})
        assert (await hear(socket))["payload"][0]["extensions"]["code"] == "BAD_REQUEST"
        await say(socket, type="subscribe", id="1", payload={"query": "{ network { name } }", "documentId": "x"})
        assert (await hear(socket))["type"] == "next"


@pytest.mark.parametrize(
    "query",
    ["query { network { name } } # by name", "subscription { networkStatistics { memberCount } } # by name"],
)
async def test_what_was_sent_once_is_named_on_every_socket(server: Server, query: str) -> None:
    extensions = hashed(query)
    async with opened(server) as socket, opened(server) as other:
        await say(socket, type="subscribe", id="1", payload={"query": query, "extensions": extensions})
        first = await hear(socket)
        assert first["type"] == "next"
        await say(other, type="subscribe", id="1", payload={"extensions": extensions})
        assert (await hear(other))["payload"]["data"] == first["payload"]["data"]


async def test_nothing_is_compressed(server: Server) -> None:
    async with opened(server) as socket:
        assert socket.protocol.extensions == []


SIGN_IN = """mutation { signIn(input: {email: "member@mitwirk.example", password: "mitwirk-demo"}) { accessToken } }"""


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose access tokens are soon over."""
    with Server(tmp_path_factory.mktemp("signed-in") / "data", DEMO=1, ACCESS_TOKEN_MINUTES=0.1) as running:
        yield running


async def test_a_socket_is_signed_in_until_its_token_is_over(demonstration: Server) -> None:
    token = demonstration.ask(SIGN_IN)["data"]["signIn"]["accessToken"]
    async with opened(demonstration, {"Authorization": f"Bearer {token}", "Accept-Language": "en"}) as socket:
        answer = await subscribe(socket, "{ viewer { email } }")
        assert answer["payload"]["data"] == {"viewer": {"email": "member@mitwirk.example"}}
        assert (await hear(socket))["type"] == "complete"
        warning = await hear(socket)
        assert warning["type"] == "ping"
        left = datetime.fromisoformat(warning["payload"]["tokenExpiresAt"]) - now()
        assert timedelta(0) < left < timedelta(seconds=6)
        assert await closed(socket) == (4403, "The token is not valid or has expired: please sign in again.")


async def test_messages_wait_while_a_socket_is_signed_in(demonstration: Server) -> None:
    token = demonstration.ask(SIGN_IN)["data"]["signIn"]["accessToken"]
    async with connect(demonstration.socket_url, subprotocols=[PROTOCOL], proxy=None) as socket:
        await say(socket, type="connection_init", payload={"Authorization": f"Bearer {token}"})
        await say(socket, type="subscribe", id="1", payload={"query": "{ viewer { email } }"})
        await say(socket, type="ping")
        assert await hear(socket) == {"type": "connection_ack"}
        answers = [await hear(socket), await hear(socket)]
        assert sorted(answer["type"] for answer in answers) == ["next", "pong"]


async def flood(socket: ClientConnection) -> None:
    """50 MB that mean nothing."""
    for _number in range(500):
        await say(socket, type="pong", payload={"text": "x" * 100_000})


async def test_what_a_client_sends_while_it_is_signed_in_waits_with_the_client(
    tmp_path: Path, postgres_url: str, redis_url: str
) -> None:
    """However much it is: the database may be slow."""
    run(execute(f"{postgres_url}/postgres", "DROP DATABASE IF EXISTS flooded", "CREATE DATABASE flooded"))
    url = f"{postgres_url}/flooded"
    settings: dict[str, Any] = {"DATABASE_URL": url, "REDIS_URL": redis_url, "SECRET_KEY": "k" * 40, "DEMO": 1}
    with Server(tmp_path / "data", **settings) as server:
        token = server.ask(SIGN_IN)["data"]["signIn"]["accessToken"]
        slow = await asyncpg.connect(url)
        lock = slow.transaction()
        await lock.start()
        await slow.execute("LOCK TABLE sign_in_session IN ACCESS EXCLUSIVE MODE")
        async with connect(server.socket_url, subprotocols=[PROTOCOL], proxy=None) as socket:
            await say(socket, type="connection_init", payload={"Authorization": f"Bearer {token}"})
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(flood(socket), 2)
            await lock.rollback()
            assert await hear(socket) == {"type": "connection_ack"}
            await say(socket, type="ping")
            assert (await hear(socket))["type"] == "pong"
        await slow.close()


async def test_who_signs_out_over_a_socket_is_answered_and_closed_by_4403(demonstration: Server) -> None:
    token = demonstration.ask(SIGN_IN)["data"]["signIn"]["accessToken"]
    async with opened(demonstration, {"Authorization": f"Bearer {token}"}) as socket:
        assert (await subscribe(socket, "mutation { signOut { userErrors { code } } }"))["type"] == "next"
        assert (await hear(socket))["type"] == "complete"
        assert (await closed(socket))[0] == 4403


async def test_the_language_of_a_socket_is_that_of_its_connection_init(server: Server) -> None:
    texts = []
    for language in ("de", "en"):
        async with opened(server, {"Accept-Language": language}) as socket:
            answer = await subscribe(socket, "mutation { signOut { userErrors { code } } }")
            (error,) = answer["payload"]["errors"]
            assert error["extensions"]["code"] == "UNAUTHENTICATED"
            texts.append(error["message"])
    assert texts[0] != texts[1] == "Please sign in."


def test_a_subscription_by_plain_post_is_a_clear_error(server: Server) -> None:
    answer = server.client.post("/graphql", json={"query": "subscription { networkStatistics { memberCount } }"})
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (400, "BAD_REQUEST")
    assert "graphql-transport-ws" in error["message"]


def test_a_mutation_by_get_is_refused(server: Server) -> None:
    answer = server.client.get("/graphql", params={"query": "mutation { signOut { userErrors { code } } }"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
