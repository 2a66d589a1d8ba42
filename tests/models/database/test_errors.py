"""Statements of every kind whose connection PostgreSQL ends, at any instant: they fail by one error, or not at all."""

import asyncio
import random
from collections import Counter
from typing import Any

import asyncpg
import pytest
from tortoise.exceptions import DBConnectionError, OperationalError
from tortoise.transactions import in_transaction  # noqa: TID251

from models.database.connect import configuration, connected
from tests.conditions import soon
from tests.databases import execute
from tests.servers import free_port

_OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ended'"
begin: Any = in_transaction


async def test_it_is_one_error_whatever_was_going_on(postgres_url: str) -> None:
    url = f"{postgres_url}/postgres"
    await execute(url, "CREATE TABLE reached (number INT)")
    ender = await asyncpg.connect(url)
    dice = random.Random(3)
    ends: Counter[str] = Counter()
    async with connected(configuration(f"{url}?application_name=ended", pool=3)) as database:
        client: Any = database.db()

        async def nested() -> None:
            async with begin() as one:
                await one.execute_query("SELECT 1")
                async with begin() as two:
                    await two.records("INSERT INTO reached VALUES ($1)", [2])

        async def one_row() -> None:
            async with begin() as one:
                await one.records("INSERT INTO reached VALUES ($1)", [1])

        async def many() -> None:
            async with begin() as one:
                await one.execute_many("INSERT INTO reached VALUES ($1)", [[3], [4]])

        work = [
            lambda: client.records("SELECT 1", []),
            lambda: client.records("SELECT pg_sleep(0.002)", []),
            lambda: client.execute_query("SELECT 1"),
            lambda: client.execute_query_dict("SELECT 1"),
            lambda: client.execute_insert("INSERT INTO reached VALUES ($1)", [5]),
            lambda: client.execute_many("INSERT INTO reached VALUES ($1)", [[6], [7]]),
            one_row,
            nested,
            many,
        ]

        async def go_on(worker: int) -> None:
            for _number in range(120):
                try:
                    await dice.choice(work)()
                except DBConnectionError:
                    ends["away"] += 1
                else:
                    ends["done"] += 1

        async def end() -> None:
            while True:
                await asyncio.sleep(dice.random() * 0.01)
                await ender.execute(_OTHERS)

        ending = asyncio.create_task(end())
        await soon(asyncio.gather(*(go_on(worker) for worker in range(5))), 60)
        ending.cancel()
        await asyncio.gather(ending, return_exceptions=True)
        await asyncio.sleep(0.1)
        for _number in range(20):
            await soon(asyncio.gather(*(one() for one in work)))
    assert min(ends["away"], ends["done"]) > 20, ends
    await ender.close()
    await execute(url, "DROP TABLE reached")


async def test_where_nobody_answers_it_is_the_same(postgres_url: str) -> None:
    nowhere = f"postgresql://postgres@127.0.0.1:{free_port()}/none"
    async with connected(configuration(nowhere)) as database:
        client: Any = database.db()
        for _number in range(2):
            with pytest.raises(DBConnectionError):
                await client.records("SELECT 1", [])
            with pytest.raises(DBConnectionError):
                await client.execute_query("SELECT 1")
            with pytest.raises(DBConnectionError):
                async with begin():
                    pass


async def test_mistakes_are_none(postgres_url: str) -> None:
    async with connected(configuration(f"{postgres_url}/postgres")) as database:
        client: Any = database.db()
        with pytest.raises(asyncpg.InterfaceError):
            await client.records("SELECT $1::int", [])
        with pytest.raises(OperationalError):
            await client.records("SELECT nothing", [])

        async def slow() -> None:
            async with begin() as one:
                await one.records("SELECT set_config('statement_timeout', '1', true)", [])
                await one.records("SELECT pg_sleep(1)", [])
