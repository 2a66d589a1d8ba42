"""What coordinators and the office decide about who belongs to a group."""

from auth.access.groups import group_to_change, membership_to_change
from auth.access.members import visible_members
from auth.access.rows import by_keys
from models import Group, GroupMembership, GroupRole, Member, MembershipStatus, MemberStatus, now
from resolvers.context import Context
from resolvers.groups.mails import tell_of_acceptance, tell_of_invitation, tell_of_refusal, tell_of_removal
from resolvers.groups.memberships.rules import (
    admit,
    end,
    keep_a_coordinator,
    member_must_be_active,
    must_not_be_closed,
    open_membership,
)
from resolvers.inputs.validation import Check
from resolvers.limits.quotas import INVITATIONS, must_have_room
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import change
from subscriptions.changes import GroupRoleChanged
from subscriptions.outbox import Changes


async def invite_to_group(ctx: Context, group_id: int, member_id: int) -> GroupMembership:
    """Invite a member into the group; who has asked to join is accepted by it.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`, `UserErrors`.
    """

    async def act(changes: Changes, group: Group) -> GroupMembership:
        member = await _invited(ctx, member_id)
        known = await open_membership(group, member)
        if known is not None and known.status is not MembershipStatus.REQUESTED:
            raise refuse(("memberId",), UserErrorCode.TAKEN, _("This member is invited or in the group already."))
        must_not_be_closed(group)
        if known is not None:
            return await _accept(ctx, changes, group, known)
        await must_have_room(ctx.viewer, ctx.rules.quotas.invitations, INVITATIONS, group.id)
        membership = await GroupMembership.create(group=group, member=member, status=MembershipStatus.INVITED)
        await tell_of_invitation(ctx, group, member.id)
        return membership

    return await change(ctx, lambda: group_to_change(ctx.viewer, group_id), act)


async def _invited(ctx: Context, member_id: int) -> Member:
    member = (await by_keys(Member, visible_members(ctx.viewer), [member_id])).get(member_id)
    if member is None:
        raise refuse(("memberId",), UserErrorCode.NOT_FOUND, _("There is no such member."))
    if member.status is not MemberStatus.ACTIVE:
        raise refuse(("memberId",), UserErrorCode.WRONG_STATE, _("This member is not active."))
    return member


async def _accept(ctx: Context, changes: Changes, group: Group, membership: GroupMembership) -> GroupMembership:
    await admit(changes, group, membership)
    await tell_of_acceptance(ctx, group, membership.member_id)
    return membership


async def decide_join_request(ctx: Context, membership_id: int, accept: bool) -> GroupMembership:
    """Accept a request to join the group, or turn it down.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`, `UserErrors`.
    """

    async def act(changes: Changes, found: tuple[Group, GroupMembership]) -> GroupMembership:
        group, membership = found
        if membership.status is not MembershipStatus.REQUESTED:
            raise refuse((), UserErrorCode.WRONG_STATE, _("This is no request that is still open."))
        if not accept:
            await tell_of_refusal(ctx, group, membership.member_id)
            return await end(changes, group, membership, MembershipStatus.DECLINED)
        must_not_be_closed(group)
        await member_must_be_active(membership)
        return await _accept(ctx, changes, group, membership)

    return await change(ctx, lambda: membership_to_change(ctx.viewer, membership_id), act)


async def remove_from_group(ctx: Context, membership_id: int, reason: str | None = None) -> GroupMembership:
    """Take a member out of the group, or take an invitation back.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`, `UserErrors`.
    """
    check = Check()
    why = check.text("reason", {"reason": reason}, longest=1000)

    async def act(changes: Changes, found: tuple[Group, GroupMembership]) -> GroupMembership:
        group, membership = found
        if membership.status not in (MembershipStatus.ACTIVE, MembershipStatus.INVITED):
            raise refuse((), UserErrorCode.WRONG_STATE, _("This member is neither in the group nor invited."))
        await end(changes, group, membership, MembershipStatus.REMOVED, why)
        await tell_of_removal(ctx, group, membership)
        return membership

    return await change(ctx, lambda: membership_to_change(ctx.viewer, membership_id), act, check)


async def change_group_role(ctx: Context, membership_id: int, role: GroupRole) -> GroupMembership:
    """Make a member of the group its coordinator, or the other way round.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`, `UserErrors`.
    """

    async def act(changes: Changes, found: tuple[Group, GroupMembership]) -> GroupMembership:
        group, membership = found
        if membership.status is not MembershipStatus.ACTIVE:
            raise refuse((), UserErrorCode.WRONG_STATE, _("This member is not in the group."))
        if membership.role is role:
            return membership
        if role is GroupRole.COORDINATOR:
            await member_must_be_active(membership)
        else:
            await keep_a_coordinator(group, membership)
        membership.role = role
        membership.updated_at = now()
        await membership.save()
        changes.tell(GroupRoleChanged(group.id, membership.member_id, role.value))
        return membership

    return await change(ctx, lambda: membership_to_change(ctx.viewer, membership_id), act)
