"""What somebody means who searches: synonyms, beginnings of words, typing errors, and what nothing has all of.

What it finds out depends on what everybody finds, not on who asks: so it tells nobody of what they may not see.
"""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

import orjson

from models.search.analysis import CONSTITUENTS, Token, is_listed, is_word, prepared, stem
from models.search.hits import MOST_ROWS, Weighed, weighed
from models.search.plan import (
    ABOUT,
    KINDRED,
    NOTHING,
    OWN,
    Hits,
    PlannedWord,
    SearchPlan,
    planned,
    searched,
    subject_of,
)
from models.search.sentences import AROUND, STRONG, WEAK
from models.search.tables import Kind
from models.search.weights import kindred_to
from models.sql.statements import Statement
from resolvers.search.compounds import taken_apart, with_longer

EVERYWHERE = (Kind.MEMBER, Kind.GROUP, Kind.EVENT, Kind.OFFER, Kind.GROUP_POST)
# In percent, what counts of a weight: a synonym, a narrower word, a word that was begun, one typed wrongly.
_SYNONYM = 75
_NARROWER = 35
_BEGUN = 70
_MISTYPED = 80
# So many synonyms of a word count, so many words complete one, and so many are compared with one typed wrongly.
_MOST_SYNONYMS = 30
_MOST_COMPLETIONS = 20
_MOST_COMPARED = 1000
# So many words are taken for others, the last ones: who mistypes more than that types something else.
_MOST_GUESSED = 3
_SHORTEST_BEGINNING = 3
_LONG_COMPOUND = 8
# Where fewer than so many have all of the words, what has so much of them is found too, in percent; where nothing has
# that, what has the most.
_FEW = 3
_ENOUGH = 50

_SYNONYMS = Statement(
    """
SELECT a.term AS asked, b.term AS found, b.narrower AS narrower
FROM synonym_term AS a JOIN synonym_term AS b ON b.group_id = a.group_id
WHERE a.narrower = ? AND a.term IN {texts} AND b.term <> a.term ORDER BY b.narrower, b.id LIMIT 500"""
)
_BEGINNING = Statement(
    "SELECT word, spelling, term FROM search_word WHERE word >= ? AND word < ? ORDER BY word LIMIT ?"
)
_ENDING = Statement(
    "SELECT word, spelling, term FROM search_word WHERE reversed >= ? AND reversed < ? ORDER BY reversed LIMIT ?"
)
_SYNONYM_TERMS = Statement("SELECT term FROM synonym_term WHERE SUBSTR(term, 1, ?) = ? ORDER BY id LIMIT ?")
_LAST = "\U0010ffff"


async def understand(text: str, kinds: Collection[Kind], *, strict: bool = False, unlisted: bool = False) -> SearchPlan:
    """What `text` asks of what everybody finds of these kinds, and what it finds. No words: what finds nothing.

    `unlisted`: it finds also what not everybody finds in lists. `strict`: all words are needed, and none is taken for
    another, for what is told of as it comes; what there is already isn't looked for.
    """
    await prepared()
    tokens = searched(text)
    if not tokens:
        return replace(NOTHING, hits=dict.fromkeys(kinds, Hits({})))
    words = await _meant(tokens)
    known, whole = await _rows_of(words, kinds)
    if any(word.is_phrase and not _is_known(word, known, whole) for word in words):
        words = await _meant(tokens, phrases=False)
        known, whole = await _rows_of(words, kinds)
    if strict:
        return SearchPlan.of(tuple(words))
    longer = await with_longer(_rare(text, words, known), kinds)
    words = [longer.get(word, word) for word in words]
    known |= await _rows_with([term for word in longer.values() for term, _percent in word.terms], kinds)
    if strange := [word for word in words if not _is_known(word, known, whole)]:
        last = len(text.rstrip())
        guessed = {word: await _guessed(text, word, word.end == last, kinds) for word in strange[-_MOST_GUESSED:]}
        words = [guessed.get(word, word) for word in words]
        known |= await _rows_with([term for word in guessed.values() for term, _ in word.terms], kinds)
    return await _with_hits(SearchPlan.of(tuple(words)), kinds, known | whole, unlisted=unlisted)


async def _with_hits(
    plan: SearchPlan, kinds: Collection[Kind], known: Mapping[str, int], *, unlisted: bool = False
) -> SearchPlan:
    """The plan with what it finds, and with what it needs lowered where hardly anything has all of the words.

    `known` says in how many rows the terms are that anything has.
    """
    found = await weighed(plan, kinds, known)
    plan = _reachable(plan, found.values())
    hits = {kind: one.hits(plan.need) for kind, one in found.items()}
    if unlisted:
        more = await weighed(plan, kinds, known, listed=False)
        hits = {kind: Hits({**one.scores, **more[kind].hits(plan.need).scores}) for kind, one in hits.items()}
    return replace(plan, hits=hits)


def _rare(text: str, words: Iterable[PlannedWord], known: Mapping[str, int]) -> list[tuple[PlannedWord, Token]]:
    """The words that hardly any row has: the last few of them."""
    rare = [
        (word, next(iter(searched(text[word.start : word.end]))))
        for word in words
        if not word.is_phrase and word.counts != WEAK and known.get(word.terms[0][0], 0) < _FEW
    ]
    return rare[-_MOST_GUESSED:]


async def _rows_of(words: Sequence[PlannedWord], kinds: Collection[Kind]) -> tuple[dict[str, int], dict[str, int]]:
    """How many rows have each term that the words are found by, and each part of those that are found by all of it."""
    known = await _rows_with([term for word in words for term, _percent in word.terms], kinds)
    return known, await _rows_with([part for word in words for part in word.together], kinds)


async def _meant(tokens: Mapping[Token, int], *, phrases: bool = True) -> list[PlannedWord]:
    """The words with their synonyms; two that are one word together are one, where `phrases` are asked for."""
    pairs = {f"{one.term} {two.term}": (one, two) for one, two in pairwise(tokens) if phrases}
    about = {token: subject for token in tokens if (subject := subject_of(token)) is not None}
    synonyms = await _synonyms([*pairs, *(token.term for token in tokens), *about.values()])
    words: list[PlannedWord] = []
    joined: set[str] = set()
    for phrase, (one, two) in pairs.items():
        if phrase in synonyms and one.term not in joined:
            joined |= {one.term, two.term}
            terms = {phrase: OWN, kindred_to(phrase): KINDRED} | synonyms[phrase]
            counts = max(tokens[one], tokens[two])
            counts = STRONG if counts == WEAK else counts
            words.append(PlannedWord(one.start, two.end, tuple(terms.items()), (one.term, two.term), counts))
    words += [
        planned(token, counts, synonyms.get(token.term), _akin(synonyms.get(about.get(token, ""))))
        for token, counts in tokens.items()
        if token.term not in joined
    ]
    return sorted(words, key=lambda word: word.start)


def _akin(synonyms: Mapping[str, int] | None) -> dict[str, int]:
    """What counts of the other words for what a compound is about."""
    return {term: percent * ABOUT // 100 for term, percent in (synonyms or {}).items()}


async def _synonyms(terms: Iterable[str]) -> dict[str, dict[str, int]]:
    """The other words for each term, with what they count."""
    found: dict[str, dict[str, int]] = {}
    for row in await _SYNONYMS.rows(False, _listed(terms)):
        others = found.setdefault(row["asked"], {})
        if len(others) < _MOST_SYNONYMS:
            others.setdefault(row["found"], _NARROWER if row["narrower"] else _SYNONYM)
    return found


@cache
def _counting(kinds: tuple[Kind, ...]) -> Statement:
    where = f"p.kind IN ({', '.join(str(kind.value) for kind in kinds)}) AND p.listed = 1 AND p.term = asked.value"
    rows = f"SELECT 1 AS one FROM search_posting AS p WHERE {where} LIMIT {MOST_ROWS + 1}"
    return Statement(
        f"SELECT asked.value AS term, (SELECT COUNT(*) FROM ({rows}) AS some_rows) AS found FROM {{texts}} AS asked"
    )


async def _rows_with(terms: Iterable[str], kinds: Collection[Kind]) -> dict[str, int]:
    """How many rows that everybody finds have each of these terms: those that any has. It stops where it is many."""
    asked = set(terms)
    if not asked:
        return {}
    rows = await _counting(tuple(sorted(kinds))).rows(_listed(sorted(asked)))
    return {row["term"]: row["found"] for row in rows if row["found"]}


def _is_known(word: PlannedWord, known: Mapping[str, int], whole: Mapping[str, int]) -> bool:
    if any(term in known for term, _percent in word.terms):
        return True
    return bool(word.together) and all(part in whole for part in word.together)


def _reachable(plan: SearchPlan, found: Collection[Weighed]) -> SearchPlan:
    """The plan with what it needs lowered where hardly anything has all of the words as they were typed."""
    if len(plan.words) == 1 or sum(_has(plan.need, one.typed) for one in found) >= _FEW:
        return plan
    # Where something is sought, what is to be done with it, and everyday words, don't find by themselves.
    least = AROUND if plan.need >= STRONG else 1
    most = max((count for one in found for count in one.counts.values()), default=0)
    return replace(plan, need=max(min(plan.need * _ENOUGH // 100, most), least))


def _has(need: int, counts: Mapping[int, int]) -> int:
    return sum(count >= need for count in counts.values())


# ---------------------------------------------------------------- beginnings and typing errors


async def _guessed(text: str, word: PlannedWord, is_last: bool, kinds: Collection[Kind]) -> PlannedWord:
    """A word that nothing has, as what it begins, or what it was meant to be; as it is where it is a word."""
    token = next(iter(searched(text[word.start : word.end])), None)
    if token is None or word.counts == WEAK or is_listed(token.word):
        return word
    if is_word(token.word):
        return await _corrected(word, token.word, kinds, compound=True)
    if is_last and len(token.word) >= _SHORTEST_BEGINNING:
        begun = await _BEGINNING.rows(token.word, token.word + _LAST, _MOST_COMPLETIONS)
        completed = await _rows_with([row["term"] for row in begun], kinds)
        if completed:
            return replace(word, terms=(*word.terms, *((term, _BEGUN) for term in sorted(completed))))
    if (apart := await taken_apart(word, token.word, kinds)) is not None:
        return apart
    return await _corrected(word, token.word, kinds)


def errors_in(word: str) -> int:
    """How many typing errors a word may have: in a short one at most one."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


async def _corrected(word: PlannedWord, typed: str, kinds: Collection[Kind], *, compound: bool = False) -> PlannedWord:
    """The word as what it was meant to be. A `compound` of known words may have one error."""
    most = 1 if compound and len(typed) >= _LONG_COMPOUND else 0 if compound else errors_in(typed)
    if not most:
        return word
    near = await _near(typed, most, known=not compound)
    known = await _rows_with([term for _distance, _word, term, _spelling in near], kinds)
    possible = [one for one in near if one[2] in known]
    if not possible:
        return await _as_synonym(word, typed, most, kinds)
    best = [one for one in possible if one[0] == possible[0][0]][:3]
    terms = dict.fromkeys((term for _distance, _word, term, _spelling in best), _MISTYPED)
    return replace(word, terms=(*word.terms, *terms.items()), corrected=best[0][3])


async def _as_synonym(word: PlannedWord, typed: str, most: int, kinds: Collection[Kind]) -> PlannedWord:
    """The word as what means the same as one that no entry has, and that it was meant to be."""
    term = stem(typed)
    right = term[: max(len(term) // (most + 1), 2)]
    rows = await _SYNONYM_TERMS.rows(len(right), right, _MOST_COMPARED)
    near = _within(term, {row["term"]: (row["term"], row["term"]) for row in rows}, most)
    synonyms = await _synonyms(one[1] for one in near[:1])
    known = await _rows_with([other for some in synonyms.values() for other in some], kinds)
    terms = {other: percent for some in synonyms.values() for other, percent in some.items() if other in known}
    return replace(word, terms=(*word.terms, *sorted(terms.items()))) if terms else word


async def _near(typed: str, most: int, *, known: bool = True) -> list[tuple[int, str, str, str]]:
    """Words that differ from what was typed by so many errors, the nearest first: distance, word, term, spelling.

    Of a word with so few errors the beginning or the end is right. What entries spell comes before what is `known`
    else.
    """
    right = max(len(typed) // (most + 1), 2)
    begins, ends = typed[:right], typed[::-1][:right]
    rows = [
        *await _BEGINNING.rows(begins, begins + _LAST, _MOST_COMPARED),
        *await _ENDING.rows(ends, ends + _LAST, _MOST_COMPARED),
    ]
    words = {row["word"]: (row["term"], row["spelling"]) for row in rows}
    found = _within(typed, words, most)
    if not found and known:
        forward, backward = _list_in_order()
        listed = {*_with_beginning(forward, begins), *(one[::-1] for one in _with_beginning(backward, ends))}
        found = _within(typed, {one: (stem(one), one) for one in listed}, most)
    return found


@cache
def _list_in_order() -> tuple[list[str], list[str]]:
    """The words of the list in order, and spelled backwards in order: which begin or end is found fast among them."""
    return sorted(CONSTITUENTS), sorted(one[::-1] for one in CONSTITUENTS)


def _with_beginning(words: Sequence[str], beginning: str) -> Sequence[str]:
    """Of words in order those that begin so."""
    return words[bisect_left(words, beginning) : bisect_left(words, beginning + _LAST)]


def _within(typed: str, words: Mapping[str, tuple[str, str]], most: int) -> list[tuple[int, str, str, str]]:
    from rapidfuzz.distance import OSA  # with the first word that may be typed wrongly

    found = []
    for word, (term, spelling) in words.items():
        distance = OSA.distance(typed, word, score_cutoff=most)
        if distance <= most:
            found.append((distance, word, term, spelling))
    return sorted(found)


def _listed(texts: Iterable[str]) -> str:
    return orjson.dumps(list(texts)).decode()
