"""One spelling of each language tag, and which tags a range means."""

import pytest

from models.text.language_tags import is_meant, read_tag


@pytest.mark.parametrize(
    ("typed", "tag"),
    [
        ("DE", "de"),
        (" pt-br ", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("SR-LATN", "sr-Latn"),
        ("sl-rozaj-BISKE", "sl-rozaj-biske"),
        ("es-419", "es-419"),
        ("", None),
        ("xx", None),
        ("de_DE", None),
        ("de-", None),
        ("deutsch", None),
        ("de\x00", None),
        ("de" + "-rozaj" * 5, "de" + "-rozaj" * 5),
        ("de" + "-rozaj" * 6, None),
        (" " * 1_000_000 + "de", None),
    ],
)
def test_a_tag_has_one_spelling(typed: str, tag: str | None) -> None:
    assert read_tag(typed) == tag


def test_a_range_means_itself_and_what_is_more_exact() -> None:
    assert is_meant("pt-BR", "pt")
    assert is_meant("pt", "pt")
    assert not is_meant("pt", "pt-BR")
    assert not is_meant("den", "de")
