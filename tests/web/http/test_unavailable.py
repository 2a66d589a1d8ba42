"""The database is full, may only be read, or gives no connection: clients are told so, and then nothing is missing."""

import random
import resource
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from tests.conditions import until
from tests.databases import execute
from tests.servers import valkey
from tests.web.listening import PATIENCE, UPDATE, Listener, Stage, change, heard, listening, served, staged
from tests.web.server import Server

END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'guest'"
BOARD = "{ offers(first: 3) { nodes { title } } }"

Fault = Callable[[], Awaitable[None]]


class Faulty:
    """A server whose database can be made to fail, and a client that follows an entry all the while."""

    def __init__(self, stage: Stage, server: Server, follower: Listener, client: httpx.AsyncClient) -> None:
        self.stage, self.server, self.follower, self.client = stage, server, follower, client
        self.answered = 0

    async def ask(self, query: str, **variables: Any) -> httpx.Response:
        """What it answers to the entry's owner."""
        headers = {"Authorization": f"Bearer {self.stage.token}"}
        body = {"query": query, "variables": variables}
        return await self.client.post(f"{self.server.url}/graphql", json=body, headers=headers)

    async def write(self, title: str, **more: str) -> httpx.Response:
        """Change the entry: its title, and `more`."""
        answer = await self.ask(UPDATE, input={"id": self.stage.offer_id, "title": title, **more})
        self.answered += answer.status_code == 200 and "errors" not in answer.json()
        return answer

    async def get(self, path: str) -> httpx.Response:
        """What it answers to anybody."""
        return await self.client.get(f"{self.server.url}{path}")

    async def change(self) -> None:
        """Change the entry until that is answered."""
        self.answered += 1
        await change(self.stage, lambda: [self.server.url], f"Nummer {self.answered}", random.Random(1), self.client)

    def lines(self, text: str) -> int:
        """How many lines of the log say so."""
        return sum(text in line for line in self.server.log.splitlines())


def is_unavailable(answer: httpx.Response) -> bool:
    """Whether it is 503, says when to try again, and that a part is away."""
    if answer.status_code != 503:
        return False
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    if "json" in answer.headers["Content-Type"]:
        assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"UNAVAILABLE"}
    return True


@asynccontextmanager
async def faulty(database_url: str, redis_url: str, folder: Path) -> AsyncIterator[Faulty]:
    async with staged(database_url) as stage, served(stage, folder, redis_url) as servers:
        settings: dict[str, Any] = {}
        if database_url.startswith("postgres"):
            grants = ("TABLES", "SEQUENCES")
            await execute(
                database_url,
                "DO $$ BEGIN CREATE ROLE guest LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
                *(f"GRANT ALL ON ALL {kind} IN SCHEMA public TO guest" for kind in grants),
                "GRANT ALL ON SCHEMA public TO guest",
            )
            settings["DATABASE_URL"] = database_url.replace("postgres@", "guest@")
        server = await servers.start(JOB_SECONDS=0.5, **settings)
        follower = Listener(stage, servers.urls, await stage.start())
        async with listening([follower]), httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
            one = Faulty(stage, server, follower, client)
            await one.change()
            yield one
            await one.change()
            await heard(stage, [follower], one.answered)
        assert one.lines("Traceback") == 0, server.log
        assert one.lines("INTERNAL") == 0


async def only_read(one: Faulty, begin: Fault, end: Fault) -> None:
    """Nothing can be written for a while: what is read is answered, and the server stays ready."""
    await begin()

    async def fails() -> bool:
        answer = await one.write("Geht nicht")
        return is_unavailable(answer)

    await until(fails, PATIENCE)
    for _time in range(20):
        assert is_unavailable(await one.write("Geht nicht"))
    board = await one.ask(BOARD)
    assert board.status_code == 200
    assert "errors" not in board.json()
    assert (await one.get("/feeds/offers.atom")).status_code == 200
    ready = await one.get("/health/ready")
    assert (ready.status_code, ready.json()["status"], ready.json()["database"]) == (200, "degraded", "ok")
    assert ready.json()["writing"] == "UnwritableError"
    await end()
    await one.change()

    async def whole() -> bool:
        return str((await one.get("/health/ready")).json()["status"]) == "ok"

    async def writes_well() -> bool:
        await one.change()
        return await whole()

    await until(writes_well, PATIENCE)
    assert one.lines("can not be written") == one.lines("is written again") == 1, one.server.log
    assert len(one.server.log.splitlines()) <= 6, one.server.log


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_disk_without_room(database_url: str, redis_url: str, tmp_path: Path) -> None:
    async with faulty(database_url, redis_url, tmp_path) as one:
        process = psutil.Process(one.server.process.pid)

        async def full() -> None:
            process.rlimit(resource.RLIMIT_FSIZE, (65536, resource.RLIM_INFINITY))

        async def room() -> None:
            process.rlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

        await only_read(one, full, room)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_database_that_may_only_be_read(database_url: str, redis_url: str, tmp_path: Path) -> None:
    name = database_url.rpartition("/")[2]
    async with faulty(database_url, redis_url, tmp_path) as one:

        async def close() -> None:
            await execute(database_url, f"ALTER DATABASE {name} SET default_transaction_read_only = on", END)

        async def open_again() -> None:
            # Sessions keep what they began with.
            restored = f"ALTER DATABASE {name} RESET default_transaction_read_only"
            await execute(database_url, "SET default_transaction_read_only = off", restored)

        await only_read(one, close, open_again)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_a_server_that_gives_no_connection(database_url: str, redis_url: str, tmp_path: Path) -> None:
    async with faulty(database_url, redis_url, tmp_path) as one:
        await execute(database_url, "ALTER ROLE guest CONNECTION LIMIT 0", END)
        try:
            for _time in range(20):
                assert is_unavailable(await one.write("Geht nicht"))
                assert is_unavailable(await one.ask(BOARD))
                assert is_unavailable(await one.get("/graphql?query={offers{nodes{title}}}"))
                assert is_unavailable(await one.get("/feeds/offers.atom"))
                assert is_unavailable(await one.get("/feeds/events.ics"))
            ready = await one.get("/health/ready")
            assert (ready.status_code, ready.json()["status"]) == (503, "failing")
            assert (await one.get("/health/live")).status_code == 200
            assert (await one.get("/dashboard")).status_code == 200
        finally:
            await execute(database_url, "ALTER ROLE guest CONNECTION LIMIT -1")
        await one.change()

        async def is_over() -> bool:
            return (await one.get("/health/ready")).status_code == 200 and one.lines("serves again") == 1

        await until(is_over, PATIENCE)
        assert one.lines("does not serve") == 1, one.server.log
        assert len(one.server.log.splitlines()) <= 6, one.server.log


async def test_a_redis_that_hangs_takes_nobody_away(database_url: str, tmp_path: Path) -> None:
    """The server says that it is degraded, and goes on: so does every other one that has the same Redis."""
    with valkey(str(tmp_path / "v")) as url:
        async with faulty(database_url, url, tmp_path) as one:
            (process,) = (each for each in psutil.process_iter(["cmdline"]) if _is_valkey(each, str(tmp_path / "v")))
            process.suspend()
            try:
                for number in range(5):
                    await one.change()
                    assert (await one.ask(BOARD)).status_code == 200
                    ready = await one.get("/health/ready")
                    assert (ready.status_code, ready.json()["status"]) == (200, "degraded"), number
                    assert ready.json()["redis"] != "ok"
                await until(lambda: len(one.follower.log) == one.answered, PATIENCE)
            finally:
                process.resume()

            async def is_over() -> bool:
                return str((await one.get("/health/ready")).json()["status"]) == "ok"

            await until(is_over, PATIENCE)


def _is_valkey(process: psutil.Process, path: str) -> bool:
    return path in " ".join(process.info["cmdline"] or ())
