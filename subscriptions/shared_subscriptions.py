"""Subscriptions that ask the same, served together: what one execution gave goes to all of them.

A `SharedSubscription` executes a source once and keeps its updates in a chain. Each subscription that shares it is a
`Subscriber`: a place in that chain, not a queue, and not a task. The shared subscription wakes it by a plain call, and
it takes what there is, when it can. A subscriber that falls too far behind is left behind, and has to catch up by
itself. The last one that leaves ends the shared subscription.
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

# How many updates a subscriber may lag behind.
MOST_BEHIND = 100
# How many are woken before the loop turns to other things.
_AT_ONCE = 200
# The number of a place that is in no chain.
_LOST = -1


class LeftBehind(Exception):
    """The subscriber's next update is not kept any more."""


class Over(Exception):
    """Nothing comes any more, for there is nothing more to tell."""


@dataclass(frozen=True, slots=True)
class SharedUpdate:
    """An update, or an error, serialised once for all."""

    payload: bytes
    # The change that it tells of; None for errors, which tell of none.
    position: Position | None
    # The live cursor that the payload has in `extensions`, or that of an error which gives a fresh one.
    cursor: str | None = None
    # Nothing was executed: the payload is a list of errors.
    refused: bool = False


class _Link:
    """One place in the chain; `update` is None in the first one and in the one that ends it."""

    __slots__ = ("next", "number", "update")

    def __init__(self, number: int, update: SharedUpdate | None) -> None:
        self.number = number
        self.update = update
        self.next: _Link | None = None


Source = Callable[[Span], AsyncGenerator[SharedUpdate, None]]


class SharedSubscription:
    """What equal subscriptions share: one execution, and what it gave of late."""

    def __init__(self, begin: Position, source: Source, *, latest: bool, forget: Callable[[], None]) -> None:
        self.span = Span(begin=None if latest else begin, done=begin, has_begun=True)
        self.latest = latest
        # Executes any part of the log as the shared subscription does.
        self.source = source
        self.tail = _Link(0, None)
        self.subscribers: set[Subscriber] = set()
        self._forget = forget
        self._task: asyncio.Task[None] | None = None
        self._waking = False
        self._wake_again = False
        # Why nothing comes any more, once that is so.
        self.ending: Exception | None = None

    @property
    def position(self) -> Position:
        """Up to which change, inclusive, everything has been given to its subscribers."""
        newest = self.tail.update.position if self.tail.update else None
        return self.span.done if newest is None else max(newest, self.span.done)

    @property
    def waiting(self) -> int:
        """How many have been given everything, and wait for more."""
        return sum(subscriber.waits for subscriber in self.subscribers)

    def start(self) -> None:
        """Begin to execute, once somebody waits for what comes of it."""
        if self._task is None:
            self._task = asyncio.create_task(self._work())

    def leave(self, subscriber: "Subscriber") -> None:
        """The last one who leaves ends it."""
        if subscriber not in self.subscribers:
            return
        self.subscribers.discard(subscriber)
        if not self.subscribers:
            self._forget()
            if self._task is not None:
                self._task.cancel()

    async def _work(self) -> None:
        try:
            async with aclosing(self.source(self.span)) as source:
                async for update in source:
                    self._append(update)
            self._end(Over())
        except (Refusal, Stopping) as ending:
            self._end(ending)
        except Exception as error:
            log.exception("a shared subscription failed")
            self._end(error)

    def _end(self, ending: Exception) -> None:
        self.ending = ending
        self._forget()
        self._append(None)

    def _append(self, update: SharedUpdate | None) -> None:
        link = _Link(self.tail.number + 1, update)
        self.tail.next = link
        self.tail = link
        # Who was woken before this came is woken once more; whoever still waits for it takes all that is there.
        self._wake_again = self._waking
        if not self._waking:
            self._waking = True
            self._wake(list(self.subscribers))

    def _wake(self, subscribers: "list[Subscriber]", start: int = 0) -> None:
        """Wake these, some at a time: what they send waits in buffers until the loop turns."""
        for subscriber in subscribers[start : start + _AT_ONCE]:
            if subscriber in self.subscribers:
                subscriber.rouse()
        start += _AT_ONCE
        if start >= len(subscribers):
            self._waking = self._wake_again
            if not self._waking:
                return
            self._wake_again = False
            subscribers, start = list(self.subscribers), 0
        asyncio.get_running_loop().call_soon(self._wake, subscribers, start)


class Subscriber:
    """One subscription's place in a shared one, from now on, until it leaves.

    `wake` is called when there may be something to take. It must not wait, and need not take anything.
    """

    __slots__ = ("_delivered", "_link", "_refusal", "_shared", "_waits", "_wake", "position")

    def __init__(self, shared: SharedSubscription, wake: Callable[[], None]) -> None:
        self._shared = shared
        self._wake = wake
        self._refusal: Refusal | None = None
        self.position = shared.position
        self._delivered = Position(0, 0)
        self._waits = False
        self._link = shared.tail
        if shared.latest and shared.tail.update is not None:  # a state: as it is, at once
            self._skip()
        shared.subscribers.add(self)

    @property
    def source(self) -> Source:
        """Executes any part of the log as the shared subscription does."""
        return self._shared.source

    @property
    def waits(self) -> bool:
        """Whether it has taken everything and come back for more."""
        return self._waits and self._link is self._shared.tail

    @property
    def delivered(self) -> Position:
        """Up to where its client was told everything; never less than before."""
        if self.waits:
            self.mark_delivered(self._shared.position)
        return self._delivered

    def mark_delivered(self, position: Position) -> None:
        """Its client was told everything up to this: nothing before it is given any more."""
        if position > self._delivered:
            self._delivered = position

    def take(self) -> SharedUpdate | None:
        """What comes next, of a state the latest; None where there is nothing yet. What was taken before is told.

        Raises `Over` at the end, or what the shared subscription ended by, `LeftBehind`, and the refusal that it was
        ended with.
        """
        while True:
            link = self._link
            if link.update is not None and link.update.position is not None:
                self.mark_delivered(link.update.position)
            self.check()
            if link.number == _LOST:
                raise LeftBehind
            following = link.next
            if following is None:
                if self._shared.ending is not None:
                    raise self._shared.ending.with_traceback(None)
                self._waits = True
                self._shared.start()
                return None
            self._waits = False
            self._link = following
            if self._shared.latest:
                while (after := self._link.next) is not None and after.update is not None and after.update.position:
                    self._link = after
            update = self._link.update
            if update is None:
                continue
            if self._shared.latest or update.position is None or update.position > self._delivered:
                return update

    def check(self) -> None:
        """Raises the refusal that it was ended with."""
        if self._refusal is not None:
            raise self._refusal

    def rouse(self) -> None:
        """Wake it, then see whether it still keeps up: what it doesn't take must not be kept for ever."""
        try:
            self._wake()
        except Exception:  # of one; the others are told all the same
            log.exception("a subscription failed")
        if self._shared.tail.number - self._link.number > MOST_BEHIND and self._link.number != _LOST:
            if self._shared.latest:
                self._skip()
            else:  # what follows isn't held for it any more, but what it took last counts when it comes back
                self._link = _Link(_LOST, self._link.update)

    def refuse(self, refusal: Refusal) -> None:
        """End this subscription with a refusal."""
        self._refusal = refusal
        self.rouse()

    def move(self) -> None:
        """Go on where the shared subscription is: what lies between has to be caught up with."""
        self._link = self._shared.tail
        self.position = self._shared.position

    def leave(self) -> None:
        """Leave: nothing comes any more, and whoever subscribed isn't held by this."""
        self._shared.leave(self)
        self._wake = _asleep

    def _skip(self) -> None:
        """Stand before the newest: of a state only that counts."""
        newest = self._shared.tail
        self._link = _Link(newest.number - 1, None)
        self._link.next = newest


def _asleep() -> None:
    """Nobody is there to be woken any more."""


class SharedSubscriptions:
    """The shared subscriptions of this process."""

    def __init__(self) -> None:
        self._shared: dict[Hashable, SharedSubscription] = {}

    def __len__(self) -> int:
        return len(self._shared)

    @property
    def sizes(self) -> list[int]:
        """How many subscribers each has."""
        return [len(shared.subscribers) for shared in self._shared.values()]

    @property
    def waiting(self) -> list[int]:
        """How many subscribers of each have been given everything, and wait for more."""
        return [shared.waiting for shared in self._shared.values()]

    def subscribe(
        self, key: Hashable, begin: Position, source: Source, wake: Callable[[], None], *, latest: bool = False
    ) -> Subscriber:
        """A subscriber of the shared subscription `key`, which is made where there is none, to begin behind `begin`.

        `latest`: what it gives are states, of which the newest is enough.
        """
        shared = self._shared.get(key)
        if shared is None:

            def forget() -> None:
                if self._shared.get(key) is made:
                    del self._shared[key]

            shared = made = self._shared[key] = SharedSubscription(begin, source, latest=latest, forget=forget)
        return Subscriber(shared, wake)
