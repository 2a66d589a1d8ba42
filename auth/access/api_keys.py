"""Partners' keys are the office's: it sees them, makes them and revokes them; nobody else does."""

from tortoise.expressions import Q

from auth.access.members import visible_members
from auth.access.rows import EVERYTHING, locked
from auth.viewer import Viewer, Visibility
from models import ApiKey, Member


def visible_keys(viewer: Viewer | Visibility) -> Q:
    """All for the office, none for anybody else."""
    return EVERYTHING if viewer.is_office else Q(id__in=[])


def sees_keys(viewer: Viewer) -> bool:
    """Whether the list of keys is shown to the viewer: to the office."""
    return viewer.is_office


def must_be_able_to_make_keys(viewer: Viewer) -> None:
    """Raises `Unauthenticated` and `Forbidden` for all but the office."""
    viewer.must_be_office()


async def organisation_for_key(viewer: Viewer, key: int) -> Member:
    """The member, locked, so that its keys are counted one after the other. Raises `NotFound`."""
    must_be_able_to_make_keys(viewer)
    return await locked(Member, visible_members(viewer), key)


async def key_to_revoke(viewer: Viewer, key: int | None) -> ApiKey:
    """The key, locked, for the office. Raises `Unauthenticated`, `Forbidden`, `NotFound`."""
    viewer.must_be_office()
    return await locked(ApiKey, visible_keys(viewer), key)
