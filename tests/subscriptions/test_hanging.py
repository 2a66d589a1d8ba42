"""A Redis that hangs, hears nothing or takes nothing: the database serves meanwhile, and nothing is lost or doubled.

No test measures time: where anything waited for a time-out of the socket it would wait for ever.
"""

import asyncio
import os
import signal
import socket
import struct
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import RedisError
from structlog.testing import capture_logs

from subscriptions import redis_client as redis_module
from subscriptions.outbox import Outbox
from subscriptions.outbox_relay import hint, stream_key
from subscriptions.pipeline import Pipeline, running
from subscriptions.redis_client import connect
from tests.conditions import until
from tests.servers import valkey
from tests.subscriptions.test_pipeline import CURSORS, numbers, read, table, tell
from tests.world import World


@pytest.fixture(autouse=True)
def _patient_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_module, "_SOCKET_SECONDS", 3600)


@contextmanager
def stopped(url: str) -> Iterator[None]:
    """The server hangs: its sockets accept what they get, and nobody answers."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.connect(url.removeprefix("unix://"))
        pid = struct.unpack("3i", probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@asynccontextmanager
async def two(url: str) -> AsyncIterator[tuple[Pipeline, Pipeline]]:
    """Two processes, as far as they share nothing but database and Redis."""
    async with (
        running(url, CURSORS, response_cache_bytes=100_000) as one,
        running(url, CURSORS, response_cache_bytes=100_000) as other,
    ):
        yield one, other


async def test_a_redis_that_hangs_costs_little_and_loses_nothing(world: World, tmp_path: Path) -> None:
    with valkey(str(tmp_path / "s")) as url:
        async with two(url) as (one, other):
            cursor = await one.hub.cursor()
            await tell(one.outbox, 1)
            assert numbers(await read(other.hub, cursor, 1)) == [1]
            with capture_logs() as lines:
                for turn in range(2):
                    with stopped(url):
                        for number in range(5):
                            await tell((one, other)[number % 2].outbox, 10 * turn + number + 2)
                            for live in (one, other):
                                await read(live.hub, cursor, 10 * turn + number + 2 - 5 * turn)
                        await until(lambda: one.redis.is_away and other.redis.is_away)
                    await until(lambda: not (one.redis.is_away or other.redis.is_away))
            expected = [1, *range(2, 7), *range(12, 17)]
            await tell(other.outbox, 99)
            for live in (one, other):
                told = await read(live.hub, cursor, len(expected) + 1)
                assert numbers(told) == [*expected, 99]
                assert [each.seq for each in told] == list(range(1, len(expected) + 2))
            assert [member for _seq, member in await table()] == [*expected, 99]
            # And it is used again: what was missed is in the stream, and nothing twice.
            key = stream_key(one.relay.network_id, 1)
            entries: Any = await until(lambda: whole(one, key, len(expected) + 1))
            assert [id for id, _fields in entries] == [f"{seq}-0".encode() for seq in range(1, len(expected) + 2)]
    events = [line["event"] for line in lines]
    assert events.count("Redis does not answer: the database serves meanwhile") <= 4
    assert not [event for event in events if "Redis" not in event], lines


async def whole(live: Pipeline, key: str, length: int) -> Any:
    entries: Any = await live.redis.xrange(key)
    return entries if len(entries) >= length else None


async def test_one_that_hangs_as_something_is_sent_gets_it_once(world: World, tmp_path: Path) -> None:
    """Commands that nobody waits for any more are done when it goes on."""
    with valkey(str(tmp_path / "s")) as url:
        async with two(url) as (one, other):
            cursor = await one.hub.cursor()
            for turn in range(4):
                telling = asyncio.create_task(tell(one.outbox, *range(10 * turn, 10 * turn + 10)))
                await asyncio.sleep(0.002 * turn)
                with stopped(url):
                    await telling
                    for live in (one, other):
                        await read(live.hub, cursor, 10 * turn + 10)
            for live in (one, other):
                told = await read(live.hub, cursor, 40)
                assert [each.seq for each in told] == list(range(1, 41))
                assert numbers(told) == list(range(40))
            await until(lambda: not (one.redis.is_away or other.redis.is_away))


async def test_slow_is_not_hanging(world: World, tmp_path: Path) -> None:
    """An answer takes longer than what makes suspicious, and shorter than what counts as hanging."""
    with valkey(str(tmp_path / "s")) as url:
        async with running(url, CURSORS, redis_seconds=6) as live, connect(url) as redis:
            cursor = await live.hub.cursor()
            with capture_logs() as lines:
                await redis.execute_command("CLIENT", "PAUSE", 4000, "ALL")  # type: ignore[no-untyped-call]
                await tell(live.outbox, 1)
                assert numbers(await read(live.hub, cursor, 1)) == [1]
                assert await until(lambda: redis.xlen(stream_key(live.relay.network_id, 1))) == 1
                assert live.redis._asking is not None  # it was asked whether it is there
            assert not live.redis.is_away
    assert lines == []


@contextmanager
def silent(backlog: int) -> Iterator[tuple[str, socket.socket]]:
    """A place where connections are never answered; without room for them their very first packet isn't."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(backlog)
        host, port = listener.getsockname()
        fillers = []
        if not backlog:
            for _number in range(4):
                filler = socket.socket()
                filler.setblocking(False)
                filler.connect_ex((host, port))
                fillers.append(filler)
        yield f"redis://{host}:{port}/0", listener
        for filler in fillers:
            filler.close()


@pytest.mark.parametrize("backlog", [0, 100])
async def test_where_nobody_answers_updates_come_from_the_database(world: World, backlog: int) -> None:
    with silent(backlog) as (url, _listener):
        async with two(url) as (one, other):
            cursor = await one.hub.cursor()
            for number in range(3):
                await tell(one.outbox, number)
            assert numbers(await read(other.hub, cursor, 3)) == [0, 1, 2]
            await until(lambda: other.redis.is_away)
            # And it ends.


async def test_one_that_hangs_is_asked_seldom(world: World) -> None:
    with silent(1000) as (url, listener):
        async with running(url, CURSORS, response_cache_bytes=100_000) as live:
            await until(lambda: live.redis.is_away)
            assert live.response_cache is not None
            listener.setblocking(False)
            before = accepted(listener)
            elsewhere = Outbox(on_commit=lambda: None)
            for number in range(100):
                await tell(live.outbox if number % 2 else elsewhere, number)
                assert await live.response_cache.fetch(b"question") is None
                await hint(live.redis)
                with pytest.raises(RedisError):
                    async with live.redis.trying():
                        await live.redis.ping()
            asked = accepted(listener)
            assert before
            assert asked <= 30, asked


def accepted(listener: socket.socket) -> int:
    """How many connections came since this was asked."""
    number = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return number
        number += 1


@pytest.mark.parametrize(
    ("refuse", "take"),
    [
        ("CONFIG SET maxmemory 1", "CONFIG SET maxmemory 0"),
        ("REPLICAOF 127.0.0.1 1", "REPLICAOF NO ONE"),
        ("CONFIG SET min-replicas-to-write 1", "CONFIG SET min-replicas-to-write 0"),
        ("ACL SETUSER default -xadd", "ACL SETUSER default +xadd"),
    ],
)
async def test_one_that_answers_and_takes_nothing(world: World, tmp_path: Path, refuse: str, take: str) -> None:
    with valkey(str(tmp_path / "s")) as url:
        async with two(url) as (one, other), connect(url) as redis:
            cursor = await one.hub.cursor()
            await tell(one.outbox, 1)
            assert numbers(await read(other.hub, cursor, 1)) == [1]
            await redis.execute_command(*refuse.split())  # type: ignore[no-untyped-call]
            await tell(one.outbox, 2)
            for live in (one, other):
                assert numbers(await read(live.hub, cursor, 2)) == [1, 2]
            await redis.execute_command(*take.split())  # type: ignore[no-untyped-call]
            await until(lambda: one.relay.in_touch and other.relay.in_touch)
            await tell(one.outbox, 3)
            for live in (one, other):
                assert numbers(await read(live.hub, cursor, 3)) == [1, 2, 3]
