"""What lies in Redis beside the stream is bounded: in bytes, the first that was stored goes first; and in time."""

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from subscriptions.bounded_hash import BoundedHash
from subscriptions.redis_client import REDIS_AWAY, Client, connect

HOUR = 3_600_000
KEY = "test:bounded"


@pytest.fixture
async def redis(redis_url: str) -> AsyncIterator[Client]:
    client = connect(redis_url)
    await client.delete(KEY, f"{KEY}:order")
    yield client
    await client.delete(KEY, f"{KEY}:order")
    await client.aclose()


async def held(redis: Client) -> dict[bytes, bytes]:
    """All values by field; the number of their bytes is right."""
    found: Any = await redis.hgetall(KEY)
    size = int(found.pop(b"", b"0"))
    assert size == sum(map(len, found.values()))
    assert await redis.zcard(f"{KEY}:order") == len(found)
    return dict(found)


async def test_what_was_stored_first_makes_room(redis: Client) -> None:
    kept, dice = BoundedHash(redis, 1000, HOUR, patience_seconds=60), random.Random(5)
    model: dict[bytes, bytes] = {}
    for _number in range(300):
        field, value = b"%d" % dice.randrange(40), b"x" * dice.randrange(300)
        await kept.put(KEY, field, value)
        model.pop(field, None)
        model[field] = value
        while sum(map(len, model.values())) > 1000:
            del model[next(iter(model))]
        assert await held(redis) == model
        assert await kept.get(KEY, field) == model.get(field)
    assert await kept.get(KEY, b"nothing") is None


async def test_what_is_old_goes_with_the_next_that_is_stored_and_all_of_it_where_nothing_is(redis: Client) -> None:
    kept = BoundedHash(redis, 1000, HOUR, patience_seconds=60)
    for field in (b"old", b"new"):
        await kept.put(KEY, field, b"value")
    assert 0 < await redis.pttl(KEY) <= HOUR
    assert 0 < await redis.pttl(f"{KEY}:order") <= HOUR
    stored_at = await redis.zscore(f"{KEY}:order", "old")
    assert stored_at
    await redis.zadd(f"{KEY}:order", {"old": stored_at - HOUR * 1000 - 60_000_000})
    await kept.put(KEY, b"newest", b"value")
    assert await held(redis) == {b"new": b"value", b"newest": b"value"}


async def test_where_redis_is_away_that_is_said_soon() -> None:
    client = connect("unix:///nowhere/redis.sock")
    kept = BoundedHash(client, 1000, HOUR)
    try:
        with pytest.raises(REDIS_AWAY):
            await kept.get(KEY, b"field")
        with pytest.raises(REDIS_AWAY):
            await kept.put(KEY, b"field", b"value")
    finally:
        await client.aclose()
