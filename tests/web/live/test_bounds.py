"""Clients that don't read, and too many of them: what they cost is bounded, and nobody else notices."""

import asyncio
import json
import random
import socket
import statistics
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.conditions import until
from tests.web.listening import CURSORS, Listener, Stage, change, changing, heard, listening, served, staged
from tests.web.live.test_graphql_transport_ws import PROTOCOL, closed, hear, opened, say, subscribe
from tests.web.live.test_streams import APOLLO, SSE
from tests.web.server import Server

# Each update repeats the text so often that some fill any buffer.
TEXT = "Wir freuen uns. " * 300
TIMES = 20
_WIDE = " ".join(f"text{number}: description" for number in range(TIMES))
WIDE = (
    "subscription ($id: ID!, $after: String) "
    f"{{ offerChanged(id: $id, after: $after) {{ cursor offer {{ {_WIDE} }} }} }}"
)


@asynccontextmanager
async def stuck(server: Server, stage: Stage) -> AsyncIterator[ClientConnection]:
    """A client that subscribes, and then reads nothing."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.setblocking(False)
    host, _colon, port = server.url.removeprefix("http://").partition(":")
    await asyncio.get_running_loop().sock_connect(narrow, (host, int(port)))
    async with connect(
        server.socket_url,
        sock=narrow,
        subprotocols=[PROTOCOL],
        proxy=None,
        ping_interval=None,
        max_queue=1,
        max_size=None,
        close_timeout=0.1,
    ) as client:
        await say(client, type="connection_init")
        assert await hear(client) == {"type": "connection_ack"}
        payload = {"query": WIDE, "variables": {"id": stage.offer_id, "after": await stage.start()}}
        await say(client, type="subscribe", id="1", payload=payload)
        yield client


@asynccontextmanager
async def stuck_stream(server: Server, stage: Stage, accept: str) -> AsyncIterator[None]:
    """A client that asks for a stream over HTTP, and then reads nothing."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.setblocking(False)
    host, _colon, port = server.url.removeprefix("http://").partition(":")
    loop = asyncio.get_running_loop()
    await loop.sock_connect(narrow, (host, int(port)))
    body = json.dumps({"query": WIDE, "variables": {"id": stage.offer_id, "after": await stage.start()}})
    head = f"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAccept: {accept}\r\n"
    await loop.sock_sendall(narrow, f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
    with narrow:
        yield


async def delay(server: Server, stage: Stage, reader: Listener, times: int) -> float:
    """How many seconds it takes from asking for a change to hearing of it: the median of so many."""
    delays: list[float] = []
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        for number in range(times):
            begun, heard_before = time.monotonic(), len(reader.log)
            await change(stage, lambda: [server.url], f"Nach {number}", random.Random(number), client)
            await until(lambda: len(reader.log) > heard_before)  # noqa: B023
            delays.append(time.monotonic() - begun)
    return statistics.median(delays)


def connections(server: Server) -> int:
    """How many clients the server has."""
    port = int(server.url.rpartition(":")[2])
    some = psutil.Process(server.process.pid).net_connections("tcp")
    return sum(one.status == psutil.CONN_ESTABLISHED and one.laddr.port == port for one in some)


@pytest.mark.parametrize(
    ("database_url", "number", "unread_seconds"),
    [("sqlite", 40, 5.0), pytest.param("postgres", 2000, 20.0, marks=pytest.mark.soak)],
    indirect=["database_url"],
)
async def test_clients_that_do_not_read_are_closed_and_cost_little(
    database_url: str, redis_url: str, tmp_path: Path, number: int, unread_seconds: float
) -> None:
    async with (
        staged(database_url, TEXT) as stage,
        served(stage, tmp_path, redis_url, UNREAD_SECONDS=unread_seconds) as servers,
        AsyncExitStack() as stack,
    ):
        server = await servers.start()
        process = psutil.Process(server.process.pid)
        reader = Listener(stage, servers.urls, await stage.start(), WIDE)
        async with listening([reader]):
            async with changing(stage, servers.urls, writers=1) as warming:
                await until(lambda: len(warming) > 5)
            await heard(stage, [reader], len(warming))
            alone = await delay(server, stage, reader, 10)
            before = process.memory_info().rss
            clients = [await stack.enter_async_context(stuck(server, stage)) for _number in range(number)]
            for accept in (SSE, APOLLO) * (number // 10):
                await stack.enter_async_context(stuck_stream(server, stage, accept))
            most = 0
            # What fills their buffers is work; once they are full they cost the others nothing.
            await delay(server, stage, reader, 6)
            beside = await delay(server, stage, reader, 8)
            still_there, begun = connections(server), time.monotonic()
            async with changing(stage, servers.urls, writers=1) as answered:
                while len(answered) < 30 or connections(server) > 5:
                    most = max(most, process.memory_info().rss - before)
                    assert time.monotonic() - begun < unread_seconds + 25, connections(server)
                    await asyncio.sleep(0.1)
            await heard(stage, [reader], len(answered))
        assert still_there > number
        assert beside < 2 * alone + 0.1
        # All of it would be more than a megabyte each after ten updates, and grow.
        assert most < 30_000_000 + number * 360_000
        codes = [(await closed(client))[0] for client in clients[:5]]
        assert set(codes) <= {4413, 1006}
        assert "doesn't read" in server.log


@pytest.mark.parametrize("database_url", [pytest.param("sqlite", marks=pytest.mark.soak), "postgres"], indirect=True)
async def test_who_reads_late_learns_why_and_resumes(database_url: str, redis_url: str, tmp_path: Path) -> None:
    """The close frame comes behind what was sent before; nothing is missing in between."""
    async with (
        staged(database_url, TEXT) as stage,
        served(stage, tmp_path, redis_url, UNREAD_SECONDS=1.5) as servers,
    ):
        server = await servers.start()
        async with stuck(server, stage) as client:
            async with changing(stage, servers.urls, writers=1):
                await until(lambda: "doesn't read" in server.log)
            seen: list[Any] = []
            with suppress(ConnectionClosed):
                async with asyncio.timeout(20):
                    async for frame in client:
                        message = json.loads(frame)
                        if message["type"] == "next":
                            seen.append(message["payload"]["data"]["offerChanged"]["cursor"])
            assert client.close_code == 4413
        late = Listener(stage, servers.urls, seen[-1])
        late.log = [CURSORS.read(cursor).seq for cursor in seen]
        async with listening([late]):
            await heard(stage, [late], len(seen))


# ---------------------------------------------------------------- limits


async def test_too_many_sockets_of_one_address_are_told_to_come_back(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", LIMIT_LOOPBACK=1, SOCKETS_PER_ADDRESS=2, SUBSCRIPTIONS_PER_ADDRESS=2)
    await asyncio.to_thread(server.ready)
    with server:
        async with opened(server) as one, opened(server) as two:
            headers = {"Accept-Language": "en"}
            async with connect(
                server.socket_url, subprotocols=[PROTOCOL], additional_headers=headers, proxy=None
            ) as three:
                number, reason = await closed(three)
                assert (number, reason.split(":")[0]) == (1013, "There are too many connections from your address")
            for socket_, id in ((one, "1"), (two, "2")):
                answer = await subscribe(socket_, "subscription { networkStatistics { memberCount } }", id)
                assert answer["type"] == "next"
            answer = await subscribe(two, "{ liveCursor }", "3")
            assert (answer["type"], answer["id"]) == ("error", "3")
            assert answer["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
            query = {"query": "{ liveCursor }"}
            streamed = partial(server.client.post, "/graphql", json=query, headers={"Accept": SSE})
            refused = streamed()
            assert (refused.status_code, refused.headers["Retry-After"]) == (429, "5")
            assert refused.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
            await say(one, type="complete", id="1")
            for _number in range(3):  # each gives its place back, a moment after its client has it all
                await until(lambda: streamed().status_code == 200)
        async with opened(server) as again:
            assert (await subscribe(again, "{ liveCursor }"))["type"] == "next"


async def test_too_many_operations_on_one_socket_are_a_coded_error(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", SOCKET_OPERATIONS=1, SOCKETS_AT_ONCE=1, SOCKETS_PER_ADDRESS=1)
    await asyncio.to_thread(server.ready)
    with server:
        async with opened(server) as one:
            await subscribe(one, "subscription { networkStatistics { memberCount } }")
            answer = await subscribe(one, "{ liveCursor }", "2")
            assert answer["payload"][0]["extensions"]["code"] == "RATE_LIMITED"
            async with connect(server.socket_url, subprotocols=[PROTOCOL], proxy=None) as two:
                assert (await closed(two))[0] == 1013
