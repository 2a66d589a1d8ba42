"""The network's figures, kept up to date."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from time import monotonic

from auth.refusals import CursorExpired
from models import now
from resolvers import network
from resolvers.context import Context
from resolvers.live.watch import Watch
from resolvers.network import NetworkStatistics
from subscriptions import changes

# What the figures count.
_COUNTED = (
    changes.DemonstrationLoaded,
    changes.MemberChanged,
    changes.GroupCreated,
    changes.GroupDetailsChanged,
    changes.GroupHidden,
    changes.GroupReturned,
    changes.EventPublished,
    changes.EventUpdated,
    changes.EventCancelled,
    changes.EventWithheld,
    changes.EventReturned,
    changes.OfferChange,
)
# At most one update in so many seconds.
_SPACING = 1.0
# An event that is over tells of it by the clock alone: count at least this often.
_PATIENCE = 30.0


async def network_statistics(ctx: Context) -> AsyncGenerator[NetworkStatistics, None]:
    """The figures at once, then whenever they changed, at most once a second."""
    return _figures(await Watch.begin(ctx))


async def _figures(watch: Watch) -> AsyncGenerator[NetworkStatistics, None]:
    sent: NetworkStatistics | None = None
    while True:
        await watch.look(watch.position)
        figures = await network.count()
        if sent is None or replace(figures, as_of=sent.as_of) != sent:
            sent = figures
            sent_at = monotonic()
            yield figures
        try:
            if not await _may_have_changed(watch):
                return
        except CursorExpired:  # a state has nothing to miss
            watch = await Watch.begin(watch.ctx)
        await asyncio.sleep(max(sent_at + _SPACING - monotonic(), 0))


async def _may_have_changed(watch: Watch) -> bool:
    """Wait until the figures may have changed; whether to go on."""
    begun = now()
    while (some := await watch.batch(_PATIENCE)) is not None:
        if any(isinstance(logged.change, _COUNTED) for logged in some) or (now() - begun).total_seconds() >= _PATIENCE:
            return True
    return False
