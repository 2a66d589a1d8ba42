"""A transaction of PostgreSQL that waits only for the answers that somebody needs.

Nobody needs the answer to BEGIN, or to an INSERT of rows whose keys aren't asked for. Such a statement is sent ahead:
directly before the next one that is waited for, which COMMIT is at the latest. An entry of the board is stored by three
exchanges instead of six, each of which costs as much as the work between two of them.

PostgreSQL calls that pipelining ("Message Flow" in its manual): of what follows an error it does nothing until the next
Sync, so that what is waited for fails where something ahead of it did. asyncpg has no call for it, but its protocol
takes the answers of what was sent ahead as it takes its own; `tests/models/database/test_pipelining.py` holds it to
that.
"""

import struct
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.backends.base.client import (
    ConnectionWrapper,
    NestedTransactionContext,
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections
from tortoise.exceptions import DBConnectionError, TransactionManagementError

from models.database.errors import ERRORS, Translating, translated

Connection = Any  # asyncpg's

# What of a connection was prepared here, by its text: asyncpg forgets its own where there are many.
_prepared: WeakKeyDictionary[Connection, dict[str, Any]] = WeakKeyDictionary()
_NOTHING = "SELECT 1"
_WRITING = ("INSERT", "UPDATE", "DELETE")


def itself(proxy: Connection) -> Connection:
    """The connection that asyncpg's pool lent. Raises `DBConnectionError` where it was closed."""
    connection = proxy._con
    if connection is None:
        raise DBConnectionError("the connection was closed")
    return connection


class Transaction(Translating, TransactionWrapper):
    """A transaction that begins with its first statement; one without any never does.

    It is rolled back at its end, with an error, where one of its statements failed, whoever passed over that.
    """

    _connection: Any

    def __init__(self, client: Any) -> None:
        super().__init__(client)
        self.outages = client.outages
        self._ahead: list[bytes] = []
        self._begun = False
        # Whether anything was sent that is written.
        self._writes = False
        # Something was prepared outside: PostgreSQL then waits for the Sync of the next execution.
        self._expected = False

    async def begin(self) -> None:
        """Have BEGIN sent ahead of the first statement."""
        connection = itself(self._connection)
        if connection not in _prepared:
            known = {text: await _prepare(connection, text) for text in ("BEGIN", "COMMIT", "ROLLBACK", _NOTHING)}
            _prepared[connection] = known
            await self._known(_NOTHING)
        self._ahead.append(_execution(_prepared[connection]["BEGIN"].name, ()))

    async def records(self, query: str, values: Sequence[Any]) -> Sequence[Any]:
        """What a statement answers with: values by the names of columns, and in their order."""
        async with self._lock:
            self.log.debug("%s: %s", query, values)
            self._writes = self._writes or query.startswith(_WRITING)
            connection = itself(self._connection)

            def execute(statement: Any, _timeout: object) -> Any:
                return self._execute(connection, statement, values)

            try:
                with connection._stmt_exclusive_section:
                    (found, _status, _completed), _statement = await connection._do_execute(query, execute, None)
            except ERRORS as error:
                await translated(self, error)
            return found  # type: ignore[no-any-return]

    async def later(self, query: str, values: Sequence[Any]) -> None:
        """Send a statement that answers with nothing ahead of the next one, which raises what this one does."""
        async with self._lock:
            self.log.debug("%s: %s", query, values)
            connection = itself(self._connection)
            known = _prepared[connection]
            if query not in known:
                try:
                    known[query] = await _prepare(connection, query)
                except ERRORS as error:
                    await translated(self, error)
                self._expected = not self._begun
            self._ahead.append(_execution(known[query].name, values))
            self._writes = True

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """The connection for Tortoise's own statements."""
        return _CaughtUp(self._lock, self)

    async def commit(self) -> None:
        """End it. Raises what statements do that were sent ahead, and `TransactionManagementError` where one failed."""
        self._end()
        if not self._begun and len(self._ahead) == 1:
            return
        try:
            status = await self._known("COMMIT")
        except BaseException as error:
            await self._roll_back()
            if isinstance(error, ERRORS):
                await translated(self, error)
            raise
        if status != b"COMMIT":
            raise TransactionManagementError("rolled back, for a statement failed")
        if self._writes:
            self.outages.wrote()

    async def rollback(self) -> None:
        """End it as if it had not been."""
        self._end()
        await self._roll_back()

    async def catch_up(self) -> None:
        """Send what is to be sent ahead."""
        if self._ahead:
            await self._known(_NOTHING)

    def forget_ahead(self) -> None:
        """Don't send what was to be sent ahead."""
        self._ahead.clear()

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(_Savepoint(self))

    def _end(self) -> None:
        if self._finalized:
            raise TransactionManagementError("Transaction already finalised")
        self._finalized = True

    async def _roll_back(self) -> None:
        self._ahead.clear()
        connection = self._connection._con
        if (self._begun or self._expected) and connection is not None and not connection.is_closed():
            await self._known("ROLLBACK" if self._begun else _NOTHING)

    async def _known(self, text: str) -> bytes:
        """Execute one of those that `begin` prepared; the tag of its command."""
        connection = itself(self._connection)
        _found, status, _completed = await self._execute(connection, _prepared[connection][text], ())
        return status  # type: ignore[no-any-return]

    def _execute(self, connection: Connection, statement: Any, values: Sequence[Any]) -> Any:
        """Execute a prepared statement after what is to be sent ahead; an awaitable of what asyncpg answers."""
        if self._ahead and not connection.is_closed():
            connection._transport.write(b"".join(self._ahead))
            self._ahead.clear()
            self._begun = True
        return connection._protocol.bind_execute(statement, values, "", 0, True, None)


class TransactionOfPool(TransactionContextPooled):
    """Lends a transaction its connection, and takes it back also where it could not begin."""

    client: Any

    async def __aenter__(self) -> TransactionalDBClient:
        try:
            await self.ensure_connection()
            pool = self.client._parent._pool
            self.client._connection = await pool.acquire()
            try:
                await self.client.begin()
            except BaseException:
                await pool.release(self.client._connection)
                raise
        except ERRORS as error:
            await translated(self.client, error)
        self.token = get_connections().set(self.connection_name, self.client)
        return self.client  # type: ignore[no-any-return]


class _CaughtUp(ConnectionWrapper[Any]):
    """A transaction's connection, to which all is sent that was to be sent ahead."""

    client: Any

    async def __aenter__(self) -> Connection:
        connection = await super().__aenter__()
        try:
            await self.client.catch_up()
        except BaseException:
            self._lock.release()
            raise
        return connection


class _Savepoint(Translating, TransactionWrapper):
    """A transaction within a transaction: all that is sent goes through that one."""

    def __init__(self, outer: Any) -> None:
        super().__init__(outer)
        self.outages = outer.outages
        self._outer = outer
        self.records, self.later, self.forget_ahead = outer.records, outer.later, outer.forget_ahead

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """That one's."""
        return self._outer.acquire_connection()  # type: ignore[no-any-return]

    async def savepoint(self) -> None:
        """Begin. Within another one it has the same name, which is then that of the inner one until it ends."""
        await self.records("SAVEPOINT inner_one", ())

    async def release_savepoint(self) -> None:
        """End."""
        self._finalized = True
        await self.records("RELEASE inner_one", ())

    async def savepoint_rollback(self) -> None:
        """End it as if it had not been."""
        self._finalized = True
        self.forget_ahead()
        await self.records("ROLLBACK TO inner_one", ())
        await self.records("RELEASE inner_one", ())

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(_Savepoint(self))


async def _prepare(connection: Connection, query: str) -> Any:
    return await connection._get_statement(query, None, named=True, use_cache=False)


def _execution(name: str, values: Sequence[Any]) -> bytes:
    """The messages Bind and Execute for a prepared statement, its values as text ("Message Formats" in the manual)."""
    given = b"".join(map(_text, values))
    bind = b"\0%s\0\0\0%s%s\0\0" % (name.encode(), struct.pack("!H", len(values)), given)
    return b"B%s%sE\0\0\0\x09\0\0\0\0\0" % (struct.pack("!I", len(bind) + 4), bind)


def _text(value: object) -> bytes:
    if value is None:
        return b"\xff\xff\xff\xff"
    if isinstance(value, str):
        text = value.encode()
    elif isinstance(value, (bool, int, float, UUID)):
        text = str(value).encode()
    elif isinstance(value, (datetime, date)) and not (isinstance(value, datetime) and value.tzinfo is None):
        text = value.isoformat().encode()
    else:
        raise TypeError(f"{type(value).__name__} can't be sent ahead")
    return struct.pack("!I", len(text)) + text
