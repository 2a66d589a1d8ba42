"""Who sees which events and registrations; who may act for an event."""

from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from auth.access.rows import EVERYTHING
from auth.viewer import Sight, Viewer
from models import Event, EventStatus
from models.filters.events import EventFilter, matching_events
from models.reading import Listing


def visible_events(viewer: Viewer | Sight) -> Q:
    """Published and cancelled ones; drafts for those who act for the event, and the office."""
    if viewer.is_office:
        return EVERYTHING
    return Q(status__in=[EventStatus.PUBLISHED, EventStatus.CANCELLED]) | _acted_for(viewer, "")


def event_rows(filter: EventFilter, viewer: Viewer | Sight) -> QuerySet[Event]:
    """What a list of events holds: those that pass the filter, as far as the viewer may see them."""
    return matching_events(filter).filter(visible_events(viewer))


def seen_events(filter: EventFilter, viewer: Viewer) -> Listing[Event]:
    """The same, as a listing."""
    return Listing(Event, event_rows, (filter, viewer.sight), viewer.sight)


def acts_for_event(viewer: Viewer, event: Event) -> bool:
    """Whether the viewer acts for the event: its host's side, its group's coordinators, the office."""
    return viewer.may_act_for(event.host_id) or event.group_id in viewer.coordinated_groups


def _acted_for(viewer: Viewer | Sight, prefix: str) -> Q:
    sides: list[dict[str, Any]] = [
        {f"{prefix}host_id__in": list(viewer.acting_ids)},
        {f"{prefix}group_id__in": list(viewer.coordinated_groups)},
    ]
    return Q(*(Q(**side) for side in sides), join_type=Q.OR)


def visible_registrations(viewer: Viewer | Sight) -> Q:
    """The member's side, those who act for the event, the office."""
    if viewer.is_office:
        return EVERYTHING
    return Q(member_id__in=list(viewer.own_ids)) | _acted_for(viewer, "event__")
