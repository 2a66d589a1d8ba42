"""Founding groups and changing what they say of themselves."""

from typing import Any

from auth.access.groups import founder_of_groups, group_to_change, may_reopen, must_be_able_to_found_groups
from models import (
    Group,
    GroupMembership,
    GroupRole,
    GroupStatus,
    GroupTopic,
    MembershipStatus,
)
from resolvers.context import Context
from resolvers.field_names import field_of
from resolvers.inputs.columns import chosen, line, text
from resolvers.inputs.validation import Values
from resolvers.limits.quotas import GROUPS_FOUNDED, hold, must_have_room
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import Versioned, judge_new, update
from subscriptions.changes import GroupCreated, GroupDetailsChanged, GroupMemberJoined
from subscriptions.outbox import Changes


async def create_group(ctx: Context, values: Values) -> Group:
    """Found a group, FORMING at first, coordinated by the viewer's member; by nobody where the office has none.

    Raises `Unauthenticated`, `Forbidden`, `UserErrors`.
    """
    must_be_able_to_found_groups(ctx.viewer)
    new = await judge_new(GROUPS, values)
    new.check.done()

    async def work(changes: Changes) -> Group:
        await hold(ctx.viewer, ctx.rules.quotas.groups, None)
        await must_have_room(ctx.viewer, ctx.rules.quotas.groups, GROUPS_FOUNDED, ctx.viewer.member_id)
        group = await new.insert(new.row(status=GroupStatus.FORMING))
        changes.tell(GroupCreated(group.id))
        founder = founder_of_groups(ctx.viewer)
        if founder is not None:
            await GroupMembership.create(
                group=group,
                member=founder,
                role=GroupRole.COORDINATOR,
                status=MembershipStatus.ACTIVE,
                joined_at=group.created_at,
            )
            changes.tell(GroupMemberJoined(group.id, founder.id, GroupRole.COORDINATOR.value))
        return group

    return await ctx.outbox.write(work)


async def update_group(ctx: Context, values: Values) -> Group:
    """Change what is given of the group `id`, by its coordinators and the office.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`, `UserErrors`.
    """
    return await update(ctx, values["id"], values, GROUPS)


def _judge_status(ctx: Context, group: Group, columns: dict[str, Any]) -> None:
    """A closed group stays closed, unless the office takes it up again."""
    status = columns.get("status", group.status)
    if group.status is not GroupStatus.CLOSED or status is GroupStatus.CLOSED:
        return
    if not may_reopen(ctx.viewer):
        message = _("Only the coordination office can open a closed group again.")
    elif status is not GroupStatus.ACTIVE:
        message = _("A closed group can only become active again.")
    else:
        return
    raise refuse(("input", "status"), UserErrorCode.WRONG_STATE, message)


GROUPS = Versioned(
    Group,
    shown_as="group",
    named_by="name",
    columns={
        "name": line(longest=120, shortest=3, required=True),
        "purpose": text(longest=5000, required=True),
        "status": chosen(),
        "join_policy": chosen(),
    },
    topics=(GroupTopic, "group_id"),
    find=group_to_change,
    possible=_judge_status,
    told=lambda group, changed: [GroupDetailsChanged(group.id, [field_of(Group, name) for name in changed])],
)
