"""Both catalogues are complete: whatever people read exists in German and in English."""

import re
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from auth import refusals
from resolvers.language import CATALOGUES, LANGUAGES, negotiate, translate

ROOT = Path(__file__).parents[2]
ROOMS = ("web", "schema", "resolvers", "auth")
REFUSALS = [kind for kind in vars(refusals).values() if isinstance(kind, type) and issubclass(kind, refusals.Refusal)]
# `_("...")` marks a text; the text of a refusal is its first argument.
KEYWORDS = {"_": None, **{kind.__name__: None for kind in REFUSALS}}


def texts() -> set[str]:
    """Every text in the code that people read."""
    found = {kind.message for kind in REFUSALS if kind.message}
    for room in ROOMS:
        for _file, _line, message, _comments, _context in extract_from_dir(ROOT / room, keywords=KEYWORDS):
            found.add(message if isinstance(message, str) else message[0])
    return found


def catalogue(language: str) -> Catalog:
    """A catalogue as it is committed."""
    with (CATALOGUES / f"{language}.po").open("rb") as source:
        return read_po(source, locale=language)


def placeholders(text: str) -> set[str]:
    """The `{names}` in a text."""
    return {name for _literal, name, _format, _conversion in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_every_text_and_no_other(language: str) -> None:
    held = {message.id for message in catalogue(language) if message.id}
    assert held == texts()


def test_every_text_is_translated_with_its_placeholders() -> None:
    for message in catalogue("de"):
        if message.id:
            assert message.string, message.id
            assert not message.fuzzy, message.id
            assert placeholders(str(message.string)) == placeholders(str(message.id)), message.id


def test_english_texts_are_what_the_code_says() -> None:
    for message in catalogue("en"):
        assert not message.id or message.string in ("", message.id)


def test_german_is_told_from_english() -> None:
    """A translation that was forgotten is often the English text itself."""
    same = [message.id for message in catalogue("de") if message.id and message.id == message.string]
    assert same == []
    assert not re.search(r"\bplease\b", " ".join(str(message.string) for message in catalogue("de")), re.I)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "de"),
        ("", "de"),
        ("en", "en"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("de-AT,en;q=0.5", "de"),
        ("fr, en;q=0.5, de;q=0.4", "en"),
        ("fr", "de"),
        ("*", "de"),
        ("en;q=0, de", "de"),
        ("en;q=nonsense", "de"),
        ("x" * 5000, "de"),
    ],
)
def test_the_language_follows_the_header(header: str | None, language: str) -> None:
    assert negotiate(header) == language


def test_texts_are_filled_in() -> None:
    text = "At most {longest} characters, please."
    assert translate("en", text, longest=3) == "At most 3 characters, please."
    assert translate("de", text, longest=3) == "Bitte höchstens 3 Zeichen."
