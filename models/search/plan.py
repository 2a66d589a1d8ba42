"""What a search asks of the index: found out once of its text, and the same for every row and every list."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from models.search.analysis import Token, analyse, is_everyday, is_generic_head
from models.search.weights import kindred_to

# What a word that was found adds to a score, over what it weighs there: who has more of the words comes first.
FOUND = 100
# In tenths, what an everyday word counts beside the others.
STRONG = 10
WEAK = 1


# In percent, what counts of a weight: the word itself; what a compound is about, whose head says little; all parts.
OWN = 100
ABOUT = 50
TOGETHER = 60
# And another word for a topic of the entry.
KINDRED = 25


@dataclass(frozen=True)
class PlannedWord:
    """One word of a search, or several that mean one thing: found where one of `terms` is, or all of `together`."""

    # Where it stands in the search: characters from `start` to before `end`.
    start: int
    end: int
    # Each term with what it counts in percent: the word itself 100, its synonyms less.
    terms: tuple[tuple[str, int], ...]
    # The parts of a compound: an entry that has them all is about it, too.
    together: tuple[str, ...] = ()
    counts: int = STRONG
    # How it is spelled in the entries, where it was taken for a typing error.
    corrected: str | None = None
    # Terms that so many entries have that only the best of these are looked at.
    frequent: frozenset[str] = frozenset()

    @property
    def is_phrase(self) -> bool:
        """Whether it is two words that mean one thing."""
        return " " in self.terms[0][0]

    def found_in(self, weights: Mapping[str, int]) -> int | None:
        """What the word adds to the score of a row with these terms; None where it isn't found."""
        single = [(FOUND + weights[term]) * percent // 100 for term, percent in self.terms if term in weights]
        if not single and self.together and all(part in weights for part in self.together):
            single = [(FOUND + min(weights[part] for part in self.together)) * TOGETHER // 100]
        return max(single) * self.counts // STRONG if single else None


@dataclass(frozen=True)
class SearchPlan:
    """The words of a search, and how much of them a row has to have: the sum of what its words count."""

    words: tuple[PlannedWord, ...]
    need: int

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
        """A plan that needs all of the words, but everyday ones only where there are no others."""
        strong = sum(word.counts for word in words if word.counts == STRONG)
        return cls(words, strong or sum(word.counts for word in words))


NOTHING = SearchPlan((), 1)
# So many words of a search are looked for; and of its text so many characters are read.
MOST_WORDS = 10
_LONGEST = 1000


def searched(text: str) -> list[Token]:
    """The words of a search that are looked for, the first ten, each once."""
    found: dict[str, Token] = {}
    for token in analyse(text[:_LONGEST]):
        if token.term:
            found.setdefault(token.term, token)
    return list(found.values())[:MOST_WORDS]


@lru_cache(500)
def plain_plan(text: str) -> SearchPlan:
    """What a text asks for by its own words alone: all of them, no synonyms, nothing corrected. Without I/O."""
    return SearchPlan.of(tuple(planned(token) for token in searched(text)))


def planned(token: Token, more: Mapping[str, int] | None = None) -> PlannedWord:
    """A word of a search with its own term, what its compound is about, and `more` terms with what they count."""
    terms = {token.term: OWN, kindred_to(token.term): KINDRED}
    if token.parts and is_generic_head(token.parts[-1]):
        terms |= {part: ABOUT for part in token.parts[:-1] if not is_everyday(part) and part not in terms}
    for term, percent in (more or {}).items():
        terms[term] = max(terms.get(term, 0), percent)
    counts = WEAK if is_everyday(token.term) else STRONG
    return PlannedWord(token.start, token.end, tuple(terms.items()), token.parts, counts)
