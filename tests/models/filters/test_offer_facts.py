"""Of one entry its facts say of any filter what the statement of that filter says."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tortoise.expressions import Q

from models import (
    AccessibilityFeature,
    Commitment,
    Daypart,
    District,
    Offer,
    OfferCategory,
    OfferDirection,
    OfferStatus,
    OfferTopic,
    Topic,
    Weekday,
)
from models.filters.errors import BadFilter
from models.filters.near import Bounds, Near, km_between, on_sphere
from models.filters.offer_facts import OfferFacts, offer_facts, passes
from models.filters.offers import OfferFilter, offer_rows
from models.filters.suitability import suits
from models.search.tables import Kind
from models.text.folding import sort_key
from models.weekly_times import StoredTime
from tests.searched import looked_for
from tests.statements import statements
from tests.world import World

TOPICS, DISTRICTS = ("sport", "kultur", "natur"), ("mitte", "nord", "sued")
WORDS = ("Fußball", "Ärzte", "100 %", "a_b", "Chor's", "ſtraße", "İzmir", "ﬁn", "e\u0301", "\\")
TAGS = ("de", "pt", "pt-BR", "zh-Hant-TW", "den", "sr-Latn")
DAY = date(2026, 5, 1)
INSTANT = datetime(2026, 5, 1, 12, tzinfo=UTC)
NORTH, EAST = 52.4227, 10.7865


async def entries(world: World, dice: random.Random) -> list[Offer]:
    """Entries that differ in all that filters ask."""
    topics = [await Topic.create(slug=slug, name=slug, name_key=slug) for slug in TOPICS]
    districts: list[District] = []
    for slug in DISTRICTS:  # each a part of the one before
        within = districts[-1] if districts else None
        place = {"latitude": NORTH + len(districts) / 100, "longitude": EAST} if len(districts) != 1 else {}
        columns: dict[str, Any] = {"slug": slug, "name": slug, "name_key": sort_key(slug), "parent": within, **place}
        districts.append(await District.create(**columns))
    owners, groups = [await world.member(), await world.member()], [await world.group(), await world.group()]
    made = []
    for _number in range(30):
        columns = {}
        if dice.random() < 0.6:
            columns = {"venue_name": "Ort", "venue_district": dice.choice([None, *districts])}
        if columns and dice.random() < 0.8:
            columns["venue_latitude"] = NORTH + dice.uniform(-0.05, 0.05)
            columns["venue_longitude"] = EAST + dice.uniform(-0.05, 0.05)
        offer = await world.offer(
            " ".join(dice.choices(WORDS, k=3)),
            dice.choice([None, *owners]),
            dice.choice(list(OfferStatus)),
            direction=dice.choice(list(OfferDirection)),
            category=dice.choice(list(OfferCategory)),
            remote=dice.random() < 0.5,
            group=dice.choice([None, *groups]),
            district=dice.choice([None, *districts]),
            available_from=dice.choice([None, DAY + timedelta(dice.randrange(9))]),
            available_until=dice.choice([None, DAY + timedelta(9 + dice.randrange(9))]),
            times=[a_time(dice) for _number in range(dice.randrange(3))],
            commitment=dice.choice([None, *Commitment]),
            minimum_age=dice.choice([None, 14, 18, 21]),
            hours_per_week=dice.choice([None, 0.5, 2, 8]),
            languages=dice.sample(TAGS, dice.randrange(3)),
            venue_accessibility=dice.sample([one.value for one in AccessibilityFeature], dice.randrange(6)),
            updated_at=INSTANT + timedelta(dice.randrange(9)),
            **columns,
        )
        for topic in dice.sample(topics, dice.randrange(4)):
            await OfferTopic.create(offer=offer, topic=topic, position=0)
        made.append(await Offer.get(id=offer.id))
    return made


def a_time(dice: random.Random) -> StoredTime:
    """Some time of the week."""
    begin, end = sorted(f"{dice.randrange(24):02}:{dice.randrange(60):02}" for _end in range(2))
    return {
        "weekday": dice.choice(list(Weekday)).value,
        "from": dice.choice([begin, begin, None]),
        "until": dice.choice([end, end, None]),
    }


def a_filter(dice: random.Random, offers: list[Offer]) -> OfferFilter:
    """A filter by one to three of what can be asked."""
    offer = dice.choice(offers)
    possible: dict[str, Any] = {
        "direction": offer.direction,
        "statuses": tuple(dice.sample(list(OfferStatus), dice.randrange(1, 7))),
        "categories": tuple(dice.sample(list(OfferCategory), dice.randrange(1, 4))),
        "topics": tuple(dice.sample([*TOPICS, "keins", "no slug!"], dice.randrange(1, 4))),
        "districts": tuple(dice.sample([*DISTRICTS, "keiner", "?"], dice.randrange(1, 4))),
        "owner_id": dice.choice([offer.owner_id or -1, -1]),
        "group_id": dice.choice([offer.group_id or -1, -1]),
        "remote": dice.random() < 0.5,
        "available_on": DAY + timedelta(dice.randrange(-2, 20)),
        "text": dice.choice([*WORDS, "fuss aerzte", "ball", "%", "_", "xyz", " ", "STRASSE", "izmir", offer.title]),
        "near": a_circle(dice, offer),
        "weekdays": tuple(dice.sample(list(Weekday), dice.randrange(3))),
        "dayparts": tuple(dice.sample(list(Daypart), dice.randrange(3))),
        "commitments": tuple(dice.sample(list(Commitment), dice.randrange(3))),
        "age": dice.choice([-1, 0, 13, 14, 18, 99]),
        "max_hours_per_week": dice.choice([-1, 0.5, 1.9, 2, 2.1, 80]),
        "languages": tuple(dice.sample([*TAGS, "PT", "zh-hant", "d", "no tag", "%", ""], dice.randrange(4))),
        "accessibility": tuple(dice.sample(list(AccessibilityFeature), dice.randrange(3))),
        "unchanged_since": INSTANT + timedelta(dice.randrange(9)),
        "bounds": a_rectangle(dice, offer),
    }
    names = dice.sample(list(possible), dice.choice([1, 2, 3]))
    if dice.random() < 0.7:
        names.append("statuses")
    return OfferFilter(**{name: possible[name] for name in names})


def a_circle(dice: random.Random, offer: Offer) -> Near:
    """Some circle, or one on which the entry lies exactly."""
    near = Near(NORTH + dice.uniform(-0.1, 0.1), EAST + dice.uniform(-0.1, 0.1), dice.uniform(0.1, 12))
    if offer.point_latitude is None or offer.point_longitude is None or dice.random() < 0.5:
        return near
    point = on_sphere(offer.point_latitude, offer.point_longitude)
    return Near(near.latitude, near.longitude, km_between(near.center, point))


def a_rectangle(dice: random.Random, offer: Offer) -> Bounds:
    """Some rectangle, or one in whose corner the entry lies."""
    south, west = NORTH + dice.uniform(-0.1, 0.05), EAST + dice.uniform(-0.1, 0.05)
    if offer.point_latitude is not None and offer.point_longitude is not None and dice.random() < 0.5:
        south, west = offer.point_latitude, offer.point_longitude
    return Bounds(south, west, south + dice.uniform(0, 0.1), west + dice.uniform(0, 0.1))


@pytest.mark.parametrize("seed", range(3))
async def test_facts_say_what_the_statement_says(world: World, seed: int) -> None:
    dice = random.Random(seed)
    offers = await entries(world, dice)
    facts = [one for offer in offers if (one := await offer_facts(offer.id)) is not None]
    assert [one.row.id for one in facts] == [offer.id for offer in offers]
    numbers: set[int] = set()
    for _number in range(150):
        filter = await looked_for(a_filter(dice, offers), Kind.OFFER)
        listed = {row.id for row in await offer_rows(filter, Q())}
        assert {one.row.id for one in facts if passes(filter)(one)} == listed, filter
        numbers.add(len(listed))
    assert len(numbers) > 10, "the filters tell entries apart"


async def test_facts_are_read_by_one_statement_and_hold_the_whole_row(world: World) -> None:
    offer = await world.offer(languages=["de", "tr"], hours_per_week=2.5, available_from=DAY)
    with statements() as sent:
        facts = await offer_facts(offer.id)
    assert len(sent) == 1
    stored = await Offer.get(id=offer.id)
    assert facts is not None
    names = Offer._meta.fields_db_projection
    assert {name: getattr(facts.row, name) for name in names} == {name: getattr(stored, name) for name in names}
    assert await offer_facts(offer.id + 1) is None


def test_what_nobody_is_told_of_is_refused() -> None:
    with pytest.raises(BadFilter):
        passes(OfferFilter(without_responses=False))


def test_a_filter_has_ten_languages_at_most() -> None:
    assert len(suits(OfferFilter(languages=("de",) * 10))) == 1
    with pytest.raises(BadFilter):
        OfferFilter(languages=("de",) * 11)


def test_a_filter_of_thousands_of_values_is_asked_as_fast_as_one_of_few() -> None:
    """Counted in looks at the filter: it is looked at by what the entry has."""

    class Counted(str):
        compared = 0

        def __hash__(self) -> int:
            return super().__hash__()

        def __eq__(self, other: object) -> bool:
            Counted.compared += 1
            return super().__eq__(other)

    values = tuple(Counted(f"topic-{number}") for number in range(10_000))
    passing = passes(OfferFilter(topics=values, districts=values, text="wort " * 10))
    row = Offer(status=OfferStatus.PUBLISHED)
    before = Counted.compared
    assert passing(OfferFacts(row, frozenset(("topic-77", "sport")), frozenset(("topic-9999",)), {"wort": 1}))
    assert Counted.compared - before < 10
