"""Who leaves the network, whom they erase, and whose data they take out."""

from tortoise.expressions import Q

from auth.access.accounts import must_have_a_session
from auth.access.members import visible_members
from auth.access.rows import EVERYTHING, locked
from auth.refusals import Forbidden, NotFound
from auth.viewer import Viewer
from models import Account, DataExport, Member


async def member_to_leave(viewer: Viewer, key: int | None) -> tuple[Account | None, Member]:
    """The member that is to leave, the viewer's own where none is named, with its account: both locked.

    Of one's own whatever its status, and of those one acts for. Raises `Unauthenticated`, `Forbidden`, `NotFound`.
    """
    key = viewer.member_id if key is None else key
    return await _with_account(viewer, key, is_allowed=key == viewer.member_id or _acts_for(viewer, key))


async def member_to_erase(viewer: Viewer, key: int | None) -> tuple[Account | None, Member]:
    """The member that is to be erased, with its account, both locked: for a person itself, and the office.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`.
    """
    return await _with_account(viewer, key, is_allowed=viewer.is_office or is_oneself(viewer, key))


def is_oneself(viewer: Viewer, key: int | None) -> bool:
    """Whether this is the viewer's own member: who erases that has to prove that it is they who ask."""
    return viewer.account is not None and viewer.member_id is not None and key == viewer.member_id


def own_data_exports(viewer: Viewer) -> Q:
    """The take-outs of the viewer's account; of a key none."""
    return Q(account_id=viewer.account and viewer.account.id)


async def account_to_take_out(viewer: Viewer) -> Account:
    """The viewer's own account, locked. Raises `Unauthenticated`, and `Forbidden` for who asks without a session."""
    must_have_a_session(viewer)
    assert viewer.account is not None
    return await locked(Account, EVERYTHING, viewer.account.id)


async def data_export_at(key: int, mark: int) -> DataExport:
    """The take-out that an address names, without its content: who knows it needs no other right. Raises `NotFound`."""
    found = await DataExport.filter(id=key, mark=mark).only("id", "status", "expires_at").first()
    if found is None:
        raise NotFound
    return found


def _acts_for(viewer: Viewer, key: int | None) -> bool:
    return key is not None and viewer.may_act_for(key)


async def _with_account(viewer: Viewer, key: int | None, *, is_allowed: bool) -> tuple[Account | None, Member]:
    viewer.must_be_signed_in()
    viewer.must_be_no_key()
    if key is None or not await Member.filter(visible_members(viewer), id=key).exists():
        raise NotFound
    if not is_allowed:
        raise Forbidden
    # Accounts are locked before members, see `locked`.
    account = await Account.filter(member_id=key).select_for_update(no_key=True).first()
    return account, await locked(Member, visible_members(viewer), key)
