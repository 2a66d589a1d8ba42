"""Which events a list holds, and in which order."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models.events import EventKind, EventStatus
from models.filters.near import Near


class EventSort(StrEnum):
    STARTS_AT = "STARTS_AT"
    NEWEST = "NEWEST"
    DISTANCE = "DISTANCE"


@dataclass(frozen=True)
class EventFilter:
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
    text: str | None = None
    near: Near | None = None
