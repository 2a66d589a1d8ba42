"""What a filter that came with a request means now: its slugs, its text, and what of it goes by the clock.

A text is understood as a search understands it: a list holds what a search would find.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from auth.access.offers import finds_withheld_offers
from models import District, Topic
from models.filters.conditions import is_slug
from models.filters.errors import BadFilter
from models.filters.events import EventFilter
from models.filters.searching import Searching
from models.places import keys_of
from models.search.tables import Kind
from resolvers.context import Context
from resolvers.search.understand import understand

Filter = TypeVar("Filter", bound=Searching)


async def understood(ctx: Context, filter: Filter, kind: Kind, *, strict: bool = False) -> Filter:
    """The same filter, with what its text is understood as now; as it is where it has none. See `understand`.

    Raises `BadFilter` for a slug that no topic, or no district, has.
    """
    await _must_be_known("topics", "topic", Topic, getattr(filter, "topics", ()))
    await _must_be_known("districts", "district", District, getattr(filter, "districts", ()))
    if isinstance(filter, EventFilter) and filter.upcoming is not None:
        filter = filter.at(ctx.this_instant())
    if filter.searched is None or filter.plan is not None or filter.text is None:
        return filter
    # Lists of these hold what search doesn't: closed groups, and what was cancelled.
    more = (
        kind in (Kind.GROUP, Kind.EVENT) or bool(getattr(filter, "statuses", ())) or finds_withheld_offers(ctx.viewer)
    )
    return replace(filter, plan=await understand(filter.text, (kind,), strict=strict, unlisted=more))


async def _must_be_known(name: str, noun: str, model: type[Topic] | type[District], slugs: Sequence[str]) -> None:
    if not slugs:
        return
    known = await keys_of(model, (slug for slug in slugs if is_slug(slug)))
    for slug in slugs:
        if slug not in known:
            raise BadFilter(f"There is no {noun} {slug[:100]!r}.", path=("filter", name))
