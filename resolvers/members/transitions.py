"""The coordination office decides about members."""

from collections.abc import Sequence

from auth.access.members import member_to_decide, members_to_decide
from models import Member, MemberStatus
from resolvers.context import Context
from resolvers.events.seats_and_waiting_list import fill_seats_again
from resolvers.inputs.validation import Check
from resolvers.mail.queue import addresses_of, post
from resolvers.members.applications import let_in
from resolvers.members.mails import decided, decided_together
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
    """APPLIED, or DECLINED before, becomes ACTIVE, and joins now; with it the one with which it has applied together.

    Raises `UserErrors`, `Unauthenticated`, `NotFound`, `Forbidden`, as the others do.
    """
    return await _decide(ctx, key, _APPROVED_FROM, MemberStatus.ACTIVE, joins=True)


async def decline_member(ctx: Context, key: int | None, reason: str) -> Member:
    """APPLIED becomes DECLINED, with the one with which it has applied together."""
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
    """`reason`: which the office has to give for some decisions, and gives for none of the others.

    Who has applied together is decided about together.
    """
    check = Check()
    text = check.text("reason", {"reason": reason}, longest=1000, required=reason is not None)

    async def act(changes: Changes, members: list[Member]) -> Member:
        member, *others = members
        if member.status not in before:
            raise refuse((), UserErrorCode.WRONG_STATE, _("The present state doesn't allow this."))
        both = [member, *(one for one in others if one.status in before)]
        changes.concern(*both)
        for one in both:
            one.status_reason = text
            await _become(ctx, changes, one, status, joins=joins)
        if joins:
            await let_in(ctx, changes, member)
        await _tell(ctx, both)
        return member

    async def find() -> list[Member]:
        if MemberStatus.APPLIED in before:
            return await members_to_decide(ctx.viewer, key)
        return [await member_to_decide(ctx.viewer, key)]

    return await change(ctx, find, act, check)


async def _become(ctx: Context, changes: Changes, member: Member, status: MemberStatus, *, joins: bool) -> None:
    member.status = status
    raise_version(member)
    if joins:
        member.joined_at = member.updated_at
    async with sight_changes(ctx.rules, changes, member):
        await member.save()
        changes.tell(MemberChanged(member.id))
    if status is MemberStatus.ACTIVE:
        await fill_seats_again(ctx.rules, changes, member.id)


async def _tell(ctx: Context, members: Sequence[Member]) -> None:
    """One mail to each address that speaks for one of them: who is decided about together is one side."""
    addresses = await addresses_of([member.id for member in members], or_office=False)
    for address in dict.fromkeys(one for some in addresses.values() for one in some):
        alone = len(members) == 1
        letter = decided(ctx.rules, address, members[0]) if alone else decided_together(ctx.rules, address, members)
        await post(ctx.rules, letter)
