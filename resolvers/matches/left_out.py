"""Which entries are no matches any more, to those whose entry it is: dismissed, or answered already."""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from tortoise.queryset import QuerySet

from auth.access.offers import is_of_own_side, sent_by_own_side
from auth.viewer import Viewer
from models import DismissedMatch, Offer, OfferResponse, ResponseStatus


async def left_out(viewer: Viewer, offers: Sequence[Offer], others: Mapping[int, int | None]) -> dict[int, set[int]]:
    """Of those of `offers` that are the viewer's own the keys of the `others` that are left out.

    `others` are keys of entries with those of their owners. What the viewer's side has dismissed; what it has answered;
    and whose owner has answered the viewer's own entry. What a response was withdrawn from is there again. No
    statement for who owns none of them.
    """
    own = [offer.id for offer in offers if is_of_own_side(viewer, offer)]
    if not own or not others:
        return {}
    answered = await answered_by(viewer, others)
    to_own = await _answers(OfferResponse.filter(offer_id__in=own))
    found = {key: set(answered) for key in own}
    for key, member_id in to_own:
        found[key].update(other for other, owner_id in others.items() if owner_id is not None and owner_id == member_id)
    for key, other in await _dismissed(own):
        found[key].add(other)
    return found


async def answered_by(viewer: Viewer, offers: Iterable[int]) -> set[int]:
    """Those of these entries that the viewer's side has answered, unless it took that back."""
    keys = list(offers)
    if not keys:
        return set()
    sent = OfferResponse.filter(sent_by_own_side(viewer), offer_id__in=keys)
    return {key for key, _member_id in await _answers(sent)}


async def _answers(responses: QuerySet[OfferResponse]) -> Iterable[tuple[int, int | None]]:
    """The entry and the sender of each response that stands."""
    standing = responses.filter(status__not=ResponseStatus.WITHDRAWN)
    return cast("Iterable[tuple[int, int | None]]", await standing.values_list("offer_id", "member_id"))


async def _dismissed(own: Sequence[int]) -> Iterable[tuple[int, int]]:
    found = DismissedMatch.filter(own_id__in=list(own))
    return cast("Iterable[tuple[int, int]]", await found.values_list("own_id", "match_id"))
