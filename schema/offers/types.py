"""Offers: the types, and the lists they come in."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

import models
from models import Commitment, OfferCategory, OfferDirection, OfferStatus, ResponseStatus
from models.filters.offers import OfferSort
from resolvers import matches, offers, places
from resolvers.matches import MatchReason
from schema.declare.arguments import FORWARDS, OF_WHOM, PAGE
from schema.declare.enums import describe
from schema.declare.fields import computed, plain, relation
from schema.declare.prices import COUNT, FACETS, LONG_TEXT, MATCHES, TEXT_OF_PAGES, TIMES, TOPICS, VALUE
from schema.declare.scalars import URL
from schema.declare.seen_by import SeenBy
from schema.nodes import Node, PageInfo, live_cursor, node
from schema.obstacles import Obstacle
from schema.offers.facets import OfferFacets
from schema.places import District, Topic, Venue
from schema.weekly_times import WeeklyTime, shown_times
from subscriptions.changes import Noun

if TYPE_CHECKING:
    from schema.events import Event
    from schema.groups import Group
    from schema.members import Member


describe(
    OfferStatus,
    "The state of an entry. What leads where, and who may, stands in docs/offers.md.",
    DRAFT="Not handed in yet, or sent back by the coordination office: for its owner's side and the office alone.",
    IN_REVIEW="Waits for the coordination office, which looks at an owner's first entry.",
    PUBLISHED="On the board, for everyone. While its owner is suspended it is withheld, and nobody else finds it.",
    PAUSED="Off the board for a while; `publishOffer` takes it up again.",
    FULFILLED="Found what it looked for, or gave what it had. For good.",
    EXPIRED="Its time on the board is over; `publishOffer` renews it.",
    WITHDRAWN="Taken back by its owner's side or the office. For good.",
)


describe(
    MatchReason,
    "Why an entry fits another. Grows: a client needs a branch for what it doesn't know.",
    SAME_CATEGORY="Both are of the same category.",
    SHARED_TOPIC="They share at least one topic.",
    SAME_DISTRICT="They, or their venues, are in the same part of the town.",
    NEARBY="Their venues are less than three kilometres apart, in different parts of the town.",
    OVERLAPPING_TIME="Both say when, in a week or in the year, and some of it suits both.",
    SIMILAR_TEXT="What they say is alike, in the titles above all.",
    SHARED_LANGUAGE="They name a language in common that not everybody speaks: not German.",
)


describe(
    ResponseStatus,
    "The state of a response.",
    SENT="Waits for the owner's side to decide.",
    ACCEPTED="The owner's side accepted it: both sides see each other's contact data.",
    DECLINED="The owner's side declined it. Its sender may answer the entry again.",
    WITHDRAWN="Its sender took it back, and may answer the entry again.",
)


describe(
    OfferSort,
    "The order of a list of entries.",
    NEWEST="The one that came onto the board last first; what never did counts from when it was made.",
    EXPIRING="The one that expires soonest first; those without an expiry last.",
    RELEVANCE="What answers `text` best first, then the newest. Needs `text`, else BAD_REQUEST.",
    DISTANCE="The nearest first. Needs `near`, else BAD_REQUEST.",
)


@node(
    models.Offer,
    offers.offers_by_id,
    "An entry of the board (Suche-Biete-Plattform), in either direction. Once published, everyone sees it by its id or "
    "slug, whatever became of it; before, its owner's side and the coordination office.",
    "entry",
)
class Offer(Node):
    slug: str = plain("Its readable key, for addresses of pages; made of the first title, never changes.")
    direction: OfferDirection = plain("Whether it seeks or provides; never changes.")
    category: OfferCategory = plain("What it is about.")
    status: OfferStatus = plain(
        "Its state. Once published it can be read by its id or slug whatever its state; lists show what is PUBLISHED."
    )
    title: str = plain("Its title, one line of plain text.")
    description: str = plain("Its text: plain text, blank lines make paragraphs.", price=LONG_TEXT)
    topics: list[Topic] = relation(
        places.topics,
        "Its fields of engagement, in its own order.",
        needs=["id"],
        depends_on={Noun.TOWN},
        size=TOPICS,
        link=models.OfferTopic,
        by="offer_id",
    )
    district: District | None = relation(
        places.districts, "The part of the town that it is for; null where it is for all.", depends_on={Noun.TOWN}
    )

    @computed("Where it takes place; null where there is no place.", needs=["venue_name"], within=True)
    def venue(self: Any) -> Venue | None:
        return self if self.venue_name is not None else None

    remote: bool = plain("Whether it can be done from anywhere, by telephone or over the net.")
    minimum_age: int | None = plain("Lowest age of a helper, in years; null where it doesn't matter.")
    languages: list[str] = plain("Spoken or needed, as BCP 47 tags, e.g. de, tr, ar; empty where it doesn't matter.")
    hours_per_week: float | None = plain("How many hours a week it takes, or are given; null where that is open.")
    available_from: date | None = plain("The first day; null where there is none, as of now.")
    available_until: date | None = plain(
        "The last day, which still belongs to it; null where there is none. When it ends, the entry expires."
    )

    @computed(
        "When in a week it takes place, or is possible, from Monday on. Empty where it doesn't say: then it is to be "
        "agreed, and every filter by weekdays or parts of the day finds it.",
        needs=["times"],
        size=TIMES,
    )
    def times(self: Any) -> list[WeeklyTime]:
        return shown_times(self.times)

    commitment: Commitment | None = plain(
        "For how long one binds oneself; null where it doesn't say, which every filter by it finds."
    )
    owner: Annotated["Member", strawberry.lazy("schema.members")] | None = relation(
        offers.offer_owner,
        "The member whose entry it is. Null where the member has gone.",
        seen_by=SeenBy.TARGET,
        depends_on={Noun.MEMBER},
    )
    group: Annotated["Group", strawberry.lazy("schema.groups")] | None = relation(
        offers.offer_group, "The group that it belongs to; null where it is of none.", depends_on={Noun.GROUP}
    )
    event: Annotated["Event", strawberry.lazy("schema.events")] | None = relation(
        offers.offer_event,
        "The event that it is for; null where there is none.",
        seen_by=SeenBy.TARGET,
        depends_on={Noun.EVENT},
    )
    published_at: datetime | None = plain("When it last came onto the board; null where it never did.")
    expires_at: datetime | None = plain(
        "When it expires, or did: some weeks after `publishedAt` (90 days, unless the town decided otherwise), or when "
        "`availableUntil` ends. Null where it was never published."
    )
    matches: "OfferMatchConnection" = relation(
        matches.offer_matches,
        "Fitting entries of the other direction, best first: those on the board, of other owners, that say alike "
        "things or are about the same. There may be none. Its owner's side finds neither what it has dismissed nor "
        "what is answered already.",
        depends_on={Noun.OFFER},
        price=MATCHES,
        arguments=FORWARDS,
    )
    responses: "OfferResponseConnection | None" = relation(
        offers.offer_responses,
        "Who answered it, newest first.",
        seen_by=SeenBy.OWNER,
        needs=["id", "owner_id"],
        depends_on=(),
        arguments=PAGE,
    )
    viewer_response: "OfferResponse | None" = relation(
        offers.offer_viewer_response,
        "The newest response of the viewer's own member, or of one that they act for, whatever its status; null where "
        "there never was one.",
        seen_by=SeenBy.VIEWER,
        needs=["id"],
        depends_on=(),
        **OF_WHOM,
    )
    status_reason: str | None = relation(
        offers.offer_status_reason,
        "Why it was sent back, or withdrawn; null where nobody said why.",
        seen_by=SeenBy.OWNER_AND_OFFICE,
        needs=["owner_id", "status_reason"],
        depends_on=(),
    )
    hidden_reason: str | None = plain(
        "Why the coordination office hid it; null where it didn't.", seen_by=SeenBy.OWNER_AND_OFFICE
    )
    url: URL | None = relation(
        offers.offer_url,
        "Its page on the network's website; null where there is none.",
        price=VALUE,
        needs=["slug"],
        depends_on=(),
    )
    version: int = plain("Rises whenever a field of the object itself changes, not its counts and lists.")
    viewer_can_update: bool = relation(
        offers.offer_viewer_can_update,
        "Whether the viewer may call `updateOffer` for it now: its owner's side and the office, as its state allows.",
        seen_by=SeenBy.VIEWER,
        needs=["status", "owner_id"],
        depends_on=(),
    )
    viewer_can_update_reason: Obstacle | None = relation(
        offers.offer_viewer_can_update_reason,
        "Why `viewerCanUpdate` is false; null where it is true.",
        seen_by=SeenBy.VIEWER,
        needs=["status", "owner_id"],
        depends_on=(),
    )
    viewer_can_respond: bool = relation(
        offers.offer_viewer_can_respond,
        "Whether the viewer may call `respondToOffer` for it now.",
        seen_by=SeenBy.VIEWER,
        needs=["id", "status", "withheld_at", "owner_id"],
        depends_on=(),
        **OF_WHOM,
    )
    viewer_can_respond_reason: Obstacle | None = relation(
        offers.offer_viewer_can_respond_reason,
        "Why `viewerCanRespond` is false; null where it is true.",
        seen_by=SeenBy.VIEWER,
        needs=["id", "status", "withheld_at", "owner_id"],
        depends_on=(),
        **OF_WHOM,
    )
    created_at: datetime = plain("When it was made.")
    updated_at: datetime = plain("When a field of it was last changed.")


@strawberry.type(description="A list of entries, page by page (Relay).")
class OfferConnection:
    edges: list["OfferEdge"] = plain("The entries of this page, each with its cursor.")
    nodes: list["Offer"] = plain("The entries of this page, without cursors.")
    page_info: PageInfo = plain("Where this page lies in the list.")
    total_count: int = plain("How many entries the viewer may see in the whole list.", price=COUNT)
    facets: OfferFacets = relation(
        offers.facets,
        "How many entries of the whole list there are by direction, category, topic and district, as far as the viewer "
        "may see them.",
        needs=[],
        depends_on={Noun.OFFER, Noun.TOWN},
        price=FACETS,
    )
    live_cursor: str = live_cursor()


@strawberry.type(description="An entry in a list.")
class OfferEdge:
    cursor: str = plain("Its place in the list, for `after` and `before`.")
    node: "Offer" = plain("The entry.")


@strawberry.type(description="Entries that fit another one, page by page (Relay).")
class OfferMatchConnection:
    edges: list["OfferMatchEdge"] = plain("The matches of this page, each with its cursor and why it fits.")
    nodes: list["Offer"] = plain("The matches of this page, without cursors.")
    page_info: PageInfo = plain("Where this page lies in the list.")


@strawberry.type(description="An entry that fits another one, and why.")
class OfferMatchEdge:
    cursor: str = plain("Its place in the list, for `after`.")
    score: float = plain("How well it fits, 0 to 1. Compare scores of one list only.")
    reasons: list[MatchReason] = plain("What they have in common, at least one.")
    node: "Offer" = plain("The entry that fits.")


@node(
    models.OfferResponse,
    offers.offer_responses_by_id,
    "Someone answers an entry. Contact data are shared once the owner accepts. Seen by its sender and the owner's side "
    "only; the coordination office is the side of members in its care.",
    "response",
)
class OfferResponse(Node):
    offer: "Offer" = relation(offers.offer_response_offer, "The entry that it answers.", depends_on={Noun.OFFER})
    member: Annotated["Member", strawberry.lazy("schema.members")] | None = relation(
        offers.offer_response_member,
        "Who sent it. Null where the member has gone.",
        seen_by=SeenBy.TARGET,
        depends_on={Noun.MEMBER},
    )
    message: str = plain("What they wrote: plain text, blank lines make paragraphs.", price=TEXT_OF_PAGES)
    status: ResponseStatus = plain("Its state.")
    created_at: datetime = plain("When it was sent.")
    decided_at: datetime | None = plain("When the owner's side accepted or declined it; null before.")


@strawberry.type(description="A list of responses, page by page (Relay).")
class OfferResponseConnection:
    edges: list["OfferResponseEdge"] = plain("The responses of this page, each with its cursor.")
    nodes: list["OfferResponse"] = plain("The responses of this page, without cursors.")
    page_info: PageInfo = plain("Where this page lies in the list.")
    total_count: int = plain("How many responses there are in the whole list.", price=COUNT)


@strawberry.type(description="A response in a list.")
class OfferResponseEdge:
    cursor: str = plain("Its place in the list, for `after` and `before`.")
    node: "OfferResponse" = plain("The response.")
