"""German by default, English by `Accept-Language`: gettext catalogues, read from their .po files at start.

A text that says how many of something there are is marked by `_n` and has a form for each plural of its language.
"""

from collections.abc import Iterable
from functools import cache, lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("de", "en")
CATALOGUES = Path(__file__).parent / "locale"


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
def _read(language: str) -> Catalog:
    with (CATALOGUES / f"{language}.po").open("rb") as source:
        return read_po(source, locale=language)


@cache
def _catalogue(language: str) -> GNUTranslations:
    compiled = BytesIO()
    write_mo(compiled, _read(language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def translate(language: str, message: str, **parameters: object) -> str:
    """`message` in `language`, with its `{names}` filled in; a `Plural` in the form for the number it is given."""
    catalogue = _catalogue(language)
    if isinstance(message, Plural):
        text = catalogue.ngettext(message, message.many, int(str(parameters[message.counts])))
    else:
        text = catalogue.gettext(message) if message else ""
    return text.format(**parameters) if parameters else text


def texts_of_page(page: str, language: str) -> dict[str, str | list[str]]:
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
    """The language to answer in: German unless `Accept-Language` (RFC 9110, 12.5.4) prefers English."""
    return _negotiated((accept_language or "")[:1000])


@lru_cache(200)
def _negotiated(accept_language: str) -> str:
    ranked = []
    for number, part in enumerate(accept_language.split(",")):
        tag, _semicolon, quality = part.strip().partition(";q=")
        try:
            weight = float(quality) if quality else 1.0
        except ValueError:
            weight = 0.0
        if tag and weight > 0:
            ranked.append((-weight, number, tag.replace("*", LANGUAGES[0])))
    wanted = [tag for _weight, _number, tag in sorted(ranked)]
    return negotiate_locale(wanted, LANGUAGES, sep="-") or LANGUAGES[0]
