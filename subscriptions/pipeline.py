"""The parts of live delivery put together, for as long as a server runs.

    async with subscriptions.pipeline.running(redis_url, cursors) as live:
        services = Services(..., outbox=live.outbox, hub=live.hub)

The database has to be open. Redis may come later: `live.redis.ping()` asks whether it is there.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from subscriptions.cursors import Cursors
from subscriptions.hub import Hub
from subscriptions.known_viewers import KnownViewers
from subscriptions.outbox import Outbox
from subscriptions.outbox_relay import Relay
from subscriptions.redis_client import HANG_SECONDS, Client, connect
from subscriptions.redis_stream_reader import Reader
from subscriptions.response_cache import MemoryCache, ResponseCache
from subscriptions.ring import SIZE, Ring


@dataclass(frozen=True)
class Pipeline:
    """What a server uses of live delivery."""

    outbox: Outbox
    hub: Hub
    relay: Relay
    redis: Client
    # Who has asked a moment ago.
    viewers: KnownViewers
    # Cached answers; None where there is no cache.
    response_cache: ResponseCache | None = None


@asynccontextmanager
async def running(
    redis_url: str,
    cursors: Cursors,
    *,
    ring_size: int = SIZE,
    response_cache_bytes: int = 0,
    redis_seconds: float = HANG_SECONDS,
    viewer_seconds: float = 0.0,
) -> AsyncIterator[Pipeline]:
    """Live delivery of this process, from the database that is open through the Redis of this URL.

    With `response_cache_bytes` answers are cached, so many bytes of them in the process and as many in Redis. Redis
    that doesn't answer for `redis_seconds` hangs: the database serves meanwhile. Who asks is known for
    `viewer_seconds`.

    At the end subscriptions are ended, transactions that were begun are finished, and what they told is passed on.
    To end subscriptions earlier, as before sockets are closed, call `hub.stop()`.
    """
    redis = connect(redis_url)
    redis.hang_seconds = redis_seconds
    ring = Ring(ring_size)
    memory = MemoryCache(ring, response_cache_bytes, ask=lambda: relay.wake())
    relay = Relay(
        redis,
        read_position=lambda: ring.position,
        on_head=ring.observe,
        skip_to=ring.begin,
        on_synced=memory.synced,
    )
    reader = Reader(redis, ring, lambda: relay.network_id, lambda: relay.in_touch)
    hub = Hub(cursors, ring)

    def committed() -> None:
        hub.readings.forget()
        relay.wake()

    viewers = KnownViewers(ring, viewer_seconds)
    outbox = Outbox(on_commit=committed, committing=memory.committing, ended=viewers.committed)
    response_cache = (
        ResponseCache(memory, redis, lambda: relay.network_id, response_cache_bytes) if response_cache_bytes else None
    )
    live = Pipeline(outbox, hub, relay, redis, viewers, response_cache)
    try:
        await relay.name()
        await reader.start()
        await relay.start()
        yield live
    finally:
        live.hub.stop()
        await live.outbox.drain()
        await relay.stop()
        await reader.stop()
        if response_cache is not None:
            await response_cache.close()
        await redis.aclose()
