"""What a filter means now: slugs have to be known wherever one is given, and `upcoming` goes by the clock."""

from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest
from graphql import GraphQLArgument, GraphQLInputObjectType, GraphQLObjectType, get_named_type

from models import District, SavedSearch, Topic, now
from tests.conditions import soon
from tests.statements import statements
from tests.world import SCHEMA, World

BOUNDS = "bounds: {southWest: {latitude: 52, longitude: 10}, northEast: {latitude: 53, longitude: 11}}, zoom: 10"
# A document for each field of the schema that takes a filter by slugs.
FILTERED = {
    "Query.members": "query ($f: MemberFilter) { members(filter: $f) { nodes { id } } }",
    "Query.groups": "query ($f: GroupFilter) { groups(filter: $f) { nodes { id } } }",
    "Query.events": "query ($f: EventFilter) { events(filter: $f) { nodes { id } } }",
    "Query.offers": "query ($f: OfferFilter) { offers(filter: $f) { totalCount } }",
    "Query.offerMap": f"query ($f: OfferFilter) {{ offerMap({BOUNDS}, filter: $f) {{ count }} }}",
    "Member.offers": 'query ($f: OfferFilter) { member(slug: "m") { offers(filter: $f) { totalCount } } }',
    "Group.events": 'query ($f: EventFilter) { group(slug: "g") { events(filter: $f) { totalCount } } }',
    "Group.offers": 'query ($f: OfferFilter) { group(slug: "g") { offers(filter: $f) { totalCount } } }',
    "Subscription.offerPublished": "subscription ($f: OfferFilter) { offerPublished(filter: $f) { cursor } }",
    "Subscription.liveOffers": """subscription ($f: OfferFilter) {
        liveOffers(filter: $f) { ... on OffersSnapshot { totalCount } } }""",
}
UPCOMING = """query ($f: EventFilter, $after: String) { events(first: 1, after: $after, filter: $f) {
    nodes { title } totalCount pageInfo { endCursor } } }"""


def by_slugs(argument: GraphQLArgument) -> frozenset[str]:
    """The fields of a filter that name topics or districts."""
    of = get_named_type(argument.type)
    return frozenset(of.fields) & {"topics", "districts"} if isinstance(of, GraphQLInputObjectType) else frozenset()


FIELDS = {
    f"{type.name}.{name}": by_slugs(field.args["filter"])
    for type in SCHEMA._schema.type_map.values()
    if isinstance(type, GraphQLObjectType)
    for name, field in type.fields.items()
    if "filter" in field.args and by_slugs(field.args["filter"])
}


def test_every_filter_by_slugs_is_tried() -> None:
    assert FIELDS.keys() == FILTERED.keys()


async def test_an_unknown_slug_is_an_error_wherever_it_is_given(world: World) -> None:
    await Topic.create(slug="sport", name="Sport", name_key="sport")
    await District.create(slug="mitte", name="Mitte", name_key="mitte")
    await world.organisation("M")
    await world.group("G")

    async def asked(where: str, **filter: Any) -> Any:
        if not where.startswith("Subscription"):
            return await world.ask(FILTERED[where], f=filter)
        async with aclosing(world.subscribe(FILTERED[where], f=filter)) as updates:
            return await soon(anext(updates))

    for where, names in FIELDS.items():
        for name in names:
            known, noun = {"topics": ("sport", "topic"), "districts": ("mitte", "district")}[name]
            for unknown in ("gibt-es-nicht", "no slug\x00 at all", ""):
                answer = await asked(where, **{name: [known, unknown]})
                assert answer.codes == ["BAD_REQUEST"], (where, name)
                assert answer.errors[0]["extensions"]["path"] == ["filter", name]
                assert answer.errors[0]["message"] == f"There is no {noun} {unknown!r}."
            if where != "Subscription.offerPublished":  # which says nothing as long as nothing is published
                answer = await asked(where, **{name: [known]})
                assert not answer.errors, (where, name, answer.errors)

    context = await world.context()
    with statements() as sent:
        await world.data(FILTERED["Query.offers"], context, f={"topics": ["sport"], "districts": ["mitte"]})
    assert len(sent) == 1  # known slugs are remembered


async def test_a_search_by_unknown_slugs_is_not_saved(world: World) -> None:
    member = await world.member()
    await Topic.create(slug="sport", name="Sport", name_key="sport")
    save = """mutation ($filter: OfferFilter!) { saveSearch(input: {name: "S", filter: $filter}) {
        savedSearch { id } userErrors { path code } } }"""
    data = await world.data(save, member, filter={"topics": ["sport", "nichts"], "districts": ["nirgends"]})
    assert data["saveSearch"] == {
        "savedSearch": None,
        "userErrors": [
            {"path": ["input", "filter", "topics", "1"], "code": "NOT_FOUND"},
            {"path": ["input", "filter", "districts", "0"], "code": "NOT_FOUND"},
        ],
    }
    assert not await SavedSearch.exists()


@pytest.mark.parametrize("nested", [False, True])
async def test_upcoming_is_what_is_not_over(world: World, nested: bool) -> None:
    group, begin = await world.group("G"), now()
    for title, starts, ends in (("Vorbei", -3, -1), ("Läuft", -2, 2), ("Kommt", 3, 4)):
        starts_at, ends_at = begin + timedelta(hours=starts), begin + timedelta(hours=ends)
        await world.event(title, group=group, starts_at=starts_at, ends_at=ends_at)
    document = 'query ($f: EventFilter, $after: String) { group(slug: "g") ' + UPCOMING.partition(")")[2] + " }"

    async def listed(**filter: Any) -> list[str]:
        found: list[str] = []
        cursor = None
        while True:
            data = await world.data(document if nested else UPCOMING, f=filter, after=cursor)
            page = (data["group"] if nested else data)["events"]
            found += [node["title"] for node in page["nodes"]]
            cursor = page["pageInfo"]["endCursor"]  # holds on the next page, whatever the time is
            if not page["nodes"]:
                assert page["totalCount"] == len(found)
                return found

    assert await listed(upcoming=True) == ["Läuft", "Kommt"]
    assert await listed(upcoming=False) == ["Vorbei"]
    assert await listed(upcoming=None) == ["Vorbei", "Läuft", "Kommt"]
    later, sooner = (begin + timedelta(hours=3)).isoformat(), (begin - timedelta(hours=9)).isoformat()
    assert await listed(upcoming=True, endsAfter=later) == ["Kommt"]
    assert await listed(upcoming=True, endsAfter=sooner) == ["Läuft", "Kommt"]
    assert await listed(upcoming=False, endsAfter=later) == []
