"""What can be asked about groups."""

import strawberry

from models import GroupStatus
from models.filters import groups as filters
from models.filters.groups import GroupSort
from resolvers import groups
from schema.declare.arguments import PAGE, argument, defaulted, required
from schema.declare.fields import one_of, root
from schema.declare.inputs import optional, restrictions
from schema.declare.prices import TEXT
from schema.groups.types import Group, GroupConnection
from subscriptions.changes import Noun


@strawberry.input(description="Which groups a list holds: all fields have to hold, of a list one entry.")
class GroupFilter:
    statuses: list[GroupStatus] | None = strawberry.field(
        description="In one of these states. Left out, null or empty: in any.", default=strawberry.UNSET
    )
    topics: list[str] | None = strawberry.field(
        description="With one of the topics of these slugs.", default=strawberry.UNSET
    )
    text: str | None = optional(
        "Name or purpose contain each of these words, or parts of words; case and accents don't matter.",
        price=TEXT,
    )

    def plain(self) -> filters.GroupFilter:
        """As the dataclass that resolvers take."""
        return filters.GroupFilter(**restrictions(self))


@strawberry.type
class GroupQueries:
    group: Group | None = root(
        groups.group,
        "A group by its slug; null where there is none.",
        depends_on={Noun.GROUP},
        shows=one_of(Noun.GROUP),
        arguments={"slug": required(str, "The group's slug.")},
    )
    groups: GroupConnection | None = root(
        groups.groups,
        "The groups of the network.",
        depends_on={Noun.GROUP},
        arguments={
            **PAGE,
            "filter": argument(GroupFilter | None, "Only groups that pass it."),
            "sort": defaulted(GroupSort, "In which order they come.", GroupSort.NAME),
        },
        semantic_non_null=True,
    )
