"""What can be asked about members."""

from typing import TYPE_CHECKING

import strawberry

from models import MemberKind, MemberStatus
from models.filters import members as filters
from models.filters.members import MemberSort
from resolvers import members
from schema.declare.arguments import PAGE, argument, defaulted, required
from schema.declare.fields import one_of, root
from schema.declare.inputs import optional, restrictions
from schema.declare.prices import TEXT
from schema.members.types import Member, MemberConnection
from subscriptions.changes import Noun

if TYPE_CHECKING:
    pass


@strawberry.input(description="Which members a list holds. What is left out, null or [] doesn't restrict.")
class MemberFilter:
    kinds: list[MemberKind] | None = strawberry.field(
        description="Only persons, or only organisations.", default=strawberry.UNSET
    )
    statuses: list[MemberStatus] | None = strawberry.field(
        description="Left out: ACTIVE. Others only as far as the viewer may see them: the office's list of applicants.",
        default=strawberry.UNSET,
    )
    topics: list[str] | None = strawberry.field(
        description="Slugs of topics, of which the member has at least one.", default=strawberry.UNSET
    )
    districts: list[str] | None = strawberry.field(
        description="Slugs of districts, in one of which, or in a part of one, the member is.", default=strawberry.UNSET
    )
    text: str | None = optional(
        "Words, each of which is found in the name or in `about`, also inside longer words; case and "
        "diacritics make no difference.",
        price=TEXT,
    )

    def plain(self) -> filters.MemberFilter:
        """The filter of `models.filters`."""
        return filters.MemberFilter(**restrictions(self))


@strawberry.type
class MemberQueries:
    member: Member | None = root(
        members.member,
        "A member by its slug; null where there is none that the viewer may see.",
        depends_on={Noun.MEMBER},
        shows=one_of(Noun.MEMBER),
        arguments={"slug": required(str, "Its readable key.")},
    )
    members: MemberConnection | None = root(
        members.members,
        "The members of the network that pass the filter, as far as the viewer may see them; without a filter the "
        "active ones.",
        depends_on={Noun.MEMBER},
        arguments={
            **PAGE,
            "filter": argument(MemberFilter | None, "Only members for which all of this holds."),
            "sort": defaulted(MemberSort, "In which order.", MemberSort.NAME),
        },
        semantic_non_null=True,
    )
