"""How many entries of a list there are by each facet: what the list would say if it were asked for each value."""

import random
from typing import Any

from tortoise.expressions import Subquery

from models import (
    District,
    Member,
    MemberStatus,
    Offer,
    OfferCategory,
    OfferDirection,
    OfferStatus,
    OfferTopic,
    Topic,
)
from models.offers import topic_keys
from schema.declare.ids import global_id
from tests.statements import statements
from tests.world import World

FACETS = """query ($filter: OfferFilter) { offers(first: 0, filter: $filter) { totalCount facets {
  directions { direction count } categories { category count }
  topics { topic { slug name } count } districts { district { slug } count } } } }"""
CREATE = "mutation ($input: CreateOfferInput!) { createOffer(input: $input) { offer { id } userErrors { message } } }"
UPDATE = "mutation ($input: UpdateOfferInput!) { updateOffer(input: $input) { userErrors { message } } }"
COUNT = "query ($filter: OfferFilter) { offers(filter: $filter) { totalCount } }"
NESTED = """query ($filter: OfferFilter) {
  members { nodes { id offers(first: 0, filter: $filter) { facets { directions { direction count }
    topics { topic { slug } count } districts { district { slug } count } } } } } }"""
TOPICS = ("sport", "kultur", "natur")
# By slug, with what each is a part of.
DISTRICTS = {"nordstadt": None, "kreuzheide": "nordstadt", "tiergarten": "kreuzheide", "mitte": None, "leer": None}
STATES = [one.value for one in OfferStatus]


async def board(world: World) -> list[Member]:
    """Entries of all kinds, of some owners."""
    dice = random.Random(14)
    topics = [await Topic.create(slug=slug, name=slug.title(), name_key=slug) for slug in TOPICS]
    districts: dict[str, District] = {}
    for slug, parent in DISTRICTS.items():
        districts[slug] = await District.create(
            slug=slug, name=slug, name_key=slug, parent=districts[parent] if parent else None
        )
    owners = [await world.member(name) for name in ("Anna", "Berta")]
    suspended = await world.member("Gesperrt", MemberStatus.SUSPENDED)
    somewhere = [districts[slug] for slug in DISTRICTS if slug != "leer"]
    for number in range(40):
        offer = await world.offer(
            f"Eintrag {number}",
            dice.choice([*owners, *owners, suspended]),
            dice.choice([OfferStatus.PUBLISHED, OfferStatus.PUBLISHED, *OfferStatus]),
            direction=dice.choice(list(OfferDirection)),
            category=dice.choice(list(OfferCategory)[:5]),
            remote=dice.random() < 0.3,
            district=dice.choice([None, None, *somewhere]),
            venue_name="Ort",
            venue_district=dice.choice([None, None, *somewhere]),
        )
        for topic in dice.sample(topics, dice.randrange(4)):
            await OfferTopic.create(offer=offer, topic=topic, position=0)
    return owners


def counts(facets: dict[str, Any]) -> dict[str, dict[str, int]]:
    """The counts of each facet, by value, in their order."""
    return {
        "direction": {one["direction"]: one["count"] for one in facets["directions"]},
        "categories": {one["category"]: one["count"] for one in facets["categories"]},
        "topics": {one["topic"]["slug"]: one["count"] for one in facets["topics"]},
        "districts": {one["district"]["slug"]: one["count"] for one in facets["districts"]},
    }


VALUES = {
    "direction": [one.value for one in OfferDirection],
    "categories": [one.value for one in OfferCategory],
    "topics": list(TOPICS),
    "districts": list(DISTRICTS),
}
FILTERS: list[dict[str, Any]] = [
    {},
    {"direction": "SEEK"},
    {"topics": ["sport"], "categories": ["ROOM", "EXPERTISE", "HELPING_HANDS"]},
    {"districts": ["nordstadt"]},
    {"remote": True, "statuses": STATES},
    {"text": "eintrag 3"},
]


async def test_each_count_is_what_the_list_would_hold(world: World) -> None:
    owner, _other = await board(world)
    for by in (None, owner, await world.office()):
        for filter in FILTERS:
            found = (await world.data(FACETS, by, filter=filter))["offers"]
            for name, counted in counts(found["facets"]).items():
                if name in filter:
                    continue
                for value in VALUES[name]:
                    more = {**filter, name: value if name == "direction" else [value]}
                    total = (await world.data(COUNT, by, filter=more))["offers"]["totalCount"]
                    assert counted.get(value, 0) == total, (filter, name, value)
                    assert value in counted or total == 0
                assert sorted(counted.values(), reverse=True) == list(counted.values())


async def test_what_the_filter_restricts_is_counted_within_that(world: World) -> None:
    await board(world)
    filter = {"categories": ["ROOM", "TRAINING"], "topics": ["sport"]}
    found = (await world.data(FACETS, filter=filter))["offers"]
    counted = counts(found["facets"])
    assert set(counted["categories"]) <= {"ROOM", "TRAINING"}
    assert sum(counted["categories"].values()) == found["totalCount"] == counted["topics"]["sport"] > 0
    assert all(count <= found["totalCount"] for count in counted["topics"].values())


async def test_one_further_statement_and_only_when_asked(world: World) -> None:
    await board(world)
    context = await world.context()
    await world.data(COUNT, context)
    with statements() as without:
        await world.data("{ offers(first: 3) { totalCount nodes { title } } }", context)
    with statements() as asked:
        await world.data(
            """{ offers(first: 3) { totalCount nodes { title } facets { directions { count } categories { count }
              topics { topic { slug name } count } districts { district { slug } count } } } }""",
            context,
        )
    assert len(asked) == len(without) + 1
    with statements() as alone:
        found = await world.data("{ offers { facets { topics { count } } } }", context)
    assert len(alone) == 1
    assert "GROUP BY" in alone[0]
    assert "direction" not in alone[0], "only topics are counted"
    assert found["offers"]["facets"]["topics"]


async def test_each_list_of_a_level_has_its_own(world: World) -> None:
    owners = await board(world)
    for filter in ({}, {"direction": "PROVIDE"}):
        context = await world.context()
        with statements() as sent:
            found = (await world.data(NESTED, context, filter=filter))["members"]["nodes"]
        assert len([one for one in sent if "GROUP BY" in one]) == 1
        shown = {node["id"]: node["offers"]["facets"] for node in found}
        for owner in owners:
            id = global_id("Member", owner.id)
            alone = (await world.data(FACETS, filter={**filter, "ownerId": id}))["offers"]["facets"]
            assert {name: shown[id][name] for name in ("directions", "districts")} == {
                name: alone[name] for name in ("directions", "districts")
            }
            assert counts({**alone, **shown[id]})["topics"] == counts(alone)["topics"]


async def test_the_keys_of_an_entry_s_topics_are_kept_whatever_changes_them(world: World) -> None:
    await board(world)
    owner = await world.member("Carla")
    input = {
        "direction": "SEEK",
        "category": "ROOM",
        "title": "Raum",
        "description": "Hell.",
        "topics": ["natur", "sport"],
    }
    made = await world.data(CREATE, owner, input=input | {"publish": True})
    id = made["createOffer"]["offer"]["id"]
    await _must_have_their_keys()
    for change in ({"topics": ["kultur", "natur"]}, {"title": "Saal"}, {"topics": ["kultur"], "title": "Halle"}):
        await world.data(UPDATE, owner, input={"id": id, **change})
        await _must_have_their_keys()
    sport = await Topic.get(slug="sport")
    await OfferTopic.filter(topic=sport, offer_id__lt=10).delete()
    await (
        OfferTopic.filter(topic__slug="kultur", offer_id__gt=20)
        .exclude(offer_id__in=Subquery(OfferTopic.filter(topic=sport).values("offer_id")))
        .update(topic=sport)
    )
    await _must_have_their_keys()
    await Offer.all().delete()
    assert await OfferTopic.all().count() == 0


async def _must_have_their_keys() -> None:
    kept: dict[int, list[int]] = {}
    for link in await OfferTopic.all():
        kept.setdefault(link.offer_id, []).append(link.topic_id)
    assert {offer.id: offer.topic_keys for offer in await Offer.all()} == {
        offer.id: topic_keys(kept.get(offer.id, [])) for offer in await Offer.all()
    }


async def test_of_nothing_there_is_nothing_to_count(world: World) -> None:
    found = (await world.data(FACETS))["offers"]
    assert found == {
        "totalCount": 0,
        "facets": {"directions": [], "categories": [], "topics": [], "districts": []},
    }
    assert await world.data("{ offers { facets { __typename } } }") == {
        "offers": {"facets": {"__typename": "OfferFacets"}}
    }
