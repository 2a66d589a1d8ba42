"""Groups, memberships and posts: the types, and the lists they come in."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

import models
from models import GroupPostKind, GroupRole, GroupStatus, JoinPolicy, MembershipStatus, PostAudience
from models.filters.groups import GroupSort
from resolvers import groups, places
from schema.declare.arguments import OF_WHOM, PAGE, argument
from schema.declare.enums import describe
from schema.declare.fields import computed, of_row, plain, relation
from schema.declare.prices import COUNT, LONG_TEXT, TEXT_OF_PAGES, TOPICS, VALUE
from schema.declare.scalars import URL
from schema.declare.seen_by import SeenBy
from schema.nodes import Node, PageInfo, live_cursor, node
from schema.obstacles import Obstacle
from schema.places import Topic
from subscriptions.changes import Noun

if TYPE_CHECKING:
    from schema.events import EventConnection, EventFilter
    from schema.members import Member
    from schema.offers import OfferConnection, OfferFilter


describe(
    GroupStatus,
    "How far a group is.",
    FORMING="Looks for people and for its purpose; where every group begins.",
    ACTIVE="At work; has a coordinator at all times.",
    PAUSED="Rests for a while.",
    CLOSED="Has ended: nobody comes in, no posts are published. Only the coordination office opens it again.",
)

describe(
    JoinPolicy,
    "How one comes into a group.",
    OPEN="Whoever wants to is in at once.",
    ON_REQUEST="Whoever asks is let in by a coordinator.",
    INVITATION="A coordinator invites.",
)

describe(
    GroupRole,
    "What somebody is in a group.",
    COORDINATOR="Changes the group, invites, lets in and removes, hands out roles.",
    MEMBER="Takes part and publishes posts.",
)

describe(
    MembershipStatus,
    "Where a membership stands. REQUESTED, INVITED and ACTIVE are open, and a member has at most one open membership "
    "in a group; the others are past.",
    REQUESTED="Has asked to join; a coordinator has not decided yet.",
    INVITED="Was invited by a coordinator or the office, and has not answered yet.",
    ACTIVE="Belongs to the group.",
    DECLINED="The request or the invitation was turned down.",
    LEFT="Left of its own accord, or took the request back.",
    REMOVED="By a coordinator or the office.",
)

describe(
    GroupPostKind,
    "What news from a group is. Grows.",
    ANNOUNCEMENT="Says what happens, or is about to.",
    MINUTES="Says what was talked about at a meeting.",
    DECISION="Says what the group has decided.",
)

describe(
    PostAudience,
    "Whom news from a group is for, as far as it isn't hidden.",
    EVERYONE="Everyone reads it.",
    GROUP="The group's active members read it, those who act for one of them, and the coordination office.",
)

describe(
    GroupSort,
    "In which order groups come.",
    NAME="By name, as in a German dictionary: Ä beside A.",
    NEWEST="Founded last first.",
    RECENTLY_ACTIVE="Latest post, event or member first.",
    RELEVANCE="What answers `text` best first, then the newest. Needs `text` in the filter, else BAD_REQUEST.",
)


@node(
    models.Group,
    groups.groups_by_id,
    "A working group (Arbeitsgruppe) or project of the network.",
)
class Group(Node):
    slug: str = plain("Its readable key in addresses; stays the same when the name changes.")
    name: str = plain("Its name, 3 to 120 characters.")
    purpose: str = plain(
        "What it is for, plain text of at most 5000 characters; blank lines make paragraphs.", price=TEXT_OF_PAGES
    )
    status: GroupStatus = plain("How far it is.")
    join_policy: JoinPolicy = plain("How one comes in.")
    topics: list[Topic] = relation(
        places.topics,
        "Its fields of engagement, in its own order.",
        needs=["id"],
        depends_on={Noun.TOWN},
        size=TOPICS,
        link=models.GroupTopic,
        by="group_id",
    )
    member_count: int = relation(
        groups.group_member_count,
        "How many take part: what `members.totalCount` is without arguments. Active members only; requests and "
        "invitations don't count.",
        needs=["id"],
        depends_on={Noun.MEMBER, Noun.MEMBERSHIP},
    )
    members: "GroupMemberConnection | None" = relation(
        groups.group_members,
        "Who takes part, who has been in it longest first.",
        needs=["id"],
        depends_on={Noun.MEMBER, Noun.MEMBERSHIP},
        arguments={**PAGE, "role": argument(GroupRole | None, "Only those with this role. Left out or null: all.")},
    )
    memberships: "GroupMembershipConnection | None" = relation(
        groups.group_memberships,
        "Requests, invitations and past memberships too, the newest first.",
        seen_by=SeenBy.COORDINATORS,
        needs=["id"],
        depends_on={Noun.MEMBER, Noun.MEMBERSHIP},
        arguments={
            **PAGE,
            "statuses": argument(
                list[MembershipStatus] | None, "Only those in one of these states. Left out, null or empty: all."
            ),
        },
    )
    posts: "GroupPostConnection" = relation(
        groups.group_posts,
        "Its news, the newest first.",
        seen_by=SeenBy.EACH,
        needs=["id"],
        depends_on={Noun.POST},
        arguments=PAGE,
    )
    events: Annotated["EventConnection", strawberry.lazy("schema.events")] = relation(
        groups.group_events,
        "Its events, the one that starts first first; past ones too unless the filter says otherwise.",
        seen_by=SeenBy.EACH,
        needs=["id"],
        depends_on={Noun.EVENT},
        arguments={
            **PAGE,
            "filter": argument(
                Annotated["EventFilter", strawberry.lazy("schema.events")] | None, "Only events that pass it."
            ),
        },
    )
    offers: Annotated["OfferConnection", strawberry.lazy("schema.offers")] = relation(
        groups.group_offers,
        "Its entries of the board, the newest first.",
        seen_by=SeenBy.EACH,
        needs=["id"],
        depends_on={Noun.OFFER},
        arguments={
            **PAGE,
            "filter": argument(
                Annotated["OfferFilter", strawberry.lazy("schema.offers")] | None, "Only entries that pass it."
            ),
        },
    )
    viewer_membership: "GroupMembership | None" = relation(
        groups.group_viewer_membership,
        "The newest of the viewer's own, or of a member that they act for, whatever its status; null where there never "
        "was one.",
        seen_by=SeenBy.VIEWER,
        needs=["id"],
        depends_on=(),
        **OF_WHOM,
    )
    hidden_reason: str | None = plain(
        "Why the coordination office hid it; null where it didn't.", seen_by=SeenBy.COORDINATORS
    )
    url: URL | None = relation(
        groups.group_url,
        "Its page on the network's website; null where there is none.",
        price=VALUE,
        needs=["slug"],
        depends_on=(),
    )
    version: int = plain("Rises whenever a field of the object itself changes, not its counts and lists.")
    viewer_can_update: bool = relation(
        groups.group_viewer_can_update,
        "Whether the viewer may change it: its coordinators and the office.",
        seen_by=SeenBy.VIEWER,
        needs=["id"],
        depends_on=(),
    )
    viewer_can_update_reason: Obstacle | None = relation(
        groups.group_viewer_can_update_reason,
        "Why `viewerCanUpdate` is false; null where it is true.",
        seen_by=SeenBy.VIEWER,
        needs=["id"],
        depends_on=(),
    )
    created_at: datetime = plain("When it was founded.")
    updated_at: datetime = plain("When a field of it changed last.")


@strawberry.type(description="A page of a list of groups.")
class GroupConnection:
    edges: list["GroupEdge"] = plain("The groups of the page with their cursors.")
    nodes: list["Group"] = plain("The groups of the page.")
    page_info: PageInfo = plain("Where the page lies in the list.")
    total_count: int = plain("How many groups the whole list holds.", price=COUNT)
    live_cursor: str = live_cursor()


@strawberry.type(description="A group in a list.")
class GroupEdge:
    cursor: str = plain("Its place in the list, for `after` and `before`.")
    node: "Group" = plain("The group.")


@node(
    models.GroupMembership,
    groups.group_memberships_by_id,
    "A member's place in a group. Everyone sees active ones; requests, invitations and past ones are seen by the "
    "member, those who act for it, the group's coordinators and the office.",
    "membership",
)
class GroupMembership(Node):
    group: "Group" = relation(groups.group_membership_group, "The group.", depends_on={Noun.GROUP})
    member: Annotated["Member", strawberry.lazy("schema.members")] = relation(
        groups.group_membership_member, "The person or organisation.", depends_on={Noun.MEMBER}
    )
    role: GroupRole = plain("What the member is in the group, or was.")
    status: MembershipStatus = plain("Where the membership stands.")
    joined_at: datetime | None = plain("Since when the member belongs to the group; null for who never did.")


@strawberry.type(description="A page of a list of memberships.")
class GroupMembershipConnection:
    edges: list["GroupMembershipEdge"] = plain("The memberships of the page with their cursors.")
    nodes: list["GroupMembership"] = plain("The memberships of the page.")
    page_info: PageInfo = plain("Where the page lies in the list.")
    total_count: int = plain("How many memberships the whole list holds.", price=COUNT)


@strawberry.type(description="A membership in a list.")
class GroupMembershipEdge:
    cursor: str = plain("Its place in the list, for `after` and `before`.")
    node: "GroupMembership" = plain("The membership.")


@strawberry.type(description="A page of the active members of a group, the role on the edge.")
class GroupMemberConnection:
    edges: list["GroupMemberEdge"] = plain("The members of the page with cursor and role.")
    nodes: list[Annotated["Member", strawberry.lazy("schema.members")]] = plain("The members of the page.")
    page_info: PageInfo = plain("Where the page lies in the list.")
    total_count: int = plain("How many active members the whole list holds.", price=COUNT)


@strawberry.type(description="A member of a group.")
class GroupMemberEdge:
    cursor: str = plain("Its place in the list, for `after` and `before`.")
    node: Annotated["Member", strawberry.lazy("schema.members")] = plain("The member.")
    role: GroupRole = of_row("role", "What the member is in the group.")
    joined_at: datetime = of_row("joined_at", "Since when the member belongs to the group.")

    @computed("What `changeGroupRole` asks for and changes.")
    def membership(self: Any) -> GroupMembership:
        return self.row


@strawberry.type(description="The groups of a member, the role on the edge.")
class MemberGroupConnection:
    edges: list["MemberGroupEdge"] = plain("The groups of the page with cursor and role.")
    nodes: list["Group"] = plain("The groups of the page.")
    page_info: PageInfo = plain("Where the page lies in the list.")
    total_count: int = plain("How many groups the whole list holds.", price=COUNT)


@strawberry.type(description="A group that a member belongs to.")
class MemberGroupEdge:
    cursor: str = plain("Its place in the list, for `after` and `before`.")
    node: "Group" = plain("The group.")
    role: GroupRole = of_row("role", "What the member is in the group.")
    joined_at: datetime = of_row("joined_at", "Since when the member belongs to the group.")

    @computed("The member's place in the group.")
    def membership(self: Any) -> GroupMembership:
        return self.row


@node(
    models.GroupPost,
    groups.group_posts_by_id,
    "News from a group: an announcement, minutes, a decision. What is for the group is seen by who takes part in it.",
    "post",
)
class GroupPost(Node):
    group: "Group" = relation(groups.group_post_group, "The group whose news it is.", depends_on={Noun.GROUP})
    author: Annotated["Member", strawberry.lazy("schema.members")] | None = relation(
        groups.group_post_author,
        "Who wrote it. Null where the member has gone, and where the coordination office wrote it.",
        seen_by=SeenBy.TARGET,
        depends_on={Noun.MEMBER},
    )
    title: str = plain("Its title, at most 200 characters.")
    body: str = plain("Its text, plain, at most 20000 characters; blank lines make paragraphs.", price=LONG_TEXT)
    hidden_reason: str | None = plain(
        "Why the coordination office hid it; null where it didn't.", seen_by=SeenBy.AUTHOR
    )
    kind: GroupPostKind = plain("What it is.")
    audience: PostAudience = plain("Whom it is for.")
    version: int = plain("Rises whenever a field of the object itself changes.")
    viewer_can_update: bool = relation(
        groups.group_post_viewer_can_update,
        "Whether the viewer may change it, and delete it: its author's side, the group's coordinators and the office.",
        needs=["author_id", "group_id"],
        depends_on=(),
        seen_by=SeenBy.VIEWER,
        price=VALUE,
    )
    published_at: datetime = plain("When it was published.")
    updated_at: datetime = plain("When it was changed last.")


@strawberry.type(description="A page of a group's news.")
class GroupPostConnection:
    edges: list["GroupPostEdge"] = plain("The posts of the page with their cursors.")
    nodes: list["GroupPost"] = plain("The posts of the page.")
    page_info: PageInfo = plain("Where the page lies in the list.")
    total_count: int = plain("How many posts the whole list holds.", price=COUNT)


@strawberry.type(description="A post in a list.")
class GroupPostEdge:
    cursor: str = plain("Its place in the list, for `after` and `before`.")
    node: "GroupPost" = plain("The post.")
