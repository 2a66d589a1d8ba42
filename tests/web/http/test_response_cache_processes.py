"""Remembered answers of real server processes, over real sockets: who was told of a change reads nothing older."""

import asyncio
import json
import signal
import sqlite3
from contextlib import AsyncExitStack, closing, suppress
from pathlib import Path
from time import monotonic
from typing import Any, Self

import httpx
import psutil
import pytest
from websockets.asyncio.client import connect

from subscriptions.response_cache.memory import IN_SYNC_SECONDS
from tests.conditions import until
from tests.web.launching import Process
from tests.web.listening import CURSORS, PATIENCE, UPDATE, Stage, served, staged
from tests.web.live.test_graphql_transport_ws import PROTOCOL
from tests.web.server import Server

pytestmark = pytest.mark.walk

READ = "query ($id: ID!) { node(id: $id) { id ... on Offer { title } } offers(first: 100) { nodes { id title } } }"
CHANGED = "subscription ($id: ID!) { offerChanged(id: $id) { change } }"
CHANGES = 25


class Client:
    """A guest who reads the entry at one server, and the owner who changes it."""

    def __init__(self, stage: Stage, url: str) -> None:
        self.stage, self.url = stage, url
        self.http = httpx.AsyncClient(base_url=url, timeout=PATIENCE, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.http.aclose()

    async def change(self, number: int) -> None:
        """Give the entry a number as its title."""
        body = {"query": UPDATE, "variables": {"input": {"id": self.stage.offer_id, "title": f"Nummer {number}"}}}
        headers = {"Authorization": f"Bearer {self.stage.token}"}
        answer = await self.http.post("/graphql", json=body, headers=headers)
        assert answer.json()["data"] == {"updateOffer": {"userErrors": []}}

    async def read(self) -> int:
        """The number in the title, by id and in the list: two statements, of which the older counts."""
        body = {"query": READ, "variables": {"id": self.stage.offer_id}}
        data: dict[str, Any] = (await self.http.post("/graphql", json=body)).json()["data"]
        titles = [one["title"] for one in (data["node"], *data["offers"]["nodes"]) if one["id"] == self.stage.offer_id]
        assert len(titles) == 2
        return min(int(title.rpartition(" ")[2]) for title in titles)


@pytest.mark.parametrize(("settings", "tagged"), [({}, True), ({"RESPONSE_CACHE": 0}, False)])
def test_it_is_on_and_can_be_turned_off(tmp_path: Path, settings: dict[str, Any], tagged: bool) -> None:
    with Server(tmp_path / "data", **settings) as server:
        for _time in range(2):
            answer = server.client.get("/graphql", params={"query": "{ network { name } }"})
            assert answer.json()["data"] == {"network": {"name": "Engagement-Netzwerk Wolfsburg"}}
            assert ("ETag" in answer.headers) is tagged
            assert answer.headers["Cache-Control"] == ("no-cache" if tagged else "no-store")


async def test_who_was_told_reads_nothing_older_from_any_server(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(staged(database_url))
        servers = await stack.enter_async_context(served(stage, tmp_path, redis_url))
        await asyncio.gather(servers.start(), servers.start())
        writer, reader = [await stack.enter_async_context(Client(stage, url)) for url in servers.urls()]
        await writer.change(0)
        (begun,) = await stage.oracle()
        answered, told = 0, 0
        stale: list[tuple[str, int, int]] = []

        async def write() -> None:
            nonlocal answered
            for number in range(1, CHANGES + 1):
                await writer.change(number)
                answered = number
                if (found := await writer.read()) < number:
                    stale.append(("where it was written", number, found))

        async def listen() -> None:
            nonlocal told
            address = reader.url.replace("http", "ws", 1) + "/graphql"
            async with connect(address, subprotocols=[PROTOCOL], proxy=None) as socket:
                await socket.send(json.dumps({"type": "connection_init"}))
                async for frame in socket:
                    message = json.loads(frame)
                    if message["type"] == "connection_ack":
                        payload = {"query": CHANGED, "variables": {"id": stage.offer_id}}
                        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
                    elif message["type"] == "next":
                        # By its place in the log: an update shows the entry as it is when it is sent.
                        told = CURSORS.read(message["payload"]["extensions"]["cursor"]).seq - begun
                        if told == CHANGES:
                            return

        async def read() -> None:
            while told < CHANGES:
                known = told
                if (found := await reader.read()) < known:
                    stale.append(("where it was told", known, found))

        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(write(), listen(), read())
        assert stale == []
        await until(lambda: answered == CHANGES)
        assert [await writer.read(), await reader.read()] == [CHANGES, CHANGES]


async def freeze(process: Process, database_url: str) -> None:
    """Stop it at an instant at which it doesn't write: else nobody could, on SQLite, for as long as it is stopped."""
    while True:
        process.send_signal(signal.SIGSTOP)
        await until(lambda: psutil.Process(process.pid).status() == psutil.STATUS_STOPPED)
        if not database_url.startswith("sqlite"):
            return
        path = database_url.removeprefix("sqlite://")
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(path, timeout=1)) as database:
            database.execute("BEGIN IMMEDIATE")
            return
        process.send_signal(signal.SIGCONT)


async def test_a_server_that_was_frozen_reads_afresh(database_url: str, redis_url: str, tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        stage = await stack.enter_async_context(staged(database_url))
        servers = await stack.enter_async_context(served(stage, tmp_path, redis_url))
        awake, frozen = await asyncio.gather(servers.start(), servers.start())
        writer, reader = [await stack.enter_async_context(Client(stage, one.url)) for one in (awake, frozen)]
        await writer.change(1)
        for number in range(2, 5):

            async def current(number: int = number) -> bool:
                return await reader.read() == number - 1

            await until(current, PATIENCE)
            try:
                await freeze(frozen.process, database_url)
                since = monotonic()
                await writer.change(number)
                await until(lambda since=since: monotonic() - since > IN_SYNC_SECONDS)  # type: ignore[misc]
            finally:
                frozen.process.send_signal(signal.SIGCONT)
            assert await reader.read() == number
