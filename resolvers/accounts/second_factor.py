"""The second factor of an account: it is begun, switched on by a first code, and switched off.

What it is for stands in `codes`, which asks for a code where somebody signs in.
"""

from dataclasses import dataclass

from auth import second_factor
from auth.access.accounts import account_as_it_was, must_have_a_session, own_account
from auth.refusals import NotFound
from auth.viewer import Viewer
from models import NO_PASSWORD, Account, SecondFactor, now
from resolvers.accounts import mails
from resolvers.accounts.attempts import code_counted
from resolvers.accounts.codes import asking_for_code, is_of_the_app, spend_code, wrong_code
from resolvers.accounts.passwords import wrong_password
from resolvers.accounts.sessions import end_sessions_of, verified
from resolvers.context import Context, viewer_of_session
from resolvers.inputs.validation import Check, Values
from resolvers.mail.queue import post
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, UserErrors, refuse
from resolvers.versioned import change
from subscriptions.outbox import Changes


@dataclass(frozen=True)
class Enrolment:
    """What an app is given: its secret, and the same as it reads it from a picture."""

    secret: str
    uri: str


@dataclass(frozen=True)
class SwitchedOn:
    """Recovery codes, which nobody is shown again, and the viewer as it is now."""

    recovery_codes: list[str]
    viewer: Viewer


async def enrol_second_factor(ctx: Context, values: Values) -> Enrolment:
    """A secret for the viewer's account, in place of one that was never confirmed; nothing asks for it yet.

    Raises `Unauthenticated`, `Forbidden`, `RateLimited`, and `UserErrors`: INVALID_CREDENTIALS for a wrong password,
    WRONG_STATE where the second factor is on.
    """
    proved = await _proved(ctx, values)
    secret, sealed = ctx.services.second_factors.new_secret()

    async def work(changes: Changes) -> None:
        account = await account_as_it_was(proved)
        if account.second_factor_since is not None:
            raise _wrong_state(_("The second factor is on already."))
        changes.concern(account)
        await SecondFactor.filter(account_id=account.id).delete()
        await SecondFactor.create(account_id=account.id, secret=sealed)

    try:
        await ctx.outbox.write(work)
    except NotFound:  # the password was changed meanwhile
        raise wrong_password("password") from None
    return Enrolment(secret, second_factor.uri(secret, proved.email, ctx.rules.network_name))


async def confirm_second_factor(ctx: Context, code: str) -> SwitchedOn:
    """Switch the second factor on, by a first code of the app. The account's other sessions end; a mail tells it.

    Raises `Unauthenticated`, `Forbidden`, `RateLimited`, and `UserErrors`: INVALID_CREDENTIALS for a wrong code,
    WRONG_STATE where none was begun, or it is on.
    """
    must_have_a_session(ctx.viewer)
    assert ctx.viewer.account is not None

    async def act(changes: Changes, account: Account) -> SwitchedOn:
        factor = await SecondFactor.get_or_none(account_id=account.id)
        if account.second_factor_since is not None:
            raise _wrong_state(_("The second factor is on already."))
        if factor is None:
            raise _wrong_state(_("Please begin with a new secret for your app."))
        if not await is_of_the_app(ctx, factor, code):
            raise wrong_code(("code",))
        codes = second_factor.new_recovery_codes()
        factor.recovery_hashes = [second_factor.hash_of(second_factor.typed(one)) for one in codes]
        await factor.save(update_fields=["recovery_hashes"])
        account.second_factor_since = now()
        await account.save(update_fields=["second_factor_since"])
        await end_sessions_of(changes, account, but=ctx.viewer.session_id)
        await post(ctx.rules, mails.second_factor_on(ctx.rules, account.email, ctx.language))
        assert ctx.viewer.session_id is not None
        return SwitchedOn(codes, await viewer_of_session(ctx.services, ctx.viewer.session_id))

    async with code_counted(ctx, ctx.viewer.account):
        return await change(ctx, lambda: own_account(ctx.viewer), act)


async def disable_second_factor(ctx: Context, values: Values) -> Viewer:
    """Switch it off, by password and code; a mail tells it. The viewer, as it is afterwards.

    Raises `Unauthenticated`, `Forbidden`, `RateLimited`, and `UserErrors`: INVALID_CREDENTIALS for a wrong password or
    code, WRONG_STATE where it isn't on.
    """
    proved = await _proved(ctx, values)
    code = str(values["code"])

    async def work(changes: Changes) -> Viewer:
        account = await account_as_it_was(proved)
        if account.second_factor_since is None:
            raise _wrong_state(_("The second factor is not on."))
        await spend_code(ctx, account, code, ("input", "code"))
        await switch_off(ctx, changes, account)
        assert ctx.viewer.session_id is not None
        return await viewer_of_session(ctx.services, ctx.viewer.session_id)

    try:
        async with asking_for_code(ctx, proved, code):
            return await ctx.outbox.write(work)
    except NotFound:  # the password was changed meanwhile
        raise wrong_password("password") from None


async def switch_off(ctx: Context, changes: Changes, account: Account) -> None:
    """Within the transaction: the account, which is locked, has no second factor any more; a mail tells it."""
    changes.concern(account)
    await SecondFactor.filter(account_id=account.id).delete()
    account.second_factor_since = None
    await account.save(update_fields=["second_factor_since"])
    await post(ctx.rules, mails.second_factor_off(ctx.rules, account.email, ctx.language))


async def _proved(ctx: Context, values: Values) -> Account:
    """The viewer's account, as it was when its password was looked at, which counts as a sign-in.

    One that has none, for it is signed in to at a provider, has nothing to be looked at.
    """
    must_have_a_session(ctx.viewer)
    if ctx.viewer.account is not None and ctx.viewer.account.password_hash == NO_PASSWORD:
        return ctx.viewer.account
    check = Check("input")
    if not values.get("password"):
        check.fail("password", UserErrorCode.REQUIRED, _("Please fill this in."))
    check.done()
    assert ctx.viewer.account is not None
    account = await verified(ctx, ctx.viewer.account.email, str(values["password"]))
    if account is None:
        raise wrong_password("password")
    return account


def _wrong_state(text: str) -> UserErrors:
    return refuse((), UserErrorCode.WRONG_STATE, text)
