"""How accounts come to be: by a sign-up whose mail is answered, or, those of the office, by the command line."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from auth.access.accounts import must_be_able_to_sign_in
from models import (
    Account,
    AccountLink,
    Member,
    MemberKind,
    MemberStatus,
    NetworkRole,
    ProviderSignIn,
    RepresentativeInvitation,
    SignUp,
    now,
)
from models.sql.statements import new_row
from resolvers.accounts import mails
from resolvers.accounts.attempts import count_sign_up, has_proved
from resolvers.accounts.email_changes import change_email
from resolvers.accounts.passwords import judged_password
from resolvers.accounts.terms import judged_terms
from resolvers.context import Context
from resolvers.inputs.validation import Check, Values
from resolvers.mail.codes import hashed, new_token, over
from resolvers.mail.queue import post
from resolvers.members.applications import enter_application
from resolvers.members.invitations import accept, forget_invitations, valid_invitation
from resolvers.search.indexing import index_row
from resolvers.translation import _
from resolvers.user_errors import UserError, UserErrorCode, UserErrors, refuse
from resolvers.versioned import insert
from subscriptions.changes import MemberChanged
from subscriptions.outbox import Changes


async def sign_up(ctx: Context, values: Values) -> None:
    """Send a mail to the address: a token that confirms it, or that there is an account already.

    Whether or not the address is known, it costs the same: one hash, one sign-up, one mail. The token of an address
    that is known stands in no mail, so nobody can use it. Raises `UserErrors` for what can be told from the input,
    EXPIRED for an invitation that is over, and `RateLimited`.
    """
    must_be_able_to_sign_in(ctx.viewer)
    check = Check("input")
    accepted = judged_terms(ctx.rules, check, values)
    await begin_sign_up(ctx, values, ("input",), accepted=accepted, wrong=check.errors)


async def begin_sign_up(
    ctx: Context,
    values: Values,
    path: tuple[str, ...],
    *,
    accepted: str | None,
    wrong: Sequence[UserError],
    application: dict[str, Any] | None = None,
) -> None:
    """As `sign_up`, of a person at `path` who has `accepted` these terms.

    `wrong` is what is wrong besides, `application` what else is applied for.
    """
    check = Check(*path)
    name = check.line("name", values, longest=200, required=True)
    email = check.email("email", values, required=True)
    password = judged_password(check, values)
    check.errors += wrong
    check.done()
    assert email is not None
    invitation = await _invitation(values, path)
    asker = await count_sign_up(ctx, email)
    password_hash = await ctx.services.passwords.hash(password, asker)
    token = new_token()

    async def work(changes: Changes) -> None:
        known = await Account.exists(email=email)
        await SignUp.create(
            token_hash=hashed(token),
            name=name,
            email=email,
            password_hash=password_hash,
            accepted_terms_version=accepted,
            invitation=invitation,
            application=application,
            expires_at=now() + ctx.rules.sign_up_lifetime,
        )
        of_sign_up = mails.known_already if known else mails.confirmation
        await post(ctx.rules, of_sign_up(ctx.rules, email, ctx.language, token))

    await ctx.outbox.write(work)


async def _invitation(values: Values, path: tuple[str, ...]) -> RepresentativeInvitation | None:
    """The invitation that is answered by signing up."""
    token = values.get("invitation_token")
    if not token:
        return None
    found = await valid_invitation(str(token))
    if found is None:
        raise over((*path, "invitationToken"))
    return found


async def confirm_email(ctx: Context, token: str) -> bool:
    """Make an account, and a person that has applied, of the sign-up. Of several of an address, the first one wins.

    An invitation that was answered by it is accepted, where it isn't over meanwhile; an organisation that was entered
    with it has applied, too.

    Or give an account the address to which the token was sent, as `request_email_change` was asked. Whether it was a
    sign-up's. Raises `UserErrors` with EXPIRED for a token that is over, was used, or never was one.
    """
    must_be_able_to_sign_in(ctx.viewer)
    path = ("token",)

    async def work(changes: Changes) -> str | None:
        sign_up = await SignUp.get_or_none(token_hash=hashed(token))
        if sign_up is None:
            return await change_email(ctx, changes, token, path)
        # Those of the same address, locked in the same order by whoever confirms one of them.
        waiting = await SignUp.filter(email=sign_up.email).order_by("id").select_for_update()
        valid = [one for one in waiting if one.id == sign_up.id and one.expires_at > now()]
        if not valid or await Account.exists(email=sign_up.email):
            raise over(path)
        member = await apply(sign_up.name, sign_up.email)
        changes.concern(member)
        version = sign_up.accepted_terms_version
        await Account.create(
            email=sign_up.email,
            password_hash=sign_up.password_hash,
            member=member,
            accepted_terms_version=version,
            accepted_terms_at=sign_up.created_at if version is not None else None,
        )
        await SignUp.filter(email=sign_up.email).delete()
        await _accept_invitation(changes, sign_up, member)
        if sign_up.application is not None:
            await enter_application(changes, member, sign_up.application)
        changes.tell(MemberChanged(member.id))
        return None

    changed = await ctx.outbox.write(work)
    if changed is not None:
        await has_proved(ctx, changed)
    return changed is None


async def _accept_invitation(changes: Changes, sign_up: SignUp, member: Member) -> None:
    invitation = await RepresentativeInvitation.get_or_none(id=sign_up.invitation_id, expires_at__gt=now())
    if invitation is not None:
        with suppress(UserErrors):  # the account is made in any case
            await accept(changes, invitation, member)


async def create_office_account(
    ctx: Context, email: str, password: str, role: NetworkRole = NetworkRole.OFFICE
) -> Account:
    """An account of the coordination office that is nobody's in the network, for the command line.

    Raises `UserErrors` for what is no address or password, and for an address that has an account.
    """
    values = {"email": email, "password": password}
    check = Check()
    address = check.email("email", values, required=True)
    judged = judged_password(check, values)
    if role is NetworkRole.MEMBER:
        check.fail("role", UserErrorCode.INVALID, _("This is no role of the coordination office."))
    check.done()
    password_hash = await ctx.services.passwords.hash(judged)

    async def work(changes: Changes) -> Account:
        if await Account.exists(email=address):
            raise refuse(("email",), UserErrorCode.TAKEN, _("There is an account with this address already."))
        return await Account.create(email=address, password_hash=password_hash, role=role)

    return await ctx.outbox.write(work)


async def forget_links(ctx: Context) -> int:
    """Delete links and invitations that are over; how many."""

    async def work(changes: Changes) -> int:
        return (
            await AccountLink.filter(expires_at__lt=now()).delete()
            + await ProviderSignIn.filter(expires_at__lt=now()).delete()
            + await forget_invitations()
        )

    return await ctx.outbox.write(work)


async def apply(name: str, email: str) -> Member:
    """Within the transaction: a person who has applied."""
    person = {"kind": MemberKind.PERSON, "status": MemberStatus.APPLIED}
    member = await insert(new_row(Member, **person, name=name, email=email), name)
    await index_row(member, new=True)
    return member
