"""When in a week something takes place: as it is said, and as the parts of a week that can be compared by one number.

A time is a JSON object: `{"weekday": "MONDAY", "from": "17:00", "until": "19:00"}`, in the town's own time, of which
`from` and `until` may be null: from the day's beginning, to its end.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

# A time of the week as it is stored.
StoredTime = Mapping[str, str | None]


class Weekday(StrEnum):
    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


class Daypart(StrEnum):
    MORNING = "MORNING"
    AFTERNOON = "AFTERNOON"
    EVENING = "EVENING"
    NIGHT = "NIGHT"


class Commitment(StrEnum):
    ONCE = "ONCE"
    PROJECT = "PROJECT"
    REGULAR = "REGULAR"
    FLEXIBLE = "FLEXIBLE"


# From when to before when: they share the day among them.
_DAYPARTS = {
    Daypart.MORNING: (("06:00", "12:00"),),
    Daypart.AFTERNOON: (("12:00", "18:00"),),
    Daypart.EVENING: (("18:00", "22:00"),),
    Daypart.NIGHT: (("00:00", "06:00"), ("22:00", "24:00")),
}
_BITS = {
    (weekday, daypart): 1 << (number * len(Daypart) + place)
    for number, weekday in enumerate(Weekday)
    for place, daypart in enumerate(Daypart)
}
# All parts of a week: of what doesn't say when, and so can be whenever it suits.
WHOLE_WEEK = (1 << len(_BITS)) - 1


def slots_of(times: Iterable[StoredTime]) -> int:
    """The parts of a week that these times touch, one bit a daypart of a weekday; no times: all of them."""
    found = 0
    for time in times:
        begin, end = time["from"] or "00:00", time["until"] or "24:00"
        for daypart, spans in _DAYPARTS.items():
            if any(begin < last and first < end for first, last in spans):
                found |= _BITS[Weekday(time["weekday"] or ""), daypart]
    return found or WHOLE_WEEK


def slots_asked(weekdays: Iterable[Weekday], dayparts: Iterable[Daypart]) -> int:
    """The parts of a week that a filter asks for: one of these dayparts on one of these weekdays; none of them: any."""
    days, parts = tuple(weekdays) or tuple(Weekday), tuple(dayparts) or tuple(Daypart)
    return sum({_BITS[day, part] for day in days for part in parts})
