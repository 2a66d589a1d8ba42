"""Where a text holds what was looked for, in characters of the text as it is stored."""

import pytest

from models.search.analysis import terms
from models.search.highlights import LOOKED_AT, MOST_RANGES, highlights


def marked(text: str, *words: str) -> list[str]:
    """What is marked in a text, as it stands there, when these words are looked for."""
    wanted = {term for word in words for term in terms(word)}
    return [text[one.start : one.end] for one in highlights("description", text, wanted)]


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("Wer kann im Garten helfen?", "Gärten", ["Garten"]),
        ("Gärtnern, Gärten und ein Garten.", "Garten", ["Gärten", "Garten"]),
        ("Die Straße – STRASSE, strasse!", "strasse", ["Straße", "STRASSE", "strasse"]),
        ("Männer und Maenner", "Maenner", ["Männer", "Maenner"]),
        ("Ein Verein ohne Eier", "Ei", []),
        ("", "Garten", []),
        ("Nichts davon", "Garten", []),
    ],
)
def test_marks_the_words_and_nothing_but_them(text: str, word: str, expected: list[str]) -> None:
    found = marked(text, word)
    assert found == expected or (expected and set(expected) <= set(found) <= {*expected, "Gärtnern"})


def test_ranges_are_of_the_stored_text_whatever_letters_stand_before() -> None:
    for before in ("ẞßŒﬁ ", "👩‍👩‍👧 ", "A\u0308 \u00ad\u200b ", "İi̇ "):
        text = f"{before}Gärten am Fluss"
        (one,) = highlights("title", text, terms("Garten").keys())
        assert (one.field, text[one.start : one.end]) == ("title", "Gärten")


def test_a_compound_is_marked_as_a_whole() -> None:
    assert marked("Unser Vereinsheim ist frei", "Heim") == ["Vereinsheim"]


def test_only_so_much_is_looked_at_and_told() -> None:
    assert len(marked("Garten " * 500, "Garten")) == MOST_RANGES
    assert marked("x " * (LOOKED_AT // 2) + "Garten", "Garten") == []
    assert marked("y" * 3 * LOOKED_AT, "Garten") == []


def test_no_word_is_cut_where_a_long_text_ends() -> None:
    text = "x" * (LOOKED_AT - 7) + " Gartenzaunpfahl"
    assert marked(text, "Garten") == []
