"""Which members a list holds, and in which order."""

from dataclasses import dataclass
from enum import StrEnum

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models.filters.conditions import in_districts, with_topics
from models.filters.searching import Searching, by_relevance
from models.members import Member, MemberKind, MemberStatus, MemberTopic
from models.search.sql import found
from models.search.tables import Kind
from models.sql.orders import Key, Order, by_id, by_instant


class MemberSort(StrEnum):
    NAME = "NAME"
    NEWEST = "NEWEST"
    RELEVANCE = "RELEVANCE"


@dataclass(frozen=True)
class MemberFilter(Searching):
    """All have to hold, of a tuple one entry; empty doesn't restrict, but for `statuses`: then ACTIVE."""

    kinds: tuple[MemberKind, ...] = ()
    statuses: tuple[MemberStatus, ...] = ()
    topics: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()


_ORDERS = {
    MemberSort.NAME: Order("name", (Key("name_key", str), by_id())),
    MemberSort.NEWEST: Order("newest", (by_instant("created_at", descending=True), by_id(descending=True))),
}


def member_rows(filter: MemberFilter, sight: Q) -> QuerySet[Member]:
    """The members that pass `filter` among those that `sight`, of `auth.access.members`, lets through."""
    rows = Member.filter(sight, status__in=list(filter.statuses or (MemberStatus.ACTIVE,)))
    rows = found(rows, Kind.MEMBER, filter.searched)
    if filter.kinds:
        rows = rows.filter(kind__in=list(filter.kinds))
    if filter.topics:
        rows = rows.filter(with_topics(MemberTopic, "member_id", filter.topics))
    if filter.districts:
        rows = rows.filter(in_districts("district", filter.districts))
    return rows


def member_order(sort: MemberSort, filter: MemberFilter) -> Order:
    """The order of a list. Raises `BadFilter` where it needs what `filter` lacks."""
    return by_relevance(Kind.MEMBER, filter) if sort is MemberSort.RELEVANCE else _ORDERS[sort]
