"""Fitting entries of the other direction: which, why, in which order, in how many statements."""

from datetime import date
from typing import Any

import pytest

import resolvers.matches
from models import District, Offer, OfferCategory, OfferDirection, OfferStatus, OfferTopic, Topic
from resolvers.matches import WEIGHTS
from schema.declare.ids import global_id
from tests.statements import statements
from tests.world import World

MATCHES = """query($id: ID!, $first: Int, $after: String) { node(id: $id) { ... on Offer {
  matches(first: $first, after: $after) {
    edges { cursor score reasons node { title } } nodes { title }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } } }"""
PROVIDE = OfferDirection.PROVIDE


async def matches(world: World, offer: Offer, by: Any = None, **page: Any) -> dict[str, Any]:
    return dict((await world.data(MATCHES, by, id=global_id("Offer", offer.id), **page))["node"]["matches"])


async def titles(world: World, offer: Offer, by: Any = None) -> list[str]:
    return [node["title"] for node in (await matches(world, offer, by))["nodes"]]


async def about(offer: Offer, *slugs: str) -> Offer:
    for position, slug in enumerate(slugs):
        topic, _made = await Topic.get_or_create(slug=slug, defaults={"name": slug, "name_key": slug})
        await OfferTopic.create(offer=offer, topic=topic, position=position)
    return offer


def test_the_weights_add_up_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


async def test_only_what_can_fit(world: World) -> None:
    owner = await world.member()
    offer = await about(await world.offer("Suche", owner, category=OfferCategory.ROOM), "sport")
    await world.offer("gleiche Art", category=OfferCategory.ROOM, direction=PROVIDE)
    await about(await world.offer("gleiches Thema", direction=PROVIDE), "kultur", "sport")
    await about(await world.offer("anderes", direction=PROVIDE), "kultur")
    await world.offer("gleiche Richtung", category=OfferCategory.ROOM)
    await world.offer("gleicher Besitzer", owner, category=OfferCategory.ROOM, direction=PROVIDE)
    for status in set(OfferStatus) - {OfferStatus.PUBLISHED}:
        await world.offer(status.value, category=OfferCategory.ROOM, direction=PROVIDE, status=status)
    assert await titles(world, offer) == ["gleiche Art", "gleiches Thema"]
    assert await titles(world, offer, owner) == ["gleiche Art", "gleiches Thema"]
    assert await titles(world, offer, await world.office()) == ["gleiche Art", "gleiches Thema"]


async def test_what_else_fits_raises_the_score_and_is_named(world: World) -> None:
    mitte = await District.create(slug="mitte", name="Mitte", name_key="mitte")
    offer = await about(
        await world.offer(
            "Suche",
            category=OfferCategory.ROOM,
            district=mitte,
            languages=["de-AT"],
            available_until=date(2026, 5, 1),
        ),
        "sport",
        "kultur",
    )
    fits = await world.offer(
        "alles",
        category=OfferCategory.ROOM,
        direction=PROVIDE,
        venue_name="Halle",
        venue_district=mitte,
        languages=["tr", "de"],
        available_from=date(2026, 5, 1),
    )
    await about(fits, "sport")
    late = await world.offer(
        "zu spät", category=OfferCategory.ROOM, direction=PROVIDE, available_from=date(2026, 5, 2), languages=["tr"]
    )
    await about(late, "sport", "jugend")
    found = (await matches(world, offer))["edges"]
    assert [(edge["node"]["title"], edge["score"], edge["reasons"]) for edge in found] == [
        (
            "alles",
            1.0,
            ["SAME_CATEGORY", "SHARED_TOPIC", "SAME_DISTRICT", "OVERLAPPING_TIME", "SHARED_LANGUAGE"],
        ),
        ("zu spät", 0.5, ["SAME_CATEGORY", "SHARED_TOPIC"]),
    ]


async def test_page_by_page_while_entries_come_and_go(world: World) -> None:
    offer = await world.offer("Suche")
    others = [await world.offer(f"Biete {number}", direction=PROVIDE) for number in range(6)]
    first = await matches(world, offer, first=2)
    assert [node["title"] for node in first["nodes"]] == ["Biete 5", "Biete 4"]
    assert (first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (True, False)
    assert first["pageInfo"]["endCursor"] == first["edges"][1]["cursor"]
    await others[4].delete()
    await world.offer("Biete 6", direction=PROVIDE)
    second = await matches(world, offer, first=4, after=first["pageInfo"]["endCursor"])
    assert [node["title"] for node in second["nodes"]] == ["Biete 3", "Biete 2", "Biete 1", "Biete 0"]
    assert (second["pageInfo"]["hasNextPage"], second["pageInfo"]["hasPreviousPage"]) == (False, True)
    another = await world.offer("Andere Suche")
    key = global_id("Offer", another.id)
    for bad in ({"after": first["pageInfo"]["endCursor"]}, {"after": "x"}, {"first": 101}, {"first": -1}):
        assert (await world.ask(MATCHES, id=key, **bad)).codes == ["BAD_REQUEST"], bad


async def test_four_statements_however_many_entries(world: World) -> None:
    document = (
        "{ offers(filter: {direction: SEEK}) { nodes { matches(first: 3) { edges { score node { title } } } } } }"
    )
    counts = []
    for number in range(5):
        await about(await world.offer(f"S{number}"), "sport")
        await about(await world.offer(f"B{number}", direction=PROVIDE), "sport")
        if number in (0, 4):
            with statements() as sent:
                found = (await world.data(document))["offers"]["nodes"]
            assert [len(one["matches"]["edges"]) for one in found] == [min(number + 1, 3)] * (number + 1)
            counts.append(len(sent))
    assert counts == [5, 5]


async def test_on_a_board_of_any_size_the_newest_are_compared(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolvers.matches, "MOST_COMPARED", 3)
    offer = await about(await world.offer("Suche", category=OfferCategory.ROOM), "sport")
    for number in range(3):
        await about(await world.offer(f"Raum {number}", category=OfferCategory.ROOM, direction=PROVIDE), "sport")
        await about(await world.offer(f"Sport {number}", category=OfferCategory.OTHER, direction=PROVIDE), "sport")
    assert await titles(world, offer) == ["Raum 2", "Sport 2", "Sport 1"]
