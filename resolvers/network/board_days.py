"""What the board held day by day: written down as the days end, and what its entries still show of those before.

A day is one of the town's, and its figures are those of its end; today's are those of now.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from typing import Any

from auth.refusals import BadRequest
from models import BoardDay, Offer, OfferDirection, now
from models.sql.compile import instants_value
from models.sql.statements import Statement
from resolvers.context import Context
from resolvers.offers.states import TOWN
from resolvers.translation import _
from subscriptions.outbox import Changes

_MOST_DAYS = 366
_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)

# When an entry left the board by itself or by its side; and whether it was withheld before that.
_ENDED = "CASE WHEN status = 'EXPIRED' OR expires_at < updated_at THEN expires_at ELSE updated_at END"
_WITHHELD = f"withheld_at IS NOT NULL AND (status = 'PUBLISHED' OR withheld_at < {_ENDED})"
# How many entries came within the same day and went within the same, by the days' numbers: counted where they lie, for
# there may be millions.
_STOOD = Statement(f"""
SELECT direction, {{count_upto}}published_at{{among}} AS came,
  CASE WHEN status <> 'PUBLISHED' OR withheld_at IS NOT NULL THEN {{count_upto}}
    CASE WHEN {_WITHHELD} THEN withheld_at ELSE {_ENDED} END
  {{among}} END AS went, COUNT(*) AS number
FROM offer
WHERE published_at IS NOT NULL
  AND (status = 'PUBLISHED' OR (expires_at > ? AND (status = 'EXPIRED' OR updated_at > ?)))
GROUP BY 1, 2, 3""")


@dataclass(frozen=True)
class NetworkHistoryDay:
    """What the board held when a day ended."""

    day: date
    seeking_offer_count: int
    providing_offer_count: int


async def history(
    ctx: Context, parents: Sequence[Any], columns: frozenset[str], *, days: int
) -> list[list[NetworkHistoryDay]]:
    """The newest `days` days, the oldest first. Raises `BadRequest` where that isn't 1 to 366.

    Two statements: what was written down, and the entries that tell of the days that weren't, today among them.
    """
    if not 1 <= days <= _MOST_DAYS:
        raise BadRequest(_("`days` must be 1 to 366."))
    instant = now()
    today = _day_of(instant)
    first = today - (days - 1) * _DAY
    known = {
        row.day: NetworkHistoryDay(row.day, row.seeking_count, row.providing_count)
        for row in await BoardDay.filter(day__gte=first, day__lt=today)
    }
    unknown = next(day for day in _days(first, today) if day not in known)
    derived = {one.day: one for one in await _derive(unknown, today, instant)}
    found = [known.get(day) or derived[day] for day in _days(first, today)]
    return [found for _parent in parents]


async def write_down_days(ctx: Context) -> int:
    """Write down the days that have ended since it was last done; how many.

    At first that is yesterday, once there was an entry: what lies before is derived whenever it is asked for. Every
    process may do this at any time, a day is written once.
    """
    instant = now()
    yesterday = _day_of(instant) - _DAY
    newest = await BoardDay.all().order_by("-day").first()
    if newest is None and not await Offer.filter(published_at__isnull=False).exists():
        return 0
    first = max(newest.day + _DAY, yesterday - _MOST_DAYS * _DAY) if newest else yesterday
    if first > yesterday:
        return 0
    figures = await _derive(first, yesterday, instant)
    rows = [
        BoardDay(day=one.day, seeking_count=one.seeking_offer_count, providing_count=one.providing_offer_count)
        for one in figures
    ]

    async def work(changes: Changes) -> None:
        await BoardDay.bulk_create(rows, ignore_conflicts=True)

    await ctx.outbox.write(work)
    return len(rows)


async def _derive(first: date, last: date, instant: datetime) -> list[NetworkHistoryDay]:
    """What the entries show of these days, as they are at `instant`.

    An entry stands from `published_at` until it expires, or until the last change of one that was taken off the board;
    one of a member that is suspended until it was.
    """
    days = _days(first, last)
    ends = [min(_end_of(day), instant) for day in days]
    # An instant that is a day's end belongs to that day: it has not reached the next one's beginning.
    beginnings = instants_value(Offer, [end + _MICROSECOND for end in ends])
    steps = {direction: [0] * (len(ends) + 1) for direction in OfferDirection}
    for row in await _STOOD.rows(beginnings, beginnings, ends[0], ends[0]):
        standing = steps[OfferDirection(row["direction"])]
        standing[row["came"]] += row["number"]
        if row["went"] is not None:
            standing[max(row["came"], row["went"])] -= row["number"]
    counts = zip(accumulate(steps[OfferDirection.SEEK]), accumulate(steps[OfferDirection.PROVIDE]), strict=True)
    return [NetworkHistoryDay(day, seeking, providing) for day, (seeking, providing) in zip(days, counts, strict=False)]


def _days(first: date, last: date) -> list[date]:
    return [first + number * _DAY for number in range((last - first).days + 1)]


def _day_of(instant: datetime) -> date:
    return instant.astimezone(TOWN).date()


def _end_of(day: date) -> datetime:
    return datetime.combine(day + _DAY, time(), TOWN).astimezone(UTC)
