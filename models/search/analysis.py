"""How a text becomes terms: the words of a text, folded, stemmed, and split where they are compounds.

Pure: the same text has the same terms on every machine and beside every other entry. Entries and what is searched for
go through the same analysis, and so meet in the same terms. docs/search.md follows a word through it.
"""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from Stemmer import Stemmer
from stop_words import get_stop_words

from models.text.folding import fold

_DATA = Path(__file__).parent / "data"
# So many words of a text are looked at, and so many characters of a word: what a person writes has fewer.
MOST_WORDS = 1000
LONGEST_WORD = 40
CACHED_WORDS = 50_000

_WORD = re.compile(r"[^\W_]+")
# 1. Hilfe, 2. Vorsitzende: a number with a dot before a word is read out.
_COUNTED = re.compile(r"\.\s+[^\W\d_]")
_ORDINALS = {"1": "erste", "2": "zweite", "3": "dritte", "4": "vierte", "5": "fünfte", "6": "sechste", "7": "siebte"}
# ae, oe and ue as people type them who have no umlauts; not in neue, Steuer, Bauer, Quelle.
_TYPED_UMLAUT = re.compile(r"(?<![aeoqu])([aou])e(?!$)")
# Women's names of what they do: Imkerin, Patinnen, Ärztin.
_FEMININE = re.compile(r"(?<=.)(er|ar|art|at|zt|ist|ent|ant|or|og|nd|eg|nk|wt|ol)in(?:nen)?$")
# vorgelesen, eingeladen: the participle of a verb with a prefix, as its infinitive.
_PARTICIPLE = re.compile(r"^(ab|an|auf|aus|bei|ein|mit|nach|vor|zu|zusammen|weiter)ge(.{3,})(t|en)(?:e[nrms]?)?$")
# reparieren, Reparatur; fotografieren, Fotografie: foreign verbs and their nouns.
_FOREIGN_VERB = re.compile(r"(?<=.{3})(?<!barr)(?:ier(?:en|t|te|ten|ung|ungen)|atur(?:en)?)$")
_FOREIGN_NOUN = re.compile(r"(?<=.{6})ien?$")
# Prüfung, Sammlung: what is done, as the doing; but not where another word would come of it.
_DOING = re.compile(r"(?<=.{3})(?<!zeit)(?<!bild)(?<!stift)(?<!schul)(?<!fest)(?<!acht)(?<!sied)(?<!fuhr)ung(?:en)?$")


class Token(NamedTuple):
    """A word of a text: its characters from `start` to before `end`, and what it means to the index."""

    start: int
    end: int
    # Folded, as it was written.
    word: str
    # Its stem; empty for a stop word, which is neither indexed nor looked for.
    term: str
    # The stems of what it is composed of, its head last; none where it is no compound.
    parts: tuple[str, ...] = ()

    @property
    def smallest(self) -> tuple[str, ...]:
        """Its parts, and of those that are compounds themselves their parts: a Jugend-gruppen-leiter."""
        return smallest_of(self.parts)


def analyse(text: str) -> list[Token]:
    """The words of `text` in their order, the first thousand."""
    return list(_tokens(text))


def terms(text: str) -> dict[str, int]:
    """The terms of a text: 2 for what stands there as a word, 1 for what is only a part of a compound."""
    found: dict[str, int] = {}
    for token in _tokens(text):
        if token.term:
            found[token.term] = 2
            for part in token.parts:
                found.setdefault(part, 1)
    return found


def _tokens(text: str) -> Iterator[Token]:
    for number, match in enumerate(_WORD.finditer(text)):
        if number == MOST_WORDS:
            return
        written = match[0][:LONGEST_WORD]
        if written in _ORDINALS and _COUNTED.match(text, match.end()):
            written = _ORDINALS[written]
        word, term, parts = _analysed(written)
        yield Token(match.start(), match.end(), word, term, parts)


@lru_cache(CACHED_WORDS)
def _analysed(written: str) -> tuple[str, str, tuple[str, ...]]:
    word = spelled(written)
    if not word or word in STOP_WORDS:
        return word, "", ()
    return word, stem(word), parts_of(word)


def spelled(written: str) -> str:
    """A word as it is compared letter by letter: folded, and an umlaut typed as two letters as that umlaut is.

    `Männer`, `Maenner` and `manner` are one.
    """
    return _TYPED_UMLAUT.sub(r"\1", fold(written))


_snowball = Stemmer("german")
_one_at_a_time = Lock()


def _lines(name: str) -> list[str]:
    text = (_DATA / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def _irregular() -> dict[str, str]:
    """Forms that have no stem in common with their word, and that word."""
    lines = (line.partition(":") for line in _lines("irregular.de.txt"))
    return {spelled(form): spelled(word) for word, _, forms in lines for form in forms.split()}


_IRREGULAR = _irregular()


# Of these compounds are made, of many each: from the word list of simplemma (MIT), and words of the field.
CONSTITUENTS = frozenset(_lines("constituents.de.txt"))
# Fotos, Autos, Omas, Laptops: Snowball leaves the s behind a vowel, and behind a p.
_PLURAL = re.compile(r"(?<=...)[aiouyp]s$")


@lru_cache(CACHED_WORDS)
def stem(word: str) -> str:
    """The stem of a word as `spelled` makes it: what its forms, its agent and its verb share."""
    word = _IRREGULAR.get(word, word)
    if _PLURAL.search(word) and word not in CONSTITUENTS and (word[:-1] in CONSTITUENTS or word[-2] == "p"):
        word = word[:-1]
    if len(word) >= 5:
        word = _PARTICIPLE.sub(r"\1\2en", _FEMININE.sub(r"\1", word))
        word = _DOING.sub("", _FOREIGN_NOUN.sub("", _FOREIGN_VERB.sub("", word)))
    if len(word) < 4:
        return word
    with _one_at_a_time:  # a stemmer is one thread's at a time
        found: str = _snowball.stemWord(word)
    return found


# ---------------------------------------------------------------- what is known of words


STOP_WORDS = frozenset(
    spelled(word) for source in (get_stop_words("de"), " ".join(_lines("stopwords.de.txt")).split()) for word in source
)
_EVERYDAY = frozenset(stem(spelled(line)) for line in _lines("everyday.de.txt"))
# Heads that leave it to what stands before them to say what it is about: Gartenpflege, Sprachförderung.
_GENERIC_HEADS = frozenset(stem(spelled(line)) for line in _lines("heads.de.txt"))
_DOINGS = frozenset(stem(spelled(line)) for line in _lines("doing.de.txt"))
_PARTIES = frozenset(stem(spelled(line)) for line in _lines("parties.de.txt"))


def is_everyday(term: str) -> bool:
    """Whether a term says little on a board, where everybody writes it."""
    return term in _EVERYDAY


def is_generic_head(term: str) -> bool:
    """Whether a compound with this head is about what stands before it."""
    return term in _GENERIC_HEADS


def is_doing(term: str) -> bool:
    """Whether a term says only what is to be done with something: to lend it, to organise it."""
    return term in _DOINGS


def is_party(term: str) -> bool:
    """Whether a term names somebody that people speak for: a son, a club, a school's class."""
    return term in _PARTIES


def is_word(word: str) -> bool:
    """Whether a word, as `spelled` makes it, is one of the language's as far as is known: it needs no correction."""
    return is_listed(word) or bool(parts_of(word))


def is_listed(word: str) -> bool:
    """Whether a word is one of the list. What is only a compound of such words may be another one, typed wrongly."""
    return word in CONSTITUENTS or stem(word) in _known_words()


# ---------------------------------------------------------------- compounds


# What links the words of a compound: nothing, or one of these.
_LINKS = ("", "s", "n", "en", "es", "er", "e")


@dataclass(frozen=True, slots=True)
class _Forms:
    """How constituents are written as the head of a compound, and before one: the stems that they have."""

    heads: dict[str, str]
    modifiers: dict[str, str]
    longest: int


@cache
def _forms() -> _Forms:
    """Made when a word is first taken apart: they take a tenth of a second, and 20 MB. See `prepared`."""
    heads: dict[str, str] = {}
    modifiers: dict[str, str] = {}
    for word in sorted(CONSTITUENTS, key=len):
        known = stem(word)
        for ending in ("e", "n", "en", "er", "ern", "s", "es", "in", "innen"):  # as it is inflected by itself
            heads.setdefault(word + ending, known)
        for link in _LINKS[1:]:
            modifiers.setdefault(word + link, known)
        for ending in ("e", "en"):  # without its own: Sprach-, Schul-, Kletter-
            if word.endswith(ending) and len(word) - len(ending) >= 4:
                modifiers.setdefault(word.removesuffix(ending), known)
        if word.endswith(("eln", "ern")):
            modifiers.setdefault(word[:-1], known)
        if word.endswith("e"):  # Pate, Patin
            heads.setdefault(word[:-1] + "in", known)
            heads.setdefault(word[:-1] + "innen", known)
    own = {word: stem(word) for word in CONSTITUENTS}
    heads.update(own)
    modifiers.update(own)
    return _Forms(heads, modifiers, longest=max(map(len, (*heads, *modifiers))))


async def prepared() -> None:
    """To be awaited before a text is taken apart: what words consist of is found out in a thread, the first time."""
    if not _forms.cache_info().currsize:
        await asyncio.to_thread(_forms)


_SHORTEST_PART = 3


@lru_cache(CACHED_WORDS)
def parts_of(word: str) -> tuple[str, ...]:
    """The stems of the words that a compound consists of, its head last; none where it is no compound.

    Of all ways to take it apart that leave no letter over, the one with the fewest words: *Verein* has no *Ei*.
    """
    if not 2 * _SHORTEST_PART <= len(word) < LONGEST_WORD:
        return ()
    return tuple(dict.fromkeys(_split(_FEMININE.sub(r"\1", word)) or _split(word) or ()))


def _split(word: str) -> tuple[str, ...] | None:
    """The fewest constituents, two or more, whose line is the word, as stems. None where there are none."""
    size = len(word)
    forms = _forms()
    # The best way to write what begins at each place. The head is found first, the longest of equals.
    best: list[tuple[str, ...] | None] = [None] * size
    for start in range(size - _SHORTEST_PART, -1, -1):
        whole = forms.heads.get(word[start:]) if start else None
        best[start] = (whole,) if whole else _continued(word, start, best, forms)
    return best[0]


def _continued(word: str, start: int, best: list[tuple[str, ...] | None], forms: _Forms) -> tuple[str, ...] | None:
    """The best way to write what begins at `start` by a word that another follows."""
    found: tuple[str, ...] | None = None
    last = min(len(word) - _SHORTEST_PART, start + forms.longest)
    for end in range(last, start + _SHORTEST_PART - 1, -1):
        rest = best[end]
        if rest is not None and (found is None or len(rest) + 1 < len(found)):
            part = forms.modifiers.get(word[start:end])
            found = found if part is None else (part, *rest)
    return found


def before(rest: str) -> str | None:
    """The stem of what a compound begins with, `rest`, where that is a constituent; None where it is none."""
    return _forms().modifiers.get(rest)


def behind(rest: str) -> str | None:
    """The stem of a compound's head, where `rest`, what follows another word, is one and may be linked to it."""
    heads = (_forms().heads.get(rest[len(link) :]) for link in _LINKS if rest.startswith(link))
    return next((head for head in heads if head is not None), None)


def unlinked(word: str) -> list[str]:
    """What may be meant by the beginning of a compound: it as it is, and without what links it to the rest."""
    return [word.removesuffix(link) for link in _LINKS if word.endswith(link)]


@cache
def _known_words() -> dict[str, str]:
    """A constituent by its stem."""
    return {stem(word): word for word in sorted(CONSTITUENTS, key=len, reverse=True)}


def smallest_of(parts: tuple[str, ...]) -> tuple[str, ...]:
    """As `Token.smallest`, of a word that has these parts."""
    return tuple(dict.fromkeys(one for part in parts for one in _smallest(part)))


@lru_cache(CACHED_WORDS)
def _smallest(part: str) -> tuple[str, ...]:
    """What a part of a compound consists of, by its stem; itself where it is no compound."""
    return _split(_known_words().get(part, "")) or (part,)
