"""The one connection to Redis. Who needs Redis takes it from here."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.driver_info import DriverInfo
from redis.exceptions import ConnectionError, RedisError, ResponseError

from models.database.outage_log import Outage

# What goes wrong where Redis is away, slow, or restarts: the same thing is tried again later.
REDIS_AWAY = (RedisError, OSError, TimeoutError)
SCHEMES = ("redis", "rediss", "unix")

# How long a read may wait for news on the server, safely below the time-out of the socket.
BLOCK_SECONDS = 1.0
_SOCKET_SECONDS = 5.0
# How long a PING may take, by default, before Redis is taken for one that hangs.
HANG_SECONDS = 0.5
# How often one that is away is asked whether it is back.
_ASKED_SECONDS = 0.5
# What a connection says of its library, which redis-py would look up among the installed packages for each.
_DRIVER = DriverInfo()


class Client(Redis):
    """Redis, which may hang: `trying` ends then, and raises at once until Redis answers again.

    Slow it may be: who waits for more than half of `hang_seconds` has it asked by a PING, on a connection of its own.
    Only where that isn't answered within `hang_seconds` is it away, as it is where it refuses the connection. From then
    on nobody but the PING asks it, twice a second; everybody else does without.
    """

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.hang_seconds = HANG_SECONDS
        self._outage = Outage("Redis does not answer: the database serves meanwhile", "Redis answers again")
        self._is_there = asyncio.Event()
        self._is_there.set()
        self._asking: asyncio.Task[None] | None = None
        self._waiting: set[asyncio.Timeout] = set()

    @property
    def is_away(self) -> bool:
        """Whether it refuses connections, or hangs."""
        return not self._is_there.is_set()

    async def back(self) -> None:
        """Wait until it isn't away."""
        await self._is_there.wait()

    @asynccontextmanager
    async def trying(self, patience: float = _SOCKET_SECONDS, *, blocks: float = 0) -> AsyncIterator[None]:
        """Around commands that may take `patience` seconds: those that wait for news on the server `blocks` more.

        Raises `RedisError`, at once where it is known to be away. Then what was sent may be done all the same.
        """
        if self.is_away:
            raise ConnectionError("Redis is away")
        suspicion = asyncio.get_running_loop().call_later(blocks + self.hang_seconds / 2, self.suspect)
        limit = asyncio.timeout(blocks + patience)
        try:
            async with limit:
                self._waiting.add(limit)
                yield
        except ResponseError:  # it answers
            raise
        except RedisError:
            self.suspect()
            raise
        except (OSError, TimeoutError) as error:
            self.suspect()
            raise ConnectionError(str(error) or "Redis took too long") from error
        finally:
            self._waiting.discard(limit)
            suspicion.cancel()
        self._outage.served()

    def suspect(self) -> None:
        """Find out whether it is there."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())

    async def aclose(self, close_connection_pool: bool | None = None) -> None:
        """Close all connections."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking])
        await super().aclose(close_connection_pool)

    async def _ask(self) -> None:
        while (trouble := await self._trouble()) is not None:
            self._outage.failed(trouble)
            self._is_there.clear()
            for limit in self._waiting:
                if not limit.expired():
                    limit.reschedule(0)
            await asyncio.sleep(_ASKED_SECONDS)
        self._is_there.set()

    async def _trouble(self) -> str | None:
        """Why it doesn't answer a PING; None where it does."""
        connection: Any = self.connection_pool.make_connection()  # type: ignore[no-untyped-call]
        try:
            async with asyncio.timeout(self.hang_seconds):
                await connection.connect()
                await connection.send_command("PING")
                await connection.read_response()
        except REDIS_AWAY as error:
            return str(error) or "it hangs"
        finally:
            await connection.disconnect(nowait=True)
        return None


def connect(redis_url: str) -> Client:
    """A client for a URL: `redis://host:port/db`, `rediss://...`, `unix:///path/to/socket`. It connects when used.

    Nothing is retried in here: a command whose answer was lost may have been done. Who sends it knows whether doing
    it twice does harm. Raises `ValueError` for any other scheme.
    """
    if urlsplit(redis_url).scheme not in SCHEMES:
        raise ValueError("REDIS_URL begins with redis://, rediss:// or unix://")
    client = Client.from_url(
        redis_url,
        socket_timeout=_SOCKET_SECONDS,
        socket_connect_timeout=_SOCKET_SECONDS,
        retry=Retry(NoBackoff(), 0),
        retry_on_error=[],
        health_check_interval=0,
        driver_info=_DRIVER,
    )
    assert isinstance(client, Client)
    return client
