"""Which members a list holds, and in which order."""

from dataclasses import dataclass
from enum import StrEnum

from models.members import MemberKind, MemberStatus


class MemberSort(StrEnum):
    NAME = "NAME"
    NEWEST = "NEWEST"


@dataclass(frozen=True)
class MemberFilter:
    """All have to hold, of a tuple one entry; empty doesn't restrict, but for `statuses`: then ACTIVE."""

    kinds: tuple[MemberKind, ...] = ()
    statuses: tuple[MemberStatus, ...] = ()
    topics: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()
    text: str | None = None
