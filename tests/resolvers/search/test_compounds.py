"""What is searched for meets compounds of words that only this network has, and nothing that merely looks like one."""

import pytest

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


async def test_it_costs_a_bounded_number_of_statements_and_none_for_what_many_have(town: World) -> None:
    for number in range(3):
        await town.offer(f"Flohmarkt {number}")
    with statements() as sent:
        await found(town, "Flohmarkt")
    assert not [one for one in sent if "longer" in one]
    with statements() as sent:
        await found(town, "Abakus Bebop Cembalo Dudelsack Efeu Fanfare Gong Harmonium")
    assert len([one for one in sent if "longer" in one]) == 1
