"""What of an entry is compared with another one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models import Offer, OfferCategory, OfferDirection, OfferTopic
from models.search.analysis import Token, analyse, prepared
from models.sql.cache import PerDatabaseCache
from models.weekly_times import Commitment
from resolvers.matches.commonplace import is_commonplace

# What everybody in the town speaks: that two entries share it says nothing.
TOWN_LANGUAGE = "de"
# How much a word weighs that stands in the title, and in the text.
TITLE, TEXT = 2, 1
# Of a text so many characters are looked at.
LONGEST_TEXT = 2000
# A place in the town, in degrees.
Point = tuple[float, float]


@dataclass(frozen=True)
class Traits:
    """An entry, as far as it decides whether another one fits it. Topics and districts by their keys."""

    id: int
    direction: OfferDirection
    category: OfferCategory
    owner_id: int | None = None
    topics: frozenset[int] = frozenset()
    districts: frozenset[int] = frozenset()
    # Of its venue; None where it has none, or nobody knows where that is.
    point: Point | None = None
    minimum_age: int | None = None
    available_from: date | None = None
    available_until: date | None = None
    # Without the one that everybody speaks, and without regions.
    languages: frozenset[str] = frozenset()
    # The parts of a week that suit, one bit each (`models.weekly_times`); None where it doesn't say.
    slots: int | None = None
    commitment: Commitment | None = None
    # The stems of what it says, with what they weigh.
    terms: Mapping[str, int] = field(default_factory=dict)


def weighed_terms(title: str, text: str) -> dict[str, int]:
    """The stems of an entry's words, and of the heads of compounds: TITLE or TEXT, the more where it stands in both.

    What stands before the head of a compound, and a word that is commonplace, weighs a step less: of the text nothing.
    Thus what two entries share is what they are about.
    """
    found: dict[str, int] = {}
    for weight, some in ((TEXT, text[:LONGEST_TEXT]), (TITLE, title)):
        for token in analyse(some):
            for term, less in _terms_in(token):
                if worth := max(weight - less - is_commonplace(term), 0):
                    found[term] = max(worth, found.get(term, 0))
    return found


def _terms_in(token: Token) -> Iterator[tuple[str, int]]:
    """The stems that a word brings, each with what it weighs less than a word of its own."""
    if not token.term:
        return
    yield token.term, 0
    *before, head = token.parts or (token.term,)
    yield head, 0
    for part in before:
        yield part, 1


# Entries by key, version and owner, of which all that is compared follows: it is found out once, and again when one is
# changed, or its owner has left.
_Known = tuple[int, int, int | None]
_known: PerDatabaseCache[_Known, Traits] = PerDatabaseCache(5000)

# By what an entry is known, and all that is compared of one.
KNOWN_BY = ("id", "version", "owner_id")
COLUMNS = (
    "id",
    "version",
    "direction",
    "category",
    "owner_id",
    "title",
    "description",
    "district_id",
    "venue_district_id",
    "venue_latitude",
    "venue_longitude",
    "minimum_age",
    "available_from",
    "available_until",
    "languages",
    "times",
    "time_slots",
    "commitment",
    "newest_at",
)


async def traits_of(offers: Sequence[Mapping[str, Any]]) -> list[Traits]:
    """The traits of entries, of which these are the `COLUMNS`, in their order: one statement at most."""
    found = [known_traits(one) for one in offers]
    topics = await _topics([one["id"] for one, known in zip(offers, found, strict=True) if known is None])
    await prepared()
    return [known or _traits(one, topics.get(one["id"], ())) for one, known in zip(offers, found, strict=True)]


def known_traits(offer: Mapping[str, Any]) -> Traits | None:
    """The traits of an entry, of which these are the columns `KNOWN_BY`, where they were found out before."""
    return _known.get(_key(offer))


def _key(offer: Mapping[str, Any]) -> _Known:
    return offer["id"], offer["version"], offer["owner_id"]


def columns_of(offer: Offer) -> dict[str, Any]:
    """The `COLUMNS` of a row."""
    return {name: getattr(offer, name) for name in COLUMNS}


def without_town_language(tags: Iterable[str]) -> frozenset[str]:
    """The languages of these tags, whatever the region, but for the one that everybody speaks."""
    return frozenset(tag.partition("-")[0] for tag in tags) - {TOWN_LANGUAGE}


def _traits(values: Mapping[str, Any], topics: Iterable[int]) -> Traits:
    latitude, longitude = values["venue_latitude"], values["venue_longitude"]
    found = Traits(
        id=values["id"],
        direction=values["direction"],
        category=values["category"],
        owner_id=values["owner_id"],
        topics=frozenset(topics),
        districts=frozenset({values["district_id"], values["venue_district_id"]} - {None}),
        point=None if latitude is None or longitude is None else (latitude, longitude),
        minimum_age=values["minimum_age"],
        available_from=values["available_from"],
        available_until=values["available_until"],
        languages=without_town_language(values["languages"]),
        slots=values["time_slots"] if values["times"] else None,
        commitment=values["commitment"],
        terms=weighed_terms(values["title"], values["description"]),
    )
    _known.keep(_key(values), found)
    return found


async def _topics(keys: Sequence[int]) -> dict[int, set[int]]:
    """The topics of these entries, by entry."""
    found: dict[int, set[int]] = {}
    links = OfferTopic.filter(offer_id__in=list(keys))
    for offer_id, topic_id in await links.values_list("offer_id", "topic_id") if keys else ():
        found.setdefault(offer_id, set()).add(topic_id)
    return found
