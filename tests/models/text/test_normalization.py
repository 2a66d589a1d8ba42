"""What people type and paste, as it is stored."""

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.sql.slugs import slugify
from models.text.folding import fold, words
from models.text.normalization import UNTYPABLE, is_piled_up, lines, one_line, shows_nothing

FAMILY = "👩\u200d👩\u200d👧"
ENGLAND = "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


@pytest.mark.parametrize(
    "odd",
    [*"\u00ad\u200b\u2060\u2063\u206a\ufeff\u034f\u200c\u200d\ufe0f\U000e0100\U000e0041\u180b\ufff9"],
)
def test_what_nobody_sees_is_not_stored_where_it_does_nothing(odd: str) -> None:
    assert one_line(f"Sommer{odd}fest") == lines(f"{odd}Sommer{odd}{odd}fest{odd}") == "Sommerfest"


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",
        "क्\u200dष",
        FAMILY,
        "❤\ufe0f\u200d🔥",
        "1\ufe0f\u20e3 ©\ufe0f",
        ENGLAND,
        "葛\U000e0100飾区",
        "ᠠ\u180b",
        "שלום\u200f!",
        "Haus A\u2800B",
        "L:\\Netzwerk\\Neu.txt",
    ],
)
def test_what_means_something_stays(text: str) -> None:
    assert one_line(text) == lines(text) == text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
def test_whatever_ends_a_line_is_a_line_break_and_in_a_line_a_space(end: str) -> None:
    assert lines(f"Zeile 1{end}{end}Zeile 2{end}") == "Zeile 1\n\nZeile 2"
    assert one_line(f"{end}Zeile 1{end}Zeile 2") == "Zeile 1 Zeile 2"


@pytest.mark.parametrize("control", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"])
def test_no_line_of_ours_has_its_direction_set_by_hand(control: str) -> None:
    assert one_line(f"{control}Erika{control} Muster") == "Erika Muster"


def test_nothing_overrides_directions() -> None:
    assert lines("Das \u2067שלום\u2069 bleibt,\n\u202edas\u202d nicht") == "Das \u2067שלום\u2069 bleibt,\ndas nicht"


@pytest.mark.parametrize(
    "text",
    [
        *"\u200b\u200d\u2060\u2800\u3164\u202e\u115f\u1160\uffa0\u034f\u00a0\u3000\u00ad\ufe0f\ufeff\u0301\u0903\U000e0041",
        *("", " \t\n", "\u0301\u0302\u20dd", "\u2800\u3164 \u200b\u202e", "\U0001d159"),
    ],
)
def test_what_shows_nothing_is_nothing(text: str) -> None:
    assert shows_nothing(lines(text))
    assert shows_nothing(one_line(text))


@pytest.mark.parametrize("text", ["-", "🎉", "1", "字", "e\u0301", "\U0001fae9", "\uf8ff", "\u2801"])
def test_what_shows_something_is_something(text: str) -> None:
    assert not shows_nothing(one_line(text))


@pytest.mark.parametrize(
    "odd", ["\x00", "\x1b", "\x7f", "\x80", chr(0xD83C), "\ufffd", "\ufffe", "\U0010ffff", "\ufdd0"]
)
def test_what_nobody_types_is_found(odd: str) -> None:
    assert UNTYPABLE.search(lines(f"Sommer{odd}fest"))


ODD = (
    "a1#©ä\u0308\u0301\u00ad\u034f\u061c\u17b4\u180b\u200b\u200c\u200d\u200e\u202a\u202e\u2066\u2800\u3164\ufe0f\ufeff"
)
ODD += "\u0628\u05d0❤👩\U0001f3f4\U000e0067\U000e007f\U000e0100葛 \n\r\x0b\x85\u2028\u0915"


@given(st.text(alphabet=ODD, max_size=12) | st.text())
@settings(deadline=None, database=None)
def test_what_is_stored_is_composed_and_would_be_stored_the_same_again(text: str) -> None:
    for stored in (lines, one_line):
        found = stored(text)
        assert stored(found) == found
        assert unicodedata.is_normalized("NFC", found)
        assert found == found.strip()
        assert not set(found) & set("\r\x0b\x0c\x85\u2028\u2029\u202d\u202e")
        # Whoever types it as the other normal form is understood the same.
        assert stored(unicodedata.normalize("NFD", found)) == found


@given(st.text(alphabet=ODD, max_size=12))
@settings(deadline=None, database=None)
def test_what_is_stored_is_found_by_what_was_typed(text: str) -> None:
    assert fold(one_line(text)) == " ".join(fold(text).split())
    assert all(word in fold(one_line(text)) for word in words(text))


@pytest.mark.parametrize(
    ("typed", "slug"),
    [
        ("Bjo\u0308rn", "bjoern"),
        ("Som\u00admer\u200bfest", "sommerfest"),
        ("A\u030angstro\u0308m", "angstroem"),
        ("Haus\u2800A", "haus-a"),
    ],
)
def test_a_slug_is_the_same_however_it_was_typed(typed: str, slug: str) -> None:
    assert slugify(typed) == slugify(unicodedata.normalize("NFC", typed)) == slug


def test_marks_are_counted_that_take_the_square_of_their_number_to_order() -> None:
    assert not is_piled_up("Ä" + "\u0301" * 30 + "字" * 1000)
    assert is_piled_up("字" * 40 + "a" + "\u0301\u0316" * 16)
    assert words("a" + "\u0301\u0316" * 500_000) == ["a"]
