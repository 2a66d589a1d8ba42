"""A filter of the board as it is stored with a saved search, and back.

Whatever `OfferFilter` restricts by is kept, by the names of its fields: what is added to it is kept, too.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from models import SavedSearch
from models.filters.offers import OfferFilter

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@cache
def _filters() -> "TypeAdapter[OfferFilter]":
    from pydantic import TypeAdapter  # what it needs is much, and few searches are kept

    return TypeAdapter(OfferFilter)


def stored(filter: OfferFilter) -> dict[str, Any]:
    """As it is stored: what it restricts, as JSON. A saved search is about the board: `statuses` don't count."""
    criteria: dict[str, Any] = _filters().dump_python(replace(filter, statuses=()), mode="json", exclude_defaults=True)
    return criteria


def read(criteria: Mapping[str, Any]) -> OfferFilter:
    """The filter that was stored."""
    return _filters().validate_python(dict(criteria))


def filter_of(search: SavedSearch) -> OfferFilter:
    """The filter of a saved search."""
    return read(search.criteria)
