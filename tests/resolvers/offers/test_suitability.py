"""Whom an entry suits: what lists and subscriptions find by it, in the words of a frontend."""

from contextlib import aclosing
from datetime import timedelta
from typing import Any

import pytest

from models import Commitment, OfferResponse, ResponseStatus, now
from models.weekly_times import StoredTime
from tests.conditions import soon
from tests.world import World

LIST = "query ($filter: OfferFilter) { offers(filter: $filter) { nodes { title } totalCount } }"
EVENTS = "query ($filter: EventFilter) { events(filter: $filter) { nodes { title } totalCount } }"
PUBLISHED = "subscription ($filter: OfferFilter) { offerPublished(filter: $filter) { offer { id } } }"
LIVE = "subscription ($filter: OfferFilter) { liveOffers(filter: $filter) { __typename } }"


async def titles(world: World, by: Any = None, **filter: Any) -> set[str]:
    found = (await world.data(LIST, by, filter=filter))["offers"]
    assert found["totalCount"] == len(found["nodes"])
    return {node["title"] for node in found["nodes"]}


def on(weekday: str, begin: str | None = None, end: str | None = None) -> StoredTime:
    return {"weekday": weekday, "from": begin, "until": end}


async def test_when_in_a_week(world: World) -> None:
    await world.offer("nach Absprache")
    await world.offer("Montagabend", times=[on("MONDAY", "18:00", "20:00")])
    await world.offer("Samstag", times=[on("SATURDAY")])
    await world.offer("werktags früh", times=[on("MONDAY", "08:00", "10:00"), on("FRIDAY", "08:00", "10:00")])
    assert await titles(world, weekdays=["MONDAY"]) == {"nach Absprache", "Montagabend", "werktags früh"}
    assert await titles(world, weekdays=["SUNDAY"]) == {"nach Absprache"}
    assert await titles(world, dayparts=["MORNING"]) == {"nach Absprache", "Samstag", "werktags früh"}
    assert await titles(world, weekdays=["MONDAY", "SATURDAY"], dayparts=["EVENING"]) == {
        "nach Absprache",
        "Montagabend",
        "Samstag",
    }
    assert await titles(world, weekdays=["FRIDAY"], dayparts=["EVENING"]) == {"nach Absprache"}
    assert len(await titles(world, weekdays=[], dayparts=None)) == 4


async def test_for_how_long_and_how_much(world: World) -> None:
    await world.offer("offen")
    await world.offer("einmal", commitment=Commitment.ONCE, hours_per_week=8)
    await world.offer("jede Woche", commitment=Commitment.REGULAR, hours_per_week=2)
    await world.offer("wie es passt", commitment=Commitment.FLEXIBLE)
    assert await titles(world, commitments=["ONCE"]) == {"offen", "einmal"}
    assert await titles(world, commitments=["REGULAR", "FLEXIBLE"]) == {"offen", "jede Woche", "wie es passt"}
    assert await titles(world, maxHoursPerWeek=2) == {"offen", "jede Woche", "wie es passt"}


async def test_age_and_languages(world: World) -> None:
    await world.offer("alle")
    await world.offer("ab 16", minimum_age=16, languages=["de"])
    await world.offer("ab 18", minimum_age=18, languages=["pt-BR", "tr"])
    assert await titles(world, age=15) == {"alle"}
    assert await titles(world, age=16) == {"alle", "ab 16"}
    assert await titles(world, languages=["PT"]) == {"alle", "ab 18"}
    assert await titles(world, languages=["pt-PT", "de"]) == {"alle", "ab 16"}
    assert await titles(world, languages=["?"]) == {"alle"}
    answer = await world.ask(LIST, filter={"languages": [f"de-{number:04}" for number in range(11)]})
    assert answer.codes == ["BAD_REQUEST"]


async def test_places_that_have_all_of_it(world: World) -> None:
    places = {"Rathaus": ["STEP_FREE", "INDUCTION_LOOP"], "Keller": [], "Halle": ["STEP_FREE"]}
    for name, features in places.items():
        await world.offer(name, venue_name=name, venue_accessibility=features)
        await world.event(name, venue_name=name, venue_accessibility=features)
    await world.offer("ohne Ort")
    wanted: dict[tuple[str, ...], set[str]] = {
        ("STEP_FREE",): {"Rathaus", "Halle"},
        ("INDUCTION_LOOP", "STEP_FREE"): {"Rathaus"},
        ("QUIET_ROOM",): set(),
        (): {*places},
    }
    for some, found in wanted.items():
        assert await titles(world, accessibility=list(some)) - {"ohne Ort"} == found
        events = await world.data(EVENTS, filter={"accessibility": list(some)})
        assert {node["title"] for node in events["events"]["nodes"]} == found
    assert "ohne Ort" not in await titles(world, accessibility=["STEP_FREE"])


async def test_the_office_sees_what_nobody_answered_and_nobody_else_asks(world: World) -> None:
    owner, helper, office = await world.member(), await world.member(), await world.office()
    answers: dict[str, list[ResponseStatus]] = {
        "nichts": [],
        "offen": [ResponseStatus.SENT],
        "angenommen": [ResponseStatus.DECLINED, ResponseStatus.ACCEPTED],
        "vorbei": [ResponseStatus.DECLINED, ResponseStatus.WITHDRAWN],
    }
    for title, statuses in answers.items():
        offer = await world.offer(title, owner)
        for status in statuses:
            await OfferResponse.create(offer=offer, member=helper, message="Gern.", status=status)
    assert await titles(world, office, withoutResponses=True) == {"nichts", "vorbei"}
    assert await titles(world, office, withoutResponses=False) == {"offen", "angenommen"}
    for asks in (True, False):
        for by in (owner, helper):
            assert (await world.ask(LIST, by, filter={"withoutResponses": asks})).codes == ["FORBIDDEN"]
        assert (await world.ask(LIST, filter={"withoutResponses": asks})).codes == ["UNAUTHENTICATED"]
    nested = "query ($filter: OfferFilter) { members { nodes { offers(filter: $filter) { totalCount } } } }"
    assert set((await world.ask(nested, owner, filter={"withoutResponses": True})).codes) == {"FORBIDDEN"}


@pytest.mark.parametrize("document", [PUBLISHED, LIVE])
async def test_of_responses_nobody_is_told_live(world: World, document: str) -> None:
    updates = world.subscribe(document, await world.office(), filter={"withoutResponses": True})
    async with aclosing(updates):
        assert (await soon(anext(updates))).codes == ["BAD_REQUEST"]


async def test_what_may_be_stale(world: World) -> None:
    instant = now()
    await world.offer("alt", updated_at=instant - timedelta(days=40))
    await world.offer("neu", updated_at=instant)
    assert await titles(world, unchangedSince=(instant - timedelta(days=30)).isoformat()) == {"alt"}
