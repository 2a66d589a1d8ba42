"""Who may sign in and out, and what an account sees of its own affairs."""

from uuid import UUID

from tortoise.expressions import Q

from auth.access.rows import EVERYTHING, locked
from auth.refusals import Forbidden
from auth.viewer import Viewer
from models import Account, MemberStatus


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
