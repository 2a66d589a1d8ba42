"""Groups are founded, and say what they are."""

from typing import Any

import pytest

from models import Account, Group, GroupRole, GroupStatus, Member, MemberStatus, NetworkRole, Topic
from tests.resolvers.groups.asking import done, gid, refused, send, standing, told
from tests.world import World

pytestmark = pytest.mark.walk


async def topics(*slugs: str) -> None:
    for slug in slugs:
        await Topic.create(slug=slug, name=slug.title(), name_key=slug)


async def test_who_founds_a_group_coordinates_it(world: World) -> None:
    await topics("sport", "kultur")
    erika = await world.member("Erika")
    found = await done(
        world,
        "createGroup",
        erika,
        input={"name": " AG  Öffentlichkeit ", "purpose": "Bekannt werden", "topics": ["kultur", "sport", "kultur"]},
    )
    assert found["slug"] == "ag-oeffentlichkeit"
    assert (found["name"], found["status"]) == ("AG Öffentlichkeit", "FORMING")
    group = await Group.get()
    assert (group.join_policy, group.name_key) == ("OPEN", "ag offentlichkeit")
    assert await standing(group, erika) == [("ACTIVE", "COORDINATOR")]
    assert await told(world) == [("GroupCreated",), ("GroupMemberJoined", erika.id, "COORDINATOR")]
    read = await world.data("{ groups { nodes { topics { slug } memberCount viewerCanUpdate } } }", erika)
    assert read["groups"]["nodes"] == [
        {"topics": [{"slug": "kultur"}, {"slug": "sport"}], "memberCount": 1, "viewerCanUpdate": True}
    ]


async def test_the_office_founds_a_group_that_nobody_coordinates_yet(world: World) -> None:
    await done(world, "createGroup", await world.office(), input={"name": "AG Neu", "purpose": "Alles"})
    assert await told(world) == [("GroupCreated",)]


async def test_an_account_of_the_office_that_is_a_member_coordinates_what_it_founds(world: World) -> None:
    member = await world.member("Amt")
    account = await world.account(member, role=NetworkRole.OFFICE)
    await done(world, "createGroup", account, input={"name": "AG Neu", "purpose": "Alles"})
    assert await standing(await Group.get(), member) == [("ACTIVE", "COORDINATOR")]


async def test_two_groups_of_the_same_name_have_different_slugs(world: World) -> None:
    erika = await world.member("Erika")
    slugs = [
        (await done(world, "createGroup", erika, input={"name": "AG Schule", "purpose": "Lernen"}))["slug"]
        for _time in range(2)
    ]
    assert slugs == ["ag-schule", "ag-schule-2"]


@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"name": "AG"}, [["input.name", "TOO_SHORT"]]),
        ({"name": "x" * 121}, [["input.name", "TOO_LONG"]]),
        ({"name": " \n "}, [["input.name", "REQUIRED"]]),
        ({"name": "AG\x00Schule"}, [["input.name", "INVALID"]]),
        ({"purpose": ""}, [["input.purpose", "REQUIRED"]]),
        ({"purpose": "x" * 5001}, [["input.purpose", "TOO_LONG"]]),
        ({"topics": ["sport", "gibtsnicht"]}, [["input.topics.1", "NOT_FOUND"]]),
        ({"topics": [f"t{number}" for number in range(11)]}, [["input.topics", "TOO_LONG"]]),
        ({"name": "", "purpose": ""}, [["input.name", "REQUIRED"], ["input.purpose", "REQUIRED"]]),
    ],
)
async def test_what_is_typed_wrongly_is_said_where_it_stands(
    world: World, wrong: dict[str, Any], errors: list[list[str]]
) -> None:
    await topics("sport")
    erika = await world.member("Erika")
    group = await world.group(coordinator=erika)
    assert await refused(world, "createGroup", erika, input={"name": "AG Neu", "purpose": "Alles", **wrong}) == errors
    assert await refused(world, "updateGroup", erika, input={"id": gid(group), **wrong}) == errors


async def test_only_who_takes_part_founds_groups(world: World) -> None:
    values = {"name": "AG Neu", "purpose": "Alles"}
    assert await refused(world, "createGroup", None, input=values) == ["UNAUTHENTICATED"]
    for status in (MemberStatus.APPLIED, MemberStatus.SUSPENDED, MemberStatus.DECLINED):
        assert await refused(world, "createGroup", await world.member("A", status), input=values) == ["FORBIDDEN"]


async def test_a_coordinator_changes_what_is_given_and_nothing_else(world: World) -> None:
    await topics("sport", "kultur")
    erika = await world.member("Erika")
    group = await world.group("AG Schule", coordinator=erika)
    change = {"id": gid(group), "ifVersion": 1, "name": "AG Bildung", "joinPolicy": "ON_REQUEST", "topics": ["kultur"]}
    found = await done(world, "updateGroup", erika, input=change)
    assert (found["slug"], found["name"], found["purpose"]) == ("ag-schule", "AG Bildung", "Zusammenarbeit")
    assert (found["status"], found["joinPolicy"], found["version"]) == ("ACTIVE", "ON_REQUEST", 2)
    assert found["topics"] == [{"slug": "kultur"}]
    assert await told(world) == [("GroupDetailsChanged", ["name", "joinPolicy", "topics"])]
    row = await Group.get()
    assert row.name_key == "ag bildung"
    assert row.updated_at > group.updated_at


async def test_what_changes_nothing_is_no_new_version(world: World) -> None:
    await topics("sport")
    erika = await world.member("Erika")
    group = await world.group("AG Schule", coordinator=erika)
    same = {"id": gid(group), "name": "AG Schule", "status": "ACTIVE", "topics": []}
    found = await done(world, "updateGroup", erika, input=same)
    assert found["version"] == 1
    assert await world.told() == []
    await done(world, "updateGroup", erika, input={"id": gid(group), "topics": ["sport"]})
    found = await done(world, "updateGroup", erika, input={"id": gid(group), "topics": None})
    assert (found["version"], found["topics"]) == (3, [])


async def test_an_older_version_is_a_conflict_and_brings_the_newer_one(world: World) -> None:
    erika = await world.member("Erika")
    group = await world.group("AG Schule", coordinator=erika)
    await done(world, "updateGroup", erika, input={"id": gid(group), "purpose": "Neu"})
    late = {"id": gid(group), "ifVersion": 1, "purpose": "Anders"}
    assert await refused(world, "updateGroup", erika, input=late) == [["", "CONFLICT"]]
    answer = await send(world, "updateGroup", erika, input=late)
    assert answer.data is not None
    assert (answer.data["it"]["group"]["version"], answer.data["it"]["group"]["purpose"]) == (2, "Neu")


@pytest.mark.parametrize("field", ["name", "purpose", "status", "joinPolicy"])
async def test_what_a_group_needs_can_t_be_emptied(world: World, field: str) -> None:
    erika = await world.member("Erika")
    group = await world.group(coordinator=erika)
    errors = await refused(world, "updateGroup", erika, input={"id": gid(group), field: None})
    assert errors == [[f"input.{field}", "REQUIRED"]]


async def test_only_the_office_opens_a_closed_group_and_only_as_active(world: World) -> None:
    erika, office = await world.member("Erika"), await world.office()
    group = await world.group(coordinator=erika)

    def to(status: str) -> dict[str, str]:
        return {"id": gid(group), "status": status}

    for status in ("PAUSED", "FORMING", "ACTIVE", "CLOSED"):
        assert (await done(world, "updateGroup", erika, input=to(status)))["status"] == status
    wrong = [["input.status", "WRONG_STATE"]]
    askers: list[Member | Account] = [erika, office]
    for asker in askers:
        for status in ("PAUSED", "FORMING"):
            assert await refused(world, "updateGroup", asker, input=to(status)) == wrong
    assert await refused(world, "updateGroup", erika, input=to("ACTIVE")) == wrong
    assert (await done(world, "updateGroup", erika, input={**to("CLOSED"), "purpose": "War"}))["purpose"] == "War"
    assert (await done(world, "updateGroup", office, input=to("ACTIVE")))["status"] == "ACTIVE"


async def test_only_coordinators_and_the_office_change_a_group(world: World) -> None:
    erika, other = await world.member("Erika"), await world.member("Anders")
    group = await world.group(coordinator=erika)
    await world.membership(group, other)
    elsewhere = await world.group(coordinator=other)
    change = {"id": gid(group), "purpose": "Anders"}
    assert await refused(world, "updateGroup", None, input=change) == ["UNAUTHENTICATED"]
    assert await refused(world, "updateGroup", other, input=change) == ["FORBIDDEN"]
    for unknown in (gid(erika), "nonsense", "R3JvdXA6OTk5"):
        assert await refused(world, "updateGroup", other, input={**change, "id": unknown}) == ["NOT_FOUND"]
    await done(world, "updateGroup", other, input={**change, "id": gid(elsewhere)})


async def test_who_coordinates_by_an_organisation_changes_the_group_too(world: World) -> None:
    erika = await world.member("Erika")
    club = await world.organisation("Verein", by=erika)
    group = await world.group(status=GroupStatus.FORMING)
    await world.membership(group, club, role=GroupRole.COORDINATOR)
    assert (await done(world, "updateGroup", erika, input={"id": gid(group), "purpose": "Neu"}))["purpose"] == "Neu"
