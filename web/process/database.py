"""The database of a running server: opened, brought to the newest migration, and bound to its SECRET_KEY."""

import asyncio
import contextlib
import fcntl
import sqlite3
from collections.abc import AsyncIterator
from typing import Any

from tortoise.context import TortoiseContext
from tortoise.exceptions import DBConnectionError, OperationalError

from auth.tokens import derive_key
from models import ChangeLog
from models.database.connect import configuration, connected, migrate
from models.database.errors import reason_of
from models.database.outage_log import Outages
from models.database.statement_limit import unlimited
from subscriptions.outbox import Changes, Outbox
from web.process.health import UnwritableError
from web.process.startup_errors import CannotStartError
from web.settings import Settings

_PATIENCE = 10.0
# Any number that nothing else in the database locks.
_LOCK = 0x6D697477
_CLOSED = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool"


@contextlib.asynccontextmanager
async def opened_database(settings: Settings) -> AsyncIterator[TortoiseContext]:
    """The database, open for the whole process. Raises `CannotStartError` where it can't be reached."""
    if settings.database.startswith("postgres"):
        await _check_sessions(settings)  # before anything is prepared
    parts = configuration(
        settings.database,
        pool=settings.database_pool,
        busy_seconds=settings.database_busy_seconds,
        connect_seconds=settings.database_connect_seconds,
        statement_seconds=settings.statement_seconds,
    )
    async with connected(parts) as database:
        outages_of(database).hush(True)
        try:
            async with asyncio.timeout(_PATIENCE):
                await database.db().execute_query("SELECT 1")
        except _unreachable(settings) as error:
            raise CannotStartError(f"Can't reach the database ({reason_of(error)}): check DATABASE_URL.") from None
        yield database


def _unreachable(settings: Settings) -> tuple[type[Exception], ...]:
    """What is raised where the database can't be reached. The driver of PostgreSQL is loaded for PostgreSQL alone."""
    found: tuple[type[Exception], ...] = (OSError, DBConnectionError, OperationalError, sqlite3.Error)
    if settings.database.startswith("postgres"):
        from models.database.postgres.errors import ERRORS

        found += ERRORS
    return found


async def _check_sessions(settings: Settings) -> None:
    """Raises `CannotStartError` where what lies between lends sessions by the transaction."""
    from models.database.postgres.dsn import read_dsn
    from models.database.postgres.pooler import keeps_session

    dsn = read_dsn(settings.database)
    try:
        async with asyncio.timeout(_PATIENCE + settings.database_connect_seconds):
            kept = await keeps_session(dsn.url, dsn.more.get("timeout", settings.database_connect_seconds))
    except _unreachable(settings) as error:
        raise CannotStartError(f"Can't reach the database ({reason_of(error)}): check DATABASE_URL.") from None
    if not kept:
        raise CannotStartError(
            "DATABASE_URL leads to a pooler that lends connections by the transaction: have it do so by the session, "
            "as PgBouncer does with pool_mode=session, or name the database itself.",
            exit_code=2,
        )


def outages_of(database: TortoiseContext) -> Outages:
    """What is known of the database's troubles: once it is open, `hush(False)` has them noted and logged."""
    client: Any = database.db()
    outages: Outages = client.outages
    return outages


async def check_writable(database: TortoiseContext) -> None:
    """Raises `UnwritableError` where nothing can be written: PostgreSQL is asked, of both it is known what failed last.

    PostgreSQL is asked without writing, for that would wait for others; a disk is known to be full when it was.
    """
    client = database.db()
    if client.capabilities.dialect == "postgres":
        ((closed,),) = (await client.execute_query(_CLOSED))[1]
        if closed:
            raise UnwritableError
    if outages_of(database).unwritable.lasts:
        raise UnwritableError


@contextlib.asynccontextmanager
async def alone(settings: Settings, database: TortoiseContext) -> AsyncIterator[None]:
    """While no other process of this network prepares the database: statements may take as long as they need."""
    with unlimited():
        async with _locked(settings, database):
            yield


@contextlib.asynccontextmanager
async def _locked(settings: Settings, database: TortoiseContext) -> AsyncIterator[None]:
    connection = database.db()
    if connection.capabilities.dialect == "postgres":
        async with connection.acquire_connection() as session:
            try:
                await session.execute("SELECT pg_advisory_lock($1)", _LOCK)
            except _unreachable(settings) as error:
                raise CannotStartError(f"The database does not serve ({reason_of(error)}).") from None
            try:
                yield
            finally:
                await session.execute("SELECT pg_advisory_unlock($1)", _LOCK)
        return
    with (settings.folder / "database.lock").open("ab") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                await asyncio.sleep(0.05)
        yield


async def bring_to(settings: Settings, database: TortoiseContext, target: str | None = None) -> None:
    """Migrate to the newest migration, or to `target`. Needs to be `alone`. Raises `CannotStartError`."""
    try:
        await migrate(database.db(), configuration(settings.database), target)
    except ValueError as error:
        if target is None:
            raise
        raise CannotStartError(f"There is no migration {target} ({error}).", exit_code=2) from None


async def bind_key(outbox: Outbox, key: str) -> None:
    """Write the fingerprint of SECRET_KEY at the first start. Raises `CannotStartError` where another key's stands."""
    mine = derive_key(key, "fingerprint", 16).hex()

    async def work(changes: Changes) -> str:
        row = await ChangeLog.select_for_update().get(id="log")
        if row.key_fingerprint is None:
            row.key_fingerprint = mine
            await row.save(update_fields=["key_fingerprint"])
        return row.key_fingerprint

    if await outbox.write(work) != mine:
        raise CannotStartError(
            "This database belongs to another SECRET_KEY: set the one that it was made with "
            "(without DATABASE_URL it lies in DATA_DIR/secret_key).",
            exit_code=2,
        )
