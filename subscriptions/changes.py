"""What goes through the live pipe: changes, in the past tense, with ids and few facts, never a whole row."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar


@dataclass(frozen=True)
class Change:
    """Something that happened. The name of its class is its kind in the outbox."""

    kinds: ClassVar[dict[str, type["Change"]]] = {}

    def __init_subclass__(cls) -> None:
        Change.kinds[cls.__name__] = cls

    @property
    def kind(self) -> str:
        """The name under which it is stored."""
        return type(self).__name__

    def facts(self) -> dict[str, Any]:
        """What is stored of it, as JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Told:
    """A numbered change: what subscribers are given. `seq` is 1, 2, 3 ... in the order of commit, within `epoch`."""

    epoch: int
    seq: int
    change: Change
    occurred_at: datetime


def read_change(kind: str, facts: dict[str, Any]) -> Change:
    """The change that was stored as `kind` with `facts`; one that a newer version wrote becomes `UnknownChange`."""
    known = Change.kinds.get(kind)
    if known is None or set(facts) != {one.name for one in fields(known)}:
        return UnknownChange(kind, facts)
    return known(**facts)


@dataclass(frozen=True)
class UnknownChange(Change):
    """A change of a kind that this version doesn't know, as written by a newer one: it only moves the cursor."""

    name: str
    details: dict[str, Any]

    @property
    def kind(self) -> str:
        """The name under which it was stored."""
        return self.name

    def facts(self) -> dict[str, Any]:
        """What was stored of it."""
        return self.details


# ---------------------------------------------------------------- members and rights


@dataclass(frozen=True)
class MemberChanged(Change):
    """A member's fields or status changed, so perhaps what others may see, and the network's figures."""

    member_id: int


@dataclass(frozen=True)
class SessionEnded(Change):
    """Somebody signed out, or was: their sockets stop."""

    session_id: str


# ---------------------------------------------------------------- groups


@dataclass(frozen=True)
class GroupChange(Change):
    """Something happened to or in a group."""

    group_id: int


@dataclass(frozen=True)
class GroupCreated(GroupChange):
    """There is a new group."""


@dataclass(frozen=True)
class GroupDetailsChanged(GroupChange):
    """Fields of the group changed; `fields` are their names in the schema."""

    fields: list[str]


@dataclass(frozen=True)
class GroupMemberJoined(GroupChange):
    """A membership became ACTIVE."""

    member_id: int
    role: str


@dataclass(frozen=True)
class GroupMemberLeft(GroupChange):
    """An ACTIVE membership ended."""

    member_id: int


@dataclass(frozen=True)
class GroupRoleChanged(GroupChange):
    """An ACTIVE membership got another role."""

    member_id: int
    role: str


@dataclass(frozen=True)
class GroupPostPublished(GroupChange):
    """The group has news."""

    post_id: int


@dataclass(frozen=True)
class GroupEventScheduled(GroupChange):
    """An event of the group was published."""

    event_id: int


@dataclass(frozen=True)
class GroupOfferPublished(GroupChange):
    """An entry of the group came onto the board."""

    offer_id: int


# ---------------------------------------------------------------- events


@dataclass(frozen=True)
class EventChange(Change):
    """Something happened to an event."""

    event_id: int


@dataclass(frozen=True)
class EventPublished(EventChange):
    """The event can be seen by everyone."""


@dataclass(frozen=True)
class EventUpdated(EventChange):
    """Fields of a published event changed."""


@dataclass(frozen=True)
class EventCancelled(EventChange):
    """The event does not take place."""


@dataclass(frozen=True)
class EventSeatsChanged(EventChange):
    """Seats were taken or freed, or the waiting list changed."""


# ---------------------------------------------------------------- offers


@dataclass(frozen=True)
class OfferChange(Change):
    """Something happened to an entry of the board."""

    offer_id: int


@dataclass(frozen=True)
class OfferDrafted(OfferChange):
    """There is a new draft, which its owner's side and the office see."""


@dataclass(frozen=True)
class OfferSubmitted(OfferChange):
    """Went to the coordination office for review."""


@dataclass(frozen=True)
class OfferSentBack(OfferChange):
    """The office sent it back as a draft."""


@dataclass(frozen=True)
class OfferPublished(OfferChange):
    """Onto the board, for the first time or again."""


@dataclass(frozen=True)
class OfferUpdated(OfferChange):
    """Its fields changed."""


@dataclass(frozen=True)
class OfferPaused(OfferChange):
    """Off the board for a while."""


@dataclass(frozen=True)
class OfferFulfilled(OfferChange):
    """Found what it looked for, or gave what it had."""


@dataclass(frozen=True)
class OfferExpired(OfferChange):
    """Its time is over."""


@dataclass(frozen=True)
class OfferWithdrawn(OfferChange):
    """Taken back by its owner's side."""
