"""The one connection to Redis. Who needs Redis takes it from here."""

from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

# What goes wrong where Redis is away, slow, or restarts: the same thing is tried again later.
REDIS_AWAY = (RedisError, OSError, TimeoutError)
SCHEMES = ("redis", "rediss", "unix")

# How long a read may wait for news on the server, safely below the time-out of the socket.
BLOCK_SECONDS = 2.0
_SOCKET_SECONDS = 5.0


def connect(redis_url: str) -> Redis:
    """A client for a URL: `redis://host:port/db`, `rediss://...`, `unix:///path/to/socket`. It connects when used.

    Nothing is retried in here: a command whose answer was lost may have been done. Who sends it knows whether doing
    it twice does harm. Raises `ValueError` for any other scheme.
    """
    if urlsplit(redis_url).scheme not in SCHEMES:
        raise ValueError("REDIS_URL begins with redis://, rediss:// or unix://")
    client: Redis = Redis.from_url(
        redis_url,
        socket_timeout=_SOCKET_SECONDS,
        socket_connect_timeout=_SOCKET_SECONDS,
        retry=Retry(NoBackoff(), 0),
        retry_on_error=[],
        health_check_interval=0,
    )
    return client
