"""The town's own words: the office makes and changes them, and everyone is shown what they are from then on."""

from contextlib import aclosing
from typing import Any

import pytest

from models import District, Event, Offer, OfferTopic, Topic
from models.places import MOST_DISTRICTS, MOST_TOPICS
from models.text.folding import sort_key
from schema.declare.ids import global_id
from subscriptions.changes import DistrictSaved, TopicSaved
from tests.conditions import soon
from tests.dump import dump
from tests.world import World

DISTRICT = """mutation ($input: SaveDistrictInput!) { it: saveDistrict(input: $input) {
  district { id slug name location { latitude longitude } parent { slug } postalCodes }
  userErrors { path code message } } }"""
TOPIC = """mutation ($input: SaveTopicInput!) { it: saveTopic(input: $input) {
  topic { id slug name synonyms } userErrors { path code message } } }"""
NEAR = """query ($near: NearInput!) { offers(filter: {near: $near}) { nodes { title } }
  events(filter: {near: $near}) { nodes { title } } }"""
HERE, THERE = {"latitude": 52.4, "longitude": 10.8}, {"latitude": 52.5, "longitude": 10.6}


async def district(name: str, **columns: Any) -> District:
    return await District.create(slug=name.lower(), name=name, name_key=sort_key(name), **columns)


def gid(row: District | Topic) -> str:
    return global_id(type(row).__name__, row.id)


async def save(world: World, document: str, **input: Any) -> dict[str, Any]:
    """What the office's mutation answers."""
    answer: dict[str, Any] = (await world.data(document, await world.office(), input=input))["it"]
    return answer


async def refused(world: World, document: str, **input: Any) -> list[tuple[str, str]]:
    """Where and why it is refused: nothing is changed or told."""
    before = {name: rows for name, rows in (await dump()).items() if name in ("district", "topic", "change")}
    errors = (await save(world, document, **input))["userErrors"]
    assert {name: rows for name, rows in (await dump()).items() if name in before} == before
    return [(".".join(error["path"]), error["code"]) for error in errors]


async def test_a_district_is_made(world: World) -> None:
    parent = await district("Nordstadt")
    made = await save(world, DISTRICT, name="Neues Viertel", parentId=gid(parent), location=HERE, postalCodes=["38448"])
    shown = {"slug": "neues-viertel", "name": "Neues Viertel", "location": HERE, "parent": {"slug": "nordstadt"}}
    row = await District.get(slug="neues-viertel")
    assert made == {"district": {"id": gid(row), **shown, "postalCodes": ["38448"]}, "userErrors": []}
    assert [(change.kind, change.facts) for change in await world.told()] == [
        (DistrictSaved.__name__, {"district_id": row.id})
    ]


async def test_a_topic_is_made_and_used_at_once(world: World) -> None:
    made = await save(world, TOPIC, name="Schach", synonyms=["Brettspiele", "Brettspiele", "Figuren"])
    assert made["topic"]["synonyms"] == ["Brettspiele", "Figuren"]
    create = """mutation ($input: CreateOfferInput!) { it: createOffer(input: $input) {
      offer { topics { name } } userErrors { code } } }"""
    offer = {"direction": "SEEK", "category": "OTHER", "title": "Gegner", "description": "Abends"}
    input = {**offer, "topics": [made["topic"]["slug"]]}
    data = await world.data(create, await world.member(), input=input)
    assert data["it"] == {"offer": {"topics": [{"name": "Schach"}]}, "userErrors": []}


async def test_what_is_left_out_stays_and_null_empties(world: World) -> None:
    top = await district("Top")
    row = await district("Teil", parent=top, latitude=52.4, longitude=10.8, postal_codes=["38440"])
    kept = (await save(world, DISTRICT, id=gid(row), name="Anders"))["district"]
    assert (kept["slug"], kept["name"], kept["location"]) == ("teil", "Anders", HERE)
    assert (kept["parent"], kept["postalCodes"]) == ({"slug": "top"}, ["38440"])
    emptied = await save(world, DISTRICT, id=gid(row), name="Anders", parentId=None, location=None, postalCodes=None)
    assert emptied["district"] | {"id": 0, "slug": ""} == {
        **{"id": 0, "slug": "", "name": "Anders", "location": None, "parent": None, "postalCodes": []}
    }
    topic = await Topic.create(slug="sport", name="Sport", name_key="sport", synonyms=["Turnen"])
    assert (await save(world, TOPIC, id=gid(topic), name="Sport!"))["topic"]["synonyms"] == ["Turnen"]
    assert (await save(world, TOPIC, id=gid(topic), name="Sport!", synonyms=[]))["topic"]["synonyms"] == []


async def test_what_changes_nothing_is_not_told(world: World) -> None:
    row = await district("Teil", latitude=0.0, longitude=0.0)
    location = {"latitude": 0.0, "longitude": 0.0}
    await save(world, DISTRICT, id=gid(row), name="Teil", location=location, postalCodes=[])
    topic = await Topic.create(slug="sport", name="Sport", name_key="sport")
    await save(world, TOPIC, id=gid(topic), name="Sport", synonyms=None)
    assert await world.told() == []
    await save(world, DISTRICT, id=gid(row), name="Teil", location=None)
    assert [change.kind for change in await world.told()] == ["DistrictSaved"]


WRONG: dict[str, tuple[dict[str, Any], list[tuple[str, str]]]] = {
    "nothing to see": ({"name": " "}, [("input.name", "REQUIRED")]),
    "long": ({"name": "a" * 81}, [("input.name", "TOO_LONG")]),
    "another's": ({"name": "TOP"}, [("input.name", "TAKEN")]),
    "off the earth": (
        {"name": "A", "location": {"latitude": 91, "longitude": 181}},
        [("input.location.latitude", "OUT_OF_RANGE"), ("input.location.longitude", "OUT_OF_RANGE")],
    ),
    "no postal codes": (
        {"name": "A", "postalCodes": ["38440", "über", ""]},
        [("input.postalCodes.2", "REQUIRED"), ("input.postalCodes.1", "INVALID")],
    ),
    "many": ({"name": "A", "postalCodes": ["38440"] * 31}, [("input.postalCodes", "TOO_LONG")]),
    "no parent": ({"name": "A", "parentId": global_id("Topic", 1)}, [("input.parentId", "NOT_FOUND")]),
}


@pytest.mark.walk
@pytest.mark.parametrize("case", WRONG)
async def test_what_is_typed_wrong_changes_nothing(world: World, case: str) -> None:
    await district("Top")
    given, errors = WRONG[case]
    assert await refused(world, DISTRICT, **given) == errors


async def test_a_topic_has_few_short_synonyms_and_a_name_of_its_own(world: World) -> None:
    await Topic.create(slug="sport", name="Sport", name_key="sport")
    assert await refused(world, TOPIC, name="sport") == [("input.name", "TAKEN")]
    assert await refused(world, TOPIC, name="A", synonyms=["x"] * 31) == [("input.synonyms", "TOO_LONG")]
    assert await refused(world, TOPIC, name="A", synonyms=["x", "y" * 101]) == [("input.synonyms.1", "TOO_LONG")]


async def test_no_district_lies_in_itself_or_too_deep(world: World) -> None:
    top = await district("Top")
    middle = await district("Middle", parent=top)
    low = await district("Low", parent=middle)
    too_deep = [("input.parentId", "INVALID")]
    assert await refused(world, DISTRICT, name="Neu", parentId=gid(low)) == too_deep
    for inside in (top, middle, low):
        assert await refused(world, DISTRICT, id=gid(top), name="Top", parentId=gid(inside)) == too_deep
    other = await district("Other")
    assert await refused(world, DISTRICT, id=gid(top), name="Top", parentId=gid(other)) == too_deep
    assert (await save(world, DISTRICT, id=gid(low), name="Low", parentId=gid(other)))["userErrors"] == []


async def test_there_are_no_more_than_a_list_shows(world: World) -> None:
    await District.bulk_create(District(slug=f"d-{n}", name=f"D{n}", name_key=f"d{n}") for n in range(MOST_DISTRICTS))
    await Topic.bulk_create(Topic(slug=f"t-{n}", name=f"T{n}", name_key=f"t{n}") for n in range(MOST_TOPICS))
    assert await refused(world, DISTRICT, name="Neu") == [("", "LIMIT_REACHED")]
    assert await refused(world, TOPIC, name="Neu") == [("", "LIMIT_REACHED")]


async def test_what_is_no_id_of_one_is_not_found(world: World) -> None:
    for id in (global_id("District", 99), global_id("Topic", 1), "?"):
        answer = await world.ask(DISTRICT, await world.office(), input={"id": id, "name": "A"})
        assert answer.codes == ["NOT_FOUND"]
    assert await District.all().count() == 0


async def test_who_moves_a_district_moves_what_is_near_it(world: World) -> None:
    row = await district("Teil", latitude=52.4, longitude=10.8)
    await world.offer("Fahrdienst", district=row)
    await world.event("Treff", venue_name="Haus", venue_district=row)
    found = {"offers": {"nodes": [{"title": "Fahrdienst"}]}, "events": {"nodes": [{"title": "Treff"}]}}
    nothing: dict[str, Any] = {"offers": {"nodes": []}, "events": {"nodes": []}}
    assert await world.data(NEAR, near={**HERE, "radiusKm": 1}) == found
    await save(world, DISTRICT, id=gid(row), name="Teil", location=THERE)
    assert await world.data(NEAR, near={**HERE, "radiusKm": 1}) == nothing
    assert await world.data(NEAR, near={**THERE, "radiusKm": 1}) == found
    assert await Offer.filter(version=1).exists()
    assert await Event.filter(version=1).exists()


LIVE = """subscription ($filter: OfferFilter) { liveOffers(first: 5, filter: $filter) {
  ... on OffersSnapshot { offers { title topics { name } district { name } } }
  ... on OffersPatch { totalCount steps { __typename ... on OfferEntered { offer { title } }
    ... on OfferRefreshed { offer { topics { name } district { name } } } } } } }"""


async def test_live_lists_are_told_of_the_towns_words(world: World) -> None:
    row, topic = await district("Teil"), await Topic.create(slug="sport", name="Sport", name_key="sport")
    offer = await world.offer("Fahrdienst", district=row)
    await OfferTopic.create(offer=offer, topic=topic, position=0)
    async with aclosing(world.subscribe(LIVE)) as updates:
        await soon(anext(updates))
        await save(world, TOPIC, id=gid(topic), name="Turnen")
        await save(world, DISTRICT, id=gid(row), name="Viertel")
        shown: dict[str, Any] = {}
        while shown != {"topics": [{"name": "Turnen"}], "district": {"name": "Viertel"}}:
            answer = await soon(anext(updates))
            assert answer.data is not None
            (step,) = answer.data["liveOffers"]["steps"]
            assert step.pop("__typename") == "OfferRefreshed"
            shown = step["offer"]


async def test_a_live_list_around_a_place_hears_what_comes_there(world: World) -> None:
    row = await district("Teil")
    await world.offer("Fahrdienst", district=row)
    async with aclosing(world.subscribe(LIVE, filter={"near": {**HERE, "radiusKm": 1}})) as updates:
        assert (await soon(anext(updates))).data == {"liveOffers": {"offers": []}}
        await save(world, DISTRICT, id=gid(row), name="Teil", location=HERE)
        patch = {"totalCount": 1, "steps": [{"__typename": "OfferEntered", "offer": {"title": "Fahrdienst"}}]}
        assert (await soon(anext(updates))).data == {"liveOffers": patch}


def test_the_names_of_changes_say_what_was_saved() -> None:
    assert TopicSaved(1).facts() == {"topic_id": 1}
