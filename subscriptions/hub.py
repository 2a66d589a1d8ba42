"""Who is listening in this process: hands numbered changes from the log to subscriptions."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from auth.refusals import BadRequest, CursorExpired
from subscriptions import numbered_log as log
from subscriptions.changes import LoggedChange
from subscriptions.cursors import Cursors, ForeignCursorError, NotACursorError, Position
from subscriptions.read_once import ReadOnce
from subscriptions.ring import Ring
from subscriptions.update_turns import Turns

_BATCH = 100


class Stopping(Exception):
    """The server stops. A subscription ends by this without being over: its client connects again, and resumes."""


class Progress(Protocol):
    """How far a subscription has come in the log."""

    @property
    def delivered(self) -> Position:
        """Up to where everything was delivered to its client."""


@dataclass
class Span:
    """Which part of the log a subscription covers, where it isn't simply all that comes, and how far it is."""

    # Begin behind this, whatever the subscription's `after` says.
    begin: Position | None = None
    # Whether a subscription begins with it, and is refused what is out of sight; else it goes on, and is told of that.
    is_first: bool = False
    # End where all up to this has been told.
    until: Position | None = None
    # All up to this has been told, or looked at and passed over.
    done: Position = field(default_factory=lambda: Position(0, 0))
    # Whether it ended because of `until`.
    reached: bool = False
    # Whether the subscription has begun: from then on it goes on behind `done` where it has to be executed again.
    has_begun: bool = False

    def go_on(self) -> None:
        """Begin again behind what is done."""
        self.begin, self.is_first = self.done, False


class Follower:
    """A subscription's place in the log. It holds no queue: who reads slowly is only further behind."""

    def __init__(self, ring: Ring, position: Position) -> None:
        self._ring = ring
        self.position = position
        # Up to where everything was given out and dealt with: who follows has come back for more.
        self.delivered = position

    async def batch(self, patience: float | None = None) -> Sequence[LoggedChange]:
        """The changes that come next, as many as are there; waits until there are any.

        Empty after `patience` seconds without one. What the ring doesn't hold any more is read from the database.
        Raises `CursorExpired` where that doesn't either, or a new epoch has begun, and `Stopping`.
        """
        self.delivered = self.position
        waited = False
        while not self._ring.closed:
            if self._ring.epoch > self.position.epoch:
                raise CursorExpired
            if self._ring.epoch == self.position.epoch and self._ring.head > self.position.seq:
                return await self._next()
            if waited:
                return []
            news = self._ring.position
            await self._ring.news(patience)
            waited = news == self._ring.position and patience is not None
        raise Stopping

    async def _next(self) -> Sequence[LoggedChange]:
        epoch, seq = self.position.epoch, self.position.seq
        some: Sequence[LoggedChange] | None = self._ring.behind(seq, _BATCH)
        if some is None:
            some = await _kept(self.position, _BATCH)
        if not some or some[0].seq != seq + 1:
            raise CursorExpired
        self.position = Position(epoch, some[-1].seq, some[-1].mark)
        return some


async def _kept(behind: Position, most: int) -> Sequence[LoggedChange]:
    """As `log.read`; nothing where the database can't vouch for `behind`."""
    try:
        return await log.read(behind, most)
    except log.UnvouchedError:
        return ()


def consume_outcome(task: "asyncio.Task[Any]") -> None:
    """A done-callback for a task that others wait for: where all of them have left, its error was nobody's to raise."""
    if not task.cancelled():
        task.exception()


class _Standing:
    """Where the log stands, read once for all who ask before the reading begins: many may come back at once."""

    def __init__(self) -> None:
        self._reading: asyncio.Task[Position] | None = None
        self._next: asyncio.Task[Position] | None = None

    async def read(self) -> Position:
        """Where the log stands, now or a moment later."""
        if self._next is None:
            self._next = asyncio.create_task(self._after(self._reading))
            self._next.add_done_callback(consume_outcome)
        return await asyncio.shield(self._next)  # who leaves takes it from nobody else

    async def _after(self, previous: "asyncio.Task[Position] | None") -> Position:
        if previous is not None:
            await asyncio.wait({previous})
        self._reading, self._next = self._next, None
        return await log.head()


class Hub:
    """What resolvers know of live delivery."""

    def __init__(self, cursors: Cursors, ring: Ring | None = None) -> None:
        self._cursors = cursors
        self._ring = ring or Ring()
        self._standing = _Standing()
        # Who makes an update now, of all whom a change concerns.
        self.turns = Turns()
        # What they all read of it.
        self.readings = ReadOnce(lambda: self._ring.position)

    @property
    def waiting(self) -> int:
        """How many subscriptions have been given everything, and wait for news."""
        return self._ring.waiting

    @property
    def position(self) -> Position:
        """How far this process has read."""
        return self._ring.position

    async def head(self) -> Position:
        """Where the log stands, as the database says; read once for all who ask at the same time."""
        return await self._standing.read()

    async def cursor(self) -> str:
        """Where the log stands now, as the database says: read it before the data that it stands beside."""
        return self._cursors.make(await log.head())

    def cursor_of(self, place: LoggedChange | Position) -> str:
        """The cursor behind a change: what follows it is told when it is given as `after`."""
        return self._cursors.make(Position(place.epoch, place.seq, place.mark))

    def attach_behind(self, position: Position) -> Follower:
        """A follower of all changes behind a position of this process; `Follower.batch` tells where it is too old."""
        return Follower(self._ring, position)

    async def attach(self, after: str | None, last_event_id: str | None = None) -> Follower:
        """A follower of all changes since the cursor `after`; without it, of those that come from now on.

        `last_event_id` is a cursor, too: what a browser that connects again has heard last. Of both the later counts,
        for the browser repeats the `after` that it began with.

        Raises `BadRequest` where `after` doesn't look like a cursor, `CursorExpired` where it can't be read, is of
        another epoch, or too old, where the log has another change at its number, or none yet, and where
        `last_event_id` is no cursor. It is refused to who sent it: whatever a client says changes nothing for others.
        """
        head = await self._standing.read()
        position = self._position(after, last_event_id)
        if position is None:
            return Follower(self._ring, head)
        self._ring.observe(head)
        if not await self._is_kept(position, head):
            raise CursorExpired
        return Follower(self._ring, position)

    def _position(self, after: str | None, last_event_id: str | None) -> Position | None:
        try:
            begun = self._cursors.read(after) if after is not None else None
        except NotACursorError as error:
            raise BadRequest("`after` is no live cursor.") from error
        except ForeignCursorError as error:
            raise CursorExpired from error
        try:
            heard = self._cursors.read(last_event_id) if last_event_id else None
        except (NotACursorError, ForeignCursorError) as error:  # no program chose it: the browser has kept it
            raise CursorExpired from error
        return max((one for one in (begun, heard) if one is not None), default=None)

    async def _is_kept(self, position: Position, head: Position) -> bool:
        """Whether the log has that very change, and all that follow it. The ring may know; else the database does."""
        if position.epoch != head.epoch or position.seq > head.seq:
            return False
        if position.seq == head.seq:
            return position.mark == head.mark
        vouches = self._ring.vouches(position)
        if vouches is not None:
            return vouches
        next_ones = await _kept(position, 1)
        return bool(next_ones) and next_ones[0].seq == position.seq + 1

    async def follow(self, after: str | None) -> AsyncGenerator[LoggedChange, None]:
        """All changes since the cursor `after`, then those that come; without it, those that come from now on.

        Raises what `attach` and `Follower.batch` raise.
        """
        follower = await self.attach(after)
        while True:
            for logged in await follower.batch():
                yield logged

    def stop(self) -> None:
        """Nothing comes any more: every subscription ends."""
        self._ring.close()
