"""Registrations: taking a seat or a place in line, giving it up, and who was there."""

from collections.abc import Sequence
from datetime import datetime

from tortoise.expressions import RawSQL
from tortoise.queryset import QuerySet

from auth.access.events import (
    event_to_register_for,
    registration_to_cancel,
    registration_to_record,
    visible_events,
    visible_registrations,
)
from auth.access.members import visible_members
from auth.access.rows import EVERYTHING, ForeignKeyRelation, locked, seen_by_keys
from models import Event, EventStatus, Member, MemberStatus, Registration, RegistrationStatus, now
from resolvers.acting_member import acting_member
from resolvers.context import Context
from resolvers.events.seats_and_waiting_list import give_up_place, is_over, take_place
from resolvers.limits.quotas import REGISTRATIONS, must_have_room
from resolvers.translation import _
from resolvers.user_errors import UserError, UserErrorCode, UserErrors, refuse
from resolvers.versioned import change
from subscriptions.changes import EventSeatsChanged
from subscriptions.outbox import Changes

# States in which somebody means to come.
OPEN = (RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED)

_AHEAD = """(SELECT COUNT(*) FROM "registration" AS "ahead" WHERE "ahead"."event_id" = "registration"."event_id"
AND "ahead"."status" = 'WAITLISTED' AND "ahead"."queue_number" < "registration"."queue_number")"""


async def registrations_by_id(
    ctx: Context, keys: Sequence[int], columns: frozenset[str] = frozenset()
) -> dict[int, Registration]:
    """The rows of these keys that the viewer may see, by key."""
    return await seen_by_keys(Registration, visible_registrations, ctx.viewer, keys, columns)


# The event of each registration, and who is registered, as far as the viewer may see them.
registration_event = ForeignKeyRelation(Event, visible_events, "event_id")
registration_member = ForeignKeyRelation(Member, visible_members, "member_id")


async def registration_waitlist_position(
    ctx: Context, parents: Sequence[Registration], columns: frozenset[str]
) -> list[int | None]:
    """The place on the waiting list, from 1, of each registration that is on one."""
    waiting = [row.id for row in parents if row.status is RegistrationStatus.WAITLISTED]
    if not waiting:
        return [None] * len(parents)
    counted = Registration.filter(id__in=waiting).annotate(ahead=RawSQL(_AHEAD))
    ahead = dict(await counted.values_list("id", "ahead"))
    return [ahead[row.id] + 1 if row.id in ahead else None for row in parents]


async def register(ctx: Context, event_id: int | None, member_id: int | None) -> Registration:
    """Register a member, the viewer's own where none is named: CONFIRMED, or WAITLISTED where no seat is left.

    Raises `NotFound`, `Forbidden`, and `UserErrors`: WRONG_STATE for an event that isn't published or is over, TAKEN
    for who is registered already, OVERLAPPING (with the other registration), FULL.
    """

    async def find() -> Member:
        await event_to_register_for(ctx.viewer, event_id)
        return await acting_member(ctx, member_id, "memberId")

    async def act(changes: Changes, member: Member) -> Registration:
        # Of a member, one transaction at a time registers: two sessions at once can't both find no overlap.
        member = await locked(Member, EVERYTHING, member.id)
        if member.status is not MemberStatus.ACTIVE:  # suspended since the request began
            raise refuse(("memberId",), UserErrorCode.WRONG_STATE, _("This member is not active."))
        event = await locked(Event, visible_events(ctx.viewer), event_id)
        _must_take_place(event)
        registration = await Registration.get_or_none(event_id=event.id, member_id=member.id)
        if registration is not None and registration.status is not RegistrationStatus.CANCELLED:
            raise refuse((), UserErrorCode.TAKEN, _("There is a registration for this already."))
        await _must_not_overlap(event, member)
        await must_have_room(ctx.viewer, ctx.rules.quotas.registrations, REGISTRATIONS, member.id)
        registration = registration or Registration(event_id=event.id, member_id=member.id)
        await take_place(ctx.rules, event, registration)
        changes.tell(EventSeatsChanged(event.id))
        return registration

    return await change(ctx, find, act)


def _must_take_place(event: Event) -> None:
    if event.status is not EventStatus.PUBLISHED or event.withheld_at is not None:
        raise refuse((), UserErrorCode.WRONG_STATE, _("This event is not open for registration."))
    _must_not_be_over(event)


def _must_not_be_cancelled(event: Event) -> None:
    if event.status is not EventStatus.PUBLISHED:  # nobody registers for a draft
        raise refuse((), UserErrorCode.WRONG_STATE, _("This event was cancelled."))


def _must_not_be_over(event: Event) -> None:
    if is_over(event):
        raise refuse((), UserErrorCode.WRONG_STATE, _("This event is over."))


def open_sessions_of(member_id: int, since: datetime, until: datetime) -> QuerySet[Registration]:
    """A member's registrations for sessions that take place between these instants."""
    return Registration.filter(
        member_id=member_id,
        status__in=OPEN,
        event__parent_id__isnull=False,
        event__status=EventStatus.PUBLISHED,
        event__starts_at__lt=until,
        event__ends_at__gt=since,
    )


async def _must_not_overlap(event: Event, member: Member) -> None:
    """Nobody sits in two sessions at once. An event and the sessions inside it are no two."""
    if event.parent_id is None:
        return
    other = (
        await open_sessions_of(member.id, event.starts_at, event.ends_at)
        .exclude(event_id=event.id)
        .order_by("event__starts_at", "id")
        .select_related("event")
        .first()
    )
    if other is not None:
        text = _("At this time there is a registration for “{title}” already.")
        error = UserError((), UserErrorCode.OVERLAPPING, text, {"title": other.event.title})
        raise UserErrors([error], overlapping=other)


async def cancel_registration(ctx: Context, registration_id: int | None) -> Registration:
    """Give up a seat or a place in line, by the member's side or who acts for the event; the first in line moves up.

    Raises `NotFound`, `Forbidden`, and `UserErrors` with WRONG_STATE where there is nothing to give up any more.
    """

    async def act(changes: Changes, held: tuple[Event, Registration]) -> Registration:
        event, registration = held
        if registration.status not in OPEN:
            raise refuse((), UserErrorCode.WRONG_STATE, _("This registration can't be cancelled any more."))
        _must_not_be_cancelled(event)
        _must_not_be_over(event)
        await give_up_place(ctx.rules, event, registration)
        changes.tell(EventSeatsChanged(event.id))
        return registration

    return await change(ctx, lambda: registration_to_cancel(ctx.viewer, registration_id), act)


async def record_attendance(ctx: Context, registration_id: int | None, attended: bool) -> Registration:
    """Record whether somebody with a seat came, by who acts for the event, once it has begun.

    Raises `NotFound`, `Forbidden`, and `UserErrors` with WRONG_STATE.
    """
    status = RegistrationStatus.ATTENDED if attended else RegistrationStatus.NO_SHOW

    async def act(changes: Changes, held: tuple[Event, Registration]) -> Registration:
        event, registration = held
        _must_not_be_cancelled(event)
        if event.starts_at > now():
            raise refuse((), UserErrorCode.WRONG_STATE, _("This event has not begun yet."))
        if registration.status in (RegistrationStatus.CANCELLED, RegistrationStatus.WAITLISTED):
            raise refuse((), UserErrorCode.WRONG_STATE, _("This registration has no seat."))
        if registration.status is not status:
            registration.status, registration.updated_at = status, now()
            await registration.save(update_fields=["status", "updated_at"])
        return registration

    return await change(ctx, lambda: registration_to_record(ctx.viewer, registration_id), act)
