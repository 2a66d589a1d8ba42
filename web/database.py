"""The database of a running server: opened, brought to the newest migration, and bound to its SECRET_KEY."""

import asyncio
import contextlib
import fcntl
import sqlite3
from collections.abc import AsyncIterator

import asyncpg
from tortoise.context import TortoiseContext
from tortoise.exceptions import DBConnectionError, OperationalError

from auth.tokens import derive_key
from models import ChangeLog
from models.database import configuration, connected, migrate
from subscriptions.outbox import Changes, Outbox
from web.failures import CannotStartError
from web.settings import Settings

UNREACHABLE = (OSError, DBConnectionError, asyncpg.PostgresError, asyncpg.InterfaceError, sqlite3.Error)
_PATIENCE = 10.0
# Any number that nothing else in the database locks.
_LOCK = 0x6D697477


@contextlib.asynccontextmanager
async def opened_database(settings: Settings) -> AsyncIterator[TortoiseContext]:
    """The database, open for the whole process. Raises `CannotStartError` where it can't be reached."""
    parts = configuration(settings.database, pool=settings.database_pool, busy_seconds=settings.database_busy_seconds)
    async with connected(parts) as database:
        try:
            async with asyncio.timeout(_PATIENCE):
                await database.db().execute_query("SELECT 1")
        except (*UNREACHABLE, TimeoutError, OperationalError) as error:
            reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise CannotStartError(f"Can't reach the database ({reason}): check DATABASE_URL.") from None
        yield database


@contextlib.asynccontextmanager
async def alone(settings: Settings, database: TortoiseContext) -> AsyncIterator[None]:
    """While no other process of this network prepares the database."""
    connection = database.db()
    if connection.capabilities.dialect == "postgres":
        async with connection.acquire_connection() as session:
            await session.execute("SELECT pg_advisory_lock($1)", _LOCK)
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
