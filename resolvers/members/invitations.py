"""Somebody is asked to act for an organisation, and accepts: nobody acts for one who didn't agree to.

Whoever has the code of the mail has the mailbox to which it was sent, and accepts by it, one time: as the person who is
signed in; else as the person whose account has that address; who has none yet signs up with it. Asking answers alike
whether or not the address has an account.
"""

from collections.abc import Sequence
from typing import Any

from tortoise.queryset import QuerySet

from auth.access.accounts import must_be_able_to_sign_in
from auth.access.invitations import (
    asked_members,
    invitation_to_withdraw,
    not_over,
    organisation_of,
    sees_invitations,
    visible_invitations,
    who_accepts,
)
from auth.access.members import has_quotas, member_that_is_represented, member_to_represent, visible_members
from auth.access.rows import ForeignKeyRelation, by_keys
from auth.refusals import NotFound
from models import Account, Member, MemberStatus, Representation, RepresentativeInvitation, now
from resolvers.context import Context
from resolvers.inputs.validation import Check, Values
from resolvers.limits.quotas import DAY, REPRESENTATIVES_ASKED, TOO_MANY_AT_ONCE, must_have_room
from resolvers.limits.rates import Draw
from resolvers.mail.codes import hashed, new_token, over
from resolvers.mail.queue import office_addresses, post
from resolvers.members import mails
from resolvers.members.caretakers import must_be_organisation
from resolvers.rated import must_be_drawn
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import change
from subscriptions.changes import MemberChanged
from subscriptions.outbox import Changes

# So many of an organisation wait for an answer at a time, whoever asks.
MOST_INVITATIONS = 100

# ---------------------------------------------------------------- read


async def member_invitations(
    ctx: Context, parents: Sequence[Member], columns: frozenset[str]
) -> list[list[RepresentativeInvitation] | None]:
    """Who was asked by mail to act for each and hasn't answered, the oldest first; None for who may not see it."""
    keys = [parent.id for parent in parents if sees_invitations(ctx.viewer, parent.id)]
    rows = RepresentativeInvitation.filter(visible_invitations(ctx.viewer), organisation_id__in=keys)
    found: dict[int, list[RepresentativeInvitation]] = {key: [] for key in keys}
    for row in await rows.order_by("id") if keys else ():
        found[row.organisation_id].append(row)
    return [found.get(parent.id) for parent in parents]


async def member_asked_representatives(
    ctx: Context, parents: Sequence[Member], columns: frozenset[str]
) -> list[list[Member] | None]:
    """Members who were asked to act for each and haven't answered, the first first; None for who may not see it."""
    keys = [parent.id for parent in parents if sees_invitations(ctx.viewer, parent.id)]
    rows = RepresentativeInvitation.filter(asked_members(ctx.viewer), organisation_id__in=keys)
    asked = await rows.order_by("id").values_list("organisation_id", "person_id") if keys else []
    persons = await by_keys(Member, visible_members(ctx.viewer), (person for _organisation, person in asked))
    found: dict[int, list[Member]] = {key: [] for key in keys}
    for organisation_id, person_id in asked:
        if person_id in persons:
            found[organisation_id].append(persons[person_id])
    return [found.get(parent.id) for parent in parents]


async def invitations_by_id(
    ctx: Context, keys: Sequence[int], columns: frozenset[str] = frozenset()
) -> dict[int, RepresentativeInvitation]:
    """The invitations of these keys that the viewer may see, by key."""
    return await by_keys(RepresentativeInvitation, visible_invitations(ctx.viewer), keys)


invitation_organisation = ForeignKeyRelation(Member, visible_members, "organisation_id")

# ---------------------------------------------------------------- asked


async def invite_representative(ctx: Context, values: Values) -> RepresentativeInvitation:
    """Ask whoever has a mailbox to act for the organisation. Asked again, they get a new code: the one before is over.

    Raises `Unauthenticated`, `NotFound`, `Forbidden`, `UserErrors`, `RateLimited`.
    """
    check = Check("input")
    email = check.email("email", values, required=True)
    name = check.line("name", values, longest=200)
    must_be_organisation(await _counted(ctx, values["organisation_id"], email, check))
    token = new_token()

    async def act(changes: Changes, organisation: Member) -> RepresentativeInvitation:
        must_be_organisation(organisation)
        asked = RepresentativeInvitation.filter(organisation_id=organisation.id, email=email, person_id__isnull=True)
        made = await asked.first() or RepresentativeInvitation(organisation_id=organisation.id, email=email)
        made.name = name
        await _store(ctx, made, token)
        await post(ctx.rules, mails.invitation(ctx.rules, str(email), organisation, token))
        return made

    return await change(ctx, lambda: member_to_represent(ctx.viewer, values["organisation_id"]), act, check)


async def count_asking(ctx: Context, organisation_id: int, person_id: int) -> None:
    """Before `ask_member`. Raises as `invite_representative`."""
    await _counted(ctx, organisation_id, f"member {person_id}", Check())


async def ask_member(ctx: Context, organisation: Member, person: Member) -> None:
    """Ask a member to act for the organisation, within the transaction in which that is locked.

    Where nobody signs in for the member, the office is asked to ask them. Raises `UserErrors`.
    """
    account = await Account.get_or_none(member_id=person.id)
    known: dict[str, Any] = {"organisation_id": organisation.id, "person_id": person.id}
    made = await RepresentativeInvitation.get_or_none(**known) or RepresentativeInvitation(**known)
    made.email, token = account and account.email, new_token()  # type: ignore[assignment]
    await _store(ctx, made, token)
    if account is not None:
        await post(ctx.rules, mails.invitation(ctx.rules, account.email, organisation, token))
        return
    office = await office_addresses()
    await post(ctx.rules, *(mails.asked_for(ctx.rules, one, organisation, person) for one in office))


async def _counted(ctx: Context, key: int, recipient: str | None, check: Check) -> Member:
    """The organisation for which the viewer may ask; counted is one more mail to this recipient."""
    organisation = await member_that_is_represented(ctx.viewer, key)
    check.done()
    draws = [Draw("representative_mails_per_recipient", str(recipient), ctx.rules.representative_mails)]
    if has_quotas(ctx.viewer) and ctx.viewer.caller is not None:
        by_account = ctx.rules.representative_mails_by_account
        draws.append(Draw("representative_mails_per_account", ctx.viewer.caller, by_account))
    await must_be_drawn(ctx, *draws)
    return organisation


async def _store(ctx: Context, invitation: RepresentativeInvitation, token: str) -> None:
    """Store an invitation, or renew it: a code that was sent before is over. Raises `UserErrors` for one too many."""
    if invitation.pk is None or invitation.expires_at <= now():
        key = invitation.organisation_id
        await must_have_room(ctx.viewer, ctx.rules.quotas.representatives, REPRESENTATIVES_ASKED, key)
        waiting = await RepresentativeInvitation.filter(not_over(), organisation_id=key).count()
        if waiting >= MOST_INVITATIONS:
            raise refuse((), UserErrorCode.LIMIT_REACHED, TOO_MANY_AT_ONCE, most=MOST_INVITATIONS)
    invitation.token_hash, invitation.created_at = hashed(token), now()
    invitation.expires_at = invitation.created_at + ctx.rules.invitation_lifetime
    await invitation.save()


async def withdraw_invitation(ctx: Context, key: int | None) -> RepresentativeInvitation:
    """Ask somebody no longer: their code is over. Raises `Unauthenticated`, `NotFound`, `Forbidden`."""

    async def act(changes: Changes, invitation: RepresentativeInvitation) -> RepresentativeInvitation:
        await withdraw(RepresentativeInvitation.filter(id=invitation.id))
        return invitation

    return await change(ctx, lambda: invitation_to_withdraw(ctx.viewer, key), act)


async def withdraw(asked: QuerySet[RepresentativeInvitation]) -> int:
    """End those of these that wait for an answer; how many. They count as asked all the same, until the day is over."""
    return await asked.filter(not_over()).update(expires_at=now())


async def forget_invitations() -> int:
    """Delete those that are over, once they no longer count among those of a day, within the transaction; how many."""
    instant = now()
    return await RepresentativeInvitation.filter(expires_at__lt=instant, created_at__lt=instant - DAY).delete()


# ---------------------------------------------------------------- accepted


async def valid_invitation(token: str) -> RepresentativeInvitation | None:
    """The invitation of this code, None where it is over, was accepted, or never was one."""
    return await RepresentativeInvitation.filter(not_over(), token_hash=hashed(token)).first()


async def invited_address(token: str) -> str:
    """Where the code was sent. Raises `UserErrors` with EXPIRED."""
    invitation = await valid_invitation(token)
    if invitation is None or invitation.email is None:
        raise over(("token",))
    return invitation.email


async def accept_invitation(ctx: Context, token: str) -> RepresentativeInvitation:
    """Act for the organisation from now on, by the code of the mail.

    Raises `Forbidden` for keys, and `UserErrors`: EXPIRED for a code that is over, was used, or never was one, and
    NOT_FOUND where nobody is signed in and the address has no account.
    """
    must_be_able_to_sign_in(ctx.viewer)
    path = ("token",)

    async def work(changes: Changes) -> RepresentativeInvitation:
        invitation = await valid_invitation(token)
        if invitation is None:
            raise over(path)
        try:
            person = await who_accepts(ctx.viewer, invitation)
        except NotFound:
            raise over(path) from None
        if person is None:
            text = _("There is no account with this address yet. Please sign up with it first, by this invitation.")
            raise refuse((), UserErrorCode.NOT_FOUND, text)
        await accept(changes, invitation, person, path)
        return invitation

    return await ctx.outbox.write(work)


async def accept(
    changes: Changes, invitation: RepresentativeInvitation, person: Member, path: tuple[str, ...] = ()
) -> None:
    """Let the person act for the organisation, within the transaction; who has applied does so once they are approved.

    Nothing is written where it raises `UserErrors`.
    """
    try:
        organisation = await organisation_of(invitation)
    except NotFound:
        raise over(path) from None
    if person.status not in (MemberStatus.ACTIVE, MemberStatus.APPLIED):
        raise refuse((), UserErrorCode.WRONG_STATE, _("This member is not active."))
    if await Representation.exists(organisation_id=organisation.id, person_id=person.id):
        raise refuse((), UserErrorCode.WRONG_STATE, _("This person acts for the organisation already."))
    # Only one can win: who comes second waited for the organisation, and finds nothing.
    one = RepresentativeInvitation.filter(not_over(), id=invitation.id, token_hash=invitation.token_hash)
    if not await one.delete():
        raise over(path)
    await represent(changes, organisation, person)


async def represent(changes: Changes, organisation: Member, person: Member) -> None:
    """Let the person act for the organisation, which is locked; they needn't be asked any more."""
    await Representation.create(organisation_id=organisation.id, person_id=person.id)
    await RepresentativeInvitation.filter(organisation_id=organisation.id, person_id=person.id).delete()
    changes.tell(MemberChanged(organisation.id), MemberChanged(person.id))
