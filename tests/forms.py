"""What a form has: the fields that a path of `userErrors` may name."""

from typing import Any

from graphql import GraphQLInputObjectType, GraphQLList, get_named_type

from tests.world import SCHEMA

MUTATIONS: dict[str, Any] = SCHEMA._schema.mutation_type.fields  # type: ignore[union-attr]

# What a program fills in: which object is meant, what was read of it, what was kept of a session, which button it was.
UNSEEN = {
    "id", "ifVersion", "membershipId", "registrationId", "offerId", "refreshToken",
    "accept", "attended", "publish",
}  # fmt: skip
# The same, where elsewhere a form has a field of this name.
UNSEEN_HERE = {
    ("publishGroupPost", "groupId"),
    ("addRepresentative", "organisationId"),
    ("removeRepresentative", "organisationId"),
    ("removeRepresentative", "memberId"),
}


def is_of_a_form(mutation: str, path: list[str]) -> bool:
    """Whether a form for this mutation has the field of this path; the empty one stands for the form as a whole."""
    if not path:
        return True
    arguments: Any = MUTATIONS[mutation].args
    for place, name in enumerate(path):
        if name in UNSEEN or (mutation, name) in UNSEEN_HERE or name not in arguments:
            return False
        kind = arguments[name].type
        inner = get_named_type(kind)
        if isinstance(inner, GraphQLInputObjectType):
            arguments = inner.fields
            continue
        rest = path[place + 1 :]
        is_list = isinstance(getattr(kind, "of_type", kind), GraphQLList) or isinstance(kind, GraphQLList)
        return not rest or (is_list and len(rest) == 1 and rest[0].isdigit())
    return path != ["input"]
