"""Who sees which members, and their contact data; who may change them."""

from tortoise.expressions import Q

from auth.access.rows import EVERYTHING
from auth.viewer import Viewer
from models import Member, MemberStatus


def visible_members(viewer: Viewer) -> Q:
    """Active members; the viewer's own and represented ones whatever their status; all for the office."""
    if viewer.is_office:
        return EVERYTHING
    return Q(status=MemberStatus.ACTIVE) | Q(id__in=list(viewer.own_ids))


def sees_member(viewer: Viewer, member: Member) -> bool:
    """`visible_members` for a row that is at hand."""
    return member.status is MemberStatus.ACTIVE or viewer.sees_affairs_of(member.id)
