"""Calendars as programs read them that weren't written here: the same instants, and texts as they were typed."""

import random
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import icalendar
import pytest

from models import Audience, Event, Registration
from resolvers.feeds import Calendar, FeedEvent
from tests.web.http.feeds.consumers import NAMES, read, without_known_zones
from tests.web.http.feeds.reading import get
from tests.web.http.feeds.test_registrations import address
from tests.world import World
from web.http.feeds.calendars import render
from web.http.feeds.text import plain, plain_line

BERLIN = "Europe/Berlin"
# With one rule, with none, with rules of an odd kind, and with clocks that no rule tells.
ZONES = [
    BERLIN,
    "Africa/Abidjan",
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Caracas",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Australia/Sydney",
    "Etc/GMT+5",
    "Etc/UTC",
    "Europe/Dublin",
    "Europe/London",
    "Europe/Moscow",
    "Pacific/Apia",
    "Pacific/Chatham",
    "UTC",
]
YEARS = [1901, 1950, 1970, 1985, 1996, 2011, 2018, 2022, 2026, 2027, 2030, 2037, 2038, 2050, 2087, 2099, 2100, 3000]
# A backslash before whatever could be taken for an escape, characters of several bytes, and ends of lines.
PIECES = [
    *'\\\\\\nN,;:"^%=<& \tä€',
    "\n",
    "\r\n",
    "\u2028",
    "\x85",
    "u\u0308",
    "😀",
    "👩‍👩‍👧",
    "é" * 30,
    "BEGIN:VEVENT",
    "^n",
    "%2C",
]
PATH = "Datei: L:\\Netzwerk\\Neu.txt"


def event(starts_at: datetime, time_zone: str = BERLIN, text: str = "Fest", **fields: Any) -> FeedEvent:
    made = datetime(2026, 1, 1, tzinfo=UTC)
    values: dict[str, Any] = {
        "uid": uuid.uuid4(),
        "parent_uid": None,
        "version": 1,
        "title": text,
        "description": text,
        "cancelled": False,
        "status_reason": None,
        "waitlisted": False,
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(minutes=95),
        "time_zone": time_zone,
        "place": None,
        "location": None,
        "url": None,
        "online_url": None,
        "organizer": None,
        "created_at": made,
        "changed_at": made,
    }
    return FeedEvent(**values | fields)


def rendered(*events: FeedEvent) -> bytes:
    content = render(Calendar("Termine", "de", events, None))
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", content)
    content.decode()
    return content


def whole_minutes(year: int, chance: random.Random) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(365 * 24 * 60))


def around_changes(zone: ZoneInfo, year: int) -> Iterator[datetime]:
    """Minutes before and after the clocks of a zone are put, among them hours that come twice."""
    hour = datetime(year, 1, 1, tzinfo=UTC)
    while hour.year == year:
        following = hour + timedelta(minutes=30)
        if hour.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            yield from (hour + timedelta(minutes=minutes) for minutes in (-61, -1, 0, 29, 30, 31, 59, 60, 61, 91, 121))
        hour = following


def read_right(name: str, text: str) -> bool:
    """Whether a program can read a text at all: node-ical takes an escaped backslash before these for their escape."""
    return name != "node-ical" or not re.search(r"\\[nN,;]", text)


async def test_three_o_clock_in_wolfsburg_is_one_in_utc_to_everybody(world: World) -> None:
    group, person = await world.group(), await world.member()
    start = datetime(2027, 6, 12, 15, tzinfo=ZoneInfo(BERLIN))
    made = await world.event(group=group, starts_at=start, ends_at=start + timedelta(hours=2), time_zone=BERLIN)
    for month in (1, 3, 10, 12):
        await world.event(group=group, starts_at=datetime(2027, month, 28, 9, tzinfo=UTC), time_zone=BERLIN)
    await Event.filter(id=made.id).update(description=PATH, title="Fest \\o/", venue_name="Saal; 2")
    await Registration.create(event=made, member=person, status="CONFIRMED", queue_number=1)
    paths = ("/feeds/events.ics", f"/feeds/groups/{group.slug}.ics", f"/feeds/events/{made.slug}.ics")
    for path in (*paths, await address(world, person)):
        for name, events in read((await get(world, path)).content).items():
            (found,) = (one for one in events.values() if one.summary == "Fest \\o/")
            assert (found.start, found.end) == (start, start + timedelta(hours=2)), (path, name)
            assert found.description == PATH or not read_right(name, PATH), (path, name)
            assert str(found.location).startswith("Saal; 2"), (path, name)


async def test_a_host_s_name_is_read_by_everybody(world: World) -> None:
    for name in ("Müller, Söhne: Töchter", 'Verein "Neu"', "A = B & C %2C", "Ä" * 150):
        host = await world.organisation(name, email="verein@example.org", email_audience=Audience.EVERYONE)
        made = await world.event(host=host)
        for program, events in read((await get(world, f"/feeds/events/{made.slug}.ics")).content).items():
            (found,) = events.values()
            assert found.organizer == name.replace('"', "'"), program


def told(content: bytes) -> Any:
    """The one time zone that a calendar tells of."""
    (zone,) = icalendar.Calendar.from_ical(content).walk("VTIMEZONE")
    return zone


def test_a_zone_is_told_by_one_onset_of_summer_and_one_of_winter() -> None:
    start = datetime(2027, 6, 12, 13, tzinfo=UTC)
    for zone, months in ((BERLIN, {3, 10}), ("America/New_York", {3, 11}), ("Australia/Lord_Howe", {4, 10})):
        onsets = told(rendered(event(start, zone))).subcomponents
        assert sorted(one.name for one in onsets) == ["DAYLIGHT", "STANDARD"]
        assert {one["DTSTART"].dt.month for one in onsets} == months
        for one in onsets:
            assert one["RRULE"]["FREQ"] == ["YEARLY"]
            assert not {"UNTIL", "COUNT"} & set(one["RRULE"])
            assert "RDATE" not in one
    (one,) = told(rendered(event(start, "Asia/Kolkata"))).subcomponents
    assert (one.name, "RRULE" in one) == ("STANDARD", False)


def test_the_zone_of_an_event_is_told_wherever_a_rule_tells_it() -> None:
    start = datetime(2027, 6, 12, 13, tzinfo=UTC)
    in_utc = ("Africa/Abidjan", "Africa/Cairo", "Africa/Casablanca", "Etc/UTC", "UTC")
    for zone in ZONES:
        is_local = f"DTSTART;TZID={zone}:".encode() in rendered(event(start, zone))
        assert is_local is (zone not in in_utc), zone


def test_every_instant_is_the_same_to_everybody() -> None:
    chance = random.Random(20270612)
    starts = [(whole_minutes(year, chance), zone) for zone in ZONES for year in chance.sample(YEARS, 6)]
    for zone in ZONES:
        starts += [(start, zone) for start in around_changes(ZoneInfo(zone), chance.choice(YEARS[4:-2]))]
    events = [
        event(start, zone, ends_at=start + timedelta(minutes=chance.randrange(1, 3000))) for start, zone in starts
    ]
    assert len(events) > 300
    content = rendered(*events)
    known, strange = read(content), read(without_known_zones(content))
    for name in NAMES:
        # node-ical reads zones from a database of its own only.
        for found in (known[name],) if name == "node-ical" else (known[name], strange[name]):
            for one in events:
                as_read = found[str(one.uid)]
                assert (as_read.start, as_read.end) == (one.starts_at, one.ends_at), (name, one.time_zone)


def test_every_text_comes_back_as_it_was_typed() -> None:
    chance = random.Random(20270612)

    def text(longest: int) -> str:
        return "x" + "".join(chance.choice(PIECES) for _ in range(chance.randrange(longest)))

    start = datetime(2027, 6, 12, 13, tzinfo=UTC)
    typed = [PATH, "a\\nb", "a\\Nb", "a\\\nb", "\\", "x\\\\,;", "a\n\nb", *(text(150) for _ in range(150))]
    events = [event(start, title=one[:60], description=one, place=one[:90]) for one in typed]
    for name, found in read(rendered(*events)).items():
        for one in events:
            as_read = found[str(one.uid)]
            for given, wanted in (
                (as_read.summary, plain_line(one.title)),
                (as_read.description, plain(one.description)),
                (as_read.location, plain_line(one.place or "")),
            ):
                assert given == wanted or not read_right(name, wanted), name


@pytest.mark.parametrize("filler", ["ü", "€", "😀"])
def test_lines_are_folded_between_characters_at_every_length(filler: str) -> None:
    start = datetime(2027, 6, 12, 13, tzinfo=UTC)
    events = [event(start, text="a" * length + filler * 60) for length in range(75)]
    for name, found in read(rendered(*events)).items():
        assert [found[str(one.uid)].description for one in events] == [one.description for one in events], name
