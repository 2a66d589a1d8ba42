"""From the outbox to Redis: numbers what is committed, and appends it to the stream.

Every process has a relay, and any number of them do no harm: who holds the log's lock numbers, and the stream takes
an entry only as the one after its last. A change is told even if the process that wrote it dies the next instant.

The database owns the order, the stream copies it: `<seq>-0` is the id of its entry. A stream that is gone, or lags
behind, is filled again from the database.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from time import monotonic

import structlog
from redis.asyncio import Redis
from tortoise.exceptions import BaseORMException

from subscriptions import log
from subscriptions.changes import Told
from subscriptions.cursors import Position
from subscriptions.redis import BLOCK_SECONDS, REDIS_AWAY

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
# where there is none), "" never to; then seq and change, in turns. Answers where the stream stands now, "none" where
# there is none. Entries that it has are passed over, those that don't follow are refused: done twice, it does no harm.
_APPEND = """
local top = 'none'
if redis.call('EXISTS', KEYS[1]) == 1 then
  local facts = redis.call('XINFO', 'STREAM', KEYS[1])
  for at = 1, #facts, 2 do
    if facts[at] == 'last-generated-id' then top = string.match(facts[at + 1], '^%d+') end
  end
end
local anew = ARGV[3] ~= '' and ARGV[3] == top
if anew then redis.call('DEL', KEYS[1]); top = 'none' end
for at = 4, #ARGV, 2 do
  local seq = ARGV[at]
  if (top == 'none' and anew) or (top ~= 'none' and tonumber(seq) == tonumber(top) + 1) then
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[1], seq .. '-0', 'c', ARGV[at + 1])
    top = seq
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return top
"""

# What may go wrong with the database: the same is tried again.
DATABASE_AWAY = (BaseORMException, OSError, TimeoutError)


def stream_key(network_id: str, epoch: int) -> str:
    """The stream of a network's epoch."""
    return f"mitwirk:{network_id}:{epoch}:changes"


def hint_channel(network_id: str) -> str:
    """Where a process that has no relay says that it committed something."""
    return f"mitwirk:{network_id}:committed"


async def hint(redis: Redis) -> None:
    """Tell the relays of all processes that something was committed. It is only a hint: lost, it costs a second."""
    with suppress(*REDIS_AWAY):
        await redis.publish(hint_channel(await log.network_id()), b"")


class Relay:
    """Numbers and appends, woken by `wake`, by a `hint` from elsewhere, and once a second.

    `seen` says how far this process has read, `found` is told at every round where the log stands. Where the database
    lies behind what was seen, or behind the stream, its numbers would be given again: a new epoch begins. `heard` is
    told at the end of every round that went well where the log stood, and since when: the instant of the monotonic
    clock before which all that it holds was committed.
    """

    def __init__(
        self,
        redis: Redis,
        *,
        seen: Callable[[], Position],
        found: Callable[[Position], None],
        heard: Callable[[Position, float], None] = lambda _stands_at, _since: None,
    ) -> None:
        self._redis = redis
        self._append_script = redis.register_script(_APPEND)
        self._seen, self._found, self._heard = seen, found, heard
        self._woken = asyncio.Event()
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []
        self._troubled: str | None = None
        self.network_id = ""

    def wake(self) -> None:
        """Something was committed."""
        self._woken.set()

    @property
    def in_touch(self) -> bool:
        """Whether the last round brought everything to where it belongs."""
        return self._troubled is None

    async def start(self) -> None:
        """Begin to work, as tasks of its own."""
        self.network_id = await log.network_id()
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
            except DATABASE_AWAY as error:
                trouble = f"the database: {error}"
            except REDIS_AWAY as error:
                trouble = f"Redis: {error}"
            except Exception:
                logger.exception("the relay failed, and goes on")
                trouble = "unexpected"
            self._report(trouble)
            if not last:
                with suppress(TimeoutError):
                    async with asyncio.timeout(_PAUSE_SECONDS if trouble else _ROUND_SECONDS):
                        await self._woken.wait()
                await asyncio.sleep(begun + GATHER_SECONDS - loop.time())

    async def round(self) -> None:
        """Number all that is committed, and bring the stream up to it."""
        seen, since = self._seen(), monotonic()
        stands_at, waits = await log.look()
        fresh: list[Told] = []
        while waits:
            stands_at, fresh = await log.number(_BATCH)
            waits = len(fresh) == _BATCH
        if stands_at < seen:
            stands_at, fresh = await log.new_epoch(seen), []
        self._found(stands_at)
        await self._copy(stands_at, fresh)
        self._heard(stands_at, since)

    async def _copy(self, stands_at: Position, fresh: Sequence[Told]) -> None:
        """Bring the stream up to `stands_at`, deciding by what Redis answers, never from memory.

        Where it lacks nothing but `fresh`, the changes that were just numbered, they needn't be read again.
        """
        top = await self._append(stands_at.epoch, fresh)
        while top != stands_at.seq:
            if top is not None and top > stands_at.seq:
                seen = Position(stands_at.epoch, top)
                stands_at = await log.stands_at()
                if stands_at < seen:  # read after the stream was: it rewound
                    logger.error("the stream is ahead of the database: a new epoch begins", stream=top)
                    self._found(await log.new_epoch(seen))
                    return
                continue
            after = max(stands_at.seq - KEPT, 0) if top is None else top
            some = await log.read(stands_at.epoch, after, _BATCH)
            if not some:
                return
            begins_anew = top is None or some[0].seq != top + 1
            answer = await self._append(stands_at.epoch, some, begins_anew=begins_anew, expected=top)
            if answer == top:
                return  # another relay is at it, too: the next round sees
            top = answer

    async def _append(
        self, epoch: int, some: Sequence[Told], *, begins_anew: bool = False, expected: int | None = None
    ) -> int | None:
        anew = "" if not begins_anew else "none" if expected is None else str(expected)
        arguments: list[str | bytes | int] = [KEPT, _STREAM_LIFETIME_MS, anew]
        for told in some:
            arguments += [told.seq, log.pack(told)]
        answer = await self._append_script(keys=[stream_key(self.network_id, epoch)], args=arguments)
        return None if answer == b"none" else int(answer)

    async def _listen(self) -> None:
        """Wait for hints; where Redis is away, the rounds go on without."""
        while not self._stopping:
            with suppress(*REDIS_AWAY):
                async with self._redis.pubsub() as messages:
                    await messages.subscribe(hint_channel(self.network_id))
                    while not self._stopping:  # redis-py may swallow being cancelled
                        if await messages.get_message(ignore_subscribe_messages=True, timeout=BLOCK_SECONDS):
                            self.wake()
            if not self._stopping:
                await asyncio.sleep(_ROUND_SECONDS)

    def _report(self, trouble: str | None) -> None:
        """Say once that something is away, and once that it is back."""
        if trouble and not self._troubled:
            logger.warning("live updates wait", trouble=trouble)
        elif self._troubled and not trouble:
            logger.info("live updates go on")
        self._troubled = trouble
