"""As people run it: two servers side by side, a client on each, and one part after the other killed.

On PostgreSQL with a Redis of one's own, and on SQLite with the embedded Valkey, which both processes share.
"""

import asyncio
import random
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

import models
from schema.declare.ids import global_id
from tests.conditions import until
from tests.servers import free_port
from tests.web.listening import CURSORS, KEY, PATIENCE, Listener, Stage, listening, staged
from tests.web.process.test_crashes import Valkey
from tests.web.server import Server, no_valkey_left, valkeys

PUBLISHED = "subscription ($after: String) { offerPublished(after: $after) { cursor offer { id title } } }"
PUBLISH = "mutation ($input: CreateOfferInput!) { createOffer(input: $input) { offer { title } userErrors { code } } }"

Fault = Callable[[], Awaitable[None]]


class Place:
    """A server at a port of its own, started by the same command again after it was killed."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self._folder = folder
        self._settings: dict[str, Any] = {"PORT": free_port(), **settings}
        self._server: Server | None = None

    def urls(self) -> list[str]:
        """Where it is, while it runs."""
        return [self._server.url] if self._server and self._server.url and self._server.process.poll() is None else []

    async def start(self) -> None:
        """Start it, and wait until it serves."""
        self._server = Server(self._folder, **self._settings)
        await asyncio.to_thread(self._server.ready)

    async def killed(self) -> None:
        """Killed as by `kill -9`, away for a moment, and started again."""
        self.end()
        await asyncio.sleep(0.2)
        await self.start()

    def end(self) -> None:
        """Killed."""
        if self._server is not None:
            self._server.end(signal.SIGKILL)


@asynccontextmanager
async def publishing(stage: Stage, urls: Callable[[], list[str]], dice: random.Random) -> AsyncIterator[list[str]]:
    """Entries are published all the time, each through any server until one answers; yields their titles."""
    answered: list[str] = []
    ended = asyncio.Event()

    async def publish(client: httpx.AsyncClient, title: str) -> None:
        values = {"direction": "SEEK", "category": "ROOM", "title": title, "description": "Bitte.", "publish": True}
        body = {"query": PUBLISH, "variables": {"input": values}}
        headers = {"Authorization": f"Bearer {stage.token}"}
        async with asyncio.timeout(PATIENCE):
            while True:
                with suppress(httpx.TransportError):
                    answer = await client.post(f"{dice.choice(urls())}/graphql", json=body, headers=headers)
                    if answer.status_code == 200 and "errors" not in answer.json():
                        assert answer.json()["data"]["createOffer"]["userErrors"] == []
                        answered.append(title)
                        return
                await asyncio.sleep(0.02)

    async def work() -> None:
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
            while not ended.is_set():
                await publish(client, f"Raum {len(answered)}")
                await asyncio.sleep(dice.random() * 0.05)

    working = asyncio.create_task(work())
    try:
        yield answered
    finally:
        ended.set()
        await working


async def compared(listeners: list[Listener], answered: list[str]) -> None:
    """Every client heard of what the outbox holds, in its order, each once, and of all that was answered."""

    async def all_numbered() -> bool:
        return not await models.Change.filter(seq__isnull=True).exists()

    await until(all_numbered, PATIENCE)
    rows = await models.Change.filter(kind="OfferPublished").order_by("seq")
    expected = [(row.seq, global_id("Offer", row.facts["offer_id"])) for row in rows]
    with suppress(TimeoutError):
        await until(lambda: all(len(one.log) >= len(expected) for one in listeners), PATIENCE)
    for one in listeners:
        told = [update["offerPublished"] for update in one.updates]
        assert not one.wrong
        assert [(CURSORS.read(each["cursor"]).seq, each["offer"]["id"]) for each in told] == expected
        assert set(answered) <= {each["offer"]["title"] for each in told}


@asynccontextmanager
async def two_servers(database_url: str, folder: Path, redis: Path) -> AsyncIterator[tuple[list[Place], Fault]]:
    """The servers, and what kills the Redis that they share."""
    settings: dict[str, object] = {"SECRET_KEY": KEY, "SOCKET_PING_SECONDS": 0.5}
    async with AsyncExitStack() as stack:
        if database_url.startswith("sqlite"):
            stack.enter_context(no_valkey_left(folder))

            async def kill_redis() -> None:
                for process in valkeys(folder):
                    process.kill()
                await until(lambda: valkeys(folder), PATIENCE)  # its owner starts it anew

        else:
            valkey = Valkey(redis)
            await valkey.start()
            stack.callback(valkey.kill)
            settings |= {"DATABASE_URL": database_url, "REDIS_URL": valkey.url}

            async def kill_redis() -> None:
                valkey.kill()
                await asyncio.sleep(0.5)
                await valkey.start()

        places = [Place(folder, **settings) for _number in range(2)]
        for place in places:
            stack.callback(place.end)
        await places[0].start()  # with SQLite the owner of the Valkey
        await places[1].start()
        yield places, kill_redis


@pytest.mark.parametrize("rounds", [1, pytest.param(8, marks=pytest.mark.soak)])
async def test_two_servers_of_which_each_part_is_killed(
    database_url: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, rounds: int
) -> None:
    dice = random.Random(rounds)
    async with (
        staged(database_url) as stage,
        two_servers(database_url, tmp_path, tmp_path_factory.mktemp("v")) as (places, kill_redis),
    ):
        start = await stage.start()
        listeners = [Listener(stage, place.urls, start, PUBLISHED) for place in places]
        everywhere = lambda: [url for place in places for url in place.urls()]  # noqa: E731
        async with listening(listeners):
            async with publishing(stage, everywhere, dice) as answered:
                for _round in range(rounds):
                    faults: list[Fault] = [places[0].killed, kill_redis]
                    for fault in faults if rounds == 1 else dice.choices([*faults, places[1].killed], k=3):
                        more = len(answered) + 5
                        await until(lambda: len(answered) >= more, PATIENCE)  # noqa: B023
                        await fault()
                more = len(answered) + 5
                await until(lambda: len(answered) >= more, PATIENCE)
            await compared(listeners, answered)
        assert all(place.urls() for place in places)
