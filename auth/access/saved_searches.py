"""Saved searches and profiles are of one account, and nobody else's: the office sees none but its own."""

from tortoise.expressions import Q

from auth.access.rows import EVERYTHING, locked
from auth.refusals import Forbidden
from auth.viewer import Viewer
from models import Account, SavedSearch


def own_searches(viewer: Viewer) -> Q:
    """Those of the viewer's account; of guests and keys there are none."""
    return Q(id__in=[]) if viewer.account is None else Q(account_id=viewer.account.id)


def must_have_an_account(viewer: Viewer) -> Account:
    """The account by which is asked. Raises `Unauthenticated` for guests, `Forbidden` for who asks by a key."""
    viewer.must_be_signed_in()
    if viewer.account is None:
        raise Forbidden
    return viewer.account


async def account_to_keep_for(viewer: Viewer) -> Account:
    """The viewer's own account, locked. Raises as `must_have_an_account`."""
    return await locked(Account, EVERYTHING, must_have_an_account(viewer).id)


async def search_to_change(viewer: Viewer, key: int | None) -> SavedSearch:
    """The viewer's own saved search, locked. Raises `Unauthenticated`, `Forbidden`, `NotFound`."""
    must_have_an_account(viewer)
    return await locked(SavedSearch, own_searches(viewer), key)
