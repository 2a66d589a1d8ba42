"""Which groups a list holds, and in which order."""

from dataclasses import dataclass
from enum import StrEnum

from tortoise.queryset import QuerySet

from models.filters.conditions import with_topics
from models.filters.searching import Searching, by_relevance
from models.groups import Group, GroupStatus, GroupTopic
from models.search.sql import found
from models.search.tables import Kind
from models.sql.orders import Key, Order, by_id, by_instant


class GroupSort(StrEnum):
    NAME = "NAME"
    NEWEST = "NEWEST"
    RECENTLY_ACTIVE = "RECENTLY_ACTIVE"
    RELEVANCE = "RELEVANCE"


@dataclass(frozen=True)
class GroupFilter(Searching):
    """All have to hold, of a tuple one entry; empty doesn't restrict."""

    statuses: tuple[GroupStatus, ...] = ()
    topics: tuple[str, ...] = ()


_ORDERS = {
    GroupSort.NAME: Order("NAME", (Key("name_key", str), by_id())),
    GroupSort.NEWEST: Order("NEWEST", (by_instant("created_at", descending=True), by_id(descending=True))),
    GroupSort.RECENTLY_ACTIVE: Order("RECENTLY_ACTIVE", (by_instant("active_at", descending=True), by_id(True))),
}


def matching_groups(filter: GroupFilter) -> QuerySet[Group]:
    """The groups that pass the filter, whoever asks."""
    rows = found(Group.all(), Kind.GROUP, filter.searched)
    if filter.statuses:
        rows = rows.filter(status__in=list(filter.statuses))
    if filter.topics:
        rows = rows.filter(with_topics(GroupTopic, "group_id", filter.topics))
    return rows


def group_order(sort: GroupSort, filter: GroupFilter) -> Order:
    """The order of a list. Raises `BadFilter` where it needs what `filter` lacks."""
    return by_relevance(Kind.GROUP, filter) if sort is GroupSort.RELEVANCE else _ORDERS[sort]
