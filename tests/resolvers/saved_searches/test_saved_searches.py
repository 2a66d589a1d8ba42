"""Searches of the board that somebody keeps: what is kept, whose it is, and how much of it is new."""

from datetime import date
from typing import Any

from models import District, OfferCategory, OfferDirection, OfferStatus, SavedSearch, Topic
from models.database.connect import configuration, connected
from models.filters.near import Near
from models.filters.offers import OfferFilter
from resolvers.context import Rules
from resolvers.saved_searches.filters import read, stored
from schema.declare.ids import global_id
from tests.world import World

SAVE = """mutation ($input: SaveSearchInput!) { saveSearch(input: $input) {
  savedSearch { id name newCount lastSeenAt criteria {
    direction categories topics { slug } districts { name } remote availableOn text
    near { radiusKm location { latitude longitude } } } }
  userErrors { path code message } } }"""
SEEN = """mutation ($id: ID!) { markSavedSearchSeen(id: $id) {
  savedSearch { newCount lastSeenAt } userErrors { code } } }"""
DELETE = "mutation ($id: ID!) { deleteSavedSearch(id: $id) { deletedId userErrors { code } } }"
MINE = """query ($sort: OfferSort! = NEWEST) { viewer { savedSearches {
  name newCount offers(first: 10, sort: $sort) { totalCount nodes { title } } } } }"""
PROVIDE = OfferDirection.PROVIDE


async def saved(world: World, by: Any, name: str = "Meine", **filter: Any) -> dict[str, Any]:
    answer = (await world.data(SAVE, by, input={"name": name, "filter": filter}))["saveSearch"]
    assert answer["userErrors"] == []
    return dict(answer["savedSearch"])


def test_whatever_a_filter_restricts_by_is_kept() -> None:
    filter = OfferFilter(
        direction=PROVIDE,
        categories=(OfferCategory.ROOM, OfferCategory.OTHER),
        topics=("sport",),
        districts=("mitte", "almke"),
        owner_id=3,
        group_id=4,
        remote=False,
        available_on=date(2026, 5, 1),
        text="Halle",
        near=Near(52.4, 10.7, 3.0),
    )
    assert read(stored(filter)) == filter
    assert stored(OfferFilter(statuses=(OfferStatus.DRAFT,))) == {}


async def test_a_search_is_kept_and_read_back(world: World) -> None:
    member = await world.member()
    await Topic.create(slug="sport", name="Sport", name_key="sport")
    await District.create(slug="mitte", name="Mitte", name_key="mitte")
    search = await saved(
        world,
        member,
        "Hallen",
        direction="PROVIDE",
        categories=["ROOM"],
        topics=["sport"],
        districts=["mitte"],
        remote=False,
        availableOn="2026-05-01",
        text="Halle",
        near={"latitude": 52.4, "longitude": 10.7, "radiusKm": 3},
    )
    assert search["criteria"] == {
        "direction": "PROVIDE",
        "categories": ["ROOM"],
        "topics": [{"slug": "sport"}],
        "districts": [{"name": "Mitte"}],
        "remote": False,
        "availableOn": "2026-05-01",
        "text": "Halle",
        "near": {"radiusKm": 3, "location": {"latitude": 52.4, "longitude": 10.7}},
    }
    empty = await saved(world, member, "Alles")
    assert set(empty["criteria"].values()) == {None}
    assert [one["name"] for one in (await world.data(MINE, member))["viewer"]["savedSearches"]] == ["Hallen", "Alles"]


async def test_new_is_what_came_onto_the_board_since_the_last_look(world: World) -> None:
    member = await world.member()
    await world.offer("Vorher", direction=PROVIDE)
    search = await saved(world, member, direction="PROVIDE")
    assert (search["newCount"], search["lastSeenAt"]) == (0, None)
    await world.offer("Neu", direction=PROVIDE)
    await world.offer("Andere Richtung")
    await world.offer("Entwurf", direction=PROVIDE, status=OfferStatus.DRAFT)
    (mine,) = (await world.data(MINE, member))["viewer"]["savedSearches"]
    assert mine["newCount"] == 1
    assert mine["offers"] == {"totalCount": 2, "nodes": [{"title": "Neu"}, {"title": "Vorher"}]}
    seen = (await world.data(SEEN, member, id=search["id"]))["markSavedSearchSeen"]["savedSearch"]
    assert seen["newCount"] == 0
    assert seen["lastSeenAt"] is not None
    await world.offer("Noch neuer", direction=PROVIDE)
    assert (await world.data(MINE, member))["viewer"]["savedSearches"][0]["newCount"] == 1


async def test_a_search_is_changed_as_a_whole_and_counts_anew(world: World) -> None:
    member = await world.member()
    search = await saved(world, member, direction="PROVIDE")
    await world.offer("Neu", direction=PROVIDE)
    asked = {"id": search["id"], "name": "Anders", "filter": {"remote": True}}
    changed = (await world.data(SAVE, member, input=asked))["saveSearch"]["savedSearch"]
    assert (changed["id"], changed["name"], changed["newCount"]) == (search["id"], "Anders", 0)
    assert changed["criteria"]["direction"] is None
    assert changed["criteria"]["remote"] is True
    renamed = (await world.data(SAVE, member, input={**asked, "name": "Noch anders"}))["saveSearch"]["savedSearch"]
    assert renamed["lastSeenAt"] == changed["lastSeenAt"]


async def test_they_are_nobody_elses(world: World) -> None:
    member, other, office = await world.member(), await world.member("Andere"), await world.office()
    search = await saved(world, member)
    told = len(await world.told())
    for who in (other, office):
        asked = {"id": search["id"], "name": "Meine", "filter": {}}
        for document, variables in (
            (SAVE, {"input": asked}),
            (SEEN, {"id": search["id"]}),
            (DELETE, {"id": search["id"]}),
        ):
            assert (await world.ask(document, who, **variables)).codes == ["NOT_FOUND"]
        node = await world.data("query ($id: ID!) { node(id: $id) { id } }", who, id=search["id"])
        assert node == {"node": None}
        assert (await world.data(MINE, who))["viewer"]["savedSearches"] == []
    assert len(await world.told()) == told
    assert (await world.data("query ($id: ID!) { node(id: $id) { id } }", member, id=search["id"]))["node"]
    assert (await world.data(DELETE, member, id=search["id"]))["deleteSavedSearch"]["deletedId"] == search["id"]
    assert await SavedSearch.all().count() == 0


async def test_guests_and_keys_keep_none(world: World) -> None:
    organisation = await world.organisation()
    key = await world.key(organisation)
    asked = {"name": "Meine", "filter": {}}
    assert (await world.ask(SAVE, None, input=asked)).codes == ["UNAUTHENTICATED"]
    assert (await world.ask(SAVE, key, input=asked)).codes == ["FORBIDDEN"]
    assert (await world.data(MINE, key))["viewer"]["savedSearches"] == []
    assert await SavedSearch.all().count() == 0


async def test_what_is_wrong_is_told_and_changes_nothing(world: World) -> None:
    member = await world.member()
    for fields, path, code in (
        ({"name": " ", "filter": {}}, ["input", "name"], "REQUIRED"),
        ({"name": "x" * 101, "filter": {}}, ["input", "name"], "TOO_LONG"),
        ({"name": "Lang", "filter": {"text": "wort " * 3000}}, ["input", "filter", "text"], "TOO_LONG"),
    ):
        answer = (await world.data(SAVE, member, input=fields))["saveSearch"]
        assert [(error["path"], error["code"]) for error in answer["userErrors"]] == [(path, code)]
        assert answer["savedSearch"] is None
    wrong = {"name": "Kreis", "filter": {"near": {"latitude": 100, "longitude": 0}}}
    assert (await world.ask(SAVE, member, input=wrong)).codes == ["BAD_REQUEST"]
    assert (await world.ask(SAVE, member, input={"id": global_id("Offer", 1), "name": "x", "filter": {}})).codes == [
        "NOT_FOUND"
    ]
    assert await SavedSearch.all().count() == 0
    assert await world.told() == []


async def test_an_account_keeps_so_many_and_no_more(database_url: str, redis_url: str) -> None:
    rules = Rules(saved_searches_limit=2)
    async with connected(configuration(database_url)), World.opened(redis_url, rules) as world:
        member = await world.member()
        for name in ("eins", "zwei"):
            await saved(world, member, name)
        answer = (await world.data(SAVE, member, input={"name": "drei", "filter": {}}))["saveSearch"]
        assert [error["code"] for error in answer["userErrors"]] == ["LIMIT_REACHED"]
        assert await SavedSearch.all().count() == 2
