"""One error for PostgreSQL being away: `DBConnectionError`, which relays wait after and clients get UNAVAILABLE for.

Tortoise passes on what asyncpg raises then, which has a dozen names, according to the instant at which the connection
was lost. One of them says that asyncpg itself failed: a statement met the server's last words.
"""

from typing import Any, NoReturn

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.exceptions import DBConnectionError

# What asyncpg raises while it connects, or when a connection is lost: the network's errors, and the server's.
_AWAY = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleSessionTimeoutError,
    asyncpg.TooManyConnectionsError,
    asyncpg.InternalClientError,
)
# What else it may raise.
ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, *_AWAY)


class Translating(AsyncpgDBClient):
    """Tortoise's client, which raises `DBConnectionError` where PostgreSQL is away, whatever it was asked to do."""

    async def _translate_exceptions(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await super()._translate_exceptions(func, *args, **kwargs)
        except _AWAY as error:
            raise DBConnectionError(str(error) or type(error).__name__) from error
        except asyncpg.InterfaceError as error:  # also what a statement is called wrongly by
            if "closed" in str(error) or "closing" in str(error):
                raise DBConnectionError(str(error)) from error
            raise


async def translated(client: Any, error: Exception) -> NoReturn:
    """Raise what a client makes of an error of asyncpg's."""
    await client._translate_exceptions(_raise, error)
    raise error


async def _raise(_client: Any, error: Exception) -> None:
    raise error
