"""Which events a filter lets through, and in which order, the same on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auth.access.events import event_rows, list_events
from auth.viewer import GUEST
from models import District, Event, EventKind, EventStatus, EventTopic, Topic, now
from models.filters.events import EventFilter, EventSort, event_order, matching_events
from models.filters.near import Bounds, Near
from models.search.tables import Kind
from models.sql.compile import QuerySpec
from models.sql.page_cursors import BadPage, fingerprint
from models.sql.paging import PageArguments, page, pages
from tests.searched import looked_for
from tests.world import World

CITY = Near(52.4227, 10.7865)
ALL = frozenset({"edges", "page_info", "total_count"})


async def titles(sort: EventSort = EventSort.STARTS_AT, **filters: Any) -> list[str]:
    """The titles of a list, having walked it in pages of two, and counted it."""
    filter = await looked_for(EventFilter(**filters), Kind.EVENT)
    listed = QuerySpec(Event, matching_events, (filter.stated,), late=filter.late)
    order, mark = event_order(sort, filter), fingerprint("events", filter, sort)
    found: list[str] = []
    cursor = None
    while True:
        one = await page(listed, order, PageArguments(first=2, after=cursor), selection=ALL, mark=mark)
        found += [event.title for event in one.rows]
        cursor = one.end_cursor
        if not one.has_next_page:
            assert one.total_count == len(found)
            return found


async def test_all_fields_have_to_hold_and_of_a_list_one_entry(world: World) -> None:
    youth = await Topic.create(slug="jugend", name="Jugend", name_key="jugend")
    sport = await Topic.create(slug="sport", name="Sport", name_key="sport")
    town = await District.create(slug="stadtmitte", name="Stadtmitte", name_key="stadtmitte")
    host, group = await world.member(), await world.group()
    start = now() + timedelta(days=1)
    a = await world.event("A", host, kind=EventKind.FAIR, starts_at=start, venue_name="Halle", venue_district=town)
    b = await world.event("B", group=group, starts_at=start + timedelta(hours=1), parent=a)
    await world.event("C", status=EventStatus.CANCELLED, starts_at=start + timedelta(hours=2))
    await world.event("D", status=EventStatus.DRAFT, starts_at=start + timedelta(hours=3))
    for position, topic in enumerate((youth, sport)):
        await EventTopic.create(event=a, topic=topic, position=position)
    await EventTopic.create(event=b, topic=sport, position=0)

    assert await titles() == ["A", "B", "C"]
    assert await titles(statuses=(EventStatus.DRAFT, EventStatus.CANCELLED)) == ["C", "D"]
    assert await titles(kinds=(EventKind.FAIR, EventKind.TRAINING)) == ["A"]
    assert await titles(topics=("jugend", "sport")) == ["A", "B"]
    assert await titles(topics=("jugend",), kinds=(EventKind.MEETING,)) == []
    assert await titles(topics=("unknown",)) == await titles(topics=("\x00",)) == []
    assert await titles(districts=("stadtmitte", "fallersleben"), kinds=(EventKind.FAIR,)) == ["A"]
    assert await titles(host_id=host.id) == ["A"]
    assert await titles(host_id=-1) == []
    assert await titles(group_id=group.id) == ["B"]
    assert await titles(sessions=True) == ["B"]
    assert await titles(sessions=False) == ["A", "C"]
    assert await titles(starts_before=start + timedelta(hours=1)) == ["A"]
    assert await titles(ends_after=start + timedelta(hours=3)) == ["C"]


async def test_a_district_holds_its_parts_and_what_takes_place_nowhere(world: World) -> None:
    nord = await District.create(slug="nord", name="Nord", name_key="nord")
    part = await District.create(slug="teil", name="Teil", name_key="teil", parent=nord)
    await District.create(slug="mitte", name="Mitte", name_key="mitte")
    await world.event("in it", venue_name="Halle", venue_district=part)
    await world.event("online")
    await world.event("elsewhere", venue_name="Halle in Braunschweig")
    assert set(await titles(districts=("nord",))) == {"in it", "online"}
    assert set(await titles(districts=("mitte",))) == {"online"}


async def test_bounds_take_the_venue_or_the_middle_of_its_district(world: World) -> None:
    mitte = await District.create(slug="mitte", name="Mitte", name_key="mitte", latitude=52.4, longitude=10.8)
    await world.event("in it", venue_name="Halle", venue_district=mitte)
    await world.event("beside it", venue_name="Halle", venue_district=mitte, venue_latitude=52.6, venue_longitude=10.8)
    await world.event("online")
    assert await titles(bounds=Bounds(52.3, 10.7, 52.5, 10.9)) == ["in it"]
    assert await titles(bounds=Bounds(52.3, 10.7, 52.7, 10.9), near=Near(52.6, 10.8, 1.0)) == ["beside it"]


async def test_every_word_of_a_text_is_found_folded(world: World) -> None:
    await world.event("Übung für Ärztinnen")
    assert await titles(text="ARZTINNEN übung") == ["Übung für Ärztinnen"]
    assert await titles(text="   ") == ["Übung für Ärztinnen"]
    for nothing in ("Übung Anwälte", "%", "Übung\x00Anwälte"):
        assert await titles(text=nothing) == []


async def test_near_takes_the_circle_and_sorts_by_distance(world: World) -> None:
    start = now() + timedelta(days=1)
    for name, latitude, longitude in (
        ("far", 52.5, 11.5),
        ("second", 52.43, 10.80),
        ("first", 52.4227, 10.7866),
        ("third", 52.39, 10.70),
    ):
        await world.event(name, venue_name=name, venue_latitude=latitude, venue_longitude=longitude, starts_at=start)
    await world.event("nowhere", starts_at=start)
    assert await titles(EventSort.DISTANCE, near=CITY) == ["first", "second", "third"]
    assert set(await titles(near=CITY)) == {"first", "second", "third"}
    assert await titles(EventSort.DISTANCE, near=Near(CITY.latitude, CITY.longitude, 0.1)) == ["first"]
    assert (await titles(EventSort.DISTANCE, near=Near(CITY.latitude, CITY.longitude, 100)))[-1] == "far"
    with pytest.raises(BadPage, match="near"):
        event_order(EventSort.DISTANCE, EventFilter())


async def test_near_and_topics_hold_for_the_lists_of_many_parents(world: World) -> None:
    topic = await Topic.create(slug="jugend", name="Jugend", name_key="jugend")
    groups = [await world.group(f"G{number}") for number in range(2)]
    place: dict[str, Any] = {"venue_name": "Halle", "venue_latitude": 52.4227, "venue_longitude": 10.7866}
    for group in groups:
        for number in range(3):
            event = await world.event(f"{group.name}-{number}", group=group, **place)
            await EventTopic.create(event=event, topic=topic, position=0)
        await world.event("nowhere", group=group)
    filter = await looked_for(EventFilter(near=CITY, topics=("jugend",), text="willkommen"), Kind.EVENT)
    found = await pages(
        list_events(filter, GUEST),
        event_order(EventSort.DISTANCE, filter),
        PageArguments(first=2),
        selection=ALL,
        marks={group.id: fingerprint(group.id) for group in groups},
        by="group_id",
    )
    for group in groups:
        assert [row.title for row in found[group.id].rows] == [f"{group.name}-0", f"{group.name}-1"]
        assert (found[group.id].total_count, found[group.id].has_next_page) == (3, True)


async def test_newest_first(world: World) -> None:
    for number in range(3):
        await world.event(f"{number}", created_at=datetime(2026, 1, 1 + number, tzinfo=UTC))
    assert await titles(EventSort.NEWEST) == ["2", "1", "0"]


async def test_drafts_only_for_those_who_act_for_the_event(world: World) -> None:
    host, stranger, coordinator = await world.member(), await world.member(), await world.member()
    group = await world.group(coordinator=coordinator)
    await world.event("hosted", host, status=EventStatus.DRAFT)
    await world.event("grouped", group=group, status=EventStatus.DRAFT)
    filter = EventFilter(statuses=(EventStatus.DRAFT,))

    async def seen(by: Any) -> set[str]:
        rows: list[Event] = await event_rows(filter, (await world.context(by)).viewer)
        return {row.title for row in rows}

    assert await seen(None) == await seen(stranger) == set()
    assert await seen(host) == {"hosted"}
    assert await seen(coordinator) == {"grouped"}
    assert await seen(await world.office()) == {"hosted", "grouped"}
