"""When: times of the week, and how long one binds oneself."""

from collections.abc import Sequence
from typing import Any

import strawberry

from models import Commitment, Daypart, Weekday
from models.weekly_times import StoredTime
from schema.declare.enums import describe
from schema.declare.fields import plain
from schema.declare.scalars import LocalTime

describe(
    Weekday,
    "A day of the week.",
    MONDAY="Montag.",
    TUESDAY="Dienstag.",
    WEDNESDAY="Mittwoch.",
    THURSDAY="Donnerstag.",
    FRIDAY="Freitag.",
    SATURDAY="Samstag.",
    SUNDAY="Sonntag.",
)


describe(
    Daypart,
    "A part of a day, in the town's own time.",
    MORNING="From 06:00 to 12:00.",
    AFTERNOON="From 12:00 to 18:00.",
    EVENING="From 18:00 to 22:00.",
    NIGHT="Before 06:00 and from 22:00 on, of the same day.",
)


describe(
    Commitment,
    "For how long one binds oneself.",
    ONCE="Once: a day, an afternoon.",
    PROJECT="For a time: until something is done.",
    REGULAR="Again and again, without an end that is known.",
    FLEXIBLE="As it suits those who come.",
)


@strawberry.type(description="A time of the week, in the town's own time.")
class WeeklyTime:
    weekday: Weekday = plain("The day.")
    from_: LocalTime | None = plain("From when; null where that is open: from the day's beginning.", name="from")
    until: LocalTime | None = plain("Until when, after `from`; null where that is open: until the day's end.")


@strawberry.input(description="A time of the week, in the town's own time. What goes on past midnight is two times.")
class WeeklyTimeInput:
    weekday: Weekday = strawberry.field(description="The day.")
    from_: LocalTime | None = strawberry.field(
        name="from", description="From when; left out: from the day's beginning.", default=strawberry.UNSET
    )
    until: LocalTime | None = strawberry.field(
        description="Until when, after `from`; left out: until the day's end.", default=strawberry.UNSET
    )


def shown_times(times: Sequence[StoredTime]) -> list[Any]:
    """Times as they are stored, as the API shows them."""
    return [
        WeeklyTime(weekday=Weekday(one["weekday"] or ""), from_=_time(one["from"]), until=_time(one["until"]))
        for one in times
    ]


def _time(text: str | None) -> LocalTime | None:
    return None if text is None else LocalTime(text)
