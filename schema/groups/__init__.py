"""Groups, as the API says them."""

from schema.groups.mutations import GroupMutations
from schema.groups.queries import GroupQueries
from schema.groups.types import (
    Group,
    GroupConnection,
    GroupMembership,
    GroupMembershipConnection,
    GroupPost,
    MemberGroupConnection,
)

__all__ = [
    "Group",
    "GroupConnection",
    "GroupMembership",
    "GroupMembershipConnection",
    "GroupMutations",
    "GroupPost",
    "GroupQueries",
    "MemberGroupConnection",
]
