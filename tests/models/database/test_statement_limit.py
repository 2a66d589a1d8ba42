"""Statements that take too long are cut off, on both databases; the connection is as good as before."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import pytest
import pytest_asyncio
from tortoise.exceptions import DBConnectionError
from tortoise.transactions import in_transaction  # noqa: TID251

from models import Topic
from models.database.connect import configuration, connected
from models.database.statement_limit import unlimited
from tests.conditions import soon

LIMIT = 0.3
# Each takes hours; `SHORT` longer than the limit.
LONG = {
    "postgres": "SELECT pg_sleep(36000)",
    "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1e11) SELECT count(*) FROM n",
}
SHORT = {
    "postgres": "SELECT pg_sleep(0.6)",
    "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 4e6) SELECT count(*) FROM n",
}
begin: Any = in_transaction


@pytest_asyncio.fixture(loop_scope="session")
async def client(database_url: str) -> AsyncIterator[Any]:
    async with connected(configuration(database_url, pool=2, statement_seconds=LIMIT)) as database:
        yield database.db()


def long(client: Any) -> str:
    return LONG[client.capabilities.dialect]


async def serves(client: Any) -> None:
    """Every connection reads, writes, and is limited as before."""
    for number in range(3):
        await soon(client.execute_query("SELECT 1"))
        async with begin():
            await Topic.create(slug=f"served-{number}", name="x", name_key="x")
        await Topic.filter(slug=f"served-{number}").delete()
    before = client.outages.cut_off
    for _number in range(3):
        with pytest.raises(DBConnectionError):
            await soon(client.execute_query(long(client)))
    assert client.outages.cut_off == before + 3


WAYS: dict[str, Callable[[Any, str], Awaitable[Any]]] = {
    "records": lambda client, text: client.records(text, []),
    "query": lambda client, text: client.execute_query(text),
    "rows": lambda client, text: client.execute_query_dict(text),
}


@pytest.mark.parametrize("way", WAYS)
async def test_what_takes_too_long_is_one_error(client: Any, way: str) -> None:
    with pytest.raises(DBConnectionError):
        await soon(WAYS[way](client, long(client)))
    assert not client.outages.away.lasts
    assert not client.outages.unwritable.lasts
    await serves(client)


async def test_in_a_transaction_nothing_of_it_is_stored(client: Any) -> None:
    async def write() -> None:
        async with begin() as writing:
            await Topic.create(slug="lost", name="x", name_key="x")
            await soon(writing.execute_query(long(client)))

    with pytest.raises(DBConnectionError):
        await write()
    assert not await Topic.exists(slug="lost")
    await serves(client)


async def test_what_is_unlimited_takes_as_long_as_it_needs(client: Any) -> None:
    short = SHORT[client.capabilities.dialect]
    with pytest.raises(DBConnectionError):
        await soon(client.execute_query(short))
    with unlimited():
        await soon(client.execute_query(short))
        async with begin() as writing:
            await soon(writing.execute_query(short))
        # What is begun within is, too.
        await soon(asyncio.create_task(client.records(short, [])))
    await serves(client)


async def test_one_that_fails_or_is_left_without_a_limit_does_not_lift_it(client: Any) -> None:
    with unlimited():
        with suppress(Exception):
            await client.execute_query("SELECT nothing FROM nowhere")
        leaving = asyncio.create_task(client.execute_query(long(client)))
        await asyncio.sleep(0.05)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await soon(leaving)
    await serves(client)


@pytest.mark.parametrize(("database_url", "most"), [("postgres", 1), ("postgres", 2)], indirect=["database_url"])
async def test_a_connection_is_told_of_the_limit_only_where_another_one_holds(database_url: str, most: int) -> None:
    """Where there are two, who is limited and who isn't have one each."""
    asked = "SELECT pg_backend_pid() AS pid, current_setting('statement_timeout') AS setting"
    found = []
    async with connected(configuration(database_url, pool=most, statement_seconds=7)) as database:
        client: Any = database.db()
        for _time in range(3):
            found += await client.records(asked, [])
            with unlimited():
                found += await client.records(asked, [])
                async with begin() as writing:
                    found += await writing.records(asked, [])
    assert [one["setting"] for one in found] == ["7s", "0", "0"] * 3
    assert len({one["pid"] for one in found if one["setting"] == "0"}) == 1
    assert len({one["pid"] for one in found}) == most


async def test_who_leaves_ends_the_statement(database_url: str) -> None:
    """Without a limit, others would wait for hours."""
    async with connected(configuration(database_url, pool=2)) as database:
        client = database.db()
        for _number in range(3):
            leaving = asyncio.create_task(client.execute_query(long(client)))
            await asyncio.sleep(0.05)
            leaving.cancel()
            with pytest.raises(asyncio.CancelledError):
                await soon(leaving)
            await soon(client.execute_query("SELECT 1"))
