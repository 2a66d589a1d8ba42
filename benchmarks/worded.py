"""A board whose entries speak as people do: what a search is measured on, for `Made` repeats a few sentences."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from benchmarks.data import Made, Record
from models.search.analysis import CONSTITUENTS
from resolvers.demo.offers import ENTRIES
from resolvers.demo.shapes import prose
from resolvers.network.town_file import wolfsburg

_ENDS = re.compile(r"(?<=[.!?:])\s+")
# The words of people are few that are frequent and many that are rare: the nth is so often said as 1/n.
_WORDS, _COMPOUNDS = 6, 2
_TOWN = wolfsburg()
_KM_NORTH, _KM_EAST = 1 / 111, 1 / 68


@dataclass(frozen=True)
class Worded(Made):
    """A network whose entries lie in the town, and say what the demonstration's do, in other words besides.

    Each has a title and two sentences of the demonstration, besides some words that others have as well, and some that
    hardly any has. Half of them have a venue, the others a district, a tenth neither.
    """

    @cached_property
    def _titles(self) -> Sequence[str]:
        return [entry.title for entry in ENTRIES]

    @cached_property
    def _sentences(self) -> Sequence[str]:
        return [part for entry in ENTRIES for part in _ENDS.split(prose(entry.description)) if part]

    @cached_property
    def _vocabulary(self) -> tuple[Sequence[str], Sequence[float]]:
        """Words in the order of how often they are said, and how often that is, added up."""
        words = sorted(CONSTITUENTS)
        random.Random("words").shuffle(words)
        shares, total = [], 0.0
        for place in range(1, len(words) + 1):
            total += 1 / (place + 20)
            shares.append(total)
        return words, shares

    def _offer(self, number: int, dice: random.Random, texts: list[str]) -> Record:
        words, shares = self._vocabulary
        said = dice.choices(words, cum_weights=shares, k=_WORDS)
        joined = [
            first + second for first, second in zip(*[iter(dice.choices(words, k=2 * _COMPOUNDS))] * 2, strict=True)
        ]
        more = " ".join(word.capitalize() for word in (*said, *joined))
        title = f"{dice.choice(self._titles)}: {said[0].capitalize()} und {joined[0].capitalize()}"
        record = super()._offer(number, dice, texts)
        record |= {"title": title[:200], "description": f"{' '.join(dice.choices(self._sentences, k=2))} {more}."}
        return record | self._place(dice)

    def _place(self, dice: random.Random) -> dict[str, Any]:
        district = dice.choice(_TOWN.districts)
        kind = dice.random()
        if kind < 0.1 or district.location is None:
            return {}
        if kind < 0.5:
            return {"district": district.name}
        north, east = district.location
        return {
            "venue": (north + dice.gauss(0, 1) * _KM_NORTH, east + dice.gauss(0, 1) * _KM_EAST),
            "venue_district": district.name,
        }
