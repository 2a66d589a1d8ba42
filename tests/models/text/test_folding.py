"""Folded text and slugs."""

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.sql.slugs import slugify
from models.text import folding
from models.text.folding import fold, words


@pytest.mark.parametrize(
    ("text", "folded", "slug"),
    [
        ("Ärzte  Straße", "arzte strasse", "aerzte-strasse"),
        ("Emre Yıldız", "emre yildiz", "emre-yildiz"),
        ("İpek Şahin", "ipek sahin", "ipek-sahin"),
        ("Łukasz Søren Đorđe", "lukasz soren dorde", "lukasz-soren-dorde"),
    ],
)
def test_letters_of_the_neighbours_languages_fold_to_what_people_type(text: str, folded: str, slug: str) -> None:
    assert fold(text) == folded
    assert slugify(text) == slug


def folded_by_ordering_first(text: str) -> str:
    """As `fold` does where there are few marks: decomposed, and so ordered, before any are removed."""
    folded = text.casefold()
    for letter, plain in folding._STROKES:
        folded = folded.replace(letter, plain)
    decomposed = unicodedata.normalize("NFKD", folded)
    return " ".join(folding._FOREIGN.sub(folding._without_marks, decomposed).casefold().split())


@given(st.text(st.characters(min_codepoint=0x250, max_codepoint=0x1FFFF, exclude_categories=["Cs"]), max_size=60))
def test_many_marks_are_removed_before_they_are_ordered_and_nothing_else_is(text: str) -> None:
    assert fold(text) == folded_by_ordering_first(text)


def test_each_character_folds_the_same_among_many_marks() -> None:
    marks = "\u0301\u0316" * 20
    for code in range(0x250, 0x1FFFF):
        letter = chr(code)
        if unicodedata.category(letter) not in ("Cs", "Cn"):
            assert fold(letter + marks) == folded_by_ordering_first(letter + marks), hex(code)


@pytest.mark.parametrize("pile", ["\u0301\u0316", "\u0316\u0301", "\u0344", "\u1fee\u0345\u0301"])
def test_to_fold_takes_as_long_as_the_text(pile: str) -> None:
    """A hundred times as many marks on a letter: a hundred times as long, not ten thousand times."""

    def seconds(times: int) -> float:
        text = "a" + pile * times
        found = []
        for _time in range(3):
            begin = time.process_time()
            fold(text)
            found.append(time.process_time() - begin)
        return min(found)

    seconds(1000)
    assert seconds(100_000) < 1


def test_of_a_search_a_thousand_characters_count() -> None:
    assert words("ä" * 100_000) == ["a" * 100]
    assert words("x " * 600) == ["x"] * 10
    assert words("Ärzte  Straße") == ["arzte", "strasse"]
