"""Who sees which memberships; who may act in a group. Groups themselves and their posts are for everyone."""

from tortoise.expressions import Q

from auth.access.rows import EVERYTHING
from auth.viewer import Viewer
from models import MembershipStatus, MemberStatus


def visible_groups(viewer: Viewer) -> Q:
    """Everyone sees all groups."""
    return EVERYTHING


def visible_posts(viewer: Viewer) -> Q:
    """Everyone sees all posts."""
    return EVERYTHING


def coordinates(viewer: Viewer, group_id: int | None) -> bool:
    """Whether the viewer acts as coordinator of the group; the office does in all."""
    return viewer.is_office or (group_id is not None and group_id in viewer.coordinated_groups)


def active_memberships() -> Q:
    """Active memberships of active members: what everyone sees, and what counts."""
    return Q(status=MembershipStatus.ACTIVE, member__status=MemberStatus.ACTIVE)


def visible_memberships(viewer: Viewer) -> Q:
    """Active ones of active members for everyone; others for the member's side, the coordinators and the office."""
    if viewer.is_office:
        return EVERYTHING
    return (
        active_memberships() | Q(member_id__in=list(viewer.own_ids)) | Q(group_id__in=list(viewer.coordinated_groups))
    )
