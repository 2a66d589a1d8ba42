"""Events, as the API says them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

import models
import models.filters.events as event_filters
from models import EventKind, EventStatus, RegistrationStatus
from models.filters.events import EventSort
from resolvers import events, places
from resolvers.members import host_caretaker
from schema.care import Caretaker
from schema.declare.fields import (
    OF_WHOM,
    PAGE,
    Info,
    argument,
    computed,
    defaulted,
    describe,
    given,
    key_or_nobody,
    mutation,
    one_of,
    plain,
    relation,
    required,
    restrictions,
    root,
    user_errors,
)
from schema.declare.ids import key_of
from schema.declare.scalars import URL
from schema.declare.seen_by import SeenBy
from schema.errors import UserError
from schema.nodes import Node, PageInfo, live_cursor, node
from schema.places import NearInput, Topic, Venue, VenueInput
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
    description: str = plain("What happens there: plain text, blank lines make paragraphs.")
    kind: EventKind = plain("What kind of gathering it is.")
    status: EventStatus = plain("Whether it is still a draft, takes place, or was cancelled.")
    topics: list[Topic] = relation(
        places.topics,
        "Its fields of engagement, in its own order.",
        needs=["id"],
        depends_on=(),
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
    ical_url: URL = relation(
        events.event_ical_url,
        "A link to this event as iCalendar (RFC 5545).",
        needs=["slug"],
        depends_on=(),
    )
    url: URL | None = relation(
        events.event_url,
        "Its page on the network's website; null where there is none.",
        needs=[],
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
    created_at: datetime = plain("When it was entered.")
    updated_at: datetime = plain("When a field of it last changed, not its counts and lists.")


@strawberry.type(description="A page of events (Relay).")
class EventConnection:
    edges: list["EventEdge"] = plain("The events of this page, each with its cursor.")
    nodes: list["Event"] = plain("The events of this page.")
    page_info: PageInfo = plain("Where this page lies in the list.")
    total_count: int = plain("How many events of the whole list the viewer may see.")
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
    total_count: int = plain("How many registrations the whole list has.")


@strawberry.type(description="A registration in a list.")
class RegistrationEdge:
    cursor: str = plain("Its place in this list, for `after` and `before`.")
    node: "Registration" = plain("The registration.")


@strawberry.input(
    description="Which events: all fields have to hold, of a list one entry; left out, null and [] don't restrict, "
    "`statuses` apart."
)
class EventFilter:
    kinds: list[EventKind] | None = strawberry.field(description="Of one of these kinds.", default=strawberry.UNSET)
    statuses: list[EventStatus] | None = strawberry.field(
        description="Left out: PUBLISHED and CANCELLED. Drafts only as far as the viewer may see them.",
        default=strawberry.UNSET,
    )
    topics: list[str] | None = strawberry.field(
        description="With one of these topics, by their slugs.", default=strawberry.UNSET
    )
    districts: list[str] | None = strawberry.field(
        description="With a venue in one of these districts, by their slugs.", default=strawberry.UNSET
    )
    ends_after: datetime | None = strawberry.field(
        description="Ends after this instant, so that a running event still counts.", default=strawberry.UNSET
    )
    starts_before: datetime | None = strawberry.field(
        description="Starts before this instant.", default=strawberry.UNSET
    )
    host_id: strawberry.ID | None = strawberry.field(description="Hosted by this member.", default=strawberry.UNSET)
    group_id: strawberry.ID | None = strawberry.field(description="Held by this group.", default=strawberry.UNSET)
    sessions: bool | None = strawberry.field(
        description="True: only sessions of another event. False: only events that aren't. Left out: both.",
        default=strawberry.UNSET,
    )
    text: str | None = strawberry.field(
        description="Whose title, description or place has all these words, or words with them inside; neither case "
        "nor diacritics count.",
        default=strawberry.UNSET,
    )
    near: NearInput | None = strawberry.field(description="With a venue in this circle.", default=strawberry.UNSET)

    def plain(self) -> event_filters.EventFilter:
        """The filter as lists and subscriptions take it. Raises `BadRequest`."""
        return event_filters.EventFilter(**restrictions(self, host_id="Member", group_id="Group"))


_TITLE = "What it is called, 3 to 200 characters on one line."
_DESCRIPTION = "What happens there: plain text of at most 20000 characters, blank lines make paragraphs."
_TOPICS = "Its fields of engagement in their order, by their slugs, at most 10."
_STARTS = "When it begins, in the years 2000 to 2100; a session not before the event that it belongs to."
_ENDS = "When it ends, after it began and at most 366 days later; a session not after the event that it belongs to."
_ZONE = "IANA name of the zone in which it takes place."
_ONLINE = "Where to take part from afar: an address that begins with http:// or https://."
_CAPACITY = "How many seats there are, 0 to 100000; null: no limit."


@strawberry.input(description="A new event; it starts as a draft.")
class CreateEventInput:
    title: str = strawberry.field(description=_TITLE)
    description: str = strawberry.field(description=_DESCRIPTION)
    kind: EventKind = strawberry.field(description="What kind of gathering it is.")
    topics: list[str] | None = strawberry.field(description=_TOPICS, default=strawberry.UNSET)
    starts_at: datetime = strawberry.field(description=_STARTS)
    ends_at: datetime = strawberry.field(description=_ENDS)
    time_zone: str = strawberry.field(description=_ZONE, default="Europe/Berlin")
    venue: VenueInput | None = strawberry.field(description="Where it takes place.", default=strawberry.UNSET)
    online_url: URL | None = strawberry.field(description=_ONLINE, default=strawberry.UNSET)
    host_id: strawberry.ID | None = strawberry.field(
        description="The member that hosts it; the viewer by default, or one that the viewer acts for.",
        default=strawberry.UNSET,
    )
    group_id: strawberry.ID | None = strawberry.field(
        description="The group that holds it: one that the viewer coordinates; the office may name any.",
        default=strawberry.UNSET,
    )
    parent_id: strawberry.ID | None = strawberry.field(
        description="The event that it is a session of: one that the viewer acts for, and that is no session itself.",
        default=strawberry.UNSET,
    )
    capacity: int | None = strawberry.field(description=_CAPACITY, default=strawberry.UNSET)


@strawberry.input(
    description="Changes of an event: what is left out stays, null empties it (REQUIRED where it can't be empty), "
    "lists and the venue are replaced whole."
)
class UpdateEventInput:
    id: strawberry.ID = strawberry.field(description="The event.")
    if_version: int | None = strawberry.field(
        description="The version that was read: CONFLICT if the object has another. Left out: overwrite.",
        default=strawberry.UNSET,
    )
    title: strawberry.Maybe[str | None] = strawberry.field(description=_TITLE)
    description: strawberry.Maybe[str | None] = strawberry.field(description=_DESCRIPTION)
    kind: strawberry.Maybe[EventKind | None] = strawberry.field(description="What kind of gathering it is.")
    topics: strawberry.Maybe[list[str] | None] = strawberry.field(description=_TOPICS)
    starts_at: strawberry.Maybe[datetime | None] = strawberry.field(
        description=_STARTS + " WRONG_STATE where a session of it would begin earlier."
    )
    ends_at: strawberry.Maybe[datetime | None] = strawberry.field(
        description=_ENDS + " WRONG_STATE where a session of it would end later."
    )
    time_zone: strawberry.Maybe[str | None] = strawberry.field(description=_ZONE)
    venue: strawberry.Maybe[VenueInput | None] = strawberry.field(description="Where it takes place.")
    online_url: strawberry.Maybe[URL | None] = strawberry.field(description=_ONLINE)
    capacity: strawberry.Maybe[int | None] = strawberry.field(
        description=_CAPACITY + " OUT_OF_RANGE below the seats taken; what becomes free goes to the waiting list."
    )


@strawberry.type(description="What became of an event.")
class EventPayload:
    event: "Event | None" = strawberry.field(
        default=None, description="The event as it is now; with userErrors null, but for CONFLICT."
    )
    caretaker: Caretaker | None = relation(
        host_caretaker,
        "Who acts for its host: OFFICE where nobody represents it. Null without an event, or where it has no host.",
        depends_on=(),
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type(description="What became of a registration.")
class RegistrationPayload:
    registration: "Registration | None" = strawberry.field(
        default=None, description="The registration as it is now; null with userErrors."
    )
    overlapping: "Registration | None" = strawberry.field(
        default=None, description="With OVERLAPPING: the registration that stands in the way."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type
class EventQueries:
    event: Event | None = root(
        events.event_by_slug,
        "An event by its slug; null where there is none that the viewer may see.",
        depends_on={Noun.EVENT},
        shows=one_of(Noun.EVENT),
        arguments={"slug": required(str, "The event's slug.")},
    )
    events: EventConnection | None = root(
        events.listed_events,
        "Events, those that were cancelled and those that are over included unless the filter says otherwise.",
        depends_on={Noun.EVENT},
        arguments={
            **PAGE,
            "filter": argument(EventFilter | None, "Which events; left out: all."),
            "sort": defaulted(EventSort, "In which order.", EventSort.STARTS_AT),
        },
    )


_EVENT_ID = strawberry.argument(description="The event.")
_MEMBER_ID = strawberry.argument(description="The viewer by default, or a member that the viewer acts for.")


@strawberry.type
class EventMutations:
    @mutation(EventPayload, "Enter an event, or a session of one, as a draft. For active members.")
    async def create_event(
        self, info: Info, input: Annotated[CreateEventInput, strawberry.argument(description="The new event.")]
    ) -> EventPayload | None:
        values = given(input, host_id="Member", group_id="Group", parent_id="Event")
        row: Any = await events.create_event(info.context, values)
        return EventPayload(event=row)

    @mutation(
        EventPayload,
        "Change an event that wasn't cancelled. For the host's side, the coordinators of its group, and the office.",
    )
    async def update_event(
        self, info: Info, input: Annotated[UpdateEventInput, strawberry.argument(description="What to change.")]
    ) -> EventPayload | None:
        values = given(input)
        key = key_of("Event", values.pop("id"))
        row: Any = await events.update_event(info.context, key, values)
        return EventPayload(event=row)

    @mutation(
        EventPayload,
        "Show a draft to everyone, and with it the drafts of its sessions. A session by itself needs a published event "
        "around it. For the host's side, the coordinators of its group, and the office.",
    )
    async def publish_event(self, info: Info, id: Annotated[strawberry.ID, _EVENT_ID]) -> EventPayload | None:
        row: Any = await events.publish_event(info.context, key_of("Event", id))
        return EventPayload(event=row)

    @mutation(
        EventPayload,
        "Call off a published event that isn't over, and its sessions; everybody registered gets a mail. For the "
        "host's side, the coordinators of its group, and the office.",
    )
    async def cancel_event(
        self,
        info: Info,
        id: Annotated[strawberry.ID, _EVENT_ID],
        reason: Annotated[str, strawberry.argument(description="Why, for everyone to read; 1 to 1000 characters.")],
    ) -> EventPayload | None:
        row: Any = await events.cancel_event(info.context, key_of("Event", id), reason)
        return EventPayload(event=row)

    @mutation(
        RegistrationPayload,
        "Take a seat in a published event that isn't over, or a place on the waiting list: CONFIRMED or WAITLISTED. "
        "A session needs its own, and two sessions at the same time are OVERLAPPING. For active members.",
    )
    async def register_for_event(
        self,
        info: Info,
        id: Annotated[strawberry.ID, _EVENT_ID],
        member_id: Annotated[strawberry.ID | None, _MEMBER_ID] = strawberry.UNSET,
    ) -> RegistrationPayload | None:
        member = key_or_nobody("Member", member_id) if isinstance(member_id, str) else None
        row: Any = await events.register(info.context, key_of("Event", id), member)
        return RegistrationPayload(registration=row)

    @mutation(
        RegistrationPayload,
        "Give up a seat or a place on the waiting list, before the event has ended; the first in line moves up. For "
        "the member's side, the host's side, the coordinators of the event's group, and the office.",
    )
    async def cancel_registration(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The registration.")]
    ) -> RegistrationPayload | None:
        row: Any = await events.cancel_registration(info.context, key_of("Registration", id))
        return RegistrationPayload(registration=row)

    @mutation(
        RegistrationPayload,
        "Record whether somebody with a seat came, once the event has begun: ATTENDED or NO_SHOW. For the host's side, "
        "the coordinators of the event's group, and the office.",
    )
    async def record_attendance(
        self,
        info: Info,
        registration_id: Annotated[strawberry.ID, strawberry.argument(description="The registration.")],
        attended: Annotated[bool, strawberry.argument(description="Whether they came.")],
    ) -> RegistrationPayload | None:
        key = key_of("Registration", registration_id)
        row: Any = await events.record_attendance(info.context, key, attended)
        return RegistrationPayload(registration=row)
