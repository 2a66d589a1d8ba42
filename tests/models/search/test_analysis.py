"""How a word becomes terms: folding both ways, stems, compounds, and what is none."""

import pytest

from models.search.analysis import (
    LONGEST_WORD,
    MOST_WORDS,
    analyse,
    is_everyday,
    is_generic_head,
    is_word,
    spelled,
    terms,
)
from models.search.synonyms import first_groups


def term(word: str) -> str:
    (token,) = analyse(word)
    return token.term


@pytest.mark.parametrize(
    "same",
    [
        "Garten Gärten GARTENS gaerten",
        "Männer Maenner Mann manner",
        "Flüchtling Fluechtlinge Flüchtlingen",
        "Straße Strasse Straßen",
        "vorlesen Vorleser Vorleserin Vorleserinnen vorgelesen",
        "Imker Imkerin Imkerinnen",
        "Arzt Ärztin Aerztinnen",
        "reparieren Reparatur repariert Reparaturen",
        "übersetzen Übersetzerin Uebersetzung",
        "prüfen Prüfung Prüferinnen",
        "fotografieren Fotografie Fotograf",
        "Foto Fotos",
        "Laptop Laptops",
        "nähen Näherin Näher genäht",
    ],
)
def test_what_people_take_for_one_word_has_one_term(same: str) -> None:
    assert len({term(word) for word in same.split()}) == 1


@pytest.mark.parametrize("different", ["nähen Nähe", "Schneiderin schneiden", "Eis Ei", "wandern Wand"])
def test_what_only_looks_alike_has_two_terms(different: str) -> None:
    assert len({term(word) for word in different.split()}) == 2


def test_an_ordinal_is_read_out_before_a_word_and_a_number_stays_one() -> None:
    assert terms("1. Hilfe") == terms("Erste Hilfe")
    assert [token.word for token in analyse("1.050 Schüler, 10.00 Uhr, 1. 2026, 99. Tag")][:6] == [
        *("1", "050", "schuler", "10", "00", "uhr")
    ]


def test_a_part_that_is_a_compound_has_parts_of_its_own() -> None:
    (token,) = analyse("Jugendgruppenleiter")
    assert token.parts == (term("Jugend"), term("Gruppenleiter"))
    assert token.smallest == (term("Jugend"), term("Gruppe"), term("Leiter"))


def test_umlauts_typed_as_two_letters_are_folded_and_other_pairs_are_not() -> None:
    assert spelled("Fluechtlinge") == spelled("Flüchtlinge") == "fluchtlinge"
    assert [spelled(word) for word in ("neue", "Steuer", "Bauer", "Quelle")] == ["neue", "steuer", "bauer", "quelle"]


@pytest.mark.parametrize(
    ("compound", "parts"),
    [
        ("Gemeinschaftsgarten", ["Gemeinschaft", "Garten"]),
        ("Bierzeltgarnituren", ["Bierzelt", "Garnitur"]),
        ("Selbsthilfegruppe", ["Selbsthilfe", "Gruppe"]),
        ("Lesepatinnen", ["Lesen", "Paten"]),
        ("Klettergerüst", ["klettern", "Gerüst"]),
        ("Reparaturtreff", ["reparieren", "Treff"]),
    ],
)
def test_a_compound_has_the_terms_of_its_parts_its_head_last(compound: str, parts: list[str]) -> None:
    (token,) = analyse(compound)
    assert list(token.parts) == [term(part) for part in parts]


@pytest.mark.parametrize("word", ["Verein", "Detmerode", "Allerbrücke", "Termin", "Vorlesen", "Imkerei"])
def test_a_word_that_only_happens_to_stand_inside_another_is_no_part_of_it(word: str) -> None:
    (token,) = analyse(word)
    assert token.parts == ()


def test_a_token_says_where_it_stands_in_the_original_text() -> None:
    text = "Ein Saal für unser Vereinsfest!"
    assert [(text[one.start : one.end], bool(one.term)) for one in analyse(text)] == [
        ("Ein", False),
        ("Saal", True),
        ("für", False),
        ("unser", False),
        ("Vereinsfest", True),
    ]


def test_terms_tell_words_from_parts_of_words() -> None:
    assert terms("Bierzelt und Garten") == {"bierzelt": 2, "bier": 1, "zelt": 1, "gart": 2}


def test_what_is_known_of_words() -> None:
    assert [is_everyday(term(word)) for word in ("Verein", "Imker")] == [True, False]
    assert [is_generic_head(term(word)) for word in ("Pflege", "Zelt")] == [True, False]
    assert [is_word(word) for word in ("ballett", "tischtennis", "rolstuhl")] == [True, True, False]


def test_a_text_costs_no_more_than_a_bounded_number_of_bounded_words() -> None:
    assert len(analyse("wort " * (MOST_WORDS + 100))) == MOST_WORDS
    (token,) = analyse("haus" * 5000)
    assert len(token.word) == LONGEST_WORD
    assert token.parts == ()


def test_the_synonyms_that_come_with_the_server_are_groups_of_words() -> None:
    groups = first_groups()
    assert len(groups) > 150
    assert all(len([*group.words, *group.narrower]) > 1 for group in groups)
    assert all(len(word) <= 60 for group in groups for word in (*group.words, *group.narrower))
