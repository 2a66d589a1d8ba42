"""Text made equal where people see no difference: for sorting, finding and slugs."""

import re
import unicodedata
from functools import lru_cache

from models.text.normalization import BLANKS, INVISIBLE, LONG_FOREIGN_RUN, UNTYPABLE

# Letters that people take for these, and that Unicode doesn't decompose: Yıldız, Łukasz, Søren, Đorđe.
_STROKES = (("ı", "i"), ("ł", "l"), ("ø", "o"), ("đ", "d"), ("ħ", "h"))
# To translate takes its time for each character: what can't have a mark is passed over.
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_INVISIBLE = re.compile(f"[{INVISIBLE}]")
# Of a search so much is looked at.
_LONGEST_SEARCH = 1000


class _Unmarked(dict[int, int | None]):
    """Every code point as it is, and diacritics as nothing; those of the scripts of Europe are remembered.

    So are characters that nobody sees as nothing, and those that are blank as a space.
    """

    def __missing__(self, code: int) -> int | None:
        letter = chr(code)
        found = None if unicodedata.combining(letter) or _INVISIBLE.match(letter) else code
        found = ord(" ") if letter in BLANKS else found
        if code < 0x530:
            self[code] = found
        return found


_UNMARKED = _Unmarked()


def fold(text: str) -> str:
    """Case and diacritics removed, white space collapsed: `Ärzte  Straße` becomes `arzte strasse`.

    What nobody sees is removed too, such as a soft hyphen, or what joins two letters or two emoji. Sorts as DIN 5007-1
    does (ä beside a, ß as ss).
    """
    folded = text.casefold()
    for letter, plain in _STROKES:
        folded = folded.replace(letter, plain)
    # To order the marks of one letter takes the square of their number: where there may be many, they go before that.
    folded = LONG_FOREIGN_RUN.sub(_without_marks, folded)
    decomposed = unicodedata.normalize("NFKD", folded)
    return " ".join(_FOREIGN.sub(_without_marks, decomposed).casefold().split())


def _without_marks(some: re.Match[str]) -> str:
    return some[0].translate(_UNMARKED)


def sort_key(text: str) -> str:
    """What to sort `text` by: folded, without leading quotes and other signs, cut to 200 characters."""
    folded = fold(text)
    return (re.sub(r"^[^\w]+", "", folded) or folded)[:200]


def words(text: str) -> list[str]:
    """The folded words of a search, at most ten, each cut to a hundred characters; each has to be found.

    Of the text the first thousand characters count.
    """
    return list(_words(text[:_LONGEST_SEARCH]))


@lru_cache(500)
def _words(text: str) -> tuple[str, ...]:
    """A filter is asked for its words again for each row that it judges."""
    return tuple(word[:100] for word in fold(UNTYPABLE.sub(" ", text)).split()[:10])
