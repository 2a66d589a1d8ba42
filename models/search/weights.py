"""How much a word weighs in an entry: by where it stands, and whether it stands there by itself.

Weights are stored with the entry and depend on nothing but it: a score doesn't move when other entries come.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from models.search.analysis import Token, analyse

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
        tokens = analyse(text) if text else []
        for token in tokens:
            spelling = (text or "")[token.start : token.end]
            if token.term and max(map(len, (token.word, token.term, spelling))) <= _LONGEST:
                words.setdefault(token.word, (token.term, spelling))
        for term, share in _terms(tokens, phrases):
            weights[term] = max(weights.get(term, 0), weight * share // 100)
            times[term] = times.get(term, 0) + 1
    for term, count in times.items():
        weights[term] += _AGAIN * min(count - 1, _MOST_AGAIN)
    for text in kindred:
        weights |= {kindred_to(term): NAMED for term, _share in _terms(analyse(text), phrases)}
    most = sorted(weights, key=lambda term: (-weights[term], term))[:MOST_TERMS]
    return Indexed({term: weights[term] for term in most if len(term) <= _LONGEST}, words)


def kindred_to(term: str) -> str:
    """The term of an entry that has a word not itself, but as another word for its topic."""
    return f"~{term}"


def _terms(tokens: list[Token], phrases: frozenset[str]) -> Iterable[tuple[str, int]]:
    """The terms of a text, each with what it counts in percent."""
    spoken = [token for token in tokens if token.term]
    for token in spoken:
        yield token.term, 100
        heads = {*token.parts[-1:], *token.smallest[-1:]}
        for part in dict.fromkeys((*token.parts, *token.smallest)):
            yield part, _HEAD if part in heads else _MODIFIER
    if phrases:
        for first, second in pairwise(spoken):
            if (phrase := f"{first.term} {second.term}") in phrases:
                yield phrase, 100
