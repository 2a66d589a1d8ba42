"""A database that a test has given back is as if nobody had used it."""

import itertools

import asyncpg
import pytest

from tests.databases import Databases, execute

_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
_SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public' ORDER BY sequencename"


async def content(url: str) -> list[asyncpg.Record]:
    """All rows, and what number comes next."""
    connection = await asyncpg.connect(url)
    try:
        rows = [await connection.fetch(f'SELECT * FROM "{table}"') for (table,) in await connection.fetch(_TABLES)]
        return [*itertools.chain(*rows), *await connection.fetch(_SEQUENCES)]
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "used",
    [
        "INSERT INTO topic (slug, name, name_key) VALUES ('sport', 'Sport', 'sport')",
        "SELECT nextval('topic_id_seq')",
        "DELETE FROM tortoise_migrations",
    ],
)
async def test_what_was_written_is_gone(postgres_databases: Databases, used: str) -> None:
    for _time in range(2):
        name = await postgres_databases.take()
        url = f"{postgres_databases.server}/{name}"
        before = await content(url)
        await execute(url, used)
        assert await content(url) != before
        await postgres_databases.give(name)
        assert await postgres_databases.take() == name  # the same, emptied
        assert await content(url) == before
        await postgres_databases.give(name)


@pytest.mark.parametrize(
    "used",
    [
        "CREATE TABLE more (id int)",
        "TRUNCATE tortoise_migrations, change_log",
        "DROP INDEX change_unnumbered",
        "ALTER TABLE topic ADD COLUMN more int",
        "ALTER TABLE topic ALTER COLUMN slug DROP NOT NULL",
        "ALTER TABLE topic ALTER COLUMN slug SET DEFAULT 'x'",
        "DROP TRIGGER offer_withheld ON offer",
        "ALTER TABLE offer DISABLE TRIGGER offer_withheld",
        "CREATE OR REPLACE FUNCTION member_withholds() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "INSERT INTO topic (slug, name, name_key) SELECT n::text, n::text, n::text FROM generate_series(1, 30000) AS n",
    ],
)
async def test_what_was_defined_otherwise_or_grew_is_thrown_away(postgres_databases: Databases, used: str) -> None:
    name = await postgres_databases.take()
    await execute(f"{postgres_databases.server}/{name}", used)
    await postgres_databases.give(name)
    other = await postgres_databases.take()
    assert other != name
    await postgres_databases.give(other)
