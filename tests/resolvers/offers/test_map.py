"""The board on a map: clusters with counts, the same on both databases."""

import random
from typing import Any

import pytest

from models import District, OfferDirection, OfferStatus
from models.filters.map_grid import MOST_CLUSTERS, grid_of
from models.filters.near import Bounds
from schema.declare.ids import global_id
from tests.statements import statements
from tests.world import World

MAP = """query ($bounds: GeoBoundsInput!, $zoom: Int!, $filter: OfferFilter) {
  offerMap(bounds: $bounds, zoom: $zoom, filter: $filter) { count location { latitude longitude } offer { title } } }"""
COUNTS = """query ($bounds: GeoBoundsInput!, $zoom: Int!, $filter: OfferFilter) {
  offerMap(bounds: $bounds, zoom: $zoom, filter: $filter) { count } }"""
TOWN = {"southWest": {"latitude": 52.3, "longitude": 10.6}, "northEast": {"latitude": 52.5, "longitude": 10.9}}
WORLD = {"southWest": {"latitude": -90, "longitude": -180}, "northEast": {"latitude": 90, "longitude": 180}}


def at(latitude: float, longitude: float) -> dict[str, Any]:
    """The columns of a venue."""
    return {"venue_name": "Haus", "venue_latitude": latitude, "venue_longitude": longitude}


async def clusters(world: World, zoom: int, bounds: Any = TOWN, by: Any = None, **filter: Any) -> list[dict[str, Any]]:
    """What the map shows."""
    data = await world.data(MAP, by, bounds=bounds, zoom=zoom, filter=filter)
    found: list[dict[str, Any]] = data["offerMap"]
    return found


async def counts(world: World, zoom: int, bounds: Any = TOWN, by: Any = None, **filter: Any) -> list[int]:
    """How many are in each cluster."""
    return [one["count"] for one in await clusters(world, zoom, bounds, by, **filter)]


async def test_what_lies_close_is_together_and_what_stands_alone_is_shown(world: World) -> None:
    await world.offer("A", **at(52.4, 10.7))
    await world.offer("B", **at(52.4001, 10.7001))
    await world.offer("C", **at(52.45, 10.85))
    await world.offer("out of it", **at(53.0, 10.7))
    await world.offer("nowhere")
    pair, alone = await clusters(world, 13)
    assert pair["count"] == 2
    assert pair["location"] == {"latitude": (52.4 + 52.4001) / 2, "longitude": (10.7 + 10.7001) / 2}
    assert pair["offer"] is None
    assert alone == {"count": 1, "location": {"latitude": 52.45, "longitude": 10.85}, "offer": {"title": "C"}}
    assert await counts(world, 0) == [3]
    close = {
        "southWest": {"latitude": 52.4, "longitude": 10.7},
        "northEast": {"latitude": 52.4002, "longitude": 10.7002},
    }
    assert {one["offer"]["title"] for one in await clusters(world, 22, close)} == {"A", "B"}


async def test_one_statement_and_another_for_what_stands_alone(world: World) -> None:
    await world.offer("A", **at(52.4, 10.7))
    context = await world.context()
    for document, number in ((COUNTS, 1), (MAP, 2)):
        with statements() as sent:
            await world.data(document, context, bounds=TOWN, zoom=12)
        assert len(sent) == number


async def test_it_shows_what_the_list_would(world: World) -> None:
    owner = await world.member()
    middle = await District.create(slug="mitte", name="Mitte", name_key="mitte", latitude=52.42, longitude=10.78)
    other = await District.create(slug="ehmen", name="Ehmen", name_key="ehmen")
    await world.offer("A", direction=OfferDirection.PROVIDE, district=other, **at(52.4, 10.7))
    await world.offer("B", district=middle)
    await world.offer("draft", owner, OfferStatus.DRAFT, **at(52.4, 10.7))
    assert await counts(world, 22) == [1, 1]
    assert [one["offer"]["title"] for one in await clusters(world, 12, direction="PROVIDE")] == ["A"]
    assert [one["offer"]["title"] for one in await clusters(world, 12, districts=["mitte"])] == ["B"]
    near = {"latitude": 52.42, "longitude": 10.78, "radiusKm": 1}
    assert [one["offer"]["title"] for one in await clusters(world, 12, near=near)] == ["B"]
    assert await counts(world, 12, statuses=["DRAFT"]) == []
    assert await counts(world, 12, by=owner, statuses=["DRAFT"]) == [1]
    id = global_id("Member", owner.id)
    assert await counts(world, 12, by=owner, ownerId=id, statuses=["DRAFT"]) == [1]


async def test_it_goes_over_the_180th_meridian(world: World) -> None:
    await world.offer("west", **at(0, 179.9))
    await world.offer("east", **at(0, -179.9))
    await world.offer("far", **at(0, 0))
    pacific = {"southWest": {"latitude": -5, "longitude": 175}, "northEast": {"latitude": 5, "longitude": -175}}
    assert await counts(world, 10, pacific) == [1, 1]


async def test_whatever_the_map_there_are_no_more_clusters_than_are_allowed(world: World) -> None:
    dice = random.Random(1)
    for number in range(60):
        await world.offer(str(number), **at(dice.uniform(-90, 90), dice.uniform(-180, 180)))
    for zoom in (0, 5, 22):
        assert sum(await counts(world, zoom, WORLD)) == 60
    for _number in range(300):
        south, west = dice.uniform(-90, 89), dice.uniform(-180, 180)
        bounds = Bounds(south, west, dice.uniform(south, 90), dice.uniform(-180, 180))
        grid = grid_of(bounds, dice.randrange(23))
        wide = (bounds.east - bounds.west) % 360
        assert (wide / grid.east + 1) * ((bounds.north - bounds.south) / grid.north + 1) <= MOST_CLUSTERS


@pytest.mark.parametrize("zoom", [-1, 23])
async def test_a_zoom_that_no_map_has_is_refused(world: World, zoom: int) -> None:
    answer = await world.ask(MAP, bounds=TOWN, zoom=zoom)
    assert answer.codes == ["BAD_REQUEST"]


async def test_bounds_that_are_none_are_refused(world: World) -> None:
    upside_down = {"southWest": TOWN["northEast"], "northEast": TOWN["southWest"]}
    assert (await world.ask(MAP, bounds=upside_down, zoom=3)).codes == ["BAD_REQUEST"]
