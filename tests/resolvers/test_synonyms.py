"""Synonyms: kept by the office, seen by everyone, found by from the next search on."""

from typing import Any

import pytest

from models import Change, Member, SynonymGroup, SynonymTerm
from models.database.connect import configuration, connected
from resolvers.context import Rules
from schema.declare.ids import global_id
from tests.dump import dump
from tests.world import World

pytestmark = pytest.mark.walk

SAVE = """mutation($id: ID, $words: [String!]!, $narrower: [String!]) {
  it: saveSynonyms(id: $id, words: $words, narrower: $narrower) {
    synonyms { id words narrower } userErrors { path code message }
  }
}"""
LIST = "{ synonyms { id words narrower } }"
FIND = "query($text: String!) { search(text: $text) { nodes { ... on Offer { title } } } }"


async def save(world: World, by: Any, words: list[str], id: str | None = None, **more: Any) -> dict[str, Any]:
    variables = {"words": words, **more} if id is None else {"words": words, "id": id, **more}
    return dict((await world.data(SAVE, by, **variables))["it"])


async def found(world: World, text: str) -> list[str]:
    return [node["title"] for node in (await world.data(FIND, text=text))["search"]["nodes"]]


async def wrong(world: World, words: list[str], id: str | None = None, **more: Any) -> list[tuple[str, str]]:
    """The user errors of what the office types, after which nothing has changed, nor was told."""
    context = await world.context(await world.office())
    before = await dump()
    answer = await save(world, context, words, id, **more)
    assert answer["synonyms"] is None
    assert await dump() == before
    return [(".".join(error["path"]), error["code"]) for error in answer["userErrors"]]


async def test_the_office_says_what_means_the_same_and_it_is_found_at_once(world: World) -> None:
    office = await world.office()
    await world.offer("Bügeleisen gesucht")
    assert await found(world, "Plätteisen") == []
    made = await save(world, office, ["Bügeleisen", " Plätteisen "])
    assert (made["userErrors"], made["synonyms"]["words"]) == ([], ["Bügeleisen", "Plätteisen"])
    assert await found(world, "Plätteisen") == ["Bügeleisen gesucht"]
    assert (await world.data(LIST))["synonyms"] == [made["synonyms"]]
    node = "query($id: ID!) { node(id: $id) { ... on Synonyms { words } } }"
    assert (await world.data(node, id=made["synonyms"]["id"]))["node"] == {"words": ["Bügeleisen", "Plätteisen"]}
    (told,) = await world.told()
    assert (told.kind, told.facts) == ("SynonymsChanged", {"synonyms_id": (await SynonymGroup.get()).id})


async def test_they_are_changed_and_deleted(world: World) -> None:
    office = await world.office()
    await world.offer("Bügeleisen gesucht")
    id = (await save(world, office, ["Bügeleisen", "Plätteisen"]))["synonyms"]["id"]
    assert (await save(world, office, ["Bügeleisen", "Glätter"], id))["synonyms"] == {
        "id": id,
        "words": ["Bügeleisen", "Glätter"],
        "narrower": [],
    }
    assert (await found(world, "Plätteisen"), await found(world, "Glätter")) == ([], ["Bügeleisen gesucht"])
    told = await Change.all().count()
    await save(world, office, ["Bügeleisen", "Glätter"], id)
    assert await Change.all().count() == told
    assert await save(world, office, [], id) == {"synonyms": None, "userErrors": []}
    assert await found(world, "Glätter") == []
    assert not await SynonymGroup.exists()
    assert not await SynonymTerm.exists()
    assert await Change.all().count() == told + 1
    assert (await world.ask(SAVE, office, words=["Bügeleisen", "Glätter"], id=id)).codes == ["NOT_FOUND"]


@pytest.mark.parametrize(
    ("words", "errors"),
    [
        ([], [("words", "REQUIRED")]),
        (["Rad"], [("words", "TOO_SHORT")]),
        (["Rad", "RAD ", "ra\u0308d"], [("words", "TOO_SHORT")]),
        (["Rad", " "], [("words.1", "REQUIRED")]),
        (["Rad", "und", "!?"], [("words.1", "INVALID"), ("words.2", "INVALID")]),
        (["Rad", "x" * 61], [("words.1", "TOO_LONG")]),
        (["Rad", "V\u200belo", "=?utf-8?q?x?="], [("words.2", "INVALID")]),
        ([f"Wort{number}" for number in range(21)], [("words", "TOO_LONG")]),
    ],
)
async def test_what_is_wrong_is_told_and_changes_nothing(
    world: World, words: list[str], errors: list[tuple[str, str]]
) -> None:
    assert await wrong(world, words) == errors


async def test_narrower_words_are_found_by_the_others_and_not_the_other_way_round(world: World) -> None:
    office = await world.office()
    await world.offer("Bügeleisen gesucht")
    await world.offer("Haushaltsgerät gesucht")
    made = await save(world, office, ["Haushaltsgerät"], narrower=["Bügeleisen", "Toaster"])
    assert made["synonyms"]["narrower"] == ["Bügeleisen", "Toaster"]
    assert await found(world, "Haushaltsgerät") == ["Haushaltsgerät gesucht", "Bügeleisen gesucht"]
    assert await found(world, "Bügeleisen") == ["Bügeleisen gesucht"]
    id = made["synonyms"]["id"]
    kept = await save(world, office, ["Haushaltsgerät", "Hausgerät"], id)
    assert kept["synonyms"]["narrower"] == ["Bügeleisen", "Toaster"]
    assert await wrong(world, ["Haushaltsgerät"], id, narrower=[]) == [("words", "TOO_SHORT")]
    assert await wrong(world, [], id, narrower=["Toaster"]) == [("words", "REQUIRED")]
    assert await wrong(world, ["Rad"], narrower=["Velo", " "]) == [("narrower.1", "REQUIRED")]


async def test_nobody_but_the_office_saves_and_nobody_saves_what_is_not_there(world: World) -> None:
    member: Member = await world.member()
    for by, code in ((None, "UNAUTHENTICATED"), (member, "FORBIDDEN")):
        assert (await world.ask(SAVE, by, words=["Rad", "Velo"])).codes == [code]
    office = await world.office()
    for id in (global_id("Synonyms", 99), global_id("Member", member.id), "nichts"):
        assert (await world.ask(SAVE, office, words=["Rad", "Velo"], id=id)).codes == ["NOT_FOUND"]
    assert not await SynonymGroup.exists()
    assert await world.told() == []


async def test_there_are_so_many_at_most(database_url: str, redis_url: str) -> None:
    rules = Rules(synonyms_limit=1)
    async with connected(configuration(database_url)), World.opened(redis_url, rules) as world:
        await save(world, await world.office(), ["Rad", "Velo"])
        assert await wrong(world, ["Auto", "Pkw"]) == [("", "LIMIT_REACHED")]
        id = global_id("Synonyms", (await SynonymGroup.get()).id)
        changed = await save(world, await world.office(), ["Rad", "Drahtesel"], id)
        assert changed["synonyms"]["words"] == ["Rad", "Drahtesel"]
