"""Times of the week, and for how long one binds oneself: written, read, and what is wrong with them."""

from typing import Any

import pytest

from models import Commitment, Offer
from models.weekly_times import WHOLE_WEEK, slots_of
from schema.declare.ids import global_id
from tests.world import Answer, World

CREATE = """mutation ($input: CreateOfferInput!) { createOffer(input: $input) {
  offer { id version times { weekday from until } commitment } userErrors { path code message } } }"""
CREATE_WITH = """mutation { createOffer(input: {
  direction: SEEK, category: ROOM, title: "Raum", description: "Chor", times: [{ weekday: MONDAY, from: "HH:MM" }]
}) { offer { id } } }"""
UPDATE = """mutation ($input: UpdateOfferInput!) { updateOffer(input: $input) {
  offer { version times { weekday from until } commitment } userErrors { path code message } } }"""
LEAST = {"direction": "SEEK", "category": "ROOM", "title": "Raum gesucht", "description": "Für den Chor."}
TUESDAY = {"weekday": "TUESDAY", "from": "17:00", "until": "19:30"}


async def create(world: World, times: Any, **given: Any) -> Answer:
    member = await world.member()
    return await world.ask(CREATE, member, input={**LEAST, "times": times, **given})


def made(answer: Answer, field: str = "createOffer") -> dict[str, Any]:
    assert answer.data, answer.errors
    assert answer.data[field]["userErrors"] == []
    return dict(answer.data[field]["offer"])


async def test_times_are_kept_from_monday_on_each_once(world: World) -> None:
    sunday = {"weekday": "SUNDAY"}
    offer = made(
        await create(world, [sunday, TUESDAY, {"weekday": "TUESDAY", "until": "12:00"}, TUESDAY], commitment="REGULAR")
    )
    assert offer["times"] == [
        {"weekday": "TUESDAY", "from": None, "until": "12:00"},
        TUESDAY,
        {"weekday": "SUNDAY", "from": None, "until": None},
    ]
    assert offer["commitment"] == "REGULAR"
    stored = await Offer.get()
    assert stored.time_slots == slots_of(stored.times) != WHOLE_WEEK
    assert stored.commitment is Commitment.REGULAR


@pytest.mark.parametrize("times", [None, []])
async def test_who_says_nothing_can_whenever_it_suits(world: World, times: Any) -> None:
    offer = made(await create(world, times))
    assert (offer["times"], offer["commitment"]) == ([], None)
    assert (await Offer.get()).time_slots == WHOLE_WEEK


@pytest.mark.parametrize(
    ("times", "wrong"),
    [
        ([TUESDAY, {**TUESDAY, "until": "17:00"}], [("input.times.1.until", "OUT_OF_RANGE")]),
        ([{**TUESDAY, "from": "22:00", "until": "02:00"}], [("input.times.0.until", "OUT_OF_RANGE")]),
        ([{**TUESDAY, "until": f"18:{minute}"} for minute in range(10, 32)], [("input.times", "TOO_LONG")]),
    ],
)
async def test_what_is_wrong_with_times_is_said_and_makes_nothing(
    world: World, times: Any, wrong: list[tuple[str, str]]
) -> None:
    answer = await create(world, times)
    assert answer.data
    assert answer.data["createOffer"]["offer"] is None
    found = answer.data["createOffer"]["userErrors"]
    assert [(".".join(one["path"]), one["code"]) for one in found] == wrong
    assert not await Offer.exists()
    assert await world.told() == []


@pytest.mark.walk
@pytest.mark.parametrize("typed", ["24:00", "7:30", "07:60", "07:30:00", "٠٧:٣٠", "", 7, None])
async def test_a_time_of_the_day_is_hours_and_minutes(world: World, typed: Any) -> None:
    answer = await create(world, [{"weekday": "MONDAY", "from": typed}])
    assert bool(answer.errors) == (typed is not None)
    assert await Offer.all().count() == (typed is None)
    literal = CREATE_WITH.replace("HH:MM", str(typed))
    assert (await world.ask(literal, await world.member())).data is None


async def test_times_are_replaced_as_a_whole_and_emptied(world: World) -> None:
    owner = await world.member()
    offer = await world.offer("Raum", owner, times=[TUESDAY], commitment=Commitment.ONCE)
    id = global_id("Offer", offer.id)

    async def update(**given: Any) -> dict[str, Any]:
        return made(await world.ask(UPDATE, owner, input={"id": id, **given}), "updateOffer")

    assert await update(times=[TUESDAY], commitment="ONCE") == {
        "version": 1,
        "times": [TUESDAY],
        "commitment": "ONCE",
    }
    friday = {"weekday": "FRIDAY", "from": "08:15", "until": None}
    assert await update(times=[friday]) == {"version": 2, "times": [friday], "commitment": "ONCE"}
    assert (await Offer.get()).time_slots == slots_of([friday])
    assert await update(times=None, commitment=None) == {"version": 3, "times": [], "commitment": None}
    assert (await Offer.get()).time_slots == WHOLE_WEEK
