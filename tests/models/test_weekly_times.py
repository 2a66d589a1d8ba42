"""Which parts of a week times touch, and which ones a filter asks for."""

import itertools
import random

import pytest

from models import Daypart, Weekday
from models.weekly_times import WHOLE_WEEK, StoredTime, slots_asked, slots_of

MONDAY, TUESDAY = Weekday.MONDAY, Weekday.TUESDAY


def time(weekday: Weekday, begin: str | None = None, end: str | None = None) -> StoredTime:
    return {"weekday": weekday.value, "from": begin, "until": end}


@pytest.mark.parametrize(
    ("begin", "end", "parts"),
    [
        (None, None, set(Daypart)),
        ("06:00", "12:00", {Daypart.MORNING}),
        ("11:59", "12:01", {Daypart.MORNING, Daypart.AFTERNOON}),
        ("17:00", "19:00", {Daypart.AFTERNOON, Daypart.EVENING}),
        ("18:00", "22:00", {Daypart.EVENING}),
        ("22:00", None, {Daypart.NIGHT}),
        ("21:59", None, {Daypart.EVENING, Daypart.NIGHT}),
        (None, "06:00", {Daypart.NIGHT}),
        (None, "06:01", {Daypart.NIGHT, Daypart.MORNING}),
        ("02:00", "05:00", {Daypart.NIGHT}),
    ],
)
def test_a_time_touches_the_parts_of_its_day(begin: str | None, end: str | None, parts: set[Daypart]) -> None:
    slots = slots_of([time(MONDAY, begin, end)])
    for weekday, part in itertools.product(Weekday, Daypart):
        assert bool(slots & slots_asked([weekday], [part])) == (weekday is MONDAY and part in parts)


def test_who_says_nothing_can_whenever_it_suits() -> None:
    assert slots_of([]) == WHOLE_WEEK == slots_asked([], []) == 2**28 - 1


def test_each_part_of_a_week_is_a_bit_of_its_own() -> None:
    asked = [slots_asked([day], [part]) for day, part in itertools.product(Weekday, Daypart)]
    assert len(set(asked)) == 28
    assert sum(asked) == WHOLE_WEEK


def test_a_filter_asks_for_a_part_of_a_day_not_for_either() -> None:
    asked = slots_asked([MONDAY], [Daypart.EVENING])
    assert not slots_of([time(MONDAY, "09:00", "11:00"), time(TUESDAY, "19:00", "21:00")]) & asked
    assert slots_of([time(TUESDAY), time(MONDAY, "19:00")]) & asked
    assert slots_asked([MONDAY, TUESDAY, MONDAY], [Daypart.EVENING]) == asked | slots_asked(
        [TUESDAY], [Daypart.EVENING]
    )


def test_the_parts_of_many_times_are_those_of_each() -> None:
    dice = random.Random(1)
    times = [
        time(dice.choice(list(Weekday)), *sorted(f"{dice.randrange(24):02}:{dice.randrange(60):02}" for _ in "ab"))
        for _number in range(50)
    ]
    for some in (dice.sample(times, 3) for _number in range(50)):
        together = 0
        for one in some:
            together |= slots_of([one])
        assert slots_of(some) == together
