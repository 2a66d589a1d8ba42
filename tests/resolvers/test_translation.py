"""Both catalogues are complete: whatever people read exists in German and in English."""

import re
import string
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from hypothesis import given, settings
from hypothesis import strategies as st

from auth import refusals
from models.privacy.personal_data import PERSONAL
from resolvers.translation import CATALOGUES, LANGUAGES, _n, negotiate, texts_of_page, translate
from web.pages.dashboard import INVITATION, TEXT

ROOT = Path(__file__).parents[2]
ROOMS = ("web", "schema", "resolvers", "auth")
# The scripts of these pages take their texts from the catalogues too; there the page is their context.
PAGES = {"dashboard": ROOT / "web/pages/dashboard"}
REFUSALS = [kind for kind in vars(refusals).values() if isinstance(kind, type) and issubclass(kind, refusals.Refusal)]
# `_("...")` marks a text; the text of a refusal is its first argument.
KEYWORDS: dict[str, tuple[int, ...] | None] = {"_": None, "_n": (1, 2), **{kind.__name__: None for kind in REFUSALS}}
# What is not counted: every other placeholder is, and its text has a form for each plural.
UNCOUNTED = {
    "organisation",
    "person",
    "end",
    "first",
    "highest",
    "last",
    "lowest",
    "name",
    "network",
    "provide",
    "reason",
    "seek",
    "since",
    "start",
}
UNCOUNTED |= {"change", "span", "time", "title", "topic", "until", "what"}
# Words that German has one form of.
INVARIABLE = re.compile(r"\bZeichen\b")

COUNTS = (0, 1, 2, 21, 10_000)
Text = str | tuple[str, ...]


def texts() -> set[Text]:
    """Every text in the code that people read; of one that counts both its English forms."""
    found: set[Text] = {kind.message for kind in REFUSALS if kind.message}
    for room in ROOMS:
        for _file, _line, message, _comments, _context in extract_from_dir(ROOT / room, keywords=KEYWORDS):
            found.add(tuple(message[:2]) if isinstance(message, tuple) else message)
    return found


def texts_of(page: str) -> set[Text]:
    """Every text of a page: in its markup, and in its scripts."""
    found: set[Text] = {INVITATION, *TEXT.findall((PAGES[page] / "index.html").read_text("utf-8"))}
    scripts = [("**.js", "javascript")]
    for _file, _line, message, _comments, _context in extract_from_dir(
        PAGES[page], method_map=scripts, keywords={"_": None, "ngettext": (1, 2)}
    ):
        found.add(tuple(message[:2]) if isinstance(message, tuple) else message)
    return found


@cache
def everything() -> dict[str | None, set[Text]]:
    """All texts by their context."""
    return {None: texts(), **{page: texts_of(page) for page in PAGES}}


def forms(text: Text | list[str] | None) -> list[str]:
    """The forms of a text: one, or one for each plural; an empty one where there is none."""
    return [text or ""] if isinstance(text, (str, type(None))) else list(text)


def catalogue(language: str) -> Catalog:
    """A catalogue as it is committed."""
    with (CATALOGUES / f"{language}.po").open("rb") as source:
        return read_po(source, locale=language)


def placeholders(text: str) -> set[str]:
    """The `{names}` in a text."""
    return {name for _literal, name, _format, _conversion in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_every_text_and_no_other(language: str) -> None:
    held = {(message.context, *forms(message.id)) for message in catalogue(language) if message.id}
    assert held == {(context, *forms(text)) for context, some in everything().items() for text in some}


def test_every_text_is_translated_with_its_placeholders() -> None:
    for message in catalogue("de"):
        if message.id:
            assert all(forms(message.string)), message.id
            assert not message.fuzzy, message.id
            # The form for one may say "a" instead of the number; that for others says all.
            assert placeholders(forms(message.string)[-1]) == placeholders(forms(message.id)[-1]), message.id
            assert placeholders(forms(message.string)[0]) <= placeholders(forms(message.id)[-1]), message.id


def test_english_texts_are_what_the_code_says() -> None:
    for message in catalogue("en"):
        given = zip(forms(message.string), forms(message.id), strict=True)
        assert not message.id or all(string in ("", id) for string, id in given)


def test_german_is_told_from_english() -> None:
    """A translation that was forgotten is often the English text itself."""
    german = [message for message in catalogue("de") if message.id]
    same = [message.id for message in german if set(forms(message.id)) & set(forms(message.string))]
    # What programs know the case by.
    assert same == [refusals.PersistedQueryNotSupported.message, refusals.PersistedQueryNotFound.message]
    assert not re.search(r"\bplease\b", " ".join(form for one in german for form in forms(one.string)), re.I)


# What signs in is an account: to *anmelden* oneself is to take a seat. docs/glossary.md has one word for each.
_SIGNS = re.compile(r"\b(?:sign(?:s|ed|ing)?[ -](?:[a-z]+ )?(?:in|out|up)|sign-(?:in|up)s?)\b", re.I)
_TAKES_A_SEAT = re.compile(r"\b(?:an|ab)(?:ge|zu)?meld|\bmelde[nt]? (?:Sie )?(?:sich )?[^.:]*\b(?:an|ab)\b", re.I)
_ACTS_FOR = re.compile(r"\bhandel(?:n|t|st)\b.*\bfür\b|\bfür\b.*\bhandel(?:n|t|st)\b", re.I)


def test_german_has_the_glossary_s_word_for_each() -> None:
    said = [(forms(one.id), forms(one.string)) for one in catalogue("de") if one.id]
    said += [([table.en], [table.de]) for table in PERSONAL]
    assert sum(bool(_SIGNS.search(" ".join(english))) for english, _german in said) > 30
    wrong = [
        german
        for english, german in said
        if (_SIGNS.search(" ".join(english)) and _TAKES_A_SEAT.search(" ".join(german)) and "regist" not in english[0])
        or _ACTS_FOR.search(" ".join(german))
    ]
    assert wrong == []


def test_whatever_counts_has_a_form_for_each_plural() -> None:
    for text in set().union(*everything().values()):
        counted = placeholders(forms(text)[-1]) - UNCOUNTED
        assert len(counted) == (0 if isinstance(text, str) else 1), text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("context", [None, *PAGES])
def test_a_text_that_counts_follows_the_number(language: str, context: str | None) -> None:
    plurals = [text for text in everything()[context] if isinstance(text, tuple)]
    assert plurals
    for one, many in plurals:
        [counts] = placeholders(many) - UNCOUNTED
        others = {name: "…" for name in placeholders(many) - {counts}}
        if context is None:
            message = _n(one, many, counts)
            said = {count: translate(language, message, **others, **{counts: count}) for count in COUNTS}
        else:
            given = texts_of_page(context, language)[one]
            said = {count: given[count != 1].format(**others, **{counts: count}) for count in COUNTS}
        for count in set(COUNTS) - {1}:
            assert str(count) in said[count]
            assert said[count].replace(str(count), "2", 1) == said[2]
        if language == "en" or not INVARIABLE.search(said[1]):
            assert said[1].replace("1", "2", 1) != said[2], "the same words for one and for two"


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
        ("EN", "en"),
        ("De-de", "de"),
        ("fr-FR, EN;q=0.5", "en"),
        ("en_US", "en"),
        ("de_DE, en;q=0.5", "de"),
        ("en-Latn-GB-oed", "en"),
        ("DE;Q=0.4 , EN ; Q = 0.5", "en"),
        ("en;q=2, de;q=0.9", "en"),
        ("en;q=.5", "en"),
        ("en;q=nan, de;q=0.1", "de"),
        ("en;q=inf, de;q=0.1", "de"),
        ("de;q=0", "en"),
        ("de;q=0, *", "en"),
        ("*;q=0", "de"),
        ("de;q=0, en;q=0", "de"),
        ("*, en;q=0.5", "de"),
        ("english", "de"),
        ("en.UTF-8", "de"),
        ("\xe9\xff, en", "en"),
        ("ıt, İt, \x00, \ud83c, en", "en"),
        ("en," * 5000, "en"),
        ("x" * 1000 + ",en", "de"),
        (";;,,==*", "de"),
    ],
)
def test_the_language_follows_the_header(header: str | None, language: str) -> None:
    assert negotiate(header) == language


def test_texts_are_filled_in() -> None:
    text = "At this time there is a registration for “{title}” already."
    assert translate("en", text, title="Chor") == "At this time there is a registration for “Chor” already."
    assert translate("de", text, title="Chor") == "Zu dieser Zeit gibt es schon eine Anmeldung für „Chor“."


@given(st.text(alphabet="deEN-_*;q=01., \t\xe9\x00ıx", max_size=40))
@settings(deadline=None, database=None)
def test_whatever_a_client_says_there_is_a_language(header: str) -> None:
    assert negotiate(header) in LANGUAGES


@pytest.mark.parametrize(
    ("language", "parameters"),
    [
        ("EN", {"longest": 3}),
        ("../x", {"longest": 3}),
        ("", {"longest": 3}),
        ("de", {"other": 3}),
        ("en", {"message": 1}),
    ],
)
def test_a_text_that_cannot_be_worded_is_the_one_that_stands_in_the_code(
    language: str, parameters: dict[str, object]
) -> None:
    text = "At most {longest} characters, please."
    assert translate(language, text, **parameters) == text
