"""From Redis into memory: one reader a process, that fills the ring."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Literal

import structlog
from tortoise.exceptions import DBConnectionError

from subscriptions import numbered_log as log
from subscriptions.changes import LoggedChange
from subscriptions.cursors import Position
from subscriptions.outbox_relay import DATABASE_AWAY, marks_in, stream_key
from subscriptions.redis_client import BLOCK_SECONDS, REDIS_AWAY, Client
from subscriptions.ring import Ring

logger = structlog.get_logger()

_BATCH = 500
# After what went wrong with the database.
_PAUSE_SECONDS = 1.0
# How often the database is read where the stream can't be.
_WITHOUT_STREAM_SECONDS = 0.25


class Reader:
    """Reads the stream from an explicit position on. What is missing in it is read from the database.

    What it reads must follow the very change at the ring's head, in the stream as in the database: else one of them
    has another history, as after a restored backup, and the database is asked. Where that has another change at the
    number that was told here, a new epoch begins.

    While Redis is away, or hangs, it reads the database a few times a second; so it does while the relay of this
    process isn't `in_touch`, for then Redis may answer and take nothing.
    """

    def __init__(
        self, redis: Client, ring: Ring, network_id: Callable[[], str], in_touch: Callable[[], bool] = lambda: True
    ) -> None:
        self._redis = redis
        self._ring = ring
        self._network_id = network_id
        self._in_touch = in_touch
        self._stopped = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._told_to_stop: asyncio.Task[Literal[True]] | None = None

    async def start(self) -> None:
        """Begin to read, as a task of its own, from where the log stands."""
        self._ring.begin(await log.head())
        self._told_to_stop = asyncio.create_task(self._stopped.wait())
        self._task = asyncio.create_task(self._work())

    async def stop(self) -> None:
        """End."""
        self._stopped.set()
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _work(self) -> None:
        while not self._stopped.is_set():
            try:
                if self._in_touch() and await self._from_stream():
                    continue
                await self._from_database(self._ring.epoch, (await log.head()).seq)
                await self._pause(_WITHOUT_STREAM_SECONDS)
            except DBConnectionError:  # that is logged
                await self._pause(_PAUSE_SECONDS)
            except DATABASE_AWAY as error:
                logger.warning("live updates can't be read", trouble=str(error))
                await self._pause(_PAUSE_SECONDS)
            except Exception:
                logger.exception("the reader failed, and goes on")
                await self._pause(_PAUSE_SECONDS)

    async def _from_stream(self) -> bool:
        """Push what comes next in the stream; whether Redis answered."""
        try:
            epoch, entries = await self._entries()
        except REDIS_AWAY:
            return False
        await self._take(epoch, entries)
        return True

    async def _entries(self) -> tuple[int, Sequence[LoggedChange]]:
        """What comes next in the stream: nothing after a while without news, or when it is time to stop."""
        epoch, head = self._ring.epoch, self._ring.head
        key = stream_key(self._network_id(), epoch)
        read = asyncio.create_task(self._read(key, head))
        assert self._told_to_stop is not None
        await asyncio.wait({read, self._told_to_stop}, return_when=asyncio.FIRST_COMPLETED)
        if not read.done():
            read.cancel()
            await asyncio.wait({read})
        if read.cancelled():
            return epoch, []
        return epoch, [
            log.unpack(epoch, int(id.partition(b"-")[0]), fields[b"c"], *marks_in(fields))
            for id, fields in read.result()
        ]

    async def _read(self, key: str, head: int) -> list[tuple[bytes, dict[bytes, bytes]]]:
        async with self._redis.trying(blocks=BLOCK_SECONDS):
            answer: Any = await self._redis.xread({key: f"{head}-0"}, count=_BATCH, block=int(BLOCK_SECONDS * 1000))
        return answer[0][1] if answer else []

    async def _take(self, epoch: int, entries: Sequence[LoggedChange]) -> None:
        """Push what follows the ring's head; what is missing before an entry is read from the database first."""
        if epoch != self._ring.epoch:
            return  # a new one began meanwhile
        fresh = [logged for logged in entries if logged.seq > self._ring.head]
        if not fresh:
            return
        if self._follow(fresh):
            self._ring.push(fresh)
        else:
            await self._from_database(epoch, fresh[-1].seq)

    def _follow(self, some: Sequence[LoggedChange]) -> bool:
        """Whether these follow the ring's head and each other, by their numbers and by their marks."""
        seq, mark = self._ring.head, self._ring.mark
        for logged in some:
            if logged.seq != seq + 1 or None in (logged.mark, logged.previous) or logged.previous != mark:
                return False
            seq, mark = logged.seq, logged.mark
        return True

    async def _from_database(self, epoch: int, upto: int) -> None:
        """Push all that the database has up to the number `upto`."""
        while self._ring.head < upto:
            behind = self._ring.position
            try:
                some = await log.read(behind, _BATCH)
            except log.OtherHistoryError:
                cause = "the database has another change than the one that was told"
                self._ring.observe(await log.new_epoch(cause, behind))
                return
            except log.UnvouchedError:  # trimmed away: by their numbers they follow, or what lies between is gone, too
                some = await log.read(Position(epoch, behind.seq), _BATCH)
            if not some or epoch != self._ring.epoch:
                return
            if some[0].seq != self._ring.head + 1:
                self._ring.begin(Position(epoch, some[0].seq - 1, some[0].previous))
            self._ring.push(some)

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        except TimeoutError:
            pass
