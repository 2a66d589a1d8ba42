"""What subscriptions send, as rows for the schema."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from models import Event, Group, GroupPost, GroupRole, Member, Offer, SavedSearch
from resolvers.matches import MatchReason


class OfferChangeKind(StrEnum):
    SUBMITTED = "SUBMITTED"
    SENT_BACK = "SENT_BACK"
    PUBLISHED = "PUBLISHED"
    UPDATED = "UPDATED"
    PAUSED = "PAUSED"
    FULFILLED = "FULFILLED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"
    WITHHELD = "WITHHELD"
    REMOVED = "REMOVED"


class EventChangeKind(StrEnum):
    PUBLISHED = "PUBLISHED"
    UPDATED = "UPDATED"
    CANCELLED = "CANCELLED"
    SEATS_CHANGED = "SEATS_CHANGED"
    REMOVED = "REMOVED"


@dataclass(frozen=True)
class Update:
    """One update: its cursor, and when what it tells of happened."""

    cursor: str
    occurred_at: datetime


@dataclass(frozen=True)
class OfferPublished(Update):
    """An entry came onto the board."""

    offer: Offer


@dataclass(frozen=True)
class MatchFound(Update):
    """An entry fits one of the viewer's own."""

    own: Offer
    match: Offer
    score: float
    reasons: Sequence[MatchReason]


@dataclass(frozen=True)
class SavedSearchHit(Update):
    """An entry came onto the board that a saved search finds."""

    saved_search: SavedSearch
    offer: Offer


@dataclass(frozen=True)
class OfferChanged(Update):
    """Something happened to an entry; None where it is gone from the viewer's sight."""

    change: OfferChangeKind
    offer_key: int
    offer: Offer | None


@dataclass(frozen=True)
class EventChanged(Update):
    """Something happened to an event; None where it is gone from the viewer's sight."""

    change: EventChangeKind
    event_key: int
    event: Event | None


# ---------------------------------------------------------------- groups


@dataclass(frozen=True)
class GroupDetailsChanged:
    """Fields of the group changed."""

    fields: Sequence[str]


@dataclass(frozen=True)
class GroupMemberJoined:
    """Somebody takes part."""

    member: Member
    role: GroupRole


@dataclass(frozen=True)
class GroupMemberLeft:
    """Somebody doesn't take part any more."""

    member_key: int
    member: Member | None


@dataclass(frozen=True)
class GroupRoleChanged:
    """Somebody has another role."""

    member: Member
    role: GroupRole


@dataclass(frozen=True)
class GroupPostPublished:
    """The group has news."""

    post: GroupPost


@dataclass(frozen=True)
class GroupPostChanged:
    """News has changed."""

    post: GroupPost


@dataclass(frozen=True)
class GroupPostRemoved:
    """News is gone from sight."""

    post_key: int


@dataclass(frozen=True)
class GroupRemoved:
    """The group is gone from sight."""

    group_key: int


@dataclass(frozen=True)
class GroupEventScheduled:
    """The group has a new event."""

    event: Event


@dataclass(frozen=True)
class GroupOfferPublished:
    """The group has a new entry on the board."""

    offer: Offer


GroupChange = (
    GroupDetailsChanged
    | GroupMemberJoined
    | GroupMemberLeft
    | GroupRoleChanged
    | GroupPostPublished
    | GroupPostChanged
    | GroupPostRemoved
    | GroupRemoved
    | GroupEventScheduled
    | GroupOfferPublished
)


@dataclass(frozen=True)
class GroupUpdated(Update):
    """Something happened to a group or in it."""

    group_key: int
    group: Group | None
    change: GroupChange


# ---------------------------------------------------------------- the office


@dataclass(frozen=True)
class OfficeQueue(Update):
    """How much waits for the office."""

    applications: int
    reviews: int
    open_reports: int
    stale_offers: int


# ---------------------------------------------------------------- the live list


@dataclass(frozen=True)
class OfferEntered:
    """Insert it at `index`."""

    index: int
    offer: Offer


@dataclass(frozen=True)
class OfferRefreshed:
    """Take it out and insert it at `index`."""

    index: int
    offer: Offer


@dataclass(frozen=True)
class OfferLeft:
    """Take it out."""

    offer_key: int


OfferListStep = OfferEntered | OfferRefreshed | OfferLeft


@dataclass(frozen=True)
class OffersSnapshot(Update):
    """The whole list."""

    offers: Sequence[Offer]
    total_count: int


@dataclass(frozen=True)
class OffersPatch(Update):
    """What makes the present list of the one before."""

    steps: Sequence[OfferListStep]
    total_count: int
