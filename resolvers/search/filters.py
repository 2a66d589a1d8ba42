"""The texts of filters, understood as a search understands them: a list holds what a search would find."""

from dataclasses import replace
from typing import TypeVar

from models.filters.searching import Searching
from models.search.tables import Kind
from resolvers.search.understand import understand

Filter = TypeVar("Filter", bound=Searching)


async def understood(filter: Filter, kind: Kind, *, strict: bool = False) -> Filter:
    """The same filter, with what its text is understood as now; as it is where it has none. See `understand`."""
    if filter.searched is None or filter.plan is not None or filter.text is None:
        return filter
    return replace(filter, plan=await understand(filter.text, (kind,), strict=strict))
