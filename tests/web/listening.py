"""A stage for faults: one entry that changes all the time, clients that follow it and resume, and the oracle.

A client's log is the list of numbers of what it was told, read from the cursors; it has to equal the outbox table.
"""

import asyncio
import itertools
import json
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
from websockets.asyncio.client import ClientConnection, connect

import models
from auth.tokens import Tokens, derive_key
from models import SignInSession, now
from models.database import configuration, connected
from schema.ids import global_id
from subscriptions.cursors import Cursors, Position
from tests.conditions import until
from tests.web.process import Server
from tests.web.test_sockets import PROTOCOL
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
    """An entry on the board, and its owner's token."""

    database_url: str
    offer: models.Offer
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

    async def start(self) -> str:
        """The cursor of the beginning."""
        log = await models.changes.the_log()
        return CURSORS.make(Position(log.epoch, log.head))

    async def oracle(self) -> list[int]:
        """The numbers of all changes of the entry, once all have one."""

        async def all_numbered() -> bool:
            return not await models.Change.filter(seq__isnull=True).exists()

        await until(all_numbered, PATIENCE)
        return [row.seq or 0 for row in await models.Change.filter(kind="OfferUpdated").order_by("seq")]


@asynccontextmanager
async def staged(database_url: str, text: str = "Wir freuen uns.") -> AsyncIterator[Stage]:
    """The stage in an empty, migrated database, which stays open for the oracle."""
    async with connected(configuration(database_url)):
        world = World(cast(Any, None))
        owner = await world.member()
        offer = await world.offer(owner=owner)
        await models.Offer.filter(id=offer.id).update(description=text)
        account = await world.account(owner)
        session = await SignInSession.create(id=uuid.uuid4(), account=account, expires_at=now() + timedelta(days=1))
        token, _expires_at = Tokens(KEY, timedelta(hours=1)).make_access(session.id)
        yield Stage(database_url, offer, token)


async def change(stage: Stage, urls: Urls, title: str, dice: random.Random, client: httpx.AsyncClient) -> None:
    """Change the entry once, through any server, until one answers. Some may die over it."""
    body = {"query": UPDATE, "variables": {"input": {"id": stage.offer_id, "title": title}}}
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
    """So many writers change the entry all the time; yields the titles that were answered."""
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
                await asyncio.sleep(dice.random() * 0.03)

    writing = [asyncio.create_task(write(writer)) for writer in range(writers)]
    try:
        yield answered
    finally:
        ended = True
        await asyncio.gather(*writing)


class Listener:
    """A client that follows the entry, connects again whatever happens, and resumes where it was."""

    def __init__(self, stage: Stage, urls: Urls, after: str, document: str = CHANGED) -> None:
        self._stage, self._urls, self._after, self._document = stage, urls, after, document
        self.log: list[int] = []
        self.closes: list[int | None] = []
        self.wrong: list[Any] = []
        self.connected = False
        self._dice = random.Random(len(after))

    async def follow(self) -> None:
        """Until it is cancelled."""
        while True:
            there = list(self._urls())
            if there:
                with suppress(OSError, websockets.WebSocketException, TimeoutError):
                    await self._connection(self._dice.choice(there))
            self.connected = False
            await asyncio.sleep(0.05)

    async def _connection(self, url: str) -> None:
        address = url.replace("http", "ws", 1) + "/graphql"
        async with connect(address, subprotocols=[PROTOCOL], proxy=None, ping_interval=None, max_size=None) as socket:
            try:
                await self._listen(socket)
            finally:
                self.closes.append(socket.close_code)

    async def _listen(self, socket: ClientConnection) -> None:
        await socket.send(json.dumps({"type": "connection_init"}))
        async for frame in socket:
            message = json.loads(frame)
            match message["type"]:
                case "connection_ack":
                    variables = {"id": self._stage.offer_id, "after": self._after}
                    payload = {"query": self._document, "variables": variables}
                    await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
                    self.connected = True
                case "next" if message["payload"].get("data"):
                    self._after = message["payload"]["data"]["offerChanged"]["cursor"]
                    self.log.append(CURSORS.read(self._after).seq)
                case "ping":
                    await socket.send(json.dumps({"type": "pong"}))
                case "complete":
                    return
                case _:
                    self.wrong.append(message)
                    return


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
        await until(lambda: all(len(one.log) >= len(expected) for one in listeners), PATIENCE)
    for one in listeners:
        assert one.wrong == []
        assert one.log == expected


class Servers:
    """Some servers on one database and Redis, each started again when it dies."""

    def __init__(self, folder: Path, settings: dict[str, Any]) -> None:
        self._folder, self._settings = folder, settings
        self.all: list[Server] = []
        self._running: list[Server] = []

    def urls(self) -> list[str]:
        """Where they are reached."""
        return [one.url for one in self._running if one.process.poll() is None]

    async def start(self, *program: str) -> Server:
        """One more."""
        server = Server(self._folder / f"server{len(self.all)}", program or ("main.py",), **self._settings)
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
