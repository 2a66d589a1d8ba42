"""Time zones as calendars tell of them: VTIMEZONE (RFC 5545, 3.6.5), by rules that hold each year.

Made here of Python's own time zones: in icalendar 7.3.0 `Timezone.from_tzinfo` lets summer begin an hour late. An
onset is a local time of the offset before it, 02:00 in Wolfsburg's spring.

A zone is told of by at most two onsets a year, each a weekday of a month, for that is what every program reads alike:
lists of dates (RDATE) and rules that end (UNTIL) are passed over by some, and read wrongly by others.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard, vRecur

# Rules are read off the years in which every zone keeps to one: all that a calendar year can be like is among them.
_READ_OFF = range(2101, 2129)
# The years in which local times are told. The onsets begin a year before.
YEARS = range(1971, 2100)
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Onset:
    """From when on, each year, the clocks go by another offset: the one such weekday among seven days of a month."""

    month: int
    first_day: int  # of the seven; negative ones count from the month's end, as in the last week, which begins at -7
    weekday: int  # 0 is Monday
    time: time
    before: timedelta
    after: timedelta
    name: str

    def local(self, year: int) -> datetime:
        """When it is in that year, by the clocks as they go until then."""
        if self.first_day > 0:
            first = date(year, self.month, self.first_day)
        else:
            first = date(year + self.month // 12, self.month % 12 + 1, 1) + self.first_day * _DAY
        day = first + (self.weekday - first.weekday()) % 7 * _DAY
        return datetime.combine(day, self.time)

    def instant(self, year: int) -> datetime:
        """When it is in that year."""
        return (self.local(year) - self.before).replace(tzinfo=UTC)

    @property
    def rule(self) -> vRecur:
        """The same as a recurrence rule."""
        weekday = _WEEKDAYS[self.weekday]
        if self.first_day == -7:
            return vRecur(FREQ="YEARLY", BYMONTH=self.month, BYDAY=f"-1{weekday}")
        if self.first_day % 7 == 1:
            return vRecur(FREQ="YEARLY", BYMONTH=self.month, BYDAY=f"{self.first_day // 7 + 1}{weekday}")
        days = [self.first_day + number for number in range(7)]
        return vRecur(FREQ="YEARLY", BYMONTH=self.month, BYMONTHDAY=days, BYDAY=weekday)


@dataclass(frozen=True, slots=True)
class Clocks:
    """How the clocks of a zone go, year after year: by one offset, or by two with an onset each."""

    offset: timedelta
    name: str
    onsets: tuple[Onset, ...] = ()

    def in_year(self, year: int) -> Callable[[datetime], timedelta]:
        """Tells the offset at an instant of that year."""
        changes = sorted((one.instant(some), one.after) for one in self.onsets for some in (year - 1, year, year + 1))

        def offset_at(instant: datetime) -> timedelta:
            return next((after for change, after in reversed(changes) if change <= instant), self.offset)

        return offset_at


@lru_cache(maxsize=1000)
def clocks(zone: ZoneInfo) -> Clocks | None:
    """The rule by which a zone's clocks go; None where it has none of those that calendars can tell."""
    changes = list(_changes(zone))
    if not changes:
        instant = datetime(_READ_OFF[0], 1, 1, tzinfo=zone)
        offset = instant.utcoffset() or timedelta()
        return Clocks(offset, instant.tzname() or "") if _is_told(offset) else None
    onsets = []
    for forward in (True, False):
        onset = _onset(zone, [one for one in changes if (one[1] < one[2]) is forward])
        if onset is None:
            return None
        onsets.append(onset)
    return Clocks(min(onset.after for onset in onsets), "", tuple(onsets))


def _is_told(offset: timedelta) -> bool:
    return offset % _MINUTE == timedelta()


def _changes(zone: ZoneInfo) -> Iterator[tuple[datetime, timedelta, timedelta]]:
    """Each instant at which the offset changes, with the offset before and after it."""
    low = datetime(_READ_OFF[0], 1, 1, tzinfo=UTC)
    while low.year in _READ_OFF:
        high = low + 14 * _DAY
        before, after = _offset(zone, low), _offset(zone, high)
        end = high
        if before != after:
            while high - low > _MINUTE:
                middle = low + (high - low) // _MINUTE // 2 * _MINUTE
                low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
            yield high, before, after
        low = end


def _offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(zone).utcoffset() or timedelta()


def _onset(zone: ZoneInfo, changes: list[tuple[datetime, timedelta, timedelta]]) -> Onset | None:
    """What these changes have in common, if they are one a year and fall into the same seven days of a month."""
    locals = [instant.replace(tzinfo=None) + before for instant, before, _after in changes]
    kinds = {
        (local.month, local.weekday(), local.time(), *change[1:]) for local, change in zip(locals, changes, strict=True)
    }
    if len(kinds) != 1 or [local.year for local in locals] != list(_READ_OFF):
        return None
    ((month, weekday, clock, before, after),) = kinds
    days = {local.day for local in locals}
    left = {(local.replace(day=28) + 4 * _DAY).replace(day=1).toordinal() - local.toordinal() for local in locals}
    if not (_is_told(before) and _is_told(after)):
        return None
    # Over a whole cycle of the calendar a weekday falls on each of its seven days.
    first_day = -7 if (min(left), max(left)) == (1, 7) else min(days) if max(days) - min(days) == 6 else None
    name = changes[0][0].astimezone(zone).tzname() or ""
    return Onset(month, first_day, weekday, clock, before, after, name) if first_day is not None else None


@lru_cache(maxsize=10_000)
def _holds(zone: ZoneInfo, year: int) -> bool:
    """Whether the clocks of a zone go by its rule throughout that year, day by day."""
    rule = clocks(zone)
    if rule is None:
        return False
    first, offset_at = datetime(year, 1, 1, tzinfo=UTC), rule.in_year(year)
    days = (first + number * _DAY for number in range(366))
    return all(offset_at(day) == _offset(zone, day) for day in days)


def is_told(zone: ZoneInfo, instant: datetime) -> bool:
    """Whether an instant can be told by the zone's VTIMEZONE and its local time, which has to come once only."""
    local = instant.astimezone(zone)
    rule = clocks(zone)
    if rule is None or local.year not in YEARS or not _holds(zone, local.year):
        return False
    if not rule.onsets and not rule.offset:
        return False  # it is UTC by another name; vobject knows no other zone of such a kind
    once = local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset()
    return once and rule.in_year(local.year)(instant) == local.utcoffset()


@lru_cache(maxsize=1000)
def timezone(zone: ZoneInfo) -> Timezone:
    """The VTIMEZONE of a zone whose clocks go by a rule. Don't change it: it is shared.

    It is the same in every calendar: some programs keep the first that they read of a name.
    """
    rule = clocks(zone)
    assert rule is not None
    component = Timezone()
    component.add("tzid", zone.key)
    if not rule.onsets:
        component.add_component(_observance(TimezoneStandard(), datetime(YEARS[0] - 1, 1, 1), rule.name, rule.offset))
    for onset in rule.onsets:
        forward = onset.after > onset.before
        observance = TimezoneDaylight() if forward else TimezoneStandard()
        local = onset.local(YEARS[0] - 1)
        component.add_component(_observance(observance, local, onset.name, onset.after, onset.before, onset.rule))
    return component


def _observance(
    observance: TimezoneDaylight | TimezoneStandard,
    local: datetime,
    name: str,
    offset: timedelta,
    before: timedelta | None = None,
    rule: vRecur | None = None,
) -> TimezoneDaylight | TimezoneStandard:
    observance.add("dtstart", local)
    if rule is not None:
        observance.add("rrule", rule)
    observance.add("tzname", name)
    observance.add("tzoffsetfrom", offset if before is None else before)
    observance.add("tzoffsetto", offset)
    return observance
