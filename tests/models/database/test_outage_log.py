"""A database that can't serve, whatever the reason: one error, one line in the log, and it goes on where it can."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict
from tortoise.exceptions import BaseORMException, DBConnectionError
from tortoise.transactions import in_transaction  # noqa: TID251

from models.database import outage_log
from models.database.connect import configuration, connected
from tests.conditions import until
from tests.databases import execute

begin: Any = in_transaction


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EventDict]]:
    """What is logged; trouble is over as soon as something goes well."""
    monkeypatch.setattr(outage_log, "CALM_SECONDS", 0)
    with capture_logs() as lines:
        yield lines


async def write(*values: int) -> None:
    """Store rows in one transaction."""
    async with begin() as one:
        for value in values:
            await one.records(f"INSERT INTO reached (number) VALUES ({value})", [])


async def count(client: Any) -> int:
    return int((await client.records("SELECT count(*) AS number FROM reached", []))[0]["number"])


# ---------------------------------------------------------------- SQLite


@asynccontextmanager
async def on_sqlite(folder: Path) -> AsyncIterator[Any]:
    async with connected(configuration(f"sqlite://{folder / 'x.sqlite3'}", busy_seconds=0.05)) as database:
        client: Any = database.db()
        await client.execute_script("CREATE TABLE reached (number INT, filler TEXT)")
        yield client


async def test_a_full_disk_takes_nothing_half_and_goes_on_when_there_is_room(
    tmp_path: Path, logged: list[EventDict]
) -> None:
    async with on_sqlite(tmp_path) as client:
        await write(1)
        await client.execute_query("PRAGMA max_page_count = 20")

        async def much(rows: int) -> None:
            async with begin() as one:
                for _row in range(rows):
                    await one.execute_query("INSERT INTO reached VALUES (2, hex(randomblob(20000)))")

        for _attempt in range(3):
            with pytest.raises(DBConnectionError, match="full"):
                await much(3)
            assert await count(client) == 1
        assert client.outages.unwritable.lasts
        await client.execute_query("PRAGMA max_page_count = 1000000")
        await much(1)
        assert await count(client) == 2
    assert [line["event"] for line in logged] == ["the database can not be written", "the database is written again"]
    assert logged[1]["failures"] == 3


async def test_what_another_process_holds_for_too_long(tmp_path: Path, logged: list[EventDict]) -> None:
    async with on_sqlite(tmp_path) as client:
        other = sqlite3.connect(tmp_path / "x.sqlite3", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        for _attempt in range(2):
            with pytest.raises(DBConnectionError, match="locked"):
                await write(1)
        other.execute("ROLLBACK")
        other.close()
        await write(1)
        assert await count(client) == 1
    assert len(logged) == 2


async def test_a_file_that_may_only_be_read(tmp_path: Path, logged: list[EventDict]) -> None:
    async with on_sqlite(tmp_path) as client:
        await client.execute_query("PRAGMA query_only = ON")
        for _attempt in range(2):
            with pytest.raises(DBConnectionError, match="readonly"):
                await write(1)
        assert await count(client) == 0
        await client.execute_query("PRAGMA query_only = OFF")
        await write(1)
    assert len(logged) == 2


async def test_a_transaction_that_sqlite_has_ended_is_not_taken_for_stored(tmp_path: Path) -> None:
    async with on_sqlite(tmp_path) as client:

        async def ended() -> None:
            async with begin() as one:
                await one.execute_query("INSERT INTO reached VALUES (1, '')")
                await one.execute_query("ROLLBACK")

        with pytest.raises(BaseORMException, match="rolled back"):
            await ended()
        await write(1)
        assert await count(client) == 1


async def test_a_file_that_is_none_or_can_not_be_opened(tmp_path: Path) -> None:
    (tmp_path / "x.sqlite3").write_bytes(b"no database" * 1000)
    for path in (tmp_path / "x.sqlite3", tmp_path / "nowhere" / "x.sqlite3"):
        async with connected(configuration(f"sqlite://{path}")) as database:
            client: Any = database.db()
            for _attempt in range(2):
                with pytest.raises(DBConnectionError):
                    await client.records("SELECT 1", [])
                with pytest.raises(DBConnectionError):
                    await write(1)


async def test_a_mistake_is_a_mistake(tmp_path: Path, logged: list[EventDict]) -> None:
    async with on_sqlite(tmp_path) as client:
        with pytest.raises(BaseORMException) as caught:
            await client.records("SELECT nothing", [])
    assert not isinstance(caught.value, DBConnectionError)
    assert logged == []


# ---------------------------------------------------------------- PostgreSQL


@asynccontextmanager
async def on_postgres(server: str, **settings: Any) -> AsyncIterator[Any]:
    await execute(
        f"{server}/postgres",
        "DROP DATABASE IF EXISTS outages WITH (FORCE)",
        "DROP ROLE IF EXISTS guest",
        "CREATE ROLE guest LOGIN",
        "CREATE DATABASE outages OWNER guest",
    )
    url = f"{server}/outages".replace("postgres@", "guest@")
    await execute(url, "CREATE TABLE reached (number INT)")
    async with connected(configuration(url, **settings)) as database:
        yield database.db()


END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'outages'"


async def test_a_database_that_may_only_be_read_is_written_again_without_anybody_doing_anything(
    postgres_url: str, logged: list[EventDict]
) -> None:
    server = f"{postgres_url}/postgres"
    async with on_postgres(postgres_url) as client:
        await write(1)
        await execute(server, "ALTER DATABASE outages SET default_transaction_read_only = on", END)
        await until(lambda: refused_to_write("read-only"))
        await until(lambda: answers(client))
        assert await count(client) == 1
        # Sessions that have begun meanwhile keep what they began with: others are made.
        await execute(server, "ALTER DATABASE outages RESET default_transaction_read_only")
        await until(lambda: stored(2))
        assert await count(client) == 2
    events = [line["event"] for line in logged if "written" in line["event"]]
    assert events == ["the database can not be written", "the database is written again"]


async def refused_to_write(text: str) -> bool:
    try:
        await write(9)
    except DBConnectionError as error:
        return text in str(error)
    raise AssertionError("it was written")


async def stored(value: int) -> bool:
    try:
        await write(value)
    except DBConnectionError:
        return False
    return True


async def answers(client: Any) -> bool:
    try:
        await count(client)
    except DBConnectionError:
        return False
    return True


@pytest.mark.parametrize(
    ("closed", "opened"),
    [
        ("ALTER ROLE guest CONNECTION LIMIT 0", "ALTER ROLE guest CONNECTION LIMIT -1"),
        ("ALTER DATABASE outages CONNECTION LIMIT 0", "ALTER DATABASE outages CONNECTION LIMIT -1"),
        ("ALTER DATABASE outages ALLOW_CONNECTIONS false", "ALTER DATABASE outages ALLOW_CONNECTIONS true"),
        ("ALTER ROLE guest NOLOGIN", "ALTER ROLE guest LOGIN"),
    ],
)
async def test_no_connection_is_given_for_whatever_reason(
    postgres_url: str, logged: list[EventDict], closed: str, opened: str
) -> None:
    server = f"{postgres_url}/postgres"
    async with on_postgres(postgres_url) as client:
        assert await count(client) == 0
        await execute(server, closed, END)
        for _attempt in range(5):
            with pytest.raises(DBConnectionError):
                await client.records("SELECT 1", [])
            with pytest.raises(DBConnectionError):
                await client.execute_query("SELECT 1")
            with pytest.raises(DBConnectionError):
                await write(1)
        assert client.outages.away.lasts
        await execute(server, opened)
        await write(1)
        assert await count(client) == 1
    assert [line["event"] for line in logged] == ["the database does not serve", "the database serves again"]


@pytest.mark.parametrize(
    "state",
    ["53100", "53200", "53300", "53400", "25006", "55000", "55P03", "57014", "57P03", "58030", "40001", "42501"],
)
@pytest.mark.parametrize("when", ["IMMEDIATE", "DEFERRED"])
async def test_each_state_that_is_no_mistake_of_ours(
    postgres_url: str, logged: list[EventDict], state: str, when: str
) -> None:
    """Raised by the server itself as a row is stored, or as the transaction is committed."""
    async with on_postgres(postgres_url) as client:
        await client.execute_script(f"""
            CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
              $$ BEGIN RAISE EXCEPTION 'as it may be' USING ERRCODE = '{state}'; END $$;
            CREATE CONSTRAINT TRIGGER fails AFTER INSERT ON reached DEFERRABLE INITIALLY {when}
              FOR EACH ROW EXECUTE FUNCTION fail();
        """)
        for _attempt in range(3):
            with pytest.raises(DBConnectionError, match="as it may be") as caught:
                await write(1)
            assert isinstance(caught.value.args[0], asyncpg.PostgresError)
        await client.execute_script("DROP TRIGGER fails ON reached")
        await write(1)
        assert await count(client) == 1
        assert client.outages.cut_off == (3 if state == "57014" else 0)
    # A statement that was cut off is no outage: it is said each time.
    assert len(logged) == {"40001": 0, "57014": 3}.get(state, 2)


async def test_while_it_is_opened_nothing_is_logged(tmp_path: Path, logged: list[EventDict]) -> None:
    async with on_sqlite(tmp_path) as client:
        client.outages.hush(True)
        await client.execute_query("PRAGMA query_only = ON")
        with pytest.raises(DBConnectionError):
            await write(1)
        assert logged == []
        client.outages.hush(False)
        with pytest.raises(DBConnectionError):
            await write(1)
    assert len(logged) == 1


def test_trouble_that_comes_and_goes_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(outage_log, "monotonic", lambda: now)
    with capture_logs() as lines:
        one = outage_log.Outage("begins", "ends")
        one.served()
        for _time in range(100):
            one.failed("some reason")
            now += outage_log.CALM_SECONDS / 2
            one.served()
        assert [line["event"] for line in lines] == ["begins"]
        now += outage_log.CALM_SECONDS
        one.served()
        one.served()
    assert [line["event"] for line in lines] == ["begins", "ends"]
    assert lines[1]["failures"] == 100
    assert not one.lasts
