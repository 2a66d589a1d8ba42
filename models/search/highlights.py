"""Where in a text a search found its words: ranges of characters of the text as it is stored."""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from models.search.analysis import Token, analyse
from models.text.folding import fold

# So much of a text is looked at, so many of its words are analysed, so many places are told: a reader needs no more.
LOOKED_AT = 2000
MOST_WORDS = 40
MOST_RANGES = 10
# What the words of a stem begin with: its first letters.
_BEGINNING = 3
_WORD = re.compile(r"[^\W_]+")
# abgeholt has the stem of abholen.
_PARTED = ("ab", "an", "zu")


@dataclass(frozen=True)
class Highlight:
    """The characters from `start` to before `end` of the text of `field`, counted in code points."""

    field: str
    start: int
    end: int


def highlights(field: str, text: str | None, terms: Collection[str]) -> list[Highlight]:
    """The words of `text` whose stem, or a part of which, is one of `terms`, in their order.

    A compound is told as a whole. Of the text the first `LOOKED_AT` characters count, of the words the first
    `MOST_RANGES`. To take a word apart costs more than to pass it over: that is done with those alone that could be
    meant.
    """
    if not text or not terms:
        return []
    found: list[Highlight] = []
    for number, token in enumerate(_possible(text[:LOOKED_AT], terms)):
        if token.end == LOOKED_AT < len(text) or number == MOST_WORDS:
            break  # half a word is another word
        if token.term in terms or any(part in terms for part in token.parts):
            found.append(Highlight(field, token.start, token.end))
            if len(found) == MOST_RANGES:
                break
    return found


def _possible(text: str, terms: Collection[str]) -> Iterator[Token]:
    """The words of a text in which a stem begins as one of `terms` does, in their order."""
    plain = text.translate(_LETTERS)
    words = [match.span() for match in _WORD.finditer(plain)]
    possible: set[int] = set()
    for beginning in {one for term in terms for one in _beginnings(term)}:
        place = plain.find(beginning)
        while place >= 0:
            number = bisect_right(words, (place, len(plain))) - 1
            possible.add(number)
            place = plain.find(beginning, words[number][1])
    for number in sorted(possible):
        start, end = words[number]
        for token in analyse(text[start:end])[:1]:
            yield Token(start, end, token.word, token.term, token.parts)


def _beginnings(term: str) -> Iterator[str]:
    """How a word with this stem may begin, as `_LETTERS` writes it: with ae for ä, too."""
    beginning = term[:_BEGINNING]
    yield beginning
    if term[:2] in _PARTED:
        yield f"{term[:2]}ge"
    for vowel in "aou":
        if vowel in beginning:
            yield beginning.replace(vowel, f"{vowel}e")[:_BEGINNING]


class _Letters(dict[int, str]):
    """Each character as the one that its folded form begins with, so that places stay places."""

    def __missing__(self, code: int) -> str:
        letter = (fold(chr(code)) or chr(code))[0]
        if code < 0x530:
            self[code] = letter
        return letter


_LETTERS = _Letters()
