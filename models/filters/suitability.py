"""Whom an entry suits: when, for how long, how old, which languages, how much of a week, a place that they can use.

Whatever an entry doesn't say is to be agreed upon, so that every such filter finds it. Accessibility is the exception:
nobody can rely on a place of which nothing is known. Each restriction is said twice: for the statement of a list
(`suiting`), and for one entry that was read (`suits`).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models.filters.errors import BadFilter
from models.offers import Offer
from models.places import AccessibilityFeature, Located
from models.sql.expressions import SqlExpression
from models.text.language_tags import is_meant, read_tag
from models.weekly_times import WHOLE_WEEK, Commitment, Daypart, Weekday, slots_asked

Place = TypeVar("Place", bound=Located)
Test = Callable[[Offer], bool]
# Each of them is looked for in every entry.
_MOST_LANGUAGES = 10


@dataclass(frozen=True, kw_only=True)
class Suitability:
    """What an entry has to suit: all have to hold, of a tuple one; empty, and None, don't restrict.

    Raises `BadFilter` for more than ten languages.
    """

    weekdays: tuple[Weekday, ...] = ()
    dayparts: tuple[Daypart, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    age: int | None = None
    max_hours_per_week: float | None = None
    languages: tuple[str, ...] = ()
    accessibility: tuple[AccessibilityFeature, ...] = ()

    def __post_init__(self) -> None:
        if len(self.languages) > _MOST_LANGUAGES:
            raise BadFilter(f"`languages` has at most {_MOST_LANGUAGES} entries.")

    @property
    def slots(self) -> int:
        """The parts of a week that are asked for."""
        return slots_asked(self.weekdays, self.dayparts)

    @property
    def ranges(self) -> list[str]:
        """The languages that are asked for, as ranges; what is none means no language."""
        return [tag for one in self.languages if (tag := read_tag(one)) is not None]


def suiting(rows: QuerySet[Offer], asked: Suitability) -> QuerySet[Offer]:
    """Those of `rows` that suit."""
    rows = rows.filter(
        _at_most("minimum_age", asked.age),
        _at_most("hours_per_week", asked.max_hours_per_week),
        Q(commitment__isnull=True) | Q(commitment__in=list(asked.commitments)) if asked.commitments else Q(),
    )
    if asked.slots != WHOLE_WEEK:
        both = SqlExpression('("offer"."time_slots" & ?)', (asked.slots,))
        rows = rows.annotate(slots_in_common=both.annotation()).filter(slots_in_common__gt=0)
    if asked.languages:
        rows = rows.annotate(speaks=_speaks(asked.ranges).annotation()).filter(speaks=1)
    return accessible(rows, asked.accessibility)


def suits(asked: Suitability) -> list[Test]:
    """What says whether one entry suits, as `suiting` says it of all."""
    slots, ranges, commitments = asked.slots, asked.ranges, frozenset(asked.commitments)
    age, hours, features = asked.age, asked.max_hours_per_week, frozenset(asked.accessibility)
    possible: Sequence[tuple[bool, Test]] = (
        (age is not None, lambda row: _is_at_most(row.minimum_age, age)),
        (hours is not None, lambda row: _is_at_most(row.hours_per_week, hours)),
        (bool(commitments), lambda row: row.commitment is None or row.commitment in commitments),
        (slots != WHOLE_WEEK, lambda row: bool(row.time_slots & slots)),
        (bool(asked.languages), lambda row: not row.languages or _any_is_meant(row.languages, ranges)),
        (bool(features), lambda row: features.issubset(row.venue_accessibility)),
    )
    return [test for is_asked, test in possible if is_asked]


def accessible(rows: QuerySet[Place], features: Iterable[AccessibilityFeature]) -> QuerySet[Place]:
    """Those of `rows` with a venue that has all of these."""
    features = tuple(features)
    if not features:
        return rows
    # A list of JSON, which both databases write with its texts in quotes.
    column = f'CAST("{rows.model._meta.db_table}"."venue_accessibility" AS TEXT)'
    found = " AND ".join([f"{column} LIKE ?"] * len(features))
    has = SqlExpression(f"(CASE WHEN {found} THEN 1 ELSE 0 END)", tuple(f'%"{one.value}"%' for one in features))
    return rows.annotate(is_accessible=has.annotation()).filter(is_accessible=1)


def _at_most(column: str, most: float | None) -> Q:
    if most is None:
        return Q()
    none: dict[str, Any] = {f"{column}__isnull": True}
    less: dict[str, Any] = {f"{column}__lte": most}
    return Q(**none) | Q(**less)


def _is_at_most(value: float | None, most: float | None) -> bool:
    return value is None or most is None or value <= most


def _speaks(ranges: Sequence[str]) -> SqlExpression:
    """1 where an entry names one of these languages, or none, else 0. Of letters, digits and hyphens are the ranges."""
    column = 'CAST("offer"."languages" AS TEXT)'
    patterns = tuple(pattern for one in ranges for pattern in (f'%"{one}"%', f'%"{one}-%'))
    found = " OR ".join([f"{column} = '[]'", *[f"{column} LIKE ?"] * len(patterns)])
    return SqlExpression(f"(CASE WHEN {found} THEN 1 ELSE 0 END)", patterns)


def _any_is_meant(tags: Sequence[str], ranges: Sequence[str]) -> bool:
    return any(is_meant(tag, one) for tag in tags for one in ranges)
