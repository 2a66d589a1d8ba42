"""A line that is fair among callers: so many at a time, and next is whose caller used least lately.

Used is what was paid for, in points, each worth half after some seconds. So whoever asks without end, or for what is
dear, stands behind everybody who doesn't, and hundreds of such callers don't keep one waiting who asks now and then.
Of one caller, who came first is next.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from heapq import heapify, heappop, heappush, heapreplace
from itertools import count
from math import inf, log2
from time import monotonic

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


class FairLine:
    """Who waits, and who used how much lately. Who waits longer than so many `seconds` is refused.

    `refused` is called for each of these, `missed` where somebody left in the very moment in which they were called.
    """

    def __init__(self, seconds: float, refused: Callable[[], None], missed: Callable[[], None]) -> None:
        self._seconds, self._refused, self._missed = seconds, refused, missed
        # Until when each one waits, in the order in which they came, and a timer for who came first: one of their own
        # would cost more than all the rest of waiting.
        self._until: dict[asyncio.Future[None], float] = {}
        self._timer: asyncio.TimerHandle | None = None
        # Who waits: by what was used when they came, or when that was last looked at.
        self._waiting: list[_Place] = []
        self._gone = 0
        self._numbers = count()
        # The binary logarithm of what a caller used, as of the beginning of time: it stays right as time goes by.
        # Who used something least recently is forgotten first.
        self._used: OrderedDict[str, float] = OrderedDict()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting) - self._gone

    def use(self, caller: str, points: int) -> None:
        """Count what a caller uses. An empty `caller` is nobody's: they come first whatever they use."""
        if caller:
            instant = monotonic() / _HALF_LIFE
            lately = self._used.get(caller, -inf) - instant
            self._used[caller] = instant + log2(2.0**lately + max(points, 1))
            self._used.move_to_end(caller)
            if len(self._used) > _COUNTED:
                self._used.popitem(last=False)

    async def wait(self, caller: str, goes: Callable[[], bool] = lambda: True) -> None:
        """Wait until called, and until who is called `goes`: else they wait on as they did. Raises `RateLimited`."""
        loop, number = asyncio.get_running_loop(), next(self._numbers)
        until = loop.time() + self._seconds
        while True:
            place = loop.create_future()
            heappush(self._waiting, (self._used.get(caller, -inf), number, caller, place))
            self._until[place] = until
            if self._timer is None:
                self._timer = loop.call_at(until, self._give_up)
            try:
                await place
            except RateLimited:
                self._forget_gone()
                self._refused()
                raise
            except asyncio.CancelledError:
                if not place.cancelled() and place.exception() is None:  # its turn came in this very moment
                    self._missed()
                else:
                    self._forget_gone()
                raise
            finally:
                del self._until[place]
                if self._timer is not None and not self._until:
                    self._timer.cancel()
                    self._timer = None
            if goes():
                return

    def call(self) -> bool:
        """Have who is next go on; whether there is one."""
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
                return True
        return False

    def _give_up(self) -> None:
        """Refuse who has waited too long."""
        loop, self._timer = asyncio.get_running_loop(), None
        for place, until in self._until.items():
            if until > loop.time():
                self._timer = loop.call_at(until, self._give_up)
                return
            give_up(place)

    def _forget_gone(self) -> None:
        self._gone += 1
        if self._gone > _GONE and 2 * self._gone > len(self._waiting):
            self._waiting = [one for one in self._waiting if not one[3].done()]
            heapify(self._waiting)
            self._gone = 0


class FairTurns:
    """Turns of `at_once` at a time; who waits longer than so many `seconds` is refused.

    `refused` is called for each of these.
    """

    def __init__(self, at_once: int, seconds: float = 30.0, refused: Callable[[], None] = lambda: None) -> None:
        self._at_once = at_once
        self.running = 0
        self.line = FairLine(seconds, refused, self.leave)
        # Who waits for nobody to have a turn.
        self._when_free: list[asyncio.Future[None]] = []

    @property
    def waiting(self) -> int:
        """How many wait."""
        return self.line.waiting

    async def enter(self, caller: str, points: int) -> None:
        """Wait for a turn, which `leave` must end, and which uses so many points. Raises `RateLimited`.

        An empty `caller` is nobody's: what they use isn't counted, and they come first.
        """
        if self.running < self._at_once:
            self.running += 1
        else:
            await self.line.wait(caller)
        self.line.use(caller, points)

    def leave(self) -> None:
        """Give the turn to who is next."""
        if self.line.call():
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
