"""Posts that are changed and deleted: by who may, in one way with versions, and without anything left of them."""

from typing import Any

from models import Group, GroupPost, GroupStatus
from models.sql.statements import Statement, connection
from resolvers.search.indexing import index_row
from schema.declare.ids import global_id
from tests.dump import dump
from tests.world import World

UPDATE = """mutation($id: ID!, $title: String, $body: String, $kind: GroupPostKind, $ifVersion: Int) {
  it: updateGroupPost(id: $id, title: $title, body: $body, kind: $kind, ifVersion: $ifVersion) {
    post { title body kind audience version viewerCanUpdate } userErrors { path code } } }"""
DELETE = "mutation($id: ID!) { it: deleteGroupPost(id: $id) { deletedId userErrors { path code } } }"
FOUND = '{ search(text: "Quittengelee", types: [GROUP_POST]) { totalCount } }'


async def test_a_post_is_changed_by_its_author_in_versions_also_in_a_closed_group(world: World) -> None:
    author, reader = await world.member("Erika"), await world.member("Liest")
    group = await world.group()
    post = await GroupPost.create(group=group, author=author, title="Protokoll", body="Es gab Kuchen.")
    await index_row(post, new=True)
    await Group.filter(id=group.id).update(status=GroupStatus.CLOSED)
    key = global_id("GroupPost", post.id)
    done = await world.data(UPDATE, author, id=key, body="Es gab Quittengelee.", kind="MINUTES", ifVersion=1)
    changed = {"title": "Protokoll", "body": "Es gab Quittengelee.", "kind": "MINUTES", "audience": "EVERYONE"}
    assert done["it"] == {"post": {**changed, "version": 2, "viewerCanUpdate": True}, "userErrors": []}
    assert (await world.data(FOUND))["search"]["totalCount"] == 1
    assert (await GroupPost.get(id=post.id)).updated_at > post.updated_at
    asking = await world.context(author)
    before = await dump()
    late = (await world.data(UPDATE, asking, id=key, title="Zu spät", ifVersion=1))["it"]
    assert late["post"]["version"] == 2, "the post as it is"
    assert late["userErrors"] == [{"path": [], "code": "CONFLICT"}]
    wrong: list[tuple[dict[str, Any], str]] = [({"title": " "}, "REQUIRED"), ({"title": None}, "REQUIRED")]
    for given, code in [*wrong, ({"title": "x" * 201}, "TOO_LONG")]:
        errors = (await world.data(UPDATE, asking, id=key, **given))["it"]["userErrors"]
        assert errors == [{"path": ["title"], "code": code}]
    same = (await world.data(UPDATE, asking, id=key, kind="MINUTES"))["it"]["post"]
    assert same["version"] == 2, "nothing was changed"
    assert await dump() == before
    shown = "query($id: ID!) { node(id: $id) { ... on GroupPost { viewerCanUpdate } } }"
    for by, may in ((None, False), (reader, False), (author, True), (await world.office(), True)):
        assert await world.data(shown, by, id=key) == {"node": {"viewerCanUpdate": may}}


async def test_of_a_deleted_post_nothing_is_left_anywhere_but_what_others_have_too(world: World) -> None:
    author = await world.member("Erika")
    group = await world.group(coordinator=author)
    publish = "mutation($input: PublishGroupPostInput!) { it: publishGroupPost(input: $input) { post { id } } }"
    told = {"groupId": global_id("Group", group.id), "title": "Protokoll", "body": "Es gab Quittengelee von Kunigunde."}
    post = (await world.data(publish, author, input=told))["it"]["post"]["id"]
    await world.offer("Quittengelee gesucht", author)
    asking = await world.context(author)
    before = await dump()
    done = await world.data(DELETE, asking, id=post)
    assert done["it"] == {"deletedId": post, "userErrors": []}
    after = await dump()
    assert {name for name in before if before[name] != after[name]} == {"group_post", "change", "audit_entry"}
    assert "kunigunde" not in str(after).lower()
    assert (await world.told())[-1].facts.keys() == {"group_id", "post_id", "audience"}
    kept = {row["word"] for row in await Statement("SELECT word FROM search_word").rows()}
    assert "quittengelee" in kept, "an entry has it, too"
    assert not {word for word in kept if word.startswith("kunigund")}
    left = "SELECT COUNT(*) AS number FROM search_posting WHERE kind = 5"
    assert (await connection().execute_query_dict(left))[0]["number"] == 0
    assert (await world.data(FOUND))["search"]["totalCount"] == 0
    assert (await world.ask(DELETE, asking, id=post)).codes == ["NOT_FOUND"]
