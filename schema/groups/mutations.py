"""What can be done with groups."""

from typing import Annotated

import strawberry

import models
from models import GroupPostKind, GroupRole, GroupStatus, JoinPolicy, PostAudience
from resolvers import groups
from schema.declare.info import Info
from schema.declare.inputs import given, key_or_nobody
from schema.declare.mutations import mutation, user_errors
from schema.deletions import DeletePayload, deleted
from schema.groups.types import Group, GroupMembership, GroupPost
from schema.user_errors import UserError


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
        description="The version that was read: CONFLICT if the object has another. Left out: overwrite.",
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
    kind: GroupPostKind = strawberry.field(description="What it is.", default=GroupPostKind.ANNOUNCEMENT)
    audience: PostAudience = strawberry.field(description="Whom it is for.", default=PostAudience.EVERYONE)


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


@strawberry.type(description="The answer to a mutation of a post.")
class GroupPostPayload:
    post: "GroupPost | None" = strawberry.field(
        default=None,
        description="The post as it is now; null with `userErrors`, but with CONFLICT as somebody else changed it.",
    )
    user_errors: list[UserError] = user_errors()


GroupId = Annotated[strawberry.ID, strawberry.argument(description="The id of the group.")]
OfMember = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="For whom: the viewer's own member by default, or one that the viewer acts for. An account of the "
        "office that is nobody's has to name one."
    ),
]
PostId = Annotated[strawberry.ID, strawberry.argument(description="The id of the post.")]
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

    @mutation(
        GroupPostPayload,
        "Changes a post: what is left out stays as it is. For its author's side, the group's coordinators and the "
        "office, also where the group is closed. Whom it is no longer for is told that it is gone.",
    )
    async def update_group_post(
        self,
        info: Info,
        id: PostId,
        title: Annotated[
            str | None, strawberry.argument(description="Its new title, 1 to 200 characters; REQUIRED where null.")
        ] = strawberry.UNSET,
        body: Annotated[
            str | None, strawberry.argument(description="Its new text, 1 to 20000 characters; REQUIRED where null.")
        ] = strawberry.UNSET,
        kind: Annotated[
            GroupPostKind | None, strawberry.argument(description="What it is; REQUIRED where null.")
        ] = strawberry.UNSET,
        audience: Annotated[
            PostAudience | None, strawberry.argument(description="Whom it is for; REQUIRED where null.")
        ] = strawberry.UNSET,
        if_version: Annotated[
            int | None,
            strawberry.argument(
                description="The version that was read: CONFLICT if the object has another. Left out: overwrite."
            ),
        ] = strawberry.UNSET,
    ) -> GroupPostPayload | None:
        values = {"title": title, "body": body, "kind": kind, "audience": audience, "if_version": if_version}
        values = {name: value for name, value in values.items() if value is not strawberry.UNSET}
        post = await groups.update_group_post(info.context, key_or_nobody("GroupPost", id), values)
        return GroupPostPayload(post=post)  # type: ignore[arg-type]

    @mutation(
        DeletePayload,
        "Deletes a post for good. For its author's side, the group's coordinators and the office, also where the group "
        "is closed.",
    )
    async def delete_group_post(self, info: Info, id: PostId) -> DeletePayload | None:
        key = await groups.delete_group_post(info.context, key_or_nobody("GroupPost", id))
        return deleted("GroupPost", key)


def _key(membership_id: str) -> int:
    return key_or_nobody("GroupMembership", membership_id)


def _member(member_id: str | None) -> int | None:
    return None if member_id is None or member_id is strawberry.UNSET else key_or_nobody("Member", member_id)


def _group(row: models.Group) -> GroupPayload:
    return GroupPayload(group=row)  # type: ignore[arg-type]


def _membership(row: models.GroupMembership) -> GroupMembershipPayload:
    return GroupMembershipPayload(membership=row)  # type: ignore[arg-type]
