"""News from groups."""

from typing import Any

import pytest

from models import Group, GroupPost, GroupStatus, MembershipStatus, MemberStatus, NetworkRole
from tests.resolvers.groups.asking import done, gid, refused, told
from tests.world import World


def news(group: Group, **values: Any) -> dict[str, Any]:
    return {"groupId": gid(group), "title": "Protokoll", "body": "Wir waren acht.\n\nKuchen gab es auch.", **values}


async def test_a_member_of_the_group_publishes_news(world: World) -> None:
    group, erika = await world.group(), await world.member("Erika")
    await world.membership(group, erika)
    found = await done(world, "publishGroupPost", erika, input=news(group))
    assert (found["author"], found["group"]) == ({"name": "Erika"}, {"name": "AG Schule"})
    assert found["body"] == "Wir waren acht.\n\nKuchen gab es auch."
    assert (await Group.get()).active_at > group.active_at
    assert await told(world) == [("GroupPostPublished", (await GroupPost.get()).id)]


async def test_who_represents_a_member_of_the_group_writes_in_its_name(world: World) -> None:
    group, erika = await world.group(), await world.member("Erika")
    await world.membership(group, await world.organisation("Verein", by=erika))
    assert (await done(world, "publishGroupPost", erika, input=news(group)))["author"] == {"name": "Verein"}
    await world.membership(group, erika)
    assert (await done(world, "publishGroupPost", erika, input=news(group)))["author"] == {"name": "Erika"}


async def test_the_office_writes_everywhere_in_nobodys_name_or_its_own(world: World) -> None:
    group = await world.group()
    assert (await done(world, "publishGroupPost", await world.office(), input=news(group)))["author"] is None
    member = await world.member("Amt")
    account = await world.account(member, role=NetworkRole.OFFICE)
    assert (await done(world, "publishGroupPost", account, input=news(group)))["author"] == {"name": "Amt"}


async def test_others_write_nothing(world: World) -> None:
    group, waiting, stranger = await world.group(), await world.member("Wartet"), await world.member("Fremd")
    await world.membership(group, waiting, MembershipStatus.REQUESTED)
    assert await refused(world, "publishGroupPost", None, input=news(group)) == ["UNAUTHENTICATED"]
    for asker in (waiting, stranger):
        assert await refused(world, "publishGroupPost", asker, input=news(group)) == ["FORBIDDEN"]
    unknown = await refused(world, "publishGroupPost", waiting, input=news(group, groupId=gid(waiting)))
    assert unknown == [["", "NOT_FOUND"]]
    await Group.all().update(status=GroupStatus.CLOSED)
    closed = await refused(world, "publishGroupPost", await world.office(), input=news(group))
    assert closed == [["", "WRONG_STATE"]]


@pytest.mark.walk
@pytest.mark.parametrize(
    ("wrong", "errors"),
    [
        ({"title": " "}, [["input.title", "REQUIRED"]]),
        ({"title": "x" * 201}, [["input.title", "TOO_LONG"]]),
        ({"body": "x" * 20001}, [["input.body", "TOO_LONG"]]),
        ({"title": "", "body": ""}, [["input.title", "REQUIRED"], ["input.body", "REQUIRED"]]),
    ],
)
async def test_news_needs_a_title_and_a_text(world: World, wrong: dict[str, str], errors: list[list[str]]) -> None:
    erika = await world.member("Erika")
    group = await world.group(coordinator=erika)
    assert await refused(world, "publishGroupPost", erika, input=news(group, **wrong)) == errors


async def test_news_comes_newest_first_and_stays_when_its_author_goes(world: World) -> None:
    erika = await world.member("Erika")
    group = await world.group(coordinator=erika)
    for number in range(3):
        await done(world, "publishGroupPost", erika, input=news(group, title=f"N{number}"))
    erika.status = MemberStatus.LEFT
    await erika.save()
    document = 'query($after: String) { group(slug: "ag-schule") { posts(first: 2, after: $after) {'
    document += " totalCount nodes { title author { name } } pageInfo { hasNextPage endCursor } } } }"
    first = (await world.data(document))["group"]["posts"]
    assert first["nodes"] == [{"title": "N2", "author": None}, {"title": "N1", "author": None}]
    assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (3, True)
    rest = (await world.data(document, after=first["pageInfo"]["endCursor"]))["group"]["posts"]
    assert [node["title"] for node in rest["nodes"]] == ["N0"]
