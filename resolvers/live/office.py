"""What waits for the office, as it comes and goes."""

from collections.abc import AsyncGenerator

from auth.access.reports import must_see_the_queue, sees_reports
from resolvers.context import Context
from resolvers.live import updates
from resolvers.live.watch import Watch
from resolvers.moderation.queue import QueueCounts, queue_counts
from subscriptions import changes

# What the counts are made of.
_COUNTED = (changes.MemberChanged, changes.OfferChange, changes.ReportChange)


async def office_queue_changed(ctx: Context, after: str | None = None) -> AsyncGenerator[updates.OfficeQueue, None]:
    """The counts whenever they may have changed and are others than were told last.

    Raises `Unauthenticated`, and `Forbidden` for who isn't of the office.
    """
    must_see_the_queue(ctx.viewer)
    return _queue(await Watch.resume(ctx, after))


async def _queue(watch: Watch) -> AsyncGenerator[updates.OfficeQueue, None]:
    told: QueueCounts | None = None
    async with watch.changes() as changed:
        async for logged in changed:
            if not isinstance(logged.change, _COUNTED):
                continue
            cursor = await watch.look(logged)
            if not sees_reports(watch.ctx.viewer):  # not any more
                continue
            counts = await queue_counts(watch.ctx.rules)
            if counts != told:
                told = counts
                yield updates.OfficeQueue(cursor, logged.occurred_at, **vars(counts))
