"""Entries as queries see them: one, lists, and what belongs to each."""

from collections.abc import Sequence
from typing import Any

from tortoise.expressions import Q
from tortoise.models import Model

from auth.access.events import visible_events
from auth.access.groups import visible_groups
from auth.access.members import visible_members
from auth.access.offers import acts_for_offer, listed_offers, visible_offers
from auth.access.rows import by_keys
from models import Event, Group, Member, Offer
from models.filters.conditions import is_slug
from models.filters.offers import OfferFilter, OfferSort, offer_order, offer_rows
from models.paging import Page, PageArguments, fingerprint, page
from resolvers.context import Context
from resolvers.offers.states import MOVES, OfferAction

_paged = page


async def offers_by_id(ctx: Context, keys: Sequence[int]) -> dict[int, Offer]:
    """The rows of these keys that the viewer may see, by key."""
    return await by_keys(Offer, visible_offers(ctx.viewer), keys)


async def offer(ctx: Context, columns: frozenset[str], slug: str) -> Offer | None:
    """The entry of this slug; None where there is none that the viewer may see."""
    return await Offer.filter(visible_offers(ctx.viewer), slug=slug).first() if is_slug(slug) else None


async def offers(
    ctx: Context,
    columns: frozenset[str],
    page: PageArguments,
    filter: OfferFilter | None = None,
    sort: OfferSort = OfferSort.NEWEST,
) -> Page[Offer]:
    """A page of the entries that pass the filter. Raises `BadPage`, for what the sort needs too."""
    filter = filter or OfferFilter()
    rows = offer_rows(filter, listed_offers(ctx.viewer))
    order = offer_order(sort, filter)
    return await _paged(rows, order, page, wanted=columns, mark=fingerprint("offers", filter, sort))


async def offer_owner(ctx: Context, parents: Sequence[Offer], columns: frozenset[str]) -> Sequence[Member | None]:
    """Each one's owner, as far as the viewer may see members."""
    return await _of(Member, visible_members(ctx.viewer), parents, "owner_id")


async def offer_group(ctx: Context, parents: Sequence[Offer], columns: frozenset[str]) -> Sequence[Group | None]:
    """The group that each belongs to."""
    return await _of(Group, visible_groups(ctx.viewer), parents, "group_id")


async def offer_event(ctx: Context, parents: Sequence[Offer], columns: frozenset[str]) -> Sequence[Event | None]:
    """The event that each belongs to, as far as the viewer may see events."""
    return await _of(Event, visible_events(ctx.viewer), parents, "event_id")


async def _of(model: type[Model], visible: Q, parents: Sequence[Offer], column: str) -> list[Any]:
    rows = await by_keys(model, visible, [getattr(parent, column) for parent in parents])
    return [rows.get(getattr(parent, column)) for parent in parents]


async def offer_status_reason(ctx: Context, parents: Sequence[Offer], columns: frozenset[str]) -> Sequence[str | None]:
    """Why each was sent back, where the viewer is of the owner's side or the office."""
    return [one.status_reason if ctx.viewer.sees_affairs_of(one.owner_id) else None for one in parents]


async def offer_url(ctx: Context, parents: Sequence[Offer], columns: frozenset[str]) -> Sequence[None]:
    """There are no pages of entries yet."""
    return [None for _parent in parents]


async def offer_viewer_can_update(ctx: Context, parents: Sequence[Offer], columns: frozenset[str]) -> Sequence[bool]:
    """Whether the viewer acts for each, and its state allows changing it."""
    states = MOVES[OfferAction.UPDATE].sources
    return [one.status in states and acts_for_offer(ctx.viewer, one) for one in parents]
