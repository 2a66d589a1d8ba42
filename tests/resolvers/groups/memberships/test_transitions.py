"""Coordinators and the office decide who belongs to a group."""

from typing import Any

import pytest

from models import (
    Group,
    GroupMembership,
    GroupStatus,
    JoinPolicy,
    Mail,
    Member,
    MembershipStatus,
    MemberStatus,
)
from tests.resolvers.groups.asking import done, gid, mailed, refused, standing, told
from tests.world import World

pytestmark = pytest.mark.walk


async def led_group(world: World, **columns: Any) -> tuple[Group, Member, Member]:
    """A group, its coordinator, and somebody else who has an account."""
    leader, erika = await world.member("Leitung"), await world.member("Erika")
    await world.account(erika)
    return await world.group(coordinator=leader, **columns), leader, erika


async def test_who_is_invited_gets_a_mail_and_is_not_in_yet(world: World) -> None:
    group, leader, erika = await led_group(world)
    found = await done(world, "inviteToGroup", leader, id=gid(group), memberId=gid(erika))
    assert (found["status"], found["joinedAt"]) == ("INVITED", None)
    assert await mailed() == [(await world.account(erika)).email]
    assert await world.told() == []
    again = await refused(world, "inviteToGroup", leader, id=gid(group), memberId=gid(erika))
    assert again == [["memberId", "TAKEN"]]
    own = await refused(world, "inviteToGroup", leader, id=gid(group), memberId=gid(leader))
    assert own == [["memberId", "TAKEN"]]


async def test_an_organisation_is_invited_by_mail_to_who_acts_for_it(world: World) -> None:
    group, leader, erika = await led_group(world)
    club = await world.organisation("Verein", by=erika)
    await done(world, "inviteToGroup", leader, id=gid(group), memberId=gid(club))
    assert await mailed() == [(await world.account(erika)).email]


async def test_inviting_who_has_asked_accepts_the_request(world: World) -> None:
    group, leader, erika = await led_group(world)
    await world.membership(group, erika, MembershipStatus.REQUESTED)
    assert (await done(world, "inviteToGroup", leader, id=gid(group), memberId=gid(erika)))["status"] == "ACTIVE"
    assert await standing(group, erika) == [("ACTIVE", "MEMBER")]
    assert await told(world) == [("GroupMemberJoined", erika.id, "MEMBER")]


async def test_who_may_invite_whom(world: World) -> None:
    group, leader, erika = await led_group(world)
    asked = {"id": gid(group), "memberId": gid(erika)}
    hidden = await world.member("Neu", MemberStatus.APPLIED)
    assert await refused(world, "inviteToGroup", None, **asked) == ["UNAUTHENTICATED"]
    assert await refused(world, "inviteToGroup", erika, **asked) == ["FORBIDDEN"]
    assert await refused(world, "inviteToGroup", leader, id=gid(erika), memberId=gid(erika)) == ["NOT_FOUND"]
    for unseen in (gid(hidden), "nonsense", gid(group)):
        errors = await refused(world, "inviteToGroup", leader, id=gid(group), memberId=unseen)
        assert errors == [["memberId", "NOT_FOUND"]]
    office = await world.office()
    errors = await refused(world, "inviteToGroup", office, id=gid(group), memberId=gid(hidden))
    assert errors == [["memberId", "WRONG_STATE"]]
    await Group.all().update(status=GroupStatus.CLOSED)
    assert await refused(world, "inviteToGroup", office, **asked) == [["", "WRONG_STATE"]]


@pytest.mark.parametrize("accept", [True, False])
async def test_a_request_is_decided(world: World, accept: bool) -> None:
    group, leader, erika = await led_group(world, join_policy=JoinPolicy.ON_REQUEST)
    request = await world.membership(group, erika, MembershipStatus.REQUESTED)
    decision = {"membershipId": gid(request), "accept": accept}
    other = await world.member("Anders")
    assert await refused(world, "decideJoinRequest", None, **decision) == ["UNAUTHENTICATED"]
    assert await refused(world, "decideJoinRequest", erika, **decision) == ["FORBIDDEN"]
    assert await refused(world, "decideJoinRequest", other, **decision) == ["NOT_FOUND"]
    found = await done(world, "decideJoinRequest", leader, **decision)
    assert found["status"] == ("ACTIVE" if accept else "DECLINED")
    assert await told(world) == ([("GroupMemberJoined", erika.id, "MEMBER")] if accept else [])
    assert await mailed() == [(await world.account(erika)).email]
    wrong = [["", "WRONG_STATE"]]
    assert await refused(world, "decideJoinRequest", leader, **decision) == wrong


async def test_nobody_is_let_into_a_closed_group_but_may_be_turned_down(world: World) -> None:
    group, leader, erika = await led_group(world, status=GroupStatus.CLOSED)
    request = gid(await world.membership(group, erika, MembershipStatus.REQUESTED))
    wrong = [["", "WRONG_STATE"]]
    assert await refused(world, "decideJoinRequest", leader, membershipId=request, accept=True) == wrong
    await done(world, "decideJoinRequest", leader, membershipId=request, accept=False)


async def test_a_request_of_a_suspended_member_is_hidden_from_coordinators(world: World) -> None:
    group, leader, erika = await led_group(world)
    request = gid(await world.membership(group, erika, MembershipStatus.REQUESTED))
    erika.status = MemberStatus.SUSPENDED
    await erika.save()
    assert await refused(world, "decideJoinRequest", leader, membershipId=request, accept=True) == ["NOT_FOUND"]
    wrong = [["", "WRONG_STATE"]]
    office = await world.office()
    assert await refused(world, "decideJoinRequest", office, membershipId=request, accept=True) == wrong


async def test_removing_tells_why_and_takes_the_rights(world: World) -> None:
    group, leader, erika = await led_group(world)
    membership = await world.membership(group, erika)
    other = await world.member("Anders")
    removal = {"membershipId": gid(membership), "reason": "Seit einem Jahr nicht da."}
    assert await refused(world, "removeFromGroup", None, **removal) == ["UNAUTHENTICATED"]
    for asker in (erika, other):
        assert await refused(world, "removeFromGroup", asker, **removal) == ["FORBIDDEN"]
    long = await refused(world, "removeFromGroup", leader, membershipId=gid(membership), reason="x" * 1001)
    assert long == [["reason", "TOO_LONG"]]
    assert (await done(world, "removeFromGroup", leader, **removal))["status"] == "REMOVED"
    assert await told(world) == [("GroupMemberLeft", erika.id)]
    mail = await Mail.get()
    assert mail.recipient == (await world.account(erika)).email
    assert "Seit einem Jahr nicht da." in mail.body
    assert (await GroupMembership.get(id=membership.id)).status_reason == "Seit einem Jahr nicht da."
    assert await refused(world, "removeFromGroup", leader, **removal) == [["", "WRONG_STATE"]]
    assert await refused(world, "removeFromGroup", other, **removal) == ["NOT_FOUND"]


async def test_an_invitation_is_taken_back_and_a_request_has_to_be_decided(world: World) -> None:
    group, leader, erika = await led_group(world)
    invitation = await world.membership(group, erika, MembershipStatus.INVITED)
    assert (await done(world, "removeFromGroup", leader, membershipId=gid(invitation)))["status"] == "REMOVED"
    assert await world.told() == []
    request = await world.membership(group, erika, MembershipStatus.REQUESTED)
    errors = await refused(world, "removeFromGroup", leader, membershipId=gid(request))
    assert errors == [["", "WRONG_STATE"]]


async def test_roles_are_handed_out_by_coordinators(world: World) -> None:
    group, leader, erika = await led_group(world)
    membership = gid(await world.membership(group, erika))
    promoted = {"membershipId": membership, "role": "COORDINATOR"}
    assert await refused(world, "changeGroupRole", None, **promoted) == ["UNAUTHENTICATED"]
    assert await refused(world, "changeGroupRole", erika, **promoted) == ["FORBIDDEN"]
    assert (await done(world, "changeGroupRole", leader, **promoted))["role"] == "COORDINATOR"
    await done(world, "changeGroupRole", leader, **promoted)
    assert await told(world) == [("GroupRoleChanged", erika.id, "COORDINATOR")]
    own = gid(await GroupMembership.get(member=leader))
    assert (await done(world, "changeGroupRole", leader, membershipId=own, role="MEMBER"))["role"] == "MEMBER"
    assert await refused(world, "changeGroupRole", leader, **promoted) == ["FORBIDDEN"]


async def test_only_who_is_in_the_group_has_a_role_to_change(world: World) -> None:
    group, leader, erika = await led_group(world)
    request = gid(await world.membership(group, erika, MembershipStatus.REQUESTED))
    errors = await refused(world, "changeGroupRole", leader, membershipId=request, role="COORDINATOR")
    assert errors == [["", "WRONG_STATE"]]
