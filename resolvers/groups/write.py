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
    now,
)
from models.sql.slugs import free_slug
from models.text.folding import fold, sort_key
from resolvers.context import Context
from resolvers.language import _
from resolvers.places import add_topics
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.validation import Check, Values, field_of
from resolvers.versioned import Update, update
from subscriptions.changes import GroupCreated, GroupDetailsChanged, GroupMemberJoined
from subscriptions.outbox import Changes


async def create_group(ctx: Context, values: Values) -> Group:
    """Found a group, FORMING at first, coordinated by the viewer's member; by nobody where the office has none.

    Raises `Unauthenticated`, `Forbidden`, `UserErrors`.
    """
    must_be_able_to_found_groups(ctx.viewer)
    check = Check("input")
    columns = await _columns(check, values)
    topics = await check.topics("topics", values)
    check.done()

    async def work(changes: Changes) -> Group:
        instant = now()
        group = Group(**columns, status=GroupStatus.FORMING, active_at=instant, created_at=instant, updated_at=instant)
        group.slug = await free_slug(Group, group.name)
        with_derived(group)
        await group.save()
        await add_topics(*_TOPICS, group.id, topics)
        changes.tell(GroupCreated(group.id))
        founder = founder_of_groups(ctx.viewer)
        if founder is not None:
            await GroupMembership.create(
                group=group,
                member=founder,
                role=GroupRole.COORDINATOR,
                status=MembershipStatus.ACTIVE,
                joined_at=instant,
            )
            changes.tell(GroupMemberJoined(group.id, founder.id, GroupRole.COORDINATOR.value))
        return group

    return await ctx.outbox.write(work)


async def update_group(ctx: Context, values: Values) -> Group:
    """Change what is given of the group `id`, by its coordinators and the office.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`, `UserErrors`.
    """
    return await update(ctx, values["id"], values, _HOW)


async def _columns(check: Check, values: Values) -> dict[str, Any]:
    """The columns of what stands in `values`; an input of something new has all that must not be empty."""
    columns: dict[str, Any] = {}
    if "name" in values:
        columns["name"] = check.line("name", values, longest=120, shortest=3, required=True)
    if "purpose" in values:
        columns["purpose"] = check.text("purpose", values, longest=5000, required=True)
    for name in ("status", "join_policy"):
        if name in values:
            columns[name] = values[name]
            if values[name] is None:
                check.fail(name, UserErrorCode.REQUIRED, _("Please fill this in."))
    return columns


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


def with_derived(group: Group) -> Group:
    """The group with the columns that follow from others: what it sorts by and is found by."""
    group.name_key = sort_key(group.name)
    group.search_text = fold(f"{group.name} {group.purpose}")
    return group


_TOPICS = (GroupTopic, "group_id")
_HOW = Update(
    shown_as="group",
    find=group_to_change,
    judge=_columns,
    possible=_judge_status,
    derive=with_derived,
    topics=_TOPICS,
    told=lambda group, changed: [GroupDetailsChanged(group.id, [field_of(Group, name) for name in changed])],
)
