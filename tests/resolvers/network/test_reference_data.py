"""A network has its topics and districts from the first start, as a file says them."""

import asyncio

from models import District, Topic
from resolvers.network.reference_data import store_town
from resolvers.network.town_file import Town, wolfsburg
from tests.world import World

SMALL = Town.model_validate(
    {
        "topics": [{"name": "Fähren", "synonyms": ["Schiffe"]}],
        "districts": [
            {"name": "Altstadt", "parent": "Mitte", "postal_codes": ["23552"]},
            {"name": "Mitte", "location": [53.87, 10.69]},
        ],
    }
)


async def test_the_town_is_stored_once(world: World) -> None:
    await asyncio.gather(*(store_town(world.services.outbox) for _ in range(3)))
    assert await Topic.all().count() == len(wolfsburg().topics)
    assert await District.all().count() == len(wolfsburg().districts)
    assert (await Topic.get(slug="senioren")).name == "Senioren"


async def test_a_town_of_ones_own_is_stored_with_places_parents_and_synonyms(world: World) -> None:
    await store_town(world.services.outbox, SMALL)
    old, middle = await District.all().order_by("slug")
    assert (old.name, old.parent_id, old.latitude, old.postal_codes) == ("Altstadt", middle.id, None, ["23552"])
    assert (middle.parent_id, middle.latitude, middle.longitude) == (None, 53.87, 10.69)
    assert [(topic.slug, topic.synonyms) for topic in await Topic.all()] == [("faehren", ["Schiffe"])]


async def test_what_the_office_made_of_it_stays(world: World) -> None:
    await store_town(world.services.outbox)
    await Topic.filter(slug="senioren").update(name="Alt werden", synonyms=[])
    await District.filter(slug="kreuzheide").update(latitude=None, longitude=None, parent_id=None)
    await store_town(world.services.outbox)
    topic, district = await Topic.get(slug="senioren"), await District.get(slug="kreuzheide")
    assert (topic.name, topic.synonyms) == ("Alt werden", [])
    assert (district.latitude, district.parent_id) == (None, None)


async def test_a_network_of_an_earlier_version_is_given_places_and_synonyms_for_what_it_has(world: World) -> None:
    await Topic.create(slug="faehren", name="Fähren", name_key="fahren")
    await Topic.create(slug="schach", name="Schach", name_key="schach")
    await District.create(slug="mitte", name="Die Mitte", name_key="mitte")
    await District.create(slug="altstadt", name="Altstadt", name_key="altstadt")
    await store_town(world.services.outbox, SMALL)
    assert {topic.slug: topic.synonyms for topic in await Topic.all()} == {"faehren": ["Schiffe"], "schach": None}
    old, middle = await District.all().order_by("slug")
    assert (middle.name, middle.latitude, old.parent_id) == ("Die Mitte", 53.87, middle.id)
    await world.data("{ network { topics { synonyms } districts { location { latitude } postalCodes } } }")


async def test_districts_and_topics_show_all_that_is_known_of_them(world: World) -> None:
    await store_town(world.services.outbox, SMALL)
    data = await world.data(
        "{ network { topics { synonyms } "
        "districts { name location { latitude longitude } parent { slug } postalCodes } } }"
    )
    assert data["network"]["topics"] == [{"synonyms": ["Schiffe"]}]
    assert data["network"]["districts"] == [
        {"name": "Altstadt", "location": None, "parent": {"slug": "mitte"}, "postalCodes": ["23552"]},
        {"name": "Mitte", "location": {"latitude": 53.87, "longitude": 10.69}, "parent": None, "postalCodes": []},
    ]
