"""Groups, as the API says them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

import models
from models import GroupRole, GroupStatus, JoinPolicy, MembershipStatus
from models.filters import groups as filters
from models.filters.groups import GroupSort
from resolvers import groups, places
from schema.errors import UserError
from schema.fields import (
    PAGE,
    PUBLIC,
    VIEWER,
    Info,
    argument,
    computed,
    defaulted,
    describe,
    given,
    key_or_nobody,
    mutation,
    plain,
    relation,
    required,
    restrictions,
    root,
    user_errors,
)
from schema.nodes import Node, PageInfo, live_cursor, node
from schema.places import Topic
from schema.scalars import URL

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
    GroupSort,
    "In which order groups come.",
    NAME="By name, as in a German dictionary: Ä beside A.",
    NEWEST="Founded last first.",
    RECENTLY_ACTIVE="Latest post, event or member first.",
)


@node(models.Group, groups.groups_by_id, "A working group (Arbeitsgruppe) or project of the network.")
class Group(Node):
    slug: str = plain("Its readable key in addresses; stays the same when the name changes.")
    name: str = plain("Its name, 3 to 120 characters.")
    purpose: str = plain("What it is for, plain text of at most 5000 characters; blank lines make paragraphs.")
    status: GroupStatus = plain("How far it is.")
    join_policy: JoinPolicy = plain("How one comes in.")
    topics: list[Topic] = relation(
        places.topics,
        "Its fields of engagement, in its own order.",
        audience=PUBLIC,
        link=models.GroupTopic,
        by="group_id",
    )
    member_count: int = relation(
        groups.group_member_count,
        "How many take part: what `members.totalCount` is without arguments. Active members only; requests and "
        "invitations don't count.",
        audience=PUBLIC,
    )
    members: "GroupMemberConnection | None" = relation(
        groups.group_members,
        "Who takes part, who has been in it longest first. Null unless the viewer may see who takes part.",
        arguments={**PAGE, "role": argument(GroupRole | None, "Only those with this role. Left out or null: all.")},
    )
    memberships: "GroupMembershipConnection | None" = relation(
        groups.group_memberships,
        "Requests, invitations and past memberships too, the newest first; for its coordinators and the office, null "
        "for others.",
        arguments={
            **PAGE,
            "statuses": argument(
                list[MembershipStatus] | None, "Only those in one of these states. Left out, null or empty: all."
            ),
        },
    )
    posts: "GroupPostConnection" = relation(groups.group_posts, "Its news, the newest first.", arguments=PAGE)
    events: Annotated["EventConnection", strawberry.lazy("schema.events")] = relation(
        groups.group_events,
        "Its events, the one that starts first first; past ones too unless the filter says otherwise.",
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
        arguments={
            **PAGE,
            "filter": argument(
                Annotated["OfferFilter", strawberry.lazy("schema.offers")] | None, "Only entries that pass it."
            ),
        },
    )
    viewer_membership: "GroupMembership | None" = relation(
        groups.group_viewer_membership,
        "The newest of the viewer's own, whatever its status; null where there never was one. Those of organisations "
        "that the viewer acts for stand in `viewer.memberships`.",
    )
    url: URL | None = relation(
        groups.group_url, "Its page on the network's website; null where there is none.", audience=PUBLIC
    )
    version: int = plain("Rises whenever a field of the object itself changes, not its counts and lists.")
    viewer_can_update: bool = relation(
        groups.group_viewer_can_update, "Whether the viewer may change it: its coordinators and the office."
    )
    created_at: datetime = plain("When it was founded.")
    updated_at: datetime = plain("When a field of it changed last.")


@strawberry.type(description="A page of a list of groups.")
class GroupConnection:
    edges: list["GroupEdge"] = plain("The groups of the page with their cursors.", audience=VIEWER)
    nodes: list["Group"] = plain("The groups of the page.", audience=VIEWER)
    page_info: PageInfo = plain("Where the page lies in the list.", audience=VIEWER)
    total_count: int = plain("How many groups the whole list holds.", audience=VIEWER)
    live_cursor: str = live_cursor()


@strawberry.type(description="A group in a list.")
class GroupEdge:
    cursor: str = plain("Its place in the list, for `after` and `before`.", audience=VIEWER)
    node: "Group" = plain("The group.", audience=VIEWER)


@node(
    models.GroupMembership,
    groups.group_memberships_by_id,
    "A member's place in a group. Everyone sees active ones; requests, invitations and past ones are seen by the "
    "member, those who act for it, the group's coordinators and the office.",
)
class GroupMembership(Node):
    group: "Group" = relation(groups.group_membership_group, "The group.", audience=PUBLIC)
    member: Annotated["Member", strawberry.lazy("schema.members")] = relation(
        groups.group_membership_member, "The person or organisation."
    )
    role: GroupRole = plain("What the member is in the group, or was.")
    status: MembershipStatus = plain("Where the membership stands.")
    joined_at: datetime | None = plain("Since when the member belongs to the group; null for who never did.")


@strawberry.type(description="A page of a list of memberships.")
class GroupMembershipConnection:
    edges: list["GroupMembershipEdge"] = plain("The memberships of the page with their cursors.", audience=VIEWER)
    nodes: list["GroupMembership"] = plain("The memberships of the page.", audience=VIEWER)
    page_info: PageInfo = plain("Where the page lies in the list.", audience=VIEWER)
    total_count: int = plain("How many memberships the whole list holds.", audience=VIEWER)


@strawberry.type(description="A membership in a list.")
class GroupMembershipEdge:
    cursor: str = plain("Its place in the list, for `after` and `before`.", audience=VIEWER)
    node: "GroupMembership" = plain("The membership.", audience=VIEWER)


@strawberry.type(description="A page of the active members of a group, the role on the edge.")
class GroupMemberConnection:
    edges: list["GroupMemberEdge"] = plain("The members of the page with cursor and role.", audience=VIEWER)
    nodes: list[Annotated["Member", strawberry.lazy("schema.members")]] = plain(
        "The members of the page.", audience=VIEWER
    )
    page_info: PageInfo = plain("Where the page lies in the list.", audience=VIEWER)
    total_count: int = plain("How many active members the whole list holds.", audience=VIEWER)


@strawberry.type(description="A member of a group.")
class GroupMemberEdge:
    cursor: str = plain("Its place in the list, for `after` and `before`.", audience=VIEWER)
    node: Annotated["Member", strawberry.lazy("schema.members")] = plain("The member.", audience=VIEWER)

    @computed("What the member is in the group.", audience=VIEWER)
    def role(self: Any) -> GroupRole:
        return self.row.role

    @computed("Since when the member belongs to the group.", audience=VIEWER)
    def joined_at(self: Any) -> datetime:
        return self.row.joined_at

    @computed("What `changeGroupRole` asks for and changes.", audience=VIEWER)
    def membership(self: Any) -> GroupMembership:
        return self.row


@strawberry.type(description="The groups of a member, the role on the edge.")
class MemberGroupConnection:
    edges: list["MemberGroupEdge"] = plain("The groups of the page with cursor and role.", audience=VIEWER)
    nodes: list["Group"] = plain("The groups of the page.", audience=VIEWER)
    page_info: PageInfo = plain("Where the page lies in the list.", audience=VIEWER)
    total_count: int = plain("How many groups the whole list holds.", audience=VIEWER)


@strawberry.type(description="A group that a member belongs to.")
class MemberGroupEdge:
    cursor: str = plain("Its place in the list, for `after` and `before`.", audience=VIEWER)
    node: "Group" = plain("The group.", audience=VIEWER)

    @computed("What the member is in the group.", audience=VIEWER)
    def role(self: Any) -> GroupRole:
        return self.row.role

    @computed("Since when the member belongs to the group.", audience=VIEWER)
    def joined_at(self: Any) -> datetime:
        return self.row.joined_at

    @computed("The member's place in the group.", audience=VIEWER)
    def membership(self: Any) -> GroupMembership:
        return self.row


@node(models.GroupPost, groups.group_posts_by_id, "News from a group: an announcement, minutes, a decision.")
class GroupPost(Node):
    group: "Group" = relation(groups.group_post_group, "The group whose news it is.", audience=PUBLIC)
    author: Annotated["Member", strawberry.lazy("schema.members")] | None = relation(
        groups.group_post_author,
        "Who wrote it. Null where the member has gone or the viewer may not see them, and where the coordination "
        "office wrote it.",
    )
    title: str = plain("Its title, at most 200 characters.")
    body: str = plain("Its text, plain, at most 20000 characters; blank lines make paragraphs.")
    published_at: datetime = plain("When it was published.")
    updated_at: datetime = plain("When it was changed last.")


@strawberry.type(description="A page of a group's news.")
class GroupPostConnection:
    edges: list["GroupPostEdge"] = plain("The posts of the page with their cursors.", audience=VIEWER)
    nodes: list["GroupPost"] = plain("The posts of the page.", audience=VIEWER)
    page_info: PageInfo = plain("Where the page lies in the list.", audience=VIEWER)
    total_count: int = plain("How many posts the whole list holds.", audience=VIEWER)


@strawberry.type(description="A post in a list.")
class GroupPostEdge:
    cursor: str = plain("Its place in the list, for `after` and `before`.", audience=VIEWER)
    node: "GroupPost" = plain("The post.", audience=VIEWER)


@strawberry.input(description="Which groups a list holds: all fields have to hold, of a list one entry.")
class GroupFilter:
    statuses: list[GroupStatus] | None = strawberry.field(
        description="In one of these states. Left out, null or empty: in any.", default=strawberry.UNSET
    )
    topics: list[str] | None = strawberry.field(
        description="With one of the topics of these slugs.", default=strawberry.UNSET
    )
    text: str | None = strawberry.field(
        description="Name or purpose contain each of these words, or parts of words; case and accents don't matter.",
        default=strawberry.UNSET,
    )

    def plain(self) -> filters.GroupFilter:
        """As the dataclass that resolvers take."""
        return filters.GroupFilter(**restrictions(self))


@strawberry.input(description="A group to be founded.")
class CreateGroupInput:
    name: str = strawberry.field(description="Its name, 3 to 120 characters.")
    purpose: str = strawberry.field(description="What it is for, plain text of 1 to 5000 characters.")
    join_policy: JoinPolicy = strawberry.field(description="How one comes in.", default=JoinPolicy.OPEN)
    topics: list[str] | None = strawberry.field(
        description="The slugs of its fields of engagement, at most 10, in its own order.", default=strawberry.UNSET
    )


@strawberry.input(description="What to change of a group: what is left out stays as it is.")
class UpdateGroupInput:
    id: strawberry.ID = strawberry.field(description="The id of the group.")
    if_version: int | None = strawberry.field(
        description="The version that was read: CONFLICT if there is a newer one. Left out: overwrite.",
        default=strawberry.UNSET,
    )
    name: strawberry.Maybe[str | None] = strawberry.field(
        description="Its new name, 3 to 120 characters; REQUIRED where null. The slug stays."
    )
    purpose: strawberry.Maybe[str | None] = strawberry.field(
        description="What it is for, 1 to 5000 characters; REQUIRED where null."
    )
    status: strawberry.Maybe[GroupStatus | None] = strawberry.field(
        description="How far it is; REQUIRED where null. From CLOSED only the office leads back, and to ACTIVE only: "
        "else WRONG_STATE."
    )
    join_policy: strawberry.Maybe[JoinPolicy | None] = strawberry.field(
        description="How one comes in; REQUIRED where null. Open requests and invitations stay."
    )
    topics: strawberry.Maybe[list[str] | None] = strawberry.field(
        description="The slugs of all its fields of engagement, at most 10, in its own order; null or empty: none."
    )


@strawberry.input(description="News to be published in a group.")
class PublishGroupPostInput:
    group_id: strawberry.ID = strawberry.field(description="The id of the group.")
    title: str = strawberry.field(description="Its title, 1 to 200 characters.")
    body: str = strawberry.field(description="Its text, plain, 1 to 20000 characters; blank lines make paragraphs.")


@strawberry.type(description="The answer to a mutation of a group.")
class GroupPayload:
    group: "Group | None" = strawberry.field(
        default=None,
        description="The group as it is now; null with `userErrors`, but with CONFLICT as somebody else changed it.",
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type(description="The answer to a mutation of a membership.")
class GroupMembershipPayload:
    membership: "GroupMembership | None" = strawberry.field(
        default=None, description="The membership as it is now; null with `userErrors`."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type(description="The answer to the publishing of a post.")
class GroupPostPayload:
    post: "GroupPost | None" = strawberry.field(
        default=None, description="The post as it was published; null with `userErrors`."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type
class GroupQueries:
    group: Group | None = root(
        groups.group,
        "A group by its slug; null where there is none.",
        arguments={"slug": required(str, "The group's slug.")},
    )
    groups: GroupConnection | None = root(
        groups.groups,
        "The groups of the network.",
        arguments={
            **PAGE,
            "filter": argument(GroupFilter | None, "Only groups that pass it."),
            "sort": defaulted(GroupSort, "In which order they come.", GroupSort.NAME),
        },
    )


GroupId = Annotated[strawberry.ID, strawberry.argument(description="The id of the group.")]
OfMember = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="For whom: the viewer's own member by default, or one that the viewer acts for. An account of the "
        "office that is nobody's has to name one."
    ),
]
MembershipId = Annotated[strawberry.ID, strawberry.argument(description="The id of the membership.")]


@strawberry.type
class GroupMutations:
    @mutation(
        GroupPayload,
        "Founds a group, FORMING at first; who founds it coordinates it. For active members and the office.",
    )
    async def create_group(
        self, info: Info, input: Annotated[CreateGroupInput, strawberry.argument(description="The group.")]
    ) -> GroupPayload | None:
        return _group(await groups.create_group(info.context, given(input)))

    @mutation(GroupPayload, "Changes what a group says of itself. For its coordinators and the office.")
    async def update_group(
        self, info: Info, input: Annotated[UpdateGroupInput, strawberry.argument(description="What to change.")]
    ) -> GroupPayload | None:
        return _group(await groups.update_group(info.context, given(input, id="Group")))

    @mutation(
        GroupMembershipPayload,
        "Joins a group: ACTIVE at once or REQUESTED, as the group's policy says; who is invited comes in at once. "
        "TAKEN for who is in it or has asked already, WRONG_STATE where the group is closed or wants an invitation.",
    )
    async def join_group(
        self, info: Info, id: GroupId, member_id: OfMember = strawberry.UNSET
    ) -> GroupMembershipPayload | None:
        return _membership(await groups.join_group(info.context, key_or_nobody("Group", id), _member(member_id)))

    @mutation(
        GroupMembershipPayload,
        "Leaves a group, or takes a request to join back. LAST_COORDINATOR for the only coordinator of an active "
        "group.",
    )
    async def leave_group(
        self, info: Info, id: GroupId, member_id: OfMember = strawberry.UNSET
    ) -> GroupMembershipPayload | None:
        return _membership(await groups.leave_group(info.context, key_or_nobody("Group", id), _member(member_id)))

    @mutation(
        GroupMembershipPayload,
        "Invites a member into a group; who has asked to join is accepted by it. For the group's coordinators and the "
        "office. TAKEN for who is invited or in it already.",
    )
    async def invite_to_group(
        self,
        info: Info,
        id: GroupId,
        member_id: Annotated[strawberry.ID, strawberry.argument(description="The id of the member to invite.")],
    ) -> GroupMembershipPayload | None:
        group_id, invited = key_or_nobody("Group", id), key_or_nobody("Member", member_id)
        return _membership(await groups.invite_to_group(info.context, group_id, invited))

    @mutation(
        GroupMembershipPayload,
        "Accepts an invitation into a group or turns it down. For who is invited, those who act for it, and the "
        "office.",
    )
    async def answer_group_invitation(
        self,
        info: Info,
        membership_id: MembershipId,
        accept: Annotated[bool, strawberry.argument(description="True: come in. False: turn it down.")],
    ) -> GroupMembershipPayload | None:
        return _membership(await groups.answer_group_invitation(info.context, _key(membership_id), accept))

    @mutation(
        GroupMembershipPayload,
        "Accepts a request to join a group or turns it down. For the group's coordinators and the office.",
    )
    async def decide_join_request(
        self,
        info: Info,
        membership_id: MembershipId,
        accept: Annotated[bool, strawberry.argument(description="True: let in. False: turn down.")],
    ) -> GroupMembershipPayload | None:
        return _membership(await groups.decide_join_request(info.context, _key(membership_id), accept))

    @mutation(
        GroupMembershipPayload,
        "Takes a member out of a group, or takes an invitation back. For the group's coordinators and the office. "
        "LAST_COORDINATOR for the only coordinator of an active group.",
    )
    async def remove_from_group(
        self,
        info: Info,
        membership_id: MembershipId,
        reason: Annotated[
            str | None, strawberry.argument(description="Why, at most 1000 characters; told to the member by mail.")
        ] = strawberry.UNSET,
    ) -> GroupMembershipPayload | None:
        return _membership(await groups.remove_from_group(info.context, _key(membership_id), reason or None))

    @mutation(
        GroupMembershipPayload,
        "Makes a member of a group its coordinator, or the other way round. For the group's coordinators and the "
        "office. LAST_COORDINATOR where an active group would lose its only one.",
    )
    async def change_group_role(
        self,
        info: Info,
        membership_id: MembershipId,
        role: Annotated[GroupRole, strawberry.argument(description="What the member is to be in the group.")],
    ) -> GroupMembershipPayload | None:
        return _membership(await groups.change_group_role(info.context, _key(membership_id), role))

    @mutation(
        GroupPostPayload,
        "Publishes news in a group, in the viewer's name, or in that of an organisation that takes part and that the "
        "viewer acts for. For the group's active members and the office.",
    )
    async def publish_group_post(
        self, info: Info, input: Annotated[PublishGroupPostInput, strawberry.argument(description="The post.")]
    ) -> GroupPostPayload | None:
        post = await groups.publish_group_post(info.context, given(input, group_id="Group"))
        return GroupPostPayload(post=post)  # type: ignore[arg-type]


def _key(membership_id: str) -> int:
    return key_or_nobody("GroupMembership", membership_id)


def _member(member_id: str | None) -> int | None:
    return None if member_id is None or member_id is strawberry.UNSET else key_or_nobody("Member", member_id)


def _group(row: models.Group) -> GroupPayload:
    return GroupPayload(group=row)  # type: ignore[arg-type]


def _membership(row: models.GroupMembership) -> GroupMembershipPayload:
    return GroupMembershipPayload(membership=row)  # type: ignore[arg-type]
