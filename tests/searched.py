"""Filters whose text was looked for by its own words alone, as `understood` does it with all that it knows of words."""

from dataclasses import replace
from typing import TypeVar

from models.filters.searching import Searching
from models.search.hits import weighed
from models.search.plan import Hits
from models.search.tables import Kind

Filter = TypeVar("Filter", bound=Searching)


async def looked_for(filter: Filter, kind: Kind) -> Filter:
    """The same filter with what its text finds: what has all of its words, whether everybody finds it or not."""
    plan = filter.searched
    if plan is None:
        return filter
    some = [await weighed(plan, (kind,), {}, listed=listed) for listed in (True, False)]
    scores = {row: score for one in some for row, score in one[kind].hits(plan.need).scores.items()}
    return replace(filter, plan=replace(plan, hits={kind: Hits(scores)}))
