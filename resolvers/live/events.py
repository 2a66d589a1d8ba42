"""Every change of one event, or of all."""

from collections.abc import AsyncGenerator

from auth.access.events import visible_events
from auth.access.rows import seen_by_keys
from auth.refusals import NotFound
from models import Event
from resolvers.context import Context
from resolvers.live import updates
from resolvers.live.rights import may_change_rights
from resolvers.live.updates import EventChangeKind
from resolvers.live.watch import Watch
from subscriptions import changes

_KINDS: dict[type[changes.Change], EventChangeKind] = {
    changes.EventPublished: EventChangeKind.PUBLISHED,
    changes.EventUpdated: EventChangeKind.UPDATED,
    changes.EventCancelled: EventChangeKind.CANCELLED,
    changes.EventSeatsChanged: EventChangeKind.SEATS_CHANGED,
    changes.EventWithheld: EventChangeKind.UPDATED,  # to who sees it nevertheless
    changes.EventReturned: EventChangeKind.PUBLISHED,
    changes.EventDeleted: EventChangeKind.REMOVED,
}


async def event_changed(
    ctx: Context, id: int | None = None, after: str | None = None
) -> AsyncGenerator[updates.EventChanged, None]:
    """Every change of one event, until it is gone from the viewer's sight; or of all that they may see.

    Raises `NotFound` where the one event is out of sight now.
    """
    watch = await Watch.resume(ctx, after)
    if id is None:
        return _of_all(watch)
    if not watch.goes_on and not await seen_by_keys(Event, visible_events, ctx.viewer, [id]):
        raise NotFound
    return _of_one(watch, id)


async def _of_all(watch: Watch) -> AsyncGenerator[updates.EventChanged, None]:
    async with watch.changes() as changed:
        async for logged in changed:
            kind = _KINDS.get(type(logged.change))
            if kind is None or not isinstance(logged.change, changes.EventChange):
                continue
            if isinstance(logged.change, changes.EventDeleted):  # a draft, of which nobody was told that there is one
                continue
            key = logged.change.event_id
            cursor = await watch.look(logged)
            event = await watch.seen(Event, visible_events, key)
            if event is None and isinstance(logged.change, changes.EventWithheld):
                kind = EventChangeKind.REMOVED
            if event is not None or kind is EventChangeKind.REMOVED:
                yield updates.EventChanged(cursor, logged.occurred_at, kind, key, event)


async def _of_one(watch: Watch, key: int) -> AsyncGenerator[updates.EventChanged, None]:
    async with watch.changes() as changed:
        async for logged in changed:
            change = logged.change
            kind = None
            if isinstance(change, changes.EventChange) and change.event_id == key:
                kind = _KINDS.get(type(change))
            if kind is None and not may_change_rights(change, watch.ctx.viewer):
                continue
            cursor = await watch.look(logged)
            event = await watch.seen(Event, visible_events, key)
            if event is None:
                yield updates.EventChanged(cursor, logged.occurred_at, EventChangeKind.REMOVED, key, None)
                return
            if kind is not None:
                yield updates.EventChanged(cursor, logged.occurred_at, kind, key, event)
