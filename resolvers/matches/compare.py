"""How well two entries of the board fit each other, and why.

**What excludes.** The same direction; the same owner; an age that who provides doesn't have; times of the year without
a day in common. Whatever else may differ.

**What ranks.** Each of these adds its weight times how far it holds; so a score lies between 0 and 1:

- SIMILAR_TEXT 0.40: what both say. A word in both titles is worth 4 points, in a title and a text 2, in both texts 1
  (3 at most together); 8 points are all there is. Below 3, or without a title, it is chance and not said.
- SHARED_TOPIC 0.20: in full where all topics of the one that has fewer are shared, else that share of it
- SAME_CATEGORY 0.15
- SAME_DISTRICT, NEARBY 0.10: the same part of the town, the entry's or its venue's; else, the nearer the venues are
- OVERLAPPING_TIME 0.06: both say when in a week, and some of it suits both; or both say of the year, and there is a
  day: half of that. Where both say when in a week and nothing suits both, it counts against them.
- what binds: 0.04 where both are for once, for a project or regular, or one is flexible; against them where they differ
- SHARED_LANGUAGE 0.05: one that not everybody speaks

What isn't said doesn't speak against a match: of topics, of which one of them names none, half counts.
Money is money: where both are about that, 0.05 more.
Of different categories of which one is a thing (room, material, money) the score is less by 0.25: the piano that is
given away is none for who looks for somebody to teach it.

**What is a match at all.** What both say must be alike. Where it isn't, they match only if category and topics are all
the same, and the part of the town too; or where money is looked for, and given, for the same topic. And below
`THRESHOLD` nothing is a match.

A score depends on the two entries alone: it doesn't move when others come.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import cos, hypot, radians

from models import OfferCategory, OfferDirection
from models.filters.near import KM_PER_DEGREE
from models.weekly_times import Commitment
from resolvers.matches.traits import TEXT, TITLE, Point, Traits


class MatchReason(StrEnum):
    SAME_CATEGORY = "SAME_CATEGORY"
    SHARED_TOPIC = "SHARED_TOPIC"
    SAME_DISTRICT = "SAME_DISTRICT"
    NEARBY = "NEARBY"
    OVERLAPPING_TIME = "OVERLAPPING_TIME"
    SIMILAR_TEXT = "SIMILAR_TEXT"
    SHARED_LANGUAGE = "SHARED_LANGUAGE"


# In the order in which reasons are told. Only one of the two of place counts.
WEIGHTS = {
    MatchReason.SIMILAR_TEXT: 0.40,
    MatchReason.SHARED_TOPIC: 0.20,
    MatchReason.SAME_CATEGORY: 0.15,
    MatchReason.SAME_DISTRICT: 0.10,
    MatchReason.NEARBY: 0.10,
    MatchReason.OVERLAPPING_TIME: 0.06,
    MatchReason.SHARED_LANGUAGE: 0.05,
}
COMMITMENT = 0.04
THRESHOLD = 0.36
UNLIKE_KINDS = 0.25
MONEY = 0.05
# Points of likeness: those that are chance, those that are all, and how many words of the texts alone add at most.
CHANCE, ALIKE, _MOST_OF_TEXTS = 3, 8, 3
# What is farther away isn't near.
NEAR_KM = 3.0
_THINGS = frozenset((OfferCategory.ROOM, OfferCategory.MATERIAL, OfferCategory.FUNDING))
_ANYTHING = frozenset((OfferCategory.COOPERATION, OfferCategory.OTHER))
# Here `minimumAge` says who may come, not who helps.
_FOR_GUESTS = _THINGS | {OfferCategory.TRAINING}


@dataclass(frozen=True)
class Fit:
    """That an entry fits another: how well, 0 to 1, and why."""

    score: float
    reasons: tuple[MatchReason, ...]


def fit(one: Traits, other: Traits) -> Fit | None:
    """How well two entries fit each other, the same both ways; None where they don't."""
    likeness = _likeness(one.terms, other.terms)
    if not likeness and one.category != other.category:
        return None  # nor can it fit without words: most of those that are compared end here
    if _excluded(one, other):
        return None
    parts = {
        MatchReason.SIMILAR_TEXT: likeness,
        MatchReason.SHARED_TOPIC: _share(one.topics, other.topics),
        MatchReason.SAME_CATEGORY: float(one.category == other.category),
        **_place(one, other),
        MatchReason.OVERLAPPING_TIME: _time(one, other),
        MatchReason.SHARED_LANGUAGE: float(bool(one.languages & other.languages)),
    }
    if not (parts[MatchReason.SIMILAR_TEXT] or _fits_without_words(one, other, parts)):
        return None
    return weighed(parts, _unsaid(one, other))


def _unsaid(one: Traits, other: Traits) -> float:
    """What counts besides, and is no reason: for them or against them."""
    topics = 0.0 if one.topics and other.topics else WEIGHTS[MatchReason.SHARED_TOPIC] / 2
    unlike = UNLIKE_KINDS if _unlike(one.category, other.category) else 0.0
    money = MONEY if one.category is other.category is OfferCategory.FUNDING else 0.0
    return topics + money + COMMITMENT * _binding(one, other) - unlike


def weighed(parts: Mapping[MatchReason, float], more: float = 0.0) -> Fit | None:
    """The fit that these parts make, each up to 1, with `more` besides; None where it is below the threshold."""
    score = round(sum(WEIGHTS[reason] * part for reason, part in parts.items()) + more, 4)
    if score < THRESHOLD:
        return None
    return Fit(score, tuple(reason for reason in WEIGHTS if parts.get(reason, 0.0) > 0))


def _excluded(one: Traits, other: Traits) -> bool:
    if one.direction == other.direction or (one.owner_id is not None and one.owner_id == other.owner_id):
        return True
    return _too_young(one, other) or not _have_a_day(one, other)


def _too_young(one: Traits, other: Traits) -> bool:
    """Whether of those who provide help the youngest may be below the age that is asked for."""
    seeking, providing = (one, other) if one.direction is OfferDirection.SEEK else (other, one)
    if {one.category, other.category} & _FOR_GUESTS:
        return False
    return None not in (seeking.minimum_age, providing.minimum_age) and (
        (providing.minimum_age or 0) < (seeking.minimum_age or 0)
    )


def _have_a_day(one: Traits, other: Traits) -> bool:
    first = max(some.available_from or date.min for some in (one, other))
    return first <= min(some.available_until or date.max for some in (one, other))


def _time(one: Traits, other: Traits) -> float:
    """How far their times suit each other: 1, a half, or -1 where they can't meet; 0 where they don't say."""
    if one.slots is not None and other.slots is not None:
        return 1.0 if one.slots & other.slots else -1.0
    return 0.5 if all(some.available_from or some.available_until for some in (one, other)) else 0.0


def _binding(one: Traits, other: Traits) -> int:
    """Whether both bind themselves alike: 1, or -1 where they don't; 0 where one doesn't say."""
    if one.commitment is None or other.commitment is None:
        return 0
    alike = one.commitment == other.commitment or Commitment.FLEXIBLE in (one.commitment, other.commitment)
    return 1 if alike else -1


def _likeness(one: Mapping[str, int], other: Mapping[str, int]) -> float:
    """How alike two texts are, 0 to 1; 0 where it may be chance."""
    few, many = (one, other) if len(one) < len(other) else (other, one)
    of_titles = of_texts = 0
    for term, weight in few.items():
        points = weight * many.get(term, 0)
        if points == TEXT * TEXT:
            of_texts += points
        else:
            of_titles += points
    points = of_titles + min(of_texts, _MOST_OF_TEXTS)
    return min(points / ALIKE, 1.0) if of_titles and points >= CHANCE else 0.0


def _share(one: frozenset[int], other: frozenset[int]) -> float:
    shared = len(one & other)
    return shared / min(len(one), len(other)) if shared else 0.0


def _place(one: Traits, other: Traits) -> dict[MatchReason, float]:
    """Of the two reasons of place the one that holds, if any does."""
    if one.districts & other.districts:
        return {MatchReason.SAME_DISTRICT: 1.0}
    away = _kilometres(one.point, other.point) if one.point and other.point else NEAR_KM
    return {MatchReason.NEARBY: 1.0 - away / NEAR_KM / 2} if away < NEAR_KM else {}


def _kilometres(one: Point, other: Point) -> float:
    """How far apart: within a town the plane is near enough to the sphere."""
    east = (one[1] - other[1]) * cos(radians((one[0] + other[0]) / 2))
    return hypot(one[0] - other[0], east) * KM_PER_DEGREE


def _fits_without_words(one: Traits, other: Traits, parts: Mapping[MatchReason, float]) -> bool:
    """Whether so much else is the same that it says enough."""
    if one.category != other.category or not parts[MatchReason.SHARED_TOPIC]:
        return False
    if one.category is OfferCategory.FUNDING:
        return True
    return one.topics == other.topics and MatchReason.SAME_DISTRICT in parts


def _unlike(one: OfferCategory, other: OfferCategory) -> bool:
    """Whether what one looks for is a thing, and the other's isn't, or another one."""
    return one != other and bool({one, other} & _THINGS) and not {one, other} & _ANYTHING


assert TITLE * TEXT < CHANCE < TITLE * TITLE
