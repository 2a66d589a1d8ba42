"""Which entries are compared with one: of a board of any size a few, found by indexes.

Those with which it shares most of what it says, by its weightiest words; and, as words aren't all, the newest of the
same category in the same part of the town, and the newest that are about money where it is about money.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from heapq import nlargest
from typing import Any

import orjson
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from auth.access.offers import on_the_board
from models import Offer, OfferCategory, OfferDirection
from models.search.tables import Kind
from models.sql.compile import QuerySpec, rows_by_key
from models.sql.projection import Projection
from models.sql.statements import Statement, numbers
from resolvers.matches.traits import COLUMNS, KNOWN_BY, Traits, columns_of, known_traits, traits_of

# So many words of an entry are looked up, of each so many entries are looked at, and so many are compared at last.
WORDS, OF_A_WORD, COMPARED = 12, 150, 100
# The newest of a category and a part of the town, or about money.
NEWEST = 50
_KNOWN_BY, _COMPARED = (Projection(Offer, frozenset(names)) for names in (KNOWN_BY, COLUMNS))

# Of each of these words the entries in which it weighs most, the newest first where it weighs the same: each the key of
# one, so many times, and its weight, in one number.
_ONE_ROW = 1 << 15
_WITH_WORDS = Statement(
    f"""
SELECT w.value AS term, (
  SELECT {{number_list}}(CAST(p.row_id AS BIGINT) * {_ONE_ROW} + p.weight) FROM (
    SELECT row_id, weight FROM search_posting
    WHERE kind = ? AND listed = 1 AND term = w.value ORDER BY weight DESC, row_id DESC LIMIT ?) AS p) AS entries
FROM {{texts}} AS w"""
)


class Candidates:
    """Those that are to be compared, by the entry with which."""

    def __init__(self, all_of_them: Iterable[Traits], by_words: Mapping[int, Collection[int]]) -> None:
        self._all = {one.id: one for one in all_of_them}
        self._by_words = by_words

    @property
    def owners(self) -> dict[int, int | None]:
        """The owner of each, by key."""
        return {key: one.owner_id for key, one in self._all.items()}

    def of(self, one: Traits) -> list[Traits]:
        """Those of the other direction that may fit it."""
        chosen = self._by_words.get(one.id, ())
        return [
            other
            for other in self._all.values()
            if other.direction is not one.direction and (other.id in chosen or _may_fit_without_words(one, other))
        ]


async def candidates_for(own: Sequence[Traits]) -> Candidates:
    """What is to be compared with each of these: six statements at most, however many they are.

    Of entries that were compared before no more is read than whether they still are as they were.
    """
    by_words = await _by_words(own)
    there = await rows_by_key(_other_way(own), _KNOWN_BY, {key for some in by_words.values() for key in some})
    rows = [{name: getattr(one, name) for name in KNOWN_BY} for one in there.values()]
    found = {row["id"]: row for row in (*rows, *await _alike_without_words(own))}
    known = {key: known_traits(row) for key, row in found.items()}
    unknown = await rows_by_key(_other_way(own), _COMPARED, (key for key, one in known.items() if one is None))
    new = {one.id: one for one in await traits_of([columns_of(offer) for offer in unknown.values()])}
    return Candidates([one for key, known_one in known.items() if (one := known_one or new.get(key))], by_words)


async def _by_words(own: Sequence[Traits]) -> dict[int, set[int]]:
    """Of each the keys of the entries that share most with it."""
    wanted = {one.id: dict(_weightiest(one.terms)) for one in own}
    terms = sorted({term for some in wanted.values() for term in some})
    if not terms:
        return {}
    found = {}
    for row in await _WITH_WORDS.rows(Kind.OFFER, OF_A_WORD, orjson.dumps(terms).decode()):
        found[row["term"]] = numbers(row["entries"])
    return {key: _best(some, found) for key, some in wanted.items()}


def _weightiest(terms: Mapping[str, int]) -> list[tuple[str, int]]:
    """The words of the title, then those of the text in its order."""
    return sorted(terms.items(), key=lambda one: -one[1])[:WORDS]


def _best(terms: Mapping[str, int], entries: Mapping[str, Sequence[int]]) -> set[int]:
    points: dict[int, int] = {}
    for term, weight in terms.items():
        for one in entries.get(term, ()):
            key = one // _ONE_ROW
            points[key] = points.get(key, 0) + weight * (one % _ONE_ROW)
    best = nlargest(COMPARED, ((count, key) for key, count in points.items()))
    return {key for _points, key in best}


async def _alike_without_words(own: Sequence[Traits]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    most = NEWEST * len(own)
    located = [one for one in own if one.districts and one.topics]
    if located:
        districts = list({key for one in located for key in one.districts})
        there = Q(district_id__in=districts) | Q(venue_district_id__in=districts)
        rows += await _read(located, there & Q(category__in=list({one.category for one in located})), most)
    about_money = [one for one in own if one.category is OfferCategory.FUNDING and one.topics]
    if about_money:
        rows += await _read(about_money, Q(category=OfferCategory.FUNDING), most)
    return rows


async def _read(own: Sequence[Traits], which: Q, most: int) -> list[dict[str, Any]]:
    """The newest entries on the board that go the other way than one of `own`: by what they are known."""
    found = _other_way(own).rows().filter(which).order_by("-newest_at", "-id")
    return list(await found.limit(most).values(*KNOWN_BY))


def _other_way(own: Sequence[Traits]) -> QuerySpec[Offer]:
    """The entries on the board that go the other way than one of `own`."""
    directions = {direction for one in own for direction in OfferDirection if direction is not one.direction}
    return QuerySpec(Offer, _going, (tuple(sorted(directions)),))


def _going(directions: Sequence[OfferDirection]) -> QuerySet[Offer]:
    return Offer.filter(on_the_board(), direction__in=list(directions))


def _may_fit_without_words(one: Traits, other: Traits) -> bool:
    return one.category is other.category and bool(one.topics & other.topics)
