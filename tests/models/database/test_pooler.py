"""A pooler that lends sessions by the transaction is told from one that doesn't, and from none."""

import asyncio
import random
from typing import Any

import asyncpg
import pytest

from models.database.postgres.pooler import keeps_session
from tests.servers import pgbouncer


async def test_postgresql_itself_keeps_them(postgres_url: str) -> None:
    assert await keeps_session(f"{postgres_url}/postgres", 10)


async def test_pooled_by_the_session_they_are_kept(postgres_url: str) -> None:
    with pgbouncer(postgres_url, "session") as url:
        for _time in range(3):
            assert await keeps_session(f"{url}/postgres", 10)


@pytest.mark.parametrize("round_robin", [0, 1])
@pytest.mark.parametrize("size", [1, 2, 20])
@pytest.mark.parametrize("busy", [False, True])
async def test_pooled_by_the_transaction_they_are_not(
    postgres_url: str, round_robin: int, size: int, busy: bool
) -> None:
    settings = {"server_round_robin": round_robin, "default_pool_size": size}
    with pgbouncer(postgres_url, "transaction", **settings) as url:
        others = [asyncio.create_task(_work(f"{url}/postgres", number)) for number in range(4 if busy else 0)]
        try:
            for _time in range(5):
                assert not await keeps_session(f"{url}/postgres", 10)
        finally:
            for other in others:
                other.cancel()
            await asyncio.gather(*others, return_exceptions=True)


async def test_pooled_by_the_statement_they_are_not(postgres_url: str) -> None:
    with pgbouncer(postgres_url, "statement") as url:
        assert not await keeps_session(f"{url}/postgres", 10)


async def _work(url: str, seed: int) -> None:
    dice = random.Random(seed)
    connection: Any = await asyncpg.connect(url, statement_cache_size=0)
    try:
        while True:
            async with connection.transaction():
                await connection.execute("SELECT 1")
                await asyncio.sleep(dice.random() * 0.005)
            await asyncio.sleep(dice.random() * 0.005)
    finally:
        connection.terminate()
