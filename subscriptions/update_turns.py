"""Whose turn it is to make an update: of thousands that one change concerns some at a time, in the order they came.

What is made of a change is made by as many executions as there are different subscriptions, and each takes a part of a
millisecond or more. Were all of them begun at once, nothing else would be done meanwhile.
"""

import asyncio
from collections import deque

# So many at a time: while one waits for the database others execute.
AT_ONCE = 4
# Who has had its turn for so many seconds keeps nobody waiting any longer: a part that hangs does not stop the others.
_LONGEST_SECONDS = 1.0


class Turn:
    """Somebody's turn, until it is given back."""

    __slots__ = ("_turns",)

    def __init__(self, turns: "Turns") -> None:
        self._turns = turns

    def give_back(self) -> None:
        """It is another one's turn. To give it back twice does nothing."""
        self._turns.end(self)


class Turns:
    """Gives turns: so many `at_once`, the others wait in line."""

    def __init__(self, at_once: int = AT_ONCE, longest: float = _LONGEST_SECONDS) -> None:
        self._at_once, self._longest = at_once, longest
        self._held: set[Turn] = set()
        self._line: deque[asyncio.Future[Turn]] = deque()
        self._watching: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> int:
        """How many wait in line."""
        return sum(not place.done() for place in self._line)

    async def take(self) -> Turn:
        """A turn, once it is there."""
        if len(self._held) < self._at_once:
            return self._begin()
        place: asyncio.Future[Turn] = asyncio.get_running_loop().create_future()
        self._line.append(place)
        self._watch()
        try:
            return await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():  # it came in the very moment in which nobody wanted it any more
                place.result().give_back()
            raise

    def end(self, turn: Turn) -> None:
        """As `Turn.give_back`."""
        if turn in self._held:
            self._held.discard(turn)
            self._hand_over()

    def _begin(self) -> Turn:
        turn = Turn(self)
        self._held.add(turn)
        return turn

    def _hand_over(self) -> None:
        while self._line and len(self._held) < self._at_once:
            place = self._line.popleft()
            if not place.done():
                place.set_result(self._begin())

    def _watch(self) -> None:
        if self._watching is None:
            loop = asyncio.get_running_loop()
            self._watching = loop.call_later(self._longest, self._pass_by, frozenset(self._held))

    def _pass_by(self, held: frozenset[Turn]) -> None:
        """Those that had their turn all that time have had it."""
        self._watching = None
        for turn in held:
            self.end(turn)
        if self._line:
            self._watch()
