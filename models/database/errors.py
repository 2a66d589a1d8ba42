"""One error for a database that can't serve now: `DBConnectionError`. Relays wait after it, clients get UNAVAILABLE.

The database is away, or full, or lets nobody write, or has no connection left: whatever it is, it is none of the
server's mistakes, the operator mends it, and the same may go through later. The drivers have dozens of names for that,
according to the instant at which it happened. PostgreSQL's are sorted here by SQLSTATE ("PostgreSQL Error Codes" in its
manual), SQLite's by its result codes (https://sqlite.org/rescode.html). `args[0]` of the error is the driver's own.
"""

import sqlite3
from enum import Enum
from typing import Any, NoReturn

import asyncpg
import structlog
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.exceptions import BaseORMException, DBConnectionError

from models.database.outage_log import Outages

log = structlog.get_logger()


class Trouble(Enum):
    """What an error says of the database."""

    AWAY = "it doesn't serve"
    UNWRITABLE = "it answers what is read, and takes nothing that is written"
    BUSY = "this statement met another one: nothing is wrong with the database"


# What asyncpg raises when a connection is lost, or doesn't come about: the network's errors, its own, the server's.
_LOST = (
    OSError,
    asyncpg.PostgresConnectionError,  # PgBouncer's among them
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,  # restarts, failovers, time limits
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.TransactionTimeoutError,
    asyncpg.InsufficientResourcesError,  # memory, connections, space
    asyncpg.PostgresSystemError,  # a disk that fails
    asyncpg.DataCorruptedError,
    asyncpg.IndexCorruptedError,
)
_UNWRITABLE = (
    asyncpg.DiskFullError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.ObjectNotInPrerequisiteStateError,  # a standby, and locks that aren't given
    asyncpg.InsufficientPrivilegeError,
)
# Files that can't be written have no SQLSTATE of their own where PostgreSQL doesn't know the system's error, such as
# that of a quota.
_FILES = ("could not extend", "could not write", "could not fsync", "could not create file")
# What else asyncpg may raise.
ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, *_LOST)

_SQLITE_AWAY = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
}
_SQLITE_UNWRITABLE = {
    sqlite3.SQLITE_BUSY,  # others write, for longer than a statement waits
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_FULL,
}
_SQLITE_READING = {sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_FSTAT}


def trouble(error: object) -> Trouble | None:
    """What an error of a driver says of the database; None where it says nothing of it."""
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    if isinstance(error, _UNWRITABLE):
        return Trouble.UNWRITABLE
    # What was cut off by a limit of time or by the operator, and what can't go on, as on a standby.
    if isinstance(error, (asyncpg.TransactionRollbackError, asyncpg.QueryCanceledError)):
        return Trouble.BUSY
    if isinstance(error, _LOST):
        return Trouble.AWAY
    if isinstance(error, asyncpg.InternalServerError) and str(error).startswith(_FILES):
        return Trouble.UNWRITABLE
    # An InterfaceError is also what a statement is called wrongly by.
    if isinstance(error, asyncpg.InterfaceError) and ("closed" in str(error) or "closing" in str(error)):
        return Trouble.AWAY
    return None


def _of_sqlite(error: sqlite3.Error) -> Trouble | None:
    extended = getattr(error, "sqlite_errorcode", 0)
    code = extended & 0xFF
    if code in _SQLITE_UNWRITABLE or (code == sqlite3.SQLITE_IOERR and extended not in _SQLITE_READING):
        return Trouble.UNWRITABLE
    if code == sqlite3.SQLITE_INTERRUPT:
        return Trouble.BUSY
    return Trouble.AWAY if code in _SQLITE_AWAY or code == sqlite3.SQLITE_IOERR else None


def unreachable(error: BaseException, outages: Outages, *, connecting: bool = False) -> DBConnectionError | None:
    """What to raise instead of an error of the driver's or of Tortoise's, once it is noted; None: the error itself.

    While it is `connecting` everything that goes wrong means that the database is away, be it a wrong password.
    """
    if isinstance(error, DBConnectionError):
        return None  # it is noted
    cause = error.args[0] if isinstance(error, BaseORMException) and error.args else error
    kind = Trouble.AWAY if connecting else trouble(cause)
    if kind is None:
        return None
    if kind is Trouble.BUSY:
        if _was_cut_off(cause):
            outages.cut_off += 1
            log.warning("a statement took too long, and was cut off: see STATEMENT_SECONDS")
    else:
        outage = outages.away if kind is Trouble.AWAY else outages.unwritable
        outage.failed(reason_of(cause))
    return DBConnectionError(cause)


def _was_cut_off(error: object) -> bool:
    """Whether a statement took longer than it may, or somebody cancelled it."""
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_INTERRUPT
    return isinstance(error, asyncpg.QueryCanceledError)


def reason_of(error: object) -> str:
    """What an error says, in one line."""
    return " ".join(str(error).split()) or type(error).__name__


class Translating(AsyncpgDBClient):
    """Tortoise's client, which raises `DBConnectionError` where PostgreSQL can't serve, whatever it was asked to do."""

    outages: Outages
    _parent: Any

    async def _translate_exceptions(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            found = await super()._translate_exceptions(func, *args, **kwargs)
        except Exception as error:
            if (instead := unreachable(error, self.outages)) is None:
                raise
            if isinstance(instead.args[0], asyncpg.ReadOnlySQLTransactionError):
                await self.renew()
            raise instead from error
        self.outages.away.served()
        return found

    async def renew(self) -> None:
        """Have other connections made: those that are there may go on to refuse what others take."""
        await self._parent.renew()


async def translated(client: Any, error: Exception) -> NoReturn:
    """Raise what a client makes of an error of asyncpg's."""
    await client._translate_exceptions(_raise, error)
    raise error


async def _raise(_client: Any, error: Exception) -> None:
    raise error
