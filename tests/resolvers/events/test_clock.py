"""The two nights a year in which the clock changes: instants are UTC, the event keeps its zone."""

from datetime import UTC, datetime
from typing import Any

import pytest

from models import Event
from resolvers.events.mails import local_start
from tests.resolvers.events.asking import CREATE, PUBLISH, done
from tests.world import World

LIST = """query($filter: EventFilter) { events(filter: $filter) { nodes { title startsAt endsAt timeZone } } }"""


async def publish(world: World, title: str, starts_at: str, ends_at: str, **more: Any) -> Event:
    """A published event of the office."""
    office = await world.office()
    values = {
        "title": title,
        "description": "Nachts",
        "kind": "OTHER",
        "startsAt": starts_at,
        "endsAt": ends_at,
        **more,
    }
    payload = await done(world, CREATE, office, input=values)
    await done(world, PUBLISH, office, id=payload["event"]["id"])
    return await Event.get(slug=payload["event"]["slug"])


async def titles(world: World, **filter: Any) -> list[str]:
    """What a list shows to guests."""
    data = await world.data(LIST, filter=filter)
    return [node["title"] for node in data["events"]["nodes"]]


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "hours", "shown"),
    [
        # 2026-03-29 02:00 CET becomes 03:00 CEST: from 01:30 to 03:30 on the clock is one hour.
        (
            "2026-03-29T01:30:00+01:00",
            "2026-03-29T03:30:00+02:00",
            1,
            ("2026-03-29T00:30:00Z", "2026-03-29T01:30:00Z", "Sonntag, 29. März 2026, 01:30 Uhr"),
        ),
        # 2026-10-25 03:00 CEST becomes 02:00 CET: from 01:30 to 03:30 on the clock is three hours.
        (
            "2026-10-25T01:30:00+02:00",
            "2026-10-25T03:30:00+01:00",
            3,
            ("2026-10-24T23:30:00Z", "2026-10-25T02:30:00Z", "Sonntag, 25. Oktober 2026, 01:30 Uhr"),
        ),
    ],
)
async def test_from_half_past_one_to_half_past_three(
    world: World, starts_at: str, ends_at: str, hours: int, shown: tuple[str, str, str]
) -> None:
    event = await publish(world, "Nachtwache", starts_at, ends_at)
    assert (event.ends_at - event.starts_at).total_seconds() == hours * 3600
    assert event.starts_at.utcoffset() == UTC.utcoffset(None)
    [node] = (await world.data(LIST))["events"]["nodes"]
    assert (node["startsAt"], node["endsAt"], node["timeZone"]) == (*shown[:2], "Europe/Berlin")
    assert local_start(event, "de") == shown[2]


async def test_the_doubled_hour_is_sorted_and_filtered_by_the_instant(world: World) -> None:
    await publish(world, "second 02:15", "2026-10-25T02:15:00+01:00", "2026-10-25T02:45:00+01:00")
    await publish(world, "first 02:30", "2026-10-25T02:30:00+02:00", "2026-10-25T02:50:00+02:00")
    await publish(world, "first 02:15", "2026-10-25T02:15:00+02:00", "2026-10-25T02:45:00+02:00")
    await publish(world, "second 02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T02:10:00+01:00")
    # The same instant, written with another offset.
    await publish(
        world, "elsewhere", "2026-10-25T03:20:00+03:00", "2026-10-25T04:40:00+03:00", timeZone="Europe/Helsinki"
    )
    everything = ["first 02:15", "elsewhere", "first 02:30", "second 02:00", "second 02:15"]
    assert await titles(world) == everything
    # The second time that the clock shows 02:45: only what ends later still counts.
    assert await titles(world, endsAfter="2026-10-25T02:45:00+02:00") == everything[1:]
    assert await titles(world, endsAfter="2026-10-25T02:09:59+01:00") == ["elsewhere", "second 02:00", "second 02:15"]
    for same in ("2026-10-25T02:10:00+01:00", "2026-10-25T03:10:00+02:00", "2026-10-25T01:10:00Z"):
        assert await titles(world, endsAfter=same) == ["elsewhere", "second 02:15"]
    assert await titles(world, endsAfter="2026-10-25T02:45:00+01:00") == []
    assert await titles(world, startsBefore="2026-10-25T02:30:00+02:00") == ["first 02:15", "elsewhere"]


async def test_a_running_event_still_counts_as_upcoming(world: World) -> None:
    now = datetime(2026, 10, 25, 1, 0, tzinfo=UTC)
    await world.event(
        "running", starts_at=datetime(2026, 10, 25, tzinfo=UTC), ends_at=datetime(2026, 10, 25, 1, 0, 1, tzinfo=UTC)
    )
    await world.event("over", starts_at=datetime(2026, 10, 25, tzinfo=UTC), ends_at=now)
    assert await titles(world, endsAfter=now.isoformat()) == ["running"]
