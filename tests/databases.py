"""Fresh PostgreSQL databases for tests: made by copying a migrated one, and used again once they are emptied.

A copy is some thousand files, which costs more than most tests do; to empty one costs milliseconds.
"""

import asyncio
import io
import itertools
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import asyncpg

Result = TypeVar("Result")

# What happened to each table since the database was made, and to the catalogues: to read the server's counters costs a
# hundredth of looking at the tables themselves. No list is a parameter: asyncpg would ask what it is a list of.
_CATALOGUES = ("pg_attrdef", "pg_attribute", "pg_class", "pg_constraint", "pg_index", "pg_proc", "pg_trigger")
_COUNTED = f"""
SELECT relname, relnamespace = 'public'::regnamespace AS own,
       pg_stat_get_tuples_inserted(oid) AS stored,
       pg_stat_get_tuples_updated(oid) + pg_stat_get_tuples_deleted(oid) AS altered
FROM pg_class
WHERE relkind = 'r' AND (
    relnamespace = 'public'::regnamespace
    OR oid IN ({", ".join(f"'pg_catalog.{name}'::regclass" for name in _CATALOGUES)})
)
"""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
# A connection that has ended has told the counters all it did.
_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_MANY = 20_000  # rows that tests have stored, deleted or not, from which a new copy is the cheaper


@dataclass
class Databases:
    """The databases of one server: `take` one, and `give` it back.

    `template` names a migrated database that nobody is connected to.
    """

    server: str
    template: str
    _free: list[str] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _rows: dict[str, bytes] = field(default_factory=dict)
    _sequences: str = ""
    _written: dict[str, dict[str, int]] = field(default_factory=dict)

    async def take(self) -> str:
        """The name of a database that equals the template."""
        if not self._rows:
            await self._look()
        if self._free:
            return self._free.pop()
        name = f"test_{next(self._numbers)}"
        await execute(
            f"{self.server}/postgres", f"CREATE DATABASE {name} TEMPLATE {self.template} STRATEGY = FILE_COPY"
        )
        return name

    async def give(self, name: str) -> None:
        """Empty it, so that it equals the template again; drop it where that can't be done."""
        try:
            emptied = await self._emptied(name)
        except asyncpg.InvalidCatalogNameError:
            return  # the test dropped it
        if emptied:
            self._free.append(name)
        else:
            await execute(f"{self.server}/postgres", f"DROP DATABASE {name} WITH (FORCE)")

    async def _look(self) -> None:
        connection = await asyncpg.connect(f"{self.server}/{self.template}")
        for (table,) in await connection.fetch(_TABLES):
            if await connection.fetchval(f'SELECT EXISTS (SELECT 1 FROM "{table}")'):
                rows = io.BytesIO()
                await connection.copy_from_table(table, output=rows, format="binary")
                self._rows[table] = rows.getvalue()
        self._sequences = ", ".join(
            f"setval('public.{name}', {value or 1}, {value is not None})"
            for name, value in await connection.fetch(_SEQUENCES)
        )
        await connection.close()

    async def _emptied(self, name: str) -> bool:
        connection = await asyncpg.connect(f"{self.server}/{name}")
        try:
            await connection.execute(_OTHERS)
            counted = await connection.fetch(_COUNTED)
            redefined = any(row["stored"] + row["altered"] for row in counted if not row["own"])
            if redefined or sum(row["stored"] for row in counted) > _MANY:
                return False
            before = self._written.get(name, {})
            written = {row["relname"]: row["stored"] + row["altered"] for row in counted if row["own"]}
            touched = {table for table, rows in written.items() if rows > before.get(table, 0)}
            async with connection.transaction():
                # No triggers, in any order.
                await connection.execute(
                    "; ".join(
                        [
                            "SET LOCAL session_replication_role = replica",
                            *(f'DELETE FROM "{table}"' for table in touched),
                            f"SELECT {self._sequences}",
                        ]
                    )
                )
                for table in touched & {*self._rows}:
                    await connection.copy_to_table(table, source=io.BytesIO(self._rows[table]), format="binary")
            self._written[name] = written
        finally:
            await connection.close()
        return True


async def execute(url: str, *statements: str) -> None:
    """Send statements to a PostgreSQL database."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end on a loop of its own, in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, coroutine).result()
