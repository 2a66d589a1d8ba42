"""Who gets a seat, and who the next number: every fill of an event, against the rules said once more.

An event of a capacity, with so many seats taken, and a line of members that can take a seat now and such that can't.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product
from typing import Any, TypeVar

import pytest

from models import Event, EventStatus, Mail, Member, MemberStatus, Registration, RegistrationStatus, now
from resolvers.context import Rules
from resolvers.events import seats_and_waiting_list as seats
from resolvers.events.seats_and_waiting_list import fill_seats, fill_seats_again, give_up_place, take_place
from resolvers.user_errors import UserErrors
from schema.declare.ids import global_id
from subscriptions.outbox import Changes
from tests.statements import statements
from tests.world import World

A, S = MemberStatus.ACTIVE, MemberStatus.SUSPENDED
LINES: list[Sequence[MemberStatus]] = [(), (A,), (S,), (S, A, A), (A, A, S, A)]
LONG_AGO = now() - timedelta(days=30)
CONFIRMED, WAITLISTED = RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED
RULES = Rules(waiting_list_limit=4)
Result = TypeVar("Result")


@dataclass
class Filled:
    """An event with its seats and its line, and another one, of which nothing may change."""

    world: World
    event: Event
    line: list[Registration]
    seated: list[Registration]

    async def store(self, work: Callable[[Changes], Awaitable[Result]]) -> Result:
        """Do it in a transaction."""
        return await self.world.services.outbox.write(work)

    async def who(self, status: RegistrationStatus) -> list[int]:
        """The registrations of this status, by number."""
        rows = Registration.filter(event_id=self.event.id, status=status).order_by("queue_number")
        return [row.id for row in await rows]

    async def stored(self) -> tuple[int, int, int]:
        """Seats taken, waiting, and the highest number given, as they are stored."""
        row = await Event.get(id=self.event.id)
        return row.confirmed_count, row.waitlisted_count, row.queue_number


async def filled(
    world: World, capacity: int | None, taken: int, line: Sequence[MemberStatus], **columns: Any
) -> Filled:
    """So many seats taken, and members of these status in line; the numbers are given against the order of the keys."""
    high = taken + len(line)
    columns |= {"confirmed_count": taken, "waitlisted_count": len(line), "queue_number": high}
    event = await world.event(capacity=capacity, **columns)
    seated: list[Registration] = []
    waiting: list[Registration] = []
    for place, status in reversed([*enumerate([A] * taken + list(line), start=1)]):
        member = await world.member(f"M{place}", status)
        await world.account(member)
        row = await Registration.create(
            event=event, member=member, queue_number=place, status=CONFIRMED if place <= taken else WAITLISTED
        )
        (seated if place <= taken else waiting).insert(0, row)
    await Registration.filter(event_id=event.id).update(updated_at=LONG_AGO)
    return Filled(world, event, waiting, seated)


async def another(world: World) -> Registration:
    """Somebody who waits longest of all, for a seat of another event: a free one."""
    event = await world.event("Anderes", capacity=1, waitlisted_count=1, queue_number=1)
    return await Registration.create(event=event, member=await world.member(), status=WAITLISTED, queue_number=0)


def moves_up(one: Filled, capacity: int | None, line: Sequence[MemberStatus]) -> list[Registration]:
    """Who is given a seat: the first of those who can take one now, as many as there are seats."""
    able = [row for row, status in zip(one.line, line, strict=True) if status is A]
    free = len(line) if capacity is None else max(0, capacity - len(one.seated))
    return able[: min(free, len(line))]


@pytest.mark.parametrize("line", LINES, ids=lambda line: "".join(status[0] for status in line) or "none")
@pytest.mark.parametrize("batch", [2, 1000])
async def test_the_first_in_line_who_can_take_a_seat_are_given_those_that_are_free(
    world: World, monkeypatch: pytest.MonkeyPatch, line: Sequence[MemberStatus], batch: int
) -> None:
    monkeypatch.setattr(seats, "_AT_ONCE", batch)
    elsewhere = await another(world)
    for capacity, taken in product((None, 0, 1, 2, 4, 9), (0, 1, 2)):
        if capacity is not None and taken > capacity:
            continue  # the database has no such row
        one = await filled(world, capacity, taken, line)
        first = moves_up(one, capacity, line)
        await Mail.all().delete()
        before = await one.stored()
        with statements() as sent:
            assert await one.store(lambda _changes, one=one: fill_seats(RULES, one.event)) is bool(first)  # type: ignore[misc]
        place = (capacity, taken)
        assert (one.event.confirmed_count, one.event.waitlisted_count) == (
            taken + len(first),
            len(line) - len(first),
        ), place
        assert await one.stored() == before, "its counts are the caller's to store"
        moved = {row.id for row in first}
        assert await one.who(CONFIRMED) == [row.id for row in (*one.seated, *first)], place
        assert await one.who(WAITLISTED) == [row.id for row in one.line if row.id not in moved], place
        for row in await Registration.filter(event_id=one.event.id):
            assert (row.updated_at > LONG_AGO) is (row.id in moved), place
        mails = {mail.recipient for mail in await Mail.all()}
        members = [await Member.get(id=row.member_id) for row in first]
        assert mails == {(await world.account(member)).email for member in members}, place
        assert len([text for text in sent if 'UPDATE "registration"' in text]) == -(-len(first) // batch), place
    await elsewhere.refresh_from_db()
    assert elsewhere.status is WAITLISTED


@pytest.mark.parametrize(
    ("capacity", "taken", "columns"),
    [
        (2, 0, {"status": EventStatus.CANCELLED}),
        (2, 0, {"status": EventStatus.DRAFT}),
        (2, 0, {"starts_at": LONG_AGO, "ends_at": now()}),
        (2, 2, {}),
        (0, 0, {}),
    ],
    ids=["cancelled", "draft", "over", "full", "no seats"],
)
async def test_nobody_moves_up_where_there_is_nothing_to_give_and_nothing_is_asked(
    world: World, capacity: int, taken: int, columns: dict[str, Any]
) -> None:
    one = await filled(world, capacity, taken, (A, A), **columns)
    with statements() as sent:
        assert await fill_seats(RULES, one.event) is False
    assert sent == []
    assert (one.event.confirmed_count, one.event.waitlisted_count) == (taken, 2)


@pytest.mark.parametrize(
    ("capacity", "taken"), [(None, 0), (None, 2), (0, 0), (1, 0), (1, 1), (2, 0), (2, 1), (2, 2), (9, 2)]
)
async def test_a_new_registration_takes_a_seat_or_the_next_number_until_the_line_is_full(
    world: World, capacity: int | None, taken: int
) -> None:
    for line in (0, 1, 3, 4, 5):
        one = await filled(world, capacity, taken, [A] * line)
        new = Registration(event=one.event, member=await world.member())
        one.event.title = "is not stored"
        before, instant = await one.stored(), now()
        has_seat = capacity is None or taken < capacity

        async def take(_changes: Changes, one: Filled = one, new: Registration = new) -> None:
            await take_place(RULES, one.event, new)

        if not has_seat and line >= RULES.waiting_list_limit:
            with pytest.raises(UserErrors) as raised:
                await one.store(take)
            assert [(list(error.path), error.code, bool(error.message)) for error in raised.value.errors] == [
                ([], "FULL", True)
            ]
            assert await one.stored() == before
            continue
        await one.store(take)
        number = taken + line + 1
        assert await one.stored() == (taken + has_seat, line + (not has_seat), number)
        await new.refresh_from_db()
        assert (new.status, new.queue_number) == (CONFIRMED if has_seat else WAITLISTED, number)
        assert new.registered_at == new.updated_at >= instant
        assert (await Event.get(id=one.event.id)).title != "is not stored"


@pytest.mark.parametrize("line", [(A, A, A), (S, A, A)])
async def test_who_gives_up_leaves_the_seat_to_the_first_or_the_place_in_line_to_nobody(
    world: World, line: Sequence[MemberStatus]
) -> None:
    for seated in (True, False):
        one = await filled(world, 2, 2, line)
        leaving = one.seated[0] if seated else one.line[1]
        leaving.registered_at = LONG_AGO + timedelta(days=1)  # is not stored
        one.event.title = "is not stored"
        await one.store(lambda _changes, one=one, row=leaving: give_up_place(RULES, one.event, row))  # type: ignore[misc]
        next_one = [row.id for row, status in zip(one.line, line, strict=True) if status is A][:1] if seated else []
        assert await one.stored() == (2, 2, 5)
        assert await one.who(RegistrationStatus.CANCELLED) == [leaving.id]
        assert await one.who(CONFIRMED) == [*(row.id for row in one.seated if row is not leaving), *next_one]
        row = await Registration.get(id=leaving.id)
        assert row.updated_at > LONG_AGO
        assert row.registered_at != leaving.registered_at
        assert (await Event.get(id=one.event.id)).title != "is not stored"


async def test_who_may_take_seats_again_is_given_those_that_stayed_free(world: World) -> None:
    """Each event in the order of its key, also where it stands in line behind another who can't."""
    back = await world.member("Wieder da")
    free, full, second = [await filled(world, capacity, 1, (S,)) for capacity in (2, 1, 3)]
    calm = await filled(world, 5, 1, (A,))
    for one in (second, full, free):
        await Registration.create(event=one.event, member=back, queue_number=9, status=WAITLISTED)
        one.event.waitlisted_count += 1
        await one.event.save(update_fields=["waitlisted_count"])
    was_there = await world.event("Früher", capacity=9)
    await Registration.create(event=was_there, member=back, queue_number=9, status=RegistrationStatus.CANCELLED)
    with statements() as sent:
        await free.store(lambda changes: fill_seats_again(RULES, changes, back.id))
    given = await Registration.filter(member_id=back.id, status=CONFIRMED).order_by("event_id")
    assert [row.event_id for row in given] == [free.event.id, second.event.id]
    assert [await one.stored() for one in (free, full, second)] == [(2, 1, 2), (1, 2, 2), (2, 1, 2)]
    assert await calm.stored() == (1, 1, 2)
    assert [(one.kind, one.facts) for one in await world.told()] == [
        ("EventSeatsChanged", {"event_id": one.event.id}) for one in (free, second)
    ]
    read = [text for text in sent if 'FROM "event"' in text]
    assert len(read) == 3, "one where it waits, be a seat free or not, and no other"


async def test_whom_the_office_reinstates_is_given_the_seat_that_stayed_free(world: World) -> None:
    member, office = await world.member("Wieder da", S), await world.office()
    address = (await world.account(member)).email
    one = await filled(world, 3, 1, (S, A))
    waiting = await Registration.create(event=one.event, member=member, queue_number=9, status=WAITLISTED)
    await Event.filter(id=one.event.id).update(waitlisted_count=3)
    document = "mutation($id: ID!) { it: reinstateMember(id: $id) { userErrors { code } } }"
    assert await world.data(document, office, id=global_id("Member", member.id)) == {"it": {"userErrors": []}}
    assert await one.who(CONFIRMED) == [one.seated[0].id, one.line[1].id, waiting.id]
    assert await one.stored() == (3, 1, 3)
    told = [(change.kind, change.facts) for change in await world.told()]
    assert told == [
        ("MemberChanged", {"member_id": member.id}),
        ("EventSeatsChanged", {"event_id": one.event.id}),
    ]
    seat, back = await Mail.filter(recipient=address).order_by("id")
    assert seat.subject.startswith("Platz frei geworden")
    assert member.name in back.subject
