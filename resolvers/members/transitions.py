"""The coordination office decides about members."""

from auth.access.members import member_to_decide
from models import Member, MemberStatus
from resolvers.context import Context
from resolvers.events.seats_and_waiting_list import fill_seats_again
from resolvers.inputs.validation import Check
from resolvers.mail.queue import addresses_of, decided, post
from resolvers.moderation.sight import sight_changes
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import change, raise_version
from subscriptions.changes import MemberChanged
from subscriptions.outbox import Changes

# What leads where.
_APPROVED_FROM = (MemberStatus.APPLIED, MemberStatus.DECLINED)
_DECLINED_FROM = (MemberStatus.APPLIED,)
_SUSPENDED_FROM = (MemberStatus.ACTIVE,)
_REINSTATED_FROM = (MemberStatus.SUSPENDED,)


async def approve_member(ctx: Context, key: int | None) -> Member:
    """APPLIED, or DECLINED before, becomes ACTIVE, and joins now.

    Raises `UserErrors`, `Unauthenticated`, `NotFound`, `Forbidden`, as the others do.
    """
    return await _decide(ctx, key, _APPROVED_FROM, MemberStatus.ACTIVE, joins=True)


async def decline_member(ctx: Context, key: int | None, reason: str) -> Member:
    """APPLIED becomes DECLINED."""
    return await _decide(ctx, key, _DECLINED_FROM, MemberStatus.DECLINED, reason)


async def suspend_member(ctx: Context, key: int | None, reason: str) -> Member:
    """ACTIVE becomes SUSPENDED. Its entries, events and posts are out of sight until that ends."""
    return await _decide(ctx, key, _SUSPENDED_FROM, MemberStatus.SUSPENDED, reason)


async def reinstate_member(ctx: Context, key: int | None) -> Member:
    """SUSPENDED becomes ACTIVE again, and takes the seats that stayed free where it waits."""
    return await _decide(ctx, key, _REINSTATED_FROM, MemberStatus.ACTIVE)


async def _decide(
    ctx: Context,
    key: int | None,
    before: tuple[MemberStatus, ...],
    status: MemberStatus,
    reason: str | None = None,
    *,
    joins: bool = False,
) -> Member:
    """`reason`: which the office has to give for some decisions, and gives for none of the others."""
    check = Check()
    text = check.text("reason", {"reason": reason}, longest=1000, required=reason is not None)

    async def act(changes: Changes, member: Member) -> Member:
        if member.status not in before:
            raise refuse((), UserErrorCode.WRONG_STATE, _("The present state doesn't allow this."))
        member.status, member.status_reason = status, text
        raise_version(member)
        if joins:
            member.joined_at = member.updated_at
        async with sight_changes(ctx.rules, changes, member):
            await member.save()
            changes.tell(MemberChanged(member.id))
        if status is MemberStatus.ACTIVE:
            await fill_seats_again(ctx.rules, changes, member.id)
        addresses = (await addresses_of([member.id], or_office=False)).get(member.id, [])
        await post(ctx.rules, *(decided(ctx.rules, address, member) for address in addresses))
        return member

    return await change(ctx, lambda: member_to_decide(ctx.viewer, key), act, check)
