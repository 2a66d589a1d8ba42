"""Subscriptions that ask the same, served together: what one execution gave goes to all of them.

A `Group` runs a source once and keeps what it gives in a chain; each subscription is a `Seat`, a place in that chain,
not a queue. Who falls too far behind loses the seat, and has to catch up by itself. The last one who leaves ends the
group.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Hashable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import structlog

from auth.refusals import Refusal
from subscriptions.cursors import Position
from subscriptions.hub import Span

log = structlog.get_logger()

# How many updates a seat may lag behind its group.
MOST_BEHIND = 100
# How many are woken before the loop turns to other things.
_AT_ONCE = 200


class LeftBehind(Exception):
    """The seat's next update is not kept any more."""


@dataclass(frozen=True, slots=True)
class Shared:
    """An update, or an error, serialised once for all."""

    text: str
    # The change that it tells of; None for errors, which tell of none.
    position: Position | None
    # Nothing was executed: the text is a list of errors.
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
        self.span = Span(begin=None if latest else begin, done=begin)
        self.latest = latest
        self.tail = _Link(0, None)
        self.seats: set[Seat] = set()
        self.waiting: dict[Seat, asyncio.Future[None]] = {}
        self._source = source
        self._forget = forget
        self._task: asyncio.Task[None] | None = None

    @property
    def position(self) -> Position:
        """Up to which change, inclusive, everything has been given to those who sit here."""
        newest = self.tail.shared.position if self.tail.shared else None
        return self.span.done if newest is None else max(newest, self.span.done)

    def start(self) -> None:
        """Begin to execute, once somebody waits for what comes of it."""
        if self._task is None:
            self._task = asyncio.create_task(self._work())

    def leave(self, seat: "Seat") -> None:
        """The last one who leaves ends it."""
        self.seats.discard(seat)
        self.waiting.pop(seat, None)
        if not self.seats:
            self._forget()
            if self._task is not None:
                self._task.cancel()

    async def _work(self) -> None:
        try:
            async with aclosing(self._source(self.span)) as source:
                async for shared in source:
                    self._append(shared)
        except Exception:
            log.exception("a group of subscriptions failed")
        finally:
            self._forget()
            self._append(None)

    def _append(self, shared: Shared | None) -> None:
        link = _Link(self.tail.number + 1, shared)
        self.tail.next = link
        self.tail = link
        waiting, self.waiting = self.waiting, {}
        for seat in self.seats:
            if seat not in waiting:
                seat.check(link.number)
        _wake(list(waiting.values()))


def _wake(futures: Sequence["asyncio.Future[None]"], start: int = 0) -> None:
    for future in futures[start : start + _AT_ONCE]:
        if not future.done():
            future.set_result(None)
    if start + _AT_ONCE < len(futures):
        asyncio.get_running_loop().call_soon(_wake, futures, start + _AT_ONCE)


class Seat:
    """One subscription's place in its group, from now on. To be left, as a context manager."""

    def __init__(self, group: Group) -> None:
        self._group = group
        self._refusal: Refusal | None = None
        self.position = group.position
        self._told = Position(0, 0)
        self._link: _Link | None = group.tail
        if group.latest and group.tail.shared is not None:  # a state: as it is, at once
            self._link = _Link(group.tail.number - 1, None)
            self._link.next = group.tail
        group.seats.add(self)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._group.leave(self)

    async def next(self) -> Shared | None:
        """What comes next, of a state the latest; None at the end.

        Raises `LeftBehind`, and the refusal with which the seat was taken away.
        """
        self._group.start()
        if self._link is not None and self._link.shared is not None and self._link.shared.position is not None:
            self.heard(self._link.shared.position)
        while True:
            if self._refusal is not None:
                raise self._refusal
            if self._link is None:
                raise LeftBehind
            if self._link.next is not None:
                break
            await self._wait()
        self._link = self._link.next
        if self._group.latest:
            while (after := self._link.next) is not None and after.shared is not None and after.shared.position:
                self._link = after
        return self._link.shared

    @property
    def told(self) -> Position:
        """Up to where its client was told everything; never less than before."""
        if self in self._group.waiting:
            self.heard(self._group.position)
        return self._told

    def heard(self, position: Position) -> None:
        """Its client was told everything up to this."""
        self._told = max(self._told, position)

    def check(self, number: int) -> None:
        """Give the seat up where the update `number` is too far ahead of it. Of a state only the latest counts."""
        if self._link is not None and number - self._link.number > MOST_BEHIND:
            if self._group.latest:
                number, newest = self._group.tail.number, self._group.tail
                self._link = _Link(number - 1, None)
                self._link.next = newest
            else:
                self._link = None

    def take_away(self, refusal: Refusal) -> None:
        """End this subscription with a refusal."""
        self._refusal = refusal
        future = self._group.waiting.pop(self, None)
        if future is not None and not future.done():
            future.set_result(None)

    async def _wait(self) -> None:
        future = asyncio.get_running_loop().create_future()
        self._group.waiting[self] = future
        try:
            await future
        finally:
            if self._group.waiting.get(self) is future:
                del self._group.waiting[self]


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

    def seat(self, key: Hashable, begin: Position, source: Source, *, latest: bool) -> Seat:
        """A seat in the group `key`, which is made where there is none, to begin behind `begin`.

        `latest`: what it gives are states, of which the newest is enough.
        """
        group = self._groups.get(key)
        if group is None:

            def forget() -> None:
                if self._groups.get(key) is made:
                    del self._groups[key]

            group = made = self._groups[key] = Group(begin, source, latest=latest, forget=forget)
        return Seat(group)
