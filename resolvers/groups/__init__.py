"""Groups: what the API does with them."""

from resolvers.groups.memberships.read import (
    group_member_count,
    group_members,
    group_membership_group,
    group_membership_member,
    group_memberships,
    group_memberships_by_id,
    group_viewer_membership,
)
from resolvers.groups.memberships.transitions import (
    change_group_role,
    decide_join_request,
    invite_to_group,
    remove_from_group,
)
from resolvers.groups.memberships.write import answer_group_invitation, join_group, leave_group
from resolvers.groups.posts import (
    delete_group_post,
    group_post_author,
    group_post_group,
    group_post_viewer_can_update,
    group_posts,
    group_posts_by_id,
    publish_group_post,
    update_group_post,
)
from resolvers.groups.read import (
    group,
    group_events,
    group_offers,
    group_url,
    group_viewer_can_update,
    group_viewer_can_update_reason,
    groups,
    groups_by_id,
)
from resolvers.groups.write import create_group, update_group

__all__ = [
    "answer_group_invitation",
    "change_group_role",
    "create_group",
    "decide_join_request",
    "delete_group_post",
    "group",
    "group_events",
    "group_member_count",
    "group_members",
    "group_membership_group",
    "group_membership_member",
    "group_memberships",
    "group_memberships_by_id",
    "group_offers",
    "group_post_author",
    "group_post_group",
    "group_post_viewer_can_update",
    "group_posts",
    "group_posts_by_id",
    "group_url",
    "group_viewer_can_update",
    "group_viewer_can_update_reason",
    "group_viewer_membership",
    "groups",
    "groups_by_id",
    "invite_to_group",
    "join_group",
    "leave_group",
    "publish_group_post",
    "remove_from_group",
    "update_group",
    "update_group_post",
]
