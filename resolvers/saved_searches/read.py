"""Saved searches as those see them whose they are."""

from collections.abc import Sequence
from typing import TypeVar

from tortoise.models import Model

from auth.access.offers import offers_in_lists
from auth.access.rows import by_keys
from auth.access.saved_searches import own_searches
from auth.viewer import Viewer
from models import District, Offer, SavedSearch, Topic
from models.filters.offers import OfferSort, offer_rows
from models.search.tables import Kind
from models.sql.paging import Page, PageArguments
from resolvers.context import Context
from resolvers.offers.read import offers
from resolvers.saved_searches.filters import filter_of
from resolvers.search.filters import understood

Named = TypeVar("Named", bound=Model)


async def viewer_saved_searches(
    ctx: Context, parents: Sequence[Viewer], columns: frozenset[str]
) -> list[list[SavedSearch]]:
    """The saved searches of each one's account, the oldest first; none where they ask by a key."""
    return [await searches_of(parent) for parent in parents]


async def searches_of(viewer: Viewer) -> list[SavedSearch]:
    """The saved searches of the viewer's account, the oldest first."""
    return list(await SavedSearch.filter(own_searches(viewer)).order_by("id"))


async def saved_searches_by_id(
    ctx: Context, keys: Sequence[int], columns: frozenset[str] = frozenset()
) -> dict[int, SavedSearch]:
    """Those of these keys that are the viewer's own, by key."""
    return await by_keys(SavedSearch, own_searches(ctx.viewer), keys)


async def saved_search_new_count(ctx: Context, parents: Sequence[SavedSearch], columns: frozenset[str]) -> list[int]:
    """How many of what each finds came onto the board since it was looked at, or saved: some statements each."""
    sight = offers_in_lists(ctx.viewer)
    found = []
    for parent in parents:
        since = parent.last_seen_at or parent.created_at
        filter = await understood(ctx, filter_of(parent), Kind.OFFER)
        found.append(await offer_rows(filter, sight).filter(newest_at__gt=since).count())
    return found


async def saved_search_offers(
    ctx: Context,
    parents: Sequence[SavedSearch],
    columns: frozenset[str],
    page: PageArguments,
    sort: OfferSort = OfferSort.NEWEST,
) -> list[Page[Offer]]:
    """What each finds now, page by page. Raises `BadPage`, for what the sort needs too."""
    return [await offers(ctx, columns, page, filter_of(parent), sort) for parent in parents]


async def saved_search_topics(
    ctx: Context, parents: Sequence[SavedSearch], columns: frozenset[str]
) -> list[list[Topic] | None]:
    """The topics that each restricts to, in the order in which they were given; None where to none."""
    return await _named(Topic, [filter_of(parent).topics for parent in parents])


async def saved_search_districts(
    ctx: Context, parents: Sequence[SavedSearch], columns: frozenset[str]
) -> list[list[District] | None]:
    """The parts of the town that each restricts to, in the order in which they were given; None where to none."""
    return await _named(District, [filter_of(parent).districts for parent in parents])


async def _named(model: type[Named], wanted: Sequence[Sequence[str]]) -> list[list[Named] | None]:
    """The rows of these slugs, as far as there are such: one statement."""
    slugs = {slug for some in wanted for slug in some}
    rows = {row.slug: row for row in await model.filter(slug__in=list(slugs))} if slugs else {}  # type: ignore[attr-defined]
    return [[rows[slug] for slug in some if slug in rows] if some else None for some in wanted]
