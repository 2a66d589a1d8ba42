"""The newest changes in memory: one ring a process, in which each subscription is a position, not a queue."""

from collections.abc import Iterable

from subscriptions.changes import LoggedChange
from subscriptions.cursors import Position
from subscriptions.waiters import Waiters

SIZE = 5000


class Ring:
    """The newest changes of the log, contiguous, at most `size`; older ones make room."""

    def __init__(self, size: int = SIZE) -> None:
        self._slots: list[LoggedChange | None] = [None] * size
        self._base = 0
        # The mark of the change at which the ring began, until that has made room.
        self._base_mark: int | None = None
        self._waiters = Waiters()
        self.epoch = 0
        self.head = 0
        # Of the change at the head: what follows must follow that one, and not another of its number.
        self.mark: int | None = None
        self.closed = False

    @property
    def waiting(self) -> int:
        """How many have been given everything, and wait for news."""
        return len(self._waiters)

    @property
    def base(self) -> int:
        """The number before the oldest change that is held."""
        return max(self._base, self.head - len(self._slots))

    @property
    def position(self) -> Position:
        """Where the ring ends."""
        return Position(self.epoch, self.head, self.mark)

    def begin(self, position: Position) -> None:
        """Begin anew, with nothing, behind this position: what lies before must be read elsewhere."""
        self._slots = [None] * len(self._slots)
        self.epoch, self.head, self.mark = position.epoch, position.seq, position.mark
        self._base, self._base_mark = position.seq, position.mark
        self._tell()

    def observe(self, head: Position) -> None:
        """Take note of the head of the log: where it is of a newer epoch, the ring begins anew."""
        if head.epoch > self.epoch:
            self.begin(head)

    def vouches(self, position: Position) -> bool | None:
        """Whether the change of that number is the one of that mark; None where it isn't held, nor what follows it."""
        if position.epoch != self.epoch or not self.base <= position.seq <= self.head:
            return None
        there = self._slots[position.seq % len(self._slots)]
        if there is not None and there.seq == position.seq:
            return there.mark == position.mark
        if position.seq != self._base or self._base_mark is None:
            return None
        return self._base_mark == position.mark

    def push(self, some: Iterable[LoggedChange]) -> None:
        """Add the changes that come next; those that are here already are passed over.

        Raises `ValueError` where one is missing in between.
        """
        before = self.head
        for logged in some:
            if logged.seq <= self.head:
                continue
            if logged.seq != self.head + 1 or logged.epoch != self.epoch:
                raise ValueError(f"{logged.epoch}:{logged.seq} does not follow {self.epoch}:{self.head}")
            self._slots[logged.seq % len(self._slots)] = logged
            self.head, self.mark = logged.seq, logged.mark
        if self.head != before:
            self._tell()

    def behind(self, seq: int, most: int) -> list[LoggedChange] | None:
        """The changes that follow the number `seq`, at most `most`; None where the first of them is not held."""
        if seq < self.base:
            return None
        upto = min(self.head, seq + most)
        held = (self._slots[number % len(self._slots)] for number in range(seq + 1, upto + 1))
        return [logged for logged in held if logged is not None]

    async def news(self, patience: float | None = None) -> None:
        """Wait until something changes here, at most `patience` seconds. Of many who wait some are woken at a time."""
        if not self.closed:
            await self._waiters.wait(patience)

    def close(self) -> None:
        """Nothing comes any more: whoever waits is woken."""
        self.closed = True
        self._tell()

    def _tell(self) -> None:
        self._waiters.wake()
