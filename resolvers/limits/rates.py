"""How much anybody may do in a time: counted in Redis, atomically, the same over all processes.

Each count is the generic cell rate algorithm (ITU-T I.371, annex A): one instant, up to which what was taken is used
up. What was taken comes back evenly, so nobody has to wait for the end of a window, and a count that is whole again is
no key at all. Names stand in Redis only as keyed hashes: nobody reads an address there.

Redis that is away, or slow, stops nobody: meanwhile each process counts for itself, by the same rule
(docs/decisions/0020).
"""

import hashlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from cachetools import LRUCache

from models.database.outage_log import Outage
from subscriptions.redis_client import REDIS_AWAY, Client

# Counting for itself is better than waiting longer than this. One that hangs is noticed much sooner.
_PATIENCE_SECONDS = 2.0
# So many counts a process keeps of its own, while Redis is away.
_OWN_COUNTS = 20_000
# What an instant is out by where it is added up: less than nobody notices.
_TOLERANCE = 1e-6

# KEYS: the counts. ARGV, of each: how much is needed, how much is wanted, how much there is at most, in how many
# seconds. All are taken, or none. Answers 0 and, of each, how much was taken and how much is left; or which one is
# short, and for how many seconds. The clock is Redis's own.
_DRAW = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local found = {}
for i = 1, #KEYS do
  local needed, wanted = tonumber(ARGV[4 * i - 3]), tonumber(ARGV[4 * i - 2])
  local most, seconds = tonumber(ARGV[4 * i - 1]), tonumber(ARGV[4 * i])
  local each = seconds / most
  local used = math.max(tonumber(redis.call('GET', KEYS[i]) or 0), now)
  local free = math.floor((now + seconds - used + 0.000001) / each)
  if free < needed then return {i, string.format('%.6f', used + needed * each - seconds - now)} end
  local taken = math.min(wanted, free)
  found[i] = {used + taken * each, taken, free - taken}
end
local answer = {0}
for i = 1, #KEYS do
  local used, left = found[i][1], found[i][1] - now
  if left > 0.000001 then
    redis.call('SET', KEYS[i], string.format('%.6f', used), 'PX', math.ceil(left * 1000))
  else
    redis.call('DEL', KEYS[i])
  end
  answer[#answer + 1] = found[i][2]
  answer[#answer + 1] = found[i][3]
end
return answer
"""


@dataclass(frozen=True, slots=True)
class Rate:
    """So much at once, which comes back evenly within so many seconds."""

    most: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Draw:
    """What is taken of one count, of what `kind` counts for `name`: as much as is `wanted`, no less than is `needed`.

    Less than nothing gives back. Nothing only looks at it.
    """

    kind: str
    name: str
    rate: Rate
    needed: int = 1
    wanted: int = 1


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of draws, of each in their order: all were taken, or, where one is `short`, none."""

    taken: Sequence[int] = ()
    left: Sequence[int] = ()
    # Which of them is short, and for how many seconds.
    short: int | None = None
    seconds: float = 0.0


class Rates:
    """The counts: in Redis for the network that `prefix` names, by hashes under `key`; without Redis in memory only."""

    def __init__(self, redis: Client | None = None, prefix: Callable[[], str] = str, key: bytes = b"") -> None:
        self._redis = redis
        self._prefix = prefix
        self._key = key
        self._script = redis.register_script(_DRAW) if redis is not None else None
        self._own: LRUCache[str, float] = LRUCache(_OWN_COUNTS)
        self._outage = Outage("rates are counted by each process for itself", "rates are counted over all processes")

    async def draw(self, *draws: Draw) -> Drawn:
        """Take of all of these counts, or of none: one exchange with Redis. It never waits long, and never fails."""
        names = [self._name(one) for one in draws]
        if self._redis is None or self._script is None:
            return self._draw_of_own(names, draws)
        arguments = [value for one in draws for value in (one.needed, one.wanted, one.rate.most, one.rate.seconds)]
        try:
            async with self._redis.trying(_PATIENCE_SECONDS):
                answer: Any = await self._script(keys=names, args=arguments)
        except REDIS_AWAY as error:
            self._outage.failed(str(error))
            return self._draw_of_own(names, draws)
        self._outage.served()
        if answer[0]:
            return Drawn(short=answer[0] - 1, seconds=float(answer[1]))
        return Drawn(answer[1::2], answer[2::2])

    def _draw_of_own(self, names: Sequence[str], draws: Sequence[Draw]) -> Drawn:
        """The same in this process's memory: as the script says it."""
        instant = monotonic()
        ends: list[float] = []
        taken: list[int] = []
        left: list[int] = []
        for place, (name, one) in enumerate(zip(names, draws, strict=True)):
            each = one.rate.seconds / one.rate.most
            used = max(self._own.get(name, 0.0), instant)
            free = math.floor((instant + one.rate.seconds - used + _TOLERANCE) / each)
            if free < one.needed:
                return Drawn(short=place, seconds=used + one.needed * each - one.rate.seconds - instant)
            taken.append(min(one.wanted, free))
            left.append(free - taken[-1])
            ends.append(used + taken[-1] * each)
        self._own.update(zip(names, ends, strict=True))
        return Drawn(taken, left)

    def _name(self, one: Draw) -> str:
        said = f"{one.kind}\n{one.name}".encode(errors="replace")
        hashed = hashlib.blake2b(said, digest_size=16, key=self._key).hexdigest()
        return f"mitwirk:{self._prefix()}:rates:{hashed}"
