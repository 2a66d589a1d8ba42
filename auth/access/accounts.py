"""Who may sign in and out, and what an account sees of its own affairs, its sessions among them."""

from typing import Any
from uuid import UUID

from tortoise.expressions import Q

from auth.access.rows import EVERYTHING, locked
from auth.refusals import Forbidden, NotFound
from auth.viewer import Viewer
from models import Account, MemberStatus, SignInSession, now


def may_sign_in(account: Account) -> bool:
    """Whether the account is anybody's still: not where its member, which is loaded, has left."""
    return account.member is None or account.member.status is not MemberStatus.LEFT


def must_be_able_to_sign_in(viewer: Viewer) -> None:
    """Raises `Forbidden` for a key: it is signed in already, and begins no account and no session."""
    viewer.must_be_no_key()


def session_to_end(viewer: Viewer) -> UUID:
    """The viewer's own session. Raises `Unauthenticated`, and `Forbidden` for who asks without one."""
    viewer.must_be_signed_in()
    if viewer.session_id is None:
        raise Forbidden
    return viewer.session_id


def must_have_a_session(viewer: Viewer) -> None:
    """Raises `Unauthenticated`, and `Forbidden` for who asks without one: by a key nobody looks after an account."""
    session_to_end(viewer)


def own_sessions(viewer: Viewer) -> Q:
    """The sessions of the viewer's account that go on: its owner sees them, nobody else does."""
    return sessions_that_go_on(viewer.account)


def sessions_that_go_on(account: Account | None) -> Q:
    """The sessions of this account that neither were ended nor are over; none where there is no account."""
    return Q(account_id=account and account.id, ended_at__isnull=True, expires_at__gt=now())


async def own_session(viewer: Viewer, key: UUID | None) -> SignInSession:
    """A session of the viewer's account that goes on, locked. Raises `Unauthenticated`, `Forbidden`, `NotFound`."""
    must_have_a_session(viewer)
    return await locked(SignInSession, own_sessions(viewer), key)


async def own_account(viewer: Viewer) -> Account:
    """The viewer's own account, locked. Raises `Unauthenticated`, and `Forbidden` for who asks without a session."""
    must_have_a_session(viewer)
    assert viewer.account is not None
    return await locked(Account, EVERYTHING, viewer.account.id)


async def account_as_it_was(account: Account) -> Account:
    """The account, locked, if its password is still the one that was looked at. Raises `NotFound`."""
    return await locked(Account, Q(password_hash=account.password_hash), account.id)


async def account_of_link(key: int | None) -> Account:
    """The account that a link in a mail is for, locked: who has the link needs no other right.

    Raises `NotFound` where its member has left.
    """
    account = await locked(Account, EVERYTHING, key)
    await account.fetch_related("member")
    if not may_sign_in(account):
        raise NotFound
    return account


async def account_at(email: str) -> Account:
    """The account of this address, locked: for the command line, which needs no other right.

    Raises `NotFound` where there is none, or its member has left.
    """
    key: Any = await Account.filter(email=email).values_list("id", flat=True)
    return await account_of_link(key[0] if key else None)


def own_affairs(viewer: Viewer, member_id: int | None = None) -> Q:
    """Registrations, responses and memberships of the viewer's own member and of the organisations it represents.

    With `member_id` only that one's: none where it isn't one of these.
    """
    return Q(member_id__in=list(viewer.own_ids if member_id is None else viewer.own_ids & {member_id}))


def in_whose_place(viewer: Viewer, member_id: int | None) -> int | None:
    """Whose registration, response or membership is "the viewer's": the named member's, by default the own one's.

    None where the viewer has none, or isn't of the named one's side.
    """
    if member_id is None:
        return viewer.member_id
    return member_id if viewer.sees_affairs_of(member_id) else None


def acted_for(viewer: Viewer) -> Q:
    """The organisations that the viewer may act for: those it represents that are ACTIVE."""
    return Q(id__in=list(viewer.acting_ids - {viewer.member_id}))


async def account_with_calendar(viewer: Viewer) -> Account:
    """The viewer's own account, locked, for its calendar's address to be made anew.

    Raises `Unauthenticated`, and `Forbidden` where it has none, and for who asks without a session.
    """
    viewer.must_be_active()
    if viewer.account is None or viewer.session_id is None or not viewer.has_calendar:
        raise Forbidden
    return await locked(Account, EVERYTHING, viewer.account.id)
