"""Fresh PostgreSQL databases for tests: made by copying a migrated one, and used again once they are emptied.

A copy is some thousand files, which costs more than most tests do; to empty one costs milliseconds.
"""

import io
import itertools
from dataclasses import dataclass, field

import asyncpg

# What was made, dropped or altered has another number, or other columns.
_SHAPE = """
SELECT (SELECT array_agg(oid ORDER BY oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace),
       (SELECT array_agg(oid ORDER BY oid) FROM pg_constraint WHERE connamespace = 'public'::regnamespace),
       (SELECT array_agg(oid ORDER BY oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace),
       (SELECT array_agg(oid ORDER BY oid) FROM pg_trigger WHERE NOT tgisinternal),
       (SELECT array_agg((oid, pg_get_expr(adbin, adrelid)) ORDER BY oid) FROM pg_attrdef),
       (SELECT array_agg((attrelid, attnum, attname, atttypid, attnotnull) ORDER BY attrelid, attnum)
          FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace)
"""
_SIZE = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_LARGE = 16 << 20  # bytes that a test has left, deleted or not, from which a new copy is the cheaper


@dataclass
class Databases:
    """The databases of one server: `take` one, and `give` it back.

    `template` names a migrated database that nobody is connected to.
    """

    server: str
    template: str
    _free: list[str] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))
    _shape: object = None
    _size: int = 0
    _tables: dict[str, bytes] = field(default_factory=dict)
    _sequences: dict[str, int | None] = field(default_factory=dict)

    async def take(self) -> str:
        """The name of a database that equals the template."""
        if not self._shape:
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
        self._shape = await connection.fetchrow(_SHAPE)
        self._size = await connection.fetchval(_SIZE)
        self._sequences = {name: value for name, value in await connection.fetch(_SEQUENCES)}
        for (table,) in await connection.fetch(_TABLES):
            rows = io.BytesIO()
            await connection.copy_from_table(table, output=rows, format="binary")
            self._tables[table] = rows.getvalue()
        await connection.close()

    async def _emptied(self, name: str) -> bool:
        connection = await asyncpg.connect(f"{self.server}/{name}")
        try:
            await connection.execute(_OTHERS)
            if (
                await connection.fetchval(_SIZE) > self._size + _LARGE
                or await connection.fetchrow(_SHAPE) != self._shape
            ):
                return False
            async with connection.transaction():
                await connection.execute("SET LOCAL session_replication_role = replica")  # no triggers, in any order
                await connection.execute("; ".join(f'DELETE FROM "{table}"' for table in self._tables))
                for table, rows in self._tables.items():
                    await connection.copy_to_table(table, source=io.BytesIO(rows), format="binary")
                await connection.executemany(
                    "SELECT setval($1::text::regclass, coalesce($2::bigint, 1), $2 IS NOT NULL)",
                    [(f'public."{sequence}"', value) for sequence, value in self._sequences.items()],
                )
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
