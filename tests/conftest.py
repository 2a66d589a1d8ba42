"""Real servers, a fresh database a test, on SQLite and on PostgreSQL."""

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from zlib import crc32

import pytest
import pytest_asyncio
import structlog

from models.database.connect import configuration, connected
from tests.databases import Databases, run
from tests.migrated import TEMPLATE, migrated_file, migrated_server
from tests.prepared_models import prepare_models_once
from tests.servers import NO_BROWSER, NO_FIREFOX, NO_POOLER, NO_PROXY, postgres, valkey
from tests.world import World

# Tracebacks with the values of all variables, as structlog draws them by default, take seconds each.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

prepare_models_once()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last lines say what was left out for want of a program."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    skipped = reporter.stats.get("skipped", []) if reporter else []
    kinds = {"browser": NO_BROWSER, "Firefox": NO_FIREFOX, "proxy": NO_PROXY, "pooler": NO_POOLER}
    for kind, reason in kinds.items():
        number = sum(reason in str(report.longrepr) for report in skipped)
        if number:
            print(f"{number} {kind} tests were skipped, {reason}")


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this worker's own: its transactions would stall another worker's log."""
    with postgres(migrated_server()) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Valkey server of this worker's own."""
    with valkey() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_databases(postgres_url: str) -> Databases:
    """Fresh, migrated databases on PostgreSQL."""
    return Databases(postgres_url, TEMPLATE)


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark what needs PostgreSQL, and which cells of a walk each database is spared: the other one has them.

    What takes long is begun first, each process with its share of it: so none is left with it when the others are done.
    """
    _mark(items)
    yield
    long = [item for item in items if item.get_closest_marker("long")]
    others = [item for item in items if not item.get_closest_marker("long")]
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    share = -(-len(others) // processes)
    items[:] = [
        item
        for process in range(processes)
        for item in (*long[process::processes], *others[process * share : (process + 1) * share])
    ]


def _mark(items: list[pytest.Item]) -> None:
    for item in items:
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        database = parameters.get("database_url")
        if database == "postgres" or "postgres_url" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.postgres)
        if database and (walk := item.get_closest_marker("walk")):
            number = crc32(item.nodeid.replace("sqlite", "").replace("postgres", "").encode())
            if database != ("sqlite" if number % 3 else "postgres") or number // 3 % walk.kwargs.get("every", 1):
                item.add_marker(pytest.mark.soak)


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated database; the test runs once on each kind."""
    if request.param == "sqlite":
        path = tmp_path / "mitwirk.sqlite3"
        shutil.copy(migrated_file(), path)
        yield f"sqlite://{path}"
        return
    databases: Databases = request.getfixturevalue("postgres_databases")
    name = run(databases.take())
    yield f"{databases.server}/{name}"
    run(databases.give(name))


@pytest_asyncio.fixture(loop_scope="session")
async def world(database_url: str, redis_url: str) -> AsyncIterator[World]:
    """An empty network on a fresh database, and a way to ask its API."""
    settings = configuration(database_url)
    async with connected(settings), World.opened(redis_url) as opened:
        yield opened
