"""The pool of PostgreSQL connections, on a real PostgreSQL: no connection is lost, none is lent that isn't as new."""

import asyncio
import random
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import asyncpg
import pytest
from tortoise.exceptions import DBConnectionError, OperationalError

from models.database.connect import configuration, connected
from models.database.outage_log import Outages
from models.database.postgres.client import Pool
from tests.conditions import soon, until
from tests.databases import execute

SIZE = 3
PID = "SELECT pg_backend_pid()"


@asynccontextmanager
async def pooled(url: str, size: int = SIZE) -> AsyncIterator[Pool]:
    pool = Pool(await asyncpg.create_pool(url, min_size=1, max_size=size), Outages())
    try:
        yield pool
    finally:
        await soon(pool.close())


@asynccontextmanager
async def lent(pool: Pool) -> AsyncIterator[Any]:
    connection = await soon(pool.acquire())
    try:
        yield connection
    finally:
        await pool.release(connection)


async def free(pool: Pool, size: int = SIZE) -> int:
    """How many can be lent at once: `size`, if none was lost; one more has to wait."""
    connections = [await soon(pool.acquire()) for _number in range(size)]
    assert len({await connection.fetchval(PID) for connection in connections}) == size
    more = asyncio.create_task(pool.acquire())
    await asyncio.sleep(0.01)
    assert not more.done()
    for connection in connections:
        await pool.release(connection)
    await pool.release(await soon(more))
    return size


def is_gone(connection: Any) -> bool:
    """Whether asyncpg knows that a connection was closed, lent or not."""
    try:
        return bool(connection.is_closed())
    except asyncpg.InterfaceError:  # the pool has taken it away
        return True


@pytest.fixture
def url(postgres_url: str) -> str:
    return f"{postgres_url}/postgres"


async def test_the_one_used_last_is_lent_first(url: str) -> None:
    async with pooled(url) as pool:
        async with lent(pool) as one, lent(pool):
            first = await one.fetchval(PID)
        for _number in range(5):
            async with lent(pool) as one:
                assert await one.fetchval(PID) == first
        assert await free(pool) == SIZE


async def test_who_finds_none_waits_in_turn(url: str) -> None:
    async with pooled(url) as pool:
        turns: list[int] = []

        async def ask(number: int) -> None:
            async with lent(pool):
                turns.append(number)
                await asyncio.sleep(0)

        held = [await pool.acquire() for _number in range(SIZE)]
        asking = []
        for number in range(10):
            asking.append(asyncio.create_task(ask(number)))
            await asyncio.sleep(0)
        for connection in held:
            await pool.release(connection)
        await asyncio.gather(*asking)
        assert turns == list(range(10))


async def test_who_stops_waiting_keeps_nothing(url: str) -> None:
    async with pooled(url, 1) as pool:
        connection = await pool.acquire()
        waits, next_one, got_it = (asyncio.create_task(pool.acquire()) for _number in range(3))
        await asyncio.sleep(0)
        waits.cancel()
        await asyncio.sleep(0)
        await pool.release(connection)  # to the second
        next_one.cancel()  # which is told in the same step
        await pool.release(await soon(got_it))
        for task in (waits, next_one):
            with pytest.raises(asyncio.CancelledError):
                await task
        assert await free(pool, 1) == 1


async def test_one_whose_statement_was_cut_off_is_mended_first(url: str) -> None:
    async with pooled(url, 1) as pool:

        async def sleep() -> None:
            async with lent(pool) as connection:
                await connection.execute("SELECT pg_sleep(60)")

        for _number in range(3):
            task = asyncio.create_task(sleep())
            await asyncio.sleep(0.05)
            task.cancel()
            with suppress(asyncio.CancelledError):
                await soon(task)
            async with lent(pool) as connection:
                assert await connection.fetchval("SELECT 1") == 1
        assert await free(pool, 1) == 1


async def test_a_transaction_that_was_left_open_is_rolled_back(url: str) -> None:
    async with pooled(url, 1) as pool:
        async with lent(pool) as connection:
            await connection.execute("BEGIN; CREATE TABLE left_open ()")
        async with lent(pool) as connection:
            assert await connection.fetchval("SELECT to_regclass('left_open')") is None
            assert not connection.is_in_transaction()
        assert await free(pool, 1) == 1


async def test_those_that_postgresql_closed_are_replaced(url: str) -> None:
    async with pooled(url) as pool:
        async with AsyncExitStack() as stack:
            known = [await stack.enter_async_context(lent(pool)) for _number in range(SIZE)]
        async with lent(pool) as used:
            await execute(url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
            # Not before it is known of all: a statement sent in between can wait for ever, which asyncpg has to mend.
            await until(lambda: all(map(is_gone, known)))
            with pytest.raises((asyncpg.InterfaceError, asyncpg.PostgresError)):
                await soon(used.execute("SELECT pg_sleep(60)"))
        assert await free(pool) == SIZE


async def test_while_none_can_be_made_the_others_go_on(url: str, postgres_url: str) -> None:
    await execute(url, "CREATE DATABASE closed")
    async with pooled(f"{postgres_url}/closed", 2) as pool, lent(pool) as connection:
        await execute(url, "ALTER DATABASE closed ALLOW_CONNECTIONS false")
        for _number in range(3):
            with pytest.raises(DBConnectionError):
                await pool.acquire()
        assert await connection.fetchval("SELECT 1") == 1
        await execute(url, "ALTER DATABASE closed ALLOW_CONNECTIONS true")
        async with lent(pool) as second:
            assert await second.fetchval("SELECT 2") == 2
    await execute(url, "DROP DATABASE closed")


async def test_closing_waits_for_those_that_are_lent(url: str) -> None:
    async with pooled(url, 1) as pool:
        connection = await pool.acquire()
        waits = asyncio.create_task(pool.acquire())
        closing = asyncio.create_task(pool.close())
        await asyncio.sleep(0.01)
        assert not closing.done()
        assert await connection.fetchval("SELECT 1") == 1
        await pool.release(connection)
        await soon(closing)
        with pytest.raises(DBConnectionError):
            await soon(waits)


async def test_at_random_none_is_lost_nor_lent_twice(url: str) -> None:
    """Statements and transactions that end well, fail, are cut off, or lose their connection."""
    dice = random.Random(7)
    async with pooled(url) as pool:
        used: set[int] = set()

        async def use() -> None:
            async with lent(pool) as connection:
                pid = connection.get_server_pid()
                assert pid not in used
                used.add(pid)
                try:
                    await connection.execute(dice.choice(work))
                finally:
                    used.discard(pid)

        work = ["SELECT 1"] * 6 + ["BEGIN", "SELECT 1 / 0", "BEGIN; SELECT 1 / 0", "SELECT pg_sleep(0.01)"]
        work.append("SELECT pg_terminate_backend(pg_backend_pid())")
        tasks = []
        for _number in range(300):
            tasks.append(asyncio.create_task(use()))
            await asyncio.sleep(dice.choice((0, 0, 0, 0.002)))
            if dice.random() < 0.3:
                dice.choice(tasks).cancel()
        for outcome in await soon(asyncio.gather(*tasks, return_exceptions=True)):
            assert outcome is None or isinstance(
                outcome, (asyncio.CancelledError, asyncpg.PostgresError, asyncpg.InterfaceError)
            ), outcome
        assert not used
        assert await free(pool) == SIZE


async def test_arrays_are_known_without_asking(url: str) -> None:
    number, text = uuid.uuid4(), 'ä, "b" {c} \\ NULL'
    values: dict[str, list[Any]] = {
        "bool": [True, None, False],
        "int2": [-(2**15), 2**15 - 1],
        "int4": [-(2**31), None, 2**31 - 1],
        "int8": [-(2**63), 2**63 - 1],
        "text": [text, None, ""],
        "varchar": [text],
        "timestamptz": [datetime(2026, 11, 27, 12, tzinfo=UTC), None],
        "uuid": [number],
    }
    async with connected(configuration(url)) as database:
        client: Any = database.db()
        await client.records("SELECT 1", [])
        connection = await soon(client._pool.acquire())
        told: list[str] = []
        connection.add_query_logger(lambda record: told.append(record.query))
        for kind, value in values.items():
            assert await connection.fetchval(f"SELECT $1::{kind}[]", value) == value
            assert await connection.fetchval(f"SELECT $1::{kind}[]", []) == []
        await asyncio.sleep(0)  # asyncpg tells in the loop's next round
        assert len(told) == 2 * len(values), told
        await connection.fetchval("SELECT $1::date[]", [])
        await asyncio.sleep(0)
        assert len(told) > 2 * len(values) + 1, "asking is told too"
        await client._pool.release(connection)


async def test_instants_are_what_asyncpg_makes_of_them(url: str) -> None:
    instants = [
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 3, 29, 2, 30, 0, 1, tzinfo=timezone(timedelta(hours=2))),
        datetime(9999, 12, 30, 23, 59, 59, 999_999, tzinfo=UTC),
    ]
    by_asyncpg = await asyncpg.connect(url)
    async with connected(configuration(url)) as database:
        client: Any = database.db()
        for instant in [*instants, *instants, None]:
            there = await client.records("SELECT $1::timestamptz AS it, $1::timestamptz::text AS text", [instant])
            known = await by_asyncpg.fetch("SELECT $1::timestamptz AS it, $1::timestamptz::text AS text", instant)
            assert [tuple(row) for row in there] == [tuple(row) for row in known]
            assert there[0]["it"] == instant
            assert instant is None or there[0]["it"].utcoffset() == timedelta(0)
        with pytest.raises(OperationalError):
            await client.records("SELECT $1::timestamptz", [datetime(2026, 1, 1)])
    await by_asyncpg.close()
