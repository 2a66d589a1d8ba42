"""Who reads a post of a group: one rule, walked over everybody and every way to come by its words."""

from contextlib import aclosing
from typing import Any

from models import Account, ApiKey, Group, GroupPost, Member, MembershipStatus, MemberStatus, PostAudience
from resolvers.search.indexing import index_row
from schema.declare.ids import global_id
from subscriptions import changes
from tests.conditions import soon
from tests.world import World

Asker = Member | Account | ApiKey | None
# In no other text.
WORD = "Quittengelee"
WAYS = {
    "node": "query($id: ID!) { node(id: $id) { ... on GroupPost { title } } }",
    "nodes": "query($id: ID!) { nodes(ids: [$id]) { ... on GroupPost { body } } }",
    "list": '{ group(slug: "ag-schule") { posts { totalCount nodes { title } edges { node { body } } } } }',
    "list of many": "{ groups { nodes { posts(last: 5) { nodes { title } } } } }",
    "search": f'{{ search(text: "{WORD}", types: [GROUP_POST]) {{ totalCount edges {{ node {{ __typename }} }} }} }}',
    "typed wrongly": f'{{ search(text: "{WORD[:-1]}a", types: [GROUP_POST]) {{ correctedText totalCount }} }}',
    "suggestion": f'{{ suggest(text: "{WORD[:6]}") {{ text }} }}',
    "report": "mutation($id: ID!) { report(input: {targetId: $id, reason: SPAM}) { report { id } } }",
}


def gid(row: Any) -> str:
    """The opaque id of a row."""
    return global_id(type(row).__name__, row.pk)


class Scene:
    """A group with a post for itself, whose author has left it, and everybody who could want to read it."""

    group: Group
    post: GroupPost

    def __init__(self, world: World) -> None:
        self.world = world
        self.readers: dict[str, Asker] = {}
        self.others: dict[str, Asker] = {}

    @classmethod
    async def made(cls, world: World) -> "Scene":
        scene = cls(world)
        member, waiting, left, otto = [await world.member(name) for name in ("Mit", "Wartet", "Fort", "Otto")]
        leader = await world.member("Leitung")
        scene.group = await world.group(coordinator=leader)
        club = await world.organisation("Verein", by=otto)
        for one, status in (
            (member, MembershipStatus.ACTIVE),
            (club, MembershipStatus.ACTIVE),
            (waiting, MembershipStatus.REQUESTED),
            (left, MembershipStatus.LEFT),
        ):
            await world.membership(scene.group, one, status)
        suspended = await world.member("Gesperrt")
        await world.membership(scene.group, suspended)
        await Member.filter(id=suspended.id).update(status=MemberStatus.SUSPENDED)
        scene.readers = {"member": member, "for an organisation": otto, "coordinator": leader}
        scene.readers["office"] = await world.office()
        scene.others = {"guest": None, "waiting": waiting, "author who has left": left, "suspended": suspended}
        scene.others |= {"stranger": await world.member("Fremd"), "key": await world.key(club)}
        text: dict[str, Any] = {"title": f"{WORD} gekocht", "body": f"Es gab {WORD}.", "author": left}
        scene.post = await GroupPost.create(group=scene.group, audience=PostAudience.GROUP, **text)
        await index_row(scene.post, new=True)
        return scene

    async def found(self, by: Asker) -> set[str]:
        """The ways in which somebody comes by it."""
        context, found = await self.world.context(by), set()
        for way, document in WAYS.items():
            answer = await self.world.ask(document, context, **({"id": gid(self.post)} if "$id" in document else {}))
            said = str(answer.data)
            counted = "'totalCount': 1" in said or "'id':" in said
            if WORD in said or counted:
                found.add(way)
        return found


async def test_who_takes_part_reads_it_and_nobody_else_comes_by_it_in_any_way(world: World) -> None:
    scene = await Scene.made(world)
    for name, by in scene.others.items():
        assert await scene.found(by) == set(), name
    by_members = set(WAYS) - {"suggestion", "typed wrongly"}  # which know what everybody finds alone
    for name, by in scene.readers.items():
        assert await scene.found(by) == by_members, name
    await GroupPost.filter(id=scene.post.id).update(audience=PostAudience.EVERYONE)  # the index follows by itself
    assert await scene.found(None) == set(WAYS) - {"suggestion"}
    await GroupPost.filter(id=scene.post.id).update(audience=PostAudience.GROUP)
    await GroupPost.filter(id=scene.post.id).update(hidden_at=scene.post.published_at)
    await GroupPost.filter(id=scene.post.id).update(hidden_at=None)
    assert await scene.found(None) == set()


GROUPS = """subscription($after: String) { groupUpdated(after: $after) { change { __typename
  ... on GroupPostPublished { post { title } } ... on GroupPostChanged { post { title audience version } }
  ... on GroupPostRemoved { postId } ... on GroupMemberLeft { memberId } } } }"""
UPDATE = """mutation($id: ID!, $title: String, $audience: PostAudience) {
  it: updateGroupPost(id: $id, title: $title, audience: $audience) { userErrors { code } } }"""
DELETE = "mutation($id: ID!) { it: deleteGroupPost(id: $id) { deletedId userErrors { code } } }"
HIDE = 'mutation($id: ID!) { it: hide(id: $id, reason: "Grund") { userErrors { code } } }'
PUBLISH = "mutation($input: PublishGroupPostInput!) { it: publishGroupPost(input: $input) { post { id } } }"


async def test_updates_tell_nobody_of_what_they_may_not_read_and_what_leaves_their_sight_is_removed(
    world: World,
) -> None:
    """Whoever leaves the group hears no more of what is for the group, from the very next update on."""
    scene = await Scene.made(world)
    office, member = scene.readers["office"], scene.readers["member"]
    assert isinstance(member, Member)
    cursor = await world.services.hub.cursor()

    async def told() -> None:
        news = {"groupId": gid(scene.group), "title": "Für uns", "body": "Text", "kind": "MINUTES"}
        made = await world.data(PUBLISH, office, input={**news, "audience": "GROUP"})
        post = made["it"]["post"]["id"]
        await world.data(UPDATE, office, id=post, title="Für alle", audience="EVERYONE")
        await world.data(UPDATE, office, id=post, audience="GROUP")
        await world.data(HIDE, office, id=post)
        await world.data(DELETE, office, id=post)
        leave = "mutation($id: ID!) { leaveGroup(id: $id) { userErrors { code } } }"
        await world.data(leave, member, id=gid(scene.group))
        for document in (UPDATE, HIDE, DELETE):
            more = {"title": "Anders"} if document is UPDATE else {}
            assert (await world.data(document, office, id=gid(scene.post), **more))["it"]["userErrors"] == []
        ids.append(post)

        async def end(outbox: Any) -> None:
            outbox.tell(changes.GroupDetailsChanged(scene.group.id, ["name"]))

        await world.services.outbox.write(end)

    ids: list[str] = []
    async with (
        aclosing(world.subscribe(GROUPS, after=cursor)) as guest,
        aclosing(world.subscribe(GROUPS, member, after=cursor)) as reader,
    ):
        await told()
        heard = {name: await until_the_end(updates) for name, updates in (("guest", guest), ("member", reader))}
    left = {"__typename": "GroupMemberLeft", "memberId": gid(member)}
    gone = {"__typename": "GroupPostRemoved", "postId": ids[0]}
    # By the time it is read the post is gone: what has no row any more isn't shown.
    assert [one for one in heard["guest"] if "postId" not in one] == [left]
    assert [one["postId"] for one in heard["guest"] if "postId" in one] == ids
    assert heard["member"][-1] == left
    assert gone in heard["member"]
    assert not any(gid(scene.post) in str(some) for some in heard.values())


async def test_each_step_is_told_as_it_happens(world: World) -> None:
    scene = await Scene.made(world)
    office, member = scene.readers["office"], scene.readers["member"]
    await GroupPost.filter(id=scene.post.id).update(audience=PostAudience.EVERYONE)
    cursor, key = await world.services.hub.cursor(), gid(scene.post)
    removed = {"__typename": "GroupPostRemoved", "postId": key}

    def changed(title: str, audience: str, version: int) -> Any:
        return {
            "__typename": "GroupPostChanged",
            "post": {"title": title, "audience": audience, "version": version},
        }

    async with (
        aclosing(world.subscribe(GROUPS, after=cursor)) as guest,
        aclosing(world.subscribe(GROUPS, member, after=cursor)) as reader,
    ):
        await world.data(UPDATE, office, id=key, title="Neu")
        assert [await take(guest), await take(reader)] == [changed("Neu", "EVERYONE", 2)] * 2
        await world.data(UPDATE, office, id=key, audience="GROUP")
        assert [await take(guest), await take(reader)] == [removed, changed("Neu", "GROUP", 3)]
        await world.data(UPDATE, office, id=key, title="Intern")
        assert await take(reader) == changed("Intern", "GROUP", 4)
        await world.data(UPDATE, office, id=key, audience="EVERYONE")
        assert [await take(guest), await take(reader)] == [changed("Intern", "EVERYONE", 5)] * 2
        await world.data(DELETE, office, id=key)
        assert [await take(guest), await take(reader)] == [removed] * 2


async def take(updates: Any) -> Any:
    """What the next update tells."""
    answer = await soon(anext(updates))
    assert not answer.errors, answer.errors
    return answer.data["groupUpdated"]["change"]


async def until_the_end(updates: Any) -> list[Any]:
    """All that is told before the group's own change."""
    found: list[Any] = []
    while (change := await take(updates))["__typename"] != "GroupDetailsChanged":
        found.append(change)
    return found
