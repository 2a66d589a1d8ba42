"""Tortoise's SQLite backend with seven mends; named as `engine` in the configuration.

- A transaction takes the write lock when it begins. Tortoise begins it deferred, and the upgrade from reading to
  writing beside another process fails at once with "database is locked", whatever `busy_timeout` says.
- A transaction that can't begin, or a file that can't be opened, gives Tortoise's lock back; else every later statement
  would wait for ever.
- One that can't be committed, as on a full disk, is rolled back; else no later one could begin.
- A statement that takes too long, or whose caller has left, is interrupted: else all others would wait for it.
- It has sines and cosines, as PostgreSQL does: SQLite itself only where it was built with them.
- A file that can't be read or written now is `DBConnectionError`, as PostgreSQL is that can't be reached.
- What is read outside of transactions, in a moment, takes neither thread nor lock: `models.database.sqlite.reader`.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from functools import wraps
from math import cos, sin
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar, cast

import aiosqlite
from tortoise.backends.base.client import (
    ConnectionWrapper,
    NestedTransactionContext,
    TransactionalDBClient,
    TransactionContext,
)
from tortoise.backends.sqlite.client import SqliteClient as Client
from tortoise.backends.sqlite.client import (
    SqliteTransactionContext,
    SqliteTransactionWrapper,
    translate_exceptions,
)
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

from models.database.errors import unreachable
from models.database.outage_log import Outages
from models.database.private_names import look_for
from models.database.sqlite.errors import trouble
from models.database.sqlite.reader import Reader
from models.database.statement_limit import is_unlimited

look_for(aiosqlite.Connection, "statements are interrupted by it, and several sent to its thread at once", "_conn")
look_for(aiosqlite.Connection, "what is to be done in its thread goes through it", "_execute")
look_for(Client, "statements wait for each other by it", "_lock", "_connection", "_in_transaction")
look_for(SqliteTransactionWrapper, "it is ended once", "_finalized")
look_for(SqliteTransactionContext, "transactions wait for each other by it", "_trxlock")


def _or_null(function: Callable[[float], float]) -> Callable[[float | None], float | None]:
    """As SQL has it: of nothing, nothing."""
    return lambda value: None if value is None else function(value)


_FUNCTIONS = {function.__name__: _or_null(function) for function in (sin, cos)}


Method = TypeVar("Method", bound=Callable[..., Coroutine[Any, Any, Any]])


def _noting(do: Method) -> Method:
    """A method of a client, which raises `DBConnectionError` where the file can't be read or written."""

    @wraps(do)
    async def noting(self: Any, *args: Any, **named: Any) -> Any:
        try:
            found = await do(self, *args, **named)
        except Exception as error:
            if (instead := unreachable(error, self.outages, trouble)) is not None:
                raise instead from error
            raise
        self.outages.away.served()
        return found

    return cast(Method, noting)


# The text of a statement, and its values.
_Sent = tuple[str, Sequence[Any]]


def _fetched(connection: sqlite3.Connection, before: Sequence[_Sent], query: str, values: Sequence[Any]) -> list[Any]:
    """What a statement answers with, after others whose answer nobody needs; in the connection's thread."""
    for text, some in before:
        connection.execute(text, some)
    return connection.execute(query, values).fetchall()


def _sorted(connection: sqlite3.Connection, before: Sequence[_Sent], query: str, values: Sequence[Any]) -> list[Any]:
    """As `_fetched`, outside of transactions, of what may sort much.

    In memory SQLite sorts row by row, which takes half as long again; else it sorts in one block of its own, and in a
    file what that can't hold.
    """
    connection.execute("PRAGMA temp_store = DEFAULT")
    try:
        return _fetched(connection, before, query, values)
    finally:
        connection.execute("PRAGMA temp_store = MEMORY")


def _committed(connection: sqlite3.Connection, before: Sequence[_Sent]) -> None:
    for text, some in before:
        connection.execute(text, some)
    connection.commit()


class _Connection(ConnectionWrapper[Any]):
    """The connection, for one statement, which may take so many seconds; `before` that, others are sent."""

    def __init__(self, lock: asyncio.Lock, client: Any, seconds: float | None, before: Sequence[_Sent] = ()) -> None:
        super().__init__(lock, client)
        self._seconds = seconds
        self._before = before
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Any:
        await self._lock.acquire()
        try:
            await self.ensure_connection()
        except BaseException:
            self._lock.release()
            raise
        if self._seconds is not None and not is_unlimited():
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._interrupt)
        if self._before:
            try:
                await self.connection._execute(_fetched, self.connection._conn, self._before[:-1], *self._before[-1])
            except BaseException as error:
                await self.__aexit__(type(error), error, None)
                raise
        return self.connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if kind is asyncio.CancelledError:  # nobody waits for it; it runs on in the connection's thread
            self._interrupt()
        self._lock.release()

    def _interrupt(self) -> None:
        """Cut off what runs on the connection; nothing, where nothing does (https://sqlite.org/c3ref/interrupt.html)."""
        with suppress(ValueError):  # it is closed
            self.connection._conn.interrupt()


class _Noting(Client):
    outages: Outages
    statement_seconds: float | None
    _fetch: Callable[..., list[Any]] = staticmethod(_fetched)

    execute_insert = _noting(Client.execute_insert)
    execute_many = _noting(Client.execute_many)
    execute_query = _noting(Client.execute_query)
    execute_query_dict = _noting(Client.execute_query_dict)
    execute_script = _noting(Client.execute_script)

    @_noting
    async def create_connection(self, with_db: bool) -> None:
        """Open the file."""
        try:
            await super().create_connection(with_db)
            for name, function in _FUNCTIONS.items():
                assert self._connection is not None
                await self._connection.create_function(name, 1, function, deterministic=True)
        except BaseException:
            await self.close()  # it is open, but not all that was to be set is
            raise

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """The connection, for one statement."""
        return _Connection(self._lock, self, self.statement_seconds)

    @_noting
    @translate_exceptions
    async def records(self, query: str, values: Sequence[Any]) -> Sequence[Any]:
        """What a statement answers with: values by the names of columns, and in their order."""
        async with _Connection(self._lock, self, self.statement_seconds) as connection:
            self.log.debug("%s: %s", query, values)
            found: list[Any] = await connection._execute(self._fetch, connection._conn, self.taken(), query, values)
            return found

    async def beside(self, query: str, values: Sequence[Any]) -> Sequence[Any]:
        """As `records`, which sends what waits in the same turn of the thread."""
        found: Sequence[Any] = await self.records(query, values)
        return found

    async def later(self, query: str, values: Sequence[Any]) -> None:
        """Send a statement whose answer nobody needs: within a transaction with the next one, or with the commit."""
        await self.records(query, values)

    def taken(self) -> Sequence[_Sent]:
        """What is to be sent before the next statement: whoever takes it sends it."""
        return ()


class _Transaction(_Noting, SqliteTransactionWrapper):
    execute_many = _noting(SqliteTransactionWrapper.execute_many)
    savepoint = _noting(SqliteTransactionWrapper.savepoint)
    release_savepoint = _noting(SqliteTransactionWrapper.release_savepoint)
    savepoint_rollback = _noting(SqliteTransactionWrapper.savepoint_rollback)

    def __init__(self, client: Any) -> None:
        SqliteTransactionWrapper.__init__(self, client)
        self.outages = client.outages
        self.statement_seconds = client.statement_seconds
        self._written = 0
        self._later: list[_Sent] = []
        # How many transactions within this one are open.
        self.savepoints = 0

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """The connection, for one statement, after what waits to be sent."""
        return _Connection(self._lock, self, self.statement_seconds, self.taken())

    async def later(self, query: str, values: Sequence[Any]) -> None:
        """Have a statement sent in the same turn of the thread as the next one, or as the commit."""
        if self.savepoints:
            await self.records(query, values)
            return
        self.log.debug("%s: %s", query, values)
        self._later.append((query, values))

    def taken(self) -> Sequence[_Sent]:
        """What is to be sent before the next statement."""
        taken, self._later = self._later, []
        return taken

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(_Savepoint(self))

    @_noting
    async def begin(self) -> None:
        await self._connection.execute("BEGIN IMMEDIATE")
        self._written = self._connection.total_changes

    @_noting
    async def commit(self) -> None:
        if not self._connection.in_transaction:
            self._finalized = True
            raise TransactionManagementError("rolled back, for a statement failed")
        if self._finalized:
            raise TransactionManagementError("Transaction already finalised")
        try:
            await self._commit("COMMIT")
        except BaseException:
            await self.rollback()
            raise
        self._finalized = True
        if self._connection.total_changes != self._written:
            self.outages.wrote()

    @translate_exceptions
    async def _commit(self, _query: str) -> None:
        connection: Any = self._connection
        await connection._execute(_committed, connection._conn, self.taken())


class _Savepoint(_Transaction):
    """A transaction within a transaction, in which nothing is put off: what fails there fails there."""

    _parent: Any

    async def savepoint(self) -> None:
        """Begin, after what waits to be sent in the transaction around it, through which all is sent."""
        async with self._parent.acquire_connection():
            pass
        await super().savepoint()
        self._parent.savepoints += 1

    async def release_savepoint(self) -> None:
        """End."""
        self._parent.savepoints -= 1
        await super().release_savepoint()

    async def savepoint_rollback(self) -> None:
        """End it as if it had not been."""
        self._parent.savepoints -= 1
        await super().savepoint_rollback()


class _TransactionContext(SqliteTransactionContext):
    async def __aenter__(self) -> TransactionalDBClient:
        await self._trxlock.acquire()
        try:
            await self.ensure_connection()
            await self.connection.begin()
        except BaseException:
            self._trxlock.release()
            raise
        self.token = get_connections().set(self.connection_name, self.connection)
        return self.connection  # type: ignore[no-any-return]


class SqliteClient(_Noting):
    """SQLite whose transactions begin IMMEDIATE."""

    _fetch = staticmethod(_sorted)

    def __init__(self, *args: Any, statement_seconds: float | None = None, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.outages = Outages()
        self.statement_seconds = statement_seconds
        self._reader = Reader(Path(self.filename), _FUNCTIONS)

    async def records(self, query: str, values: Sequence[Any]) -> Sequence[Any]:
        """As in a transaction; what jobs read, which may be much, keeps nobody waiting in the loop."""
        if self._connection is not None and query.lstrip().startswith("SELECT") and not is_unlimited():
            found = await self._reader.read(query, values)
            if found is not None:
                self.log.debug("%s: %s", query, values)
                self.outages.away.served()
                return found
        sent: Sequence[Any] = await super().records(query, values)
        return sent

    async def close(self) -> None:
        """Close the file."""
        self._reader.close()
        await super().close()

    def _in_transaction(self) -> TransactionContext:
        return _TransactionContext(_Transaction(self), self._lock)


client_class: Any = SqliteClient
