"""Runs the server until it is told to stop."""

import asyncio
import contextlib
import gc
import os
import random
import signal
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from types import FrameType

import structlog
import uvicorn

from web.app import Parts, application, opened
from web.http.answer_headers import EVERY
from web.http.endpoint import GraphQLEndpoint
from web.limits.connection_limits import Connections, raise_descriptors
from web.limits.http_connection import protocol as http_protocol
from web.live.backpressure import bound
from web.live.websocket import open_sockets
from web.live.websocket import protocol as socket_protocol
from web.process.data_folder import prepare_folder
from web.process.health import Health
from web.process.signals import SIGNALS, interrupted, not_any_more
from web.process.startup_errors import CannotStartError
from web.settings import Settings

log = structlog.get_logger()

# How long it may take to close the sockets.
_LONGEST_LEAVE_SECONDS = 10.0
# After how many objects that may hold each other the garbage collector looks at the youngest, after how many such turns
# at older ones, then at all. By default it is 700, 10 and 10.
_COLLECTED = (10_000, 10, 10)
# How long everything else may take beside SHUTDOWN_SECONDS, after a signal.
_LONGEST_END_SECONDS = 25.0


class _Server(uvicorn.Server):
    """uvicorn, whose signals are handled here: its own handling would cut the closing of the parts short."""

    def __init__(self, config: uvicorn.Config, settings: Settings, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._settings = settings
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self._announce()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept no more, take leave of the sockets, then wait for the requests that go on."""
        await asyncio.sleep(self._settings.shutdown_notice_seconds)
        for server in self.servers:
            server.close()
        for one in sockets or ():
            one.close()
        await self._take_leave()
        await super().shutdown(sockets)

    async def _take_leave(self) -> None:
        """Close the sockets one after the other, at a bounded rate, in any order: not all come back at once."""
        leaving = open_sockets(self)
        random.shuffle(leaving)
        rate = max(self._settings.shutdown_sockets_per_second, len(leaving) / _LONGEST_LEAVE_SECONDS)
        begun = time.monotonic()
        for number, one in enumerate(leaving):
            wait = begun + (number + random.random()) / rate - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            one.shutdown()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(settings: Settings) -> socket.socket:
    """A socket that listens where the settings say. Raises `CannotStartError`."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no name of a host"
        raise CannotStartError(f"HOST: {settings.host} is no address of this machine ({reason}).", 2) from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound(listener, settings)
        listener.bind(address)
        # At once: two sockets may be bound to one port, but only one of them listens.
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise CannotStartError(
            f"Can't listen on {settings.host} port {settings.port} ({error.strerror}): "
            "stop what uses it, or set PORT to another one."
        ) from None
    return listener


async def serve(settings: Settings, announce: Callable[[int], None]) -> None:
    """Serve until SIGINT or SIGTERM, then end in order. `announce` is called with the port when it is ready.

    Raises `CannotStartError`.
    """
    server: _Server | None = None
    health: Health | None = None

    # In a thread of its own: it ends the process whatever the loop is stuck in. What was committed is told by others.
    longest = settings.shutdown_notice_seconds + settings.shutdown_seconds + _LONGEST_END_SECONDS
    net = threading.Timer(longest, _end)
    net.daemon = True
    is_cast = False

    def cast_net(number: int, frame: FrameType | None) -> None:
        nonlocal is_cast
        if server is None or not server.started:
            interrupted(number, frame)
        elif not is_cast:  # said before it starts: the next signal may come while it does
            is_cast = True
            net.start()

    def stop(number: int) -> None:
        if server is None or not server.started:
            interrupted(number, None)
            return
        if health is not None:
            health.stop.set()
        server.handle_exit(number, None)

    loop = asyncio.get_running_loop()
    for number in SIGNALS:
        loop.add_signal_handler(number, stop, number)
        # Beside what wakes the loop: this is called also while the loop is stuck in something, and doesn't wake.
        signal.signal(number, cast_net)
    prepare_folder(settings)
    raise_descriptors(settings)
    with listen(settings) as listener:
        port = int(listener.getsockname()[1])
        async with opened(settings, port) as parts:
            health = Health(parts.checks)
            made: list[GraphQLEndpoint] = []
            app = application(parts, settings, health, made.append)
            configuration = _configuration(app, settings, _connections(settings))
            server = _Server(configuration, settings, lambda: announce(port))
            _spare_collection()
            # On a full disk Python would keep half of what it compiles of a module that is first needed then.
            sys.dont_write_bytecode = True
            async with _metrics(parts, made[0], settings):
                await server.serve([listener])
    not_any_more()
    # What this thread doesn't take, another one would, with whatever the loop has left as a signal's meaning.
    net.cancel()
    if net.is_alive():
        net.join()
    await loop.shutdown_default_executor()
    for number in SIGNALS:  # else the loop would set them back to what they do by default, as it is closed
        loop.remove_signal_handler(number)
    not_any_more()


@contextlib.asynccontextmanager
async def _metrics(parts: Parts, api: GraphQLEndpoint, settings: Settings) -> AsyncIterator[None]:
    """`/metrics` meanwhile, where METRICS_PORT is set: only there its library is loaded. Raises `CannotStartError`."""
    if settings.metrics_port is None:
        yield
        return
    from web.metrics import lags_of, numbers_of
    from web.process.metrics import Metrics, served

    metrics = Metrics(numbers_of(parts.services, api, parts.response_cache), lags_of(parts.services))
    async with served(metrics, settings.metrics_host, settings.metrics_port):
        yield


def _spare_collection() -> None:
    """Have the garbage collector pass over what is loaded, for it stays, and look less often at what comes.

    Looking at everything stopped the process for hundreds of milliseconds, and cost a third of the time in which
    thousands of sockets connect; now it is a twentieth. Sockets and updates free themselves, so that memory stays.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECTED)


def _end() -> None:
    log.error("stopping takes too long: the process ends now")
    os._exit(1)


def _connections(settings: Settings) -> Connections:
    connections = Connections(settings)
    if connections.most < settings.connections_at_once:
        log.info("the limit of open files allows fewer connections than CONNECTIONS_AT_ONCE", allowed=connections.most)
    return connections


def _configuration(app: object, settings: Settings, connections: Connections) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        http=http_protocol(settings, connections),
        ws=socket_protocol(settings),
        timeout_keep_alive=settings.idle_seconds,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        headers=EVERY,
        proxy_headers=False,  # what proxies say is read by web.limits.proxies; FORWARDED_ALLOW_IPS is ignored
        ws_max_size=settings.socket_message_bytes,
        # Compression costs 37 KB a socket, and time; a ping that isn't answered closes by 1011, which clients
        # take as final.
        ws_per_message_deflate=False,
        ws_ping_interval=None,  # the protocol's own pings carry the live cursor
        ws_ping_timeout=None,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
