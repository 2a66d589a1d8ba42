"""Offers, as the API says them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

import models
from models import OfferCategory, OfferDirection, OfferStatus, ResponseStatus
from models.filters.offers import OfferSort
from resolvers import offers, places
from resolvers.matches import MatchReason
from schema.errors import UserError
from schema.fields import FORWARDS, PAGE, PUBLIC, VIEWER, computed, describe, plain, relation, user_errors
from schema.nodes import Node, PageInfo, live_cursor, node
from schema.places import District, NearInput, Topic, Venue, VenueInput
from schema.scalars import URL

if TYPE_CHECKING:
    from schema.events import Event
    from schema.groups import Group
    from schema.members import Member


describe(
    OfferDirection,
    "?",
    SEEK="Suche: someone is looking for help.",
    PROVIDE="Biete: someone has help to give.",
)

describe(
    OfferCategory,
    "?",
    HELPING_HANDS="?",
    EXPERTISE="?",
    TRAINING="?",
    ROOM="?",
    MATERIAL="?",
    FUNDING="?",
    COOPERATION="?",
    OTHER="?",
)

describe(
    OfferStatus,
    "?",
    DRAFT="?",
    IN_REVIEW="Waits for the coordination office, which looks at an owner's first entry.",
    PUBLISHED="?",
    PAUSED="?",
    FULFILLED="Found what it looked for, or gave what it had.",
    EXPIRED="?",
    WITHDRAWN="?",
)

describe(
    MatchReason,
    "?",
    SAME_CATEGORY="?",
    SHARED_TOPIC="?",
    SAME_DISTRICT="?",
    NEARBY="?",
    OVERLAPPING_TIME="?",
    SIMILAR_TEXT="?",
    SHARED_LANGUAGE="?",
)

describe(
    ResponseStatus,
    "?",
    SENT="?",
    ACCEPTED="?",
    DECLINED="?",
    WITHDRAWN="?",
)

describe(
    OfferSort,
    "?",
    NEWEST="?",
    EXPIRING="?",
    RELEVANCE="Needs `text`.",
    DISTANCE="Needs `near`.",
)


@node(models.Offer, offers.offers_by_id, "An entry of the board (Suche-Biete-Plattform), in either direction.")
class Offer(Node):
    slug: str = plain("?")
    direction: OfferDirection = plain("?")
    category: OfferCategory = plain("?")
    status: OfferStatus = plain("?")
    title: str = plain("?")
    description: str = plain("?")
    topics: list[Topic] = relation(
        places.topics,
        "Its fields of engagement, in its own order.",
        audience=PUBLIC,
        link=models.OfferTopic,
        by="offer_id",
    )
    district: District | None = relation(places.districts, "The part of the town.", audience=PUBLIC)

    @computed("Where it takes place; null where there is no place.")
    def venue(self: Any) -> Venue | None:
        return self if self.venue_name is not None else None

    remote: bool = plain("?")
    minimum_age: int | None = plain("Lowest age of a helper, in years.")
    languages: list[str] = plain("Spoken or needed, as BCP 47 tags, e.g. de, tr, ar.")
    hours_per_week: float | None = plain("?")
    available_from: date | None = plain("?")
    available_until: date | None = plain("?")
    owner: Annotated["Member", strawberry.lazy("schema.members")] | None = relation(
        offers.offer_owner, "Null where the member has gone or the viewer may not see them."
    )
    group: Annotated["Group", strawberry.lazy("schema.groups")] | None = relation(offers.offer_group, "?")
    event: Annotated["Event", strawberry.lazy("schema.events")] | None = relation(offers.offer_event, "?")
    published_at: datetime | None = plain("?")
    expires_at: datetime | None = plain("?")
    matches: "OfferMatchConnection" = relation(
        offers.offer_matches, "Fitting entries of the other direction, best first.", arguments=FORWARDS
    )
    responses: "OfferResponseConnection | None" = relation(
        offers.offer_responses, "For the owner and those who act for it; null for others.", arguments=PAGE
    )
    viewer_response: "OfferResponse | None" = relation(
        offers.offer_viewer_response, "The newest of the viewer's own; null where there never was one."
    )
    status_reason: str | None = relation(
        offers.offer_status_reason, "Why it was sent back; for the owner, those who act for it, and the office."
    )
    url: URL | None = relation(offers.offer_url, "Its page on the network's website; null where there is none.")
    version: int = plain("Rises whenever a field of the object itself changes, not its counts and lists.")
    viewer_can_update: bool = relation(offers.offer_viewer_can_update, "?")
    created_at: datetime = plain("?")
    updated_at: datetime = plain("?")


@strawberry.type(description="?")
class OfferConnection:
    edges: list["OfferEdge"] = plain("?", audience=VIEWER)
    nodes: list["Offer"] = plain("?", audience=VIEWER)
    page_info: PageInfo = plain("?", audience=VIEWER)
    total_count: int = plain("?", audience=VIEWER)
    live_cursor: str = live_cursor()


@strawberry.type(description="?")
class OfferEdge:
    cursor: str = plain("?", audience=VIEWER)
    node: "Offer" = plain("?", audience=VIEWER)


@strawberry.type(description="?")
class OfferMatchConnection:
    edges: list["OfferMatchEdge"] = plain("?", audience=VIEWER)
    nodes: list["Offer"] = plain("?", audience=VIEWER)
    page_info: PageInfo = plain("?", audience=VIEWER)


@strawberry.type(description="?")
class OfferMatchEdge:
    cursor: str = plain("?", audience=VIEWER)
    score: float = plain("0 to 1.", audience=VIEWER)
    reasons: list[MatchReason] = plain("?", audience=VIEWER)
    node: "Offer" = plain("?", audience=VIEWER)


@node(
    models.OfferResponse,
    offers.offer_responses_by_id,
    "Someone answers an entry. Contact data are shared once the owner accepts.",
)
class OfferResponse(Node):
    offer: "Offer" = relation(offers.offer_response_offer, "?")
    member: Annotated["Member", strawberry.lazy("schema.members")] | None = relation(
        offers.offer_response_member, "Null where the member has gone."
    )
    message: str = plain("?")
    status: ResponseStatus = plain("?")
    created_at: datetime = plain("?")
    decided_at: datetime | None = plain("?")


@strawberry.type(description="?")
class OfferResponseConnection:
    edges: list["OfferResponseEdge"] = plain("?", audience=VIEWER)
    nodes: list["OfferResponse"] = plain("?", audience=VIEWER)
    page_info: PageInfo = plain("?", audience=VIEWER)
    total_count: int = plain("?", audience=VIEWER)


@strawberry.type(description="?")
class OfferResponseEdge:
    cursor: str = plain("?", audience=VIEWER)
    node: "OfferResponse" = plain("?", audience=VIEWER)


@strawberry.input(description="?")
class OfferFilter:
    direction: OfferDirection | None = strawberry.field(description="?", default=strawberry.UNSET)
    statuses: list[OfferStatus] | None = strawberry.field(
        description="Left out: PUBLISHED. Others only as far as the viewer may see them: an owner's drafts, the office's IN_REVIEW.",
        default=strawberry.UNSET,
    )
    categories: list[OfferCategory] | None = strawberry.field(description="?", default=strawberry.UNSET)
    topics: list[str] | None = strawberry.field(description="?", default=strawberry.UNSET)
    districts: list[str] | None = strawberry.field(description="?", default=strawberry.UNSET)
    owner_id: strawberry.ID | None = strawberry.field(description="?", default=strawberry.UNSET)
    group_id: strawberry.ID | None = strawberry.field(description="?", default=strawberry.UNSET)
    remote: bool | None = strawberry.field(description="?", default=strawberry.UNSET)
    available_on: date | None = strawberry.field(description="?", default=strawberry.UNSET)
    text: str | None = strawberry.field(description="?", default=strawberry.UNSET)
    near: NearInput | None = strawberry.field(description="?", default=strawberry.UNSET)


@strawberry.input(description="?")
class CreateOfferInput:
    direction: OfferDirection = strawberry.field(description="?")
    category: OfferCategory = strawberry.field(description="?")
    title: str = strawberry.field(description="?")
    description: str = strawberry.field(description="?")
    topics: list[str] | None = strawberry.field(description="?", default=strawberry.UNSET)
    district: str | None = strawberry.field(description="?", default=strawberry.UNSET)
    venue: VenueInput | None = strawberry.field(description="?", default=strawberry.UNSET)
    remote: bool = strawberry.field(description="?")
    minimum_age: int | None = strawberry.field(description="?", default=strawberry.UNSET)
    languages: list[str] | None = strawberry.field(description="?", default=strawberry.UNSET)
    hours_per_week: float | None = strawberry.field(description="?", default=strawberry.UNSET)
    available_from: date | None = strawberry.field(description="?", default=strawberry.UNSET)
    available_until: date | None = strawberry.field(description="?", default=strawberry.UNSET)
    owner_id: strawberry.ID | None = strawberry.field(
        description="The viewer by default, or a member that the viewer acts for.", default=strawberry.UNSET
    )
    group_id: strawberry.ID | None = strawberry.field(description="?", default=strawberry.UNSET)
    event_id: strawberry.ID | None = strawberry.field(description="?", default=strawberry.UNSET)
    publish: bool = strawberry.field(description="Publish at once instead of keeping a draft.")


@strawberry.input(description="?")
class UpdateOfferInput:
    id: strawberry.ID = strawberry.field(description="?")
    if_version: int | None = strawberry.field(
        description="The version that was read: CONFLICT if there is a newer one. Left out: overwrite.",
        default=strawberry.UNSET,
    )
    category: strawberry.Maybe[OfferCategory | None] = strawberry.field(description="?")
    title: strawberry.Maybe[str | None] = strawberry.field(description="?")
    description: strawberry.Maybe[str | None] = strawberry.field(description="?")
    topics: strawberry.Maybe[list[str] | None] = strawberry.field(description="?")
    district: strawberry.Maybe[str | None] = strawberry.field(description="?")
    venue: strawberry.Maybe[VenueInput | None] = strawberry.field(description="?")
    remote: strawberry.Maybe[bool | None] = strawberry.field(description="?")
    minimum_age: strawberry.Maybe[int | None] = strawberry.field(description="?")
    languages: strawberry.Maybe[list[str] | None] = strawberry.field(description="?")
    hours_per_week: strawberry.Maybe[float | None] = strawberry.field(description="?")
    available_from: strawberry.Maybe[date | None] = strawberry.field(description="?")
    available_until: strawberry.Maybe[date | None] = strawberry.field(description="?")


@strawberry.input(description="?")
class RespondToOfferInput:
    offer_id: strawberry.ID = strawberry.field(description="?")
    message: str = strawberry.field(description="?")
    member_id: strawberry.ID | None = strawberry.field(
        description="The viewer by default, or a member that the viewer acts for.", default=strawberry.UNSET
    )


@strawberry.type(description="?")
class OfferPayload:
    offer: "Offer | None" = strawberry.field(default=None, description="?")
    user_errors: list[UserError] = user_errors()


@strawberry.type(description="?")
class OfferResponsePayload:
    response: "OfferResponse | None" = strawberry.field(default=None, description="?")
    user_errors: list[UserError] = user_errors()
