"""Clients that come, subscribe and break off, thousands of them: what they cost is given back."""

import asyncio
import itertools
import json
import random
from collections import Counter
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import httpx
import psutil
import pytest
import websockets
from websockets.asyncio.client import connect

from subscriptions.changes import OfferUpdated
from subscriptions.outbox import Changes, Outbox
from tests.web.listening import CHANGED, PATIENCE, Listener, Stage, changing, heard, listening, served, staged
from tests.web.live.test_graphql_transport_ws import PROTOCOL
from tests.web.server import Server
from tests.web.transports import by_events, by_parts, by_socket

_AT_ONCE = 20
BOARD = "subscription { liveOffers(first: 3) { ... on OffersSnapshot { totalCount } } }"
FIGURES = "subscription { networkStatistics { memberCount } }"
WRONG = "subscription { nothing }"


async def visit(server: Server, stage: Stage, dice: random.Random) -> None:
    """Come over any transport, get so far or so far, and break off."""
    document = dice.choice([CHANGED, CHANGED, BOARD, FIGURES, WRONG])
    variables = {"id": stage.offer_id, "after": dice.choice([None, await stage.start()])}
    patience = dice.choice([0, 0.01, 0.1])
    if dice.random() < 0.2:
        await half_open(server, dice)
        return
    transport = dice.choice([by_socket, by_socket, by_events, by_parts])
    token = dice.choice([None, stage.token])
    async with transport(server.url, document, variables, token=token) as updates:
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                async for _payload in updates:
                    pass


async def half_open(server: Server, dice: random.Random) -> None:
    """A socket that doesn't come to subscribing, or ends what it began, or does so twice."""
    async with connect(server.socket_url, subprotocols=[PROTOCOL], proxy=None, ping_interval=None) as socket:
        messages = [
            {"type": "connection_init"},
            {"id": "1", "type": "subscribe", "payload": {"query": FIGURES}},
            {"id": "1", "type": dice.choice(["complete", "subscribe", "nonsense"]), "payload": {"query": FIGURES}},
        ]
        for message in messages[: dice.randrange(4)]:
            await socket.send(json.dumps(message))
            await asyncio.sleep(dice.choice([0, 0.01]))
        if dice.random() < 0.7:
            socket.transport.abort()


async def visits(server: Server, stage: Stage, number: int, seed: int) -> None:
    """So many clients, some at a time."""
    dice, places = random.Random(seed), asyncio.Semaphore(_AT_ONCE)

    async def one() -> None:
        async with places:
            with suppress(websockets.WebSocketException, OSError, httpx.TransportError):
                await visit(server, stage, dice)

    await asyncio.gather(*(one() for _number in range(number)))


async def held(server: Server) -> dict[str, int]:
    """What the server holds: objects, tasks, open files."""
    async with httpx.AsyncClient(trust_env=False, timeout=60) as client:
        counts = dict((await client.get(f"{server.url}/health/live")).json())
    return {**counts, "files": psutil.Process(server.process.pid).num_fds()}


async def usual(server: Server) -> dict[str, int]:
    """What it holds at most in a quiet while: at one instant the reader of Redis may be between two waits."""
    most: Counter[str] = Counter()
    for _number in range(5):
        most |= Counter(await held(server))
        await asyncio.sleep(0.05)
    return most


async def planned(server: Server, stage: Stage) -> None:
    """Each of the documents is executed: what is known of it afterwards is kept."""
    variables = {"id": stage.offer_id, "after": await stage.start()}
    for document, token in itertools.product((CHANGED, BOARD, FIGURES, WRONG), (None, stage.token)):
        async with by_socket(server.url, document, variables, token=token) as updates, asyncio.timeout(PATIENCE):
            if document == CHANGED:
                await tell(stage)
            await anext(aiter(updates))


async def tell(stage: Stage) -> None:
    """The entry changes, told by a process without a relay."""

    async def work(changes: Changes) -> None:
        changes.tell(OfferUpdated(stage.offer.id))

    await Outbox(on_commit=lambda: None).write(work)


async def left(server: Server, before: dict[str, int], kept: tuple[str, ...] = ()) -> dict[str, int]:
    """Of what there is more than before, beyond what comes and goes; looked at for a while, for it may still go.

    Kinds whose names begin like one of those `kept` aren't counted.
    """
    more: dict[str, int] = {}
    for _attempt in range(40):
        counts = await held(server)
        more = {kind: count - before.get(kind, 0) for kind, count in counts.items()}
        more = {kind: count for kind, count in more.items() if count > 3 and not kind.startswith(kept)}
        if not more:
            break
        await asyncio.sleep(0.5)
    return more


async def seen_while_they_are_there(server: Server, stage: Stage, before: dict[str, int]) -> None:
    """The control: what clients hold while they are there is counted."""
    variables = {"id": stage.offer_id, "after": await stage.start()}
    async with AsyncExitStack() as stack:
        for transport in (by_socket, by_events, by_parts) * 4:
            await stack.enter_async_context(transport(server.url, CHANGED, variables))
        counts = await held(server)
    more = {kind for kind, count in counts.items() if count - before.get(kind, 0) >= 8}
    assert "files" in more
    assert len(more) > 3, more


@pytest.mark.parametrize(
    ("database_url", "number"),
    [("sqlite", 150), pytest.param("postgres", 6000, marks=pytest.mark.soak)],
    indirect=["database_url"],
)
async def test_clients_that_break_off_leave_nothing_behind(
    database_url: str, redis_url: str, tmp_path: Path, number: int
) -> None:
    async with staged(database_url) as stage, served(stage, tmp_path, redis_url, DATABASE_POOL=2) as servers:
        server = await servers.start("-m", "tests.web.counting")
        process = psutil.Process(server.process.pid)
        steady = Listener(stage, servers.urls, await stage.start())
        async with listening([steady]):

            async def storm(clients: int, seed: int) -> None:
                async with changing(stage, servers.urls, writers=1):
                    await visits(server, stage, clients, seed)

            await storm(50, 1)  # what is made once and kept
            await planned(server, stage)
            await asyncio.sleep(1)
            before, memory = await usual(server), process.memory_info().rss
            await seen_while_they_are_there(server, stage, before)
            await storm(number, 2)
            more: dict[str, int] = {}
            for _attempt in range(40):
                after = await held(server)
                more = {
                    kind: count - before.get(kind, 0)
                    for kind, count in after.items()
                    if count > before.get(kind, 0) + 3
                }
                replays = after.get("web.live.catch_up.CatchUp", 0)  # kept for a second, whether or not others come
                if not more and not replays:
                    break
                await asyncio.sleep(0.5)
            assert not replays
            assert not more, {
                kind: count - before.get(kind, 0) for kind, count in after.items() if count != before.get(kind)
            }
            assert process.memory_info().rss - memory < 30_000_000
            await heard(stage, [steady], 1)
        at = server.log.find("Traceback")
        assert at < 0, server.log[at - 500 : at + 4000]
