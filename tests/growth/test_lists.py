"""Every filter and every sort of every list costs what is asked for, not what the table holds."""

import re
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from typing import Any
from zlib import crc32

import pytest
from tortoise.context import require_context
from tortoise.expressions import F

from models import Offer, now
from models.database.connect import refresh_statistics
from resolvers.context import system_context
from resolvers.matches.found import find_matches
from resolvers.offers.expiry import expire_due
from resolvers.search.indexing import index_pending
from schema.declare.ids import global_id
from tests.growth.asked import LISTS, NEAR, Listed
from tests.growth.examined import examined
from tests.growth.grown import Grown, grow
from tests.statements import Statement, statements
from tests.world import World

PAGE = 20
# Rows that may be looked at for a page, however many there are. The tables hold 1,500 to 6,000.
MOST = 1000

FACETS = """{ offers { facets { directions { count } categories { count } topics { count } districts { count } } } }"""

_PLACE = "query ($filter: OfferFilter, $sort: OfferSort!) { offers(filter: $filter, sort: $sort, first: 5) { %s } }"
_HERE = {"southWest": {"latitude": 52.2, "longitude": 10.2}, "northEast": {"latitude": 52.4, "longitude": 10.4}}
_MAP = "query ($bounds: GeoBoundsInput!) { offerMap(bounds: $bounds, zoom: 9) { count } }"
PLACED: list[tuple[str, dict[str, Any]]] = [
    (_PLACE % "nodes { title }", {"sort": "NEWEST", "filter": {"near": NEAR}}),
    (_PLACE % "nodes { title }", {"sort": "DISTANCE", "filter": {"near": NEAR, "direction": "SEEK"}}),
    (_PLACE % "nodes { title }", {"sort": "NEWEST", "filter": {"bounds": _HERE, "categories": ["ROOM"]}}),
    (_PLACE % "totalCount", {"sort": "NEWEST", "filter": {"near": NEAR}}),
    (_MAP, {"bounds": _HERE}),
]

# What does grow, by a part of its name, and why: docs/decisions/0008-indexes.md.
KNOWN = {
    "postgres": {
        "many with words, RELEVANCE": "all that match are compared",
        "of all statuses, EXPIRING": "no index has this order whatever the status",
    },
    "sqlite": {
        "word": "no index of parts of words",
        "EXPIRING": "no range of an index of an expression",
        "many of a topic": "the rows of a topic are collected first",
        "few of": "how often a value occurs isn't known, only averages",
        "remote": "the same",
        "sessions, NEWEST": "the same",
        "events, of a status, NEWEST": "the same",
        "of two statuses": "several statuses are collected first, and sorted",
        "of all statuses": "the same",
        "events, near, NEWEST": "all before it are looked at where few are near",
    },
}


@pytest.mark.long
@pytest.mark.parametrize("all_of_them", [False, pytest.param(True, marks=pytest.mark.soak)])
async def test_no_list_reads_or_sorts_a_table(world: World, database_url: str, all_of_them: bool) -> None:
    """Each on one of both databases, a third on PostgreSQL, unless all of them are asked on both."""
    grown = await grow(world)
    postgres = database_url.startswith("postgres")
    known = KNOWN["postgres" if postgres else "sqlite"]
    askers = {"guest": None, "member": grown.member, "office": grown.office}
    contexts = {name: await world.context(asker) for name, asker in askers.items()}
    wrong = []
    for listed in LISTS:
        for name, variables in listed.asked():
            if any(part in name for part in known):
                continue
            if not all_of_them and postgres != (crc32(name.encode()) % 3 == 0):
                continue
            for place, some in (await _pages(world, listed, contexts[listed.by], _filled(variables, grown))).items():
                for statement in some:
                    found = await examined(statement)
                    if max(found.rows, found.sorted) > MOST:
                        counts = f"{found.rows:.0f} read, {found.sorted:.0f} sorted"
                        wrong.append(f"{name}, {listed.by}, {place}: {counts}: {found.plan}\n{statement}")
    assert not wrong, "\n\n".join([f"{len(wrong)} statements", *wrong])
    await _must_look_into_indexes_alone(world, contexts)
    await _must_look_at_nothing_where_nothing_is_to_be_done(world)
    # Would it be noticed? Without the indexes of the board the same page reads the board.
    await _drop_indexes("offer")
    (first, *_rest) = (await _pages(world, LISTS[0], contexts["guest"], {"sort": "NEWEST"}))["first"]
    assert (await examined(first)).rows > MOST


async def _must_look_into_indexes_alone(world: World, contexts: dict[str, Any]) -> None:
    """Facets look at no row of the board, but at what of it stands in an index; a place and a map at those they show.

    PostgreSQL reads so small a table whole.
    """
    if require_context().db().capabilities.dialect == "postgres":
        return
    for by in ("guest", "member"):
        with statements() as sent:
            await world.data(FACETS, contexts[by])
        plans = [(await examined(one)).plan for one in sent]
        assert not [plan for plan in plans if re.search(r"(?:SCAN|SEARCH) offer\b(?! USING COVERING INDEX)", plan)]
        for document, variables in PLACED:
            with statements() as sent:
                await world.data(document, contexts[by], **variables)
            found = [(await examined(one)).plan for one in sent]
            assert all("SEARCH offer USING COVERING INDEX offer_placed" in plan for plan in found), found
        # Members of groups are counted by an index, less those that are withheld: these alone are looked up.
        with statements() as sent:
            await world.data("{ groups(first: 20) { nodes { memberCount } } }", contexts[by])
        plan = (await examined(sent[-1])).plan
        for counted in ("SEARCH a USING COVERING INDEX", "SEARCH m USING COVERING INDEX member_withheld_last"):
            assert counted in plan


async def _must_look_at_nothing_where_nothing_is_to_be_done(world: World) -> None:
    """What the server does by itself again and again."""
    await Offer.all().update(matched_version=F("version"), expires_at=now() + timedelta(days=1))
    await refresh_statistics(require_context().db())
    ctx = system_context(world.services)
    for job in (expire_due, find_matches, index_pending):
        await job(ctx)
        with statements() as sent:
            await job(ctx)
        found = [await examined(one) for one in sent if one.sql.startswith("SELECT")]
        assert found
        assert max(one.rows for one in found) <= MOST, [one.plan for one in found]


async def _drop_indexes(table: str) -> None:
    connection = require_context().db()
    if connection.capabilities.dialect == "postgres":
        sql = "SELECT indexname AS name FROM pg_indexes WHERE tablename = '%s' AND indexdef NOT LIKE '%%UNIQUE%%'"
    else:
        sql = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql NOT LIKE '%%UNIQUE%%' AND tbl_name = '%s'"
    for index in await connection.execute_query_dict(sql % table):
        await connection.execute_script(f'DROP INDEX "{index["name"]}"')


def _filled(variables: dict[str, Any], grown: Grown) -> dict[str, Any]:
    """Variables with ids and instants in the place of their names."""
    known = {
        "{member}": global_id("Member", grown.member.id),
        "{group}": global_id("Group", grown.group.id),
        "{event}": global_id("Event", grown.event.id),
        "{offer}": global_id("Offer", grown.offer.id),
        "{now}": now().isoformat(),
    }
    return {
        name: _filled(value, grown) if isinstance(value, dict) else known.get(str(value), value)
        for name, value in variables.items()
    }


async def _pages(world: World, listed: Listed, context: Any, variables: dict[str, Any]) -> dict[str, list[Statement]]:
    """The statements for the first page, for the last one, and for one deep in the list."""
    document, sent = listed.document(), {}
    cursor = None
    for place, arguments in {"first": {"first": PAGE}, "last": {"last": PAGE}, "deep": {"first": PAGE}}.items():
        if place == "deep":
            if cursor is None:
                continue
            arguments["after"] = cursor
        with statements() as some:
            data = await world.data(document, context, **variables, **arguments)
        while "pageInfo" not in data:
            data = data["list"] if "list" in data else next(iter(data.values()))
        cursor = data["pageInfo"]["startCursor"]
        sent[place] = list(some)
    return sent


async def test_sqlite_counts_what_its_planner_goes_by(world: World) -> None:
    connection = require_context().db()
    if connection.capabilities.dialect == "postgres":
        return await refresh_statistics(connection)
    for number in range(30):
        await world.member(f"Mitglied {number}")
    await world.data("{ members { nodes { id } } }")
    await refresh_statistics(connection)
    counted = await connection.execute_query_dict("SELECT DISTINCT tbl FROM sqlite_stat1")
    assert "member" in {row["tbl"] for row in counted}


async def test_sqlite_counts_while_another_process_writes(database_url: str, world: World) -> None:
    connection = require_context().db()
    for number in range(30):
        await world.member(f"Mitglied {number}")
    done = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(database_url.removeprefix("sqlite://"), timeout=30)) as other:
            while not done.is_set():
                with other:
                    other.execute("UPDATE member SET version = version + 1")
                time.sleep(0.0005)

    with ThreadPoolExecutor(1) as pool:
        if connection.capabilities.dialect == "postgres":
            return await refresh_statistics(connection)
        writing = pool.submit(write)
        try:
            for _number in range(300):
                await world.data("{ members { nodes { id } } }")
                await refresh_statistics(connection)
                await connection.execute_query("DELETE FROM sqlite_stat1")
        finally:
            done.set()
        writing.result()
