"""Text made equal where people see no difference: for sorting, finding and slugs."""

import re
import unicodedata

# C0 and C1 without tab and line feed, and lone surrogates: no text that a person types, and NUL no database stores.
UNTYPABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

# Letters that people take for these, and that Unicode doesn't decompose: Yıldız, Łukasz, Søren, Đorđe.
_STROKES = (("ı", "i"), ("ł", "l"), ("ø", "o"), ("đ", "d"), ("ħ", "h"))
# To translate takes its time for each character: what can't have a mark is passed over.
_FOREIGN = re.compile(r"[^\x00-\x7f]+")


class _Unmarked(dict[int, int | None]):
    """Every code point as it is, and diacritics as nothing; those of the scripts of Europe are remembered."""

    def __missing__(self, code: int) -> int | None:
        found = None if unicodedata.combining(chr(code)) else code
        if code < 0x530:
            self[code] = found
        return found


_UNMARKED = _Unmarked()


def fold(text: str) -> str:
    """Case and diacritics removed, white space collapsed: `Ärzte  Straße` becomes `arzte strasse`.

    Sorts as DIN 5007-1 does (ä beside a, ß as ss).
    """
    folded = text.casefold()
    for letter, plain in _STROKES:
        folded = folded.replace(letter, plain)
    decomposed = unicodedata.normalize("NFKD", folded)
    return " ".join(_FOREIGN.sub(_without_marks, decomposed).casefold().split())


def _without_marks(some: re.Match[str]) -> str:
    return some[0].translate(_UNMARKED)


def sort_key(text: str) -> str:
    """What to sort `text` by: folded, without leading quotes and other signs, cut to 200 characters."""
    folded = fold(text)
    return (re.sub(r"^[^\w]+", "", folded) or folded)[:200]


def words(text: str) -> list[str]:
    """The folded words of a search, at most ten, each cut to a hundred characters; each has to be found."""
    return [word[:100] for word in fold(UNTYPABLE.sub(" ", text)).split()[:10]]
