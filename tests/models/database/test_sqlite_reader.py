"""What is read of SQLite in a moment is read in the loop's own thread, and all else as ever."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from tortoise.exceptions import OperationalError
from tortoise.transactions import in_transaction  # noqa: TID251

from models.database.connect import configuration, connected
from models.database.sqlite.reader import Reader
from models.database.statement_limit import unlimited

begin: Any = in_transaction
COUNTED = """SELECT COUNT(*) FROM (
  WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < {}) SELECT x FROM n)"""
# SQLite needs some tenths of a second.
LONG = COUNTED.format(500_000)


@pytest_asyncio.fixture(loop_scope="session")
async def client(tmp_path: Path) -> AsyncIterator[Any]:
    async with connected(configuration(f"sqlite://{tmp_path}/x y.sqlite3")) as database:
        made: Any = database.db()
        await made.execute_script("CREATE TABLE t (x INT); INSERT INTO t VALUES (1), (2)")
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def reader(client: Any, tmp_path: Path) -> AsyncIterator[Reader]:
    made = Reader(
        tmp_path / "x y.sqlite3", {"twice": lambda value: 2 * value, "thread": lambda _one: threading.get_ident()}
    )
    yield made
    made.close()


def values(records: Any) -> list[Any]:
    return [record[0] for record in records]


async def test_it_is_read_in_this_thread_with_functions_by_names_and_places(reader: Reader) -> None:
    found = await reader.read("SELECT x, thread(x) AS t, twice(x) AS y FROM t WHERE x >= ? ORDER BY x", [1])
    assert found is not None
    one, _two = found
    assert tuple(one) == (1, threading.get_ident(), 2)
    assert one["y"] == 2


async def test_who_reads_waits_for_no_transaction_and_sees_what_was_committed(client: Any) -> None:
    async with begin() as writing:
        await writing.records("INSERT INTO t VALUES (3)", [])
        assert values(await writing.records("SELECT COUNT(*) FROM t", [])) == [3]
        outside = await asyncio.create_task(in_another_context(client))
        assert values(outside) == [2]
    assert values(await client.records("SELECT COUNT(*) FROM t", [])) == [3]


async def in_another_context(client: Any) -> Any:
    return await client.records("SELECT COUNT(*) FROM t", [])


async def test_what_takes_longer_is_asked_elsewhere_and_not_tried_again_at_once(client: Any, reader: Reader) -> None:
    assert await reader.read(LONG, []) is None
    assert await reader.read(f"{LONG} ", []) is None
    assert values(await client.records(LONG, [])) == [500_000]
    assert LONG in reader._slow
    assert values(await reader.read("SELECT COUNT(*) FROM t", []) or ()) == [2]


async def test_a_statement_that_was_often_sent_isn_t_taken_for_long(reader: Reader) -> None:
    for _time in range(100):  # more steps, together, than one may take
        assert values(await reader.read(COUNTED.format(20), []) or ()) == [20]


async def test_what_is_wrong_is_asked_elsewhere(reader: Reader, tmp_path: Path) -> None:
    assert await reader.read("SELECT nothing", []) is None
    assert await reader.read("SELECT x FROM t WHERE x = ?", []) is None
    assert await Reader(tmp_path / "nowhere" / "x.sqlite3", {}).read("SELECT 1", []) is None


async def test_nothing_is_written(reader: Reader) -> None:
    assert await reader.read("INSERT INTO t VALUES (4) RETURNING x", []) is None
    assert values(await reader.read("SELECT COUNT(*) FROM t", []) or ()) == [2]


async def test_others_have_their_say_in_between(client: Any) -> None:
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    running = asyncio.create_task(others())
    for _time in range(100):
        await client.records("SELECT x FROM t", [])
    running.cancel()
    assert turns >= 8


async def test_jobs_read_in_the_thread(client: Any) -> None:
    with unlimited():
        assert values(await client.records("SELECT COUNT(*) FROM t", [])) == [2]
    assert client._reader._connection is None
    assert values(await client.records("SELECT COUNT(*) FROM t", [])) == [2]
    assert client._reader._connection is not None


async def test_what_is_sorted_in_the_thread_may_lie_in_a_file_and_what_undoes_a_statement_is_in_memory(
    client: Any,
) -> None:
    default, memory = 0, 2
    said = "WITH x AS (SELECT 1) SELECT temp_store FROM pragma_temp_store"
    with unlimited():
        assert values(await client.records(said, [])) == [default]
        with pytest.raises(OperationalError):
            await client.records("SELECT nothing", [])
    async with begin() as transaction:
        assert values(await transaction.records(said, [])) == [memory]
    _count, rows = await client.execute_query("PRAGMA temp_store")
    assert values(rows) == [memory]
