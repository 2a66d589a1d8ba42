"""News from groups."""

from collections.abc import Collection, Sequence

from auth.access.groups import (
    group_to_enter,
    may_update_post,
    post_to_change,
    posting_member,
    visible_groups,
    visible_posts,
)
from auth.access.members import visible_members
from auth.access.rows import ForeignKeyRelation, seen, seen_by_keys
from auth.refusals import NotFound
from models import Group, GroupPost, Member, PostAudience, now
from models.sql.orders import Order, by_id, by_instant
from models.sql.page_cursors import fingerprint
from models.sql.paging import Page, PageArguments, pages
from resolvers.context import Context
from resolvers.groups.memberships.rules import must_not_be_closed
from resolvers.inputs.columns import chosen, columns_of, line, text
from resolvers.inputs.validation import Check, Values
from resolvers.search.indexing import delete_row, index_row
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import Versioned, change, update
from subscriptions.changes import Change, GroupPostDeleted, GroupPostNarrowed, GroupPostPublished, GroupPostUpdated
from subscriptions.outbox import Changes

NEWEST_FIRST = Order("newest", (by_instant("published_at", descending=True), by_id(descending=True)))


async def group_posts_by_id(
    ctx: Context, keys: Sequence[int], columns: frozenset[str] = frozenset()
) -> dict[int, GroupPost]:
    """The posts of these keys that the viewer may see, by key."""
    return await seen_by_keys(GroupPost, visible_posts, ctx.viewer, keys, columns)


async def group_posts(
    ctx: Context, parents: Sequence[Group], columns: frozenset[str], page: PageArguments
) -> list[Page[GroupPost]]:
    """A page of each group's posts, the newest first."""
    marks = {parent.id: fingerprint("group.posts", parent.id) for parent in parents}
    rows = seen(GroupPost, visible_posts, ctx.viewer)
    found = await pages(rows, NEWEST_FIRST, page, selection=columns, marks=marks, by="group_id")
    return [found[parent.id] for parent in parents]


# The group of each post, and who wrote it: None where the member has gone or the viewer may not see them.
group_post_group = ForeignKeyRelation(Group, visible_groups, "group_id", required=True)
group_post_author = ForeignKeyRelation(Member, visible_members, "author_id")


async def publish_group_post(ctx: Context, values: Values) -> GroupPost:
    """Publish news in the group `group_id`, as one of its active members or the office.

    Raises `Unauthenticated`, `Forbidden`, `UserErrors`.
    """
    check = Check("input")
    columns = await columns_of(POSTS.columns, check, values)

    async def find() -> tuple[Group, int | None]:
        try:
            group = await group_to_enter(ctx.viewer, values["group_id"])
        except NotFound:
            raise refuse((), UserErrorCode.NOT_FOUND, _("There is no such group.")) from None
        return group, await posting_member(ctx.viewer, group.id)

    async def act(changes: Changes, found: tuple[Group, int | None]) -> GroupPost:
        group, author_id = found
        must_not_be_closed(group)
        instant = now()
        post = await GroupPost.create(
            group_id=group.id, author_id=author_id, published_at=instant, updated_at=instant, **columns
        )
        await index_row(post, new=True)
        group.active_at = instant
        await group.save(update_fields=["active_at"])
        changes.tell(GroupPostPublished(group.id, post.id))
        return post

    return await change(ctx, find, act, check)


async def update_group_post(ctx: Context, key: int | None, values: Values) -> GroupPost:
    """Change what is given of a post, by its author's side, the group's coordinators and the office.

    Also in a closed group: what says something wrong is mended. Raises `Unauthenticated`, `Forbidden`, `NotFound`,
    `UserErrors`.
    """
    return await update(ctx, key, values, POSTS)


async def delete_group_post(ctx: Context, key: int | None) -> int:
    """Delete a post for good, by those who may change it; its key.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`.
    """

    async def act(changes: Changes, post: GroupPost) -> int:
        await delete_row(post)
        changes.tell(GroupPostDeleted(post.group_id, post.id, post.audience.value))
        return post.id

    return await change(ctx, lambda: post_to_change(ctx.viewer, key), act)


async def group_post_viewer_can_update(
    ctx: Context, parents: Sequence[GroupPost], columns: frozenset[str]
) -> list[bool]:
    """Whether the viewer may change each post, and delete it."""
    return [may_update_post(ctx.viewer, parent) for parent in parents]


def _told(post: GroupPost, changed: Collection[str]) -> list[Change]:
    narrowed = "audience" in changed and post.audience is PostAudience.GROUP
    return [(GroupPostNarrowed if narrowed else GroupPostUpdated)(post.group_id, post.id)]


POSTS = Versioned(
    GroupPost,
    shown_as="post",
    named_by="title",
    columns={
        "title": line(longest=200, required=True),
        "body": text(longest=20_000, required=True),
        "kind": chosen(),
        "audience": chosen(),
    },
    find=post_to_change,
    told=_told,
    form=(),
)
