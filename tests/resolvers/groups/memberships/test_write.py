"""Three ways into a group, and out at any time."""

import pytest

from models import (
    Group,
    GroupMembership,
    GroupRole,
    GroupStatus,
    JoinPolicy,
    Mail,
    MembershipStatus,
    MemberStatus,
)
from tests.resolvers.groups.asking import done, gid, mailed, refused, standing, told
from tests.world import World

MEMBER, COORDINATOR = ("ACTIVE", "MEMBER"), ("ACTIVE", "COORDINATOR")


async def test_an_open_group_takes_in_at_once(world: World) -> None:
    group, erika = await world.group(), await world.member("Erika")
    found = await done(world, "joinGroup", erika, id=gid(group))
    assert (found["status"], found["role"], found["member"], found["group"]) == (
        "ACTIVE",
        "MEMBER",
        {"name": "Erika"},
        {"name": "AG Schule"},
    )
    assert found["joinedAt"]
    assert (await Group.get()).active_at > group.active_at
    assert await told(world) == [("GroupMemberJoined", erika.id, "MEMBER")]
    assert await mailed() == []
    assert await refused(world, "joinGroup", erika, id=gid(group)) == [["", "TAKEN"]]


async def test_on_request_the_coordinators_are_asked(world: World) -> None:
    leader, speaker, gone = await world.member("L"), await world.member("S"), await world.member("G")
    club = await world.organisation("Verein", by=speaker)
    group = await world.group(coordinator=leader, join_policy=JoinPolicy.ON_REQUEST)
    await world.membership(group, club, role=GroupRole.COORDINATOR)
    await world.membership(group, gone, role=GroupRole.COORDINATOR)
    for member in (leader, speaker, gone):
        await world.account(member)
    gone.status = MemberStatus.SUSPENDED
    await gone.save()
    erika = await world.member("Erika")
    found = await done(world, "joinGroup", erika, id=gid(group))
    assert (found["status"], found["joinedAt"]) == ("REQUESTED", None)
    assert await world.told() == []
    assert sorted(await mailed()) == sorted([(await world.account(one)).email for one in (leader, speaker)])
    mail = await Mail.first()
    assert mail is not None
    assert "Erika" in mail.body
    assert await refused(world, "joinGroup", erika, id=gid(group)) == [["", "TAKEN"]]


async def test_by_invitation_only_means_that(world: World) -> None:
    group, erika = await world.group(join_policy=JoinPolicy.INVITATION), await world.member("Erika")
    assert await refused(world, "joinGroup", erika, id=gid(group)) == [["", "WRONG_STATE"]]
    await world.membership(group, erika, MembershipStatus.INVITED)
    assert (await done(world, "joinGroup", erika, id=gid(group)))["status"] == "ACTIVE"
    assert await standing(group, erika) == [MEMBER]
    assert await told(world) == [("GroupMemberJoined", erika.id, "MEMBER")]


async def test_who_is_invited_needs_no_further_permission(world: World) -> None:
    group, erika = await world.group(join_policy=JoinPolicy.ON_REQUEST), await world.member("Erika")
    await world.membership(group, erika, MembershipStatus.INVITED)
    assert (await done(world, "joinGroup", erika, id=gid(group)))["status"] == "ACTIVE"


@pytest.mark.parametrize("invited", [True, False])
async def test_nobody_comes_into_a_closed_group(world: World, invited: bool) -> None:
    group, erika = await world.group(status=GroupStatus.CLOSED), await world.member("Erika")
    if invited:
        invitation = await world.membership(group, erika, MembershipStatus.INVITED)
        accept = {"membershipId": gid(invitation), "accept": True}
        assert await refused(world, "answerGroupInvitation", erika, **accept) == [["", "WRONG_STATE"]]
    assert await refused(world, "joinGroup", erika, id=gid(group)) == [["", "WRONG_STATE"]]


async def test_an_organisation_joins_by_who_acts_for_it(world: World) -> None:
    group, erika, other = await world.group(), await world.member("Erika"), await world.member("Anders")
    club = await world.organisation("Verein", by=erika)
    suspended = await world.organisation("Alt", by=erika, status=MemberStatus.SUSPENDED)
    asked = {"id": gid(group), "memberId": gid(club)}
    assert await refused(world, "joinGroup", None, **asked) == ["UNAUTHENTICATED"]
    assert await refused(world, "joinGroup", other, **asked) == ["FORBIDDEN"]
    assert await refused(world, "joinGroup", erika, id=gid(group), memberId=gid(suspended)) == ["FORBIDDEN"]
    for unseen in (gid(suspended), gid(group), "", "nonsense"):
        errors = await refused(world, "joinGroup", other, id=gid(group), memberId=unseen)
        assert errors == [["memberId", "NOT_FOUND"]]
    assert (await done(world, "joinGroup", erika, **asked))["member"] == {"name": "Verein"}
    assert await standing(group, erika) == []
    await done(world, "leaveGroup", erika, **asked)
    assert await standing(group, club) == [("LEFT", "MEMBER")]


async def test_the_office_says_for_whom(world: World) -> None:
    group, erika, office = await world.group(), await world.member("Erika"), await world.office()
    applicant = await world.member("Neu", MemberStatus.APPLIED)
    for name in ("joinGroup", "leaveGroup"):
        assert await refused(world, name, office, id=gid(group)) == [["memberId", "REQUIRED"]]
        errors = await refused(world, name, office, id=gid(group), memberId=gid(applicant))
        assert errors == [["memberId", "WRONG_STATE"]]
    assert (await done(world, "joinGroup", office, id=gid(group), memberId=gid(erika)))["status"] == "ACTIVE"


async def test_there_must_be_a_group_to_join(world: World) -> None:
    erika = await world.member("Erika")
    for name in ("joinGroup", "leaveGroup"):
        assert await refused(world, name, erika, id=gid(erika)) == ["NOT_FOUND"]
        assert await refused(world, name, None, id="nonsense") == ["UNAUTHENTICATED"]


async def test_leaving_is_told_and_one_may_come_back(world: World) -> None:
    group, erika = await world.group(), await world.member("Erika")
    await world.membership(group, erika)
    found = await done(world, "leaveGroup", erika, id=gid(group))
    assert (found["status"], await told(world)) == ("LEFT", [("GroupMemberLeft", erika.id)])
    assert await refused(world, "leaveGroup", erika, id=gid(group)) == [["", "WRONG_STATE"]]
    await done(world, "joinGroup", erika, id=gid(group))
    assert await standing(group, erika) == [("LEFT", "MEMBER"), MEMBER]


async def test_a_request_is_taken_back_and_nobody_is_told(world: World) -> None:
    group, erika = await world.group(join_policy=JoinPolicy.ON_REQUEST), await world.member("Erika")
    await world.membership(group, erika, MembershipStatus.REQUESTED)
    assert (await done(world, "leaveGroup", erika, id=gid(group)))["status"] == "LEFT"
    assert await world.told() == []


async def test_an_invitation_is_answered_by_who_is_invited(world: World) -> None:
    erika, leader, other = await world.member("Erika"), await world.member("L"), await world.member("A")
    group = await world.group(coordinator=leader)
    club = await world.organisation("Verein", by=erika)
    invitation = await world.membership(group, erika, MembershipStatus.INVITED)
    answer = {"membershipId": gid(invitation), "accept": False}
    assert await refused(world, "answerGroupInvitation", None, **answer) == ["UNAUTHENTICATED"]
    assert await refused(world, "answerGroupInvitation", leader, **answer) == ["FORBIDDEN"]
    assert await refused(world, "answerGroupInvitation", other, **answer) == ["NOT_FOUND"]
    assert await refused(world, "leaveGroup", erika, id=gid(group)) == [["", "WRONG_STATE"]]
    assert (await done(world, "answerGroupInvitation", erika, **answer))["status"] == "DECLINED"
    assert await world.told() == []
    wrong = [["", "WRONG_STATE"]]
    assert await refused(world, "answerGroupInvitation", erika, **{**answer, "accept": True}) == wrong
    second = await world.membership(group, club, MembershipStatus.INVITED)
    found = await done(world, "answerGroupInvitation", erika, membershipId=gid(second), accept=True)
    assert (found["status"], found["member"]) == ("ACTIVE", {"name": "Verein"})
    assert await told(world) == [("GroupMemberJoined", club.id, "MEMBER")]


async def test_the_only_coordinator_of_an_active_group_stays(world: World) -> None:
    erika, gone = await world.member("Erika"), await world.member("Gone")
    group = await world.group(coordinator=erika)
    await world.membership(group, await world.member("Otto"))
    await world.membership(group, gone, role=GroupRole.COORDINATOR)
    gone.status = MemberStatus.SUSPENDED
    await gone.save()
    own = gid(await GroupMembership.get(member=erika))
    refusal = [["", "LAST_COORDINATOR"]]
    assert await refused(world, "leaveGroup", erika, id=gid(group)) == refusal
    for asker in (erika, await world.office()):
        assert await refused(world, "removeFromGroup", asker, membershipId=own) == refusal
        assert await refused(world, "changeGroupRole", asker, membershipId=own, role="MEMBER") == refusal
    await Group.all().update(status=GroupStatus.PAUSED)
    assert (await done(world, "leaveGroup", erika, id=gid(group)))["status"] == "LEFT"


async def test_with_a_successor_the_coordinator_may_go(world: World) -> None:
    erika, otto = await world.member("Erika"), await world.member("Otto")
    group = await world.group(coordinator=erika)
    membership = await world.membership(group, otto)
    await done(world, "changeGroupRole", erika, membershipId=gid(membership), role="COORDINATOR")
    await done(world, "leaveGroup", erika, id=gid(group))
    assert await standing(group, otto) == [COORDINATOR]
    assert await told(world) == [("GroupRoleChanged", otto.id, "COORDINATOR"), ("GroupMemberLeft", erika.id)]


async def test_a_suspended_coordinator_counts_as_none_and_may_be_removed(world: World) -> None:
    gone, office = await world.member("Gone"), await world.office()
    group = await world.group(coordinator=gone)
    gone.status = MemberStatus.SUSPENDED
    await gone.save()
    membership = await GroupMembership.get(member=gone)
    assert (await done(world, "removeFromGroup", office, membershipId=gid(membership)))["status"] == "REMOVED"
    assert await standing(group, gone) == [("REMOVED", "COORDINATOR")]
