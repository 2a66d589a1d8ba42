"""Signing in and out, and keeping a session alive.

A session has a generation. Its refresh token is good for one exchange, which raises the generation; a token of an
older one was used before, by its owner or by a thief, and ends the session for both.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime

from tortoise.exceptions import DBConnectionError

from auth.access.accounts import may_sign_in, must_be_able_to_sign_in, session_to_end
from auth.hashing_queue import Asker
from auth.refusals import RateLimited, Unauthenticated
from auth.viewer import GUEST, Viewer, load_viewer
from models import Account, SignInSession, now
from resolvers.accounts.attempts import attempt_to_sign_in, remember
from resolvers.context import Context
from resolvers.language import _
from resolvers.user_errors import UserErrorCode, UserErrors, refuse
from resolvers.validation import Check, Values
from subscriptions.changes import SessionEnded
from subscriptions.outbox import Changes

# A letter of a password of two hundred may be typed as four characters.
_LONGEST_PASSWORD = 800


@dataclass(frozen=True)
class SignedIn:
    """What signing in gives."""

    access_token: str
    expires_at: datetime
    refresh_token: str
    viewer: Viewer


async def sign_in(ctx: Context, values: Values) -> SignedIn:
    """A new session; the context is the new viewer's from now on.

    As many hashes are computed whether or not there is such an account. Raises `UserErrors`, with INVALID_CREDENTIALS
    for an address that is unknown, or gone, as for a wrong password, and `RateLimited`.
    """
    must_be_able_to_sign_in(ctx.viewer)
    check = Check("input")
    email = check.email("email", values, required=True, known=True)
    if not values.get("password"):
        check.fail("password", UserErrorCode.REQUIRED, _("Please fill this in."))
    check.done()
    assert email is not None
    attempt = await attempt_to_sign_in(ctx, email)
    try:
        account = await Account.get_or_none(email=email).select_related("member")
        is_right = await _verified(ctx, account, str(values["password"]), attempt.asker)
    except (RateLimited, DBConnectionError):  # no place in line, or no database: nothing was guessed
        await attempt.take_back()
        raise
    if not is_right:
        attempt.has_failed()
        raise _wrong()
    await attempt.has_succeeded()

    async def work(changes: Changes) -> tuple[SignInSession, Viewer]:
        assert account is not None
        session = await SignInSession.create(
            id=uuid.uuid4(), account_id=account.id, expires_at=now() + ctx.rules.session_lifetime
        )
        return session, await load_viewer(session.id)

    return _signed_in(ctx, *await ctx.outbox.write(work))


async def refresh_session(ctx: Context, token: str) -> SignedIn:
    """Exchange a refresh token; the context is its viewer's from now on.

    Raises `UserErrors` with EXPIRED for a token that is over, or was used already: that ends its session.
    """
    must_be_able_to_sign_in(ctx.viewer)
    try:
        given = ctx.services.tokens.read_refresh(token)
    except Unauthenticated:
        raise _over() from None

    async def work(changes: Changes) -> tuple[SignInSession, Viewer] | None:
        session = SignInSession.filter(id=given.session_id, ended_at__isnull=True)
        instant = now()
        # Only one can win: who comes second finds the next generation.
        won = await session.filter(generation=given.generation, expires_at__gt=instant).update(
            generation=given.generation + 1, last_used_at=instant
        )
        if won:
            return await SignInSession.get(id=given.session_id), await load_viewer(given.session_id)
        if await session.update(ended_at=instant):
            changes.tell(SessionEnded(str(given.session_id)))
        return None  # not raised here: the end must be committed

    try:
        exchanged = await ctx.outbox.write(work)
    except Unauthenticated:  # the member has left
        exchanged = None
    if exchanged is None:
        raise _over()
    assert exchanged[1].account is not None
    await remember(ctx, exchanged[1].account.email)
    return _signed_in(ctx, *exchanged)


async def sign_out(ctx: Context) -> None:
    """End the session of the access token; the context is a guest's from now on.

    Raises `Unauthenticated`, and `Forbidden` for who asks without a session.
    """
    session_id = session_to_end(ctx.viewer)

    async def work(changes: Changes) -> None:
        if await SignInSession.filter(id=session_id, ended_at__isnull=True).update(ended_at=now()):
            changes.tell(SessionEnded(str(session_id)))

    await ctx.outbox.write(work)
    ctx.viewer, ctx.expires_at = GUEST, None


async def _verified(ctx: Context, account: Account | None, password: str, by: Asker) -> bool:
    """Whether the account may be signed in to with this password. As many hashes for any account, and for none."""
    known = account if account is not None and may_sign_in(account) else None
    # No account has such a password: what is hashed instead only takes its time.
    possible = password[:_LONGEST_PASSWORD].encode(errors="replace").decode()
    hashed = known.password_hash if known is not None and possible == password else None
    return await ctx.services.passwords.verify(possible, hashed, by)


def _signed_in(ctx: Context, session: SignInSession, viewer: Viewer) -> SignedIn:
    tokens = ctx.services.tokens
    access, expires_at = tokens.make_access(session.id)
    ctx.viewer, ctx.expires_at = viewer, expires_at
    ctx.forget()
    return SignedIn(access, expires_at, tokens.make_refresh(session.id, session.generation, session.expires_at), viewer)


def _wrong() -> UserErrors:
    return refuse((), UserErrorCode.INVALID_CREDENTIALS, _("E-mail address or password is wrong."))


def _over() -> UserErrors:
    return refuse((), UserErrorCode.EXPIRED, _("Your session has ended: please sign in again."))
