"""Pings for thousands of sockets, many in one go: woken for each alone, a process pays several times as much."""

import asyncio
from typing import Protocol

# Who is to be pinged every 20 seconds is pinged every 22.5, so that nobody is pinged sooner than that.
_LATER = 1.125
# In how many turns, each of about so many seconds. With fewer somebody would be pinged too soon.
_MOST, _FEWEST = 64, 9
_TURN_SECONDS = 0.3


class Pinged(Protocol):
    """Who gets pings."""

    def ping(self) -> None:
        """Send one. It must not wait."""


class Pings:
    """Pings everyone each 1.125 times `seconds`, those first who came first."""

    def __init__(self, seconds: float) -> None:
        count = min(max(int(seconds / _TURN_SECONDS), _FEWEST), _MOST)
        self._seconds = seconds * _LATER / count
        self._turns: list[set[Pinged]] = [set() for _number in range(count)]
        self._turn = 0
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, one: Pinged) -> int:
        """Ping it from now on, in a while first; what is returned ends that by `end`."""
        self._turns[self._turn].add(one)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._next)
        return self._turn

    def end(self, one: Pinged, turn: int) -> None:
        """Ping it no more."""
        self._turns[turn].discard(one)

    def _next(self) -> None:
        self._timer = None
        self._turn = (self._turn + 1) % len(self._turns)
        for one in list(self._turns[self._turn]):
            one.ping()
        if any(self._turns):
            self._timer = asyncio.get_running_loop().call_later(self._seconds, self._next)
