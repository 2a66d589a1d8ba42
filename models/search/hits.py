"""What a plan finds, and how well: the postings of its words, put together here, for both databases alike.

A database only looks up postings; what they come to is integers of Python. So both databases find the same, in the same
order. What is read is bounded, whatever is searched for: see `MOST_ROWS`, `MOST_POSTINGS`, and docs/search.md. Between
one word and the next others have their say: `asyncio.sleep(0)`.
"""

import asyncio
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import orjson

from models.search.plan import ANOTHER, FOUND, MOST_OTHERS, TOGETHER, Hits, PlannedWord, SearchPlan
from models.search.postings import keys_value
from models.search.sentences import STRONG
from models.search.tables import Kind
from models.search.weights import TEXT
from models.sql.statements import Statement

# Of a term that many rows have so many are looked at, those in which it weighs most, and of these the newest; and so
# many of all terms of a search together. What they find is so many rows at most, the best.
MOST_ROWS = 1000
MOST_POSTINGS = 10_000
MOST_LOOKED_UP = 6_000
# A row's key and what a term weighs in it are read as one number.
_ONE_ROW = 256
_POSTINGS = f"{{json_list}}(CAST(p.row_id AS BIGINT) * {_ONE_ROW} + p.weight)"

_BEST = Statement(
    f"""
SELECT k.value AS kind, t.value AS term, (
  SELECT {_POSTINGS} FROM (
    SELECT row_id, weight FROM search_posting
    WHERE kind = k.value AND listed = ? AND term = t.value ORDER BY weight DESC, row_id DESC LIMIT ?) AS p) AS postings
FROM {{keys}} AS k CROSS JOIN {{texts}} AS t"""
)
_OF_ROWS = Statement(
    """
SELECT r.value AS row_id, (
  SELECT {json_list}({json_pair}(p.term, p.weight)) FROM search_posting AS p
  WHERE p.kind = ? AND p.row_id = r.value AND p.term {is_one_of_texts}) AS weights
FROM {keys} AS r"""
)

# What terms weigh in rows, by the term.
Weights = Mapping[str, Mapping[int, int]]


@dataclass(frozen=True)
class Weighed:
    """What the rows that were looked at have of a plan's words."""

    # What the words that are found in a row count together; those that stand there as they were typed; and its score.
    counts: Mapping[int, int]
    typed: Mapping[int, int]
    scores: Mapping[int, int]

    def hits(self, need: int) -> Hits:
        """The rows that have so much of it."""
        return Hits({row: self.scores[row] for row, count in self.counts.items() if count >= need})


async def weighed(
    plan: SearchPlan, kinds: Collection[Kind], known: Mapping[str, int], *, listed: bool = True
) -> dict[Kind, Weighed]:
    """What the best rows of each of these kinds have of the plan, among those that everybody finds, or that not.

    `known` says about how many rows have a term. A statement, and another for each kind that has a term in more rows
    than are looked at.
    """
    terms = sorted(plan.terms)
    most = _share(known.get(term, 0) for term in terms)
    found: dict[Kind, dict[str, dict[int, int]]] = {kind: {} for kind in kinds}
    least: dict[Kind, dict[str, int]] = {kind: {} for kind in kinds}
    for row in await _BEST.rows(int(listed), most, keys_value(sorted(kinds)), orjson.dumps(terms).decode()):
        postings = _read(row["postings"])
        await asyncio.sleep(0)
        if postings:
            kind = Kind(row["kind"])
            found[kind][row["term"]] = postings
            if len(postings) == most:
                least[kind][row["term"]] = min(postings.values())
    return {kind: await _weigh(plan, await _completed(plan, kind, found[kind], least[kind])) for kind in kinds}


def _share(counts: Iterable[int]) -> int:
    """How many rows of a term are looked at: as many of each as all have place for, where some have fewer."""
    left, ordered = MOST_POSTINGS, sorted(counts)
    for number, count in enumerate(ordered):
        share = left // (len(ordered) - number)
        if count > share:
            return min(share, MOST_ROWS)
        left -= count
    return MOST_ROWS


def _read(postings: str | None) -> dict[int, int]:
    return {one // _ONE_ROW: one % _ONE_ROW for one in orjson.loads(postings or "[]")}


async def _completed(
    plan: SearchPlan, kind: Kind, found: dict[str, dict[int, int]], least: Mapping[str, int]
) -> Weights:
    """Of the best rows all that the terms weigh in them, those too that more rows have than were looked at.

    The best are those that may reach the highest scores: where such a term may stand in a row it isn't known to stand
    in, it weighs no more than in the last one that was looked at.
    """
    if not least and sum(map(len, found.values())) <= MOST_ROWS:
        return found
    reach: defaultdict[int, int] = defaultdict(int)
    for word in plan.words:
        for term, percent in (*word.terms, *((part, TOGETHER) for part in word.together)):
            share, beyond = percent * word.counts, FOUND + least[term] if term in least else 0
            for row, weight in found.get(term, {}).items():
                reach[row] += (FOUND + weight - beyond) * share
        await asyncio.sleep(0)
    most = min(MOST_ROWS, MOST_LOOKED_UP // max(len(least), 1))
    if len(reach) > most:
        best = sorted(reach, key=lambda row: (reach[row], row), reverse=True)[:most]
        await asyncio.sleep(0)
        kept = frozenset(best)
        found = {
            term: {row: weight for row, weight in weights.items() if row in kept} for term, weights in found.items()
        }
    else:
        best = list(reach)
    if least:
        for one in await _OF_ROWS.rows(kind.value, keys_value(sorted(least)), keys_value(sorted(best))):
            for term, weight in orjson.loads(one["weights"] or "[]"):
                found[term][one["row_id"]] = weight
    return found


async def _weigh(plan: SearchPlan, found: Weights) -> Weighed:
    counts: defaultdict[int, int] = defaultdict(int)
    typed: defaultdict[int, int] = defaultdict(int)
    scores: defaultdict[int, int] = defaultdict(int)
    for word in plan.words:
        whole = _together(word, found)
        for row, added in _added(word, found, whole).items():
            counts[row] += word.counts
            scores[row] += added * word.counts // STRONG
        for row in {*found.get(word.terms[0][0], ()), *whole}:
            typed[row] += word.counts
        await asyncio.sleep(0)
    return Weighed(counts, typed, scores)


def _added(word: PlannedWord, found: Weights, whole: Mapping[int, int]) -> dict[int, int]:
    """What a word adds to the scores of the rows that have it, before it is known what it counts itself.

    The same as `PlannedWord.found_in`, of many rows at once.
    """
    added: dict[int, int] = {}
    others: defaultdict[int, int] = defaultdict(int)
    for term, percent in word.terms:
        for row, weight in found.get(term, {}).items():
            value = (FOUND + weight) * percent // 100
            if row in added:
                others[row] += 1
                added[row] = max(added[row], value)
            else:
                added[row] = value
    for row, number in others.items():
        added[row] += ANOTHER * min(number, MOST_OTHERS)
    for row, value in whole.items():
        added[row] = added.get(row, 0) + value
    return added


def _together(word: PlannedWord, found: Weights) -> dict[int, int]:
    """What a compound's parts add to the scores of the rows that have them all."""
    if not word.together:
        return {}
    first, *others = sorted((found.get(part, {}) for part in word.together), key=len)
    added = {}
    for row, weight in first.items():
        least = min([weight, *(other.get(row, 0) for other in others)])
        if least >= TEXT:
            added[row] = (FOUND + least) * TOGETHER // 100
    return added
