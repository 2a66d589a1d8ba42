"""A stage for faults: one entry that changes all the time, clients that follow it and resume, and the oracle.

A client's log is the list of numbers of what it was told, read from the cursors; it has to equal the outbox table.
"""

import asyncio
import itertools
import random
import signal
import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import websockets

import models
from auth.tokens import Tokens, derive_key
from models import SignInSession, now
from models.database.connect import configuration, connected
from resolvers.search.synonyms import store_synonyms
from schema.declare.ids import global_id
from subscriptions import numbered_log as log
from subscriptions.cursors import Cursors
from subscriptions.outbox import Outbox
from tests.conditions import until
from tests.web.server import Server
from tests.web.transports import Transport, by_socket
from tests.world import World

KEY = "a key for tests only, long enough to be one"
CURSORS = Cursors(derive_key(KEY, "live cursor"))
# A wait that only a fault would make longer, on a machine that runs all tests at once.
PATIENCE = 90.0
CHANGED = "subscription ($id: ID!, $after: String) { offerChanged(id: $id, after: $after) { cursor change } }"
UPDATE = "mutation ($input: UpdateOfferInput!) { updateOffer(input: $input) { userErrors { code message } } }"

Urls = Callable[[], Sequence[str]]


@dataclass
class Stage:
    """An entry on the board, another one that nobody follows, and their owner's token."""

    database_url: str
    offer: models.Offer
    other: models.Offer
    token: str

    @property
    def settings(self) -> dict[str, object]:
        """What a server needs to be told."""
        scheme, _colon, rest = self.database_url.partition("://")
        url = f"sqlite:///{rest.lstrip('/')}" if scheme == "sqlite" else self.database_url
        return {"DATABASE_URL": url, "SECRET_KEY": KEY}

    @property
    def offer_id(self) -> str:
        """The entry, for the API."""
        return global_id("Offer", self.offer.id)

    @property
    def other_id(self) -> str:
        """The other entry, for the API."""
        return global_id("Offer", self.other.id)

    async def start(self) -> str:
        """The cursor of the beginning."""
        return CURSORS.make(await log.head())

    async def oracle(self) -> list[int]:
        """The numbers of all changes of the entry, once all have one."""

        async def all_numbered() -> bool:
            return not await models.Change.filter(seq__isnull=True).exists()

        await until(all_numbered, PATIENCE)
        rows = await models.Change.filter(kind="OfferUpdated").order_by("seq")
        return [row.seq or 0 for row in rows if row.facts == {"offer_id": self.offer.id}]


@asynccontextmanager
async def staged(database_url: str, text: str = "Wir freuen uns.") -> AsyncIterator[Stage]:
    """The stage in an empty, migrated database, which stays open for the oracle."""
    async with connected(configuration(database_url)):
        # As the first start of a server would, which tells of what it indexed anew.
        await store_synonyms(Outbox(on_commit=lambda: None))
        world = World(cast(Any, None))
        owner = await world.member()
        offer = await world.offer(owner=owner)
        await models.Offer.filter(id=offer.id).update(description=text)
        account = await world.account(owner)
        session = await SignInSession.create(id=uuid.uuid4(), account=account, expires_at=now() + timedelta(days=1))
        token, _expires_at = Tokens(KEY, timedelta(hours=1)).make_access(session.id)
        yield Stage(database_url, offer, await world.offer("Das andere", owner), token)


async def change(
    stage: Stage, urls: Urls, title: str, dice: random.Random, client: httpx.AsyncClient, id: str | None = None
) -> None:
    """Change the entry, or that of another `id`, once, through any server, until one answers. Some may die over it."""
    body = {"query": UPDATE, "variables": {"input": {"id": id or stage.offer_id, "title": title}}}
    headers = {"Authorization": f"Bearer {stage.token}"}
    async with asyncio.timeout(PATIENCE):
        while True:
            there = list(urls())
            if there:
                with suppress(httpx.TransportError):
                    answer = await client.post(f"{dice.choice(there)}/graphql", json=body, headers=headers)
                    if answer.status_code == 200:
                        payload = answer.json()["data"]["updateOffer"]
                        assert payload == {"userErrors": []}, payload
                        return
            await asyncio.sleep(0.02)


@asynccontextmanager
async def changing(stage: Stage, urls: Urls, writers: int) -> AsyncIterator[list[str]]:
    """So many writers change both entries all the time; yields those titles of the followed one that were answered."""
    answered: list[str] = []
    ended = False

    async def write(writer: int) -> None:
        dice = random.Random(writer)
        async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
            for number in itertools.count():
                if ended:
                    return
                title = f"Nummer {writer}.{number}"
                await change(stage, urls, title, dice, client)
                answered.append(title)
                if dice.random() < 0.3:
                    await change(stage, urls, title, dice, client, stage.other_id)
                await asyncio.sleep(dice.random() * 0.03)

    writing = [asyncio.create_task(write(writer)) for writer in range(writers)]
    try:
        yield answered
    finally:
        ended = True
        await asyncio.gather(*writing)


class Listener:
    """A client that follows the entry, connects again whatever happens, and resumes where it was.

    `transport`: how it subscribes. With `by_id` it resumes as an EventSource does: by `Last-Event-ID`, the variables
    as they were at first. `most`: it cuts the connection after so many updates, and goes on at any server. It takes
    the cursors of signs of life, too: what these pass over it would never hear of.
    """

    def __init__(
        self,
        stage: Stage,
        urls: Urls,
        after: str,
        document: str = CHANGED,
        *,
        transport: Transport = by_socket,
        by_id: bool = False,
        most: int | None = None,
    ) -> None:
        self._stage, self._urls, self._after, self._document = stage, urls, after, document
        self._transport, self._most = transport, most
        self._begin = after if by_id else None
        self.log: list[int] = []
        self.updates: list[dict[str, Any]] = []
        self.closes: list[int | None] = []
        self.wrong: list[Any] = []
        self.signs = 0
        self.connections = 0
        self.connected = False
        self._dice = random.Random(len(after))

    async def follow(self) -> None:
        """Until it is cancelled."""
        while True:
            there = list(self._urls())
            if there:
                with suppress(OSError, httpx.TransportError, websockets.WebSocketException, TimeoutError):
                    await self._connection(self._dice.choice(there))
            self.connected = False
            await asyncio.sleep(0.05 if self._most is None else 0)

    async def _connection(self, url: str) -> None:
        variables = {"id": self._stage.offer_id, "after": self._begin or self._after}
        heard = self._after if self._begin else None
        async with self._transport(url, self._document, variables, heard) as updates:
            self.connected = True
            self.connections += 1
            try:
                left = self._most
                async for payload in updates:
                    if self._take(payload) and left is not None:
                        left -= 1
                    if left == 0 or self.wrong:
                        return
            finally:
                if self._most is None:
                    self.closes.append(updates.code)

    def _take(self, payload: dict[str, Any]) -> bool:
        """Write down what came; whether it is an update."""
        cursor = payload.get("extensions", {}).get("cursor")
        if payload.get("errors"):
            self.wrong.append(payload)
            return False
        if cursor is None:
            return False
        before, seq = CURSORS.read(self._after).seq, CURSORS.read(cursor).seq
        is_update = payload.get("data") is not None
        if seq < before or (is_update and seq == before):
            self.wrong.append(f"{seq} after {before}: {payload}")
        self._after = cursor
        if is_update:
            self.log.append(seq)
            self.updates.append(payload["data"])
        else:
            self.signs += 1
        return is_update


@asynccontextmanager
async def listening(listeners: Sequence[Listener]) -> AsyncIterator[None]:
    """The clients at work."""
    tasks = [asyncio.create_task(one.follow()) for one in listeners]
    try:
        await until(lambda: all(one.connected or one.log for one in listeners), PATIENCE)
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def heard(stage: Stage, listeners: Sequence[Listener], answered: int) -> None:
    """Every client was told all that the outbox holds, in order, each once."""
    expected = await stage.oracle()
    assert len(expected) >= answered
    with suppress(TimeoutError):
        await until(
            lambda: all(len(one.log) >= len(expected) for one in listeners) or any(one.wrong for one in listeners),
            PATIENCE,
        )
    for one in listeners:
        assert not one.wrong, one.wrong
        assert one.log == expected, (one.log, expected)


class Servers:
    """Some servers on one database and Redis, each started again when it dies."""

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        self._folder, self._settings = folder, settings
        self.all: list[Server] = []
        self._running: list[Server] = []

    def urls(self) -> list[str]:
        """Where they are reached."""
        return [one.url for one in self._running if one.process.poll() is None]

    async def start(self, *program: str, **settings: Any) -> Server:
        """One more."""
        settings = {**self._settings, **settings}
        server = Server(self._folder / f"server{len(self.all)}", program or ("main.py",), **settings)
        self.all.append(server)
        try:
            await asyncio.to_thread(server.ready)
        except AssertionError:
            # One that is to die may do so while it starts: it finds what another has left.
            if not program or server.process.poll() != -signal.SIGKILL:
                raise
        else:
            self._running.append(server)
        return server

    async def start_to_die(self, point: str, times: int) -> Server:
        """One more, which will kill itself."""
        return await self.start("-m", "tests.web.crashing", point, str(times))

    def end(self) -> None:
        """All of them."""
        for server in self.all:
            if server.process.poll() is None:
                server.process.kill()
            server.process.wait()


@asynccontextmanager
async def served(stage: Stage, folder: Path, redis_url: str, **settings: Any) -> AsyncIterator[Servers]:
    """No server yet; none is left behind."""
    servers = Servers(folder, {**stage.settings, "REDIS_URL": redis_url, **settings})
    try:
        yield servers
    finally:
        await asyncio.to_thread(servers.end)
