"""How much a word weighs in an entry: by where it stands, and whether it stands there by itself.

Weights are stored with the entry and depend on nothing but it: a score doesn't move when other entries come.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from models.search.analysis import CACHED_WORDS, Token, analyse, smallest_of

TITLE = 100
# Topics, district, owner, group, place.
NAMED = 45
TEXT = 20
# In percent, what a word counts that is only a part of a compound: its head, and what stands before that.
_HEAD = 70
_MODIFIER = 75
# A word that stands in several fields, or more than once, weighs so much more each time, up to the most.
_AGAIN = 3
_MOST_AGAIN = 4
# So many terms of an entry are stored, those with the most weight: what a person writes has fewer.
MOST_TERMS = 600
# As long a term, or a word, may be: what is longer is none.
_LONGEST = 60
_CACHED_NAMES = 2000

Fields = Iterable[tuple[str | None, int]]


@dataclass(frozen=True)
class Indexed:
    """What of an entry goes into the index: the weight of each term, and each word with its term and its spelling."""

    weights: Mapping[str, int]
    words: Mapping[str, tuple[str, str]]


def indexed(fields: Fields, phrases: frozenset[str] = frozenset(), kindred: Iterable[str] = ()) -> Indexed:
    """The terms of the fields, each with its text and its weight. `phrases` are terms of several words to look for.

    `kindred` are texts of what the entry is akin to, such as the other words for its topics: see `kindred_to`.
    """
    weights: dict[str, int] = {}
    times: dict[str, int] = {}
    words: dict[str, tuple[str, str]] = {}
    for text, weight in fields:
        if not text:
            continue
        tokens = _of_name(text) if weight == NAMED else analyse(text)
        for token in tokens:
            if not token.term:
                continue
            if token.word not in words:
                spelling = text[token.start : token.end]
                if max(len(token.word), len(token.term), len(spelling)) <= _LONGEST:
                    words[token.word] = token.term, spelling
            for term, worth in _worth(token.term, token.parts, weight):
                times[term] = times.get(term, 0) + 1
                if worth > weights.get(term, 0):
                    weights[term] = worth
        for term in _phrases(tokens, phrases):
            times[term] = times.get(term, 0) + 1
            weights[term] = max(weights.get(term, 0), weight)
    for term, count in times.items():
        if count > 1:
            weights[term] += _AGAIN * min(count - 1, _MOST_AGAIN)
    for text in kindred:
        tokens = _of_name(text)
        found = [term for token in tokens for term, _weight in _worth(token.term, token.parts, NAMED)]
        weights |= {kindred_to(term): NAMED for term in (*found, *_phrases(tokens, phrases))}
    if len(weights) > MOST_TERMS:
        most = sorted(weights, key=lambda term: (-weights[term], term))[:MOST_TERMS]
        weights = {term: weights[term] for term in most}
    return Indexed({term: weight for term, weight in weights.items() if len(term) <= _LONGEST}, words)


def kindred_to(term: str) -> str:
    """The term of an entry that has a word not itself, but as another word for its topic."""
    return f"~{term}"


@lru_cache(_CACHED_NAMES)
def _of_name(text: str) -> tuple[Token, ...]:
    """The words of a name: of few topics, districts, owners and groups most entries are."""
    return tuple(analyse(text))


@lru_cache(CACHED_WORDS)
def _worth(term: str, parts: tuple[str, ...], weight: int) -> tuple[tuple[str, int], ...]:
    """The terms of a word in a field of this weight, each with what it weighs there; none of a stop word."""
    if not term:
        return ()
    smallest = smallest_of(parts)
    heads = {*parts[-1:], *smallest[-1:]}
    shares = {part: _HEAD if part in heads else _MODIFIER for part in (*parts, *smallest)}
    return ((term, weight), *((part, weight * share // 100) for part, share in shares.items()))


def _phrases(tokens: Sequence[Token], phrases: frozenset[str]) -> Iterator[str]:
    """Those of the terms of several words that stand in a text."""
    if phrases:
        spoken = [token.term for token in tokens if token.term]
        yield from (phrase for pair in pairwise(spoken) if (phrase := " ".join(pair)) in phrases)
