"""Subscriptions that ask the same, served together: what one execution gave goes to all of them.

A `Group` runs a source once and keeps what it gives in a chain; each subscription is a `Seat`, a place in that chain,
not a queue, and not a task: the group wakes it by a plain call, and it takes what there is, when it can. Who falls too
far behind loses the seat, and has to catch up by itself. The last one who leaves ends the group.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Hashable
from contextlib import aclosing
from dataclasses import dataclass

import structlog

from auth.refusals import Refusal
from subscriptions.cursors import Position
from subscriptions.hub import Span, Stopping

log = structlog.get_logger()

# How many updates a seat may lag behind its group.
MOST_BEHIND = 100
# How many are woken before the loop turns to other things.
_AT_ONCE = 200
# The number of a place that is in no chain.
_LOST = -1


class LeftBehind(Exception):
    """The seat's next update is not kept any more."""


class Over(Exception):
    """Nothing comes any more, for there is nothing more to tell."""


@dataclass(frozen=True, slots=True)
class Shared:
    """An update, or an error, serialised once for all."""

    payload: bytes
    # The change that it tells of; None for errors, which tell of none.
    position: Position | None
    # The live cursor that the payload has in `extensions`, or that of an error which gives a fresh one.
    cursor: str | None = None
    # Nothing was executed: the payload is a list of errors.
    refused: bool = False


class _Link:
    """One place in the chain; `shared` is None in the first one and in the one that ends it."""

    __slots__ = ("next", "number", "shared")

    def __init__(self, number: int, shared: Shared | None) -> None:
        self.number = number
        self.shared = shared
        self.next: _Link | None = None


Source = Callable[[Span], AsyncGenerator[Shared, None]]


class Group:
    """What equal subscriptions share: one execution, and what it gave of late."""

    def __init__(self, begin: Position, source: Source, *, latest: bool, forget: Callable[[], None]) -> None:
        self.span = Span(begin=None if latest else begin, done=begin, has_begun=True)
        self.latest = latest
        # Executes any part of the log as the group does.
        self.source = source
        self.tail = _Link(0, None)
        self.seats: set[Seat] = set()
        self._forget = forget
        self._task: asyncio.Task[None] | None = None
        self._waking = False
        self._wake_again = False
        # Why nothing comes any more, once that is so.
        self.ending: Exception | None = None

    @property
    def position(self) -> Position:
        """Up to which change, inclusive, everything has been given to those who sit here."""
        newest = self.tail.shared.position if self.tail.shared else None
        return self.span.done if newest is None else max(newest, self.span.done)

    @property
    def waiting(self) -> int:
        """How many have been given everything, and wait for more."""
        return sum(seat.waits for seat in self.seats)

    def start(self) -> None:
        """Begin to execute, once somebody waits for what comes of it."""
        if self._task is None:
            self._task = asyncio.create_task(self._work())

    def leave(self, seat: "Seat") -> None:
        """The last one who leaves ends it."""
        if seat not in self.seats:
            return
        self.seats.discard(seat)
        if not self.seats:
            self._forget()
            if self._task is not None:
                self._task.cancel()

    async def _work(self) -> None:
        try:
            async with aclosing(self.source(self.span)) as source:
                async for shared in source:
                    self._append(shared)
            self._end(Over())
        except (Refusal, Stopping) as ending:
            self._end(ending)
        except Exception as error:
            log.exception("a group of subscriptions failed")
            self._end(error)

    def _end(self, ending: Exception) -> None:
        self.ending = ending
        self._forget()
        self._append(None)

    def _append(self, shared: Shared | None) -> None:
        link = _Link(self.tail.number + 1, shared)
        self.tail.next = link
        self.tail = link
        # Who was woken before this came is woken once more; whoever still waits for it takes all that is there.
        self._wake_again = self._waking
        if not self._waking:
            self._waking = True
            self._wake(list(self.seats))

    def _wake(self, seats: "list[Seat]", start: int = 0) -> None:
        """Wake these, some at a time: what they send waits in buffers until the loop turns."""
        for seat in seats[start : start + _AT_ONCE]:
            if seat in self.seats:
                seat.rouse()
        start += _AT_ONCE
        if start >= len(seats):
            self._waking = self._wake_again
            if not self._waking:
                return
            self._wake_again = False
            seats, start = list(self.seats), 0
        asyncio.get_running_loop().call_soon(self._wake, seats, start)


class Seat:
    """One subscription's place in its group, from now on, until it leaves.

    `wake` is called when there may be something to take. It must not wait, and need not take anything.
    """

    __slots__ = ("_group", "_link", "_refusal", "_told", "_waits", "_wake", "position")

    def __init__(self, group: Group, wake: Callable[[], None]) -> None:
        self._group = group
        self._wake = wake
        self._refusal: Refusal | None = None
        self.position = group.position
        self._told = Position(0, 0)
        self._waits = False
        self._link = group.tail
        if group.latest and group.tail.shared is not None:  # a state: as it is, at once
            self._skip()
        group.seats.add(self)

    @property
    def source(self) -> Source:
        """Executes any part of the log as its group does."""
        return self._group.source

    @property
    def waits(self) -> bool:
        """Whether it has taken everything and come back for more."""
        return self._waits and self._link is self._group.tail

    @property
    def told(self) -> Position:
        """Up to where its client was told everything; never less than before."""
        if self.waits:
            self.heard(self._group.position)
        return self._told

    def heard(self, position: Position) -> None:
        """Its client was told everything up to this: nothing before it is given any more."""
        if position > self._told:
            self._told = position

    def take(self) -> Shared | None:
        """What comes next, of a state the latest; None where there is nothing yet. What was taken before is told.

        Raises `Over` at the end, or what the group ended by, `LeftBehind`, and the refusal with which the seat was
        taken away.
        """
        while True:
            link = self._link
            if link.shared is not None and link.shared.position is not None:
                self.heard(link.shared.position)
            self.check()
            if link.number == _LOST:
                raise LeftBehind
            following = link.next
            if following is None:
                if self._group.ending is not None:
                    raise self._group.ending.with_traceback(None)
                self._waits = True
                self._group.start()
                return None
            self._waits = False
            self._link = following
            if self._group.latest:
                while (after := self._link.next) is not None and after.shared is not None and after.shared.position:
                    self._link = after
            shared = self._link.shared
            if shared is None:
                continue
            if self._group.latest or shared.position is None or shared.position > self._told:
                return shared

    def check(self) -> None:
        """Raises the refusal with which the seat was taken away."""
        if self._refusal is not None:
            raise self._refusal

    def rouse(self) -> None:
        """Wake it, then see whether it still keeps up: what it doesn't take must not be kept for ever."""
        try:
            self._wake()
        except Exception:  # of one; the others are told all the same
            log.exception("a subscription failed")
        if self._group.tail.number - self._link.number > MOST_BEHIND and self._link.number != _LOST:
            if self._group.latest:
                self._skip()
            else:  # what follows isn't held for it any more, but what it took last counts when it comes back
                self._link = _Link(_LOST, self._link.shared)

    def take_away(self, refusal: Refusal) -> None:
        """End this subscription with a refusal."""
        self._refusal = refusal
        self.rouse()

    def move(self) -> None:
        """Sit down anew where the group is: what lies between has to be caught up with."""
        self._link = self._group.tail
        self.position = self._group.position

    def leave(self) -> None:
        """Give the seat back; nothing comes any more, and whoever sat here isn't held by the seat."""
        self._group.leave(self)
        self._wake = _asleep

    def _skip(self) -> None:
        """Stand before the newest: of a state only that counts."""
        newest = self._group.tail
        self._link = _Link(newest.number - 1, None)
        self._link.next = newest


def _asleep() -> None:
    """Nobody sits there any more."""


class Groups:
    """The groups of this process."""

    def __init__(self) -> None:
        self._groups: dict[Hashable, Group] = {}

    def __len__(self) -> int:
        return len(self._groups)

    @property
    def sizes(self) -> list[int]:
        """How many sit in each."""
        return [len(group.seats) for group in self._groups.values()]

    @property
    def waiting(self) -> list[int]:
        """How many in each have been given everything, and wait for more."""
        return [group.waiting for group in self._groups.values()]

    def seat(
        self, key: Hashable, begin: Position, source: Source, wake: Callable[[], None], *, latest: bool = False
    ) -> Seat:
        """A seat in the group `key`, which is made where there is none, to begin behind `begin`.

        `latest`: what it gives are states, of which the newest is enough.
        """
        group = self._groups.get(key)
        if group is None:

            def forget() -> None:
                if self._groups.get(key) is made:
                    del self._groups[key]

            group = made = self._groups[key] = Group(begin, source, latest=latest, forget=forget)
        return Seat(group, wake)
