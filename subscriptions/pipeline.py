"""The parts of live delivery put together, for as long as a server runs.

    async with subscriptions.pipeline.running(redis_url, cursors) as live:
        services = Services(..., outbox=live.outbox, hub=live.hub)

The database has to be open. Redis may come later: `live.redis.ping()` asks whether it is there.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from redis.asyncio import Redis

from subscriptions.cursors import Cursors
from subscriptions.hub import Hub
from subscriptions.outbox import Outbox
from subscriptions.redis import connect
from subscriptions.relay import Relay
from subscriptions.ring import SIZE, Ring
from subscriptions.stream import Reader


@dataclass(frozen=True)
class Pipeline:
    """What a server uses of live delivery."""

    outbox: Outbox
    hub: Hub
    relay: Relay
    redis: Redis


@asynccontextmanager
async def running(redis_url: str, cursors: Cursors, *, ring_size: int = SIZE) -> AsyncIterator[Pipeline]:
    """Live delivery of this process, from the database that is open through the Redis of this URL.

    At the end subscriptions are ended, transactions that were begun are finished, and what they told is passed on.
    To end subscriptions earlier, as before sockets are closed, call `hub.stop()`.
    """
    redis = connect(redis_url)
    ring = Ring(ring_size)
    relay = Relay(redis, seen=lambda: ring.position, found=ring.found)
    reader = Reader(redis, ring)
    live = Pipeline(Outbox(on_commit=relay.wake), Hub(cursors, ring), relay, redis)
    try:
        await reader.start()
        await relay.start()
        yield live
    finally:
        live.hub.stop()
        await live.outbox.drain()
        await relay.stop()
        await reader.stop()
        await redis.aclose()
