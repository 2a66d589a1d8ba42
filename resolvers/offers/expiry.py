"""The job that takes entries whose time is over off the board."""

from auth.access.offers import OfferAction
from models import Offer, OfferStatus, now
from resolvers.context import Context
from resolvers.mail.queue import post
from resolvers.offers.mails import about_offers
from resolvers.offers.states import changes_of, move
from resolvers.versioned import raise_version
from subscriptions.outbox import Changes

_AT_ONCE = 100


async def expire_due(ctx: Context) -> int:
    """Expire every published entry that is due, a batch a transaction; how many this process expired.

    Every process may run it at any time: each row is locked, and looked at again once it is, before it is changed,
    so that an entry expires, is told and brings a mail once. It begins with those that are longest overdue.
    """
    expired = 0
    while some := await ctx.outbox.write(lambda changes: _expire_some(ctx, changes)):
        expired += some
    return expired


async def _expire_some(ctx: Context, changes: Changes) -> int:
    instant = now()
    due = Offer.filter(status=OfferStatus.PUBLISHED, expires_at__lte=instant)
    offers = await due.order_by("expires_at", "id").limit(_AT_ONCE).select_for_update(no_key=True)
    if not offers:
        return 0
    changes.concern(*offers)
    for offer in offers:
        move(offer, OfferAction.EXPIRE, ctx.rules.offer_lifetime)
        raise_version(offer)
        changes.tell(*changes_of(offer, OfferAction.EXPIRE))
    await Offer.bulk_update(offers, fields=["status", "version", "updated_at"])
    await post(ctx.rules, *await about_offers(ctx.rules, offers))
    return len(offers)
