"""`OfferFilter` means the same in `offers`, in `offerPublished` and in `liveOffers`, whatever it says.

But for a text of several words: a list has what lacks one of them where hardly anything has all; what is told of as it
comes has all (docs/search.md).
"""

import asyncio
import itertools
import random
from contextlib import aclosing, suppress
from datetime import UTC, date, datetime
from typing import Any

import pytest

from models import (
    Commitment,
    District,
    Member,
    MemberStatus,
    Offer,
    OfferCategory,
    OfferDirection,
    OfferStatus,
    OfferTopic,
    Representation,
    Topic,
    Weekday,
)
from models.text.folding import sort_key
from schema.declare.ids import global_id
from subscriptions.changes import OfferPublished
from subscriptions.outbox import Changes
from tests.conditions import soon, until
from tests.world import World

LIST = "query ($filter: OfferFilter) { offers(first: 100, filter: $filter) { totalCount nodes { id } } }"
LIVE = """subscription ($filter: OfferFilter) { liveOffers(first: 100, filter: $filter) {
  ... on OffersSnapshot { totalCount offers { id } } } }"""
PUBLISHED = """subscription ($filter: OfferFilter, $after: String) {
  offerPublished(filter: $filter, after: $after) { offer { id } } }"""

WORDS = ("Fußball", "Ärzte", "100 %", "Saal", "a_b", "Chor's")
TOPICS = ("sport", "kultur")
DISTRICTS = ("mitte", "vorsfelde")
# Kilometres east of the town hall, at which venues lie.
_EAST = 10.7865
_KILOMETRE = 1 / 67.9


async def _board(world: World) -> tuple[Member, list[str], list[str]]:
    """Entries of all kinds, each told of as published; who acts for one of their owners; ids of owners and groups."""
    topics = [await Topic.create(slug=slug, name=slug, name_key=slug) for slug in TOPICS]
    districts = [await District.create(slug=slug, name=slug, name_key=sort_key(slug)) for slug in DISTRICTS]
    for model, slug in ((Topic, "keins"), (District, "keiner")):  # known, and nothing has them
        await model.create(slug=slug, name=slug, name_key=sort_key(slug))
    owners = [await world.organisation("Verein"), await world.member("Andere")]
    suspended = await world.member("Gesperrt", MemberStatus.SUSPENDED)
    groups = [await world.group("Eine"), await world.group("Andere")]
    person = await world.member("Person")
    await Representation.create(organisation=owners[0], person=person)
    offers: list[Offer] = []
    for number, (status, word) in enumerate(itertools.product((OfferStatus.PUBLISHED, *OfferStatus), WORDS[:5])):
        columns: dict[str, Any] = {}
        if number % 2:
            columns |= {
                "venue_name": "Ort",
                "venue_latitude": 52.4227,
                "venue_longitude": _EAST + number % 7 * _KILOMETRE,
                "venue_district": districts[number % 2] if number % 5 else None,
            }
        title = f"{word} {WORDS[(number * 5 + 3) % 6]}"
        offer = await world.offer(
            title,
            owners[number % 3 % 2] if number % 7 else suspended,
            status,
            direction=list(OfferDirection)[number % 2],
            category=list(OfferCategory)[number % 4],
            remote=number % 3 == 0,
            group=groups[number % 2] if number % 4 else None,
            district=districts[number // 2 % 2] if number % 3 else None,
            available_from=date(2026, 5, 1 + number % 9) if number % 2 else None,
            available_until=date(2026, 5, 9 + number % 9) if number % 5 else None,
            times=[{"weekday": list(Weekday)[number % 7], "from": f"{7 + number % 15:02}:30", "until": None}]
            if number % 4
            else [],
            commitment=list(Commitment)[number % 4] if number % 5 else None,
            minimum_age=14 + number % 5 if number % 3 else None,
            hours_per_week=1 + number % 4 if number % 4 else None,
            languages=[["de"], ["pt-BR", "tr"], []][number % 3],
            venue_accessibility=["STEP_FREE", "QUIET_ROOM"][: number % 3],
            updated_at=datetime(2026, 5, 1 + number % 9, tzinfo=UTC),
            **columns,
        )
        for topic in topics[: number % 3]:
            await OfferTopic.create(offer=offer, topic=topic, position=0)
        offers.append(offer)

    async def work(changes: Changes) -> None:
        changes.tell(*(OfferPublished(offer.id) for offer in offers))

    await world.services.outbox.write(work)
    ids = [global_id("Member", owner.id) for owner in owners], [global_id("Group", group.id) for group in groups]
    return person, *ids


# A text of several words, and these.
SEVERAL = {"fuss aerzte": ("fuss", "aerzte")}
# What each field may ask for.
FIELDS: dict[str, list[Any]] = {
    "direction": [one.value for one in OfferDirection],
    "statuses": [[], ["PUBLISHED", "DRAFT"], ["EXPIRED"], [one.value for one in OfferStatus]],
    "categories": [[], *([one.value] for one in list(OfferCategory)[:4])],
    "topics": [["sport"], ["kultur"], ["sport", "kultur"], ["keins"]],
    "districts": [["mitte"], ["vorsfelde", "keiner"], ["keiner"]],
    "ownerId": ["owner 0", "owner 1", "?"],
    "groupId": ["group 0", "group 1", global_id("Group", 999)],
    "remote": [True, False],
    "availableOn": ["2026-05-01", "2026-05-06", "2026-05-20"],
    "text": [*(word.upper() for word in WORDS), *SEVERAL, "ball", "%", "_", "schreib", " ", "xyz"],
    "near": [
        {"latitude": 52.4227, "longitude": _EAST, "radiusKm": 0.9},
        {"latitude": 52.4227, "longitude": _EAST + 3.5 * _KILOMETRE, "radiusKm": 2.0},
        {"latitude": 52.43, "longitude": _EAST, "radiusKm": 3.0},
        {"latitude": 52.43, "longitude": _EAST, "radiusKm": 500.0},
    ],
    "weekdays": [["MONDAY"], ["SATURDAY", "SUNDAY"], []],
    "dayparts": [["MORNING"], ["NIGHT"], ["MORNING", "AFTERNOON", "EVENING", "NIGHT"]],
    "commitments": [["ONCE"], ["REGULAR", "FLEXIBLE"]],
    "age": [0, 15, 99],
    "maxHoursPerWeek": [0.5, 2, 80],
    "languages": [["de"], ["PT", "xx"], ["en"]],
    "accessibility": [["STEP_FREE"], ["QUIET_ROOM", "STEP_FREE"], ["INDUCTION_LOOP"]],
    "unchangedSince": ["2026-05-01T00:00:00Z", "2026-05-05T12:00:00Z"],
    "bounds": [
        {"southWest": {"latitude": 52.4, "longitude": _EAST + east}, "northEast": {"latitude": 52.5, "longitude": 11}}
        for east in (0, 2.5 * _KILOMETRE, 0.2)
    ],
}


def _filter(dice: random.Random, *names: str) -> dict[str, Any]:
    """A filter by some fields: by those that are named, or by one to three."""
    chosen = names or dice.sample(list(FIELDS), dice.choice([1, 2, 2, 3]))
    return {name: dice.choice(FIELDS[name]) for name in chosen}


async def _published(world: World, by: Member | None, after: str, filter: dict[str, Any]) -> list[str]:
    """What the subscription tells of all that was published."""
    found: list[str] = []
    hub = world.services.hub

    async def listen() -> None:
        async with aclosing(world.subscribe(PUBLISHED, by, after=after, filter=filter)) as updates:
            async for answer in updates:
                assert not answer.errors, answer.errors
                assert answer.data is not None
                found.append(answer.data["offerPublished"]["offer"]["id"])

    listening = asyncio.create_task(listen())
    try:
        await until(lambda: listening.done() or hub.waiting)
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await soon(listening)
    return found


@pytest.mark.parametrize("examples", [15, pytest.param(1000, marks=pytest.mark.soak)])
async def test_a_filter_means_the_same_everywhere(world: World, examples: int) -> None:
    dice = random.Random(examples)
    start = await world.services.hub.cursor()
    person, owners, groups = await _board(world)
    names = {f"owner {number}": id for number, id in enumerate(owners)}
    names |= {f"group {number}": id for number, id in enumerate(groups)}
    await until(lambda: world.services.hub.position.seq == 40)
    passing: set[int] = set()

    async def holds(filter: dict[str, Any], by: Member | None) -> None:
        filter = {name: names.get(value, value) if isinstance(value, str) else value for name, value in filter.items()}
        listed = (await world.data(LIST, by, filter=filter))["offers"]
        ids = [node["id"] for node in listed["nodes"]]
        assert len(ids) == listed["totalCount"]
        async with aclosing(world.subscribe(LIVE, by, filter=filter)) as updates:
            answer = await soon(anext(updates))
        assert answer.data is not None
        snapshot = answer.data["liveOffers"]
        assert ([one["id"] for one in snapshot["offers"]], snapshot["totalCount"]) == (ids, len(ids))
        told = set(ids)
        for word in SEVERAL.get(filter.get("text", ""), ()):
            told &= {
                one["id"] for one in (await world.data(LIST, by, filter=filter | {"text": word}))["offers"]["nodes"]
            }
        assert sorted(await _published(world, by, start, filter)) == sorted(told)
        passing.add(len(ids))

    for name in FIELDS:
        await holds(_filter(dice, name, "statuses"), person)
    for text in SEVERAL:
        await holds({"text": text}, None)
        await holds({"text": text, "statuses": [one.value for one in OfferStatus]}, person)
    for number in range(examples):
        await holds(_filter(dice), person if number % 2 else None)
    assert len(passing) > 8, "the filters tell entries apart"
