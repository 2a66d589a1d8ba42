"""Seats, which are a promise: never more than the capacity, the waiting list in the order of its numbers.

Whoever calls anything here holds the lock of the event's row (`auth.access.rows.locked`), so that of an event one
transaction at a time gives or frees seats, in the order in which they commit.
"""

from typing import cast

from auth.access.rows import EVERYTHING, locked
from models import Event, EventStatus, MemberStatus, Registration, RegistrationStatus, now
from resolvers.context import Rules
from resolvers.events.mails import tell_of_a_seat
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from subscriptions.changes import EventSeatsChanged
from subscriptions.outbox import Changes

# How many rows a statement names.
_AT_ONCE = 1000


def is_over(event: Event) -> bool:
    """Whether the event has ended."""
    return bool(event.ends_at <= now())


async def take_place(rules: Rules, event: Event, registration: Registration) -> None:
    """Give the registration, new or cancelled before, a seat, or the next number in line, and store both rows.

    Raises `UserErrors` with FULL where the waiting list is as long as allowed.
    """
    if event.capacity is None or event.confirmed_count < event.capacity:
        registration.status = RegistrationStatus.CONFIRMED
        event.confirmed_count += 1
    elif event.waitlisted_count < rules.waiting_list_limit:
        registration.status = RegistrationStatus.WAITLISTED
        event.waitlisted_count += 1
    else:
        raise refuse((), UserErrorCode.FULL, _("There is no seat left, and the waiting list is full."))
    event.queue_number += 1
    registration.queue_number = event.queue_number
    registration.registered_at = registration.updated_at = now()
    await registration.save()
    await _store(event)


async def give_up_place(rules: Rules, event: Event, registration: Registration) -> None:
    """Cancel a registration that is CONFIRMED or WAITLISTED; the first in line gets the seat. Stores the rows."""
    if registration.status is RegistrationStatus.CONFIRMED:
        event.confirmed_count -= 1
    else:
        event.waitlisted_count -= 1
    registration.status = RegistrationStatus.CANCELLED
    registration.updated_at = now()
    await registration.save(update_fields=["status", "updated_at"])
    await fill_seats(rules, event)
    await _store(event)


async def fill_seats(rules: Rules, event: Event) -> bool:
    """Confirm who waits, first come first served, as far as there are seats, with a mail to each; whether anybody was.

    Who can't take a seat now, suspended or gone, is passed over and keeps the place. The counts of `event` are changed,
    but not stored. Nobody moves up once the event is over or cancelled.
    """
    free = event.waitlisted_count
    if event.capacity is not None:
        free = min(free, event.capacity - event.confirmed_count)
    if free <= 0 or event.status is not EventStatus.PUBLISHED or is_over(event):
        return False
    waiting = Registration.filter(
        event_id=event.id, status=RegistrationStatus.WAITLISTED, member__status=MemberStatus.ACTIVE
    )
    first = await waiting.order_by("queue_number").limit(free)
    for start in range(0, len(first), _AT_ONCE):
        keys = [row.id for row in first[start : start + _AT_ONCE]]
        await Registration.filter(id__in=keys).update(status=RegistrationStatus.CONFIRMED, updated_at=now())
    event.confirmed_count += len(first)
    event.waitlisted_count -= len(first)
    await tell_of_a_seat(rules, event, [row.member_id for row in first if row.member_id])
    return bool(first)


async def fill_seats_again(rules: Rules, changes: Changes, member_id: int) -> None:
    """After a member that was suspended may take seats again: those that stayed free where it waits are given.

    Each event that it waits for is locked, be a seat free or not: one that is just being given up is free only when
    who gives it up has ended.
    """
    waits = Registration.filter(member_id=member_id, status=RegistrationStatus.WAITLISTED)
    for key in await waits.order_by("event_id").values_list("event_id", flat=True):
        event = await locked(Event, EVERYTHING, cast("int", key))
        if await fill_seats(rules, event):
            await _store(event)
            changes.tell(EventSeatsChanged(event.id))


async def _store(event: Event) -> None:
    await event.save(update_fields=["confirmed_count", "waitlisted_count", "queue_number"])
