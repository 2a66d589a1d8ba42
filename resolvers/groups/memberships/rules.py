"""What all changes of memberships share. Whoever calls these holds the group's lock, within a transaction."""

from datetime import datetime

from auth.access.groups import active_memberships
from models import (
    OPEN_MEMBERSHIPS,
    Group,
    GroupMembership,
    GroupRole,
    GroupStatus,
    MembershipStatus,
    MemberStatus,
    now,
)
from models.members import Member
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from subscriptions.changes import GroupMemberJoined, GroupMemberLeft
from subscriptions.outbox import Changes


async def open_membership(group: Group, member: Member) -> GroupMembership | None:
    """The member's one membership in the group that is requested, invited or active."""
    return await GroupMembership.filter(group=group, member=member, status__in=OPEN_MEMBERSHIPS).first()


async def admit(changes: Changes, group: Group, membership: GroupMembership) -> GroupMembership:
    """From now on the member belongs to the group."""
    instant = now()
    membership.status = MembershipStatus.ACTIVE
    membership.joined_at = instant
    await _save(membership, instant)
    group.active_at = instant
    await group.save(update_fields=["active_at"])
    changes.tell(GroupMemberJoined(group.id, membership.member_id, membership.role.value))
    return membership


async def end(
    changes: Changes,
    group: Group,
    membership: GroupMembership,
    status: MembershipStatus,
    reason: str | None = None,
) -> GroupMembership:
    """The membership, request or invitation is over. Raises `UserErrors`: LAST_COORDINATOR."""
    await keep_a_coordinator(group, membership)
    return await end_in_any_case(changes, group, membership, status, reason)


async def end_in_any_case(
    changes: Changes,
    group: Group,
    membership: GroupMembership,
    status: MembershipStatus,
    reason: str | None = None,
) -> GroupMembership:
    """As `end`, also where the group loses its only coordinator by it: nobody is kept in the network for a group."""
    changes.watch(membership)
    belonged = membership.status is MembershipStatus.ACTIVE
    membership.status = status
    membership.status_reason = reason
    await _save(membership, now())
    if belonged:
        changes.tell(GroupMemberLeft(group.id, membership.member_id))
    return membership


async def keep_a_coordinator(group: Group, membership: GroupMembership) -> None:
    """Raises `UserErrors` where an active group would lose its only coordinator. Only active members count."""
    if await is_its_only_coordinator(group, membership):
        message = _("An active group needs a coordinator: please name a successor first.")
        raise refuse((), UserErrorCode.LAST_COORDINATOR, message)


async def is_its_only_coordinator(group: Group, membership: GroupMembership) -> bool:
    """Whether an active group has this one coordinator alone. Only active members count."""
    if group.status is not GroupStatus.ACTIVE:
        return False
    coordinators = await GroupMembership.filter(active_memberships(), group=group, role=GroupRole.COORDINATOR)
    return [one.id for one in coordinators] == [membership.id]


def must_not_be_closed(group: Group, *path: str) -> None:
    """Raises `UserErrors`, at `path` where the group was chosen in a form: nothing new comes into a closed group."""
    if group.status is GroupStatus.CLOSED:
        raise refuse(path, UserErrorCode.WRONG_STATE, _("This group is closed."))


async def member_must_be_active(membership: GroupMembership) -> None:
    """Raises `UserErrors`: only active members come into a group, and coordinate it."""
    if not await Member.filter(id=membership.member_id, status=MemberStatus.ACTIVE).exists():
        raise refuse((), UserErrorCode.WRONG_STATE, _("This member is not active."))


async def _save(membership: GroupMembership, instant: datetime) -> None:
    membership.updated_at = instant
    await membership.save()
