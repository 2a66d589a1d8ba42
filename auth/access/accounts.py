"""What an account sees of its own affairs."""

from tortoise.expressions import Q

from auth.access.rows import EVERYTHING, locked
from auth.refusals import Forbidden
from auth.viewer import Viewer
from models import Account


def own_affairs(viewer: Viewer) -> Q:
    """Registrations, responses and memberships of the viewer's own member and of the organisations it represents."""
    return Q(member_id__in=list(viewer.own_ids))


def acted_for(viewer: Viewer) -> Q:
    """The organisations that the viewer may act for: those it represents that are ACTIVE."""
    return Q(id__in=list(viewer.acting_ids - {viewer.member_id}))


async def account_with_calendar(viewer: Viewer) -> Account:
    """The viewer's own account, locked, for its calendar's address to be made anew.

    Raises `Unauthenticated`, and `Forbidden` where it has none.
    """
    viewer.must_be_active()
    if viewer.account is None or not viewer.has_calendar:
        raise Forbidden
    return await locked(Account, EVERYTHING, viewer.account.id)
