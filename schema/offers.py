"""Offers, as the API says them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

import models
from models import OfferCategory, OfferDirection, OfferStatus, ResponseStatus
from models.filters import offers as filters
from models.filters.offers import OfferSort
from resolvers import matches, offers, places
from resolvers.matches import MatchReason
from resolvers.members import owner_caretaker
from schema.care import Caretaker
from schema.declare.fields import (
    FORWARDS,
    OF_WHOM,
    PAGE,
    Info,
    argument,
    computed,
    defaulted,
    describe,
    given,
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
from schema.places import District, NearInput, Topic, Venue, VenueInput
from subscriptions.changes import Noun

if TYPE_CHECKING:
    from schema.events import Event
    from schema.groups import Group
    from schema.members import Member


describe(
    OfferDirection,
    "Which way an entry of the board goes.",
    SEEK="Suche: someone is looking for help.",
    PROVIDE="Biete: someone has help to give.",
)

describe(
    OfferCategory,
    "What an entry is about. Grows: a client needs a branch for what it doesn't know.",
    HELPING_HANDS="People who lend a hand, once or regularly.",
    EXPERTISE="Knowledge and advice: law, accounts, design, computers.",
    TRAINING="Courses and qualification.",
    ROOM="Rooms and outdoor places.",
    MATERIAL="Things, to keep or to borrow.",
    FUNDING="Money: donations, sponsoring, grants.",
    COOPERATION="A partner for a common project.",
    OTHER="Anything else.",
)

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
    NEARBY="Their venues are close to each other. Not given yet.",
    OVERLAPPING_TIME="Both say when, and there is a day that suits both.",
    SIMILAR_TEXT="They say alike things. Not given yet.",
    SHARED_LANGUAGE="They name a language in common.",
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
    RELEVANCE="Those with all words of the text in their title first, then the newest. Needs `text`, else BAD_REQUEST.",
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
    description: str = plain("Its text: plain text, blank lines make paragraphs.")
    topics: list[Topic] = relation(
        places.topics,
        "Its fields of engagement, in its own order.",
        needs=["id"],
        depends_on=(),
        link=models.OfferTopic,
        by="offer_id",
    )
    district: District | None = relation(
        places.districts, "The part of the town that it is for; null where it is for all.", depends_on=()
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
        "Fitting entries of the other direction, best first: those on the board, of other owners, that share its "
        "category or a topic.",
        depends_on={Noun.OFFER},
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
        "Why it was sent back; null where it wasn't.",
        seen_by=SeenBy.OWNER_AND_OFFICE,
        needs=["owner_id", "status_reason"],
        depends_on=(),
    )
    url: URL | None = relation(
        offers.offer_url,
        "Its page on the network's website; null where there is none.",
        needs=[],
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
    created_at: datetime = plain("When it was made.")
    updated_at: datetime = plain("When a field of it was last changed.")


@strawberry.type(description="A list of entries, page by page (Relay).")
class OfferConnection:
    edges: list["OfferEdge"] = plain("The entries of this page, each with its cursor.")
    nodes: list["Offer"] = plain("The entries of this page, without cursors.")
    page_info: PageInfo = plain("Where this page lies in the list.")
    total_count: int = plain("How many entries the viewer may see in the whole list.")
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
    message: str = plain("What they wrote: plain text, blank lines make paragraphs.")
    status: ResponseStatus = plain("Its state.")
    created_at: datetime = plain("When it was sent.")
    decided_at: datetime | None = plain("When the owner's side accepted or declined it; null before.")


@strawberry.type(description="A list of responses, page by page (Relay).")
class OfferResponseConnection:
    edges: list["OfferResponseEdge"] = plain("The responses of this page, each with its cursor.")
    nodes: list["OfferResponse"] = plain("The responses of this page, without cursors.")
    page_info: PageInfo = plain("Where this page lies in the list.")
    total_count: int = plain("How many responses there are in the whole list.")


@strawberry.type(description="A response in a list.")
class OfferResponseEdge:
    cursor: str = plain("Its place in the list, for `after` and `before`.")
    node: "OfferResponse" = plain("The response.")


def _optional(description: str) -> Any:
    return strawberry.field(description=description, default=strawberry.UNSET)


@strawberry.input(
    description="Which entries a list or a subscription is about. All fields have to hold, of a list one entry; left "
    "out, null and [] don't restrict, `statuses` apart."
)
class OfferFilter:
    direction: OfferDirection | None = _optional("Seeking or providing ones.")
    statuses: list[OfferStatus] | None = _optional(
        "Left out: PUBLISHED. Others only as far as the viewer may see them: an owner's drafts, the office's IN_REVIEW."
    )
    categories: list[OfferCategory] | None = _optional("Of one of these categories.")
    topics: list[str] | None = _optional("With one of these topics, by their slugs.")
    districts: list[str] | None = _optional(
        "Where the part of the town, the entry's own or its venue's, is one of these, by their slugs."
    )
    owner_id: strawberry.ID | None = _optional("Of this member.")
    group_id: strawberry.ID | None = _optional("Of this group.")
    remote: bool | None = _optional("True: what can be done from anywhere. False: what can't.")
    available_on: date | None = _optional(
        "Available on this day: not before `availableFrom`, not after `availableUntil`; no day means no limit."
    )
    text: str | None = _optional(
        "Every word of it, the first ten, occurs in the title or the description, whatever its case and accents, as a "
        "part of a word too."
    )
    near: NearInput | None = _optional("With a venue in this circle.")

    def plain(self) -> filters.OfferFilter:
        """The filter as `models.filters` takes it. Raises `BadFilter`, `BadRequest`."""
        return filters.OfferFilter(**restrictions(self, owner_id="Member", group_id="Group"))


@strawberry.input(description="A new entry of the board.")
class CreateOfferInput:
    direction: OfferDirection = strawberry.field(description="Whether it seeks or provides.")
    category: OfferCategory = strawberry.field(description="What it is about.")
    title: str = strawberry.field(description="Its title, 3 to 200 characters.")
    description: str = strawberry.field(description="Its text, at most 10000 characters, plain text.")
    topics: list[str] | None = _optional("Its fields of engagement by their slugs, at most 10, in this order.")
    district: str | None = _optional("The slug of the part of the town that it is for.")
    venue: VenueInput | None = _optional("Where it takes place.")
    remote: bool = strawberry.field(description="Whether it can be done from anywhere.", default=False)
    minimum_age: int | None = _optional("Lowest age of a helper, 0 to 99.")
    languages: list[str] | None = _optional("Spoken or needed, as BCP 47 tags such as de, tr or pt-BR, at most 10.")
    hours_per_week: float | None = _optional("Hours a week, more than 0, at most 80.")
    available_from: date | None = _optional("The first day.")
    available_until: date | None = _optional("The last day, not before the first one.")
    owner_id: strawberry.ID | None = _optional(
        "The viewer by default, or a member that the viewer acts for. An account of the office that is nobody's has to "
        "name one."
    )
    group_id: strawberry.ID | None = _optional(
        "The group that it belongs to: one in which the owner takes part or that the viewer coordinates; for the "
        "office any."
    )
    event_id: strawberry.ID | None = _optional("The event that it is for.")
    publish: bool = strawberry.field(
        description="Publish at once instead of keeping a draft; an owner's first entry goes to review.", default=False
    )


@strawberry.input(description="What is to change of an entry. What is left out stays, null empties it.")
class UpdateOfferInput:
    id: strawberry.ID = strawberry.field(description="The entry.")
    if_version: int | None = _optional(
        "The version that was read: CONFLICT if the object has another. Left out: overwrite."
    )
    category: strawberry.Maybe[OfferCategory | None] = strawberry.field(description="What it is about; never empty.")
    title: strawberry.Maybe[str | None] = strawberry.field(description="Its title, 3 to 200 characters; never empty.")
    description: strawberry.Maybe[str | None] = strawberry.field(
        description="Its text, at most 10000 characters, plain text; never empty."
    )
    topics: strawberry.Maybe[list[str] | None] = strawberry.field(
        description="Its fields of engagement by their slugs, at most 10, in this order; replaced as a whole."
    )
    district: strawberry.Maybe[str | None] = strawberry.field(
        description="The slug of the part of the town that it is for."
    )
    venue: strawberry.Maybe[VenueInput | None] = strawberry.field(
        description="Where it takes place; replaced as a whole."
    )
    remote: strawberry.Maybe[bool | None] = strawberry.field(
        description="Whether it can be done from anywhere; never empty."
    )
    minimum_age: strawberry.Maybe[int | None] = strawberry.field(description="Lowest age of a helper, 0 to 99.")
    languages: strawberry.Maybe[list[str] | None] = strawberry.field(
        description="Spoken or needed, as BCP 47 tags, at most 10; replaced as a whole."
    )
    hours_per_week: strawberry.Maybe[float | None] = strawberry.field(
        description="Hours a week, more than 0, at most 80."
    )
    available_from: strawberry.Maybe[date | None] = strawberry.field(description="The first day.")
    available_until: strawberry.Maybe[date | None] = strawberry.field(
        description="The last day, not before the first one; of an entry on the board not over yet. Moves `expiresAt`."
    )


@strawberry.input(description="An answer to an entry.")
class RespondToOfferInput:
    offer_id: strawberry.ID = strawberry.field(description="The entry, which is on the board and not one's own.")
    message: str = strawberry.field(
        description="What to tell the owner's side, at most 5000 characters, plain text. It reaches them by mail too."
    )
    member_id: strawberry.ID | None = _optional("The viewer by default, or a member that the viewer acts for.")


@strawberry.type(description="What became of an entry.")
class OfferPayload:
    offer: "Offer | None" = strawberry.field(
        default=None, description="The entry as it is now. Null with `userErrors`, but for CONFLICT."
    )
    caretaker: Caretaker | None = relation(
        owner_caretaker,
        "Who reads and decides the responses to it: OFFICE where nobody represents its owner. Null without an entry.",
        depends_on=(),
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type(description="What became of a response.")
class OfferResponsePayload:
    response: "OfferResponse | None" = strawberry.field(
        default=None, description="The response as it is now. Null with `userErrors`."
    )
    user_errors: list[UserError] = user_errors()


@strawberry.type
class OfferQueries:
    offer: Offer | None = root(
        offers.offer,
        "An entry of the board by its slug; null where there is none that the viewer may see. Once published an entry "
        "stays readable, with its end state.",
        depends_on={Noun.OFFER},
        shows=one_of(Noun.OFFER),
        arguments={"slug": required(str, "The slug of the entry.")},
    )
    offers: OfferConnection | None = root(
        offers.offers,
        "The entries of the board, and as far as the viewer may see them others.",
        depends_on={Noun.OFFER},
        arguments={
            **PAGE,
            "filter": argument(OfferFilter | None, "Only entries for which all of this holds."),
            "sort": defaulted(OfferSort, "The order of the list.", OfferSort.NEWEST),
        },
    )


_OfferId = Annotated[strawberry.ID, strawberry.argument(description="The entry.")]
_ResponseId = Annotated[strawberry.ID, strawberry.argument(description="The response.")]


def _offer(row: Any) -> OfferPayload:
    return OfferPayload(offer=row)


def _response(row: Any) -> OfferResponsePayload:
    return OfferResponsePayload(response=row)


@strawberry.type
class OfferMutations:
    @mutation(OfferPayload, "Makes an entry of the board, in the name of the viewer or of a member they act for.")
    async def create_offer(
        self, info: Info, input: Annotated[CreateOfferInput, strawberry.argument(description="The new entry.")]
    ) -> OfferPayload | None:
        values = given(input, owner_id="Member", group_id="Group", event_id="Event")
        return _offer(await offers.create_offer(info.context, values))

    @mutation(
        OfferPayload,
        "Changes fields of an entry that has not ended, by its owner's side or the office.",
    )
    async def update_offer(
        self, info: Info, input: Annotated[UpdateOfferInput, strawberry.argument(description="What is to change.")]
    ) -> OfferPayload | None:
        return _offer(await offers.update_offer(info.context, given(input, id="Offer")))

    @mutation(
        OfferPayload,
        "Puts a draft onto the board, takes up a paused entry, renews an expired one. An owner's first entry goes to "
        "the coordination office for review. By the owner's side or the office.",
    )
    async def publish_offer(self, info: Info, id: _OfferId) -> OfferPayload | None:
        return _offer(await offers.publish_offer(info.context, key_of("Offer", id)))

    @mutation(OfferPayload, "Takes an entry off the board for a while, by the owner's side or the office.")
    async def pause_offer(self, info: Info, id: _OfferId) -> OfferPayload | None:
        return _offer(await offers.pause_offer(info.context, key_of("Offer", id)))

    @mutation(OfferPayload, "Takes an entry back for good, by the owner's side or the office.")
    async def withdraw_offer(self, info: Info, id: _OfferId) -> OfferPayload | None:
        return _offer(await offers.withdraw_offer(info.context, key_of("Offer", id)))

    @mutation(
        OfferPayload,
        "By the coordination office: lets an entry that waits for review onto the board, or sends it back as a draft "
        "with a reason. The owner's side learns it by mail.",
    )
    async def review_offer(
        self,
        info: Info,
        id: _OfferId,
        accept: Annotated[bool, strawberry.argument(description="True: onto the board. False: back as a draft.")],
        reason: Annotated[
            str | None,
            strawberry.argument(
                description="Why it is sent back, at most 1000 characters: REQUIRED then. Not kept on acceptance."
            ),
        ] = strawberry.UNSET,
    ) -> OfferPayload | None:
        text = reason or None
        return _offer(await offers.review_offer(info.context, key_of("Offer", id), accept, text))

    @mutation(
        OfferPayload,
        "Ends an entry that found what it looked for, or gave what it had, by the owner's side or the office.",
    )
    async def fulfil_offer(self, info: Info, id: _OfferId) -> OfferPayload | None:
        return _offer(await offers.fulfil_offer(info.context, key_of("Offer", id)))

    @mutation(
        OfferResponsePayload,
        "Answers an entry that is on the board, in the name of the viewer or of a member they act for. TAKEN where an "
        "answer of the same member is SENT or ACCEPTED.",
    )
    async def respond_to_offer(
        self, info: Info, input: Annotated[RespondToOfferInput, strawberry.argument(description="The answer.")]
    ) -> OfferResponsePayload | None:
        values = given(input, offer_id="Offer", member_id="Member")
        return _response(await offers.respond_to_offer(info.context, values))

    @mutation(
        OfferResponsePayload,
        "Accepts or declines a response that is SENT, by the owner's side of its entry. Once it is accepted both sides "
        "see each other's contact data. The sender's side learns it by mail.",
    )
    async def decide_response(
        self,
        info: Info,
        id: _ResponseId,
        accept: Annotated[bool, strawberry.argument(description="True: accepted. False: declined.")],
    ) -> OfferResponsePayload | None:
        key = key_of("OfferResponse", id)
        return _response(await offers.decide_response(info.context, key, accept))

    @mutation(OfferResponsePayload, "Takes back a response that is SENT or ACCEPTED, by its sender's side.")
    async def withdraw_response(self, info: Info, id: _ResponseId) -> OfferResponsePayload | None:
        return _response(await offers.withdraw_response(info.context, key_of("OfferResponse", id)))
