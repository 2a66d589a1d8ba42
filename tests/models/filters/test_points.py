"""Where entries and events count as lying: kept by the database, whatever changes a venue or a district."""

from typing import Any

import pytest
from tortoise.expressions import Q

from models import District, Offer
from models.filters.events import EventFilter, matching_events
from models.filters.near import Near, on_sphere
from models.filters.offers import OfferFilter, offer_rows
from models.places import Located
from resolvers.network.reference_data import store_town
from tests.world import World

HERE, THERE, ELSEWHERE = (52.3965, 10.76), (52.4227, 10.7865), (52.6, 10.1)


def at(place: tuple[float, float]) -> dict[str, Any]:
    """The columns of a venue."""
    return {"venue_latitude": place[0], "venue_longitude": place[1]}


async def district(slug: str, place: tuple[float, float] | None = None, parent: District | None = None) -> District:
    """A part of the town, with a place or without."""
    latitude, longitude = place or (None, None)
    return await District.create(
        slug=slug, name=slug, name_key=slug, latitude=latitude, longitude=longitude, parent=parent
    )


async def point(row: Located) -> tuple[float, float] | None:
    """Where it lies now; in km it is the same point."""
    one = await type(row).get(id=row.pk)
    if one.point_latitude is None or one.point_longitude is None:
        assert {one.point_latitude, one.point_longitude, one.point_x, one.point_y, one.point_z} == {None}
        return None
    found = one.point_latitude, one.point_longitude
    assert (one.point_x, one.point_y, one.point_z) == pytest.approx(on_sphere(*found), abs=1e-9)
    return found


async def test_a_venue_then_its_district_then_that_of_the_entry(world: World) -> None:
    here, there, nowhere = await district("here", HERE), await district("there", THERE), await district("nowhere")
    assert await point(await world.offer("A", district=here)) == HERE
    assert await point(await world.offer("B", district=here, venue_name="V", venue_district=there)) == THERE
    assert await point(await world.offer("C", district=here, venue_name="V", venue_district=nowhere)) == HERE
    assert await point(await world.offer("D", district=here, venue_name="V", **at(ELSEWHERE))) == ELSEWHERE
    assert await point(await world.offer("E", venue_name="V", venue_latitude=52.0)) is None
    assert await point(await world.offer("F")) is None
    assert await point(await world.event("A", venue_name="V", venue_district=here)) == HERE
    assert await point(await world.event("B", venue_name="V", venue_district=here, **at(THERE))) == THERE
    assert await point(await world.event("C")) is None


async def test_it_follows_whatever_changes(world: World) -> None:
    here, there = await district("here", HERE), await district("there", THERE)
    offer = await world.offer(district=here)
    event = await world.event(venue_name="V", venue_district=here)
    await Offer.filter(id=offer.id).update(district_id=there.id)
    assert await point(offer) == THERE
    for row in (offer, event):
        row.venue_name, (row.venue_latitude, row.venue_longitude) = "V", ELSEWHERE
        await row.save()  # with the point as it was, too
        assert await point(row) == ELSEWHERE
        row.venue_latitude = row.venue_longitude = None
        await row.save()
        assert await point(row) == HERE


async def test_many_stored_at_once_have_theirs(world: World) -> None:
    here = await district("here", HERE)
    made = [await world.offer(str(number)) for number in range(2)]
    copies = [
        Offer(**{name: getattr(one, name) for name in Offer._meta.db_fields if name not in ("id", "slug")}, slug="copy")
        for one in made[:1]
    ]
    copies[0].district_id = here.id
    await Offer.bulk_create(copies)
    assert await point(await Offer.get(slug="copy")) == HERE
    assert await point(made[0]) is None


async def test_who_moves_a_district_moves_what_is_in_it(world: World) -> None:
    top = await district("top", HERE)
    middle = await district("middle", parent=top)
    low = await district("low", parent=middle)
    other = await district("other", ELSEWHERE)
    offers = [await world.offer("A", district=low), await world.offer("B", venue_name="V", venue_district=middle)]
    event = await world.event(venue_name="V", venue_district=low)
    stays = [await world.offer("C", district=other), await world.offer("D", district=low, venue_name="V", **at(HERE))]
    assert [await point(one) for one in (*offers, event)] == [HERE] * 3
    top.latitude, top.longitude = THERE
    await top.save()
    assert [await point(one) for one in (*offers, event)] == [THERE] * 3
    middle.parent = other
    await middle.save()
    assert [await point(one) for one in (*offers, event)] == [ELSEWHERE] * 3
    assert [await point(one) for one in stays] == [ELSEWHERE, HERE]


async def test_around_detmerode_is_what_is_in_detmerode(world: World) -> None:
    """The demonstration's town, and what has no venue of its own."""
    await store_town(world.services.outbox)
    keys = {one.slug: one.id for one in await District.all()}
    detmerode = await District.get(slug="detmerode")
    assert detmerode.latitude is not None
    assert detmerode.longitude is not None
    near = Near(detmerode.latitude, detmerode.longitude, 3.0)
    await world.offer("Fahrdienst", district_id=keys["detmerode"])
    await world.offer("Weit weg", district_id=keys["vorsfelde"])
    await world.event("Treff", venue_name="Stadtteilhaus", venue_district_id=keys["detmerode"])
    await world.event("Fern", venue_name="Scheune", venue_district_id=keys["vorsfelde"])
    assert [one.title for one in await offer_rows(OfferFilter(near=near), Q())] == ["Fahrdienst"]
    assert [one.title for one in await matching_events(EventFilter(near=near))] == ["Treff"]
