"""Signing in at the city's own provider: who comes back from there is tied to an account by issuer and subject.

An account that is there already is tied to by its password alone, never by its address: docs/decisions/0029 says why.
"""

from collections.abc import Mapping

import structlog

from auth.access.accounts import account_as_it_was, account_of_link, must_be_able_to_sign_in
from auth.provider_rules import Claims, challenge_of, is_challenge
from auth.refusals import NotFound, Refusal
from auth.viewer import Viewer
from models import NO_PASSWORD, Account, NetworkRole, ProviderIdentity, ProviderSignIn, SignInSession, SignUp, now
from resolvers.accounts import mails
from resolvers.accounts.attempts import remember, return_counted
from resolvers.accounts.codes import asking_for_code, spend_code
from resolvers.accounts.passwords import wrong_password
from resolvers.accounts.sessions import SignedIn, begin_session, end_sessions_of, signed_in, verified
from resolvers.accounts.sign_up import apply
from resolvers.context import Context
from resolvers.inputs.validation import Check, Values
from resolvers.mail.codes import hashed, new_token, over
from resolvers.mail.queue import post
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, UserErrors, refuse
from subscriptions.changes import MemberChanged
from subscriptions.outbox import Changes

log = structlog.get_logger()

_TOKEN = ("input", "token")
_LONGEST_NAME = 200


async def provider_address(ctx: Context, challenge: str) -> str:
    """Where somebody signs in at the provider, begun by the page that has the secret of `challenge`.

    Raises `UserErrors` for what is no challenge, `NotFound` where there is no provider, and `ProviderAway`.
    """
    if ctx.services.provider is None:
        raise NotFound
    if not is_challenge(challenge):
        raise refuse(("challenge",), UserErrorCode.INVALID, _("This page was opened in a way that leads nowhere."))
    try:
        return await ctx.services.provider.address(challenge)
    except Refusal as error:
        _tell(error)
        raise


async def back_from_provider(ctx: Context, answer: Mapping[str, str]) -> str:
    """The page of the network's website where somebody goes on who came back from the provider with this answer.

    Its address holds a token that `sign_in_with_provider` takes. Raises `UserErrors` where the provider doesn't say who
    that is to the network, and what `IdentityProvider.who` raises.
    """
    if ctx.services.provider is None:
        raise NotFound
    try:
        async with return_counted(ctx):
            challenge, claims = await ctx.services.provider.who(answer)
    except Refusal as error:
        _tell(error)
        raise
    email = Check().email("email", {"email": claims.email or ""}, known=True) or ""
    name = called(claims, email)
    if not email and await _identity(claims.issuer, claims.subject) is None:
        raise refuse((), UserErrorCode.INVALID, _("There your e-mail address is missing, or is not confirmed yet."))
    token = new_token()

    async def work(changes: Changes) -> None:
        await ProviderSignIn.create(
            token_hash=hashed(token),
            challenge=challenge,
            issuer=claims.issuer,
            subject=claims.subject,
            email=email,
            name=name,
            claims_office=claims.claims_office,
            expires_at=now() + ctx.rules.sign_in_link_lifetime,
        )

    await ctx.outbox.write(work)
    return ctx.rules.site.provider_page(token)


def called(claims: Claims, email: str) -> str:
    """What a person is called: as the provider says, where that is a name, else what their address begins with."""
    said = Check().line("name", {"name": claims.name}, longest=_LONGEST_NAME)
    return said or email.partition("@")[0][:_LONGEST_NAME]


async def sign_in_with_provider(ctx: Context, values: Values) -> SignedIn:
    """A new session, by the token of that address and the page's secret; the context is the new viewer's from now on.

    Who is new gets an account: of a person that has applied, or of the office where the provider says so. Raises
    `Forbidden`, `RateLimited`, and `UserErrors`: EXPIRED for a token that is over, was used, or is another page's;
    REQUIRED at `password` where an account of this address is there and isn't tied yet; WRONG_STATE for who is of the
    office no more; as `spend_code` where there is a second factor. But for EXPIRED, the token is good still.
    """
    must_be_able_to_sign_in(ctx.viewer)
    came = await _came(values)
    identity = await _identity(came.issuer, came.subject)
    proved, password, code = None, str(values.get("password") or ""), values.get("code")
    if identity is None and password:
        proved = await verified(ctx, came.email, password)
        if proved is None:
            raise wrong_password("password")

    async def work(changes: Changes) -> tuple[SignInSession, Viewer] | None:
        account, tied = await _account(ctx, changes, came, proved)
        if not await _role_holds(changes, account, tied, came):
            await ProviderSignIn.filter(id=came.id).delete()
            return None  # not raised here: what has ended must be committed
        await spend_code(ctx, account, code, ("input", "code"))
        if not await ProviderSignIn.filter(id=came.id).delete():  # only one can win
            raise over(_TOKEN)
        return await begin_session(ctx, changes, account)

    known = proved if identity is None else await Account.get_or_none(id=identity.account_id)
    try:
        async with asking_for_code(ctx, known, code):
            begun = await ctx.outbox.write(work)
    except NotFound:  # the member has left, or the password was changed meanwhile
        raise over(_TOKEN) from None
    if begun is None:
        text = _("The provider no longer says that you are of the coordination office.")
        raise refuse(_TOKEN, UserErrorCode.WRONG_STATE, text)
    assert begun[1].account is not None
    await remember(ctx, begun[1].account.email)
    return signed_in(ctx, *begun)


async def _came(values: Values) -> ProviderSignIn:
    """Who came back, if it is the page that began it which asks."""
    found = await ProviderSignIn.filter(
        token_hash=hashed(str(values["token"])),
        challenge=challenge_of(str(values["verifier"])),
        expires_at__gt=now(),
    ).first()
    if found is None:
        raise over(_TOKEN)
    return found


async def _identity(issuer: str, subject: str) -> ProviderIdentity | None:
    return await ProviderIdentity.get_or_none(issuer=issuer, subject=subject)


async def _account(
    ctx: Context, changes: Changes, came: ProviderSignIn, proved: Account | None
) -> tuple[Account, ProviderIdentity]:
    """Within the transaction: the account of who came back, locked, and what ties it to them."""
    identity = await _identity(came.issuer, came.subject)
    if identity is not None:
        return await account_of_link(identity.account_id), identity
    if proved is not None:
        account = await account_as_it_was(proved)
        await post(ctx.rules, mails.provider_tied(ctx.rules, account.email, ctx.language))
    elif not came.email:
        raise over(_TOKEN)
    elif await Account.exists(email=came.email):
        raise _password_needed()
    else:
        account = await _new_account(changes, came)
    return account, await ProviderIdentity.create(issuer=came.issuer, subject=came.subject, account_id=account.id)


async def _new_account(changes: Changes, came: ProviderSignIn) -> Account:
    member = None if came.claims_office else await apply(came.name, came.email)
    role = NetworkRole.OFFICE if came.claims_office else NetworkRole.MEMBER
    account = await Account.create(email=came.email, password_hash=NO_PASSWORD, role=role, member=member)
    await SignUp.filter(email=came.email).delete()
    if member is not None:
        changes.tell(MemberChanged(member.id))
    return account


async def _role_holds(changes: Changes, account: Account, identity: ProviderIdentity, came: ProviderSignIn) -> bool:
    """Whether the account may still be signed in to, once its role is what the provider says.

    Who is of the office by the provider's word alone is of it no more without that. What the command line made of an
    account stays.
    """
    if came.claims_office:
        if account.role is NetworkRole.MEMBER:
            await _give(changes, account, NetworkRole.OFFICE)
            identity.gives_office = True
        elif account.password_hash == NO_PASSWORD and account.member_id is None:
            identity.gives_office = True
    elif identity.gives_office:
        await end_sessions_of(changes, account)
        if account.member_id is None:
            return False
        await _give(changes, account, NetworkRole.MEMBER)
        identity.gives_office = False
    await identity.save(update_fields=["gives_office"])
    return True


async def _give(changes: Changes, account: Account, role: NetworkRole) -> None:
    account.role = role
    await account.save(update_fields=["role"])
    if account.member_id is not None:
        changes.tell(MemberChanged(account.member_id))


def _password_needed() -> UserErrors:
    text = _("There is an account with your address already. Please give its password, this one time, to tie both.")
    return refuse(("input", "password"), UserErrorCode.REQUIRED, text)


def _tell(error: Refusal) -> None:
    """One line of the log, which says neither who it was nor what they brought."""
    log.warning("sign-in at the provider failed", reason=type(error).__name__)
