"""What a search asks of the index: found out once of its text, and the same for every row and every list."""

from collections.abc import Mapping
from dataclasses import dataclass

# What a word that was found adds to a score, over what it weighs there: who has more of the words comes first.
FOUND = 100
# In tenths, what an everyday word counts beside the others.
STRONG = 10
WEAK = 3


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

    def found_in(self, weights: Mapping[str, int]) -> int | None:
        """What the word adds to the score of a row with these terms; None where it isn't found."""
        single = max((weights[term] * percent // 100 for term, percent in self.terms if term in weights), default=0)
        whole = bool(self.together) and all(part in weights for part in self.together)
        both = single + (min(weights[part] for part in self.together) * TOGETHER // 100 if whole else 0)
        return (FOUND + both) * self.counts // STRONG if both else None


# What the parts of a compound count in percent where an entry has all of them.
TOGETHER = 60


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


NOTHING = SearchPlan((), 1)
