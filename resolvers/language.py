"""German by default, English by `Accept-Language`: gettext catalogues, read from their .po files at start."""

from functools import cache, lru_cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LANGUAGES = ("de", "en")
CATALOGUES = Path(__file__).parent / "locale"


def _(message: str) -> str:
    """Marks a text for the catalogues. It is translated where it leaves: by `translate`."""
    return message


@cache
def _catalogue(language: str) -> GNUTranslations:
    with (CATALOGUES / f"{language}.po").open("rb") as source:
        catalogue = read_po(source, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


def translate(language: str, message: str, **parameters: object) -> str:
    """`message` in `language`, with its `{names}` filled in."""
    text = _catalogue(language).gettext(message) if message else ""
    return text.format(**parameters) if parameters else text


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
