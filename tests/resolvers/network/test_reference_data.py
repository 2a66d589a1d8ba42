"""A network has its topics and districts from the first start."""

import asyncio

from models import District, Topic
from resolvers.network.reference_data import DISTRICTS, TOPICS, store_town
from tests.world import World


async def test_the_town_is_stored_once(world: World) -> None:
    await asyncio.gather(*(store_town(world.services.outbox) for _ in range(3)))
    assert await Topic.all().count() == len(TOPICS)
    assert await District.all().count() == len(DISTRICTS)
    assert (await Topic.get(slug="senioren")).name == "Senioren"


async def test_what_the_office_made_of_it_stays(world: World) -> None:
    await Topic.create(slug="schach", name="Schach", name_key="schach")
    await store_town(world.services.outbox)
    assert [topic.slug for topic in await Topic.all()] == ["schach"]
    assert await District.exists()
