"""The mutations of groups, as a frontend sends them."""

from dataclasses import astuple
from typing import Any

from models import Account, Group, GroupMembership, Mail, Member
from schema.declare.ids import global_id
from subscriptions.changes import read_change
from tests.dump import dump
from tests.world import Answer, World

_ERRORS = "userErrors { path code message }"
_MEMBERSHIP = f"{{ membership {{ id status role joinedAt member {{ name }} group {{ name }} }} {_ERRORS} }}"
_MUTATIONS = {
    "createGroup": ("$input: CreateGroupInput!", "input: $input", f"{{ group {{ id slug name status }} {_ERRORS} }}"),
    "updateGroup": (
        "$input: UpdateGroupInput!",
        "input: $input",
        f"{{ group {{ slug name purpose status joinPolicy version updatedAt topics {{ slug }} }} {_ERRORS} }}",
    ),
    "joinGroup": ("$id: ID!, $memberId: ID", "id: $id, memberId: $memberId", _MEMBERSHIP),
    "leaveGroup": ("$id: ID!, $memberId: ID", "id: $id, memberId: $memberId", _MEMBERSHIP),
    "inviteToGroup": ("$id: ID!, $memberId: ID!", "id: $id, memberId: $memberId", _MEMBERSHIP),
    "answerGroupInvitation": (
        "$membershipId: ID!, $accept: Boolean!",
        "membershipId: $membershipId, accept: $accept",
        _MEMBERSHIP,
    ),
    "decideJoinRequest": (
        "$membershipId: ID!, $accept: Boolean!",
        "membershipId: $membershipId, accept: $accept",
        _MEMBERSHIP,
    ),
    "removeFromGroup": (
        "$membershipId: ID!, $reason: String",
        "membershipId: $membershipId, reason: $reason",
        _MEMBERSHIP,
    ),
    "changeGroupRole": (
        "$membershipId: ID!, $role: GroupRole!",
        "membershipId: $membershipId, role: $role",
        _MEMBERSHIP,
    ),
    "publishGroupPost": (
        "$input: PublishGroupPostInput!",
        "input: $input",
        f"{{ post {{ id title body author {{ name }} group {{ name }} }} {_ERRORS} }}",
    ),
}


def gid(row: Any) -> str:
    """The opaque id of a row."""
    return global_id(type(row).__name__, row.pk)


async def send(world: World, name: str, by: Member | Account | None, **variables: Any) -> Answer:
    """The answer to the mutation of this name."""
    declared, given, selection = _MUTATIONS[name]
    document = f"mutation({declared}) {{ it: {name}({given}) {selection} }}"
    return await world.ask(document, by, **variables)


async def done(world: World, name: str, by: Member | Account | None, **variables: Any) -> Any:
    """The payload's object, where it is expected to be done."""
    answer = await send(world, name, by, **variables)
    assert not answer.errors, answer.errors
    assert answer.data is not None
    payload = answer.data["it"]
    assert payload["userErrors"] == []
    return next(value for key, value in payload.items() if key != "userErrors")


async def refused(world: World, name: str, by: Member | Account | None, **variables: Any) -> list[Any]:
    """Why it was refused: `[path, code]` of each user error, or the codes at the top; nothing has changed."""
    context = await world.context(by)
    before = await dump()
    declared, given, selection = _MUTATIONS[name]
    answer = await world.ask(f"mutation({declared}) {{ it: {name}({given}) {selection} }}", context, **variables)
    assert await dump() == before
    if answer.errors:
        assert (answer.data or {}).get("it") is None
        return answer.codes
    assert answer.data is not None
    errors = answer.data["it"]["userErrors"]
    assert errors, "it was not refused"
    assert all(error["message"] for error in errors)
    return [[".".join(error["path"]), error["code"]] for error in errors]


async def told(world: World) -> list[tuple[Any, ...]]:
    """What was told: kind and facts but the group's."""
    changes = [read_change(change.kind, change.facts) for change in await world.told()]
    return [(change.kind, *astuple(change)[1:]) for change in changes]


async def standing(group: Group, member: Member) -> list[tuple[str, str]]:
    """Status and role of all memberships of a member in a group, the oldest first."""
    rows = await GroupMembership.filter(group=group, member=member).order_by("id")
    return [(row.status.value, row.role.value) for row in rows]


async def mailed() -> list[str]:
    """To whom mail goes, in order."""
    return [mail.recipient for mail in await Mail.all().order_by("id")]
