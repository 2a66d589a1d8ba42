"""Founding groups and changing what they say of themselves."""

from typing import Any

from auth.access.groups import group_to_change
from models import (
    Group,
    GroupMembership,
    GroupRole,
    GroupStatus,
    GroupTopic,
    MembershipStatus,
    MemberStatus,
    now,
)
from models.folding import fold, sort_key
from models.slugs import free_slug
from resolvers.context import Context
from resolvers.errors import UserError, UserErrorCode, UserErrors, refuse
from resolvers.inputs import Check, Values, camel
from resolvers.language import _
from subscriptions.changes import GroupCreated, GroupDetailsChanged, GroupMemberJoined
from subscriptions.outbox import Changes


async def create_group(ctx: Context, values: Values) -> Group:
    """Found a group, FORMING at first, coordinated by the viewer's member; by nobody where the office has none.

    Raises `Unauthenticated`, `Forbidden`, `UserErrors`.
    """
    ctx.viewer.must_be_active()
    columns, topics = await _judged(values, new=True)

    async def work(changes: Changes) -> Group:
        instant = now()
        group = Group(**columns, status=GroupStatus.FORMING, active_at=instant, created_at=instant, updated_at=instant)
        group.slug = await free_slug(Group, group.name)
        with_derived(group)
        await group.save()
        await _set_topics(group, topics or [])
        changes.tell(GroupCreated(group.id))
        founder = ctx.viewer.member
        if founder is not None and founder.status is MemberStatus.ACTIVE:
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
    ctx.viewer.must_be_active()

    async def work(changes: Changes) -> Group:
        group = await group_to_change(ctx.viewer, values["id"])
        columns, topics = await _judged(values, new=False)
        expected = values.get("if_version")
        if expected is not None and expected != group.version:
            text = _("Somebody changed this in the meantime.")
            raise UserErrors([UserError(("input", "ifVersion"), UserErrorCode.CONFLICT, text)], group=group)
        if "status" in columns:
            _judge_status(ctx, group, columns["status"])
        changed = [name for name, value in columns.items() if getattr(group, name) != value]
        group.update_from_dict({name: columns[name] for name in changed})
        if topics is not None and topics != await _topics_of(group):
            await _set_topics(group, topics)
            changed.append("topics")
        if changed:
            group.version += 1
            group.updated_at = now()
            with_derived(group)
            await group.save()
            changes.tell(GroupDetailsChanged(group.id, [camel(name)[0] for name in changed]))
        return group

    return await ctx.outbox.write(work)


async def _judged(values: Values, *, new: bool) -> tuple[dict[str, Any], list[int] | None]:
    """The columns that are given, and the topics, None where they are to stay. Raises `UserErrors`."""
    check = Check("input")
    columns: dict[str, Any] = {}
    if new or "name" in values:
        columns["name"] = check.line("name", values, longest=120, shortest=3, required=True)
    if new or "purpose" in values:
        columns["purpose"] = check.text("purpose", values, longest=5000, required=True)
    for name in ("status", "join_policy"):
        if name in values:
            columns[name] = values[name]
            if values[name] is None:
                check.fail(name, UserErrorCode.REQUIRED, _("Please fill this in."))
    topics = await check.topics("topics", values) if "topics" in values else None
    check.done()
    return columns, topics


def _judge_status(ctx: Context, group: Group, status: GroupStatus) -> None:
    """A closed group stays closed, unless the office takes it up again."""
    if group.status is not GroupStatus.CLOSED or status is GroupStatus.CLOSED:
        return
    if not ctx.viewer.is_office:
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


async def _topics_of(group: Group) -> list[int]:
    links = await GroupTopic.filter(group=group).order_by("position", "id")
    return [link.topic_id for link in links]


async def _set_topics(group: Group, topics: list[int]) -> None:
    await GroupTopic.filter(group=group).delete()
    links = [GroupTopic(group=group, topic_id=key, position=place) for place, key in enumerate(topics)]
    if links:
        await GroupTopic.bulk_create(links)
