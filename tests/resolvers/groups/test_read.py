"""Groups in lists, and what hangs on them."""

from typing import Any

import pytest

from models import (
    Group,
    GroupPost,
    GroupRole,
    GroupStatus,
    GroupTopic,
    MembershipStatus,
    MemberStatus,
    OfferStatus,
    Topic,
    now,
)
from tests.resolvers.groups.asking import gid
from tests.statements import statements
from tests.world import World

GROUPS = """query($filter: GroupFilter, $sort: GroupSort! = NAME, $first: Int, $after: String) {
  groups(filter: $filter, sort: $sort, first: $first, after: $after) {
    totalCount nodes { name } pageInfo { hasNextPage endCursor }
  }
}"""


async def names(world: World, **variables: Any) -> list[str]:
    found = (await world.data(GROUPS, **variables))["groups"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["name"] for node in found["nodes"]]


async def test_groups_are_sorted_in_german_by_age_and_by_activity(world: World) -> None:
    for name in ("Zoo", "Ärzte", "Anker"):
        await world.group(name)
    await Group.filter(name="Anker").update(active_at=now())
    assert await names(world) == ["Anker", "Ärzte", "Zoo"]
    assert await names(world, sort="NEWEST") == ["Anker", "Ärzte", "Zoo"]
    await Group.filter(name="Zoo").update(active_at=now())
    assert await names(world, sort="RECENTLY_ACTIVE") == ["Zoo", "Anker", "Ärzte"]


async def test_all_fields_of_a_filter_hold_and_of_a_list_one(world: World) -> None:
    sport = await Topic.create(slug="sport", name="Sport", name_key="sport")
    kultur = await Topic.create(slug="kultur", name="Kultur", name_key="kultur")
    school, art = await world.group("AG Schule"), await world.group("AG Köche", status=GroupStatus.CLOSED)
    for topic in (sport, kultur):
        await GroupTopic.create(group=art, topic=topic, position=1)
    await GroupTopic.create(group=school, topic=sport, position=1)
    assert await names(world, filter={"topics": ["sport", "kultur"]}) == ["AG Köche", "AG Schule"]
    assert await names(world, filter={"topics": ["kultur"]}) == ["AG Köche"]
    assert await names(world, filter={"statuses": ["ACTIVE", "PAUSED"]}) == ["AG Schule"]
    assert await names(world, filter={"text": "KÖCHE"}) == ["AG Köche"]
    assert await names(world, filter={"text": "KÖCHE ag"}) == ["AG Köche", "AG Schule"], "half of the words will do"
    assert await names(world, filter={"text": "KÖCHE ag", "topics": ["kultur"]}) == ["AG Köche"]
    assert await names(world, filter={"text": "KÖCHE ag", "statuses": ["ACTIVE"]}) == ["AG Schule"]
    assert await names(world, filter={"text": "100%"}) == []
    assert await names(world, filter={"text": "schule", "topics": ["kultur"]}) == []
    no_restrictions: list[Any] = [None, {}, {"statuses": None, "topics": [], "text": ""}]
    for nothing in no_restrictions:
        assert await names(world, filter=nothing) == ["AG Köche", "AG Schule"]


async def test_pages_go_on_where_the_one_before_ended(world: World) -> None:
    for number in range(5):
        await world.group(f"G{number}")
    first = (await world.data(GROUPS, first=2))["groups"]
    second = (await world.data(GROUPS, first=2, after=first["pageInfo"]["endCursor"]))["groups"]
    assert [node["name"] for node in first["nodes"] + second["nodes"]] == ["G0", "G1", "G2", "G3"]
    assert (first["totalCount"], second["pageInfo"]["hasNextPage"]) == (5, True)
    answer = await world.ask(GROUPS, sort="NEWEST", after=first["pageInfo"]["endCursor"])
    assert (answer.data, answer.codes) == ({"groups": None}, ["BAD_REQUEST"])


@pytest.mark.parametrize("slug", ["gibtsnicht", "", "\x00", "AG-Schule"])
async def test_a_group_that_isn_t_there_is_null(world: World, slug: str) -> None:
    await world.group("AG Schule")
    assert await world.data("query($s: String!) { group(slug: $s) { name } }", s=slug) == {"group": None}


async def test_a_group_is_found_by_slug_and_by_id(world: World) -> None:
    group = await world.group("AG Schule")
    document = 'query($id: ID!) { group(slug: "ag-schule") { id url } node(id: $id) { ... on Group { name } } }'
    found = await world.data(document, id=gid(group))
    assert found == {"group": {"id": gid(group), "url": None}, "node": {"name": "AG Schule"}}


async def test_members_come_longest_first_with_their_role(world: World) -> None:
    leader, erika = await world.member("Leitung"), await world.member("Erika")
    group = await world.group(coordinator=leader)
    membership = await world.membership(group, erika)
    document = """query($role: GroupRole) { group(slug: "ag-schule") { memberCount members(role: $role) {
      totalCount nodes { name } edges { cursor role joinedAt node { name } membership { id member { name } } } } } }"""
    found = (await world.data(document))["group"]
    assert (found["memberCount"], found["members"]["totalCount"]) == (2, 2)
    assert [node["name"] for node in found["members"]["nodes"]] == ["Leitung", "Erika"]
    edge = found["members"]["edges"][1]
    assert (edge["role"], edge["node"], edge["membership"]) == (
        "MEMBER",
        {"name": "Erika"},
        {"id": gid(membership), "member": {"name": "Erika"}},
    )
    for role, name in (("COORDINATOR", "Leitung"), ("MEMBER", "Erika")):
        some = (await world.data(document, role=role))["group"]["members"]
        assert (some["totalCount"], some["nodes"]) == (1, [{"name": name}])


async def test_the_groups_of_a_member(world: World) -> None:
    erika = await world.member("Erika")
    for name in ("Zuerst", "Dann"):
        await world.membership(await world.group(name), erika, role=GroupRole.COORDINATOR)
    document = """{ member(slug: "erika") { groups { totalCount nodes { name }
      edges { role joinedAt membership { member { name } } node { slug } } } } }"""
    found = (await world.data(document))["member"]["groups"]
    assert (found["totalCount"], found["nodes"]) == (2, [{"name": "Zuerst"}, {"name": "Dann"}])
    assert found["edges"][0]["membership"] == {"member": {"name": "Erika"}}
    assert (found["edges"][0]["role"], found["edges"][1]["node"]) == ("COORDINATOR", {"slug": "dann"})


async def test_events_and_entries_of_a_group_and_of_no_other(world: World) -> None:
    erika = await world.member("Erika")
    group, other = await world.group("AG Schule", coordinator=erika), await world.group("AG Kunst")
    await world.event("Elternabend", group=group)
    await world.event("Entwurf", group=group, status="DRAFT")
    await world.event("Vernissage", group=other)
    await world.offer("Lesepaten", group=group)
    await world.offer("Pinsel", group=other)
    await world.offer("Entwurf", group=group, status=OfferStatus.DRAFT)
    document = """query($events: EventFilter, $offers: OfferFilter) { group(slug: "ag-schule") {
      events(filter: $events) { totalCount nodes { title } }
      offers(filter: $offers) { totalCount nodes { title } } } }"""

    async def titles(by: Any = None, **variables: Any) -> list[list[str]]:
        found = (await world.data(document, by, **variables))["group"]
        lists = [found["events"], found["offers"]]
        assert [one["totalCount"] for one in lists] == [len(one["nodes"]) for one in lists]
        return [[node["title"] for node in one["nodes"]] for one in lists]

    assert await titles() == [["Elternabend"], ["Lesepaten"]]
    drafts = {"events": {"statuses": ["DRAFT"]}, "offers": {"statuses": ["DRAFT"]}}
    assert await titles(**drafts) == [[], []]
    assert await titles(erika, **drafts) == [["Entwurf"], []]
    assert await titles(events={"text": "nichts"}, offers={"groupId": gid(other)}) == [[], []]


async def test_viewer_can_update_what_they_coordinate(world: World) -> None:
    erika = await world.member("Erika")
    await world.group("A", coordinator=erika)
    await world.group("B")
    document = "{ groups { nodes { viewerCanUpdate } } }"
    for asker, expected in ((None, [False, False]), (erika, [True, False]), (await world.office(), [True, True])):
        found = await world.data(document, asker)
        assert [node["viewerCanUpdate"] for node in found["groups"]["nodes"]] == expected


NESTED = """{ groups { nodes {
  memberCount members(first: 10) { nodes { name } } posts(first: 3) { nodes { title author { name } } }
  events(first: 5) { nodes { title } }
} } }"""


@pytest.mark.parametrize("groups", [1, 4])
@pytest.mark.parametrize("each", [1, 3])
async def test_the_number_of_statements_depends_on_the_selection_alone(world: World, groups: int, each: int) -> None:
    for number in range(groups):
        group = await world.group(f"G{number}")
        for _time in range(each):
            member = await world.member(f"M{number}")
            await world.membership(group, member)
            await GroupPost.create(group=group, author=member, title="Neues", body="Text")
            await world.event(group=group)
    with statements() as sent:
        found = (await world.data(NESTED))["groups"]["nodes"]
    assert [len(node["members"]["nodes"]) for node in found] == [each] * groups
    assert [len(node["events"]["nodes"]) for node in found] == [each] * groups
    # Groups, counts, memberships with their members, posts with their authors, events.
    assert len(sent) == 5, sent


async def test_a_list_costs_a_statement_and_one_each_for_count_and_what_lies_before(world: World) -> None:
    for number in range(3):
        await world.group(f"G{number}")
    cursor = (await world.data(GROUPS, first=1))["groups"]["pageInfo"]["endCursor"]
    for selection, count in (
        ("nodes { name }", 1),
        ("totalCount", 1),
        ("edges { cursor } totalCount", 2),
        ("nodes { name } totalCount pageInfo { hasPreviousPage }", 3),
    ):
        with statements() as sent:
            await world.data(
                f"query($after: String) {{ groups(first: 1, after: $after) {{ {selection} }} }}", after=cursor
            )
        assert len(sent) == count, (selection, sent)


async def test_memberships_cost_two_statements_more(world: World) -> None:
    erika = await world.member("Erika")
    for number in range(3):
        group = await world.group(f"G{number}", coordinator=erika)
        for status in MembershipStatus:
            await world.membership(group, await world.member("M"), status)
    context = await world.context(erika)
    document = "{ groups { nodes { viewerMembership { role } memberships { totalCount nodes { member { name } } } } } }"
    with statements() as sent:
        found = await world.data(document, context)
    assert [node["memberships"]["totalCount"] for node in found["groups"]["nodes"]] == [7, 7, 7]
    # Groups, the viewer's own, memberships with their members, their counts.
    assert len(sent) == 4, sent


async def test_a_group_counts_the_members_that_it_shows_whatever_states_there_are(world: World) -> None:
    groups = [await world.group(name) for name in ("Alle", "Nur andere", "Niemand")]
    for status in MemberStatus:
        for place in MembershipStatus:
            member = await world.member(f"{status} {place}", status)
            await world.membership(groups[0], member, place)
            if status is not MemberStatus.ACTIVE:
                await world.membership(groups[1], member, place)
    nodes = (await world.data("{ groups { nodes { memberCount members { totalCount } } } }"))["groups"]["nodes"]
    assert nodes == [{"memberCount": number, "members": {"totalCount": number}} for number in (1, 0, 0)]
