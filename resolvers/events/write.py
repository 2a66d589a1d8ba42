"""Making events and changing them."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from auth.access.events import (
    event_to_add_to,
    event_to_change,
    group_to_hold_event,
    may_leave_out_host,
    must_be_able_to_create_events,
)
from auth.access.rows import EVERYTHING, locked
from auth.refusals import NotFound
from models import Event, EventStatus, EventTopic, GroupStatus
from resolvers.acting_member import acting_member
from resolvers.context import Context
from resolvers.events.seats_and_waiting_list import fill_seats
from resolvers.inputs.columns import chosen, line, number, text, url, venue
from resolvers.inputs.validation import Check, Values
from resolvers.translation import _, _n
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import Versioned, judge_new, update
from subscriptions.changes import Change, EventSeatsChanged, EventUpdated
from subscriptions.outbox import Changes

_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
_LATEST = datetime(2101, 1, 1, tzinfo=UTC)
_LONGEST = timedelta(days=366)
_MOST_SEATS = 100_000


@cache
def time_zones() -> frozenset[str]:
    """The names of IANA's zones, from the database that the server itself brings, whatever the machine's says."""
    return frozenset((files("tzdata") / "zones").read_text().split()) - {"Factory"}


async def create_event(ctx: Context, values: Values) -> Event:
    """Make a draft. `host_id`, `group_id` and `parent_id` in `values` are keys of rows.

    Raises `Forbidden` where the viewer may not act for the host, the group or the parent, and `UserErrors`.
    """
    must_be_able_to_create_events(ctx.viewer)
    new = await judge_new(EVENTS, values)
    _judge_times(new.check, values, new.columns["starts_at"], new.columns["ends_at"])

    async def work(changes: Changes) -> Event:
        wrong = new.check.again()
        host_id = await wrong.found(_host(ctx, values.get("host_id")))
        group_id = await wrong.found(_group(ctx, values.get("group_id")))
        parent = await wrong.found(_parent(ctx, values.get("parent_id")))
        wrong.done()
        event = new.row(host_id=host_id, group_id=group_id, parent_id=parent and parent.id)
        if parent is not None:
            _must_lie_within(event, parent)
        return await new.insert(event)

    return await ctx.outbox.write(work)


async def update_event(ctx: Context, event_id: int | None, values: Values) -> Event:
    """Change the fields that stand in `values`; more seats go to who waits, in order.

    Raises `NotFound`, `Forbidden`, and `UserErrors`: CONFLICT with the event as it is now, WRONG_STATE for one that was
    cancelled or whose sessions would lie outside of it, OUT_OF_RANGE for times and seats.
    """
    return await update(ctx, event_id, values, EVENTS)


# ---------------------------------------------------------------- what was typed


async def _instant(check: Check, name: str, values: Values) -> dict[str, Any]:
    columns = await chosen()(check, name, values)
    if values[name] is not None and not _EARLIEST <= values[name] < _LATEST:
        check.fail(name, UserErrorCode.OUT_OF_RANGE, _("Please choose a time in the years 2000 to 2100."))
    return columns


async def _time_zone(check: Check, name: str, values: Values) -> dict[str, Any]:
    zone = check.text(name, values, longest=64, required=True)
    if zone and zone not in time_zones():
        check.fail(name, UserErrorCode.INVALID, _("This is no time zone, such as Europe/Berlin."))
    return {name: zone}


def _judge_times(check: Check, values: Values, starts_at: datetime | None, ends_at: datetime | None) -> None:
    """An event ends after it starts, and within 366 days. Where both were given, the end is at fault."""
    if starts_at is None or ends_at is None:
        return
    name = "ends_at" if "ends_at" in values else "starts_at"
    if ends_at <= starts_at:
        check.fail(name, UserErrorCode.OUT_OF_RANGE, _("The end must be after the start."))
    elif ends_at - starts_at > _LONGEST:
        check.fail(name, UserErrorCode.OUT_OF_RANGE, _("An event lasts 366 days at most."))


# ---------------------------------------------------------------- what it belongs to


async def _host(ctx: Context, host_id: int | None) -> int | None:
    """The host: a member that the viewer acts for, by default their own; an account of the office may name none."""
    if host_id is None and may_leave_out_host(ctx.viewer):
        return None
    return (await acting_member(ctx, host_id, "input", "hostId")).id


async def _group(ctx: Context, group_id: int | None) -> int | None:
    """The group that holds it: one that the viewer coordinates, and that isn't closed."""
    if group_id is None:
        return None
    path = ("input", "groupId")
    try:
        group = await group_to_hold_event(ctx.viewer, group_id)
    except NotFound:
        raise refuse(path, UserErrorCode.NOT_FOUND, _("There is no such group.")) from None
    if group.status is GroupStatus.CLOSED:
        raise refuse(path, UserErrorCode.WRONG_STATE, _("This group is closed."))
    return group.id


async def _parent(ctx: Context, parent_id: int | None) -> Event | None:
    """The event that a session belongs to: locked, so that it keeps its times until the session is stored."""
    if parent_id is None:
        return None
    path = ("input", "parentId")
    try:
        parent = await event_to_add_to(ctx.viewer, parent_id)
    except NotFound:
        raise refuse(path, UserErrorCode.NOT_FOUND, _("There is no such event.")) from None
    if parent.parent_id is not None:
        raise refuse(path, UserErrorCode.INVALID, _("A session can't have sessions of its own."))
    if parent.status is EventStatus.CANCELLED:
        raise refuse(path, UserErrorCode.WRONG_STATE, _("This event was cancelled."))
    return parent


def _must_lie_within(event: Event, parent: Event) -> None:
    check = Check("input")
    if event.starts_at < parent.starts_at:
        check.fail("starts_at", UserErrorCode.OUT_OF_RANGE, _("The event that it belongs to starts later."))
    if event.ends_at > parent.ends_at:
        check.fail("ends_at", UserErrorCode.OUT_OF_RANGE, _("The event that it belongs to ends earlier."))
    check.done()


# ---------------------------------------------------------------- what may change


def _must_be_changeable(ctx: Context, event: Event, columns: Values) -> None:
    if event.status is EventStatus.CANCELLED:
        raise refuse((), UserErrorCode.WRONG_STATE, _("This event was cancelled."))


async def _settle(ctx: Context, event: Event, changed: Collection[str], values: Values) -> None:
    """Hold the times in order; give seats that have become free to who waits."""
    if {"starts_at", "ends_at"} & set(changed):
        await _judge_new_times(event, values)
    if "capacity" in changed:
        _judge_capacity(event)
        await fill_seats(ctx.rules, event)


async def _judge_new_times(event: Event, values: Values) -> None:
    check = Check("input")
    _judge_times(check, values, event.starts_at, event.ends_at)
    check.done()
    if event.parent_id is not None:
        _must_lie_within(event, await locked(Event, EVERYTHING, event.parent_id))
    text = _("There are sessions outside of this time: please move them first.")
    sessions = Event.filter(parent_id=event.id).exclude(status=EventStatus.CANCELLED)
    if await sessions.filter(starts_at__lt=event.starts_at).exists():
        check.fail("starts_at", UserErrorCode.WRONG_STATE, text)
    if await sessions.filter(ends_at__gt=event.ends_at).exists():
        check.fail("ends_at", UserErrorCode.WRONG_STATE, text)
    check.done()


def _judge_capacity(event: Event) -> None:
    if event.capacity is not None and event.capacity < event.confirmed_count:
        raise refuse(
            ("input", "capacity"),
            UserErrorCode.OUT_OF_RANGE,
            _n("{taken} seat is taken already.", "{taken} seats are taken already.", "taken"),
            taken=event.confirmed_count,
        )


def _told(event: Event, changed: Collection[str]) -> list[Change]:
    """Of what is published; nobody follows a draft."""
    if event.status is not EventStatus.PUBLISHED:
        return []
    seats: list[Change] = [EventSeatsChanged(event.id)] if "capacity" in changed else []
    return [EventUpdated(event.id), *seats]


EVENTS = Versioned(
    Event,
    shown_as="event",
    named_by="title",
    columns={
        "title": line(longest=200, shortest=3, required=True),
        "description": text(longest=20_000, required=True),
        "kind": chosen(),
        "starts_at": _instant,
        "ends_at": _instant,
        "time_zone": _time_zone,
        "online_url": url,
        "capacity": number(lowest=0, highest=_MOST_SEATS),
        "venue": venue,
    },
    topics=(EventTopic, "event_id"),
    find=event_to_change,
    possible=_must_be_changeable,
    settle=_settle,
    told=_told,
)
