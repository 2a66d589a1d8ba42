"""Which entries of the board a list, a subscription or a live list holds, and in which order."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from models.filters.near import Near
from models.offers import OfferCategory, OfferDirection, OfferStatus


class OfferSort(StrEnum):
    NEWEST = "NEWEST"
    EXPIRING = "EXPIRING"
    RELEVANCE = "RELEVANCE"
    DISTANCE = "DISTANCE"


@dataclass(frozen=True)
class OfferFilter:
    """All have to hold, of a tuple one entry; empty doesn't restrict, but for `statuses`: then PUBLISHED.

    `owner_id` and `group_id` are keys of rows; -1 is nobody's, for an id that is none.
    """

    direction: OfferDirection | None = None
    statuses: tuple[OfferStatus, ...] = ()
    categories: tuple[OfferCategory, ...] = ()
    topics: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    owner_id: int | None = None
    group_id: int | None = None
    remote: bool | None = None
    available_on: date | None = None
    text: str | None = None
    near: Near | None = None
