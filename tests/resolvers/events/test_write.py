"""Making events and changing them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from models import Event, EventStatus, EventTopic, GroupStatus, Mail, MemberStatus, Topic, now
from tests.resolvers.events.asking import CREATE, UPDATE, done, gid, refused, register, told
from tests.world import World

pytestmark = pytest.mark.walk

START = datetime(2027, 5, 3, 16, 0, tzinfo=UTC)
NEW: dict[str, Any] = {
    "title": "Runder Tisch",
    "description": "Wer macht was?",
    "kind": "MEETING",
    "startsAt": "2027-05-03T18:00:00+02:00",
    "endsAt": "2027-05-03T20:00:00+02:00",
}


async def test_a_new_event_is_a_draft_of_its_host(world: World) -> None:
    for name in ("jugend", "sport"):
        await Topic.create(slug=name, name=name, name_key=name)
    host = await world.member()
    club = await world.organisation(by=host)
    venue = {"name": "Alvar-Aalto-Haus", "city": "Wolfsburg", "location": {"latitude": 52.42, "longitude": 10.78}}
    payload = await done(
        world,
        CREATE,
        host,
        input={**NEW, "title": "  Runder\n Tisch ", "topics": ["sport", "jugend"], "venue": venue, "capacity": 0},
    )
    shown = payload["event"]
    assert (shown["title"], shown["slug"], shown["status"]) == ("Runder Tisch", "runder-tisch", "DRAFT")
    assert (shown["startsAt"], shown["timeZone"]) == ("2027-05-03T16:00:00Z", "Europe/Berlin")
    assert (shown["capacity"], shown["remainingSeats"], shown["version"]) == (0, 0, 1)
    row = await Event.get(slug="runder-tisch")
    assert (row.host_id, row.group_id, row.parent_id, row.venue_city) == (host.id, None, None, "Wolfsburg")
    links = await EventTopic.filter(event_id=row.id).order_by("position").select_related("topic")
    assert [link.topic.slug for link in links] == ["sport", "jugend"]
    second = await done(world, CREATE, host, input={**NEW, "hostId": gid(club)})
    assert second["event"]["slug"] == "runder-tisch-2"
    assert (await Event.get(slug="runder-tisch-2")).host_id == club.id
    assert await told(world) == []


async def test_of_a_group_by_its_coordinators_and_the_office(world: World) -> None:
    coordinator, member = await world.member(), await world.member()
    group, closed = await world.group(coordinator=coordinator), await world.group("Zu", coordinator)
    await world.membership(group, member)
    closed.status = GroupStatus.CLOSED
    await closed.save()
    office, applied = await world.office(), await world.member(status=MemberStatus.APPLIED)
    await done(world, CREATE, coordinator, input={**NEW, "groupId": gid(group)})
    await done(world, CREATE, office, input={**NEW, "groupId": gid(group)})
    assert await Event.filter(host_id__isnull=True, group_id=group.id).count() == 1
    assert await refused(world, CREATE, member, input={**NEW, "groupId": gid(group)}) == "FORBIDDEN"
    assert await refused(world, CREATE, applied, input=NEW) == "FORBIDDEN"
    assert await refused(world, CREATE, None, input=NEW) == "UNAUTHENTICATED"
    assert await refused(world, CREATE, member, input={**NEW, "hostId": gid(coordinator)}) == "FORBIDDEN"
    for field, value, code in (
        ("groupId", gid(closed), "WRONG_STATE"),
        ("groupId", "nonsense", "NOT_FOUND"),
        ("hostId", gid(applied), "NOT_FOUND"),
        ("parentId", gid(group), "NOT_FOUND"),
    ):
        found = await refused(world, CREATE, coordinator, input={**NEW, field: value})
        assert found == {f"input.{field}": code}


async def test_a_session_lies_within_its_parent_and_has_none_itself(world: World) -> None:
    host = await world.member()
    parent = await world.event("Tag", host, starts_at=START, ends_at=START + timedelta(hours=2))
    foreign = await world.event("Fremd", await world.member(), starts_at=START, ends_at=START + timedelta(hours=2))
    draft = await world.event("Geheim", await world.member(), status=EventStatus.DRAFT)
    off = await world.event("Aus", host, status=EventStatus.CANCELLED)
    inside = {**NEW, "parentId": gid(parent)}
    payload = await done(world, CREATE, host, input=inside)
    session = await Event.get(slug=payload["event"]["slug"])
    assert session.parent_id == parent.id
    for change, expected in (
        ({"startsAt": "2027-05-03T15:59:59Z"}, {"input.startsAt": "OUT_OF_RANGE"}),
        ({"endsAt": "2027-05-03T18:00:01Z"}, {"input.endsAt": "OUT_OF_RANGE"}),
        ({"parentId": gid(session)}, {"input.parentId": "INVALID"}),
        ({"parentId": gid(draft)}, {"input.parentId": "NOT_FOUND"}),
        ({"parentId": gid(foreign)}, "FORBIDDEN"),
        ({"parentId": gid(off)}, {"input.parentId": "WRONG_STATE"}),
    ):
        assert await refused(world, CREATE, host, input={**inside, **change}) == expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"title": "ab"}, {"input.title": "TOO_SHORT"}),
        ({"title": "x" * 201, "description": " "}, {"input.title": "TOO_LONG", "input.description": "REQUIRED"}),
        ({"description": "x" * 20_001}, {"input.description": "TOO_LONG"}),
        ({"endsAt": NEW["startsAt"]}, {"input.endsAt": "OUT_OF_RANGE"}),
        ({"endsAt": "2028-05-04T18:00:00+02:00"}, {"input.endsAt": "OUT_OF_RANGE"}),
        (
            {"startsAt": "1999-12-31T23:59:59Z", "endsAt": "2000-01-01T01:00:00Z"},
            {"input.startsAt": "OUT_OF_RANGE"},
        ),
        (
            {"startsAt": "2100-12-31T23:00:00Z", "endsAt": "2101-01-01T00:00:00Z"},
            {"input.endsAt": "OUT_OF_RANGE"},
        ),
        ({"timeZone": "Europe/Wolfsburg"}, {"input.timeZone": "INVALID"}),
        ({"timeZone": "../etc/passwd"}, {"input.timeZone": "INVALID"}),
        ({"timeZone": ""}, {"input.timeZone": "REQUIRED"}),
        ({"capacity": -1}, {"input.capacity": "OUT_OF_RANGE"}),
        ({"capacity": 100_001}, {"input.capacity": "OUT_OF_RANGE"}),
        ({"onlineUrl": "ftp://example.org"}, {"input.onlineUrl": "INVALID"}),
        ({"topics": ["x" * 201, "unknown"]}, {"input.topics.0": "NOT_FOUND", "input.topics.1": "NOT_FOUND"}),
    ],
)
async def test_what_people_type_is_judged(world: World, change: dict[str, Any], expected: dict[str, str]) -> None:
    assert await refused(world, CREATE, await world.member(), input={**NEW, **change}) == expected


async def test_the_longest_and_the_last(world: World) -> None:
    host = await world.member()
    year = {"startsAt": "2027-05-03T16:00:00Z", "endsAt": "2028-05-03T16:00:00Z"}  # 366 days: 2028 is a leap year
    await done(world, CREATE, host, input={**NEW, **year, "title": "x" * 200, "description": "x" * 20_000})
    await done(world, CREATE, host, input={**NEW, "startsAt": "2000-01-01T00:00:00Z", "endsAt": "2000-01-01T00:00:01Z"})


async def test_only_what_is_given_changes(world: World) -> None:
    host = await world.member()
    event = await world.event("Alt", host, starts_at=START, online_url="https://example.org", capacity=5)
    topic = await Topic.create(slug="jugend", name="Jugend", name_key="jugend")
    before = await Event.get(id=event.id)
    same = {"id": gid(event), "title": "Alt", "capacity": 5, "startsAt": START.isoformat(), "topics": []}
    assert (await done(world, UPDATE, host, input=same))["event"]["version"] == 1
    assert (await Event.get(id=event.id)).updated_at == before.updated_at
    assert await told(world) == []
    payload = await done(
        world, UPDATE, host, input={"id": gid(event), "ifVersion": 1, "title": "Neu", "topics": ["jugend"]}
    )
    assert (payload["event"]["title"], payload["event"]["slug"], payload["event"]["version"]) == ("Neu", "alt", 2)
    after = await Event.get(id=event.id)
    assert after.updated_at > before.updated_at
    assert (after.online_url, after.description, after.starts_at) == (before.online_url, before.description, START)
    assert await EventTopic.filter(event_id=event.id, topic_id=topic.id).count() == 1
    await done(world, UPDATE, host, input={"id": gid(event), "onlineUrl": None, "topics": None})
    emptied = await Event.get(id=event.id)
    assert (emptied.online_url, emptied.version) == (None, 3)
    assert await EventTopic.filter(event_id=event.id).count() == 0
    assert await told(world) == [("EventUpdated", event.id)] * 2


async def test_an_older_version_is_a_conflict_with_the_event_as_it_is_now(world: World) -> None:
    host = await world.member()
    event = await world.event("Alt", host)
    await done(world, UPDATE, host, input={"id": gid(event), "ifVersion": 1, "title": "Neu"})
    stale = {"id": gid(event), "ifVersion": 1, "title": "Anders"}
    assert await refused(world, UPDATE, host, input=stale) == {"": "CONFLICT"}
    payload = (await world.data(UPDATE, host, input=stale))["it"]
    assert (payload["event"]["title"], payload["event"]["version"]) == ("Neu", 2)


async def test_who_may_change_what_and_when(world: World) -> None:
    host, stranger = await world.member(), await world.member()
    event, draft = await world.event("Offen", host), await world.event("Entwurf", host, status=EventStatus.DRAFT)
    off = await world.event("Aus", host, status=EventStatus.CANCELLED)
    new = {"title": "Anders"}
    assert await refused(world, UPDATE, None, input={"id": "x", **new}) == "UNAUTHENTICATED"
    assert await refused(world, UPDATE, stranger, input={"id": gid(event), **new}) == "FORBIDDEN"
    assert await refused(world, UPDATE, stranger, input={"id": gid(draft), **new}) == "NOT_FOUND"
    assert await refused(world, UPDATE, host, input={"id": gid(host), **new}) == "NOT_FOUND"
    assert await refused(world, UPDATE, host, input={"id": gid(off), **new}) == {"": "WRONG_STATE"}
    emptied = {"id": gid(event), **dict.fromkeys(("title", "description", "kind", "startsAt", "endsAt", "timeZone"))}
    found = await refused(world, UPDATE, host, input=emptied)
    assert set(found.values()) == {"REQUIRED"}
    assert len(found) == 6
    await done(world, UPDATE, host, input={"id": gid(draft), **new})
    assert await told(world) == []


async def test_times_keep_sessions_and_parents_together(world: World) -> None:
    host = await world.member()
    parent = await world.event("Tag", host, starts_at=START, ends_at=START + timedelta(hours=8))
    session = await world.event(
        "Teil", host, parent=parent, starts_at=START + timedelta(hours=1), ends_at=START + timedelta(hours=2)
    )
    for event, change, expected in (
        (session, {"startsAt": "2027-05-03T15:00:00Z"}, {"input.startsAt": "OUT_OF_RANGE"}),
        (session, {"endsAt": "2027-05-04T00:00:01Z"}, {"input.endsAt": "OUT_OF_RANGE"}),
        (session, {"startsAt": "2027-05-03T18:00:00Z"}, {"input.startsAt": "OUT_OF_RANGE"}),
        (parent, {"startsAt": "2027-05-03T17:00:01Z"}, {"input.startsAt": "WRONG_STATE"}),
        (parent, {"endsAt": "2027-05-03T17:59:59Z"}, {"input.endsAt": "WRONG_STATE"}),
        (parent, {"endsAt": "2029-05-03T17:59:59Z"}, {"input.endsAt": "OUT_OF_RANGE"}),
    ):
        assert await refused(world, UPDATE, host, input={"id": gid(event), **change}) == expected
    await done(world, UPDATE, host, input={"id": gid(parent), "startsAt": "2027-05-03T17:00:00Z"})
    await Event.filter(id=session.id).update(status=EventStatus.CANCELLED)
    await done(world, UPDATE, host, input={"id": gid(parent), "startsAt": "2027-05-03T18:00:00Z"})


async def test_more_seats_go_to_who_waits_in_order(world: World) -> None:
    host = await world.member()
    event = await world.event("Voll", host, capacity=1)
    people = [await world.member(f"P{number}") for number in range(5)]
    for person in people:
        await register(world, event, person)
    before = await told(world)
    addresses = [(await world.account(person)).email for person in people]

    assert await refused(world, UPDATE, host, input={"id": gid(event), "capacity": 0}) == {
        "input.capacity": "OUT_OF_RANGE"
    }
    payload = await done(world, UPDATE, host, input={"id": gid(event), "capacity": 3})
    assert (payload["event"]["confirmedCount"], payload["event"]["waitlistedCount"]) == (3, 2)
    assert {mail.recipient for mail in await Mail.all()} == set(addresses[1:3])
    payload = await done(world, UPDATE, host, input={"id": gid(event), "capacity": None})
    assert (payload["event"]["confirmedCount"], payload["event"]["waitlistedCount"]) == (5, 0)
    assert payload["event"]["remainingSeats"] is None
    assert {mail.recipient for mail in await Mail.all()} == set(addresses[1:])
    assert await Mail.all().count() == 4
    assert (await told(world))[len(before) :] == [("EventUpdated", event.id), ("EventSeatsChanged", event.id)] * 2


async def test_nobody_moves_up_in_what_is_over(world: World) -> None:
    host, a, b = await world.member(), await world.member(), await world.member()
    event = await world.event("Voll", host, capacity=1)
    await register(world, event, a)
    await register(world, event, b)
    await Event.filter(id=event.id).update(starts_at=now() - timedelta(hours=2), ends_at=now() - timedelta(hours=1))
    payload = await done(world, UPDATE, host, input={"id": gid(event), "capacity": 2})
    assert (payload["event"]["confirmedCount"], payload["event"]["waitlistedCount"]) == (1, 1)
    assert await Mail.all().count() == 0


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("de", ["1 Platz ist schon vergeben.", "2 Plätze sind schon vergeben."]),
        ("en", ["1 seat is taken already.", "2 seats are taken already."]),
    ],
)
async def test_one_seat_is_spoken_of_as_one(world: World, language: str, said: list[str]) -> None:
    host = await world.member()
    event = await world.event("Probe", host, starts_at=START, capacity=5)
    for expected in said:
        await register(world, event, await world.member())
        answer = await world.ask(UPDATE, host, language, input={"id": gid(event), "capacity": 0})
        assert answer.data is not None
        assert [error["message"] for error in answer.data["it"]["userErrors"]] == [expected]
