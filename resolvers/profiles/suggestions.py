"""Entries that fit a profile: what is sought on the board, by what somebody would like to do.

Each of these adds its weight: SHARED_TOPIC 0.45, as far as the entry's topics are the profile's; SAME_CATEGORY 0.25;
SAME_DISTRICT 0.15; OVERLAPPING_TIME 0.10; SHARED_LANGUAGE 0.05, one that not everybody speaks. A topic or the category
has to be the profile's. 0.10 less where the entry takes more hours a week, or no time suits. Below 0.3 nothing fits.
"""

from collections.abc import Sequence
from typing import Any

from tortoise.expressions import Q, Subquery

from auth.access.offers import is_of_side, on_the_board
from auth.viewer import Viewer
from models import InterestProfile, Offer, OfferDirection, OfferTopic
from models.sql.paging import PageArguments
from models.weekly_times import slots_of
from resolvers.context import Context
from resolvers.matches.compare import Fit, MatchReason
from resolvers.matches.left_out import answered_by
from resolvers.matches.pages import MatchPage, fill, page_of
from resolvers.matches.traits import COLUMNS, Traits, traits_of, without_town_language
from resolvers.profiles.read import profile_of

WEIGHTS = {
    MatchReason.SHARED_TOPIC: 0.45,
    MatchReason.SAME_CATEGORY: 0.25,
    MatchReason.SAME_DISTRICT: 0.15,
    MatchReason.OVERLAPPING_TIME: 0.10,
    MatchReason.SHARED_LANGUAGE: 0.05,
}
THRESHOLD, AGAINST = 0.3, 0.10
# So many of a profile's topics, and of its categories, are looked at, the newest.
NEWEST = 200


async def viewer_suggestions(
    ctx: Context, parents: Sequence[Viewer], columns: frozenset[str], page: PageArguments
) -> list[MatchPage]:
    """A page of what fits the profile of each one's account, best first; none where there is no profile.

    Neither the own side's entries nor what it has answered. Raises `BadPage`.
    """
    assert page.size >= 0
    pages = []
    for parent in parents:
        profile = await profile_of(parent)
        found = await _suggested(parent, profile) if profile is not None else []
        pages.append(page_of(found, page, "suggestions", parent.caller))
    if columns & {"edges", "nodes"}:
        await fill(pages)
    return pages


async def _suggested(viewer: Viewer, profile: InterestProfile) -> list[tuple[int, Fit]]:
    rows: dict[int, dict[str, Any]] = {}
    about = OfferTopic.filter(topic_id__in=list(profile.topics)).values("offer_id")
    for wanted, which in ((profile.topics, Q(id__in=Subquery(about))), (profile.categories, _of(profile))):
        if wanted:
            found = Offer.filter(which, on_the_board(), direction=OfferDirection.SEEK).order_by("-newest_at", "-id")
            rows |= {row["id"]: row for row in await found.limit(NEWEST).values(*COLUMNS, "hours_per_week")}
    foreign = {key: row for key, row in rows.items() if not is_of_side(viewer, row["owner_id"])}
    answered = await answered_by(viewer, list(foreign))
    offers = [row for key, row in foreign.items() if key not in answered]
    fits = [
        (one.id, suits(profile, one, row["hours_per_week"]))
        for row, one in zip(offers, await traits_of(offers), strict=True)
    ]
    return [(key, fit) for key, fit in fits if fit is not None]


def _of(profile: InterestProfile) -> Q:
    return Q(category__in=list(profile.categories))


def suits(profile: InterestProfile, one: Traits, hours: object = None) -> Fit | None:
    """How well an entry, which takes so many hours a week, fits a profile; None where it doesn't."""
    shared = len(one.topics.intersection(profile.topics))
    slots = slots_of(profile.times) if profile.times and one.slots is not None else None
    parts = {
        MatchReason.SHARED_TOPIC: shared / len(one.topics) if shared else 0.0,
        MatchReason.SAME_CATEGORY: float(one.category.value in profile.categories),
        MatchReason.SAME_DISTRICT: float(not one.districts.isdisjoint(profile.districts)),
        MatchReason.OVERLAPPING_TIME: float(slots is not None and bool(slots & (one.slots or 0))),
        MatchReason.SHARED_LANGUAGE: float(bool(one.languages & without_town_language(profile.languages))),
    }
    if not (shared or parts[MatchReason.SAME_CATEGORY]):
        return None
    never = slots is not None and not parts[MatchReason.OVERLAPPING_TIME]
    too_long = isinstance(hours, float) and profile.hours_per_week is not None and hours > profile.hours_per_week
    score = sum(WEIGHTS[reason] * part for reason, part in parts.items()) - AGAINST * (never + too_long)
    if score < THRESHOLD:
        return None
    return Fit(round(score, 4), tuple(reason for reason, part in parts.items() if part))
