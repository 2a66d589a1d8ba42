"""A statement that takes too long, and a client that leaves meanwhile: over HTTP, on a real PostgreSQL."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import pytest_asyncio

from tests.conditions import until
from tests.databases import Databases, execute
from tests.web.http.test_leaving import KEY
from tests.web.limits.at_the_door import request
from tests.web.server import Server

# Of groups, which no job reads.
GROUPS = "{ groups(first: 3) { totalCount } }"
WAITING = "SELECT array_agg(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = 'slow'"


@contextmanager
def serving(folder: Path, url: str, **settings: Any) -> Iterator[Server]:
    more: dict[str, Any] = {
        "DATABASE_URL": f"{url}/slow",
        "SECRET_KEY": KEY,
        "DATABASE_POOL": 3,
        "RESPONSE_CACHE": 0,
        "JOB_SECONDS": 10,
    }
    with Server(folder, **more, **settings) as running:
        yield running


async def locked(url: str) -> Any:
    """A connection that keeps the groups to itself, until it is closed."""
    keeper = await asyncpg.connect(f"{url}/slow")
    await keeper.execute("BEGIN; LOCK TABLE working_group IN ACCESS EXCLUSIVE MODE")
    return keeper


@pytest_asyncio.fixture
async def url(postgres_databases: Databases) -> str:
    """A server with a fresh, migrated database of the name that is waited for."""
    server = postgres_databases.server
    create = f"CREATE DATABASE slow TEMPLATE {postgres_databases.template}"
    await execute(f"{server}/postgres", "DROP DATABASE IF EXISTS slow WITH (FORCE)", create)
    return server


async def test_clients_are_told_to_come_back(url: str, tmp_path: Path) -> None:
    with serving(tmp_path / "data", url, STATEMENT_SECONDS=0.5) as server:
        body = {"query": GROUPS}
        keeper = await locked(url)
        async with httpx.AsyncClient(base_url=server.url, timeout=60, trust_env=False) as client:
            answer = await client.post("/graphql", json=body)
            assert answer.status_code == 503
            assert {error["extensions"]["code"] for error in answer.json()["errors"]} == {"UNAVAILABLE"}
            await keeper.close()
            answer = await client.post("/graphql", json=body)
            assert answer.json()["data"] == {"groups": {"totalCount": 0}}
            assert (await client.get("/health/ready")).json()["database"] == "ok"
        assert "STATEMENT_SECONDS" in server.log
        assert "Traceback" not in server.log


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream", "text/calendar"])
async def test_who_leaves_ends_what_is_read(url: str, tmp_path: Path, accept: str) -> None:
    path = "/feeds/groups/ag.ics" if accept == "text/calendar" else f"/graphql?query={GROUPS.replace(' ', '%20')}"
    with serving(tmp_path / "data", url, STATEMENT_SECONDS=3600) as server:
        keeper, watcher = await locked(url), await asyncpg.connect(f"{url}/postgres")
        address = (server.client.base_url.host, server.client.base_url.port)
        try:
            with socket.create_connection(address) as leaving:
                leaving.sendall(request(f"Accept: {accept}", path=path))
                reading = set(await until(lambda: watcher.fetchval(WAITING)))
            await until(lambda: _left(watcher, reading))
        finally:
            await keeper.close()
            await watcher.close()
        assert server.ask(GROUPS)["data"] == {"groups": {"totalCount": 0}}
        assert "Traceback" not in server.log


async def _left(watcher: Any, reading: set[int]) -> bool:
    """Whether one of those doesn't wait any more."""
    return not reading <= set(await watcher.fetchval(WAITING) or ())
