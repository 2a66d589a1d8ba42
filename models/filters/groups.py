"""Which groups a list holds, and in which order."""

from dataclasses import dataclass
from enum import StrEnum

from models.groups import GroupStatus


class GroupSort(StrEnum):
    NAME = "NAME"
    NEWEST = "NEWEST"
    RECENTLY_ACTIVE = "RECENTLY_ACTIVE"


@dataclass(frozen=True)
class GroupFilter:
    """All have to hold, of a tuple one entry; empty doesn't restrict."""

    statuses: tuple[GroupStatus, ...] = ()
    topics: tuple[str, ...] = ()
    text: str | None = None
