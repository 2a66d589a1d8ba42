"""Registering, waiting, giving up, and who was there."""

from datetime import timedelta
from typing import Any

import pytest

from models import Event, EventStatus, Mail, MemberStatus, Registration, RegistrationStatus, now
from resolvers.context import Rules
from tests.resolvers.events.asking import ATTEND, GIVE_UP, REGISTER, done, gid, refused, register, told
from tests.world import World


async def counts(event: Event) -> tuple[int, int, int]:
    """Seats taken, waiting, and the highest number given."""
    fresh = await Event.get(id=event.id)
    return fresh.confirmed_count, fresh.waitlisted_count, fresh.queue_number


async def recipients() -> list[str]:
    """Whom mail went to, in order."""
    return [mail.recipient for mail in await Mail.all().order_by("id")]


async def test_seats_then_the_waiting_list_then_full(world: World) -> None:
    event = await world.event("Werkstatt", capacity=1)
    world.services = world.services.__class__(**{**vars(world.services), "rules": Rules(waiting_list_limit=2)})
    people = [await world.member(f"P{number}") for number in range(4)]
    payloads = [await done(world, REGISTER, person, id=gid(event)) for person in people[:3]]
    assert [one["registration"]["status"] for one in payloads] == ["CONFIRMED", "WAITLISTED", "WAITLISTED"]
    assert [one["registration"]["waitlistPosition"] for one in payloads] == [None, 1, 2]
    assert payloads[0]["registration"]["event"] == {"title": "Werkstatt", "remainingSeats": 0}
    assert await refused(world, REGISTER, people[3], id=gid(event)) == {"": "FULL"}
    assert await counts(event) == (1, 2, 3)
    assert await told(world) == [("EventSeatsChanged", event.id)] * 3


async def test_an_event_without_a_limit_never_waits_and_one_without_seats_always_does(world: World) -> None:
    person = await world.member()
    assert (await register(world, await world.event("Offen"), person)).status is RegistrationStatus.CONFIRMED
    assert (await register(world, await world.event("Zu", capacity=0), person)).status is RegistrationStatus.WAITLISTED


async def test_who_registers_again_goes_to_the_end_of_the_line(world: World) -> None:
    event = await world.event(capacity=1)
    a, b, c = [await world.member(name) for name in "ABC"]
    for person in (a, b, c):
        await world.account(person)
    rows = [await register(world, event, person) for person in (a, b, c)]
    assert await refused(world, REGISTER, b, id=gid(event)) == {"": "TAKEN"}
    await done(world, GIVE_UP, b, id=gid(rows[1]))
    assert await recipients() == []
    again = await register(world, event, b)
    assert (again.id, again.queue_number, again.status.value) == (rows[1].id, 4, "WAITLISTED")
    assert again.registered_at > rows[1].registered_at
    assert await counts(event) == (1, 2, 4)
    await done(world, GIVE_UP, a, id=gid(rows[0]))
    assert [row.status.value for row in await Registration.all().order_by("member_id")] == [
        "CANCELLED",
        "WAITLISTED",
        "CONFIRMED",
    ]
    assert await recipients() == [(await world.account(c)).email]
    assert await refused(world, GIVE_UP, a, id=gid(rows[0])) == {"": "WRONG_STATE"}
    assert await counts(event) == (1, 1, 4)


@pytest.mark.parametrize(
    "columns",
    [
        {"status": EventStatus.CANCELLED},
        {"starts_at": now() - timedelta(hours=3), "ends_at": now() - timedelta(seconds=1)},
    ],
)
async def test_only_for_what_takes_place_and_is_not_over(world: World, columns: dict[str, Any]) -> None:
    person, event = await world.member(), await world.event("Vorbei", **columns)
    assert await refused(world, REGISTER, person, id=gid(event)) == {"": "WRONG_STATE"}
    row = await Registration.create(event=event, member=person, status="CONFIRMED", queue_number=1)
    await Event.filter(id=event.id).update(confirmed_count=1, queue_number=1)
    assert await refused(world, GIVE_UP, person, id=gid(row)) == {"": "WRONG_STATE"}


async def test_a_running_event_still_takes_registrations(world: World) -> None:
    event = await world.event(starts_at=now() - timedelta(minutes=5))
    row = await register(world, event, person := await world.member())
    await done(world, GIVE_UP, person, id=gid(row))
    assert await counts(event) == (0, 0, 1)


async def test_a_draft_is_not_found_by_others_and_not_open_to_its_host(world: World) -> None:
    host = await world.member()
    draft = await world.event("Entwurf", host, status=EventStatus.DRAFT)
    assert await refused(world, REGISTER, await world.member(), id=gid(draft)) == "NOT_FOUND"
    assert await refused(world, REGISTER, host, id=gid(draft)) == {"": "WRONG_STATE"}
    assert await refused(world, REGISTER, host, id="nonsense") == "NOT_FOUND"
    assert await refused(world, REGISTER, None, id="nonsense") == "UNAUTHENTICATED"


async def test_in_whose_name(world: World) -> None:
    person, stranger, event = await world.member(), await world.member(), await world.event()
    club = await world.organisation(by=person)
    suspended = await world.organisation("Gesperrt", by=person, status=MemberStatus.SUSPENDED)
    office, hidden = await world.office(), await world.member(status=MemberStatus.APPLIED)
    await register(world, event, person, club)
    await register(world, event, person)
    assert await refused(world, REGISTER, person, id=gid(event), memberId=gid(stranger)) == "FORBIDDEN"
    assert await refused(world, REGISTER, person, id=gid(event), memberId=gid(hidden)) == {"memberId": "NOT_FOUND"}
    assert await refused(world, REGISTER, person, id=gid(event), memberId="") == {"memberId": "NOT_FOUND"}
    assert await refused(world, REGISTER, person, id=gid(event), memberId=gid(suspended)) == "FORBIDDEN"
    assert await refused(world, REGISTER, office, id=gid(event)) == {"memberId": "REQUIRED"}
    assert await refused(world, REGISTER, office, id=gid(event), memberId=gid(hidden)) == {"memberId": "WRONG_STATE"}
    await register(world, event, office, stranger)
    assert await counts(event) == (3, 0, 3)


async def test_overlapping_sessions_are_refused_saying_which(world: World) -> None:
    person = await world.member()
    start = now() + timedelta(days=1)
    parent = await world.event("Tag", starts_at=start, ends_at=start + timedelta(hours=8))

    async def session(title: str, begins: float, ends: float, **columns: Any) -> Event:
        columns.setdefault("parent", parent)
        return await world.event(
            title, starts_at=start + timedelta(hours=begins), ends_at=start + timedelta(hours=ends), **columns
        )

    first = await session("Erster", 1, 3, capacity=0)
    taken = await register(world, first, person)
    assert taken.status is RegistrationStatus.WAITLISTED
    other = await world.event("Anderer Tag", starts_at=start, ends_at=start + timedelta(hours=8))
    for clashing in (
        await session("in", 1.5, 2),
        await session("around", 0, 4),
        await session("end", 2.9, 5),
        await session("elsewhere", 2, 4, parent=other),
    ):
        context = await world.context(person)
        answer = await world.data(REGISTER, context, id=gid(clashing))
        assert answer["it"]["registration"] is None
        assert answer["it"]["overlapping"] == {"id": gid(taken), "event": {"title": "Erster"}}
        assert await refused(world, REGISTER, context, id=gid(clashing)) == {"": "OVERLAPPING"}
        assert "Erster" in answer["it"]["userErrors"][0]["message"]
    for fitting in (
        await session("before", 0, 1),
        await session("after", 3, 4),
        parent,
        other,
        await session("no session", 1, 3, parent=None),
    ):
        await register(world, fitting, person)
    later = await session("cancelled", 5, 6)
    await register(world, later, person)
    await Event.filter(id=later.id).update(status=EventStatus.CANCELLED)
    await register(world, await session("instead", 5, 6), person)
    await done(world, GIVE_UP, person, id=gid(taken))
    await register(world, await session("now free", 1, 3), person)


async def test_attendance_is_recorded_by_the_event_s_side_once_it_has_begun(world: World) -> None:
    host, person, waiting = await world.member("Host"), await world.member("P"), await world.member("W")
    event = await world.event("Heute", host, capacity=1)
    row, in_line = await register(world, event, person), await register(world, event, waiting)
    assert await refused(world, ATTEND, host, id=gid(row), attended=True) == {"": "WRONG_STATE"}
    await Event.filter(id=event.id).update(starts_at=now() - timedelta(hours=1))
    assert await refused(world, ATTEND, person, id=gid(row), attended=True) == "FORBIDDEN"
    assert await refused(world, ATTEND, waiting, id=gid(row), attended=True) == "NOT_FOUND"
    assert await refused(world, ATTEND, host, id=gid(in_line), attended=True) == {"": "WRONG_STATE"}
    for attended, status in ((True, "ATTENDED"), (True, "ATTENDED"), (False, "NO_SHOW")):
        payload = await done(world, ATTEND, host, id=gid(row), attended=attended)
        assert payload["registration"]["status"] == status
    assert await refused(world, GIVE_UP, person, id=gid(row)) == {"": "WRONG_STATE"}
    assert await refused(world, REGISTER, person, id=gid(event)) == {"": "TAKEN"}
    assert await counts(event) == (1, 1, 2)
    await Event.filter(id=event.id).update(status=EventStatus.CANCELLED)
    assert await refused(world, ATTEND, host, id=gid(row), attended=True) == {"": "WRONG_STATE"}


async def test_the_event_s_side_may_cancel_a_registration(world: World) -> None:
    host, coordinator, person = await world.member(), await world.member(), await world.member()
    group = await world.group(coordinator=coordinator)
    event = await world.event("Voll", host, group=group)
    for by in (host, coordinator, await world.office()):
        row = await register(world, event, person)
        await done(world, GIVE_UP, by, id=gid(row))
    assert await counts(event) == (0, 0, 3)
    row = await register(world, event, person)
    assert await refused(world, GIVE_UP, await world.member(), id=gid(row)) == "NOT_FOUND"
