"""Entries as they come onto the board, and every change of one."""

from collections.abc import AsyncGenerator

from auth.access.offers import is_in_lists, visible_offers
from auth.access.rows import seen_by_keys
from auth.refusals import NotFound
from models import Offer
from models.filters.offer_facts import OfferFacts, Test, offer_facts, passes
from models.filters.offers import OfferFilter
from models.search.tables import Kind
from resolvers.context import Context
from resolvers.live import updates
from resolvers.live.rights import may_change_rights
from resolvers.live.updates import OfferChangeKind
from resolvers.live.watch import Watch
from resolvers.search.filters import understood
from subscriptions import changes

_KINDS: dict[type[changes.Change], OfferChangeKind] = {
    changes.OfferSubmitted: OfferChangeKind.SUBMITTED,
    changes.OfferSentBack: OfferChangeKind.SENT_BACK,
    changes.OfferPublished: OfferChangeKind.PUBLISHED,
    changes.OfferUpdated: OfferChangeKind.UPDATED,
    changes.OfferPaused: OfferChangeKind.PAUSED,
    changes.OfferFulfilled: OfferChangeKind.FULFILLED,
    changes.OfferExpired: OfferChangeKind.EXPIRED,
    changes.OfferWithdrawn: OfferChangeKind.WITHDRAWN,
    changes.OfferWithheld: OfferChangeKind.WITHHELD,
    changes.OfferReturned: OfferChangeKind.PUBLISHED,
    changes.OfferDeleted: OfferChangeKind.REMOVED,
}
# What brings an entry onto the board.
ENTERING = (changes.OfferPublished, changes.OfferReturned)


async def offer_published(
    ctx: Context, filter: OfferFilter | None = None, after: str | None = None
) -> AsyncGenerator[updates.OfferPublished, None]:
    """Each entry as it comes onto the board and passes the filter, as far as it does so when the update is sent.

    Raises `BadPage` for a filter by what nobody is told of.
    """
    passing = passes(await understood(ctx, filter or OfferFilter(), Kind.OFFER, strict=True))
    return _published(await Watch.resume(ctx, after), passing)


async def _published(watch: Watch, passing: Test) -> AsyncGenerator[updates.OfferPublished, None]:
    async with watch.changes() as changed:
        async for logged in changed:
            if not isinstance(logged.change, ENTERING):
                continue
            facts = await _facts(watch, logged.change.offer_id)
            if facts is None or not passing(facts):
                continue
            cursor = await watch.look(logged)
            facts = await _facts(watch, logged.change.offer_id)  # others had their turns before: it may have changed
            if facts is not None and passing(facts) and is_in_lists(watch.ctx.viewer, facts.row):
                yield updates.OfferPublished(cursor, logged.occurred_at, facts.row)


async def _facts(watch: Watch, key: int) -> OfferFacts | None:
    return await watch.once((OfferFacts, key), lambda: offer_facts(key))


async def offer_changed(ctx: Context, id: int, after: str | None = None) -> AsyncGenerator[updates.OfferChanged, None]:
    """Every change of one entry, until it is gone from the viewer's sight. Raises `NotFound` where it is now."""
    watch = await Watch.resume(ctx, after)
    if not watch.goes_on and not await seen_by_keys(Offer, visible_offers, ctx.viewer, [id]):
        raise NotFound
    return _changed(watch, id)


async def _changed(watch: Watch, key: int) -> AsyncGenerator[updates.OfferChanged, None]:
    async with watch.changes() as changed:
        async for logged in changed:
            change = logged.change
            kind = None
            if isinstance(change, changes.OfferChange) and change.offer_id == key:
                kind = _KINDS.get(type(change))
            if kind is None and not may_change_rights(change, watch.ctx.viewer):
                continue
            cursor = await watch.look(logged)
            offer = await watch.seen(Offer, visible_offers, key)
            if offer is None:
                kind = kind if kind is OfferChangeKind.WITHDRAWN else OfferChangeKind.REMOVED
                yield updates.OfferChanged(cursor, logged.occurred_at, kind, key, None)
                return
            if kind is not None:
                yield updates.OfferChanged(cursor, logged.occurred_at, kind, key, offer)
