"""What a planned search adds to the score of an entry; that the databases add the same is tested with the resolvers."""

from models.search.plan import plain_plan
from models.search.weights import NAMED, TEXT, TITLE, Fields, indexed


def score(search: str, fields: Fields) -> int:
    weights = indexed(fields).weights
    return sum(word.found_in(weights) or 0 for word in plain_plan(search).words)


def test_a_compound_is_found_where_its_parts_stand_as_words_or_in_a_title_and_not_in_parts_of_other_words() -> None:
    assert score("Kinderbetreuung", [("Wir betreuen die Kinder", TEXT)]) > 0
    assert score("Feuerwerk", [("Feuer machen mit Werkzeug", TEXT)]) == 0
    assert score("Kinderturnen", [("Eltern-Kind-Turnen", TITLE)]) > score("Kinderturnen", [("Kinder, turnen", TEXT)])


def test_what_is_only_about_a_part_of_a_compound_comes_behind_what_has_all_of_it() -> None:
    parts = score("Kinderbetreuung", [("Wir betreuen die Kinder", TEXT)])
    whole = score("Kinderbetreuung", [("Kinderbetreuung", TEXT)])
    assert score("Kinderbetreuung", [("Kinderfest", TITLE)]) < parts < whole


def test_what_a_compound_consists_of_may_itself_be_one() -> None:
    assert score("Jugendgruppenleiter", [("Leiter für unsere Jugendgruppe", NAMED)]) > 0


def test_what_has_more_of_what_a_word_means_weighs_more_up_to_a_bound() -> None:
    (word,) = plain_plan("Gartenpflege").words
    one = word.found_in({"gartenpfleg": TITLE}) or 0
    two = word.found_in({"gartenpfleg": TITLE, "gart": TITLE}) or 0
    assert 0 < one < two < one + 10


def test_what_stands_around_what_is_sought_need_not_be_there_and_counts_where_it_is() -> None:
    plan = plain_plan("Ich suche einen Saal für unser Vereinsfest")
    hall, feast = indexed([("Saal", TITLE)]).weights, indexed([("Vereinsfest", TITLE)]).weights
    assert (plan.finds(hall), plan.finds(feast), plan.finds({**hall, **feast})) == (True, False, True)
    both = score("Ich suche einen Saal für unser Vereinsfest", [("Saal Vereinsfest", TITLE)])
    assert both > score("Ich suche einen Saal für unser Vereinsfest", [("Saal", TITLE)]) > both * 2 // 3
