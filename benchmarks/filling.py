"""Fills a migrated, empty database with a data set: by COPY, or many rows at a time.

The rows are as the API would have made them, with the columns that follow from others. Categories
and topics of the data set, which are words, become ours in the order in which they come.
"""

import itertools
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.models import Model

from auth.passwords import Passwords
from benchmarks.data import DataSet, Record
from models import (
    Account,
    Change,
    ChangeLog,
    District,
    Event,
    EventKind,
    EventStatus,
    Group,
    GroupMembership,
    GroupRole,
    GroupStatus,
    Member,
    MemberKind,
    MembershipStatus,
    MemberStatus,
    Offer,
    OfferCategory,
    OfferDirection,
    OfferStatus,
    OfferTopic,
    Topic,
    now,
)
from models.database.connect import configuration, connected
from models.logs.change_log import new_mark
from models.offers import topic_keys
from models.text.folding import sort_key
from resolvers.network.town_file import wolfsburg
from resolvers.search.indexing import index_all
from resolvers.search.synonyms import store_synonyms
from subscriptions.changes import OfferUpdated
from subscriptions.outbox import Outbox

EMAIL = "benchmark@mitwirk.example"
PASSWORD = "a password for benchmarks"

_TOWN = wolfsburg()
_DISTRICTS = {one.name: number for number, one in enumerate(_TOWN.districts, 1)}
_AT_ONCE = 5000
# So many changes of before the log has.
_CHANGES = 2000
_LIFETIME = timedelta(days=365)


@dataclass(frozen=True)
class Publisher:
    """Who publishes: signs in as `EMAIL`. Keys of its member, and of a group in which it takes part."""

    member_id: int
    group_id: int


class _Table:
    """Makes rows of a table: what isn't given stands as the model says by default."""

    def __init__(self, model: type[Model]) -> None:
        self.name = model._meta.db_table
        self.fields = {name: model._meta.fields_map[name] for name in sorted(model._meta.db_fields)}
        self.columns = list(self.fields)
        self._defaults = {}
        for name, field in self.fields.items():
            value = field.default() if callable(field.default) else field.default
            self._defaults[name] = field.to_db_value(value, model) if value is not None else None

    def row(self, **values: Any) -> tuple[Any, ...]:
        """A row, in the order of `columns`."""
        row = dict(self._defaults)
        for name, value in values.items():
            row[name] = self.fields[name].to_db_value(value, None) if value is not None else None  # type: ignore[arg-type]
        return tuple(row.values())


class Ordinals(dict[str, int]):
    """Words numbered in the order in which they are first asked for: 0, 1, 2 ..."""

    def __missing__(self, word: str) -> int:
        self[word] = len(self)
        return self[word]


class Words:
    """What becomes of the data set's words."""

    def __init__(self) -> None:
        self._categories, self._topics, self._places = Ordinals(), Ordinals(), Ordinals()

    def category(self, word: str) -> OfferCategory:
        """Ours for one of the data set's."""
        return list(OfferCategory)[self._categories[word] % len(OfferCategory)]

    def topic(self, word: str) -> int:
        """The key of ours for one of the data set's."""
        return self._topics[word] % len(_TOWN.topics) + 1

    def district(self, word: str) -> int:
        """The key of ours for a place of the data set's."""
        return self._places[word] % len(_TOWN.districts) + 1


async def fill(url: str, data: DataSet) -> Publisher:
    """Fill the database at `url`, which is migrated and holds nothing yet, as a server leaves one that it serves.

    With synonyms and the search's index: a server that is started on it has nothing to do beside what is measured.
    """
    publisher = _publisher(data)
    password_hash = await Passwords().hash(PASSWORD)
    async with connected(configuration(url)) as context:
        connection = context.db()
        # First: when a server stores them, all rows wait to be indexed anew.
        await store_synonyms(Outbox(on_commit=lambda: None))
        async with _without_indexes(connection, "offer", "offer_topic"):
            for model, rows in _tables(data):
                await _store(connection, _Table(model), rows)
        async with _without_indexes(connection, "search_posting"):
            await index_all()
        await _log()
        await Account.create(email=EMAIL, password_hash=password_hash, member_id=publisher.member_id)
        await connection.execute_script(
            "VACUUM ANALYZE" if connection.capabilities.dialect == "postgres" else "ANALYZE"
        )
    return publisher


async def _log() -> None:
    """Changes of before: a log that was counted when it was empty PostgreSQL reads from end to end."""
    told = OfferUpdated(1)
    rows = [Change(seq=seq, kind=told.kind, facts=told.facts(), mark=new_mark()) for seq in range(1, _CHANGES + 1)]
    await Change.bulk_create(rows)
    await ChangeLog.filter(id="log").update(head=_CHANGES, head_mark=rows[-1].mark)


def _publisher(data: DataSet) -> Publisher:
    """A member of a group that has published before: others' first entries go into review."""
    owners = {record["owner_id"] for record in data.records("offer")}
    found = next(record for record in data.records("membership") if record["member_id"] in owners)
    return Publisher(found["member_id"], found["group_id"])


def _tables(data: DataSet) -> Iterator[tuple[type[Model], Iterable[tuple[Any, ...]]]]:
    words = Words()
    topics, districts = _Table(Topic), _Table(District)
    yield (
        Topic,
        [
            topics.row(
                id=number, slug=one.slug, name=one.name, name_key=sort_key(one.name), synonyms=list(one.synonyms)
            )
            for number, one in enumerate(_TOWN.topics, 1)
        ],
    )
    yield (
        District,
        [
            districts.row(
                id=number,
                slug=one.slug,
                name=one.name,
                name_key=sort_key(one.name),
                latitude=one.location and one.location[0],
                longitude=one.location and one.location[1],
                parent_id=one.parent and _DISTRICTS[one.parent],
            )
            # What has parts comes before them.
            for one, number in sorted(
                ((one, _DISTRICTS[one.name]) for one in _TOWN.districts), key=lambda known: known[0].parent is not None
            )
        ],
    )
    makers: list[tuple[str, type[Model], Callable[[_Table, Record, Words], tuple[Any, ...]]]] = [
        ("member", Member, _member),
        ("group", Group, _group),
        ("membership", GroupMembership, _membership),
        ("event", Event, _event),
        ("offer", Offer, _offer),
    ]
    for kind, model, make in makers:
        yield model, map(make, itertools.repeat(_Table(model)), data.records(kind), itertools.repeat(words))
    yield OfferTopic, _topics(_Table(OfferTopic), data, words)


def _member(table: _Table, record: Record, words: Words) -> tuple[Any, ...]:
    name = record["name"]
    return table.row(
        id=record["id"],
        slug=f"mitglied-{record['id']}",
        kind=MemberKind.PERSON,
        status=MemberStatus.ACTIVE,
        name=name,
        name_key=sort_key(name),
        district_id=words.district(record["city"]),
        joined_at=record["joined_at"],
        created_at=record["joined_at"],
    )


def _group(table: _Table, record: Record, words: Words) -> tuple[Any, ...]:
    name, purpose = record["name"], record["description"]
    return table.row(
        id=record["id"],
        slug=f"gruppe-{record['id']}",
        name=name,
        name_key=sort_key(name),
        purpose=purpose,
        status=GroupStatus.ACTIVE,
        active_at=record["created_at"],
        created_at=record["created_at"],
    )


def _membership(table: _Table, record: Record, words: Words) -> tuple[Any, ...]:
    role = GroupRole.MEMBER if record["role"] == "MEMBER" else GroupRole.COORDINATOR
    return table.row(
        id=record["id"],
        group_id=record["group_id"],
        member_id=record["member_id"],
        role=role,
        status=MembershipStatus.ACTIVE,
        joined_at=record["joined_at"],
        created_at=record["joined_at"],
    )


def _event(table: _Table, record: Record, words: Words) -> tuple[Any, ...]:
    title, description = record["title"], record["description"]
    return table.row(
        id=record["id"],
        slug=f"treffen-{record['id']}",
        title=title,
        description=description,
        kind=EventKind.MEETING,
        status=EventStatus.PUBLISHED,
        starts_at=record["starts_at"],
        ends_at=record["starts_at"] + timedelta(hours=2),
        time_zone="Europe/Berlin",
        venue_name=record["location"],
        group_id=record["group_id"],
    )


def _offer(table: _Table, record: Record, words: Words) -> tuple[Any, ...]:
    title, description, published_at = record["title"], record["description"], record["published_at"]
    north, east = record.get("venue", (None, None))
    return table.row(
        id=record["id"],
        slug=f"eintrag-{record['id']}",
        direction=OfferDirection(record["kind"]),
        category=words.category(record["category"]),
        status=OfferStatus.PUBLISHED,
        title=title,
        description=description,
        district_id=_DISTRICTS.get(record.get("district", "")),
        venue_name=f"Treffpunkt {record['venue_district']}" if north else None,
        venue_district_id=_DISTRICTS.get(record.get("venue_district", "")),
        venue_latitude=north,
        venue_longitude=east,
        owner_id=record["owner_id"],
        group_id=record["group_id"],
        published_at=published_at,
        newest_at=published_at,
        expires_at=now() + _LIFETIME,
        created_at=published_at,
        updated_at=published_at,
        # Else triggers look for the topics of each entry as they come, in a table that has no index by then.
        topic_keys=topic_keys(set(map(words.topic, record["topics"]))),
        matched_version=1,  # else the server looks for what fits it, beside what is measured
    )


def _topics(table: _Table, data: DataSet, words: Words) -> Iterator[tuple[Any, ...]]:
    numbers = itertools.count(1)
    for offer in data.records("offer"):
        for position, key in enumerate(dict.fromkeys(map(words.topic, offer["topics"]))):
            yield table.row(id=next(numbers), offer_id=offer["id"], topic_id=key, position=position)


async def _store(connection: BaseDBAsyncClient, table: _Table, rows: Iterable[tuple[Any, ...]]) -> None:
    if connection.capabilities.dialect == "postgres":
        async with connection.acquire_connection() as session:
            await session.copy_records_to_table(table.name, records=rows, columns=table.columns)
        await connection.execute_script(
            f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), max(id)) FROM {table.name}"
        )
        return
    names, places = ", ".join(f'"{name}"' for name in table.columns), ", ".join("?" * len(table.columns))
    rows = iter(rows)
    while some := [list(row) for row in itertools.islice(rows, _AT_ONCE)]:
        await connection.execute_many(f'INSERT INTO "{table.name}" ({names}) VALUES ({places})', some)


@asynccontextmanager
async def _without_indexes(connection: BaseDBAsyncClient, *names: str) -> AsyncIterator[None]:
    """While many rows come in, their tables have no indexes but those of constraints."""
    tables = ", ".join(f"'{name}'" for name in names)
    if connection.capabilities.dialect == "postgres":
        found = await connection.execute_query_dict(
            "SELECT indexname AS name, indexdef AS sql FROM pg_indexes WHERE schemaname = 'public' AND "
            f"tablename IN ({tables}) AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        )
    else:
        found = await connection.execute_query_dict(
            f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({tables})"
        )
    for index in found:
        await connection.execute_script(f'DROP INDEX "{index["name"]}"')
    yield
    for index in found:
        await connection.execute_script(index["sql"])


async def multiply(url: str, times: int, every: timedelta) -> None:
    """Make `times` as many entries of those that are there: each set of copies is older by `every`. No topics."""
    if times == 1:
        return
    async with connected(configuration(url)) as context:
        connection = context.db()
        postgres = connection.capabilities.dialect == "postgres"
        seconds, (row,) = int(every.total_seconds()), await connection.execute_query_dict("SELECT max(id) n FROM offer")
        changed = {"id": f"id + k * {row['n']}", "slug": "slug || '-' || k"}
        for name in ("published_at", "newest_at", "created_at", "updated_at"):
            changed[name] = (
                f"{name} - k * interval '{seconds} seconds'"
                if postgres
                else f"strftime('%Y-%m-%d %H:%M:%S+00:00', {name}, '-' || (k * {seconds}) || ' seconds')"
            )
        names = _Table(Offer).columns
        series = f"WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < {times - 1})"
        values = ", ".join(changed.get(name, name) for name in names)
        async with _without_indexes(connection, "offer"):
            await connection.execute_script(
                f"{series} INSERT INTO offer ({', '.join(names)}) "
                f"SELECT {values} FROM n CROSS JOIN (SELECT * FROM offer WHERE id <= {row['n']}) AS known"
            )
        if postgres:
            await connection.execute_script("SELECT setval(pg_get_serial_sequence('offer', 'id'), max(id)) FROM offer")
        await connection.execute_script("VACUUM ANALYZE offer" if postgres else "ANALYZE")
