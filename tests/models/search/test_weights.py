"""How much a word weighs in an entry."""

from models.search.analysis import analyse
from models.search.weights import MOST_TERMS, NAMED, TEXT, TITLE, indexed


def test_a_title_weighs_more_than_a_name_and_that_more_than_text() -> None:
    found = indexed([("Garten", TITLE), ("Detmerode", NAMED), ("Schaufel", TEXT)])
    assert [found.weights[term] for term in ("gart", "detmerod", "schaufel")] == [TITLE, NAMED, TEXT]


def test_a_part_of_a_compound_weighs_less_than_the_word_itself() -> None:
    weights = indexed([("Gartenpflege", TITLE)]).weights
    assert weights["gartenpfleg"] == TITLE
    assert TEXT < weights["pfleg"] < TITLE
    assert TEXT < weights["gart"] < TITLE


def test_what_stands_there_again_weighs_a_little_more_and_never_as_much_as_a_better_place() -> None:
    once = indexed([("Honig", TEXT)]).weights["honig"]
    often = indexed([("Honig " * 500, TEXT)]).weights["honig"]
    assert once < often < NAMED


def test_a_weight_depends_on_nothing_but_the_entry() -> None:
    fields = [("Imkerverein", TITLE), ("Honig und Bienen", TEXT)]
    assert indexed(fields) == indexed(fields)


def test_several_words_are_a_term_where_they_stand_next_to_each_other() -> None:
    (first, second) = (token.term for token in analyse("erste Hilfe") if token.term)
    phrase = frozenset({f"{first} {second}"})
    assert f"{first} {second}" in indexed([("Kurs in Erster Hilfe", TITLE)], phrase).weights
    assert f"{first} {second}" not in indexed([("Hilfe am ersten Tag", TITLE)], phrase).weights


def test_of_a_long_text_the_heaviest_terms_are_kept() -> None:
    text = " ".join(f"wort{number}" for number in range(MOST_TERMS * 2))
    found = indexed([(text, TEXT), ("Garten", TITLE)])
    assert len(found.weights) == MOST_TERMS
    assert found.weights["gart"] == TITLE


def test_words_are_kept_as_they_are_spelled() -> None:
    assert indexed([("Gärten", TITLE)]).words == {"garten": ("gart", "Gärten")}


def test_what_is_longer_than_any_word_is_none() -> None:
    found = indexed([(f"{'x' * 61} Garten B{chr(0x301) * 70}eet", TITLE)])
    assert {len(term) for term in found.weights} <= set(range(61))
    assert "garten" in found.words
    for word, (term, spelling) in found.words.items():
        assert max(map(len, (word, term, spelling))) <= 60
