"""Transactions of PostgreSQL: who passes over an error can't commit, and a connection that is lost is one error."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, cast

from tortoise.backends.asyncpg.client import TransactionWrapper
from tortoise.backends.base.client import (
    ConnectionWrapper,
    NestedTransactionContext,
    TransactionalDBClient,
    TransactionContext,
    TransactionContextPooled,
)
from tortoise.connection import get_connections
from tortoise.exceptions import TransactionManagementError

from models.database.postgres.asyncpg_adapter import is_open, itself
from models.database.postgres.errors import ERRORS, Translating, translated
from models.database.private_names import look_for

look_for(TransactionWrapper, "its statements go through them", "_connection", "_lock", "_in_transaction", "_finalized")
look_for(TransactionWrapper, "the pool is found by them", "_parent", "_pool")

_WRITING = ("INSERT", "UPDATE", "DELETE", "WITH")
_PLACE = re.compile(r"\$(\d+)")


@lru_cache(500)
def _together(texts: tuple[str, ...]) -> str:
    """The statements as one, whose places are numbered on: all but the last stand in its WITH."""
    made, places = [], 0
    for text in texts:
        made.append(_PLACE.sub(lambda place, before=places: f"${before + int(place[1])}", text))  # type: ignore[misc]
        places += len(set(_PLACE.findall(text)))
    *first, last = made
    return f"WITH {', '.join(f's{number} AS ({text})' for number, text in enumerate(first))} {last}" if first else last


@lru_cache(500)
def _table_of(insertion: str) -> str:
    """What comes before the columns: `INSERT INTO "change"`."""
    return insertion.partition("(")[0].strip().replace('"', "")


class _AfterOthers(ConnectionWrapper[Any]):
    async def __aenter__(self) -> Any:
        connection = await super().__aenter__()
        try:
            await cast("Transaction", self.client).send_later()
        except BaseException:
            self._lock.release()
            raise
        return connection


class Transaction(Translating, TransactionWrapper):
    """A transaction that is rolled back at its end, with an error, where one of its statements failed.

    PostgreSQL answers such a COMMIT with ROLLBACK, at which asyncpg doesn't look.
    """

    _connection: Any

    def __init__(self, client: Any) -> None:
        super().__init__(client)
        self.outages = client.outages
        # Whether anything was sent that is written.
        self._writes = False
        self._later: list[tuple[str, Sequence[Any]]] = []
        # How many transactions within this one are open: in them nothing is put off, what fails there fails there.
        self.savepoints = 0

    async def begin(self) -> None:
        """Begin."""
        await self._command("BEGIN")

    async def records(self, query: str, values: Sequence[Any]) -> Sequence[Any]:
        """What a statement answers with: values by the names of columns, and in their order."""
        async with self._lock:
            if self._later:
                await self._send_later()
            return await self._fetched(query, values)

    async def beside(self, query: str, values: Sequence[Any]) -> Sequence[Any]:
        """The same of a SELECT that is sent as one statement with what waits, and doesn't see it."""
        async with self._lock:
            waiting, self._later = self._later, []
            texts = (*(text for text, _values in waiting), query)
            return await self._fetched(_together(texts), [*(one for _, some in waiting for one in some), *values])

    async def later(self, query: str, values: Sequence[Any]) -> None:
        """Have an INSERT sent before the next statement, or the commit: as one statement with all that waits then.

        Of one table they stay in order: what waits for it is sent before, for in a WITH any may come first.
        """
        if self.savepoints:
            await self.records(query, values)
            return
        if _table_of(query) in [_table_of(text) for text, _values in self._later]:
            async with self._lock:
                await self.send_later()
        self._later.append((query, values))

    async def _send_later(self) -> None:
        texts, self._later = self._later, []
        await self._fetched(
            _together(tuple(text for text, _values in texts)), [one for _, some in texts for one in some]
        )

    async def _fetched(self, query: str, values: Sequence[Any]) -> Sequence[Any]:
        self.log.debug("%s: %s", query, values)
        self._writes = self._writes or query.startswith(_WRITING)
        try:
            found: Sequence[Any] = await itself(self._connection).fetch(query, *values)
        except ERRORS as error:
            await translated(self, error)
        return found

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """The connection, for one statement, after what waits to be sent."""
        return _AfterOthers(self._lock, self)

    async def send_later(self) -> None:
        """Send what waits; the lock is the caller's."""
        if self._later:
            await self._send_later()

    async def commit(self) -> None:
        """End it. Raises `TransactionManagementError` where one of its statements failed: nothing is stored then."""
        self._end()
        try:
            await self.send_later()
            status = await self._command("COMMIT")
        except BaseException:
            await self._roll_back()
            raise
        if status != "COMMIT":
            raise TransactionManagementError("rolled back, for a statement failed")
        if self._writes:
            self.outages.wrote()

    async def rollback(self) -> None:
        """End it as if it had not been."""
        self._end()
        await self._roll_back()

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(_Savepoint(self))

    def _end(self) -> None:
        if self._finalized:
            raise TransactionManagementError("Transaction already finalised")
        self._finalized = True

    async def _roll_back(self) -> None:
        if is_open(self._connection):
            await self._command("ROLLBACK")

    async def _command(self, text: str) -> str:
        """Send a command without values; the tag that PostgreSQL answers with."""
        try:
            status: str = await itself(self._connection).execute(text)
        except ERRORS as error:
            await translated(self, error)
        return status


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


class _Savepoint(Translating, TransactionWrapper):
    """A transaction within a transaction: all that is sent goes through that one."""

    def __init__(self, outer: Any) -> None:
        super().__init__(outer)
        self.outages = outer.outages
        self._outer = outer
        self.records, self.beside = outer.records, outer.beside

    def acquire_connection(self) -> ConnectionWrapper[Any]:
        """That one's."""
        return self._outer.acquire_connection()  # type: ignore[no-any-return]

    async def savepoint(self) -> None:
        """Begin. Within another one it has the same name, which is then that of the inner one until it ends."""
        await self.records("SAVEPOINT inner_one", ())
        self._outer.savepoints += 1

    async def release_savepoint(self) -> None:
        """End."""
        self._finalized = True
        self._outer.savepoints -= 1
        await self.records("RELEASE inner_one", ())

    async def savepoint_rollback(self) -> None:
        """End it as if it had not been."""
        self._finalized = True
        self._outer.savepoints -= 1
        await self.records("ROLLBACK TO inner_one", ())
        await self.records("RELEASE inner_one", ())

    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(_Savepoint(self))
