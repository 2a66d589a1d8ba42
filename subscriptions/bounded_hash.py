"""A hash in Redis that is bounded in bytes and in time: what was stored first makes room.

The stream of changes lies in the same Redis, and must never want for memory; nor may anybody wait for long here, for
what is found there can be had otherwise.
"""

from typing import Any

from subscriptions.redis_client import Client

# Doing without is better than waiting longer than this.
_PATIENCE_SECONDS = 0.1

# KEYS: the values by field, with the number of their bytes at ''; the fields by the instant of storing.
# ARGV: field, value, how many bytes in all at most, lifetime in ms.
_STORE = """
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

    def __init__(self, redis: Client, most: int, lifetime_ms: int) -> None:
        self._redis = redis
        self._script = redis.register_script(_STORE)
        self._limits = (most, lifetime_ms)

    @property
    def is_away(self) -> bool:
        """Whether Redis is known to be so."""
        return self._redis.is_away

    async def get(self, key: str, field: bytes) -> bytes | None:
        """The value of a field; None where there is none. Raises one of `REDIS_AWAY`, soon."""
        async with self._redis.trying(_PATIENCE_SECONDS):
            found: Any = await self._redis.hget(key, field)
        return found if isinstance(found, bytes) else None

    async def put(self, key: str, field: bytes, value: bytes) -> None:
        """Store a value. Raises one of `REDIS_AWAY`, soon."""
        async with self._redis.trying(_PATIENCE_SECONDS):
            await self._script(keys=[key, f"{key}:order"], args=[field, value, *self._limits])
