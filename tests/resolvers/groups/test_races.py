"""What several people do to a group at the same instant."""

from asyncio import gather

from models import Group, GroupMembership, GroupRole, GroupStatus, JoinPolicy, MembershipStatus
from tests.resolvers.groups.asking import gid, send, told
from tests.world import Answer, World


def codes(answer: Answer) -> list[str]:
    """The codes of the user errors."""
    assert not answer.errors, answer.errors
    assert answer.data is not None
    return [error["code"] for error in answer.data["it"]["userErrors"]]


async def test_a_member_that_joins_twice_at_once_is_in_once(world: World) -> None:
    group, erika = await world.group(), await world.member("Erika")
    await world.account(erika)
    answers = await gather(*(send(world, "joinGroup", erika, id=gid(group)) for _time in range(6)))
    assert sorted(codes(answer) for answer in answers) == [[], *[["TAKEN"]] * 5]
    assert await GroupMembership.all().count() == 1
    assert await told(world) == [("GroupMemberJoined", erika.id, "MEMBER")]


async def test_two_requests_at_once_are_one(world: World) -> None:
    group, erika = await world.group(join_policy=JoinPolicy.ON_REQUEST), await world.member("Erika")
    await world.account(erika)
    answers = await gather(*(send(world, "joinGroup", erika, id=gid(group)) for _time in range(2)))
    assert sorted(codes(answer) for answer in answers) == [[], ["TAKEN"]]
    assert await GroupMembership.filter(status=MembershipStatus.REQUESTED).count() == 1


async def test_of_two_coordinators_that_leave_at_once_one_stays(world: World) -> None:
    for _time in range(5):
        group = await world.group()
        pair = [await world.member("A"), await world.member("B")]
        for member in pair:
            await world.membership(group, member, role=GroupRole.COORDINATOR)
            await world.account(member)
        answers = await gather(*(send(world, "leaveGroup", member, id=gid(group)) for member in pair))
        assert sorted(codes(answer) for answer in answers) == [[], ["LAST_COORDINATOR"]]
        assert await GroupMembership.filter(group=group, status=MembershipStatus.ACTIVE).count() == 1


async def test_of_two_coordinators_of_which_one_goes_and_one_steps_down_one_stays(world: World) -> None:
    group = await world.group()
    leaving, stepping = await world.member("A"), await world.member("B")
    await world.membership(group, leaving, role=GroupRole.COORDINATOR)
    own = await world.membership(group, stepping, role=GroupRole.COORDINATOR)
    for member in (leaving, stepping):
        await world.account(member)
    answers = await gather(
        send(world, "leaveGroup", leaving, id=gid(group)),
        send(world, "changeGroupRole", stepping, membershipId=gid(own), role="MEMBER"),
    )
    assert sorted(codes(answer) for answer in answers) == [[], ["LAST_COORDINATOR"]]
    left = await GroupMembership.filter(status=MembershipStatus.ACTIVE, role=GroupRole.COORDINATOR)
    assert len(left) == 1


async def test_a_group_that_closes_lets_nobody_in_any_more(world: World) -> None:
    leader, erika = await world.member("Leitung"), await world.member("Erika")
    group = await world.group(coordinator=leader)
    for member in (leader, erika):
        await world.account(member)
    closed, joined = await gather(
        send(world, "updateGroup", leader, input={"id": gid(group), "status": "CLOSED"}),
        send(world, "joinGroup", erika, id=gid(group)),
    )
    assert codes(closed) == []
    kinds = [change.kind for change in await world.told()]
    if codes(joined):
        assert (codes(joined), kinds) == (["WRONG_STATE"], ["GroupDetailsChanged"])
    else:
        assert kinds == ["GroupMemberJoined", "GroupDetailsChanged"]
    assert (await Group.get()).status is GroupStatus.CLOSED


async def test_a_request_is_decided_once(world: World) -> None:
    leader, other, erika = await world.member("L"), await world.member("O"), await world.member("Erika")
    group = await world.group(coordinator=leader)
    await world.membership(group, other, role=GroupRole.COORDINATOR)
    request = await world.membership(group, erika, MembershipStatus.REQUESTED)
    for member in (leader, other, erika):
        await world.account(member)
    answers = await gather(
        send(world, "decideJoinRequest", leader, membershipId=gid(request), accept=True),
        send(world, "decideJoinRequest", other, membershipId=gid(request), accept=False),
    )
    assert sorted(codes(answer) for answer in answers) == [[], ["WRONG_STATE"]]


async def test_groups_of_the_same_name_founded_at_once_have_slugs_of_their_own(world: World) -> None:
    founders = [await world.member(f"Erika {number}") for number in range(6)]
    for founder in founders:
        await world.account(founder)
    values = {"name": "AG Schule", "purpose": "Lernen"}
    answers = await gather(*(send(world, "createGroup", founder, input=values) for founder in founders))
    assert [codes(answer) for answer in answers] == [[]] * 6
    slugs = {group.slug for group in await Group.all()}
    assert slugs == {"ag-schule", *(f"ag-schule-{number}" for number in range(2, 7))}
