"""What asyncpg's errors say of PostgreSQL, sorted by SQLSTATE ("PostgreSQL Error Codes" in its manual)."""

from typing import Any, NoReturn

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient

from models.database.errors import Trouble, unreachable
from models.database.outage_log import Outages

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


def trouble(error: object) -> Trouble | None:
    """What an error of asyncpg says of the database; None where it says nothing of it."""
    if isinstance(error, _UNWRITABLE):
        return Trouble.UNWRITABLE
    if isinstance(error, asyncpg.QueryCanceledError):
        return Trouble.CUT_OFF
    # What can't go on, as on a standby.
    if isinstance(error, asyncpg.TransactionRollbackError):
        return Trouble.BUSY
    if isinstance(error, _LOST):
        return Trouble.AWAY
    if isinstance(error, asyncpg.InternalServerError) and str(error).startswith(_FILES):
        return Trouble.UNWRITABLE
    # An InterfaceError is also what a statement is called wrongly by.
    if isinstance(error, asyncpg.InterfaceError) and ("closed" in str(error) or "closing" in str(error)):
        return Trouble.AWAY
    return None


def connecting(_error: object) -> Trouble:
    """The same of an error while one connects: whatever goes wrong, the database is away, be it a wrong password."""
    return Trouble.AWAY


class Translating(AsyncpgDBClient):
    """Tortoise's client, which raises `DBConnectionError` where PostgreSQL can't serve, whatever it was asked to do."""

    outages: Outages
    _parent: Any

    async def _translate_exceptions(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            found = await super()._translate_exceptions(func, *args, **kwargs)
        except Exception as error:
            if (instead := unreachable(error, self.outages, trouble)) is None:
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
