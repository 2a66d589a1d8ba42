"""Events, as the API says them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

import models
from models import EventKind, EventStatus, RegistrationStatus
from models.filters.events import EventSort
from resolvers import events, places
from schema.errors import UserError
from schema.fields import PAGE, PUBLIC, VIEWER, argument, computed, describe, plain, relation, user_errors
from schema.nodes import Node, PageInfo, live_cursor, node
from schema.places import NearInput, Topic, Venue, VenueInput
from schema.scalars import URL

if TYPE_CHECKING:
    from schema.groups import Group
    from schema.members import Member


describe(
    EventKind,
    "?",
    MEETING="?",
    WORKSHOP="?",
    FAIR="Such as a Markt der Möglichkeiten or an Ehrenamtsbörse.",
    TRAINING="A qualification offer (Qualifizierung).",
    CEREMONY="An award or a thank-you (Würdigung).",
    OTHER="?",
)

describe(
    EventStatus,
    "?",
    DRAFT="?",
    PUBLISHED="?",
    CANCELLED="?",
)

describe(
    RegistrationStatus,
    "?",
    CONFIRMED="?",
    WAITLISTED="?",
    CANCELLED="?",
    ATTENDED="?",
    NO_SHOW="?",
)

describe(
    EventSort,
    "?",
    STARTS_AT="?",
    NEWEST="?",
    DISTANCE="Needs `near`.",
)


@node(models.Event, events.events_by_id, "?")
class Event(Node):
    slug: str = plain("?")
    title: str = plain("?")
    description: str = plain("?")
    kind: EventKind = plain("?")
    status: EventStatus = plain("?")
    topics: list[Topic] = relation(
        places.topics,
        "Its fields of engagement, in its own order.",
        audience=PUBLIC,
        link=models.EventTopic,
        by="event_id",
    )
    starts_at: datetime = plain("?")
    ends_at: datetime = plain("?")
    time_zone: str = plain("IANA name, e.g. Europe/Berlin: the zone in which the event takes place.")

    @computed("Where it takes place; null where there is no place.")
    def venue(self: Any) -> Venue | None:
        return self if self.venue_name is not None else None

    online_url: URL | None = plain("?")
    host: Annotated["Member", strawberry.lazy("schema.members")] | None = relation(
        events.event_host, "Null where the member has gone or the viewer may not see them."
    )
    group: Annotated["Group", strawberry.lazy("schema.groups")] | None = relation(events.event_group, "?")
    parent: "Event | None" = relation(events.event_parent, "The event that this workshop belongs to.")
    sessions: "EventConnection" = relation(
        events.event_sessions,
        "Workshops inside this event, each with its own time, place, capacity and registrations.",
        arguments=PAGE,
    )
    capacity: int | None = plain("Null: no limit.")
    confirmed_count: int = plain("Seats taken: CONFIRMED, ATTENDED and NO_SHOW.")
    waitlisted_count: int = plain("?")
    remaining_seats: int | None = relation(events.event_remaining_seats, "Null where there is no limit.")
    registrations: "RegistrationConnection | None" = relation(
        events.event_registrations,
        "Null unless the viewer may see who comes.",
        arguments={**PAGE, "statuses": argument(list[RegistrationStatus] | None, "?")},
    )
    viewer_registration: "Registration | None" = relation(
        events.event_viewer_registration, "The viewer's own, cancelled ones included; null where there never was one."
    )
    status_reason: str | None = plain("Why it was cancelled.")
    ical_url: URL = relation(events.event_ical_url, "A link to this event as iCalendar (RFC 5545).")
    url: URL | None = relation(events.event_url, "Its page on the network's website; null where there is none.")
    version: int = plain("Rises whenever a field of the object itself changes, not its counts and lists.")
    viewer_can_update: bool = relation(events.event_viewer_can_update, "?")
    created_at: datetime = plain("?")
    updated_at: datetime = plain("?")


@strawberry.type(description="?")
class EventConnection:
    edges: list["EventEdge"] = plain("?", audience=VIEWER)
    nodes: list["Event"] = plain("?", audience=VIEWER)
    page_info: PageInfo = plain("?", audience=VIEWER)
    total_count: int = plain("?", audience=VIEWER)
    live_cursor: str = live_cursor()


@strawberry.type(description="?")
class EventEdge:
    cursor: str = plain("?", audience=VIEWER)
    node: "Event" = plain("?", audience=VIEWER)


@node(models.Registration, events.registrations_by_id, "?")
class Registration(Node):
    event: "Event" = relation(events.registration_event, "?")
    member: Annotated["Member", strawberry.lazy("schema.members")] | None = relation(
        events.registration_member, "Null where the member has gone: the seat still counts."
    )
    status: RegistrationStatus = plain("?")
    waitlist_position: int | None = relation(
        events.registration_waitlist_position, "Place on the waiting list, from 1; null unless waitlisted."
    )
    registered_at: datetime = plain("?")


@strawberry.type(description="?")
class RegistrationConnection:
    edges: list["RegistrationEdge"] = plain("?", audience=VIEWER)
    nodes: list["Registration"] = plain("?", audience=VIEWER)
    page_info: PageInfo = plain("?", audience=VIEWER)
    total_count: int = plain("?", audience=VIEWER)


@strawberry.type(description="?")
class RegistrationEdge:
    cursor: str = plain("?", audience=VIEWER)
    node: "Registration" = plain("?", audience=VIEWER)


@strawberry.input(description="?")
class EventFilter:
    kinds: list[EventKind] | None = strawberry.field(description="?", default=strawberry.UNSET)
    statuses: list[EventStatus] | None = strawberry.field(
        description="Left out: PUBLISHED and CANCELLED. Drafts only as far as the viewer may see them.",
        default=strawberry.UNSET,
    )
    topics: list[str] | None = strawberry.field(description="?", default=strawberry.UNSET)
    districts: list[str] | None = strawberry.field(description="?", default=strawberry.UNSET)
    ends_after: datetime | None = strawberry.field(
        description="Ends after this instant, so that a running event still counts.", default=strawberry.UNSET
    )
    starts_before: datetime | None = strawberry.field(description="?", default=strawberry.UNSET)
    host_id: strawberry.ID | None = strawberry.field(description="?", default=strawberry.UNSET)
    group_id: strawberry.ID | None = strawberry.field(description="?", default=strawberry.UNSET)
    sessions: bool | None = strawberry.field(
        description="True: only sessions of another event. False: only events that aren't. Left out: both.",
        default=strawberry.UNSET,
    )
    text: str | None = strawberry.field(description="?", default=strawberry.UNSET)
    near: NearInput | None = strawberry.field(description="?", default=strawberry.UNSET)


@strawberry.input(description="?")
class CreateEventInput:
    title: str = strawberry.field(description="?")
    description: str = strawberry.field(description="?")
    kind: EventKind = strawberry.field(description="?")
    topics: list[str] | None = strawberry.field(description="?", default=strawberry.UNSET)
    starts_at: datetime = strawberry.field(description="?")
    ends_at: datetime = strawberry.field(description="?")
    time_zone: str = strawberry.field(description="?")
    venue: VenueInput | None = strawberry.field(description="?", default=strawberry.UNSET)
    online_url: URL | None = strawberry.field(description="?", default=strawberry.UNSET)
    host_id: strawberry.ID | None = strawberry.field(
        description="The member that hosts it; the viewer by default, or one that the viewer acts for.",
        default=strawberry.UNSET,
    )
    group_id: strawberry.ID | None = strawberry.field(description="?", default=strawberry.UNSET)
    parent_id: strawberry.ID | None = strawberry.field(description="?", default=strawberry.UNSET)
    capacity: int | None = strawberry.field(description="?", default=strawberry.UNSET)


@strawberry.input(description="?")
class UpdateEventInput:
    id: strawberry.ID = strawberry.field(description="?")
    if_version: int | None = strawberry.field(
        description="The version that was read: CONFLICT if there is a newer one. Left out: overwrite.",
        default=strawberry.UNSET,
    )
    title: strawberry.Maybe[str | None] = strawberry.field(description="?")
    description: strawberry.Maybe[str | None] = strawberry.field(description="?")
    kind: strawberry.Maybe[EventKind | None] = strawberry.field(description="?")
    topics: strawberry.Maybe[list[str] | None] = strawberry.field(description="?")
    starts_at: strawberry.Maybe[datetime | None] = strawberry.field(description="?")
    ends_at: strawberry.Maybe[datetime | None] = strawberry.field(description="?")
    time_zone: strawberry.Maybe[str | None] = strawberry.field(description="?")
    venue: strawberry.Maybe[VenueInput | None] = strawberry.field(description="?")
    online_url: strawberry.Maybe[URL | None] = strawberry.field(description="?")
    capacity: strawberry.Maybe[int | None] = strawberry.field(description="?")


@strawberry.type(description="?")
class EventPayload:
    event: "Event | None" = strawberry.field(default=None, description="?")
    user_errors: list[UserError] = user_errors()


@strawberry.type(description="?")
class RegistrationPayload:
    registration: "Registration | None" = strawberry.field(default=None, description="?")
    overlapping: "Registration | None" = strawberry.field(
        default=None, description="With OVERLAPPING: the registration that stands in the way."
    )
    user_errors: list[UserError] = user_errors()
