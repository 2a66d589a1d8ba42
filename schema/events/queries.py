"""What can be asked about events."""

from datetime import datetime
from typing import TYPE_CHECKING

import strawberry

import models.filters.events as event_filters
from models import AccessibilityFeature, EventKind, EventStatus
from models.filters.events import EventSort
from resolvers import events
from schema.declare.arguments import PAGE, argument, defaulted, required
from schema.declare.fields import one_of, root
from schema.declare.inputs import optional, restrictions
from schema.declare.prices import NEAR, SUITABLE, TEXT
from schema.events.types import Event, EventConnection
from schema.places import GeoBoundsInput, NearInput
from subscriptions.changes import Noun

if TYPE_CHECKING:
    pass


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
        description="With a venue in one of these districts, or in a part of one, by their slugs; and without a venue: "
        "whoever is anywhere takes part.",
        default=strawberry.UNSET,
    )
    ends_after: datetime | None = strawberry.field(
        description="Ends after this instant, so that a running event still counts.", default=strawberry.UNSET
    )
    upcoming: bool | None = optional(
        "True: not over yet, a running one included. False: over. To the second. Unlike `endsAfter` with the present "
        "instant it leaves a client's cache key as it is."
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
    text: str | None = optional(
        "Whose title, description or place has all these words, or words with them inside; neither case "
        "nor diacritics count.",
        price=TEXT,
    )
    accessibility: list[AccessibilityFeature] | None = optional("With a venue that has all of these.", price=SUITABLE)
    near: NearInput | None = optional(
        "In this circle: its venue, or, where that has no location, the middle of the venue's part of the town.",
        price=NEAR,
    )
    bounds: GeoBoundsInput | None = optional("In this rectangle, counted as in `near`: what a map shows.", price=NEAR)

    def plain(self) -> event_filters.EventFilter:
        """The filter as lists and subscriptions take it. Raises `BadRequest`."""
        return event_filters.EventFilter(**restrictions(self, host_id="Member", group_id="Group"))


@strawberry.type
class EventQueries:
    event: Event | None = root(
        events.event,
        "An event by its slug; null where there is none that the viewer may see.",
        depends_on={Noun.EVENT},
        shows=one_of(Noun.EVENT),
        arguments={"slug": required(str, "The event's slug.")},
    )
    events: EventConnection | None = root(
        events.events,
        "Events, those that were cancelled and those that are over included unless the filter says otherwise.",
        depends_on={Noun.EVENT},
        arguments={
            **PAGE,
            "filter": argument(EventFilter | None, "Which events; left out: all."),
            "sort": defaulted(EventSort, "In which order.", EventSort.STARTS_AT),
        },
        semantic_non_null=True,
    )
