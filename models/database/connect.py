"""Where the rows are: the Tortoise configuration, opening, migrating."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.context import TortoiseContext
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.transactions import in_transaction  # noqa: TID251 - statistics are no change

_MIGRATIONS = Path(__file__).parents[1] / "migrations"
MODULES = [
    "models.places",
    "models.search.tables",
    "models.members",
    "models.accounts.accounts",
    "models.accounts.api_keys",
    "models.mail",
    "models.groups",
    "models.events",
    "models.offers",
    "models.reports",
    "models.logs.audit",
    "models.applications",
    "models.matching.matches",
    "models.matching.profiles",
    "models.matching.saved_searches",
    "models.privacy.take_out",
    "models.logs.change_log",
    "models.board_days",
]


def configuration(
    database_url: str,
    *,
    pool: int = 10,
    busy_seconds: float = 30.0,
    connect_seconds: float = 10.0,
    statement_seconds: float | None = None,
) -> dict[str, Any]:
    """Tortoise's configuration for a URL: `sqlite:///absolute/path`, `sqlite://relative/path` or `postgresql://...`.

    A statement may take `statement_seconds` (`models.database.statement_limit`); None: as long as it needs.
    A URL of PostgreSQL is read as libpq does. Raises `ValueError`, which tells no password, for any other scheme, or
    where something in the URL is wrong.
    """
    scheme, _, rest = database_url.partition("://")
    connection: dict[str, Any]
    if scheme == "sqlite" and rest:
        connection = {
            "engine": "models.database.sqlite.client",
            "credentials": {
                "file_path": rest,
                "busy_timeout": int(busy_seconds * 1000),
                "synchronous": "NORMAL",
                # A published entry changes some seventy pages, mostly the same ones as the entry before it: they are
                # copied from the log into the file every 4,000 pages (16 MiB), not every 1,000, and the log's file
                # isn't cut down to nothing each time. What undoes a statement that fails is kept in memory.
                "wal_autocheckpoint": 4000,
                "journal_size_limit": 2**25,
                "temp_store": "MEMORY",
                "statement_seconds": statement_seconds,
            },
        }
    elif scheme in ("postgres", "postgresql") and rest:
        from models.database.postgres.dsn import read_dsn  # and asyncpg, which SQLite has no need of

        dsn = read_dsn(database_url)
        connection = {
            "engine": "models.database.postgres.client",
            "credentials": {
                "dsn": dsn.url,
                "min_size": 1,
                "max_size": pool,
                "reset": _leave_as_it_is,
                "timeout": connect_seconds,
                "statement_seconds": statement_seconds,
                **dsn.more,
            },
        }
    else:
        raise ValueError("DATABASE_URL begins with sqlite:// or postgresql://")
    # Tortoise remembers INSERT statements by the connection's name: one for both would mix up their dialects.
    name = "sqlite" if scheme == "sqlite" else "postgres"
    return {
        "connections": {name: connection},
        "apps": {"models": {"models": MODULES, "default_connection": name, "migrations": "models.migrations"}},
        "use_tz": True,
        "timezone": "UTC",
    }


async def _leave_as_it_is(connection: object) -> None:
    """Nothing, in place of what asyncpg does to a connection that comes back to the pool.

    It sends a statement that forgets the session's settings, cursors, listeners and advisory locks, each time: more
    work than most statements themselves. Therefore nothing may set any of these and leave it. A transaction that was
    left open asyncpg rolls back all the same.
    """


@asynccontextmanager
async def connected(configuration: dict[str, Any]) -> AsyncIterator[TortoiseContext]:
    """The database, open for every task of the process (as `tortoise.contrib.starlette.RegisterTortoise` does it)."""
    context = TortoiseContext()
    with context:  # while it is made; later every task finds it by the fallback
        await context.init(config=configuration, _enable_global_fallback=True)
    try:
        yield context
    finally:
        await context.close_connections()


async def migrate(connection: BaseDBAsyncClient, configuration: dict[str, Any], target: str | None = None) -> None:
    """Bring the schema to the newest migration, or up or down to `target`, such as `0001_initial` or `__first__`.

    `__first__` takes back even the first one. The caller sees to it that no other process does this at the time.
    """
    if target is None and await _is_newest(connection):
        return
    # All migrations, and Tortoise's schema editors for six databases: most starts find nothing to do.
    from tortoise.migrations.executor import MigrationTarget

    from models.database.migrating import Executor

    executor = Executor(connection, configuration["apps"])
    await executor.migrate([MigrationTarget("models", target or "__latest__")])


async def _is_newest(connection: BaseDBAsyncClient) -> bool:
    """Whether the migrations that the database records are those of this program, no more and no fewer."""
    recorded = {key.name for key in await MigrationRecorder(connection).applied_migrations()}
    return recorded == {module.name for module in iter_modules([str(_MIGRATIONS)])}


async def refresh_statistics(connection: BaseDBAsyncClient) -> None:
    """Let SQLite count what its planner of statements goes by, where much has changed; PostgreSQL does so itself."""
    if connection.capabilities.dialect == "sqlite":
        # In a transaction, which waits for others that write: by itself it would read first, and then fail beside them.
        async with in_transaction(connection.connection_name) as writing:
            await writing.execute_query("PRAGMA analysis_limit = 1000")
            # Not `PRAGMA optimize`: it counts what its own connection reads, and most is read by another one.
            await writing.execute_query("ANALYZE")
