"""Where PostgreSQL is, as libpq reads it: tried on a real one."""

from typing import Any

import pytest
from asyncpg.connect_utils import _parse_connect_dsn_and_args  # type: ignore[attr-defined]
from tortoise.exceptions import DBConnectionError

from models.database.connect import configuration, connected
from models.database.postgres.dsn import _OTHERWISE
from tests.databases import execute
from tests.servers import free_port

NAME, BASE = "we@ird/name#", "my base: 100%"
QUOTED = "we%40ird%2Fname%23", "my%20base%3A%20100%25"


async def asked(url: str, statement: str = "SELECT current_user AS name, current_database() AS base") -> Any:
    """What a database answers to a statement."""
    async with connected(configuration(url)) as database:
        client: Any = database.db()
        return dict((await client.records(statement, []))[0])


@pytest.fixture
async def place(postgres_url: str) -> str:
    """The host and port of a server that has the user and the database."""
    server = f"{postgres_url}/postgres"
    await execute(server, f'DROP DATABASE IF EXISTS "{BASE}"', f'DROP ROLE IF EXISTS "{NAME}"')
    await execute(server, f'CREATE ROLE "{NAME}" LOGIN', f'CREATE DATABASE "{BASE}" OWNER "{NAME}"')
    return postgres_url.rpartition("@")[2]


async def test_every_part_is_decoded_and_may_stand_in_the_query(place: str) -> None:
    name, base = QUOTED
    host, _colon, port = place.partition(":")
    for url in (
        f"postgresql://{name}@{place}/{base}",
        f"postgres://{name}:any%20pass%2Fword@{place}/{base}",
        f"postgresql://{place}/{base}?user={name}",
        f"postgresql:///{base}?host={host}&port={port}&user={name}",
        f"postgresql://{host}?dbname={base}&port={port}&user={name}&password=a+b%26c",
        f"postgresql://{name}@127.0.0.1:{free_port()},{place}/{base}?target_session_attrs=read-write",
    ):
        assert await asked(url) == {"name": NAME, "base": BASE}, url


async def test_parameters_of_libpq_are_read_or_passed_over(place: str) -> None:
    name, base = QUOTED
    url = f"postgresql://{name}@{place}/{base}"
    shown = "SELECT current_setting('application_name') AS name, current_setting('work_mem') AS memory"
    for query, expected in (
        ("application_name=a%20b&sslmode=prefer&connect_timeout=5", "a b"),
        (
            "fallback_application_name=it&keepalives=1&tcp_user_timeout=10&channel_binding=prefer&gssencmode=disable",
            "it",
        ),
        ("fallback_application_name=it&application_name=me", "me"),
    ):
        found = await asked(f"{url}?{query}&options=-c%20work_mem%3D5MB", shown)
        assert found == {"name": expected, "memory": "5MB"}


async def test_sslmode_is_kept(place: str) -> None:
    """This server has no TLS."""
    name, base = QUOTED
    for query in ("sslmode=require", "ssl=true"):
        with pytest.raises(DBConnectionError):
            await asked(f"postgresql://{name}@{place}/{base}?{query}")
    for query in ("sslmode=disable", "sslmode=allow", "sslmode=prefer"):
        assert await asked(f"postgresql://{name}@{place}/{base}?{query}")


def test_sockets_and_addresses() -> None:
    def addresses(url: str) -> Any:
        dsn = configuration(url)["connections"]["postgres"]["credentials"]["dsn"]
        return _parse_connect_dsn_and_args(dsn=dsn, **dict.fromkeys(_OTHERWISE))[0]

    assert addresses("postgresql:///x?host=/run/pg") == ["/run/pg/.s.PGSQL.5432"]
    assert addresses("postgresql://%2Frun%2Fpg:5433/x") == ["/run/pg/.s.PGSQL.5433"]
    assert addresses("postgresql://u@[2001:db8::1]:6000/x") == [("2001:db8::1", 6000)]
    assert addresses("postgresql://a:1,[::1],c/x") == [("a", 1), ("::1", 5432), ("c", 5432)]
