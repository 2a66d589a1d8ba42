"""Events: the types, and the lists they come in."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

import models
from models import EventKind, EventStatus, RegistrationStatus
from models.filters.events import EventSort
from resolvers import events, places
from schema.declare.arguments import OF_WHOM, PAGE, argument
from schema.declare.enums import describe
from schema.declare.fields import computed, plain, relation
from schema.declare.prices import COUNT, LONG_TEXT, TOPICS, VALUE
from schema.declare.scalars import URL
from schema.declare.seen_by import SeenBy
from schema.nodes import Node, PageInfo, live_cursor, node
from schema.obstacles import Obstacle
from schema.places import Topic, Venue
from subscriptions.changes import Noun

if TYPE_CHECKING:
    from schema.groups import Group
    from schema.members import Member


describe(
    EventKind,
    "What kind of gathering it is.",
    MEETING="People come together to talk and decide.",
    WORKSHOP="People work on something together.",
    FAIR="Many show what they do, such as a Markt der Möglichkeiten or an Ehrenamtsbörse.",
    TRAINING="A qualification offer (Qualifizierung).",
    CEREMONY="An award or a thank-you (Würdigung).",
    OTHER="None of the others.",
)


describe(
    EventStatus,
    "Where an event stands: a draft is published, what is published may be cancelled, and nothing leads back.",
    DRAFT="Seen by the host's side, the coordinators of its group, and the office only.",
    PUBLISHED="Takes place, and takes registrations until it has ended. Seen by everyone.",
    CANCELLED="Was published, and does not take place; `statusReason` says why. Seen by everyone.",
)


describe(
    RegistrationStatus,
    "Where a registration stands.",
    CONFIRMED="Has a seat.",
    WAITLISTED="Is on the waiting list, and gets a seat by itself when one becomes free.",
    CANCELLED="Was given up; to register again is possible, at the end of the line.",
    ATTENDED="Had a seat, and came.",
    NO_SHOW="Had a seat, and did not come.",
)


describe(
    EventSort,
    "In which order events are listed.",
    STARTS_AT="What begins first comes first.",
    NEWEST="What was entered last comes first.",
    DISTANCE="What is nearest comes first. Needs `near` in the filter.",
    RELEVANCE="What answers `text` best first, then the newest. Needs `text` in the filter, else BAD_REQUEST.",
)


# What of an event decides whether somebody gets a seat.
_SEATS = (
    *("id", "status", "withheld_at", "starts_at", "ends_at", "parent_id"),
    *("capacity", "confirmed_count", "waitlisted_count"),
)


@node(
    models.Event,
    events.events_by_id,
    "A gathering: a meeting, a fair, a training, or a session inside another event. Everyone sees published and "
    "cancelled ones; drafts are seen by those who act for them and the coordination office.",
    "event",
)
class Event(Node):
    slug: str = plain("Its readable key for addresses; never changes, also when the title does.")
    title: str = plain("What it is called.")
    description: str = plain("What happens there: plain text, blank lines make paragraphs.", price=LONG_TEXT)
    kind: EventKind = plain("What kind of gathering it is.")
    status: EventStatus = plain("Whether it is still a draft, takes place, or was cancelled.")
    topics: list[Topic] = relation(
        places.topics,
        "Its fields of engagement, in its own order.",
        needs=["id"],
        depends_on={Noun.TOWN},
        size=TOPICS,
        link=models.EventTopic,
        by="event_id",
    )
    starts_at: datetime = plain("When it begins, in UTC; show it in `timeZone`.")
    ends_at: datetime = plain("When it ends, in UTC, after it began; show it in `timeZone`.")
    time_zone: str = plain("IANA name, e.g. Europe/Berlin: the zone in which the event takes place.")

    @computed("Where it takes place; null where there is no place.", needs=["venue_name"], within=True)
    def venue(self: Any) -> Venue | None:
        return self if self.venue_name is not None else None

    online_url: URL | None = plain("Where to take part from afar; null where that isn't possible.")
    host: Annotated["Member", strawberry.lazy("schema.members")] | None = relation(
        events.event_host,
        "The member that hosts it; null where it has none, or the member has gone.",
        seen_by=SeenBy.TARGET,
        depends_on={Noun.MEMBER},
    )
    group: Annotated["Group", strawberry.lazy("schema.groups")] | None = relation(
        events.event_group,
        "The group that holds it, if any: its coordinators act for the event.",
        depends_on={Noun.GROUP},
    )
    parent: "Event | None" = relation(
        events.event_parent,
        "The event that this session belongs to; null for all others.",
        seen_by=SeenBy.TARGET,
        depends_on={Noun.EVENT},
    )
    sessions: "EventConnection" = relation(
        events.event_sessions,
        "Sessions inside this event, by their start: each with its own time, place, capacity and registrations. A "
        "session has none of its own.",
        seen_by=SeenBy.EACH,
        needs=["id"],
        depends_on={Noun.EVENT},
        arguments=PAGE,
    )
    capacity: int | None = plain("How many seats there are; null: no limit.")
    confirmed_count: int = plain("Seats taken: CONFIRMED, ATTENDED and NO_SHOW.")
    waitlisted_count: int = plain("How many are on the waiting list.")

    @computed("Seats left, never below 0; null where there is no limit.", needs=["capacity", "confirmed_count"])
    def remaining_seats(self: Any) -> int | None:
        return max(0, self.capacity - self.confirmed_count) if self.capacity is not None else None

    registrations: "RegistrationConnection | None" = relation(
        events.event_registrations,
        "Who registered, in that order, cancelled ones included. Everybody has their own as `viewerRegistration`.",
        seen_by=SeenBy.HOSTS,
        needs=["id", "host_id", "group_id"],
        depends_on=(),
        arguments={
            **PAGE,
            "statuses": argument(
                list[RegistrationStatus] | None, "Only those of one of these states; left out, null or empty: all."
            ),
        },
    )
    viewer_registration: "Registration | None" = relation(
        events.event_viewer_registration,
        "The viewer's own, or of a member that they act for, cancelled ones included; null where there never was one.",
        seen_by=SeenBy.VIEWER,
        needs=["id"],
        depends_on=(),
        **OF_WHOM,
    )
    status_reason: str | None = plain("Why it was cancelled; null where it wasn't.")
    hidden_reason: str | None = plain("Why the coordination office hid it; null where it didn't.", seen_by=SeenBy.HOSTS)
    ical_url: URL = relation(
        events.event_ical_url,
        "A link to this event as iCalendar (RFC 5545).",
        needs=["slug"],
        depends_on=(),
    )
    url: URL | None = relation(
        events.event_url,
        "Its page on the network's website; null where there is none.",
        price=VALUE,
        needs=["slug"],
        depends_on=(),
    )
    version: int = plain("Rises whenever a field of the object itself changes, not its counts and lists.")
    viewer_can_update: bool = relation(
        events.event_viewer_can_update,
        "Whether the viewer acts for it: may update, publish and cancel it, and see who comes.",
        seen_by=SeenBy.VIEWER,
        needs=["host_id", "group_id"],
        depends_on=(),
    )
    viewer_can_update_reason: Obstacle | None = relation(
        events.event_viewer_can_update_reason,
        "Why `viewerCanUpdate` is false; null where it is true.",
        seen_by=SeenBy.VIEWER,
        needs=["host_id", "group_id"],
        depends_on=(),
    )
    viewer_can_register: bool = relation(
        events.event_viewer_can_register,
        "Whether the viewer may call `registerForEvent` for it now.",
        seen_by=SeenBy.VIEWER,
        needs=_SEATS,
        depends_on=(),
        **OF_WHOM,
    )
    viewer_can_register_reason: Obstacle | None = relation(
        events.event_viewer_can_register_reason,
        "Why `viewerCanRegister` is false; null where it is true.",
        seen_by=SeenBy.VIEWER,
        needs=_SEATS,
        depends_on=(),
        **OF_WHOM,
    )
    created_at: datetime = plain("When it was entered.")
    updated_at: datetime = plain("When a field of it last changed, not its counts and lists.")


@strawberry.type(description="A page of events (Relay).")
class EventConnection:
    edges: list["EventEdge"] = plain("The events of this page, each with its cursor.")
    nodes: list["Event"] = plain("The events of this page.")
    page_info: PageInfo = plain("Where this page lies in the list.")
    total_count: int = plain("How many events of the whole list the viewer may see.", price=COUNT)
    live_cursor: str = live_cursor()


@strawberry.type(description="An event in a list.")
class EventEdge:
    cursor: str = plain("Its place in this list, for `after` and `before`.")
    node: "Event" = plain("The event.")


@node(
    models.Registration,
    events.registrations_by_id,
    "A member's seat, or place on the waiting list. Seen by the member's side, the host's side, the coordinators of "
    "the event's group, and the office.",
    "registration",
)
class Registration(Node):
    event: "Event" = relation(
        events.registration_event, "The event, or session, that it is for.", depends_on={Noun.EVENT}
    )
    member: Annotated["Member", strawberry.lazy("schema.members")] | None = relation(
        events.registration_member,
        "Who is registered; null where the member has gone: the seat still counts.",
        seen_by=SeenBy.TARGET,
        depends_on={Noun.MEMBER},
    )
    status: RegistrationStatus = plain("Whether it has a seat, waits for one, was given up, or what came of it.")
    waitlist_position: int | None = relation(
        events.registration_waitlist_position,
        "Place on the waiting list, from 1; null unless waitlisted.",
        needs=["id", "status"],
        depends_on=(),
    )
    registered_at: datetime = plain("When it was made; anew where it was given up before.")


@strawberry.type(description="A page of registrations (Relay).")
class RegistrationConnection:
    edges: list["RegistrationEdge"] = plain("The registrations of this page, each with its cursor.")
    nodes: list["Registration"] = plain("The registrations of this page.")
    page_info: PageInfo = plain("Where this page lies in the list.")
    total_count: int = plain("How many registrations the whole list has.", price=COUNT)


@strawberry.type(description="A registration in a list.")
class RegistrationEdge:
    cursor: str = plain("Its place in this list, for `after` and `before`.")
    node: "Registration" = plain("The registration.")
