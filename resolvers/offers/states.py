"""The states of an entry: what leads where, and what is told. Shared by code, tests and docs/offers.md.

Who may do it says `auth.access.offers.WHO_MAY`.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from auth.access.offers import OfferAction
from models import Offer, OfferStatus, now
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from subscriptions.changes import (
    Change,
    GroupOfferPublished,
    OfferChange,
    OfferExpired,
    OfferFulfilled,
    OfferPaused,
    OfferPublished,
    OfferSentBack,
    OfferSubmitted,
    OfferUpdated,
    OfferWithdrawn,
)

TOWN = ZoneInfo("Europe/Berlin")

DRAFT, IN_REVIEW, PUBLISHED, PAUSED, FULFILLED, EXPIRED, WITHDRAWN = OfferStatus


@dataclass(frozen=True)
class Move:
    """One action: the states it is possible in, the state it leads to (None: it stays), what is told."""

    sources: tuple[OfferStatus, ...]
    target: OfferStatus | None
    told: type[OfferChange]


_UNFINISHED = (DRAFT, IN_REVIEW, PUBLISHED, PAUSED, EXPIRED)

MOVES: dict[OfferAction, Move] = {
    OfferAction.SUBMIT: Move((DRAFT,), IN_REVIEW, OfferSubmitted),
    OfferAction.PUBLISH: Move((DRAFT, PAUSED, EXPIRED), PUBLISHED, OfferPublished),
    OfferAction.ACCEPT: Move((IN_REVIEW,), PUBLISHED, OfferPublished),
    OfferAction.SEND_BACK: Move((IN_REVIEW,), DRAFT, OfferSentBack),
    OfferAction.PAUSE: Move((PUBLISHED,), PAUSED, OfferPaused),
    OfferAction.FULFIL: Move((PUBLISHED, PAUSED), FULFILLED, OfferFulfilled),
    OfferAction.WITHDRAW: Move(_UNFINISHED, WITHDRAWN, OfferWithdrawn),
    OfferAction.EXPIRE: Move((PUBLISHED,), EXPIRED, OfferExpired),
    OfferAction.UPDATE: Move(_UNFINISHED, None, OfferUpdated),
}


def must_be_possible(offer: Offer, action: OfferAction) -> None:
    """Raises `UserErrors` (WRONG_STATE) where the entry's state doesn't allow the action."""
    if offer.status not in MOVES[action].sources:
        raise refuse((), UserErrorCode.WRONG_STATE, _("The present state doesn't allow this."))


def move(offer: Offer, action: OfferAction, lifetime: timedelta, day_at: tuple[str, ...] = ()) -> None:
    """Bring the row into the state that the action leads to; the caller saves it and tells `changes_of` it.

    Raises `UserErrors`: WRONG_STATE; OUT_OF_RANGE at `day_at` where an entry is to go onto the board, or to review,
    that is available no more.
    """
    must_be_possible(offer, action)
    target = MOVES[action].target
    instant = now()
    if target in (IN_REVIEW, PUBLISHED):
        begins, end = _span(offer, instant, lifetime)
        if end <= instant:
            text = _("Its last day is over. Please give a later one.")
            raise refuse(day_at, UserErrorCode.OUT_OF_RANGE, text)
        offer.status_reason = None
        if target is PUBLISHED:
            offer.published_at = offer.newest_at = begins
            offer.expires_at = end
    if target is not None:
        offer.status = target


def _span(offer: Offer, instant: datetime, lifetime: timedelta) -> tuple[datetime, datetime]:
    """From when to when it is to stand on the board: from now on, unless it goes on after a pause.

    Pausing is no way to the top, and gains no time. What would be over by now is renewed, as what has expired is.
    """
    if offer.status is PAUSED and offer.published_at is not None:
        end = end_of(offer.published_at, offer.available_until, lifetime)
        if end > instant:
            return offer.published_at, end
    return instant, end_of(instant, offer.available_until, lifetime)


def changes_of(offer: Offer, action: OfferAction) -> list[Change]:
    """What is told of the action, once the row is saved: of an entry of a group that came onto the board, both."""
    told: list[Change] = [MOVES[action].told(offer.id)]
    if MOVES[action].target is PUBLISHED and offer.group_id is not None:
        told.append(GroupOfferPublished(offer.group_id, offer.id))
    return told


def end_of(published_at: datetime, available_until: date | None, lifetime: timedelta) -> datetime:
    """When an entry expires: `lifetime` after publication, or when its last day ends in the town, if that is sooner."""
    latest = published_at + lifetime
    if available_until is None or available_until > latest.date():
        return latest
    midnight = datetime.combine(available_until + timedelta(days=1), time(), TOWN)
    return min(latest, midnight.astimezone(UTC))
