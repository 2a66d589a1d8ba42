"""What somebody would like to do: kept as a whole, and what fits it."""

from typing import Any

import pytest

from models import (
    District,
    InterestProfile,
    Member,
    OfferCategory,
    OfferDirection,
    OfferResponse,
    OfferStatus,
    Topic,
)
from tests.resolvers.matches.asking import about
from tests.world import World

SET = """mutation ($input: InterestProfileInput!) { setProfile(input: $input) {
  viewer { profile { topics { slug } categories districts { name } times { weekday from until }
    hoursPerWeek languages } }
  userErrors { path code } } }"""
SUGGESTED = """query ($first: Int, $after: String) { viewer { profile { hoursPerWeek }
  suggestions(first: $first, after: $after) {
  edges { score reasons node { title } } pageInfo { endCursor hasNextPage } } } }"""
TUESDAY = {"weekday": "TUESDAY", "from": "09:00", "until": "11:00"}


async def town() -> District:
    for slug in ("sport", "musik"):
        await Topic.get_or_create(slug=slug, defaults={"name": slug, "name_key": slug})
    return await District.create(slug="mitte", name="Mitte", name_key="mitte")


async def put(world: World, by: Any, **fields: Any) -> dict[str, Any]:
    return dict((await world.data(SET, by, input=fields))["setProfile"])


async def suggested(world: World, by: Member, **page: Any) -> list[tuple[str, float, list[str]]]:
    found = (await world.data(SUGGESTED, by, **page))["viewer"]["suggestions"]["edges"]
    return [(edge["node"]["title"], edge["score"], edge["reasons"]) for edge in found]


async def test_a_profile_is_set_as_a_whole(world: World) -> None:
    await town()
    member = await world.member()
    fields: dict[str, Any] = {
        "topics": ["musik", "sport", "musik"],
        "categories": ["ROOM"],
        "districts": ["mitte"],
        "times": [TUESDAY],
        "hoursPerWeek": 2.5,
        "languages": ["TR", "de"],
    }
    answer = await put(world, member, **fields)
    assert answer["userErrors"] == []
    assert answer["viewer"]["profile"] == {
        "topics": [{"slug": "musik"}, {"slug": "sport"}],
        "categories": ["ROOM"],
        "districts": [{"name": "Mitte"}],
        "times": [TUESDAY],
        "hoursPerWeek": 2.5,
        "languages": ["tr", "de"],
    }
    emptied = (await put(world, member, topics=["sport"]))["viewer"]["profile"]
    assert emptied == {
        "topics": [{"slug": "sport"}],
        "categories": [],
        "districts": [],
        "times": [],
        "hoursPerWeek": None,
        "languages": [],
    }
    assert await InterestProfile.all().count() == 1
    assert (await world.data(SUGGESTED, await world.member("Andere")))["viewer"]["profile"] is None


async def test_what_is_wrong_is_told_and_changes_nothing(world: World) -> None:
    await town()
    member = await world.member()
    late = {"weekday": "TUESDAY", "from": "11:00", "until": "09:00"}
    wrong = {"topics": ["x"], "districts": ["mitte", "y"], "hoursPerWeek": 0, "languages": ["?"], "times": [late]}
    paths = {tuple(error["path"]) for error in (await put(world, member, **wrong))["userErrors"]}
    assert paths == {
        ("input", "topics", "0"),
        ("input", "districts", "1"),
        ("input", "hoursPerWeek"),
        ("input", "languages", "0"),
        ("input", "times", "0", "until"),
    }
    many = (await put(world, member, districts=[f"ort-{number}" for number in range(21)]))["userErrors"]
    assert [error["code"] for error in many] == ["TOO_LONG"]
    assert (await world.ask(SET, None, input={})).codes == ["UNAUTHENTICATED"]
    assert (await world.ask(SET, await world.key(await world.organisation()), input={})).codes == ["FORBIDDEN"]
    assert await InterestProfile.all().count() == 0


async def test_what_fits_a_profile_needs_no_entry_of_ones_own(world: World) -> None:
    mitte = await town()
    member, other = await world.member(), await world.member("Andere")
    await put(world, member, topics=["musik"], categories=["TRAINING"], districts=["mitte"], languages=["de", "tr"])
    course: dict[str, Any] = {"category": OfferCategory.TRAINING}
    await about(await world.offer("Alles", other, district=mitte, languages=["tr"], **course), "musik")
    await about(await world.offer("Halb", other, languages=["de"]), "musik", "sport")
    await about(await world.offer("Thema", other, languages=["de"]), "musik")
    await world.offer("Art und Ort", other, district=mitte, **course)
    await world.offer("Nur die Art", other, **course)
    await world.offer("Nur der Ort", other, district=mitte)
    await about(await world.offer("Bietet", other, direction=OfferDirection.PROVIDE), "musik")
    await about(await world.offer("Eigenes", member), "musik")
    await about(await world.offer("Pausiert", other, OfferStatus.PAUSED), "musik")
    answered = await about(await world.offer("Beantwortet", other), "musik")
    await OfferResponse.create(offer=answered, member=member, message="Gern.")
    found = [
        ("Alles", 0.9, ["SHARED_TOPIC", "SAME_CATEGORY", "SAME_DISTRICT", "SHARED_LANGUAGE"]),
        ("Thema", 0.45, ["SHARED_TOPIC"]),
        ("Art und Ort", 0.4, ["SAME_CATEGORY", "SAME_DISTRICT"]),
    ]
    assert await suggested(world, member) == found
    assert await suggested(world, other) == []
    first = (await world.data(SUGGESTED, member, first=2))["viewer"]["suggestions"]
    assert first["pageInfo"]["hasNextPage"]
    assert await suggested(world, member, after=first["pageInfo"]["endCursor"]) == found[2:]
    assert (await world.ask(SUGGESTED, other, after=first["pageInfo"]["endCursor"])).codes == ["BAD_REQUEST"]


@pytest.mark.parametrize(
    ("columns", "score"),
    [({"hours_per_week": 5.0}, 0.35), ({"hours_per_week": 1.0}, 0.45), ({}, 0.45)],
)
async def test_hours_speak_against_what_takes_more(world: World, columns: dict[str, Any], score: float) -> None:
    await town()
    member = await world.member()
    await put(world, member, topics=["musik"], hoursPerWeek=2)
    await about(await world.offer("Thema", **columns), "musik")
    assert [found[1] for found in await suggested(world, member)] == [score]
