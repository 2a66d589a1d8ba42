"""Tortoise's PostgreSQL backend with a leaner pool; named as `engine` in the configuration."""

import asyncio
from collections import deque
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient as Client

_Connection = Any  # asyncpg's proxy of a connection


class Pool:
    """Lends the connections of asyncpg's pool, and keeps those that nobody uses.

    asyncpg's own makes a task, a future, a timer and a proxy each time it lends one, which costs as much as to send a
    small statement and read its answer. Here that happens once for each connection. The one that was used last is lent
    first; who finds none waits in turn. One that isn't as good as new, because its statement was cut off or its
    transaction is still open, or that was closed, goes back to asyncpg, which mends it or makes another.
    """

    def __init__(self, made: Any) -> None:
        self._made = made
        self._size: int = made.get_max_size()
        self._taken = 0  # of asyncpg's: those that are lent, free, or being made
        self._free: list[_Connection] = []
        # Each gets a connection, or None: then it may take one more of asyncpg's.
        self._waiting: deque[asyncio.Future[_Connection | None]] = deque()
        self._closing = False

    async def acquire(self) -> _Connection:
        """A connection, for the caller alone until it is given to `release`."""
        if self._free:
            connection = self._free.pop()
            if _is_as_new(connection):
                return connection
            await self._give_back(connection)
        if self._taken < self._size:
            self._taken += 1
            return await self._take()
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            connection = await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                self._pass_on(turn.result())
            raise
        return connection if connection is not None else await self._take()

    async def release(self, connection: _Connection) -> None:
        """Take a connection back."""
        if not self._closing and _is_as_new(connection):
            self._pass_on(connection)
        else:
            await self._give_back(connection)

    async def close(self) -> None:
        """Close all connections, once they are released."""
        self._closing = True
        while self._free:
            await self._give_back(self._free.pop())
        await self._made.close()

    def terminate(self) -> None:
        """Close all connections at once."""
        self._made.terminate()

    async def _take(self) -> _Connection:
        try:
            return await self._made.acquire()
        except BaseException:
            self._pass_on(None)
            raise

    async def _give_back(self, connection: _Connection) -> None:
        try:
            await self._made.release(connection)
        finally:
            self._pass_on(None)

    def _pass_on(self, connection: _Connection | None) -> None:
        """Let who waits longest have it."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return
        if connection is None:
            self._taken -= 1
        else:
            self._free.append(connection)


def _is_as_new(connection: _Connection) -> bool:
    try:
        return not (connection.is_closed() or connection.is_in_transaction() or connection._protocol._is_cancelling())
    except asyncpg.InterfaceError:  # closed, and taken out of the pool
        return False


class PostgresClient(Client):
    """PostgreSQL by asyncpg, through `Pool`."""

    async def create_pool(self, **settings: Any) -> Any:
        """The pool that all statements go through."""
        return Pool(await super().create_pool(**settings))


client_class: Any = PostgresClient
