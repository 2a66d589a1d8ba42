"""Signing in by a link in a mail, instead of a password."""

from auth.access.accounts import must_be_able_to_sign_in
from auth.viewer import Viewer
from models import LinkPurpose, SignInSession
from resolvers.accounts.attempts import has_proved
from resolvers.accounts.links import send_link, spend
from resolvers.accounts.sessions import SignedIn, begin_session, signed_in
from resolvers.context import Context
from subscriptions.outbox import Changes


async def request_sign_in_link(ctx: Context, address: str) -> None:
    """Send a mail to the address: a token that `sign_in_with_link` takes, or that there is no account.

    As `send_link`. Raises `Forbidden`, `UserErrors`, `RateLimited`.
    """
    await send_link(ctx, address, LinkPurpose.SIGN_IN)


async def sign_in_with_link(ctx: Context, token: str) -> SignedIn:
    """A new session; the context is the new viewer's from now on.

    Raises `Forbidden`, and `UserErrors` with EXPIRED for a token that is over, was used, or never was one.
    """
    must_be_able_to_sign_in(ctx.viewer)

    async def work(changes: Changes) -> tuple[SignInSession, Viewer]:
        account, _link = await spend(token, LinkPurpose.SIGN_IN, ("token",))
        return await begin_session(ctx, changes, account)

    session, viewer = await ctx.outbox.write(work)
    assert viewer.account is not None
    await has_proved(ctx, viewer.account.email)
    return signed_in(ctx, session, viewer)
