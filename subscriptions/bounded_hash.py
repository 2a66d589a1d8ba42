"""A hash in Redis that is bounded in bytes and in time: what was stored first makes room.

The stream of changes lies in the same Redis, and must never want for memory; nor may anybody wait for long here, for
what is found there can be had otherwise.
"""

from typing import Any

from subscriptions.redis_client import Client

# Doing without is better than waiting longer than this, unless somebody says otherwise.
_PATIENCE_SECONDS = 0.1

# KEYS as below. ARGV: field, and of which value alone, where one is given.
_DROP = """
local known = redis.call('HGET', KEYS[1], ARGV[1])
if not known or (ARGV[2] and known ~= ARGV[2]) then return end
redis.call('HINCRBY', KEYS[1], '', -#known)
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
"""

# KEYS: the values by field, with the number of their bytes at ''; the fields by the instant of storing.
# ARGV: field, value, how many bytes in all at most, lifetime in ms, whether only where there is none. Answers what
# there is then.
_STORE = """
if ARGV[5] == '1' then
  local known = redis.call('HGET', KEYS[1], ARGV[1])
  if known then return known end
end
local function grow(bytes) return redis.call('HINCRBY', KEYS[1], '', bytes) end
local function drop(field)
  local bytes = grow(-redis.call('HSTRLEN', KEYS[1], field))
  redis.call('HDEL', KEYS[1], field)
  return bytes
end
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
drop(ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZADD', KEYS[2], now, ARGV[1])
local bytes = grow(#ARGV[2])
while bytes > tonumber(ARGV[3]) do
  local first = redis.call('ZPOPMIN', KEYS[2])[1]
  if not first then break end
  bytes = drop(first)
end
for _, old in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], 0, now - ARGV[4] * 1000, 'LIMIT', 0, 100)) do
  redis.call('ZREM', KEYS[2], old)
  drop(old)
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
"""


class BoundedHash:
    """Hashes of at most so many bytes each. What isn't stored anew for `lifetime_ms` goes, with the next that is."""

    def __init__(self, redis: Client, most: int, lifetime_ms: int, patience_seconds: float | None = None) -> None:
        self._redis = redis
        self._patience_seconds = _PATIENCE_SECONDS if patience_seconds is None else patience_seconds
        self._script = redis.register_script(_STORE)
        self._dropping = redis.register_script(_DROP)
        self._limits = (most, lifetime_ms)

    @property
    def is_away(self) -> bool:
        """Whether Redis is known to be so."""
        return self._redis.is_away

    async def get(self, key: str, field: bytes) -> bytes | None:
        """The value of a field; None where there is none. Raises one of `REDIS_AWAY`, soon."""
        async with self._redis.trying(self._patience_seconds):
            found: Any = await self._redis.hget(key, field)
        return found if isinstance(found, bytes) else None

    async def put(self, key: str, field: bytes, value: bytes) -> None:
        """Store a value. Raises one of `REDIS_AWAY`, soon."""
        async with self._redis.trying(self._patience_seconds):
            await self._script(keys=[key, f"{key}:order"], args=[field, value, *self._limits, 0])

    async def claim(self, key: str, field: bytes, value: bytes) -> bytes | None:
        """Store a value where there is none, atomically; what there is else. Raises one of `REDIS_AWAY`, soon."""
        async with self._redis.trying(self._patience_seconds):
            found: Any = await self._script(keys=[key, f"{key}:order"], args=[field, value, *self._limits, 1])
        return found if isinstance(found, bytes) else None

    async def clear(self, key: str) -> None:
        """Forget all fields. Raises one of `REDIS_AWAY`, soon."""
        async with self._redis.trying(self._patience_seconds):
            await self._redis.unlink(key, f"{key}:order")

    async def drop(self, key: str, field: bytes, only: bytes | None = None) -> None:
        """Forget a field; with `only`, where that is its value still. Raises one of `REDIS_AWAY`, soon."""
        async with self._redis.trying(self._patience_seconds):
            await self._dropping(keys=[key, f"{key}:order"], args=[field] if only is None else [field, only])
