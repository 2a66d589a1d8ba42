"""Groups, as the API says them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

import models
from models import GroupRole, GroupStatus, JoinPolicy, MembershipStatus
from models.filters.groups import GroupSort
from resolvers import groups, places
from schema.errors import UserError
from schema.fields import PAGE, PUBLIC, VIEWER, argument, describe, plain, relation, user_errors
from schema.nodes import Node, PageInfo, live_cursor, node
from schema.places import Topic
from schema.scalars import URL

if TYPE_CHECKING:
    from schema.events import EventConnection, EventFilter
    from schema.members import Member
    from schema.offers import OfferConnection, OfferFilter


describe(
    GroupStatus,
    "?",
    FORMING="?",
    ACTIVE="?",
    PAUSED="?",
    CLOSED="?",
)

describe(
    JoinPolicy,
    "?",
    OPEN="?",
    ON_REQUEST="?",
    INVITATION="?",
)

describe(
    GroupRole,
    "?",
    COORDINATOR="?",
    MEMBER="?",
)

describe(
    MembershipStatus,
    "?",
    REQUESTED="?",
    INVITED="?",
    ACTIVE="?",
    DECLINED="The request or the invitation was turned down.",
    LEFT="?",
    REMOVED="By a coordinator or the office.",
)

describe(
    GroupSort,
    "?",
    NAME="?",
    NEWEST="?",
    RECENTLY_ACTIVE="Latest post, event or member first.",
)


@node(models.Group, groups.groups_by_id, "A working group (Arbeitsgruppe) or project of the network.")
class Group(Node):
    slug: str = plain("?")
    name: str = plain("?")
    purpose: str = plain("?")
    status: GroupStatus = plain("?")
    join_policy: JoinPolicy = plain("?")
    topics: list[Topic] = relation(
        places.topics,
        "Its fields of engagement, in its own order.",
        audience=PUBLIC,
        link=models.GroupTopic,
        by="group_id",
    )
    member_count: int = relation(
        groups.group_member_count, "Active members only; requests and invitations don't count."
    )
    members: "GroupMemberConnection | None" = relation(
        groups.group_members,
        "Null unless the viewer may see who takes part.",
        arguments={**PAGE, "role": argument(GroupRole | None, "?")},
    )
    memberships: "GroupMembershipConnection | None" = relation(
        groups.group_memberships,
        "Requests and invitations too, for its coordinators and the office; null for others.",
        arguments={**PAGE, "statuses": argument(list[MembershipStatus] | None, "?")},
    )
    posts: "GroupPostConnection" = relation(groups.group_posts, "?", arguments=PAGE)
    events: Annotated["EventConnection", strawberry.lazy("schema.events")] = relation(
        groups.group_events,
        "?",
        arguments={**PAGE, "filter": argument(Annotated["EventFilter", strawberry.lazy("schema.events")] | None, "?")},
    )
    offers: Annotated["OfferConnection", strawberry.lazy("schema.offers")] = relation(
        groups.group_offers,
        "?",
        arguments={**PAGE, "filter": argument(Annotated["OfferFilter", strawberry.lazy("schema.offers")] | None, "?")},
    )
    viewer_membership: "GroupMembership | None" = relation(
        groups.group_viewer_membership,
        "The newest of the viewer's own, whatever its status; null where there never was one.",
    )
    url: URL | None = relation(groups.group_url, "Its page on the network's website; null where there is none.")
    version: int = plain("Rises whenever a field of the object itself changes, not its counts and lists.")
    viewer_can_update: bool = relation(groups.group_viewer_can_update, "?")
    created_at: datetime = plain("?")
    updated_at: datetime = plain("?")


@strawberry.type(description="?")
class GroupConnection:
    edges: list["GroupEdge"] = plain("?", audience=VIEWER)
    nodes: list["Group"] = plain("?", audience=VIEWER)
    page_info: PageInfo = plain("?", audience=VIEWER)
    total_count: int = plain("?", audience=VIEWER)
    live_cursor: str = live_cursor()


@strawberry.type(description="?")
class GroupEdge:
    cursor: str = plain("?", audience=VIEWER)
    node: "Group" = plain("?", audience=VIEWER)


@node(models.GroupMembership, groups.group_memberships_by_id, "?")
class GroupMembership(Node):
    group: "Group" = relation(groups.group_membership_group, "?")
    member: Annotated["Member", strawberry.lazy("schema.members")] = relation(groups.group_membership_member, "?")
    role: GroupRole = plain("?")
    status: MembershipStatus = plain("?")
    joined_at: datetime | None = plain("?")


@strawberry.type(description="?")
class GroupMembershipConnection:
    edges: list["GroupMembershipEdge"] = plain("?", audience=VIEWER)
    nodes: list["GroupMembership"] = plain("?", audience=VIEWER)
    page_info: PageInfo = plain("?", audience=VIEWER)
    total_count: int = plain("?", audience=VIEWER)


@strawberry.type(description="?")
class GroupMembershipEdge:
    cursor: str = plain("?", audience=VIEWER)
    node: "GroupMembership" = plain("?", audience=VIEWER)


@strawberry.type(description="?")
class GroupMemberConnection:
    edges: list["GroupMemberEdge"] = plain("?", audience=VIEWER)
    nodes: list[Annotated["Member", strawberry.lazy("schema.members")]] = plain("?", audience=VIEWER)
    page_info: PageInfo = plain("?", audience=VIEWER)
    total_count: int = plain("?", audience=VIEWER)


@strawberry.type(description="?")
class GroupMemberEdge:
    cursor: str = plain("?", audience=VIEWER)
    role: GroupRole = plain("?", audience=VIEWER)
    joined_at: datetime = plain("?", audience=VIEWER)
    membership: "GroupMembership" = plain("What `changeGroupRole` asks for and changes.", audience=VIEWER)
    node: Annotated["Member", strawberry.lazy("schema.members")] = plain("?", audience=VIEWER)


@strawberry.type(description="The groups of a member, the role on the edge.")
class MemberGroupConnection:
    edges: list["MemberGroupEdge"] = plain("?", audience=VIEWER)
    nodes: list["Group"] = plain("?", audience=VIEWER)
    page_info: PageInfo = plain("?", audience=VIEWER)
    total_count: int = plain("?", audience=VIEWER)


@strawberry.type(description="?")
class MemberGroupEdge:
    cursor: str = plain("?", audience=VIEWER)
    role: GroupRole = plain("?", audience=VIEWER)
    joined_at: datetime = plain("?", audience=VIEWER)
    membership: "GroupMembership" = plain("?", audience=VIEWER)
    node: "Group" = plain("?", audience=VIEWER)


@node(models.GroupPost, groups.group_posts_by_id, "News from a group: an announcement, minutes, a decision.")
class GroupPost(Node):
    group: "Group" = relation(groups.group_post_group, "?")
    author: Annotated["Member", strawberry.lazy("schema.members")] | None = relation(
        groups.group_post_author, "Null where the member has gone or the viewer may not see them."
    )
    title: str = plain("?")
    body: str = plain("?")
    published_at: datetime = plain("?")
    updated_at: datetime = plain("?")


@strawberry.type(description="?")
class GroupPostConnection:
    edges: list["GroupPostEdge"] = plain("?", audience=VIEWER)
    nodes: list["GroupPost"] = plain("?", audience=VIEWER)
    page_info: PageInfo = plain("?", audience=VIEWER)
    total_count: int = plain("?", audience=VIEWER)


@strawberry.type(description="?")
class GroupPostEdge:
    cursor: str = plain("?", audience=VIEWER)
    node: "GroupPost" = plain("?", audience=VIEWER)


@strawberry.input(description="?")
class GroupFilter:
    statuses: list[GroupStatus] | None = strawberry.field(description="?", default=strawberry.UNSET)
    topics: list[str] | None = strawberry.field(description="?", default=strawberry.UNSET)
    text: str | None = strawberry.field(description="?", default=strawberry.UNSET)


@strawberry.input(description="?")
class CreateGroupInput:
    name: str = strawberry.field(description="?")
    purpose: str = strawberry.field(description="?")
    join_policy: JoinPolicy = strawberry.field(description="?")
    topics: list[str] | None = strawberry.field(description="?", default=strawberry.UNSET)


@strawberry.input(description="?")
class UpdateGroupInput:
    id: strawberry.ID = strawberry.field(description="?")
    if_version: int | None = strawberry.field(
        description="The version that was read: CONFLICT if there is a newer one. Left out: overwrite.",
        default=strawberry.UNSET,
    )
    name: strawberry.Maybe[str | None] = strawberry.field(description="?")
    purpose: strawberry.Maybe[str | None] = strawberry.field(description="?")
    status: strawberry.Maybe[GroupStatus | None] = strawberry.field(description="?")
    join_policy: strawberry.Maybe[JoinPolicy | None] = strawberry.field(description="?")
    topics: strawberry.Maybe[list[str] | None] = strawberry.field(description="?")


@strawberry.input(description="?")
class PublishGroupPostInput:
    group_id: strawberry.ID = strawberry.field(description="?")
    title: str = strawberry.field(description="?")
    body: str = strawberry.field(description="?")


@strawberry.type(description="?")
class GroupPayload:
    group: "Group | None" = strawberry.field(default=None, description="?")
    user_errors: list[UserError] = user_errors()


@strawberry.type(description="?")
class GroupMembershipPayload:
    membership: "GroupMembership | None" = strawberry.field(default=None, description="?")
    user_errors: list[UserError] = user_errors()


@strawberry.type(description="?")
class GroupPostPayload:
    post: "GroupPost | None" = strawberry.field(default=None, description="?")
    user_errors: list[UserError] = user_errors()
