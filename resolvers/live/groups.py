"""Every change of one group, or of all, and what happens in them."""

from collections.abc import AsyncGenerator

from auth.access.events import visible_events
from auth.access.groups import is_meant_for, posts_for, visible_groups, visible_posts
from auth.access.members import visible_members
from auth.access.offers import visible_offers
from auth.access.rows import seen_by_keys
from auth.refusals import NotFound
from models import Event, Group, GroupPost, GroupRole, Member, Offer, PostAudience
from resolvers.context import Context
from resolvers.live import updates
from resolvers.live.watch import Watch
from subscriptions import changes

# What there is to know of a new group: all of it.
_FIELDS = ("name", "purpose", "status", "joinPolicy", "topics")


async def group_updated(
    ctx: Context, id: int | None = None, after: str | None = None
) -> AsyncGenerator[updates.GroupUpdated, None]:
    """Every change of one group, until it is gone from the viewer's sight; or of all that they may see.

    Raises `NotFound` where the one group is out of sight now.
    """
    watch = await Watch.resume(ctx, after)
    if id is not None and not watch.goes_on and not await seen_by_keys(Group, visible_groups, ctx.viewer, [id]):
        raise NotFound
    return _updates(watch, id)


async def _updates(watch: Watch, key: int | None) -> AsyncGenerator[updates.GroupUpdated, None]:
    async with watch.changes() as changed:
        async for logged in changed:
            change = logged.change
            if not isinstance(change, changes.GroupChange) or key not in (None, change.group_id):
                continue
            cursor = await watch.look(logged)
            group = await watch.seen(Group, visible_groups, change.group_id)
            if group is None:
                if key is None and not isinstance(change, changes.GroupHidden):
                    continue
                removed = updates.GroupRemoved(change.group_id)
                yield updates.GroupUpdated(cursor, logged.occurred_at, change.group_id, None, removed)
                if key is None:
                    continue
                return
            detail = await _detail(watch, change)
            if detail is not None:
                yield updates.GroupUpdated(cursor, logged.occurred_at, group.id, group, detail)


async def _detail(watch: Watch, change: changes.GroupChange) -> updates.GroupChange | None:
    """What happened, with its objects; None where the viewer may not see them."""
    match change:
        case changes.GroupCreated():
            return updates.GroupDetailsChanged(_FIELDS)
        case changes.GroupHidden():  # to who sees it nevertheless
            return updates.GroupDetailsChanged(["hiddenReason"])
        case changes.GroupReturned():
            return updates.GroupDetailsChanged([*_FIELDS, "hiddenReason"])
        case changes.GroupDetailsChanged():
            return updates.GroupDetailsChanged(change.fields)
        case changes.GroupMemberJoined() | changes.GroupRoleChanged():
            member = await watch.seen(Member, visible_members, change.member_id)
            joined = isinstance(change, changes.GroupMemberJoined)
            what = updates.GroupMemberJoined if joined else updates.GroupRoleChanged
            return what(member, GroupRole(change.role)) if member else None
        case changes.GroupMemberLeft():
            member = await watch.seen(Member, visible_members, change.member_id)
            return updates.GroupMemberLeft(change.member_id, member)
        case changes.GroupPostPublished() | changes.GroupPostReturned():
            post = await watch.seen(GroupPost, visible_posts, change.post_id)
            return updates.GroupPostPublished(post) if post else None
        case changes.GroupPostChange():
            return await _of_post(watch, change)
        case changes.GroupEventScheduled():
            event = await watch.seen(Event, visible_events, change.event_id)
            return updates.GroupEventScheduled(event) if event else None
        case changes.GroupOfferPublished():
            offer = await watch.seen(Offer, visible_offers, change.offer_id)
            return updates.GroupOfferPublished(offer) if offer else None
    return None


async def _of_post(watch: Watch, change: changes.GroupPostChange) -> updates.GroupChange | None:
    """What happened to a post, as gone where it is out of the viewer's sight; None where it never was for them."""
    key = change.post_id
    match change:
        case changes.GroupPostDeleted():
            meant = is_meant_for(watch.ctx.viewer, change.group_id, PostAudience(change.audience))
            return updates.GroupPostRemoved(key) if meant else None
        case changes.GroupPostWithheld():
            meant = await watch.seen(GroupPost, posts_for, key) is not None
            return updates.GroupPostRemoved(key) if meant else None
    post = await watch.seen(GroupPost, visible_posts, key)
    if post is not None:
        return updates.GroupPostChanged(post)
    return updates.GroupPostRemoved(key) if isinstance(change, changes.GroupPostNarrowed) else None
