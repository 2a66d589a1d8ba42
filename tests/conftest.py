"""Real servers, a fresh database a test, on SQLite and on PostgreSQL."""

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
import structlog

from models.database import configuration, connected, migrate
from tests.servers import NO_BROWSER, postgres, valkey
from tests.world import World

_numbers = itertools.count(1)

# Tracebacks with the values of all variables, as structlog draws them by default, take seconds each.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last line says what was left out for want of a browser."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    number = sum(NO_BROWSER in str(report.longrepr) for report in skipped)
    if number:
        print(f"{number} browser tests were skipped, {NO_BROWSER}")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this worker's own: its transactions would stall another worker's log."""
    with postgres() as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Valkey server of this worker's own."""
    with valkey() as url:
        yield url


def run(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run to the end on a loop of its own, in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()


async def migrated(url: str) -> None:
    """Bring a database to the newest migration."""
    settings = configuration(url)
    async with connected(settings) as database:
        await migrate(database.db(), settings)


async def execute(url: str, *statements: str) -> None:
    """Send statements to a PostgreSQL database."""
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """A migrated database to copy."""
    run(execute(f"{postgres_url}/postgres", "CREATE DATABASE template_mitwirk"))
    run(migrated(f"{postgres_url}/template_mitwirk"))
    return "template_mitwirk"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database file to copy."""
    path = tmp_path_factory.mktemp("template") / "mitwirk.sqlite3"
    run(migrated(f"sqlite://{path}"))
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated database; the test runs once on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "mitwirk.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite://{path}"
        return
    server, template = request.getfixturevalue("postgres_url"), request.getfixturevalue("postgres_template")
    name = f"test_{next(_numbers)}"
    run(execute(f"{server}/postgres", f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY = FILE_COPY"))
    yield f"{server}/{name}"
    run(execute(f"{server}/postgres", f"DROP DATABASE {name} WITH (FORCE)"))


@pytest_asyncio.fixture(loop_scope="session")
async def world(database_url: str, redis_url: str) -> AsyncIterator[World]:
    """An empty network on a fresh database, and a way to ask its API."""
    settings = configuration(database_url)
    async with connected(settings), World.opened(redis_url) as opened:
        yield opened
