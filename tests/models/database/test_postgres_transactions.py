"""Transactions of PostgreSQL: all is stored or nothing, and who passes over an error is told."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tortoise.exceptions import DBConnectionError, IntegrityError, OperationalError, TransactionManagementError
from tortoise.transactions import in_transaction  # noqa: TID251

from models.database.connect import configuration, connected
from tests.conditions import soon
from tests.databases import execute, run

SIZE = 2
begin: Any = in_transaction
STORE = "INSERT INTO kept VALUES ($1)"
TOO_LARGE = 1000


@pytest.fixture
def url(postgres_url: str) -> str:
    return f"{postgres_url}/postgres"


@asynccontextmanager
async def database(url: str) -> AsyncIterator[Any]:
    """Tortoise's client, with an empty table `kept` of different numbers; at the end no connection was lost."""
    await execute(url, "DROP TABLE IF EXISTS kept")
    await execute(url, f"CREATE TABLE kept (number INT PRIMARY KEY CHECK (number < {TOO_LARGE}))")
    async with connected(configuration(url, pool=SIZE)) as context:
        client: Any = context.db()
        yield client
        connections = [await soon(client._pool.acquire()) for _number in range(SIZE)]
        for connection in connections:
            assert await connection.fetchval("SELECT 1") == 1
            assert not connection.is_in_transaction()
            await client._pool.release(connection)


async def kept(client: Any) -> list[int]:
    return [row["number"] for row in await client.records("SELECT number FROM kept ORDER BY number", [])]


async def transact(*steps: Any) -> None:
    """A transaction of these steps: names of methods with what they are given, or errors to raise."""
    async with begin() as one:
        await take(one, *steps)


async def take(transaction: Any, *steps: Any) -> None:
    for step in steps:
        if isinstance(step, Exception):
            raise step
        name, *given_to_it = step
        await getattr(transaction, name)(*given_to_it)


async def within(*steps: Any) -> None:
    """The same as a transaction within one, whose error is passed over."""
    with suppress(KeyError, IntegrityError):
        await transact(*steps)


async def test_it_is_seen_in_its_place_and_by_others_once_committed(url: str) -> None:
    async with database(url) as client:
        async with begin() as one:
            await one.records(STORE, [1])
            assert await kept(client) == []
            assert await kept(one) == [1]
            await one.records(STORE, [2])
            found = await one.execute_query_dict("SELECT number FROM kept ORDER BY number")
            assert [row["number"] for row in found] == [1, 2]
            await one.records(STORE, [3])
            await one.execute_script("DELETE FROM kept WHERE number = 3; DELETE FROM kept WHERE number = 1")
            await one.records(STORE, [4])
            await one.execute_many(STORE, [[5], [6]])
            await one.records(STORE, [7])
            assert await kept(client) == []
        assert await kept(client) == [2, 4, 5, 6, 7]


async def test_what_fails_is_raised_and_takes_all_back(url: str) -> None:
    async with database(url) as client:
        for steps in (
            [("records", STORE, [1]), ("records", STORE, [TOO_LARGE]), ("records", STORE, [2])],
            [("execute_query", STORE, [3]), ("execute_query", STORE, [TOO_LARGE])],
        ):
            with pytest.raises(IntegrityError, match="kept_number_check"):
                await transact(*steps)
        with pytest.raises(OperationalError, match="nowhere"):
            await transact(("records", STORE, [4]), ("records", "INSERT INTO nowhere VALUES ($1)", [1]))
        assert await kept(client) == []


async def test_who_passes_over_an_error_learns_that_nothing_is_stored(url: str) -> None:
    async def careless() -> None:
        async with begin() as one:
            await one.records(STORE, [1])
            with suppress(IntegrityError):
                await one.records(STORE, [1])

    async with database(url) as client:
        with pytest.raises(TransactionManagementError):
            await careless()
        assert await kept(client) == []


async def test_values_that_the_driver_refuses_leave_the_connection_whole(url: str) -> None:
    async with database(url) as client:
        for before in ([], [("records", STORE, [5])]):
            for values in (["one"], [2**40], [1, 2]):
                with pytest.raises((OperationalError, asyncpg.InterfaceError)):
                    await transact(*before, ("records", STORE, values))
        assert await kept(client) == []


async def test_a_transaction_within_it_is_taken_back_alone(url: str) -> None:
    async with database(url) as client:
        async with begin() as one:
            await one.records(STORE, [1])
            await within(
                ("records", STORE, [2]), ("execute_query", STORE, [3]), ("records", STORE, [TOO_LARGE]), KeyError()
            )
            async with begin() as two:
                await two.records(STORE, [4])
                await within(("records", STORE, [5]), KeyError())
                await two.records(STORE, [6])
            await within(("records", STORE, [7]), ("records", STORE, [1]))
            await one.records(STORE, [8])
        assert await kept(client) == [1, 4, 6, 8]


async def test_who_is_cut_off_leaves_nothing(url: str) -> None:
    async with database(url) as client:
        for _number in range(3):
            sleeps = transact(("records", STORE, [1]), ("records", "SELECT pg_sleep(60)", []))
            task = asyncio.create_task(sleeps)
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await soon(task)
        assert await kept(client) == []


async def test_a_connection_that_was_closed_is_given_back(url: str) -> None:
    """Closed as it is lent, so that the transaction can't begin, and in the middle of one."""

    async def closed_within() -> None:
        async with begin() as one:
            await one.records(STORE, [1])
            one._connection.terminate()
            await one.records("SELECT 1", [])

    async with database(url) as client:
        await client.records("SELECT 1", [])
        acquire = client._pool.acquire

        async def closed() -> Any:
            connection = await acquire()
            connection.terminate()
            return connection

        for _number in range(2 * SIZE):
            client._pool.acquire = acquire
            with pytest.raises(DBConnectionError):
                await closed_within()
            client._pool.acquire = closed
            with pytest.raises(DBConnectionError):
                await transact(("records", "SELECT 1", []))
        client._pool.acquire = acquire
        assert await kept(client) == []


_INSTANTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)).map(lambda one: one.replace(tzinfo=UTC))
_ZONES = st.integers(-720, 720).map(lambda minutes: timezone(timedelta(minutes=minutes)))
_TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
_VALUES = st.tuples(
    st.none() | _TEXTS,
    st.none() | st.integers(-(2**63), 2**63 - 1),
    st.none() | st.floats(allow_nan=False),
    st.none() | st.booleans(),
    st.none() | st.builds(datetime.astimezone, _INSTANTS, _ZONES),
    st.none() | st.dates(date(1, 1, 1)),
    st.none() | st.uuids(),
)


def test_values_arrive_as_they_are(url: str) -> None:
    columns = "a text, b bigint, c double precision, d boolean, e timestamptz, f date, g uuid"
    store = "INSERT INTO values_kept (a, b, c, d, e, f, g) VALUES ($1, $2, $3, $4, $5, $6, $7)"

    @settings(max_examples=20, deadline=None)
    @given(st.lists(_VALUES, min_size=1, max_size=30))
    def check(rows: list[tuple[object, ...]]) -> None:
        run(arrive(rows))

    async def arrive(rows: list[tuple[object, ...]]) -> None:
        await execute(url, f"CREATE TABLE values_kept (place SERIAL, {columns})")
        try:
            async with connected(configuration(url)) as context:
                client: Any = context.db()
                async with begin() as one:
                    for row in rows:
                        await one.records(store, row)
                found = await client.records("SELECT a, b, c, d, e, f, g FROM values_kept ORDER BY place", [])
                assert [tuple(row) for row in found] == rows
        finally:
            await execute(url, "DROP TABLE values_kept")

    check()


async def test_at_random_all_is_stored_or_nothing(url: str) -> None:
    """Statements of both kinds, some of which fail, also in transactions within, against what must stay."""
    dice = random.Random(11)
    numbers = iter(range(TOO_LARGE))

    class Stop(Exception):
        pass

    async def some(client: Any, depth: int, stored: list[int]) -> None:
        for _step in range(dice.randrange(5)):
            kind = dice.choice(["records", "records", "tortoise", "within", "fails", "fails", "stops"])
            if kind == "within" and depth < 2:
                inner: list[int] = []
                try:
                    async with begin() as within:
                        await some(within, depth + 1, inner)
                    stored += inner
                except Stop:
                    pass
            elif kind == "fails" and dice.random() < 0.2:
                await client.records(STORE, [TOO_LARGE])
            elif kind == "stops" and dice.random() < 0.3:
                raise Stop
            else:
                number = next(numbers)
                send = client.execute_query if kind == "tortoise" else client.records
                await send(STORE, [number])
                stored.append(number)

    async with database(url) as client:
        expected: list[int] = []
        ends = set()
        for _number in range(150):
            stored: list[int] = []
            try:
                async with begin() as one:
                    await some(one, 0, stored)
                expected += stored
                ends.add("stored")
            except (Stop, IntegrityError) as error:
                ends.add(type(error).__name__)
            assert await kept(client) == expected
        assert ends == {"stored", "Stop", "IntegrityError"}
