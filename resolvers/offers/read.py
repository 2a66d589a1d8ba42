"""Entries as queries see them: one, lists, and what belongs to each."""

from collections.abc import Sequence

from auth.access.events import visible_events
from auth.access.groups import visible_groups
from auth.access.members import visible_members
from auth.access.offers import OfferAction, acts_for_offer, list_offers, sees_why_sent_back, visible_offers
from auth.access.rows import ForeignKeyRelation, seen_by_keys, seen_by_slug
from models import Event, Group, Member, Offer
from models.filters.offers import OfferFilter, OfferSort, offer_order
from models.search.tables import Kind
from models.sql.page_cursors import fingerprint
from models.sql.paging import Page, PageArguments, page
from resolvers.context import Context
from resolvers.offers.states import MOVES
from resolvers.search.filters import understood

_paged = page


async def offers_by_id(ctx: Context, keys: Sequence[int], columns: frozenset[str] = frozenset()) -> dict[int, Offer]:
    """The rows of these keys that the viewer may see, by key."""
    return await seen_by_keys(Offer, visible_offers, ctx.viewer, keys, columns)


async def offer(ctx: Context, columns: frozenset[str], slug: str) -> Offer | None:
    """The entry of this slug; None where there is none that the viewer may see."""
    return await seen_by_slug(Offer, visible_offers, ctx.viewer, slug, columns)


async def offers(
    ctx: Context,
    columns: frozenset[str],
    page: PageArguments,
    filter: OfferFilter | None = None,
    sort: OfferSort = OfferSort.NEWEST,
) -> Page[Offer]:
    """A page of the entries that pass the filter. Raises `BadPage`, for what the sort needs too."""
    filter = filter or OfferFilter()
    mark = fingerprint("offers", filter, sort)
    filter = await understood(ctx, filter, Kind.OFFER)
    rows = list_offers(filter, ctx.viewer)
    return await _paged(rows, offer_order(sort, filter), page, selection=columns, mark=mark)


# Each one's owner, the group and the event that it belongs to, as far as the viewer may see them.
offer_owner = ForeignKeyRelation(Member, visible_members, "owner_id")
offer_group = ForeignKeyRelation(Group, visible_groups, "group_id")
offer_event = ForeignKeyRelation(Event, visible_events, "event_id")


async def offer_status_reason(ctx: Context, parents: Sequence[Offer], columns: frozenset[str]) -> Sequence[str | None]:
    """Why each was sent back, where the viewer is of the owner's side or the office."""
    return [one.status_reason if sees_why_sent_back(ctx.viewer, one) else None for one in parents]


async def offer_url(ctx: Context, parents: Sequence[Offer], columns: frozenset[str]) -> Sequence[str | None]:
    """The page of each on the network's website, where that has such pages."""
    return [ctx.rules.site.offer_page(one.slug) for one in parents]


async def offer_viewer_can_update(ctx: Context, parents: Sequence[Offer], columns: frozenset[str]) -> Sequence[bool]:
    """Whether the viewer acts for each, and its state allows changing it."""
    states = MOVES[OfferAction.UPDATE].sources
    return [one.status in states and acts_for_offer(ctx.viewer, one) for one in parents]
