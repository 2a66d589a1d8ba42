"""The owner's side of an entry says that another one is no match for it."""

from auth.access.offers import offer_whose_matches, visible_offers
from auth.access.rows import by_keys
from auth.refusals import NotFound
from models import Offer, now
from models.sql.statements import Statement
from resolvers.context import Context
from resolvers.versioned import change
from subscriptions.outbox import Changes

_DISMISS = Statement(
    "INSERT INTO dismissed_match (own_id, match_id, created_at) VALUES (?, ?, ?)"
    " ON CONFLICT (own_id, match_id) DO NOTHING RETURNING id"
)


async def dismiss_match(ctx: Context, own: int | None, match: int | None) -> Offer:
    """Leave `match` out of the matches of `own` for good; `own`. Done twice it is as if done once.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`.
    """

    async def act(changes: Changes, offer: Offer) -> Offer:
        if match is None or not await by_keys(Offer, visible_offers(ctx.viewer), [match]):
            raise NotFound
        await _DISMISS.rows(offer.id, match, now())
        return offer

    return await change(ctx, lambda: offer_whose_matches(ctx.viewer, own), act)
