"""The states of an event: DRAFT, then PUBLISHED, then perhaps CANCELLED. None leads back."""

from collections.abc import Sequence

from auth.access.events import event_to_act_for, event_to_change
from auth.access.rows import EVERYTHING, locked
from models import Event, EventStatus, Group, Registration, now
from resolvers.changing import change
from resolvers.context import Context
from resolvers.errors import UserErrorCode, refuse
from resolvers.events.mails import tell_of_cancellation
from resolvers.events.registrations import OPEN
from resolvers.events.seats import is_over
from resolvers.inputs import Check
from resolvers.language import _
from subscriptions.changes import EventCancelled, EventPublished, GroupEventScheduled
from subscriptions.outbox import Changes


async def publish_event(ctx: Context, event_id: int | None) -> Event:
    """Publish a draft, and with it the drafts of its sessions.

    Raises `NotFound`, `Forbidden`, and `UserErrors` with WRONG_STATE for what is no draft, and for a session whose
    parent isn't published.
    """

    async def act(changes: Changes, seen: Event) -> Event:
        await _touch_groups(seen)
        parent = await locked(Event, EVERYTHING, seen.parent_id) if seen.parent_id else None
        event = await locked(Event, EVERYTHING, seen.id)
        if event.status is not EventStatus.DRAFT:
            raise refuse((), UserErrorCode.WRONG_STATE, _("Only a draft can be published."))
        if parent is not None and parent.status is not EventStatus.PUBLISHED:
            raise refuse((), UserErrorCode.WRONG_STATE, _("The event that it belongs to is not published."))
        for one in (event, *await _locked_sessions(event, EventStatus.DRAFT)):
            await _become(one, EventStatus.PUBLISHED)
            changes.tell(EventPublished(one.id))
            if one.group_id is not None:
                changes.tell(GroupEventScheduled(one.group_id, one.id))
        return event

    # Not locked yet: groups are locked before events.
    return await change(ctx, lambda: event_to_act_for(ctx.viewer, event_id), act)


async def cancel_event(ctx: Context, event_id: int | None, reason: str) -> Event:
    """Cancel what was published, its sessions too, and write to everybody who was registered.

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
        registered = await Registration.filter(
            event_id__in=[one.id for one in cancelled], status__in=OPEN, member_id__isnull=False
        ).order_by("queue_number", "id")
        await tell_of_cancellation(ctx.rules, event, [row.member_id for row in registered if row.member_id])
        return event

    return await change(ctx, lambda: event_to_change(ctx.viewer, event_id), act, check)


async def _locked_sessions(event: Event, status: EventStatus) -> Sequence[Event]:
    return await Event.filter(parent_id=event.id, status=status).order_by("id").select_for_update(no_key=True)


async def _become(event: Event, status: EventStatus) -> None:
    event.status = status
    event.version += 1
    event.updated_at = now()
    await event.save(update_fields=["status", "status_reason", "version", "updated_at"])


async def _touch_groups(event: Event) -> None:
    """The groups of what is going to be published were active just now. Before events are locked: see `locked`."""
    groups = {event.group_id, *await Event.filter(parent_id=event.id).values_list("group_id", flat=True)} - {None}
    if groups:
        await Group.filter(id__in=list(groups)).update(active_at=now())
