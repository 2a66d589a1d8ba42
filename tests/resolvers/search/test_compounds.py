"""What is searched for meets compounds of words that only this network has, and nothing that merely looks like one."""

import pytest

from resolvers.search.synonyms import store_synonyms
from tests.statements import statements
from tests.world import World

_SEARCH = """query ($text: String!) { search(first: 20, text: $text) { correctedText nodes {
  ... on Member { name } ... on Offer { title } } } }"""


async def found(world: World, text: str) -> list[str]:
    page = (await world.data(_SEARCH, text=text))["search"]
    assert page["correctedText"] is None
    return sorted(node.get("title") or node.get("name") for node in page["nodes"])


@pytest.fixture
async def town(world: World) -> World:
    await world.organisation("Quiddel e. V.")
    for title in ("Quiddelturnier", "Hallenquiddel", "Zwockabend", "Quiddelzwock", "Zwock im Park", "Quiddelosch"):
        await world.offer(title)
    return world


async def test_a_word_is_found_in_compounds_whose_rest_is_a_word(town: World) -> None:
    assert await found(town, "Quiddel") == ["Hallenquiddel", "Quiddel e. V.", "Quiddelturnier", "Quiddelzwock"]
    assert await found(town, "Zwock") == ["Quiddelzwock", "Zwock im Park", "Zwockabend"]


async def test_a_word_of_the_language_is_found_behind_one_that_only_this_network_has(town: World) -> None:
    assert await found(town, "Turnier") == ["Quiddelturnier"]
    assert await found(town, "Losch") == [], "the rest has to be a word"


async def test_a_compound_of_own_words_is_taken_apart(town: World) -> None:
    await town.offer("Treffen der Quiddel am Morgen")
    assert await found(town, "Quiddeltreffen") == ["Quiddel e. V.", "Treffen der Quiddel am Morgen"]
    await town.offer("Zwock und Quiddel")
    assert await found(town, "Zwockquiddel") == ["Zwock und Quiddel"]


async def test_a_compound_is_about_what_means_the_same_as_its_subject(world: World) -> None:
    await store_synonyms(world.services.outbox)
    await world.offer("Wege aus der Abhängigkeit")
    await world.offer("Gespräche über Gartenzwerge")
    assert await found(world, "Alkoholprobleme") == ["Wege aus der Abhängigkeit"]
    assert await found(world, "Alkoholgarnitur") == [], "only where the head says little"


async def test_a_word_typed_wrongly_may_be_a_synonym_that_no_entry_has(world: World) -> None:
    await store_synonyms(world.services.outbox)
    await world.offer("Drachen im Clubheim")
    assert await found(world, "Verienshaus") == ["Drachen im Clubheim"]


async def test_what_is_to_be_done_finds_nothing_where_the_thing_is_not_there(world: World) -> None:
    await world.offer("Wir bauen Drachen im Verein")
    assert await found(world, "Vogelhaus bauen") == []
    assert await found(world, "Drachen bauen") == ["Wir bauen Drachen im Verein"]
    assert await found(world, "Verein Woche Monat") == ["Wir bauen Drachen im Verein"], "nothing else is asked for"


async def test_it_costs_a_bounded_number_of_statements_and_none_for_what_many_have(town: World) -> None:
    for number in range(3):
        await town.offer(f"Flohmarkt {number}")
    with statements() as sent:
        await found(town, "Flohmarkt")
    assert not [one for one in sent if "longer" in one]
    with statements() as sent:
        await found(town, "Abakus Bebop Cembalo Dudelsack Efeu Fanfare Gong Harmonium")
    assert len([one for one in sent if "longer" in one]) == 1
