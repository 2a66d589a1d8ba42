"""What the board held day by day."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from models import BoardDay, OfferDirection, OfferStatus, now
from resolvers.network.board_days import write_down_days
from tests.dump import dump
from tests.statements import statements
from tests.world import World

TOWN = ZoneInfo("Europe/Berlin")
HISTORY = """query ($days: Int!) {
  network { history(days: $days) { day seekingOfferCount providingOfferCount } }
}"""


def today() -> date:
    return now().astimezone(TOWN).date()


def noon(days_ago: int) -> datetime:
    """Noon in the town, so many days ago."""
    return datetime.combine(today() - timedelta(days=days_ago), time(12), TOWN).astimezone(UTC)


async def entry(
    world: World, published: int, status: OfferStatus = OfferStatus.PUBLISHED, left: int | None = None, **columns: Any
) -> None:
    """An entry that came onto the board, and left it, so many days ago at noon."""
    dates = {"published_at": noon(published), "updated_at": noon(published if left is None else left)}
    dates["expires_at"] = noon(left) if status is OfferStatus.EXPIRED and left is not None else noon(published - 200)
    await world.offer(status=status, **{**dates, **columns})


async def shown(world: World, days: int) -> list[tuple[int, int]]:
    """The counts of both directions, the oldest day first."""
    history = (await world.data(HISTORY, days=days))["network"]["history"]
    first = today() - timedelta(days=days - 1)
    assert [one["day"] for one in history] == [(first + timedelta(days=n)).isoformat() for n in range(days)]
    return [(one["seekingOfferCount"], one["providingOfferCount"]) for one in history]


async def test_entries_stand_from_the_day_they_came_until_the_day_they_left(world: World) -> None:
    await entry(world, 3)
    await entry(world, 4, OfferStatus.EXPIRED, 2)
    await entry(world, 3, OfferStatus.WITHDRAWN, 1, direction=OfferDirection.PROVIDE)
    await entry(world, 2, OfferStatus.PAUSED, 2)
    await entry(world, 300, direction=OfferDirection.PROVIDE, expires_at=noon(-1))
    await world.offer(status=OfferStatus.DRAFT)
    assert await shown(world, 6) == [(0, 1), (1, 1), (2, 2), (1, 2), (1, 1), (1, 1)]


async def test_an_expired_entry_that_was_changed_later_left_when_it_expired(world: World) -> None:
    await entry(world, 4, OfferStatus.EXPIRED, 2, updated_at=noon(0))
    assert await shown(world, 5) == [(1, 0), (1, 0), (0, 0), (0, 0), (0, 0)]


async def test_each_entry_counts_from_the_instant_it_came_to_the_instant_it_went(world: World) -> None:
    """At random, most of all around the ends of days; by the definition, entry by entry and day by day."""
    chance = Random(4)
    days = 9
    ends = [datetime.combine(today() - timedelta(days=n - 1), time(), TOWN).astimezone(UTC) for n in range(1, days)]
    moments = [end + timedelta(microseconds=n) for end in ends for n in (-1, 0, 1, 3_600_000_000)]
    owner = await world.organisation()
    stood: list[tuple[OfferDirection, datetime, datetime | None]] = []
    for _number in range(60):
        came, expires, updated = (chance.choice(moments) for _column in range(3))
        direction = chance.choice(list(OfferDirection))
        status = chance.choice([OfferStatus.PUBLISHED, OfferStatus.EXPIRED, OfferStatus.PAUSED, OfferStatus.WITHDRAWN])
        columns = {"direction": direction, "published_at": came, "expires_at": expires, "updated_at": updated}
        await world.offer("Hilfe", owner, status, **columns)
        went = {OfferStatus.PUBLISHED: None, OfferStatus.EXPIRED: expires}.get(status, min(expires, updated))
        stood.append((direction, came, went))

    def standing(end: datetime, wanted: OfferDirection) -> int:
        return sum(one is wanted and came <= end and (went is None or end < went) for one, came, went in stood)

    expected = [tuple(standing(end, one) for one in OfferDirection) for end in [*reversed(ends), now()]]
    assert await shown(world, days) == expected


async def test_a_day_that_was_written_down_stays_as_it_was(world: World) -> None:
    await entry(world, 3)
    assert await write_down_days(await world.context()) == 1
    assert await shown(world, 4) == [(1, 0), (1, 0), (1, 0), (1, 0)]
    await entry(world, 2)
    assert await shown(world, 4) == [(1, 0), (2, 0), (1, 0), (2, 0)]


async def test_days_are_written_down_once_and_made_up_for_after_a_pause(world: World) -> None:
    ctx = await world.context()
    assert await write_down_days(ctx) == 0
    await entry(world, 8)
    await BoardDay.create(day=today() - timedelta(days=4), seeking_count=7, providing_count=5)
    assert await write_down_days(ctx) == 3
    assert await write_down_days(ctx) == 0
    assert await shown(world, 6) == [(1, 0), (7, 5), (1, 0), (1, 0), (1, 0), (1, 0)]
    assert await world.told() == []


@pytest.mark.walk
@pytest.mark.parametrize("days", [0, -1, 367, 2**31 - 1])
async def test_a_number_of_days_that_is_none_is_refused(world: World, days: int) -> None:
    before = await dump()
    answer = await world.ask(HISTORY, days=days)
    assert answer.codes == ["BAD_REQUEST"]
    assert answer.data == {"network": {"history": None}}
    assert await dump() == before


async def test_it_takes_two_statements(world: World) -> None:
    await entry(world, 3)
    for days in (1, 366):
        with statements() as sent:
            await shown(world, days)
        assert len(sent) == 2
    assert len((await world.data("{ network { history { day } } }"))["network"]["history"]) == 90
