"""Signing in and out, and keeping a session alive.

A session has a generation. Its refresh token is good for one exchange, which raises the generation; a token of an
older one was used before, by its owner or by a thief, and ends the session for both.

Whoever has the account sees its sessions, and ends one, or all others.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tortoise.exceptions import DBConnectionError
from tortoise.expressions import Q, Subquery

from auth.access.accounts import (
    account_as_it_was,
    may_sign_in,
    must_be_able_to_sign_in,
    own_account,
    own_session,
    own_sessions,
    session_to_end,
)
from auth.access.rows import by_keys
from auth.hashing_queue import Asker
from auth.refusals import NotFound, RateLimited, Unauthenticated
from auth.viewer import GUEST, Viewer
from models import NO_PASSWORD, Account, SignInSession, now
from resolvers.accounts.attempts import attempt_to_sign_in, remember
from resolvers.accounts.codes import asking_for_code, spend_code
from resolvers.context import Context, viewer_of_session
from resolvers.inputs.validation import Check, Values
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, UserErrors, refuse
from resolvers.versioned import change
from subscriptions.changes import SessionEnded
from subscriptions.outbox import Changes

# A letter of a password of two hundred may be typed as four characters.
_LONGEST_PASSWORD = 800
_LONGEST_USER_AGENT = 200
# How many sessions an account may have at a time, whatever the settings say.
MOST_SESSIONS = 100
# So many end at a time that are too many.
_AT_ONCE = 100
# An account's last use is written down so often at most.
_DAY = timedelta(days=1)


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
    for an address that is unknown, or gone, as for a wrong password, and `RateLimited`. For an account with a second
    factor as `spend_code`.
    """
    must_be_able_to_sign_in(ctx.viewer)
    check = Check("input")
    email = check.email("email", values, required=True, known=True)
    if not values.get("password"):
        check.fail("password", UserErrorCode.REQUIRED, _("Please fill this in."))
    check.done()
    assert email is not None
    account = await verified(ctx, email, str(values["password"]))
    if account is None:
        raise _wrong()

    code = values.get("code")

    async def work(changes: Changes) -> tuple[SignInSession, Viewer]:
        unchanged = await account_as_it_was(account)
        await spend_code(ctx, unchanged, code, ("input", "code"))
        return await begin_session(ctx, changes, unchanged)

    try:
        async with asking_for_code(ctx, account, code):
            begun = await ctx.outbox.write(work)
        return signed_in(ctx, *begun)
    except NotFound:  # the password was changed meanwhile
        raise _wrong() from None


async def begin_session(ctx: Context, changes: Changes, account: Account) -> tuple[SignInSession, Viewer]:
    """A new session of the account, which is locked. Where it has too many, those end that were used least recently."""
    changes.concern(account)
    instant = now()
    await _write_down_use(Q(id=account.id))
    session = await SignInSession.create(
        id=uuid.uuid4(),
        account_id=account.id,
        user_agent=_device(ctx),
        created_at=instant,
        last_used_at=instant,
        expires_at=instant + ctx.rules.session_lifetime,
    )
    going_on = SignInSession.filter(account_id=account.id, ended_at__isnull=True, expires_at__gt=now())
    surplus = going_on.order_by("-last_used_at", "-created_at").offset(ctx.rules.sessions_limit).limit(_AT_ONCE)
    await _end(changes, Q(id__in=await surplus.values_list("id", flat=True)))
    return session, await viewer_of_session(ctx.services, session.id)


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
        going_on = session.filter(generation=given.generation, expires_at__gt=instant)
        # Accounts are locked before sessions, as where these are ended.
        await _write_down_use(Q(id__in=Subquery(going_on.values("account_id"))))
        # Only one can win: who comes second finds the next generation.
        won = await going_on.update(generation=given.generation + 1, last_used_at=instant, user_agent=_device(ctx))
        if won:
            session_id = given.session_id
            return await SignInSession.get(id=session_id), await viewer_of_session(ctx.services, session_id)
        await _end(changes, Q(id=given.session_id))
        return None  # not raised here: the end must be committed

    try:
        exchanged = await ctx.outbox.write(work)
    except Unauthenticated:  # the member has left
        exchanged = None
    if exchanged is None:
        raise _over()
    assert exchanged[1].account is not None
    await remember(ctx, exchanged[1].account.email)
    return signed_in(ctx, *exchanged)


async def sign_out(ctx: Context) -> None:
    """End the session of the access token; the context is a guest's from now on.

    Raises `Unauthenticated`, and `Forbidden` for who asks without a session.
    """
    session_id = session_to_end(ctx.viewer)

    async def work(changes: Changes) -> None:
        await _end(changes, Q(id=session_id))

    await ctx.outbox.write(work)
    ctx.viewer, ctx.expires_at = GUEST, None


# ---------------------------------------------------------------- the sessions of an account


async def viewer_sessions(
    ctx: Context, parents: Sequence[Viewer], columns: frozenset[str]
) -> list[Sequence[SignInSession]]:
    """The sessions of each one's account that go on, those first that were used last."""
    return [
        await SignInSession.filter(own_sessions(parent)).order_by("-last_used_at", "-created_at").limit(MOST_SESSIONS)
        for parent in parents
    ]


async def sessions_by_id(
    ctx: Context, keys: Sequence[uuid.UUID], columns: frozenset[str]
) -> dict[uuid.UUID, SignInSession]:
    """The sessions of these ids that are the viewer's, and go on, by id."""
    return await by_keys(SignInSession, own_sessions(ctx.viewer), keys)


async def session_is_current(ctx: Context, parents: Sequence[SignInSession], columns: frozenset[str]) -> list[bool]:
    """Whether each is the one by which is asked."""
    return [parent.id == ctx.viewer.session_id for parent in parents]


async def end_session(ctx: Context, key: uuid.UUID | None) -> list[uuid.UUID]:
    """End a session of the viewer's account, maybe the one by which is asked; its key.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`.
    """

    async def act(changes: Changes, session: SignInSession) -> list[uuid.UUID]:
        return await _end(changes, Q(id=session.id))

    return await change(ctx, lambda: own_session(ctx.viewer, key), act)


async def end_other_sessions(ctx: Context) -> list[uuid.UUID]:
    """End the sessions of the viewer's account but the one by which is asked; their keys.

    Raises `Unauthenticated`, `Forbidden`.
    """

    async def act(changes: Changes, account: Account) -> list[uuid.UUID]:
        return await end_sessions_of(changes, account, but=ctx.viewer.session_id)

    return await change(ctx, lambda: own_account(ctx.viewer), act)


async def end_sessions_of(changes: Changes, account: Account, but: uuid.UUID | None = None) -> list[uuid.UUID]:
    """End the sessions of an account, which is locked, so that no new one escapes; those that ended."""
    others = Q(account_id=account.id, expires_at__gt=now())
    return await _end(changes, others if but is None else others & ~Q(id=but))


async def _end(changes: Changes, which: Q) -> list[uuid.UUID]:
    """End those of these sessions that go on, and tell whatever runs by them; which these were."""
    rows = SignInSession.filter(which, ended_at__isnull=True).order_by("id").select_for_update(no_key=True)
    keys = [row.id for row in await rows]
    if keys:
        await SignInSession.filter(id__in=keys).update(ended_at=now())
        changes.tell(*(SessionEnded(str(key)) for key in keys))
    return keys


async def _write_down_use(whose: Q) -> None:
    """Keep in mind that somebody uses this account, once a day; whoever was told that it will go is back."""
    longer_ago = Q(last_used_at__lt=now() - _DAY) | Q(last_used_at__isnull=True) | Q(erased_from__isnull=False)
    await Account.filter(whose & longer_ago).update(last_used_at=now(), erased_from=None)


def _device(ctx: Context) -> str | None:
    """What who asks says that it is, as much as can be shown on a line."""
    shown = "".join(one if one.isprintable() else " " for one in ctx.user_agent[:_LONGEST_USER_AGENT])
    return " ".join(shown.split()) or None


async def verified(ctx: Context, email: str, password: str) -> Account | None:
    """The account of this address, None where there is none, or the password isn't its. It counts as an attempt.

    As many hashes for any account, and for none. Raises `RateLimited`.
    """
    attempt = await attempt_to_sign_in(ctx, email)
    try:
        account = await Account.get_or_none(email=email).select_related("member")
        is_right = await _verified(ctx, account, password, attempt.asker)
    except (RateLimited, DBConnectionError):  # no place in line, or no database: nothing was guessed
        await attempt.take_back()
        raise
    if not is_right:
        await attempt.has_failed(account)
        return None
    await attempt.has_succeeded()
    return account


async def _verified(ctx: Context, account: Account | None, password: str, by: Asker) -> bool:
    """Whether the account may be signed in to with this password. As many hashes for any account, and for none."""
    known = account if account is not None and may_sign_in(account) else None
    # No account has such a password: what is hashed instead only takes its time.
    possible = password[:_LONGEST_PASSWORD].encode(errors="replace").decode()
    hashed = known.password_hash if known is not None and possible == password else None
    if hashed == NO_PASSWORD:
        hashed = None
    return await ctx.services.passwords.verify(possible, hashed, by)


def signed_in(ctx: Context, session: SignInSession, viewer: Viewer) -> SignedIn:
    """The tokens of a session; the context is its viewer's from now on."""
    tokens = ctx.services.tokens
    access, expires_at = tokens.make_access(session.id)
    ctx.viewer, ctx.expires_at = viewer, expires_at
    ctx.forget()
    return SignedIn(access, expires_at, tokens.make_refresh(session.id, session.generation, session.expires_at), viewer)


def _wrong() -> UserErrors:
    return refuse((), UserErrorCode.INVALID_CREDENTIALS, _("E-mail address or password is wrong."))


def _over() -> UserErrors:
    return refuse((), UserErrorCode.EXPIRED, _("Your session has ended: please sign in again."))
