"""Who reads what was done."""

from tortoise.expressions import Q

from auth.access.rows import EVERYTHING
from auth.viewer import Viewer, Visibility


def visible_entries(viewer: Viewer | Visibility) -> Q:
    """All for the office, none for others."""
    return EVERYTHING if viewer.is_office else Q(id__in=[])


def sees_audit(viewer: Viewer) -> bool:
    """Whether the audit is shown to the viewer: to the office."""
    return viewer.is_office
