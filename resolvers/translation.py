"""German by default, English by `Accept-Language`: gettext catalogues, read from their .po files when first needed.

A text that says how many of something there are is marked by `_n` and has a form for each plural of its language.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

log = structlog.get_logger()

LANGUAGES = ("de", "en")
CATALOGUES = Path(__file__).parent / "locale"
# Longer than any browser's. Known results are kept by what was given.
_LONGEST = 1000
# A language range with its weight. Systems write `de_DE` too, and mean the same.
_RANGE = re.compile(
    r"\s*(?P<language>\*|[a-z]{1,8})(?:[-_][a-z0-9]{1,8}|[-_]\*)*"
    r"(?:\s*;\s*q\s*=\s*(?P<weight>[0-9]{1,4}(?:\.[0-9]{0,20})?|\.[0-9]{1,20})\s*)?\s*",
    re.IGNORECASE | re.ASCII,
)


def _(message: str) -> str:
    """Marks a text for the catalogues. It is translated where it leaves: by `translate`."""
    return message


class Plural(str):
    """A text in its form for one; `many` is that for others, and `counts` names the placeholder that says how many."""

    many: str
    counts: str


def _n(one: str, many: str, counts: str) -> Plural:
    """Marks a text that counts for the catalogues, as `_` does others."""
    made = Plural(one)
    made.many, made.counts = many, counts
    return made


@cache
def _read(language: str) -> "Catalog":
    from babel.messages.pofile import read_po  # with the first text that is asked for: a server may never say one

    with (CATALOGUES / f"{language}.po").open("rb") as source:
        return read_po(source, locale=language)


@cache
def _catalogue(language: str) -> GNUTranslations:
    from babel.messages.mofile import write_mo

    compiled = BytesIO()
    write_mo(compiled, _read(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def translate(language: str, message: str, /, **parameters: object) -> str:
    """`message` in `language`, with its `{names}` filled in; a `Plural` in the form for the number it is given.

    It never raises, for an error must not fail while it is worded: what can't be worded is the English text.
    """
    try:
        return _translated(language, message, parameters)
    except Exception:
        log.exception("not worded", language=language, message=str(message))
        return str(message)


def _translated(language: str, message: str, parameters: Mapping[str, object]) -> str:
    catalogue = _catalogue(language)
    if isinstance(message, Plural):
        text = catalogue.ngettext(message, message.many, int(str(parameters[message.counts])))
    else:
        text = catalogue.gettext(message) if message else ""
    return text.format(**parameters) if parameters else text


@cache
def texts_of_page(page: str, language: str) -> Mapping[str, str | list[str]]:
    """What the scripts of a page say, by the English text: the entries whose context (msgctxt) is `page`.

    Of a text that counts, by its form for one, the list of its forms, in the order of the language's plurals.
    """
    found: dict[str, str | list[str]] = {}
    for message in _read(language):
        if message.context == page:
            ids = _forms(message.id)
            forms = [form or ids[min(place, len(ids) - 1)] for place, form in enumerate(_forms(message.string))]
            found[ids[0]] = forms if message.pluralizable else forms[0]
    return found


def _forms(text: str | Iterable[str] | None) -> list[str]:
    return [text or ""] if isinstance(text, (str, type(None))) else list(text)


def negotiate(accept_language: str | None) -> str:
    """The language to answer in: German unless `Accept-Language` (RFC 9110, 12.5.4) prefers English.

    A range stands for its language, whatever its region and in whatever case (RFC 4647, 2.1); `*` for the first of ours
    that isn't named. What is no range, or has no weight, counts for nothing, as does what lies behind 1,000 characters.
    """
    return _negotiated((accept_language or "")[:_LONGEST])


@lru_cache(200)
def _negotiated(accept_language: str) -> str:
    weights: dict[str, float] = {}
    for part in accept_language.split(","):
        found = _RANGE.fullmatch(part)
        if found is None:
            continue
        weight = min(float(found["weight"] or 1), 1.0)
        # Of several ranges of a language, the one that it is wanted most by.
        language = found["language"].lower()
        weights[language] = max(weight, weights.get(language, 0.0))
    others = weights.get("*", 0.0)
    wanted = {language: weights.get(language, others) for language in LANGUAGES}
    if not any(wanted.values()):  # what is refused comes last
        wanted = {language: -1.0 if language in weights else 0.0 for language in LANGUAGES}
    best = max(wanted.values())
    return next(language for language in _as_named(weights) if wanted[language] == best)


def _as_named(weights: Iterable[str]) -> list[str]:
    """Our languages, those first that were named, in that order."""
    named = [language for language in weights if language in LANGUAGES]
    return [*named, *(language for language in LANGUAGES if language not in named)]
