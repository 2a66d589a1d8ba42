"""Which entries of the board a list, a subscription or a live list holds, and in which order."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tortoise.expressions import Q, Subquery
from tortoise.queryset import QuerySet

from models.filters.conditions import in_districts, with_topics, within
from models.filters.errors import BadFilter
from models.filters.near import Bounds, Near
from models.filters.searching import Searching, by_relevance
from models.filters.suitability import Suitability, suiting
from models.offers import (
    OPEN_RESPONSES,
    Offer,
    OfferCategory,
    OfferDirection,
    OfferResponse,
    OfferStatus,
    OfferTopic,
)
from models.search.sql import found
from models.search.tables import Kind
from models.sql.expressions import SqlExpression
from models.sql.orders import Key, Order, by_id, by_instant


class OfferSort(StrEnum):
    NEWEST = "NEWEST"
    EXPIRING = "EXPIRING"
    RELEVANCE = "RELEVANCE"
    DISTANCE = "DISTANCE"


@dataclass(frozen=True)
class OfferFilter(Suitability, Searching):
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
    near: Near | None = None
    # Whether it has no open or accepted response: for the office alone, see `auth.access.offers.list_offers`.
    without_responses: bool | None = None
    unchanged_since: datetime | None = None
    bounds: Bounds | None = None


_ENDS = SqlExpression("""COALESCE("offer"."expires_at", '9999-12-31 00:00:00+00:00')""")


def offer_rows(filter: OfferFilter, sight: Q) -> QuerySet[Offer]:
    """The entries that pass `filter` among those that `sight` lets through: what every list and subscription asks.

    `sight` is of `auth.access.offers`. Of one entry, ask `offer_rows(filter, sight).filter(id=...)`.
    """
    rows = Offer.filter(
        sight,
        _on(filter.available_on),
        status__in=list(filter.statuses or (OfferStatus.PUBLISHED,)),
    )
    exact = {
        "direction": filter.direction,
        "owner_id": filter.owner_id,
        "group_id": filter.group_id,
        "remote": filter.remote,
        "updated_at__lte": filter.unchanged_since,
    }
    rows = rows.filter(**{name: value for name, value in exact.items() if value is not None})
    if filter.categories:
        rows = rows.filter(category__in=list(filter.categories))
    if filter.topics:
        rows = rows.filter(with_topics(OfferTopic, "offer_id", filter.topics))
    if filter.districts:
        rows = rows.filter(
            in_districts("district", filter.districts)
            | in_districts("venue_district", filter.districts)
            | Q(district_id__isnull=True, venue_district_id__isnull=True)
        )
    if filter.without_responses is not None:
        rows = rows.filter(_without_responses(filter.without_responses))
    rows = found(suiting(rows, filter), Kind.OFFER, filter.searched)
    if filter.bounds:
        rows = rows.filter(filter.bounds.condition())
    return within(rows, filter.near) if filter.near else rows


_NEWEST = Order("newest", (by_instant("newest_at", descending=True), by_id(descending=True)))


def offer_order(sort: OfferSort, filter: OfferFilter) -> Order:
    """The order of `sort`. Raises `BadFilter` where it needs what `filter` lacks."""
    if sort is OfferSort.EXPIRING:
        ends = Key("ends_at", datetime, expression=_ENDS)
        return Order("expiring", (ends, by_id()))
    if sort is OfferSort.RELEVANCE:
        return by_relevance(Kind.OFFER, filter, "newest_at")
    if sort is OfferSort.DISTANCE:
        if filter.near is None:
            raise BadFilter("The sort DISTANCE needs `filter.near`.")
        return Order("distance", (Key("distance", float, expression=filter.near.distance("offer")), by_id()))
    return _NEWEST


def _without_responses(holds: bool) -> Q:
    answered = OfferResponse.filter(status__in=list(OPEN_RESPONSES)).values("offer_id")
    return Q(id__not_in=Subquery(answered)) if holds else Q(id__in=Subquery(answered))


def _on(day: date | None) -> Q:
    if day is None:
        return Q()
    begun = Q(available_from__isnull=True) | Q(available_from__lte=day)
    return begun & (Q(available_until__isnull=True) | Q(available_until__gte=day))
