"""From one list to the next: the steps that a client does."""

from bisect import bisect_left
from collections.abc import Collection, Sequence

from models import Offer
from resolvers.live.updates import OfferEntered, OfferLeft, OfferListStep, OfferRefreshed


def steps(before: Sequence[int], after: Sequence[Offer], refreshed: Collection[int]) -> list[OfferListStep]:
    """What makes `after` of the entries with the keys `before`, to be done in order.

    Those of `refreshed` that stay are sent anew; of the others only those that another place takes. What leaves goes
    first, so that the list never grows beyond what it is before or after.
    """
    wanted = {offer.id for offer in after}
    done: list[OfferListStep] = [OfferLeft(key) for key in before if key not in wanted]
    present = [key for key in before if key in wanted]
    there = set(present)
    in_place = _longest_in_order(present, [offer.id for offer in after])
    previous: int | None = None
    for offer in after:
        if offer.id not in there:
            index = _behind(present, previous)
            present.insert(index, offer.id)
            done.append(OfferEntered(index, offer))
        elif offer.id not in in_place:
            present.remove(offer.id)
            index = _behind(present, previous)
            present.insert(index, offer.id)
            done.append(OfferRefreshed(index, offer))
        elif offer.id in refreshed:
            done.append(OfferRefreshed(present.index(offer.id), offer))
        previous = offer.id
    return done


def _behind(present: list[int], previous: int | None) -> int:
    return 0 if previous is None else present.index(previous) + 1


def _longest_in_order(present: Sequence[int], order: Sequence[int]) -> set[int]:
    """The most of `present` that already stand in `order` among each other (longest increasing subsequence)."""
    place = {key: number for number, key in enumerate(order)}
    ends: list[int] = []  # places: the lowest end of a subsequence of each length
    before: dict[int, int | None] = {}
    for key in present:
        length = bisect_left(ends, place[key])
        before[place[key]] = ends[length - 1] if length else None
        ends[length:] = [place[key], *ends[length + 1 :]]
    found: set[int] = set()
    at = ends[-1] if ends else None
    while at is not None:
        found.add(order[at])
        at = before[at]
    return found
