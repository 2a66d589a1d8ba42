"""A line that is fair among callers: so many at a time, and next is whose caller used least lately.

Used is what was paid for, in points, each worth half after some seconds. So whoever asks without end, or for what is
dear, stands behind everybody who doesn't, and hundreds of such callers don't keep one waiting who asks now and then.
Of one caller, who came first is next.
"""

import asyncio
from collections.abc import Callable
from heapq import heapify, heappop, heappush, heapreplace
from itertools import count
from math import inf, log2
from time import monotonic

from cachetools import LRUCache

from auth.refusals import RateLimited

# After how many seconds a point counts half, and of how many callers they are counted.
_HALF_LIFE = 10.0
_COUNTED = 20_000
# Those who gave up are cleared away when they are so many, and more than half of all.
_GONE = 100

_Place = tuple[float, int, str, "asyncio.Future[None]"]


def give_up(place: "asyncio.Future[None]") -> None:
    """Refuse who still waits for a place."""
    if not place.done():
        place.set_exception(RateLimited())


class FairTurns:
    """Turns of `at_once` at a time; who waits longer than so many `seconds` is refused.

    `refused` is called for each of these.
    """

    def __init__(self, at_once: int, seconds: float = 30.0, refused: Callable[[], None] = lambda: None) -> None:
        self._at_once, self._seconds, self._refused = at_once, seconds, refused
        self.running = 0
        # Who waits: by what was used when they came, or when that was last looked at.
        self._waiting: list[_Place] = []
        self._gone = 0
        self._numbers = count()
        # The binary logarithm of what a caller used, as of the beginning of time: it stays right as time goes by.
        self._used: LRUCache[str, float] = LRUCache(_COUNTED)
        # Who waits for nobody to have a turn.
        self._when_free: list[asyncio.Future[None]] = []

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting) - self._gone

    async def enter(self, caller: str, points: int) -> None:
        """Wait for a turn, which `leave` must end, and which uses so many points. Raises `RateLimited`.

        An empty `caller` is nobody's: what they use isn't counted, and they come first.
        """
        if self.running < self._at_once:
            self.running += 1
        else:
            await self._wait(caller)
        if caller:
            self._use(caller, points)

    def leave(self) -> None:
        """Give the turn to who is next."""
        while self._waiting:
            used, number, caller, place = self._waiting[0]
            now_used = self._used.get(caller, -inf)
            if place.done():  # gave up
                heappop(self._waiting)
                self._gone -= 1
            elif now_used > used:  # had another turn meanwhile
                heapreplace(self._waiting, (now_used, number, caller, place))
            else:
                heappop(self._waiting)
                place.set_result(None)
                return
        self.running -= 1
        if not self.running:
            for free in self._when_free:
                if not free.done():
                    free.set_result(None)
            self._when_free.clear()

    async def free(self, seconds: float) -> None:
        """Wait until nobody has a turn, for so many seconds at most; others have their say in any case."""
        if not self.running:
            await asyncio.sleep(0)
            return
        free = asyncio.get_running_loop().create_future()
        self._when_free.append(free)
        try:
            await asyncio.wait([free], timeout=seconds)
        finally:
            if not free.done():
                self._when_free.remove(free)

    async def _wait(self, caller: str) -> None:
        loop = asyncio.get_running_loop()
        place = loop.create_future()
        used = self._used.get(caller, -inf) if caller else -inf
        heappush(self._waiting, (used, next(self._numbers), caller, place))
        too_late = loop.call_later(self._seconds, give_up, place)  # `asyncio.timeout` costs several times as much
        try:
            await place
        except RateLimited:
            self._forget_gone()
            self._refused()
            raise
        except asyncio.CancelledError:
            if not place.cancelled() and place.exception() is None:  # its turn came in this very moment
                self.leave()
            else:
                self._forget_gone()
            raise
        finally:
            too_late.cancel()

    def _forget_gone(self) -> None:
        self._gone += 1
        if self._gone > _GONE and 2 * self._gone > len(self._waiting):
            self._waiting = [one for one in self._waiting if not one[3].done()]
            heapify(self._waiting)
            self._gone = 0

    def _use(self, caller: str, points: int) -> None:
        instant = monotonic() / _HALF_LIFE
        lately = self._used.get(caller, -inf) - instant
        self._used[caller] = instant + log2(2.0**lately + max(points, 1))
