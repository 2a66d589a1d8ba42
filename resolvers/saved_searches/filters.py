"""A filter of the board as it is stored with a saved search, and back.

Whatever `OfferFilter` restricts by is kept, by the names of its fields: what is added to it is kept, too.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import TypeAdapter

from models import SavedSearch
from models.filters.offers import OfferFilter

_FILTERS = TypeAdapter(OfferFilter)


def stored(filter: OfferFilter) -> dict[str, Any]:
    """As it is stored: what it restricts, as JSON. A saved search is about the board: `statuses` don't count."""
    criteria: dict[str, Any] = _FILTERS.dump_python(replace(filter, statuses=()), mode="json", exclude_defaults=True)
    return criteria


def read(criteria: Mapping[str, Any]) -> OfferFilter:
    """The filter that was stored."""
    return _FILTERS.validate_python(dict(criteria))


def filter_of(search: SavedSearch) -> OfferFilter:
    """The filter of a saved search."""
    return read(search.criteria)
