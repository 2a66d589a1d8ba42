"""From the outbox to Redis: numbers what is committed, and appends it to the stream.

Every process has a relay, and any number of them do no harm: who holds the log's lock numbers, and the stream takes
an entry only as the one after its last. A change is told even if the process that wrote it dies the next instant.

The database owns the order, the stream copies it: `<seq>-0` is the id of its entry. A stream that is gone, or lags
behind, is filled again from the database.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

import structlog
from redis.exceptions import RedisError, ResponseError
from tortoise.exceptions import BaseORMException, DBConnectionError

from models.logs.change_log import LogMissingError
from subscriptions import numbered_log as log
from subscriptions.changes import LoggedChange
from subscriptions.cursors import Position
from subscriptions.redis_client import BLOCK_SECONDS, REDIS_AWAY, Client

logger = structlog.get_logger()

# The stream keeps at least so many of the newest changes; the database has the others.
KEPT = 10_000
# After so long without a server the stream goes: nothing of old epochs stays behind.
_STREAM_LIFETIME_MS = 7 * 24 * 3600 * 1000
# How many changes are numbered, or appended, at once.
_BATCH = 500
# The net: nothing that was missed waits longer than this.
_ROUND_SECONDS = 1.0
# One round begins so long after the other at the soonest: under load it takes what many transactions told. Who
# commits after a pause doesn't wait.
GATHER_SECONDS = 0.015
# After what went wrong.
_PAUSE_SECONDS = 0.5

# KEYS: the stream. ARGV: how many to keep; its lifetime in ms; where the stream must stand to be begun anew ("none":
# where there is none), "" never to; then of each change its seq, the change, its mark and that of the one before, each
# "" where it isn't known. Answers where the stream stands now, "none" where it has no entry, and the mark of its last.
# Entries that it has are passed over, those that don't follow the last one are refused: done twice, it does no harm.
_APPEND = """
local top, mark = 'none', ''
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if last then
  top = string.match(last[1], '^%d+')
  for at = 1, #last[2], 2 do
    if last[2][at] == 'm' then mark = last[2][at + 1] end
  end
end
local anew = ARGV[3] ~= '' and ARGV[3] == top
if anew then redis.call('DEL', KEYS[1]); top = 'none' end
for at = 4, #ARGV, 4 do
  local seq, before = ARGV[at], ARGV[at + 3]
  local follows = top ~= 'none' and tonumber(seq) == tonumber(top) + 1 and (mark == '' or before == mark)
  if follows or (top == 'none' and anew) then
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], seq .. '-0', 'c', ARGV[at + 1], 'm', ARGV[at + 2], 'p', before)
    top, mark = seq, ARGV[at + 2]
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return {top, mark}
"""

# What may go wrong with the database: the same is tried again.
DATABASE_AWAY = (BaseORMException, OSError, TimeoutError)


def stream_key(network_id: str, epoch: int) -> str:
    """The stream of a network's epoch."""
    return f"mitwirk:{network_id}:{epoch}:changes"


def hint_channel(network_id: str) -> str:
    """Where a process that has no relay says that it committed something."""
    return f"mitwirk:{network_id}:committed"


def marks_in(entry: Mapping[bytes, bytes]) -> tuple[int | None, int | None]:
    """The marks of an entry's change and of the one before; None where they aren't known."""
    return _mark(entry.get(b"m", b"")), _mark(entry.get(b"p", b""))


def _mark(text: bytes) -> int | None:
    return int(text) if text else None


async def hint(redis: Client) -> None:
    """Tell the relays of all processes that something was committed. It is only a hint: lost, it costs a second."""
    channel = hint_channel(await log.network_id())
    with suppress(*REDIS_AWAY):
        async with redis.trying():
            await redis.publish(channel, b"")


class Relay:
    """Numbers and appends, in rounds: woken by `wake`, by a `hint` from elsewhere, and once a second.

    `read_position` says how far this process has read the log. A new epoch begins where the database lies behind that
    position, or behind the stream, or has other changes of the same numbers. A log that is out of order is put in
    order.

    Each round calls `on_head(head)` with the newest position of the log, and then `on_synced(head, since)`: whatever
    was committed before the instant `since` of the monotonic clock has a number up to `head`. `skip_to(head)` is called
    where the log lacks its newest changes, so that readers must not wait for them.
    """

    def __init__(
        self,
        redis: Client,
        *,
        read_position: Callable[[], Position],
        on_head: Callable[[Position], None],
        skip_to: Callable[[Position], None] = lambda _head: None,
        on_synced: Callable[[Position, float], None] = lambda _head, _since: None,
    ) -> None:
        self._redis = redis
        self._append_script = redis.register_script(_APPEND)
        self._read_position, self._on_head = read_position, on_head
        self._skip_to, self._on_synced = skip_to, on_synced
        self._woken = asyncio.Event()
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []
        self._troubled: str | None = None
        # Whether the last round brought everything to where it belongs.
        self.in_touch = True
        self.network_id = ""

    def wake(self) -> None:
        """Something was committed."""
        self._woken.set()

    async def name(self) -> None:
        """Find out of which network this is; to be called first."""
        self.network_id = await log.network_id()

    async def start(self) -> None:
        """Begin to work, as tasks of its own."""
        self._tasks = [asyncio.create_task(self._work()), asyncio.create_task(self._listen())]

    async def stop(self) -> None:
        """Pass on what is committed, then end."""
        self._stopping = True
        self.wake()
        if self._tasks:
            work, listen = self._tasks
            listen.cancel()
            await asyncio.wait([work, listen])
            self._tasks = []

    async def _work(self) -> None:
        """Round after round. It is never cancelled: in a transaction that would lock the database."""
        loop = asyncio.get_running_loop()
        last = False
        while not last:
            begun, last = loop.time(), self._stopping
            self._woken.clear()
            trouble: str | None = None
            try:
                await self.round()
            except ResponseError as error:  # it is there, but takes nothing
                trouble = f"Redis: {error}"
            except (DBConnectionError, RedisError):  # that one is away is logged
                trouble = ""
            except DATABASE_AWAY as error:
                trouble = f"the database: {error}"
            except Exception:
                logger.exception("the relay failed, and goes on")
                trouble = "unexpected"
            self._report(trouble)
            if not last:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_ROUND_SECONDS if self.in_touch else _PAUSE_SECONDS):
                        await self._woken.wait()
                await asyncio.sleep(begun + GATHER_SECONDS - loop.time())

    async def round(self) -> None:
        """Number all that is committed, and bring the stream up to it."""
        seen, since = self._read_position(), monotonic()
        head, waits = await self._look(seen)
        fresh: list[LoggedChange] = []
        while waits:
            head, fresh = await log.number(_BATCH)
            waits = len(fresh) == _BATCH
        if head.mark is None:  # others have numbered what waited
            head = await log.head()
        if head < seen:
            head, fresh = await log.new_epoch("the database lies behind what was told", seen), []
        elif head == seen and seen.mark not in (None, head.mark):
            cause = "the database has another change than the one that was told"
            head, fresh = await log.new_epoch(cause, seen), []
        self._on_head(head)
        self._on_synced(head, since)
        await self._copy(head, fresh)

    async def _look(self, seen: Position) -> tuple[Position, bool]:
        """Where the log stands, and whether something waits to be numbered; what is out of order is mended first."""
        try:
            standing = await log.look()
        except LogMissingError:
            # What was told from here is what the log held: with that its cursors stay good.
            await log.mend(self.network_id, seen if seen.epoch else None)
            standing = await log.look()
        if standing.newest > standing.log.head:
            await log.mend()
            standing = await log.look()
        head = Position(standing.log.epoch, standing.log.head, standing.mark)
        self.network_id = standing.log.network_id or self.network_id
        if head.epoch == seen.epoch and standing.newest <= seen.seq < head.seq:
            logger.warning("the log lacks its newest changes: who follows it reads afresh", head=head.seq)
            self._skip_to(head)
        return head, standing.waits

    async def _copy(self, head: Position, fresh: Sequence[LoggedChange]) -> None:
        """Bring the stream up to `head`, deciding by what Redis answers, never from memory.

        Where it lacks nothing but `fresh`, the changes that were just numbered, they needn't be read again.
        """
        top = await self._append(head.epoch, fresh)
        while top is None or top != head or top.mark != head.mark:
            if top is not None and top > head:
                head = await log.head()
                if head < top:  # read after the stream was: it rewound
                    self._on_head(await log.new_epoch("the stream in Redis is ahead of the database", top))
                    return
                continue
            some, follows = await self._lacking(top or Position(head.epoch, max(head.seq - KEPT, 0)))
            if not some:
                return
            begins_anew = top is None or not follows
            answer = await self._append(head.epoch, some, begins_anew=begins_anew, expected=top)
            if answer == top:
                return  # another relay is at it, too: the next round sees
            top = answer

    async def _lacking(self, top: Position) -> tuple[Sequence[LoggedChange], bool]:
        """What the stream lacks behind its last entry, and whether it follows that; nothing where an epoch begins."""
        try:
            some = await log.read(top, _BATCH)
        except log.OtherHistoryError:
            self._on_head(await log.new_epoch("the stream in Redis has another change than the database", top))
            return (), False
        except log.UnvouchedError:  # that is trimmed away
            return await log.read(Position(top.epoch, top.seq), _BATCH), False
        return some, bool(some) and some[0].seq == top.seq + 1

    async def _append(
        self, epoch: int, some: Sequence[LoggedChange], *, begins_anew: bool = False, expected: Position | None = None
    ) -> Position | None:
        anew = "" if not begins_anew else "none" if expected is None else str(expected.seq)
        arguments: list[str | bytes | int] = [KEPT, _STREAM_LIFETIME_MS, anew]
        for logged in some:
            marks = ("" if mark is None else str(mark) for mark in (logged.mark, logged.previous))
            arguments += [logged.seq, log.pack(logged), *marks]
        async with self._redis.trying():
            answer: Any = await self._append_script(keys=[stream_key(self.network_id, epoch)], args=arguments)
        top, mark = answer
        return None if top == b"none" else Position(epoch, int(top), _mark(mark))

    async def _listen(self) -> None:
        """Wait for hints; where Redis is away, the rounds go on without."""
        while not self._stopping:
            await self._redis.back()
            with suppress(*REDIS_AWAY):
                async with self._redis.pubsub() as messages:
                    await messages.subscribe(hint_channel(self.network_id))
                    while not self._stopping:  # redis-py may swallow being cancelled
                        if await messages.get_message(ignore_subscribe_messages=True, timeout=BLOCK_SECONDS):
                            self.wake()
            if not self._stopping:
                await asyncio.sleep(_ROUND_SECONDS)

    def _report(self, trouble: str | None) -> None:
        """Say once that something is wrong, and once that it is over; not where `trouble` is empty."""
        if trouble and not self._troubled:
            logger.warning("the relay waits", trouble=trouble)
        elif self._troubled and trouble is None:
            logger.info("the relay goes on")
        self.in_touch = trouble is None
        if trouble != "":
            self._troubled = trouble
