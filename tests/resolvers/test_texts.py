"""What is the same is said in one wording, whatever it is said of."""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parents[2] / "resolvers/locale"
# Words that change nothing of what is said.
EMPTY = {
    "the", "this", "that", "a", "an", "is", "was", "has", "have", "been", "please", "already", "now",
    "der", "die", "das", "den", "dem", "dieser", "diese", "dieses", "diesem", "diesen", "ein", "eine", "einen",
    "ist", "wurde", "wird", "bitte", "schon", "jetzt", "inzwischen",
}  # fmt: skip


def sense(text: str) -> tuple[str, ...]:
    """The words that matter."""
    return tuple(word for word in re.findall(r"[\w{}-]+", text.casefold()) if word not in EMPTY)


def _first(text: Any) -> str:
    """The text, the first of its forms where it has several."""
    return text if isinstance(text, str) else text[0]


@pytest.mark.parametrize("language", ["de", "en"])
def test_no_two_texts_say_the_same(language: str) -> None:
    with (LOCALES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file)
    said: dict[tuple[str | None, ...], list[str]] = defaultdict(list)
    for message in catalogue:
        key, text = _first(message.id), _first(message.string)
        if key:
            said[(message.context, *sense(text or key))].append(key)  # a page's scripts have texts of their own
    assert [keys for keys in said.values() if len(keys) > 1] == []
