"""Suggestions while somebody types: words that complete what is typed, then entries by their titles."""

from typing import Any

import pytest

from models import EventStatus, GroupStatus, MemberStatus, OfferStatus
from tests.statements import statements
from tests.world import World

SUGGEST = """query($text: String!, $first: Int) {
  suggest(text: $text, first: $first) {
    text
    node { __typename ... on Member { name } ... on Group { name } ... on Event { title } ... on Offer { title } }
  }
}"""


async def suggested(world: World, text: str, first: int | None = None, by: Any = None) -> list[str]:
    """The texts, those of entries with their type."""
    found = (await world.data(SUGGEST, by, text=text, first=first))["suggest"]
    for one in found:
        assert one["node"] is None or (one["node"].get("name") or one["node"]["title"]) == one["text"]
    return [f"{one['node']['__typename']} {one['text']}" if one["node"] else one["text"] for one in found]


async def filled(world: World) -> None:
    await world.offer("Vorlesen in der Grundschule")
    await world.offer("Vorlesen im Seniorenheim")
    await world.member("Vorleserin Erika")
    await world.group("Vorstand")
    await world.event("Schach und Vorfreude")
    await world.offer("Schach für alle")


async def test_words_come_first_those_that_most_entries_have_then_entries(world: World) -> None:
    await filled(world)
    found = await suggested(world, "vorl")
    assert found[0] == "Vorlesen"
    assert sorted(found[-3:]) == [
        "Member Vorleserin Erika",
        "Offer Vorlesen im Seniorenheim",
        "Offer Vorlesen in der Grundschule",
    ]
    for entries, first in ((0, 0), (1, 1), (3, 5), (4, 8)):
        found = await suggested(world, "vor", first)
        assert sum(" " in one or one in ("Group Vorstand",) for one in found) <= len(found) <= first, (entries, found)
    assert "Group Vorstand" in await suggested(world, "VORST")
    assert "Event Schach und Vorfreude" in await suggested(world, "vorfr")


async def test_behind_another_word_only_what_is_found_together_with_it(world: World) -> None:
    await filled(world)
    assert await suggested(world, "schach vor") == ["schach Vorfreude", "Event Schach und Vorfreude"]
    assert await suggested(world, "Vorlesen gru") == [
        "Vorlesen Grundschule",
        "Offer Vorlesen in der Grundschule",
    ]
    assert await suggested(world, "garten vor") == []


async def test_umlauts_are_typed_as_one_likes_and_shown_as_they_are_written(world: World) -> None:
    await world.offer("Gärtner gesucht")
    for typed in ("gärt", "gart", "GAERT", "Ga\u0308rt"):
        assert await suggested(world, typed) == ["Gärtner", "Offer Gärtner gesucht"], typed


async def test_what_is_typed_already_is_no_suggestion_nor_is_its_stem(world: World) -> None:
    await world.offer("Garten")
    await world.offer("Gärten der Stadt")
    assert await suggested(world, "garten", 2) == ["Offer Gärten der Stadt", "Offer Garten"]


async def test_nothing_is_suggested_of_what_not_everybody_finds(world: World) -> None:
    for status in set(MemberStatus) - {MemberStatus.ACTIVE}:
        await world.member(f"Geheimnis {status}", status)
    for offer_status in set(OfferStatus) - {OfferStatus.PUBLISHED}:
        await world.offer(f"Geheimnis {offer_status}", status=offer_status)
    for event_status in set(EventStatus) - {EventStatus.PUBLISHED}:
        await world.event(f"Geheimnis {event_status}", status=event_status)
    await world.group("Geheimnis", status=GroupStatus.CLOSED)
    for by in (None, await world.office()):
        assert await suggested(world, "geheim", by=by) == []


@pytest.mark.parametrize("text", ["", " ", "v", "!?", "\x00", "\ud800", "%", "_", "x" * 50_000])
async def test_what_begins_no_word_suggests_nothing(world: World, text: str) -> None:
    await filled(world)
    assert await suggested(world, text) == []


@pytest.mark.parametrize("first", [-1, 21])
async def test_so_many_at_most(world: World, first: int) -> None:
    assert (await world.ask(SUGGEST, text="vor", first=first)).codes == ["BAD_REQUEST"]


async def test_the_number_of_statements_is_that_of_the_kinds_found(world: World) -> None:
    await filled(world)
    with statements() as sent:
        await suggested(world, "vor", 20)
    assert len(sent) == 2 + 4
