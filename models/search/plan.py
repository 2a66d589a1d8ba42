"""What a search asks of the index: found out once of its text, and the same for every row and every list."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

import orjson

from models.search.analysis import Token, analyse, is_everyday, is_generic_head, is_party
from models.search.sentences import STRONG, weighed
from models.search.tables import Kind
from models.search.weights import TEXT, kindred_to

# What a word that was found adds to a score, over what it weighs there: who has more of the words comes first.
FOUND = 100

# In percent, what counts of a weight: the word itself; what a compound is about, whose head says little; and, on top of
# that, all of its parts.
OWN = 100
ABOUT = 45
# For whom something is says less of it: Kinderbetreuung.
FOR_SOMEBODY = 25
TOGETHER = 50
# What more of a word's terms adds, each, up to so many: what has several words for it is more about it.
ANOTHER = 4
MOST_OTHERS = 4
# And another word for a topic of the entry.
KINDRED = 25


@dataclass(frozen=True)
class PlannedWord:
    """One word of a search, or several that mean one thing: found where one of `terms` is, or all of `together`.

    Of these each has to stand in the text by itself, or in the title, or a name: *Feuer* and *Werkzeug* are no
    fireworks.
    """

    # Where it stands in the search: characters from `start` to before `end`.
    start: int
    end: int
    # Each term with what it counts in percent: the word itself 100, its synonyms less.
    terms: tuple[tuple[str, int], ...]
    # The parts of a compound: an entry that has them all is about it, too.
    together: tuple[str, ...] = ()
    # In tenths, beside the other words.
    counts: int = STRONG
    # How it is spelled in the entries, where it was taken for a typing error.
    corrected: str | None = None

    @property
    def is_phrase(self) -> bool:
        """Whether it is two words that mean one thing."""
        return " " in self.terms[0][0]

    def found_in(self, weights: Mapping[str, int]) -> int | None:
        """What the word adds to the score of a row with these terms; None where it isn't found."""
        single = [(FOUND + weights[term]) * percent // 100 for term, percent in self.terms if term in weights]
        added = max(single, default=0) + ANOTHER * min(max(len(single) - 1, 0), MOST_OTHERS)
        least = min((weights.get(part, 0) for part in self.together), default=0)
        if least >= TEXT:
            added += (FOUND + least) * TOGETHER // 100
        return added * self.counts // STRONG if added else None


@dataclass(frozen=True)
class Hits:
    """The rows of one kind that a search finds, with their scores."""

    scores: Mapping[int, int]

    def upto(self, most: int) -> "Hits":
        """Those with at most so high a score."""
        return Hits({row: score for row, score in self.scores.items() if score <= most})

    def best(self, count: int) -> "Hits":
        """Those with the highest scores: so many, and all that score as high as the last of them."""
        if len(self.scores) <= count:
            return self
        least = sorted(self.scores.values(), reverse=True)[count - 1]
        return Hits({row: score for row, score in self.scores.items() if score >= least})

    @cached_property
    def keys_json(self) -> str:
        """Their keys, as JSON."""
        return orjson.dumps(list(self.scores)).decode()

    @cached_property
    def scores_json(self) -> str:
        """Their scores by their keys, as JSON."""
        return orjson.dumps(self.scores, option=orjson.OPT_NON_STR_KEYS).decode()


@dataclass(frozen=True)
class SearchPlan:
    """The words of a search, and how much of them a row has to have: the sum of what its words count."""

    words: tuple[PlannedWord, ...]
    need: int
    # What it finds, by kind, where that was looked for: see `models.search.hits`.
    hits: Mapping[Kind, Hits] | None = field(default=None, compare=False, repr=False)

    def finds(self, weights: Mapping[str, int]) -> bool:
        """Whether a row with these terms is found."""
        found = sum(word.counts for word in self.words if word.found_in(weights) is not None)
        return bool(self.words) and found >= self.need

    @property
    def terms(self) -> frozenset[str]:
        """All terms that count, for who marks them."""
        single = {term for word in self.words for term, _percent in word.terms}
        return frozenset(single.union(*(word.together for word in self.words)))

    @classmethod
    def of(cls, words: tuple[PlannedWord, ...]) -> "SearchPlan":
        """A plan that needs all words that say what is sought; everyday ones only where there are no others."""
        strong = sum(word.counts for word in words if word.counts == STRONG)
        return cls(words, strong or sum(word.counts for word in words))


NOTHING = SearchPlan((), 1)
# So many words of a search are looked for; and of its text so many characters are read.
MOST_WORDS = 10
_LONGEST = 1000


def searched(text: str) -> dict[Token, int]:
    """The words of a search that are looked for, the first ten, each once; and what each counts, in tenths."""
    read = text[:_LONGEST]
    tokens = analyse(read)
    found: dict[str, tuple[Token, int]] = {}
    for token, counts in zip(tokens, weighed(read, tokens), strict=True):
        if token.term:
            found.setdefault(token.term, (token, counts))
    return dict(list(found.values())[:MOST_WORDS])


@lru_cache(500)
def plain_plan(text: str) -> SearchPlan:
    """What a text asks for by its own words alone: all of them, no synonyms, nothing corrected. Without I/O."""
    return SearchPlan.of(tuple(planned(token, counts) for token, counts in searched(text).items()))


def planned(
    token: Token, counts: int, more: Mapping[str, int] | None = None, akin: Mapping[str, int] | None = None
) -> PlannedWord:
    """A word of a search with its own term, what its compound is about, and `more` terms with what they count.

    `akin` are terms that mean what its compound is about, with what they count.
    """
    terms = {token.term: OWN, kindred_to(token.term): KINDRED}
    if token.parts and is_generic_head(token.parts[-1]):
        before = [part for part in token.parts[:-1] if not is_everyday(part) and part not in terms]
        terms |= {part: FOR_SOMEBODY if is_party(part) else ABOUT for part in before}
        terms |= {term: percent for term, percent in (akin or {}).items() if term not in terms}
    for term, percent in (more or {}).items():
        terms[term] = max(terms.get(term, 0), percent)
    return PlannedWord(token.start, token.end, tuple(terms.items()), token.smallest, counts)


def subject_of(token: Token) -> str | None:
    """What a compound is about whose head says little, as a term: *Alkohol* of *Alkoholprobleme*. None for others."""
    if len(token.parts) != 2 or not is_generic_head(token.parts[-1]):
        return None
    (subject, _head) = token.parts
    return None if is_everyday(subject) or is_party(subject) else subject
