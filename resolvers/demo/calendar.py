"""Turns days that are counted from today into instants, in the town's own time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from resolvers.demo.shapes import Moment

TOWN = "Europe/Berlin"
_ZONE = ZoneInfo(TOWN)


class Calendar:
    """The days around the instant `now`. Local hours stay what they are when the clocks change."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.today = now.astimezone(_ZONE).date()

    def at(self, moment: Moment) -> datetime:
        """The instant of a moment. What is a week or more away lies in the future, a week or more ago in the past."""
        monday = self.today - timedelta(days=self.today.weekday())
        return self._local(monday + timedelta(weeks=moment.weeks, days=moment.weekday), moment.hour, moment.minute)

    def ago(self, days: int, number: int = 0) -> datetime:
        """An instant between 8 and 20 o'clock, `days` ago, at least one; `number` varies the hour."""
        return self._local(self.today - timedelta(days=days), 8 + number * 5 % 12, number * 17 % 60)

    def day(self, offset: int | None) -> date | None:
        """The day that is `offset` days from today."""
        return None if offset is None else self.today + timedelta(days=offset)

    def between(self, first: datetime, last: datetime, number: int, of: int) -> datetime:
        """The instant of the `number`th of `of` things, from 0, that happened one after the other between two."""
        return first + (min(last, self.now) - first) * (number + 1) / (of + 1)

    def _local(self, day: date, hour: int, minute: int) -> datetime:
        return datetime.combine(day, time(hour, minute), _ZONE).astimezone(UTC)
