"""What an account sees of its own affairs."""

from tortoise.expressions import Q

from auth.viewer import Viewer


def own_affairs(viewer: Viewer) -> Q:
    """Registrations, responses and memberships of the viewer's own member and of the organisations it represents."""
    return Q(member_id__in=list(viewer.own_ids))


def acted_for(viewer: Viewer) -> Q:
    """The organisations that the viewer may act for: those it represents that are ACTIVE."""
    return Q(id__in=list(viewer.acting_ids - {viewer.member_id}))
