"""VTIMEZONE (RFC 5545, 3.6.5): what a time zone's clocks do in the years of a calendar.

Made here of Python's own time zones: in icalendar 7.3.0 `Timezone.from_tzinfo` lets summer begin an hour late. An
onset is a local time of the offset before it, 02:00 in Wolfsburg's spring.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

_STEP = timedelta(days=1)


@dataclass(frozen=True)
class _Clock:
    """How the clocks go at an instant."""

    offset: timedelta
    name: str
    daylight: bool


def _clock(zone: ZoneInfo, instant: datetime) -> _Clock:
    local = instant.astimezone(zone)
    return _Clock(local.utcoffset() or timedelta(), local.tzname() or "", bool(local.dst()))


def _changes(zone: ZoneInfo, first: datetime, end: datetime) -> Iterator[tuple[datetime, _Clock, _Clock]]:
    """Each instant from `first` to `end` from which on the clocks go differently, with how they did and do."""
    before = first
    while before < end:
        after = before + _STEP
        if _clock(zone, before) != _clock(zone, after):
            low, high = before, after
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (middle, high) if _clock(zone, middle) == _clock(zone, low) else (low, middle)
            yield high, _clock(zone, low), _clock(zone, high)
        before = after


@lru_cache(maxsize=256)
def timezone(zone: ZoneInfo, first_year: int, last_year: int) -> Timezone:
    """The VTIMEZONE of a zone for these years. Don't change it: it is shared."""
    first, end = datetime(first_year, 1, 1, tzinfo=UTC), datetime(last_year + 1, 1, 1, tzinfo=UTC)
    begin = _clock(zone, first)
    onsets: dict[tuple[_Clock, timedelta], list[datetime]] = {(begin, begin.offset): [first.replace(tzinfo=None)]}
    for instant, before, after in _changes(zone, first, end):
        onsets.setdefault((after, before.offset), []).append(instant.replace(tzinfo=None) + before.offset)
    component = Timezone()
    component.add("tzid", zone.key)
    for (clock, offset_before), local_times in onsets.items():
        observance = TimezoneDaylight() if clock.daylight else TimezoneStandard()
        observance.add("dtstart", local_times[0])
        if local_times[1:]:
            observance.add("rdate", local_times[1:])
        observance.add("tzname", clock.name)
        observance.add("tzoffsetfrom", offset_before)
        observance.add("tzoffsetto", clock.offset)
        component.add_component(observance)
    return component
