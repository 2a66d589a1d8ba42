"""Which events a list holds, and in which order."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models.events import Event, EventKind, EventStatus, EventTopic
from models.filters.conditions import in_districts, with_topics, within
from models.filters.near import Bounds, Near
from models.filters.searching import Searching, by_relevance
from models.filters.suitability import accessible
from models.places import AccessibilityFeature
from models.search.sql import found
from models.search.tables import Kind
from models.sql.orders import Key, Order, by_id, by_instant
from models.sql.page_cursors import BadPage


class EventSort(StrEnum):
    STARTS_AT = "STARTS_AT"
    NEWEST = "NEWEST"
    DISTANCE = "DISTANCE"
    RELEVANCE = "RELEVANCE"


@dataclass(frozen=True)
class EventFilter(Searching):
    """All have to hold, of a tuple one entry; empty doesn't restrict, but for `statuses`: then PUBLISHED, CANCELLED.

    `host_id` and `group_id` are keys of rows; -1 is nobody's, for an id that is none.
    """

    kinds: tuple[EventKind, ...] = ()
    statuses: tuple[EventStatus, ...] = ()
    topics: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    ends_after: datetime | None = None
    starts_before: datetime | None = None
    host_id: int | None = None
    group_id: int | None = None
    sessions: bool | None = None
    near: Near | None = None
    accessibility: tuple[AccessibilityFeature, ...] = ()
    bounds: Bounds | None = None
    # True: not over yet; False: over. It is to be asked `at` an instant.
    upcoming: bool | None = None
    ended_by: datetime | None = None

    def at(self, instant: datetime) -> Self:
        """The same, with what `upcoming` means at this instant: to the second, so that statements are equal for one."""
        second = instant.replace(microsecond=0)
        if self.upcoming is None:
            return self
        if self.upcoming:
            return replace(self, upcoming=None, ends_after=max(second, self.ends_after or second))
        return replace(self, upcoming=None, ended_by=second)


LISTED = (EventStatus.PUBLISHED, EventStatus.CANCELLED)
BY_START = Order("STARTS_AT", (by_instant("starts_at"), by_id()))


def matching_events(filter: EventFilter) -> QuerySet[Event]:
    """The events that pass the filter, whoever asks: `auth.access.events.event_rows` adds the viewer's sight."""
    assert filter.upcoming is None, "it is to be asked at an instant"
    rows = Event.filter(**_columns(filter))
    if filter.topics:
        rows = rows.filter(with_topics(EventTopic, "event_id", filter.topics))
    if filter.districts:
        rows = rows.filter(in_districts("venue_district", filter.districts) | Q(venue_name__isnull=True))
    rows = found(rows, Kind.EVENT, filter.searched)
    rows = accessible(rows, filter.accessibility)
    if filter.bounds:
        rows = rows.filter(filter.bounds.condition())
    return within(rows, filter.near) if filter.near else rows


def _columns(filter: EventFilter) -> dict[str, Any]:
    conditions: dict[str, Any] = {"status__in": list(filter.statuses or LISTED)}
    given = {
        "kind__in": list(filter.kinds) or None,
        "ends_at__gt": filter.ends_after,
        "ends_at__lte": filter.ended_by,
        "starts_at__lt": filter.starts_before,
        "host_id": filter.host_id,
        "group_id": filter.group_id,
        "parent_id__isnull": None if filter.sessions is None else not filter.sessions,
    }
    return conditions | {name: value for name, value in given.items() if value is not None}


def event_order(sort: EventSort, filter: EventFilter) -> Order:
    """The order of a list. Raises `BadPage` for DISTANCE without `near`, `BadFilter` for RELEVANCE without `text`."""
    if sort is EventSort.NEWEST:
        return Order(sort, (by_instant("created_at", descending=True), by_id(descending=True)))
    if sort is EventSort.STARTS_AT:
        return BY_START
    if sort is EventSort.RELEVANCE:
        return by_relevance(Kind.EVENT, filter)
    if filter.near is None:
        raise BadPage("The sort DISTANCE needs `near` in the filter.")
    return Order(sort, (Key("distance", float, expression=filter.near.distance("event")), by_id()))
