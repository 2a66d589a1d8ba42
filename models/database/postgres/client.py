"""Tortoise's PostgreSQL backend with a leaner pool and a leaner way through it; named as `engine` in configurations.

`records` is in `models.database.sqlite.client`, too: what `models.sql.compile` and `models.sql.statements` send goes
through it.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from math import inf
from time import monotonic
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient
from tortoise.backends.base.client import PoolConnectionWrapper, TransactionContext

from models.database.errors import unreachable
from models.database.outage_log import Outages
from models.database.postgres.asyncpg_adapter import has_left, is_as_new, is_open, itself, know_arrays
from models.database.postgres.errors import ERRORS, Translating, connecting, translated
from models.database.postgres.transactions import Transaction, TransactionOfPool
from models.database.private_names import look_for
from models.database.statement_limit import is_unlimited

look_for(AsyncpgDBClient, "the pool is made by them", "_pool", "_pool_init_lock", "_in_transaction")

_Connection = Any  # asyncpg's proxy of a connection
# All connections are made anew so often at most.
_RENEWED_SECONDS = 1.0


class Pool:
    """Lends the connections of asyncpg's pool, and keeps those that nobody uses.

    asyncpg's own makes a task, a future, a timer and a proxy each time it lends one, which costs as much as to send a
    small statement and read its answer. Here that happens once for each connection. The one that was used last is lent
    first; who finds none waits in turn. One that isn't as good as new, because its statement was cut off or its
    transaction is still open, or that was closed, goes back to asyncpg, which mends it or makes another. One that can't
    be made is `DBConnectionError`.

    A statement may take `statement_seconds`, which PostgreSQL sees to; None: as long as it needs. To say so for each
    statement of a job, and to take it back, costs more than most of them: a connection stays as it is until somebody
    needs it otherwise, and who finds several free takes one that is as they need it.
    """

    def __init__(self, made: Any, outages: Outages, statement_seconds: float | None = None) -> None:
        self._made = made
        self._outages = outages
        self._limit = None if statement_seconds is None else limit(statement_seconds)
        # Those on which no limit holds, by their `id`.
        self._lifted: set[int] = set()
        self._size: int = made.get_max_size()
        self._taken = 0  # of asyncpg's: those that are lent, free, or being made
        self._free: list[_Connection] = []
        # Each gets a connection, or None: then it may take one more of asyncpg's.
        self._waiting: deque[asyncio.Future[_Connection | None]] = deque()
        self._closing = False
        self._renewed = -inf

    async def acquire(self) -> _Connection:
        """A connection, for the caller alone until it is given to `release`."""
        without = self._limit is not None and is_unlimited()
        connection = await self._any(without)
        if without is not (id(connection) in self._lifted):
            await self._set_limit(connection, without)
        return connection

    async def _any(self, without: bool) -> _Connection:
        """A connection, where there is a choice one on which a limit holds or doesn't."""
        place = len(self._free) - 1
        if place >= 0 and (without or self._lifted) and (id(self._free[place]) in self._lifted) is not without:
            place = self._place(without)
        if self._free and (place >= 0 or self._taken == self._size):
            connection = self._free.pop(place)
            if is_open(connection):
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
        if not self._closing and is_as_new(connection):
            self._pass_on(connection)
            return
        if id(connection) in self._lifted and is_open(connection):  # asyncpg would lend it with nobody knowing
            itself(connection).terminate()
        await self._give_back(connection)

    def state(self) -> dict[str, int]:
        """How many connections are lent, or being made, how many are free, and how many wait for one."""
        free = len(self._free)
        return {"lent": self._taken - free, "free": free, "waiting": sum(not one.done() for one in self._waiting)}

    async def renew(self) -> None:
        """Have each connection that is there now closed, once it isn't lent any more: others are made instead.

        Those of a server that lets nobody write any more may stay so when another has taken its place.
        """
        instant = monotonic()
        if instant - self._renewed < _RENEWED_SECONDS:
            return
        self._renewed = instant
        await self._made.expire_connections()
        free, self._free = self._free, []
        for connection in free:
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

    def _place(self, without: bool) -> int:
        """Where among the free ones the one is that was used last, of those that are as somebody needs it."""
        places = range(len(self._free) - 1, -1, -1)
        return next((one for one in places if (id(self._free[one]) in self._lifted) is without), -1)

    async def _set_limit(self, connection: _Connection, without: bool) -> None:
        """Have the limit hold from now on, or not; close a connection on which it can't be said that it does."""
        try:
            await itself(connection).execute(limit(0) if without else self._limit)
        except BaseException:
            if is_open(connection):
                itself(connection).terminate()
            await self.release(connection)
            raise
        if without:
            self._lifted.add(id(connection))
        else:
            self._lifted.discard(id(connection))

    async def _take(self) -> _Connection:
        try:
            return await self._made.acquire()
        except ERRORS as error:
            self._pass_on(None)
            raise unreachable(error, self._outages, connecting) or error from error
        except BaseException:
            self._pass_on(None)
            raise

    async def _give_back(self, connection: _Connection) -> None:
        self._lifted.discard(id(connection))
        try:
            await self._made.release(connection)
        except asyncpg.InternalClientError:
            if not has_left(connection):
                raise
            # Closed in this instant: by that asyncpg has it back already.
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


# PostgreSQL's instants are microseconds since then.
_BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


async def _with_instants(connection: _Connection) -> None:
    """Have a new connection read instants by `_instant`: asyncpg makes each anew, which takes as long as four texts."""
    await connection.set_type_codec(
        "timestamptz", schema="pg_catalog", format="tuple", encoder=_since_beginning, decoder=_instant
    )


@lru_cache(20_000)
def _instant(since_beginning: tuple[int]) -> datetime:
    return _BEGINNING + timedelta(microseconds=since_beginning[0])


def _since_beginning(instant: datetime) -> tuple[int]:
    return ((instant - _BEGINNING) // _MICROSECOND,)


def limit(seconds: float) -> str:
    """The statement that says how long the others of its session may take; 0: as long as they need."""
    return f"SET statement_timeout = {int(seconds * 1000)}"


class PostgresClient(Translating):
    """PostgreSQL by asyncpg, through `Pool`."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.outages = Outages()

    async def create_pool(self, **settings: Any) -> Any:
        """The pool that all statements go through. Raises `DBConnectionError` where no connection comes about."""
        for name in ("host", "port", "user", "password", "database"):  # the URL says that
            settings.pop(name)
        seconds: float | None = settings.pop("statement_seconds", None)

        async def prepare(connection: _Connection) -> None:
            await _with_instants(connection)
            know_arrays(connection)
            if seconds is not None:  # not as a parameter of the connection, which PgBouncer refuses
                await connection.execute(limit(seconds))

        try:
            made = await asyncpg.create_pool(init=prepare, **settings)
        except ERRORS as error:
            raise unreachable(error, self.outages, connecting) or error from error
        return Pool(made, self.outages, seconds)

    def connections(self) -> dict[str, int]:
        """As `Pool.state`."""
        pool: Any = self._pool
        return pool.state() if pool is not None else {"lent": 0, "free": 0, "waiting": 0}

    async def renew(self) -> None:
        """Have other connections made: see `Pool.renew`."""
        pool: Any = self._pool
        if pool is not None:
            await pool.renew()

    def _in_transaction(self) -> TransactionContext:
        return TransactionOfPool(Transaction(self), self._pool_init_lock)

    async def records(self, query: str, values: Sequence[Any]) -> Sequence[Any]:
        """What a statement answers with: values by the names of columns, and in their order.

        Raises what `execute_query` raises, `DBConnectionError` where PostgreSQL is away. That one takes three wrappers
        to the same call.
        """
        try:
            if self._pool is None:
                await PoolConnectionWrapper(self, self._pool_init_lock).ensure_connection()
            pool: Any = self._pool
            connection = await pool.acquire()
            try:
                self.log.debug("%s: %s", query, values)
                found: Sequence[Any] = await itself(connection).fetch(query, *values)
            finally:
                await pool.release(connection)
        except ERRORS as error:
            await translated(self, error)
        self.outages.away.served()
        return found

    async def beside(self, query: str, values: Sequence[Any]) -> Sequence[Any]:
        """As `records`: outside of a transaction nothing waits."""
        return await self.records(query, values)

    async def later(self, query: str, values: Sequence[Any]) -> None:
        """Send a statement whose answer nobody needs: within a transaction with the next ones, see `Transaction`."""
        await self.records(query, values)


client_class: Any = PostgresClient
