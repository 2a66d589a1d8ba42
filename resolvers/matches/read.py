"""The matches of entries, as queries see them."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from time import perf_counter

from auth.viewer import Viewer
from models import Offer
from models.sql.paging import PageArguments
from resolvers.context import Context
from resolvers.matches.candidates import candidates_for
from resolvers.matches.compare import Fit, fit
from resolvers.matches.left_out import left_out
from resolvers.matches.pages import MatchPage, fill, page_of
from resolvers.matches.traits import Traits, columns_of, traits_of

# For so many seconds in one turn of the loop is compared, about.
_TURN_SECONDS = 0.005


async def offer_matches(
    ctx: Context, parents: Sequence[Offer], columns: frozenset[str], page: PageArguments
) -> list[MatchPage]:
    """A page of matches of each entry: as many statements for many as for one.

    Who is of an entry's side finds neither what that has dismissed nor what it has answered. Raises `BadPage`.
    """
    assert page.size >= 0
    found = await matches_of(ctx.viewer, parents)
    pages = [page_of(found[parent.id], page, parent.id) for parent in parents]
    if columns & {"edges", "nodes"}:
        await fill(pages)
    return pages


async def matches_of(viewer: Viewer, offers: Sequence[Offer]) -> dict[int, list[tuple[int, Fit]]]:
    """What fits each of these entries, by keys, in no order, as the viewer sees it. Others have turns in between."""
    own = await traits_of([columns_of(offer) for offer in offers])
    candidates = await candidates_for(own)
    without = await left_out(viewer, offers, candidates.owners)
    found, begun = {}, perf_counter()
    for one in own:
        found[one.id] = compared(one, candidates.of(one), without.get(one.id, ()))
        if perf_counter() - begun > _TURN_SECONDS:
            await asyncio.sleep(0)
            begun = perf_counter()
    return found


def compared(one: Traits, others: Iterable[Traits], without: Collection[int] = ()) -> list[tuple[int, Fit]]:
    """Those of `others` that fit it, but for those with the keys `without`."""
    fits = ((other.id, fit(one, other)) for other in others if other.id not in without)
    return [(key, found) for key, found in fits if found is not None]
