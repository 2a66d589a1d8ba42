"""Live updates, as the API says them."""

from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Annotated, Any

import strawberry

from models import GroupRole
from models.filters.offers import OfferSort
from resolvers import live
from resolvers.live import updates
from resolvers.live.updates import EventChangeKind, OfferChangeKind
from resolvers.matches import MatchReason
from schema.declare.arguments import argument, defaulted, required
from schema.declare.enums import describe
from schema.declare.fields import computed, plain, subscription
from schema.declare.ids import global_id
from schema.declare.prices import FIGURES, Size
from schema.events import Event
from schema.groups import Group, GroupPost
from schema.matching.saved_searches import SavedSearch
from schema.members import Member
from schema.network import NetworkStatistics
from schema.nodes import row_type
from schema.offers import Offer, OfferFilter

describe(
    OfferChangeKind,
    "What happened to an entry. Grows: a client needs a branch for what it doesn't know.",
    SUBMITTED="Went to the coordination office for review.",
    SENT_BACK="The office sent it back as a draft.",
    PUBLISHED="Onto the board, for the first time or again.",
    UPDATED="Its fields changed.",
    PAUSED="Taken off the board for a while.",
    FULFILLED="Found what it looked for, or gave what it had.",
    EXPIRED="Its time on the board is over.",
    WITHDRAWN="Taken back for good by its owner's side.",
    WITHHELD="Out of sight while its owner is suspended, or as long as the office hides it; PUBLISHED when it is back.",
    REMOVED="Gone from the viewer's sight in any other way, such as hidden or erased. The subscription completes.",
)
describe(
    EventChangeKind,
    "What happened to an event. Grows: a client needs a branch for what it doesn't know.",
    PUBLISHED="Everyone can see it now.",
    UPDATED="Its fields changed.",
    CANCELLED="It does not take place.",
    SEATS_CHANGED="Seats were taken or freed, or the waiting list changed.",
    REMOVED="Gone from the viewer's sight, such as hidden or erased. The subscription completes.",
)


@strawberry.interface(
    description="Every update can be resumed after: give its cursor back as `after`, and nothing in between is lost. "
    "A cursor fits every subscription, and rises strictly within one. Objects are shown as they are when the update "
    "is sent, not as they were then."
)
class LiveUpdate:
    cursor: str = plain("Where live updates stand behind this one; also in `extensions.cursor`.")
    occurred_at: datetime = plain("When what it tells of happened.")


# ---------------------------------------------------------------- entries and events


@row_type(updates.OfferPublished, "An entry came onto the board, for the first time or again.")
class OfferPublished(LiveUpdate):
    offer: Offer = plain("The entry.")


@row_type(updates.MatchFound, "An entry of the board fits one of the viewer's side.")
class MatchFound(LiveUpdate):
    own: Offer = plain("The viewer's own entry.")
    match: Offer = plain("The one that fits it.")
    score: float = plain("How well it fits, 0 to 1.")
    reasons: list[MatchReason] = plain("What they have in common, at least one.")


@row_type(updates.SavedSearchHit, "An entry came onto the board that a saved search finds.")
class SavedSearchHit(LiveUpdate):
    saved_search: SavedSearch = plain("The search; where several find the entry, the oldest of them.")
    offer: Offer = plain("The entry.")


@row_type(updates.OfferChanged, "Something happened to an entry.")
class OfferChanged(LiveUpdate):
    change: OfferChangeKind = plain("What happened.")

    @computed("The entry's id, also where it is gone.")
    def offer_id(self: Any) -> strawberry.ID:
        return strawberry.ID(global_id("Offer", self.offer_key))

    offer: Offer | None = plain("The entry. Null where the viewer may no longer see it.")


@row_type(updates.EventChanged, "Something happened to an event.")
class EventChanged(LiveUpdate):
    change: EventChangeKind = plain("What happened.")

    @computed("The event's id, also where it is gone.")
    def event_id(self: Any) -> strawberry.ID:
        return strawberry.ID(global_id("Event", self.event_key))

    event: Event | None = plain("The event. Null where the viewer may no longer see it.")


# ---------------------------------------------------------------- groups


@row_type(updates.GroupDetailsChanged, "Fields of the group changed, or it is new.")
class GroupDetailsChanged:
    fields: list[str] = plain("Names of the fields that changed, as in the schema; of a new group those that it has.")


@row_type(updates.GroupMemberJoined, "Somebody takes part in the group from now on.")
class GroupMemberJoined:
    member: Member = plain("Who joined.")
    role: GroupRole = plain("As what.")


@row_type(updates.GroupMemberLeft, "Somebody doesn't take part in the group any more.")
class GroupMemberLeft:
    @computed("The id of the member, also where it is gone.")
    def member_id(self: Any) -> strawberry.ID:
        return strawberry.ID(global_id("Member", self.member_key))

    member: Member | None = plain("Who left. Null where the member has gone altogether or the viewer may not see them.")


@row_type(updates.GroupRoleChanged, "Somebody has another role in the group.")
class GroupRoleChanged:
    member: Member = plain("Who.")
    role: GroupRole = plain("The role that they got.")


@row_type(updates.GroupPostPublished, "The group has news.")
class GroupPostPublished:
    post: GroupPost = plain("The news.")


@row_type(updates.GroupPostChanged, "News has changed, such as its text, or for whom it is.")
class GroupPostChanged:
    post: GroupPost = plain("The news as it is now.")


@row_type(updates.GroupPostRemoved, "News is gone from sight: hidden, deleted, or for the group alone from now on.")
class GroupPostRemoved:
    @computed("The id of the post that is gone.")
    def post_id(self: Any) -> strawberry.ID:
        return strawberry.ID(global_id("GroupPost", self.post_key))


@row_type(updates.GroupRemoved, "The group is gone from the viewer's sight, such as hidden.")
class GroupRemoved:
    @computed("The id of the group that is gone.")
    def group_id(self: Any) -> strawberry.ID:
        return strawberry.ID(global_id("Group", self.group_key))


@row_type(updates.GroupEventScheduled, "An event of the group was published.")
class GroupEventScheduled:
    event: Event = plain("The event.")


@row_type(updates.GroupOfferPublished, "An entry of the group came onto the board.")
class GroupOfferPublished:
    offer: Offer = plain("The entry.")


GroupChange = Annotated[
    GroupDetailsChanged
    | GroupMemberJoined
    | GroupMemberLeft
    | GroupRoleChanged
    | GroupPostPublished
    | GroupPostChanged
    | GroupPostRemoved
    | GroupRemoved
    | GroupEventScheduled
    | GroupOfferPublished,
    strawberry.union(
        "GroupChange",
        description="What happened in a group. Grows: a client needs a branch for what it doesn't know.",
    ),
]


@row_type(updates.GroupUpdated, "Something happened to a group or in it.")
class GroupUpdated(LiveUpdate):
    @computed("The group's id, also where it is gone.")
    def group_id(self: Any) -> strawberry.ID:
        return strawberry.ID(global_id("Group", self.group_key))

    group: Group | None = plain("The group. Null where the viewer may no longer see it.")
    change: GroupChange = plain("What happened.")


# ---------------------------------------------------------------- the office


@row_type(updates.OfficeQueue, "How much waits for the coordination office.")
class OfficeQueue(LiveUpdate):
    applications: int = plain("Members that have applied.")
    reviews: int = plain("Entries that wait for review.")
    open_reports: int = plain("Reports that aren't decided.")
    stale_offers: int = plain("Entries on the board that nobody has changed for long.")


# ---------------------------------------------------------------- the live list


@row_type(
    updates.OfferEntered,
    "Insert it: it is new on the board or in the filter, or moved up because another one left.",
)
class OfferEntered:
    index: int = plain("Where it stands after this step, from 0.")
    offer: Offer = plain("The entry.")


@row_type(
    updates.OfferRefreshed,
    "It is in the list already: take it out and insert it at `index`, the same place or another.",
)
class OfferRefreshed:
    index: int = plain("Where it stands after this step, from 0.")
    offer: Offer = plain("The entry as it is now.")


@row_type(
    updates.OfferLeft,
    "Take it out: it left the filter, the viewer's sight, or the first `first`.",
)
class OfferLeft:
    @computed("The id of the entry that left.")
    def offer_id(self: Any) -> strawberry.ID:
        return strawberry.ID(global_id("Offer", self.offer_key))


OfferListStep = Annotated[
    OfferEntered | OfferRefreshed | OfferLeft,
    strawberry.union("OfferListStep", description="One step from the list as it was to the list as it is."),
]


@row_type(updates.OffersSnapshot, "The whole list as it is now: it replaces whatever was there.")
class OffersSnapshot(LiveUpdate):
    offers: list[Offer] = plain("At most `first`, in order.")
    total_count: int = plain("Of all that pass the filter, those beyond `first` included.")


@row_type(updates.OffersPatch, "One or more changes, to be applied as a whole.")
class OffersPatch(LiveUpdate):
    steps: list[OfferListStep] = plain(
        "In the order in which to do them; the list never grows beyond `first`. Empty where only the count changed.",
    )
    total_count: int = plain("Of all that pass the filter after this patch.")


LiveOffers = Annotated[
    OffersSnapshot | OffersPatch,
    strawberry.union("LiveOffers", description="What `liveOffers` sends: a snapshot first, then patches."),
]


# ---------------------------------------------------------------- the root

_AFTER: dict[str, Any] = {
    "after": argument(
        str | None,
        "A live cursor: all since then, then what comes. Left out: what comes from now on. One that is too old, or of "
        "a time that the network has forgotten, is answered with CURSOR_EXPIRED: read afresh.",
    )
}
_FILTER: dict[str, Any] = {"filter": argument(OfferFilter | None, "Which entries; left out: all on the board.")}


@strawberry.type(
    description="What just changed, as it happens. `after`: all since that cursor, then what comes; without it, what "
    "comes from now on. A subscription to one object is refused with NOT_FOUND where the viewer may not see it, and "
    "completes after the last update when it is gone from their sight. Rights count as of sending. Where a "
    "subscription ends that is not over, because the session has ended or the server stops, its connection ends: "
    "connect again and resume."
)
class Subscription:
    offer_published: AsyncGenerator[OfferPublished, None] = subscription(
        live.offer_published,
        "Each offer as it becomes visible on the board and passes the filter.",
        arguments={**_FILTER, **_AFTER},
    )
    offer_changed: AsyncGenerator[OfferChanged, None] = subscription(
        live.offer_changed,
        "Every change of one offer, its end included.",
        arguments={"id": required(strawberry.ID, "The offer."), **_AFTER},
        id="Offer",
    )
    group_updated: AsyncGenerator[GroupUpdated, None] = subscription(
        live.group_updated,
        "Every change of one group, or, without an id, of all the groups that the viewer may see.",
        arguments={"id": argument(strawberry.ID | None, "The group; left out: all."), **_AFTER},
        id="Group",
    )
    event_changed: AsyncGenerator[EventChanged, None] = subscription(
        live.event_changed,
        "Every change of one event, or of all the viewer may see: new, changed, cancelled, seats taken and freed.",
        arguments={"id": argument(strawberry.ID | None, "The event; left out: all."), **_AFTER},
        id="Event",
    )
    match_found: AsyncGenerator[MatchFound, None] = subscription(
        live.match_found,
        "Each entry that fits one of the viewer's side, whichever of the two came onto the board last: of a pair once. "
        "Within seconds, and of one entry the best twenty; `Offer.matches` has them all. Quiet about what was "
        "dismissed or answered. Guests are refused with UNAUTHENTICATED.",
        arguments=_AFTER,
    )
    saved_search_hit: AsyncGenerator[SavedSearchHit, None] = subscription(
        live.saved_search_hit,
        "Each offer as it becomes visible on the board and is found by a saved search of the viewer's: by this one, or "
        "by any, each offer once then. Completes when the one search is deleted. For accounts: guests are refused with "
        "UNAUTHENTICATED, keys with FORBIDDEN.",
        arguments={"id": argument(strawberry.ID | None, "The saved search, one's own; left out: all."), **_AFTER},
        id="SavedSearch",
    )
    live_offers: AsyncGenerator[LiveOffers, None] = subscription(
        live.live_offers,
        "A list that keeps itself true: an OffersSnapshot, then OffersPatches, which make of it what `offers` with the "
        "same filter, sort and first would answer. A further snapshot may come at any time, as to a reader that fell "
        "behind, and replaces everything. There is no `after`: who reconnects begins with a snapshot.",
        arguments={
            **_FILTER,
            "sort": defaulted(OfferSort, "In which order.", OfferSort.NEWEST),
            "first": defaulted(int, "How many entries the list holds at most, up to 100.", 50),
        },
        size=Size("first", default=50, most=100),
    )
    office_queue_changed: AsyncGenerator[OfficeQueue, None] = subscription(
        live.office_queue_changed,
        "For the coordination office: applications, reviews, reports as they come and go. Others are refused, guests "
        "with UNAUTHENTICATED.",
        arguments=_AFTER,
        price=FIGURES,
    )
    network_statistics: AsyncGenerator[NetworkStatistics, None] = subscription(
        live.network_statistics,
        "The network's figures at once, then whenever they change, at most once a second.",
        for_everyone=True,
        price=FIGURES,
    )
