"""Who is waiting is never counted or shown to outsiders, by whatever path they look."""

from typing import Any

import pytest

from models import Account, Group, GroupMembership, GroupRole, Member, MembershipStatus, MemberStatus
from tests.resolvers.groups.asking import gid
from tests.world import World

HIDDEN = [status for status in MembershipStatus if status is not MembershipStatus.ACTIVE]
DOCUMENT = """query($waiting: ID!, $member: String!) {
  group(slug: "ag-schule") {
    memberCount
    members { totalCount nodes { name } edges { membership { id } } pageInfo { hasNextPage } }
    coordinators: members(role: COORDINATOR) { totalCount nodes { name } }
    memberships { totalCount nodes { id } }
    viewerMembership { id }
  }
  groups(sort: RECENTLY_ACTIVE) { nodes { memberCount members { totalCount } memberships { totalCount } } }
  node(id: $waiting) { id }
  nodes(ids: [$waiting]) { id }
  member(slug: $member) { groups { totalCount nodes { name } edges { membership { id } } } }
}"""


async def waiting_room(world: World, status: MembershipStatus) -> tuple[Group, GroupMembership, Member, Member]:
    """A group with a coordinator, and somebody who isn't in it, whatever they once asked for."""
    leader, waiting = await world.member("Leitung"), await world.member("Wartet")
    group = await world.group(coordinator=leader)
    # As a coordinator of the past, or of the future: the role is no way in.
    return group, await world.membership(group, waiting, status, GroupRole.COORDINATOR), leader, waiting


async def seen(world: World, by: Member | Account | None, hidden: GroupMembership) -> dict[str, Any]:
    found: dict[str, Any] = await world.data(DOCUMENT, by, waiting=gid(hidden), member="wartet")
    return found


def assert_unseen(found: dict[str, Any]) -> None:
    group = found["group"]
    assert group["memberCount"] == 1
    assert group["members"]["totalCount"] == 1
    assert [node["name"] for node in group["members"]["nodes"]] == ["Leitung"]
    assert len(group["members"]["edges"]) == 1
    assert (group["coordinators"]["totalCount"], group["coordinators"]["nodes"]) == (1, [{"name": "Leitung"}])
    assert group["memberships"] is None
    assert group["viewerMembership"] is None
    assert found["groups"]["nodes"] == [{"memberCount": 1, "members": {"totalCount": 1}, "memberships": None}]
    assert (found["node"], found["nodes"]) == (None, [None])
    assert found["member"] is None or found["member"]["groups"] == {"totalCount": 0, "nodes": [], "edges": []}


@pytest.mark.parametrize("status", HIDDEN)
async def test_outsiders_and_other_members_see_nothing_of_it(world: World, status: MembershipStatus) -> None:
    group, hidden, _leader, _waiting = await waiting_room(world, status)
    outsider = await world.member("Fremd")
    elsewhere = await world.member("Andere Leitung")
    await world.group("Woanders", coordinator=elsewhere)
    await Group.filter(slug="woanders").delete()
    for asker in (None, outsider, elsewhere, await world.member("Neu", MemberStatus.APPLIED)):
        assert_unseen(await seen(world, asker, hidden))
    inside = await world.member("Dabei")
    await world.membership(group, inside)
    found = await seen(world, inside, hidden)
    assert (found["group"]["memberCount"], found["group"]["members"]["totalCount"]) == (2, 2)
    assert (found["node"], found["group"]["memberships"]) == (None, None)


@pytest.mark.parametrize("status", HIDDEN)
async def test_who_is_waiting_sees_it_and_is_counted_nowhere(world: World, status: MembershipStatus) -> None:
    _group, hidden, _leader, waiting = await waiting_room(world, status)
    found = await seen(world, waiting, hidden)
    assert found["node"] == {"id": gid(hidden)}
    assert found["group"]["viewerMembership"] == {"id": gid(hidden)}
    assert (found["group"]["memberCount"], found["group"]["members"]["totalCount"]) == (1, 1)
    assert found["group"]["memberships"] is None
    assert found["member"]["groups"]["totalCount"] == 0


async def test_coordinators_and_the_office_see_who_is_waiting(world: World) -> None:
    _group, hidden, leader, _waiting = await waiting_room(world, MembershipStatus.REQUESTED)
    askers: list[Member | Account] = [leader, await world.office()]
    for asker in askers:
        found = await seen(world, asker, hidden)
        assert found["node"] == {"id": gid(hidden)}
        assert found["group"]["memberships"]["totalCount"] == 2
        assert found["group"]["memberships"]["nodes"][0] == {"id": gid(hidden)}
        assert (found["group"]["memberCount"], found["group"]["members"]["totalCount"]) == (1, 1)
        assert found["member"]["groups"]["totalCount"] == 0
    document = """query($statuses: [MembershipStatus!]) { group(slug: "ag-schule") {
      memberships(statuses: $statuses) { totalCount nodes { status } } } }"""
    for statuses, count in ((["REQUESTED"], 1), (["ACTIVE"], 1), (["LEFT"], 0), ([], 2), (None, 2)):
        some = (await world.data(document, leader, statuses=statuses))["group"]["memberships"]
        assert (some["totalCount"], len(some["nodes"])) == (count, count)


async def test_members_that_aren_t_active_are_neither_counted_nor_shown(world: World) -> None:
    group, _hidden, leader, waiting = await waiting_room(world, MembershipStatus.LEFT)
    own = await world.membership(group, waiting)
    waiting.status = MemberStatus.SUSPENDED
    await waiting.save()
    assert_unseen(await seen(world, None, own))
    by_leader = await seen(world, leader, own)
    assert (by_leader["group"]["memberCount"], by_leader["node"]) == (1, None)
    assert by_leader["group"]["memberships"]["totalCount"] == 1
    by_office = await seen(world, await world.office(), own)
    assert (by_office["group"]["memberCount"], by_office["group"]["members"]["totalCount"]) == (1, 1)
    assert by_office["node"] == {"id": gid(own)}


async def test_the_viewer_has_their_own_and_their_organisations_memberships(world: World) -> None:
    _group, hidden, leader, waiting = await waiting_room(world, MembershipStatus.REQUESTED)
    club = await world.organisation("Verein", by=waiting)
    other = await world.group("Woanders")
    invited = await world.membership(other, club, MembershipStatus.INVITED)
    document = "query($s: [MembershipStatus!]) { viewer { memberships(statuses: $s) { totalCount nodes { id } } } }"
    found = (await world.data(document, waiting))["viewer"]["memberships"]
    assert found == {"totalCount": 2, "nodes": [{"id": gid(invited)}, {"id": gid(hidden)}]}
    some = (await world.data(document, waiting, s=["INVITED"]))["viewer"]["memberships"]
    assert some == {"totalCount": 1, "nodes": [{"id": gid(invited)}]}
    assert (await world.data(document, leader))["viewer"]["memberships"]["totalCount"] == 1
    assert (await world.data(document, await world.office()))["viewer"]["memberships"]["totalCount"] == 0


async def test_the_newest_of_the_viewers_own_is_shown(world: World) -> None:
    group, erika = await world.group(), await world.member("Erika")
    await world.membership(group, erika, MembershipStatus.REMOVED)
    newest = await world.membership(group, erika, MembershipStatus.DECLINED)
    await world.membership(group, await world.organisation("Verein", by=erika))
    document = '{ group(slug: "ag-schule") { viewerMembership { id status } } }'
    found = (await world.data(document, erika))["group"]["viewerMembership"]
    assert found == {"id": gid(newest), "status": "DECLINED"}
