"""Why the viewer can't do something about events, said before they try: what the mutation would refuse."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from auth.access.events import may_update_event
from auth.access.members import obstacle_by_right, obstacle_to_take_part
from auth.refusals import Obstacle
from models import Event, EventStatus, Registration, RegistrationStatus
from resolvers.context import Context, Rules
from resolvers.events.registrations import open_sessions_of


async def event_viewer_can_register(
    ctx: Context, parents: Sequence[Event], columns: frozenset[str], member_id: int | None = None
) -> list[bool]:
    """Whether `register` would take the viewer's own member, or the one that they name, but for quotas."""
    return [one is None for one in await event_viewer_can_register_reason(ctx, parents, columns, member_id)]


async def event_viewer_can_register_reason(
    ctx: Context, parents: Sequence[Event], columns: frozenset[str], member_id: int | None = None
) -> list[Obstacle | None]:
    """Why it wouldn't; None where it would. Two statements at most, however many events."""
    obstacle = await obstacle_to_take_part(ctx.viewer, member_id)
    if obstacle is not None:
        return [obstacle] * len(parents)
    member_id = ctx.viewer.member_id if member_id is None else member_id
    instant = ctx.this_instant()
    made = Registration.filter(event_id__in=[event.id for event in parents], member_id=member_id)
    held = made.exclude(status=RegistrationStatus.CANCELLED)
    taken = set(cast("list[int]", await held.values_list("event_id", flat=True)))
    sessions = [event for event in parents if event.parent_id is not None]
    others: list[Registration] = []
    if member_id is not None and sessions:
        until, since = max(one.ends_at for one in sessions), min(one.starts_at for one in sessions)
        others = await open_sessions_of(member_id, since, until).select_related("event")
    return [_obstacle(ctx.rules, event, instant, taken, others) for event in parents]


def _obstacle(
    rules: Rules, event: Event, instant: datetime, taken: set[int], others: Sequence[Registration]
) -> Obstacle | None:
    """In the order in which the mutation refuses."""
    if event.status is not EventStatus.PUBLISHED or event.withheld_at is not None:
        return Obstacle.WRONG_STATE
    if event.ends_at <= instant:
        return Obstacle.OVER
    if event.id in taken:
        return Obstacle.TAKEN
    if event.parent_id is not None and any(_overlaps(event, other) for other in others):
        return Obstacle.OVERLAPPING
    is_full = event.capacity is not None and event.confirmed_count >= event.capacity
    return Obstacle.FULL if is_full and event.waitlisted_count >= rules.waiting_list_limit else None


def _overlaps(event: Event, other: Registration) -> bool:
    at = other.event
    return at.id != event.id and at.starts_at < event.ends_at and at.ends_at > event.starts_at


async def event_viewer_can_update_reason(
    ctx: Context, parents: Sequence[Event], columns: frozenset[str]
) -> list[Obstacle | None]:
    """Why the viewer may not change each; None where they may."""
    why = obstacle_by_right(ctx.viewer)
    return [None if may_update_event(ctx.viewer, event) else why for event in parents]
