"""When requests begin: for so long in each turn of the event loop, and in an order that is fair among callers.

What a request does until it first waits for something can't be interrupted, and may take milliseconds. So requests
begin in a turn of the loop until a millisecond has passed since the first of them did; others wait for a later turn,
and next is whose caller asked for least lately. However many ask at once, each from an address of its own, no more than
that, and one of them, stands in a turn between a request and the answers that it waits for.

Who comes while nobody waits and there is time left begins at once. That is what most requests meet, and costs them next
to nothing: to wait costs a future, and a turn of the loop.
"""

import asyncio
from collections.abc import Callable
from time import perf_counter

from resolvers.limits.fair_turns import FairLine

# For so many seconds requests begin in a turn.
_SECONDS = 0.001
# Where they have taken longer than so many, for one of them took long, none begins in the next turn.
_LONG_SECONDS = 0.00125


class Beginnings:
    """Who may begin. Who waits longer than so many `seconds` is refused; `refused` is called for each of these."""

    def __init__(self, seconds: float, refused: Callable[[], None]) -> None:
        self._line = FairLine(seconds, refused, self._missed)
        # In this turn: how many have begun, when the first one did, and whether they took long.
        self._begun, self._since, self._took_long = 0, 0.0, False
        # Of the turn before this one, whether they took long, and of the last one in which any did, how many begun.
        self._rests, self._lately = False, 1
        # How many were called and have not come yet.
        self._called = 0
        # Whether the end of this turn is noticed.
        self._ends = False

    @property
    def waiting(self) -> int:
        """How many wait."""
        return self._line.waiting

    def at_once(self, caller: str, points: int) -> bool:
        """Whether this may begin now, which takes so many points to read; else its caller has to `wait`."""
        if self._line.waiting or (self._rests and self._called) or not self._has_time():
            return False
        self._line.use(caller, points)
        return True

    async def wait(self, caller: str, points: int) -> None:
        """Wait for a turn in which this may begin. Raises `RateLimited`."""
        if not self._called:  # else they notice it when they come
            self._notice_end()
        await self._line.wait(caller, self._comes)
        self._line.use(caller, points)

    def _has_time(self) -> bool:
        """Whether one more may begin in this turn; the first one may in any case."""
        if not self._begun:
            self._since = perf_counter()
            self._notice_end()
        elif (took := perf_counter() - self._since) >= _SECONDS:
            self._took_long = took >= _LONG_SECONDS
            return False
        self._begun += 1
        return True

    def _notice_end(self) -> None:
        if not self._ends:
            self._ends = True
            asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        """Another turn: those who wait are called, some more than lately had time; who has none then waits on."""
        self._ends = False
        self._rests, self._took_long = self._took_long, False
        if self._begun:
            self._lately, self._begun = self._begun, 0
        if self._line.waiting and not self._called:
            self._notice_end()  # before they come
            while self._called < 2 * self._lately and self._line.call():
                self._called += 1

    def _comes(self) -> bool:
        self._called -= 1
        return self._has_time()

    def _missed(self) -> None:
        self._called -= 1
        self._notice_end()
