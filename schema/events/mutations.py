"""What can be done with events."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from models import EventKind
from resolvers import events
from resolvers.members import host_caretaker
from schema.care import Caretaker
from schema.declare.fields import relation
from schema.declare.ids import key_of
from schema.declare.info import Info
from schema.declare.inputs import given, key_or_nobody
from schema.declare.mutations import mutation, user_errors
from schema.declare.scalars import URL
from schema.deletions import DeletePayload, deleted
from schema.events.types import Event, Registration
from schema.places import VenueInput
from schema.user_errors import UserError

if TYPE_CHECKING:
    pass


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
        DeletePayload,
        "Delete a draft, and the drafts of its sessions, for good: WRONG_STATE for what was published. For the host's "
        "side, the coordinators of its group, and the office.",
    )
    async def delete_event_draft(self, info: Info, id: Annotated[strawberry.ID, _EVENT_ID]) -> DeletePayload | None:
        return deleted("Event", await events.delete_event_draft(info.context, key_of("Event", id)))

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
