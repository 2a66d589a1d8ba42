"""The states of an event: DRAFT, then PUBLISHED, then perhaps CANCELLED. None leads back."""

from collections.abc import Sequence
from typing import cast

from tortoise.expressions import Q

from auth.access.events import event_to_act_for, event_to_change, is_another_s
from auth.access.rows import EVERYTHING, locked
from models import Event, EventStatus, Group, GroupStatus, MemberStatus, Registration, now
from resolvers.context import Context
from resolvers.events.mails import tell_of_cancellation
from resolvers.events.registrations import OPEN
from resolvers.events.seats_and_waiting_list import is_over
from resolvers.inputs.validation import Check
from resolvers.mail.letters import letter_to, sides_of
from resolvers.search.indexing import delete_row
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import change, raise_version
from subscriptions.changes import EventCancelled, EventDeleted, EventPublished, GroupEventScheduled
from subscriptions.outbox import Changes


async def publish_event(ctx: Context, event_id: int | None) -> Event:
    """Publish a draft, and with it the drafts of its sessions, but for those whose host or group may not now.

    Raises `NotFound`, `Forbidden`, and `UserErrors` with WRONG_STATE for what is no draft, and for a session whose
    parent isn't published.
    """

    async def act(changes: Changes, seen: Event) -> Event:
        await _touch_groups(seen)
        parent = await locked(Event, EVERYTHING, seen.parent_id) if seen.parent_id else None
        event = await locked(Event, EVERYTHING, seen.id)
        changes.watch(event)
        if event.status is not EventStatus.DRAFT:
            raise refuse((), UserErrorCode.WRONG_STATE, _("Only a draft can be published."))
        if parent is not None and parent.status is not EventStatus.PUBLISHED:
            raise refuse((), UserErrorCode.WRONG_STATE, _("The event that it belongs to is not published."))
        await _must_be_backed(event)
        for one in (event, *await _locked_sessions(event, EventStatus.DRAFT, _BACKED)):
            await _become(one, EventStatus.PUBLISHED)
            changes.tell(EventPublished(one.id))
            if one.group_id is not None:
                changes.tell(GroupEventScheduled(one.group_id, one.id))
        return event

    # Not locked yet: groups are locked before events.
    return await change(ctx, lambda: event_to_act_for(ctx.viewer, event_id), act)


async def delete_event_draft(ctx: Context, event_id: int | None) -> int:
    """Delete a draft, and the drafts of its sessions, for good; its key.

    Raises `NotFound`, `Forbidden`, and `UserErrors` with WRONG_STATE for what was published.
    """

    async def act(changes: Changes, event: Event) -> int:
        if event.status is not EventStatus.DRAFT:
            message = _("Only a draft that was never published can be deleted.")
            raise refuse((), UserErrorCode.WRONG_STATE, message)
        # Of what was never published, nothing is.
        for one in (*await _locked_sessions(event, EventStatus.DRAFT), event):
            await delete_row(one)
            changes.tell(EventDeleted(one.id))
        return event.id

    return await change(ctx, lambda: event_to_change(ctx.viewer, event_id), act)


async def cancel_event(ctx: Context, event_id: int | None, reason: str) -> Event:
    """Cancel what was published, its sessions too, and write to everybody who was registered; and to its host's side
    where the office does that.

    Registrations stay as they are: they say who was going to come. Raises `NotFound`, `Forbidden`, and `UserErrors`:
    those of the reason, WRONG_STATE for what isn't published or is over.
    """
    check = Check()
    text = check.text("reason", {"reason": reason}, longest=1000, required=True)

    async def act(changes: Changes, event: Event) -> Event:
        if event.status is not EventStatus.PUBLISHED:
            raise refuse((), UserErrorCode.WRONG_STATE, _("Only a published event can be cancelled."))
        if is_over(event):
            raise refuse((), UserErrorCode.WRONG_STATE, _("This event is over."))
        cancelled = (event, *await _locked_sessions(event, EventStatus.PUBLISHED))
        for one in cancelled:
            one.status_reason = text
            await _become(one, EventStatus.CANCELLED)
            changes.tell(EventCancelled(one.id))
        registered = await Registration.filter(event_id__in=[one.id for one in cancelled], status__in=OPEN).order_by(
            "queue_number", "id"
        )
        await tell_of_cancellation(ctx.rules, event, [row.member_id for row in registered if row.member_id])
        if is_another_s(ctx.viewer, event):
            said = _("The coordination office has cancelled {what}.")
            await letter_to(ctx.rules, await sides_of(event), _("Cancelled: {title}"), event, said, reason=text)
        return event

    return await change(ctx, lambda: event_to_change(ctx.viewer, event_id), act, check)


# What a draft belongs to may have changed since it was made: a host that may not act now publishes nothing, and nothing
# new comes into a closed group.
_BACKED = (Q(host_id__isnull=True) | Q(host__status=MemberStatus.ACTIVE)) & (
    Q(group_id__isnull=True) | Q(group__status__in=[one for one in GroupStatus if one is not GroupStatus.CLOSED])
)


async def _must_be_backed(event: Event) -> None:
    if await Event.filter(_BACKED, id=event.id).exists():
        return
    if await Group.filter(id=event.group_id, status=GroupStatus.CLOSED).exists():
        raise refuse((), UserErrorCode.WRONG_STATE, _("This group is closed."))
    raise refuse((), UserErrorCode.WRONG_STATE, _("This member is not active."))


async def _locked_sessions(event: Event, status: EventStatus, those: Q = EVERYTHING) -> Sequence[Event]:
    keys = await Event.filter(those, parent_id=event.id, status=status).values_list("id", flat=True)
    sessions = Event.filter(id__in=cast("list[int]", keys), status=status)
    return await sessions.order_by("id").select_for_update(no_key=True) if keys else []


async def _become(event: Event, status: EventStatus) -> None:
    event.status = status
    raise_version(event)
    await event.save(update_fields=["status", "status_reason", "version", "updated_at"])


async def _touch_groups(event: Event) -> None:
    """The groups of what is going to be published were active just now. Before events are locked: see `locked`."""
    groups = {event.group_id, *await Event.filter(parent_id=event.id).values_list("group_id", flat=True)} - {None}
    if groups:
        await Group.filter(id__in=list(groups)).exclude(status=GroupStatus.CLOSED).update(active_at=now())
