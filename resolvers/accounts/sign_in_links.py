"""Signing in by a link in a mail, instead of a password."""

from auth.access.accounts import must_be_able_to_sign_in
from auth.viewer import Viewer
from models import Account, LinkPurpose, SignInSession
from resolvers.accounts.attempts import has_proved
from resolvers.accounts.codes import asking_for_code, spend_code
from resolvers.accounts.links import send_link, spend, valid
from resolvers.accounts.sessions import SignedIn, begin_session, signed_in
from resolvers.context import Context
from resolvers.mail.codes import over
from subscriptions.outbox import Changes


async def request_sign_in_link(ctx: Context, address: str) -> None:
    """Send a mail to the address: a token that `sign_in_with_link` takes, or that there is no account.

    As `send_link`. Raises `Forbidden`, `UserErrors`, `RateLimited`.
    """
    await send_link(ctx, address, LinkPurpose.SIGN_IN)


async def sign_in_with_link(ctx: Context, token: str, code: str | None = None) -> SignedIn:
    """A new session; the context is the new viewer's from now on.

    Raises `Forbidden`, and `UserErrors` with EXPIRED for a token that is over, was used, or never was one. For an
    account with a second factor as `spend_code`: the token is good still.
    """
    must_be_able_to_sign_in(ctx.viewer)
    link = await valid(token, LinkPurpose.SIGN_IN)
    if link is None:
        raise over(("token",))

    async def work(changes: Changes) -> tuple[SignInSession, Viewer]:
        account, _link = await spend(token, LinkPurpose.SIGN_IN, ("token",))
        await spend_code(ctx, account, code, ("code",))
        return await begin_session(ctx, changes, account)

    async with asking_for_code(ctx, await Account.get_or_none(id=link.account_id), code):
        session, viewer = await ctx.outbox.write(work)
    assert viewer.account is not None
    await has_proved(ctx, viewer.account.email)
    return signed_in(ctx, session, viewer)
