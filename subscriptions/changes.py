"""What goes through the live pipe: changes, in the past tense, with ids and few facts, never a whole row."""

from abc import abstractmethod
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, ClassVar

from auth.refusals import KeyOver, SessionOver, Unauthenticated
from auth.viewer import credential_of_key


class Noun(StrEnum):
    """What answers are made of: rows that guests may see, with what belongs to each, such as its topics.

    TOWN is all topics and districts together: the office changes one a month.
    """

    MEMBER = "member"
    GROUP = "group"
    MEMBERSHIP = "membership"
    POST = "post"
    EVENT = "event"
    OFFER = "offer"
    TOWN = "town"


@dataclass(frozen=True)
class Change:
    """Something that happened. The name of its class is its kind in the outbox.

    Each kind says which nouns it `touches`: whatever of these was shown to a guest before it may be otherwise now.
    """

    kinds: ClassVar[dict[str, type["Change"]]] = {}
    touches: ClassVar[frozenset[Noun]]
    # Whether it may change what somebody sees or does, besides what it is about.
    touches_rights: ClassVar[bool] = True
    # Whether what was shown before must not be kept anywhere, not even as something stale.
    erases: ClassVar[bool] = False

    def __init_subclass__(cls, *, touches: Collection[Noun]) -> None:
        Change.kinds[cls.__name__] = cls
        cls.touches = frozenset(touches)

    @property
    def kind(self) -> str:
        """The name under which it is stored."""
        return type(self).__name__

    def facts(self) -> dict[str, Any]:
        """What is stored of it, as JSON."""
        return dict(vars(self))


@dataclass(frozen=True)
class LoggedChange:
    """A numbered change: what subscribers are given. `seq` is 1, 2, 3 ... in the order of commit, within `epoch`.

    `mark` tells it from any other change of that number, `previous` is the mark of the one before: two histories can't
    be joined. Each is None where it isn't known.
    """

    epoch: int
    seq: int
    change: Change
    occurred_at: datetime
    mark: int | None = None
    previous: int | None = None


def read_change(kind: str, facts: dict[str, Any]) -> Change:
    """The change that was stored as `kind` with `facts`; one that a newer version wrote becomes `UnknownChange`."""
    known = Change.kinds.get(kind)
    if known is None or facts.keys() != _facts_of(kind):
        return UnknownChange(kind, facts)
    return known(**facts)


@cache
def _facts_of(kind: str) -> set[str]:
    return {one.name for one in fields(Change.kinds[kind])}


@dataclass(frozen=True)
class UnknownChange(Change, touches=frozenset(Noun)):
    """A change of a kind that this version doesn't know, as written by a newer one.

    To subscribers it only moves the cursor; to what is remembered it may have changed anything.
    """

    name: str
    details: dict[str, Any]

    @property
    def kind(self) -> str:
        """The name under which it was stored."""
        return self.name

    def facts(self) -> dict[str, Any]:
        """What was stored of it."""
        return self.details


# ---------------------------------------------------------------- the network


@dataclass(frozen=True)
class DemonstrationLoaded(Change, touches=frozenset(Noun)):
    """The demonstration was loaded into the empty network, at once and untold in detail: nobody had seen any of it."""


_FOUND_BY_THE_TOWN_S_WORDS = (Noun.TOWN, Noun.MEMBER, Noun.GROUP, Noun.POST, Noun.EVENT, Noun.OFFER)


@dataclass(frozen=True)
class TownChange(Change, touches=_FOUND_BY_THE_TOWN_S_WORDS):
    """The office changed the town's own words: whatever shows, or is found by, one of them may be otherwise now."""

    touches_rights = False


@dataclass(frozen=True)
class TopicSaved(TownChange, touches=_FOUND_BY_THE_TOWN_S_WORDS):
    """A field of engagement is new, or called otherwise, or found by other words."""

    topic_id: int


@dataclass(frozen=True)
class DistrictSaved(TownChange, touches=_FOUND_BY_THE_TOWN_S_WORDS):
    """A part of the town is new, or called otherwise, or lies elsewhere."""

    district_id: int


@dataclass(frozen=True)
class SynonymsChanged(TownChange, touches=_FOUND_BY_THE_TOWN_S_WORDS):
    """The office said otherwise which words mean the same to a search."""

    synonyms_id: int


@dataclass(frozen=True)
class SearchIndexed(TownChange, touches=_FOUND_BY_THE_TOWN_S_WORDS):
    """Rows were indexed by the job, or because they show the name of another: a text may find other rows now."""


# ---------------------------------------------------------------- members and rights


@dataclass(frozen=True)
class MemberChanged(Change, touches={Noun.MEMBER}):
    """A member's fields or status changed, so perhaps what others may see, and the network's figures."""

    member_id: int


@dataclass(frozen=True)
class MemberErased(MemberChanged, touches=frozenset(Noun)):
    """Nothing that is stored names the member any more: whatever showed it is otherwise now."""

    erases = True


@dataclass(frozen=True)
class CredentialEnded(Change, touches=()):
    """That by which somebody asks is over: their sockets stop, by this refusal."""

    refusal: ClassVar[type[Unauthenticated]] = Unauthenticated

    @property
    @abstractmethod
    def credential(self) -> str:
        """Which one, as `Viewer.credential` names it."""


@dataclass(frozen=True)
class SessionEnded(CredentialEnded, touches=()):
    """Somebody signed out, or was."""

    refusal = SessionOver
    session_id: str

    @property
    def credential(self) -> str:
        """The session."""
        return self.session_id


@dataclass(frozen=True)
class KeyRevoked(CredentialEnded, touches=()):
    """The office revoked a partner's key."""

    refusal = KeyOver
    key_id: int

    @property
    def credential(self) -> str:
        """The key."""
        return credential_of_key(self.key_id)


@dataclass(frozen=True)
class SavedSearchesChanged(Change, touches=()):
    """An account has other saved searches than before, or has looked at one: of concern to itself alone."""

    touches_rights = False
    account_id: int


@dataclass(frozen=True)
class ReportChange(Change, touches=()):
    """Something happened in the office's queue of reports."""

    touches_rights = False
    report_id: int


@dataclass(frozen=True)
class ReportFiled(ReportChange, touches=()):
    """Somebody reported something."""


@dataclass(frozen=True)
class ReportDecided(ReportChange, touches=()):
    """The office decided a report."""


# ---------------------------------------------------------------- groups


@dataclass(frozen=True)
class GroupChange(Change, touches={Noun.GROUP}):
    """Something happened to or in a group."""

    group_id: int


@dataclass(frozen=True)
class GroupCreated(GroupChange, touches={Noun.GROUP}):
    """There is a new group."""


@dataclass(frozen=True)
class GroupDetailsChanged(GroupChange, touches={Noun.GROUP}):
    """Fields of the group changed; `fields` are their names in the schema."""

    fields: list[str]


@dataclass(frozen=True)
class GroupMemberJoined(GroupChange, touches={Noun.MEMBERSHIP, Noun.GROUP}):
    """A membership became ACTIVE. The group was active just now, which lists of groups sort by."""

    member_id: int
    role: str


@dataclass(frozen=True)
class GroupMemberLeft(GroupChange, touches={Noun.MEMBERSHIP}):
    """An ACTIVE membership ended."""

    member_id: int


@dataclass(frozen=True)
class GroupRoleChanged(GroupChange, touches={Noun.MEMBERSHIP}):
    """An ACTIVE membership got another role."""

    member_id: int
    role: str


@dataclass(frozen=True)
class GroupPostPublished(GroupChange, touches={Noun.POST, Noun.GROUP}):
    """The group has news."""

    touches_rights = False
    post_id: int


@dataclass(frozen=True)
class GroupHidden(GroupChange, touches={Noun.GROUP, Noun.MEMBERSHIP}):
    """The office took the group out of sight."""

    touches_rights = False


@dataclass(frozen=True)
class GroupReturned(GroupChange, touches={Noun.GROUP, Noun.MEMBERSHIP}):
    """The group is in sight again."""

    touches_rights = False


@dataclass(frozen=True)
class GroupPostChange(GroupChange, touches={Noun.POST}):
    """Something happened to news of the group that everybody knows."""

    touches_rights = False
    post_id: int


@dataclass(frozen=True)
class GroupPostWithheld(GroupPostChange, touches={Noun.POST}):
    """Out of sight: hidden, or with its author or its group."""


@dataclass(frozen=True)
class GroupPostUpdated(GroupPostChange, touches={Noun.POST}):
    """Its fields changed."""


@dataclass(frozen=True)
class GroupPostNarrowed(GroupPostChange, touches={Noun.POST}):
    """Its fields changed, and it was for everyone: from now on it is for the group."""


@dataclass(frozen=True)
class GroupPostDeleted(GroupPostChange, touches={Noun.POST}):
    """There is no such post any more; whom it was for."""

    erases = True
    audience: str


@dataclass(frozen=True)
class GroupPostReturned(GroupPostChange, touches={Noun.POST}):
    """In sight again."""


@dataclass(frozen=True)
class GroupEventScheduled(GroupChange, touches={Noun.EVENT, Noun.GROUP}):
    """An event of the group was published."""

    touches_rights = False
    event_id: int


@dataclass(frozen=True)
class GroupOfferPublished(GroupChange, touches={Noun.OFFER}):
    """An entry of the group came onto the board."""

    touches_rights = False
    offer_id: int


# ---------------------------------------------------------------- events


@dataclass(frozen=True)
class EventChange(Change, touches={Noun.EVENT}):
    """Something happened to an event."""

    touches_rights = False
    event_id: int


@dataclass(frozen=True)
class EventPublished(EventChange, touches={Noun.EVENT}):
    """The event can be seen by everyone."""


@dataclass(frozen=True)
class EventUpdated(EventChange, touches={Noun.EVENT}):
    """Fields of a published event changed."""


@dataclass(frozen=True)
class EventCancelled(EventChange, touches={Noun.EVENT}):
    """The event does not take place."""


@dataclass(frozen=True)
class EventWithheld(EventChange, touches={Noun.EVENT}):
    """Out of sight: hidden, or with its host or the event around it."""


@dataclass(frozen=True)
class EventDeleted(EventChange, touches={Noun.EVENT}):
    """There is no such draft any more, which was never published."""


@dataclass(frozen=True)
class EventReturned(EventChange, touches={Noun.EVENT}):
    """In sight again."""


@dataclass(frozen=True)
class EventSeatsChanged(EventChange, touches={Noun.EVENT}):
    """Seats were taken or freed, or the waiting list changed."""


# ---------------------------------------------------------------- offers


@dataclass(frozen=True)
class OfferChange(Change, touches={Noun.OFFER}):
    """Something happened to an entry of the board."""

    touches_rights = False
    offer_id: int


@dataclass(frozen=True)
class OfferDrafted(OfferChange, touches={Noun.OFFER}):
    """There is a new draft, which its owner's side and the office see."""


@dataclass(frozen=True)
class OfferDeleted(OfferChange, touches={Noun.OFFER}):
    """There is no such draft any more, which was never published."""


@dataclass(frozen=True)
class OfferSubmitted(OfferChange, touches={Noun.OFFER}):
    """Went to the coordination office for review."""


@dataclass(frozen=True)
class OfferSentBack(OfferChange, touches={Noun.OFFER}):
    """The office sent it back as a draft."""


@dataclass(frozen=True)
class OfferPublished(OfferChange, touches={Noun.OFFER}):
    """Onto the board, for the first time or again."""


@dataclass(frozen=True)
class OfferWithheld(OfferChange, touches={Noun.OFFER}):
    """Out of sight, whatever its state: hidden, or while its owner isn't ACTIVE, or is hidden."""


@dataclass(frozen=True)
class OfferReturned(OfferChange, touches={Noun.OFFER}):
    """Onto the board again: it is in sight again, and PUBLISHED."""


@dataclass(frozen=True)
class OfferUpdated(OfferChange, touches={Noun.OFFER}):
    """Its fields changed."""


@dataclass(frozen=True)
class OfferPaused(OfferChange, touches={Noun.OFFER}):
    """Off the board for a while."""


@dataclass(frozen=True)
class OfferFulfilled(OfferChange, touches={Noun.OFFER}):
    """Found what it looked for, or gave what it had."""


@dataclass(frozen=True)
class OfferExpired(OfferChange, touches={Noun.OFFER}):
    """Its time is over."""


@dataclass(frozen=True)
class MatchFound(Change, touches=()):
    """Two entries on the board fit each other, and nobody was told of it before: of concern to their owners' sides."""

    touches_rights = False
    seek_id: int
    provide_id: int
    # Who is concerned; None where the owner has gone.
    seek_owner_id: int | None
    provide_owner_id: int | None


@dataclass(frozen=True)
class OfferWithdrawn(OfferChange, touches={Noun.OFFER}):
    """Taken back by its owner's side."""
