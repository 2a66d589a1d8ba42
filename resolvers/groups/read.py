"""Groups by key, by slug and in lists, and what is known of one without asking further."""

from collections.abc import Sequence

from auth.access.events import list_events
from auth.access.groups import coordinates, list_groups, visible_groups
from auth.access.members import obstacle_by_right
from auth.access.offers import list_offers
from auth.access.rows import seen_by_keys, seen_by_slug
from auth.refusals import Obstacle
from models import Event, Group, Offer
from models.filters.events import BY_START, EventFilter
from models.filters.groups import GroupFilter, GroupSort, group_order
from models.filters.offers import OfferFilter, OfferSort, offer_order
from models.search.tables import Kind
from models.sql.page_cursors import fingerprint
from models.sql.paging import Page, PageArguments, pages
from models.sql.paging import page as one_page
from resolvers.context import Context
from resolvers.search.filters import understood


async def groups_by_id(ctx: Context, keys: Sequence[int], columns: frozenset[str] = frozenset()) -> dict[int, Group]:
    """The groups of these keys that the viewer may see, by key."""
    return await seen_by_keys(Group, visible_groups, ctx.viewer, keys, columns)


async def group(ctx: Context, columns: frozenset[str], slug: str) -> Group | None:
    """The group of this slug, None where there is none that the viewer may see."""
    return await seen_by_slug(Group, visible_groups, ctx.viewer, slug, columns)


async def groups(
    ctx: Context,
    columns: frozenset[str],
    page: PageArguments,
    filter: GroupFilter | None = None,
    sort: GroupSort = GroupSort.NAME,
) -> Page[Group]:
    """A page of the groups that pass the filter. Raises `BadPage`."""
    filter = filter or GroupFilter()
    mark = fingerprint("groups", filter, sort)
    filter = await understood(ctx, filter, Kind.GROUP)
    rows = list_groups(filter, ctx.viewer)
    return await one_page(rows, group_order(sort, filter), page, selection=columns, mark=mark)


async def group_events(
    ctx: Context,
    parents: Sequence[Group],
    columns: frozenset[str],
    page: PageArguments,
    filter: EventFilter | None = None,
) -> list[Page[Event]]:
    """A page of each group's events that pass the filter, the one that starts first first."""
    filter = filter or EventFilter()
    marks = {parent.id: fingerprint("group.events", parent.id, filter) for parent in parents}
    rows = list_events(await understood(ctx, filter, Kind.EVENT), ctx.viewer)
    found = await pages(rows, BY_START, page, selection=columns, marks=marks, by="group_id")
    return [found[parent.id] for parent in parents]


async def group_offers(
    ctx: Context,
    parents: Sequence[Group],
    columns: frozenset[str],
    page: PageArguments,
    filter: OfferFilter | None = None,
) -> list[Page[Offer]]:
    """A page of each group's entries of the board that pass the filter, the newest first."""
    filter = filter or OfferFilter()
    marks = {parent.id: fingerprint("group.offers", parent.id, filter) for parent in parents}
    rows = list_offers(await understood(ctx, filter, Kind.OFFER), ctx.viewer)
    order = offer_order(OfferSort.NEWEST, filter)
    found = await pages(rows, order, page, selection=columns, marks=marks, by="group_id")
    return [found[parent.id] for parent in parents]


async def group_url(ctx: Context, parents: Sequence[Group], columns: frozenset[str]) -> list[str | None]:
    """The page of each group on the network's website, where that has such pages."""
    return [ctx.rules.site.group_page(parent.slug) for parent in parents]


async def group_viewer_can_update(ctx: Context, parents: Sequence[Group], columns: frozenset[str]) -> list[bool]:
    """Whether the viewer may change each group: its coordinators and the office."""
    return [coordinates(ctx.viewer, parent.id) for parent in parents]


async def group_viewer_can_update_reason(
    ctx: Context, parents: Sequence[Group], columns: frozenset[str]
) -> list[Obstacle | None]:
    """Why the viewer may not change each; None where they may."""
    why = obstacle_by_right(ctx.viewer)
    return [None if coordinates(ctx.viewer, parent.id) else why for parent in parents]
