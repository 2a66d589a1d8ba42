"""For an office that is locked out, or has somebody to lock out: what the command line does to any account."""

from uuid import UUID

from auth.access.accounts import account_at, sessions_that_go_on
from auth.refusals import NotFound
from models import Account, SignInSession
from resolvers.accounts.passwords import judged_password, store_password
from resolvers.accounts.second_factor import switch_off
from resolvers.accounts.sessions import MOST_SESSIONS, end_sessions_of
from resolvers.context import Context
from resolvers.inputs.validation import Check
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from subscriptions.outbox import Changes


async def set_password(ctx: Context, email: str, password: str) -> Account:
    """Another password for the account of this address, whose sessions and links are over; a mail tells it.

    Raises `UserErrors` for what is no password, and with NOT_FOUND where there is no such account.
    """
    check = Check()
    address = _address(check, email)
    judged = judged_password(check, {"password": password})
    check.done()
    password_hash = await ctx.services.passwords.hash(judged)

    async def work(changes: Changes) -> Account:
        account = await _account(address)
        await store_password(ctx, changes, account, password_hash)
        return account

    return await ctx.outbox.write(work)


async def sessions_of(email: str) -> list[SignInSession]:
    """The sessions that go on of the account of this address, those first that were used last.

    Raises `UserErrors` with NOT_FOUND where there is no such account.
    """
    check = Check()
    address = _address(check, email)
    check.done()
    going_on = SignInSession.filter(sessions_that_go_on(await _account(address)))
    return await going_on.order_by("-last_used_at", "-created_at").limit(MOST_SESSIONS)


async def end_sessions(ctx: Context, email: str) -> list[UUID]:
    """End all sessions of the account of this address: their keys. What is open by them closes, on all servers.

    Raises `UserErrors` with NOT_FOUND where there is no such account.
    """
    check = Check()
    address = _address(check, email)
    check.done()

    async def work(changes: Changes) -> list[UUID]:
        account = await _account(address)
        changes.concern(account)
        return await end_sessions_of(changes, account)

    return await ctx.outbox.write(work)


async def reset_second_factor(ctx: Context, email: str) -> Account:
    """Switch the second factor of the account of this address off; a mail tells it. Its password still holds.

    Raises `UserErrors`: NOT_FOUND where there is no such account, WRONG_STATE where it has no second factor.
    """
    check = Check()
    address = _address(check, email)
    check.done()

    async def work(changes: Changes) -> Account:
        account = await _account(address)
        if account.second_factor_since is None:
            raise refuse(("email",), UserErrorCode.WRONG_STATE, _("The second factor is not on."))
        await switch_off(ctx, changes, account)
        return account

    return await ctx.outbox.write(work)


def _address(check: Check, email: str) -> str:
    return check.email("email", {"email": email}, required=True, known=True) or ""


async def _account(email: str) -> Account:
    try:
        return await account_at(email)
    except NotFound:
        raise refuse(("email",), UserErrorCode.NOT_FOUND, _("There is no account with this address.")) from None
