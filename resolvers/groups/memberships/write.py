"""Coming into a group and leaving it, as a member does it for itself."""

from auth.access.groups import group_to_enter, membership_to_answer
from models import Group, GroupMembership, JoinPolicy, Member, MembershipStatus
from resolvers.acting_member import acting_member
from resolvers.context import Context
from resolvers.groups.mails import tell_of_request
from resolvers.groups.memberships.rules import admit, end, member_must_be_active, must_not_be_closed, open_membership
from resolvers.limits.quotas import JOIN_REQUESTS, hold, must_have_room
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import change
from subscriptions.outbox import Changes


async def join_group(ctx: Context, group_id: int, member_id: int | None = None) -> GroupMembership:
    """Bring a member into the group, or its request, as the group's policy says; who is invited comes in at once.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`, `UserErrors`.
    """

    async def act(changes: Changes, found: tuple[Group, Member]) -> GroupMembership:
        group, member = found
        known = await open_membership(group, member)
        if known is not None and known.status is not MembershipStatus.INVITED:
            raise refuse((), UserErrorCode.TAKEN, _already(known))
        must_not_be_closed(group)
        if known is not None:
            return await admit(changes, group, known)
        return await _enter(ctx, changes, group, member)

    async def find() -> tuple[Group, Member]:
        await hold(ctx.viewer, ctx.rules.quotas.join_requests, member_id)
        return await _group_and_member(ctx, group_id, member_id)

    return await change(ctx, find, act)


async def _group_and_member(ctx: Context, group_id: int, member_id: int | None) -> tuple[Group, Member]:
    """The group, locked, and who comes or goes. Raises as `join_group`."""
    group = await group_to_enter(ctx.viewer, group_id)
    return group, await acting_member(ctx, member_id, "memberId")


def _already(membership: GroupMembership) -> str:
    if membership.status is MembershipStatus.REQUESTED:
        return _("The request to join waits for a decision already.")
    return _("Already in this group.")


async def _enter(ctx: Context, changes: Changes, group: Group, member: Member) -> GroupMembership:
    """As the policy of the group says, for a member that nobody has invited."""
    if group.join_policy is JoinPolicy.INVITATION:
        raise refuse((), UserErrorCode.WRONG_STATE, _("One comes into this group by invitation only."))
    membership = GroupMembership(group=group, member=member, status=MembershipStatus.REQUESTED)
    if group.join_policy is JoinPolicy.OPEN:
        return await admit(changes, group, membership)
    await must_have_room(ctx.viewer, ctx.rules.quotas.join_requests, JOIN_REQUESTS, member.id)
    await membership.save()
    await tell_of_request(ctx, group, member)
    return membership


async def leave_group(ctx: Context, group_id: int, member_id: int | None = None) -> GroupMembership:
    """Take a member out of the group, or take its request back.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`, `UserErrors`.
    """

    async def act(changes: Changes, found: tuple[Group, Member]) -> GroupMembership:
        group, member = found
        membership = await open_membership(group, member)
        if membership is None:
            raise refuse((), UserErrorCode.WRONG_STATE, _("Not in this group."))
        if membership.status is MembershipStatus.INVITED:
            raise refuse((), UserErrorCode.WRONG_STATE, _("Please answer the invitation instead."))
        return await end(changes, group, membership, MembershipStatus.LEFT)

    return await change(ctx, lambda: _group_and_member(ctx, group_id, member_id), act)


async def answer_group_invitation(ctx: Context, membership_id: int, accept: bool) -> GroupMembership:
    """Accept an invitation or turn it down, on the side of who was invited.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`, `UserErrors`.
    """

    async def act(changes: Changes, found: tuple[Group, GroupMembership]) -> GroupMembership:
        group, membership = found
        if membership.status is not MembershipStatus.INVITED:
            raise refuse((), UserErrorCode.WRONG_STATE, _("This is no invitation that is still open."))
        if not accept:
            return await end(changes, group, membership, MembershipStatus.DECLINED)
        must_not_be_closed(group)
        await member_must_be_active(membership)
        return await admit(changes, group, membership)

    return await change(ctx, lambda: membership_to_answer(ctx.viewer, membership_id), act)
