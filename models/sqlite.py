"""Tortoise's SQLite backend with two mends; named as `engine` in the configuration.

- A transaction takes the write lock when it begins. Tortoise begins it deferred, and the upgrade from reading to
  writing beside another process fails at once with "database is locked", whatever `busy_timeout` says.
- A transaction that can't begin gives Tortoise's lock back; else every later statement would wait for ever.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any

from tortoise.backends.base.client import NestedTransactionContext, TransactionalDBClient, TransactionContext
from tortoise.backends.sqlite.client import SqliteClient as Client
from tortoise.backends.sqlite.client import SqliteTransactionContext, SqliteTransactionWrapper
from tortoise.connection import get_connections
from tortoise.exceptions import OperationalError


class _Records:
    async def records(self: Any, query: str, values: Sequence[Any]) -> Sequence[Any]:
        """What a statement answers with: values by the names of columns, and in their order."""
        _count, found = await self.execute_query(query, values)
        return found  # type: ignore[no-any-return]

    async def later(self: Any, query: str, values: Sequence[Any]) -> None:
        """Send a statement that answers with nothing."""
        await self.execute_query(query, values)


class _Transaction(_Records, SqliteTransactionWrapper):
    def _in_transaction(self) -> TransactionContext:
        return NestedTransactionContext(_Transaction(self))

    async def begin(self) -> None:
        try:
            await self._connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise OperationalError(error) from error


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


class SqliteClient(_Records, Client):
    """SQLite whose transactions begin IMMEDIATE."""

    def _in_transaction(self) -> TransactionContext:
        return _TransactionContext(_Transaction(self), self._lock)


client_class: Any = SqliteClient
