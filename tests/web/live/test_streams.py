"""Subscriptions over HTTP: server-sent events (distinct connections) and multipart."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.web.live.test_graphql_transport_ws import hear, opened, say, subscribe
from tests.web.server import Server, until

PATIENCE = 10.0
SSE = "text/event-stream"
APOLLO = "multipart/mixed;boundary=graphql;subscriptionSpec=1.0,application/graphql-response+json,application/json"
WATCH = "subscription ($after: String) { offerPublished(after: $after) { offer { title } } }"
BOARD = "subscription { liveOffers(first: 1) { __typename } }"
SIGN_IN = """mutation { signIn(input: {email: "member@mitwirk.example", password: "mitwirk-demo"}) { accessToken } }"""
PUBLISH = "mutation ($input: CreateOfferInput!) { createOffer(input: $input) { offer { id } userErrors { code } } }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("streams") / "data"
    with Server(folder, DEMO=1, STREAM_PING_SECONDS=0.2, SOCKET_PING_SECONDS=0.2) as running:
        yield running


@pytest.fixture(scope="module")
def token(server: Server) -> str:
    return str(server.ask(SIGN_IN)["data"]["signIn"]["accessToken"])


def publish(server: Server, token: str, title: str) -> None:
    """Put an entry onto the board."""
    values = {"direction": "SEEK", "category": "ROOM", "title": title, "description": "Bitte.", "publish": True}
    assert server.ask(PUBLISH, token, input=values)["data"]["createOffer"]["userErrors"] == []


def cursor(server: Server) -> str:
    return str(server.ask("{ liveCursor }")["data"]["liveCursor"])


class Events:
    """What comes in an event stream, block by block, as `{field: value}`; comments under `""`."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.aiter_lines()

    async def block(self) -> dict[str, str] | None:
        block: dict[str, str] = {}
        async with asyncio.timeout(PATIENCE):
            async for line in self._lines:
                if not line:
                    return block
                name, _colon, value = line.partition(":")
                block[name] = value.removeprefix(" ")
        return None

    async def next(self, event: str = "next") -> dict[str, str]:
        """The next event; pings are passed over."""
        while True:
            block = await self.block()
            assert block is not None, "the stream ended"
            if "event" in block:
                assert block["event"] == event
                return block


@asynccontextmanager
async def streamed(
    server: Server,
    document: str = WATCH,
    method: str = "POST",
    accept: str = SSE,
    after: str | None = None,
    **headers: str,
) -> AsyncIterator[Events]:
    body = {"query": document, "variables": {"after": after}}
    more: dict[str, Any] = {"json": body}
    if method == "GET":
        more = {"params": {**body, "variables": json.dumps(body["variables"])}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        request = client.stream(method, f"{server.url}/graphql", headers={"Accept": accept, **named}, **more)
        async with request as answer:
            yield Events(answer)


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_updates_come_as_events_that_have_the_cursor_as_id(server: Server, token: str, method: str) -> None:
    async with streamed(server, method=method, after=cursor(server)) as events:
        assert events.answer.status_code == 200
        assert events.answer.headers["Content-Type"].startswith(SSE)
        assert "no-transform" in events.answer.headers["Cache-Control"]
        assert "Content-Encoding" not in events.answer.headers
        await asyncio.to_thread(publish, server, token, "Raum eins")
        event = await events.next()
    data = json.loads(event["data"])
    assert data["data"] == {"offerPublished": {"offer": {"title": "Raum eins"}}}
    assert event["id"] == data["extensions"]["cursor"]


async def test_last_event_id_resumes(server: Server, token: str) -> None:
    begun = cursor(server)
    for title in ("Raum A", "Raum B", "Raum C"):
        publish(server, token, title)

    async def first(after: str | None, **headers: str) -> tuple[str, str]:
        async with streamed(server, after=after, **headers) as events:
            event = await events.next()
        return json.loads(event["data"])["data"]["offerPublished"]["offer"]["title"], event["id"]

    title, one = await first(begun)
    assert title == "Raum A"
    title, two = await first(None, Last_Event_ID=one)
    assert title == "Raum B"
    # A browser repeats the address that it began with: what it heard since then counts.
    assert (await first(begun, Last_Event_ID=two))[0] == "Raum C"
    # Whoever gives a later cursor means it.
    assert (await first(two, Last_Event_ID=begun))[0] == "Raum C"


async def test_a_last_event_id_that_is_none_is_told_with_a_fresh_cursor_and_completed(server: Server) -> None:
    async with streamed(server, Last_Event_ID="nonsense") as events:
        event = await events.next()
        (error,) = json.loads(event["data"])["errors"]
        assert error["extensions"]["code"] == "CURSOR_EXPIRED"
        # EventSource comes back with this, and goes on from here.
        assert event["id"] == error["extensions"]["cursor"] == cursor(server)
        await events.next("complete")
        assert await events.block() is None
    async with opened(server) as socket:
        await say(socket, type="subscribe", id="1", payload={"query": WATCH, "variables": {"after": "nonsense"}})
        assert [error["extensions"]["code"] for error in (await hear(socket))["payload"]] == ["BAD_REQUEST"]


async def test_a_list_begins_anew_whatever_was_heard_last(server: Server) -> None:
    async with streamed(server, BOARD, Last_Event_ID="nonsense") as events:
        assert json.loads((await events.next())["data"])["data"]["liveOffers"]["__typename"] == "OffersSnapshot"


async def test_an_idle_stream_gets_signs_of_life_with_the_newest_cursor(server: Server, token: str) -> None:
    async with streamed(server, BOARD) as events:
        await events.next()
        publish(server, token, "Etwas anderes")
        await events.next()
        behind = cursor(server)
        async with asyncio.timeout(PATIENCE):
            while (block := await events.block()) is not None and block.get("id") != behind:
                assert "event" not in block
        assert block == {"": "ping", "id": behind}


async def test_sockets_are_pinged_with_the_newest_cursor(server: Server) -> None:
    async with opened(server) as socket:
        # Where nothing runs it would pass over what the client has loaded, and is about to follow.
        assert await hear(socket) == {"type": "ping", "payload": {}}
        assert (await subscribe(socket, BOARD))["type"] == "next"
        for _number in range(2):
            assert await hear(socket) == {"type": "ping", "payload": {"cursor": cursor(server)}}
            await say(socket, type="pong")


@pytest.mark.parametrize(
    ("document", "code"),
    [("subscription {", "BAD_REQUEST"), ("subscription { nothing }", "BAD_REQUEST"), ("{ nothing }", "BAD_REQUEST")],
)
async def test_what_cannot_be_executed_is_an_event(server: Server, document: str, code: str) -> None:
    async with streamed(server, document) as events:
        assert events.answer.status_code == 200
        data = json.loads((await events.next())["data"])
        assert "data" not in data
        (error,) = data["errors"]
        assert error["extensions"] == {"code": code, "correlationId": events.answer.headers["X-Correlation-Id"]}
        await events.next("complete")


async def test_queries_may_be_streamed_and_mutations_by_post_only(server: Server) -> None:
    async with streamed(server, "{ network { name } }", "GET") as events:
        assert json.loads((await events.next())["data"])["data"]["network"]["name"]
        await events.next("complete")
    async with streamed(server, "mutation { signOut { success } }", "GET") as events:
        assert json.loads((await events.next())["data"])["errors"]


def test_json_is_answered_where_it_is_accepted_too_and_it_is_no_subscription(server: Server) -> None:
    accept = "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"
    answer = server.client.post("/graphql", json={"query": "{ network { name } }"}, headers={"Accept": accept})
    assert answer.headers["Content-Type"].startswith("application/graphql-response+json")
    answer = server.client.post("/graphql", json={"query": WATCH}, headers={"Accept": "application/json"})
    assert answer.status_code == 400
    assert "text/event-stream" in answer.json()["errors"][0]["message"]


async def test_apollo_gets_parts(server: Server, token: str) -> None:
    async with streamed(server, accept=APOLLO, after=cursor(server)) as events:
        assert events.answer.headers["Content-Type"].startswith("multipart/mixed;boundary=graphql")
        await asyncio.to_thread(publish, server, token, "Für Apollo")
        async with asyncio.timeout(PATIENCE):
            async for line in events.answer.aiter_lines():
                if line.startswith('{"payload"'):
                    break
        payload = json.loads(line)["payload"]
    assert payload["data"] == {"offerPublished": {"offer": {"title": "Für Apollo"}}}
    assert payload["extensions"]["cursor"] == cursor(server)


async def test_streams_of_clients_that_leave_end(server: Server) -> None:
    for _number in range(20):
        async with streamed(server, BOARD) as events:
            await events.next()
    assert "Traceback" not in server.log


async def test_a_server_that_stops_ends_streams_and_says_when_to_come_back(tmp_path: Path) -> None:
    server = await asyncio.to_thread(Server(tmp_path / "data", SHUTDOWN_SECONDS=20).ready)
    with server:
        async with streamed(server, BOARD) as events, streamed(server, BOARD, accept=APOLLO) as parts:
            await events.next()
            server.process.send_signal(signal.SIGTERM)
            block = await events.block()
            assert block is not None
            assert list(block) == ["retry"]
            assert 1000 <= int(block["retry"]) <= 5000
            assert await events.block() is None, "no `complete`: clients connect again"
            async with asyncio.timeout(PATIENCE):
                rest = "".join([part async for part in parts.answer.aiter_text()])
            assert not rest.endswith("--\r\n"), "no end: clients connect again"
            await asyncio.to_thread(until, lambda: server.process.poll() is not None, "it ends")
        assert server.process.returncode == 0
        assert "Traceback" not in server.log
