"""What is read once for all subscriptions that one change concerns, however many different ones there are."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Hashable
from typing import Any, TypeVar

from subscriptions.cursors import Position
from subscriptions.waiters import Waiters

Result = TypeVar("Result")

# For how long, and how many: another process may have committed what this one hasn't heard of yet.
_KEPT_SECONDS = 0.1
_MOST = 1000


class _Reading:
    """One reading, and those who wait for it."""

    def __init__(self, read: Coroutine[Any, Any, Any]) -> None:
        self.waiters = Waiters()
        self.task = asyncio.create_task(read)
        self.task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[Any]") -> None:
        if not task.cancelled():
            task.exception()  # who waits is told; where all of them have left it was nobody's
        self.waiters.wake()

    @property
    def has_failed(self) -> bool:
        """Whether there is nothing to be had of it, so that whoever comes next has to read."""
        return self.task.done() and (self.task.cancelled() or self.task.exception() is not None)


class ReadOnce:
    """The readings of a moment: as long as nothing changes, `position` being where the log stands, they hold.

    A process that commits something calls `forget`: who asks afterwards is given nothing from before. What is read must
    be the same for all who ask by the same key, and none of them may change it.
    """

    def __init__(self, position: Callable[[], Position]) -> None:
        self._where = position
        self._kept: dict[Hashable, _Reading] = {}
        self._position = Position(0, 0)
        self._stale_at = 0.0

    def forget(self) -> None:
        """What was read is not known to hold any more."""
        self._kept = {}

    async def of(self, key: Hashable, read: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """What `read` gives, or raises: read now, or since this process has heard of the newest change."""
        position, now = self._where(), time.monotonic()
        if position != self._position or now > self._stale_at or len(self._kept) >= _MOST:
            self._kept, self._position, self._stale_at = {}, position, now + _KEPT_SECONDS
        reading = self._kept.get(key)
        if reading is None or reading.has_failed:
            reading = self._kept[key] = _Reading(read())
        while not reading.task.done():
            await reading.waiters.wait()
        result: Result = reading.task.result()
        return result
