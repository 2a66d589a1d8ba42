"""Fitting entries of the other direction: who seeks finds who provides, and the other way round.

The simplest form that is right: entries on the board that share the category or a topic, of another owner, ranked by
what else fits. Each of these adds its weight to the score, which thus lies between 0 and 1:

- SAME_CATEGORY 0.35
- SHARED_TOPIC 0.30: in full where all topics of the one that has fewer are shared, else that share of it
- SAME_DISTRICT 0.15: the entry's or its venue's
- OVERLAPPING_TIME 0.10: both say when, and there is a day that suits both
- SHARED_LANGUAGE 0.10: both say which, and one is the same, whatever the region

Of the entries that share the category or a topic those are compared that came onto the board last, 2,000 of them, so
that a page costs no more on a board of any size.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from time import perf_counter
from typing import Any

from tortoise.expressions import Q, Subquery

from auth.access.offers import on_the_board
from models import Offer, OfferDirection, OfferTopic
from models.sql.orders import Key, Order, by_id
from models.sql.paging import PageArguments, fingerprint, read_cursor, write_cursor
from resolvers.context import Context


class MatchReason(StrEnum):
    SAME_CATEGORY = "SAME_CATEGORY"
    SHARED_TOPIC = "SHARED_TOPIC"
    SAME_DISTRICT = "SAME_DISTRICT"
    NEARBY = "NEARBY"
    OVERLAPPING_TIME = "OVERLAPPING_TIME"
    SIMILAR_TEXT = "SIMILAR_TEXT"
    SHARED_LANGUAGE = "SHARED_LANGUAGE"


WEIGHTS = {
    MatchReason.SAME_CATEGORY: 0.35,
    MatchReason.SHARED_TOPIC: 0.30,
    MatchReason.SAME_DISTRICT: 0.15,
    MatchReason.OVERLAPPING_TIME: 0.10,
    MatchReason.SHARED_LANGUAGE: 0.10,
}
# So many entries are compared at most; and for so many seconds in one turn of the loop, about.
MOST_COMPARED, _TURN_SECONDS = 2000, 0.005
BEST_FIRST = Order("best", (Key("score", float, descending=True), by_id(descending=True)))


@dataclass
class Match:
    """An entry that fits another, why and how well: an edge of the list."""

    score: float
    reasons: list[MatchReason]
    id: int
    cursor: str = ""
    node: Offer | None = None


@dataclass
class MatchPage:
    """A page of matches, best first."""

    edges: list[Match] = field(default_factory=list)
    has_next_page: bool = False
    has_previous_page: bool = False

    @property
    def nodes(self) -> list[Offer | None]:
        """The entries of the page."""
        return [edge.node for edge in self.edges]

    @property
    def page_info(self) -> "MatchPage":
        """What lies around the page: the page itself knows."""
        return self

    @property
    def start_cursor(self) -> str | None:
        """The first one's cursor."""
        return self.edges[0].cursor if self.edges else None

    @property
    def end_cursor(self) -> str | None:
        """The last one's cursor."""
        return self.edges[-1].cursor if self.edges else None


@dataclass(frozen=True)
class _Traits:
    """What of an entry is compared."""

    id: int
    direction: OfferDirection
    owner_id: int | None
    category: str
    topics: frozenset[int]
    districts: frozenset[int]
    available_from: date | None
    available_until: date | None
    languages: frozenset[str]


async def offer_matches(
    ctx: Context, parents: Sequence[Offer], columns: frozenset[str], page: PageArguments
) -> list[MatchPage]:
    """A page of matches of each entry: four statements, however many entries and matches.

    What is compared of the candidates is read for all parents together, the entries only of what is shown. Others have
    their turn in between. Raises `BadPage`.
    """
    size = page.size
    own_topics = await _topics(Q(offer_id__in=[parent.id for parent in parents]))
    own = [_traits(_values_of(parent), own_topics) for parent in parents]
    candidates = _Candidates(await _candidates(own))
    found, begun = [], perf_counter()
    for one in own:
        found.append(_page_of(one, candidates.of(one), page.after, size))
        if perf_counter() - begun > _TURN_SECONDS:
            await asyncio.sleep(0)
            begun = perf_counter()
    keys = {edge.id for some in found for edge in some.edges}
    rows = await Offer.in_bulk(keys, "id") if keys and columns & {"edges", "nodes"} else {}
    for some in found:
        for edge in some.edges:
            edge.node = rows.get(edge.id)
    return found


class _Candidates:
    """Entries by what they have to share with another one to fit it."""

    def __init__(self, all_of_them: Iterable[_Traits]) -> None:
        self._by: dict[str | int, list[_Traits]] = {}
        for one in all_of_them:
            for key in _keys(one):
                self._by.setdefault(key, []).append(one)

    def of(self, one: _Traits) -> Iterator[_Traits]:
        """Those that share the category or a topic, each once."""
        seen: set[int] = set()
        for key in _keys(one):
            for other in self._by.get(key, ()):
                if other.id not in seen:
                    seen.add(other.id)
                    yield other


def _keys(one: _Traits) -> list[str | int]:
    return [one.category, *one.topics]


def _page_of(one: _Traits, candidates: Iterable[_Traits], after: str | None, size: int) -> MatchPage:
    mark = fingerprint("matches", one.id)
    ranked = sorted((match for other in candidates if (match := _compare(one, other))), key=_rank, reverse=True)
    place = tuple(read_cursor(after, mark, BEST_FIRST)) if after is not None else None
    behind = [match for match in ranked if place is None or _rank(match) < place]
    shown = behind[:size]
    for match in shown:
        match.cursor = write_cursor(mark.text, _rank(match))
    return MatchPage(shown, len(behind) > size, len(behind) < len(ranked))


def _rank(match: Match) -> tuple[float, int]:
    return match.score, match.id


def _compare(one: _Traits, other: _Traits) -> Match | None:
    """How well `other` fits `one`; None where neither category nor a topic is the same, or it can't fit at all."""
    if one.direction == other.direction or (one.owner_id is not None and one.owner_id == other.owner_id):
        return None
    shared = len(one.topics & other.topics)
    parts = {
        MatchReason.SAME_CATEGORY: float(one.category == other.category),
        MatchReason.SHARED_TOPIC: shared / min(len(one.topics), len(other.topics)) if shared else 0.0,
    }
    if not any(parts.values()):
        return None
    parts[MatchReason.SAME_DISTRICT] = float(bool(one.districts & other.districts))
    parts[MatchReason.OVERLAPPING_TIME] = float(_overlap(one, other))
    parts[MatchReason.SHARED_LANGUAGE] = float(bool(one.languages & other.languages))
    score = sum(WEIGHTS[reason] * part for reason, part in parts.items())
    return Match(round(score, 4), [reason for reason, part in parts.items() if part], other.id)


def _overlap(one: _Traits, other: _Traits) -> bool:
    """Whether both say when, and there is a day that suits both."""
    if not all(some.available_from or some.available_until for some in (one, other)):
        return False
    first = max(some.available_from or date.min for some in (one, other))
    return first <= min(some.available_until or date.max for some in (one, other))


async def _candidates(own: Sequence[_Traits]) -> list[_Traits]:
    """What is on the board and shares the category or a topic with one of `own`, the newest of it."""
    topics = {topic for one in own for topic in one.topics}
    fitting = Q(category__in=list({one.category for one in own}))
    if topics:
        fitting |= Q(id__in=Subquery(OfferTopic.filter(topic_id__in=list(topics)).values("offer_id")))
    directions = {direction for one in own for direction in OfferDirection if direction != one.direction}
    offers = Offer.filter(fitting, on_the_board(), direction__in=list(directions))
    rows = await offers.order_by("-newest_at", "-id").limit(MOST_COMPARED).values(*_COLUMNS)
    links = on_the_board("offer__") & Q(offer__direction__in=list(directions))
    if len(rows) == MOST_COMPARED:
        links &= Q(offer__newest_at__gte=rows[-1]["newest_at"])
    their_topics = await _topics(links)
    return [_traits(row, their_topics) for row in rows]


_COLUMNS = (
    "id",
    "direction",
    "owner_id",
    "category",
    "district_id",
    "venue_district_id",
    "available_from",
    "available_until",
    "languages",
    "newest_at",
)


def _values_of(offer: Offer) -> dict[str, Any]:
    return {name: getattr(offer, name) for name in _COLUMNS}


def _traits(values: dict[str, Any], topics: dict[int, set[int]]) -> _Traits:
    return _Traits(
        id=values["id"],
        direction=values["direction"],
        owner_id=values["owner_id"],
        category=values["category"],
        topics=frozenset(topics.get(values["id"], ())),
        districts=frozenset({values["district_id"], values["venue_district_id"]} - {None}),
        available_from=values["available_from"],
        available_until=values["available_until"],
        languages=frozenset(tag.partition("-")[0] for tag in values["languages"]),
    )


async def _topics(links: Q) -> dict[int, set[int]]:
    """The topics of the entries whose links to topics are these, by entry."""
    found: dict[int, set[int]] = {}
    for offer_id, topic_id in await OfferTopic.filter(links).values_list("offer_id", "topic_id"):
        found.setdefault(offer_id, set()).add(topic_id)
    return found
