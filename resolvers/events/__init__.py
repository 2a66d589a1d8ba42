"""Events: gatherings, the sessions inside them, and who registers for them."""

from resolvers.events.obstacles import (
    event_viewer_can_register,
    event_viewer_can_register_reason,
    event_viewer_can_update_reason,
)
from resolvers.events.read import (
    event,
    event_group,
    event_host,
    event_ical_url,
    event_parent,
    event_registrations,
    event_sessions,
    event_url,
    event_viewer_can_update,
    event_viewer_registration,
    events,
    events_by_id,
)
from resolvers.events.registrations import (
    cancel_registration,
    record_attendance,
    register,
    registration_event,
    registration_member,
    registration_waitlist_position,
    registrations_by_id,
)
from resolvers.events.transitions import cancel_event, delete_event_draft, publish_event
from resolvers.events.write import create_event, update_event

__all__ = [
    "cancel_event",
    "cancel_registration",
    "create_event",
    "delete_event_draft",
    "event",
    "event_group",
    "event_host",
    "event_ical_url",
    "event_parent",
    "event_registrations",
    "event_sessions",
    "event_url",
    "event_viewer_can_register",
    "event_viewer_can_register_reason",
    "event_viewer_can_update",
    "event_viewer_can_update_reason",
    "event_viewer_registration",
    "events",
    "events_by_id",
    "publish_event",
    "record_attendance",
    "register",
    "registration_event",
    "registration_member",
    "registration_waitlist_position",
    "registrations_by_id",
    "update_event",
]
