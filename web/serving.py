"""Runs the server until it is told to stop."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn

from web.app import application, opened
from web.failures import CannotStartError
from web.health import Health
from web.settings import Settings, prepare_folder

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class _Server(uvicorn.Server):
    """uvicorn, whose signals are handled here: its own handling would cut the closing of the parts short."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self._announce()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(settings: Settings) -> socket.socket:
    """A socket that listens where the settings say. Raises `CannotStartError`."""
    try:
        family, kind, protocol, _name, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise CannotStartError(f"HOST: {settings.host} is no address of this machine ({error.strerror}).", 2) from None
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
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
    this = asyncio.current_task()
    assert this is not None
    server: _Server | None = None
    health: Health | None = None

    def stop(number: int) -> None:
        if server is None or not server.started:
            if not this.cancelling():  # once: a second signal must not cut the closing short
                this.cancel()
            return
        if health is not None:
            health.stop.set()
        server.handle_exit(number, None)

    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stop, number)
    prepare_folder(settings)
    with listen(settings) as listener:
        port = int(listener.getsockname()[1])
        async with opened(settings, port) as parts:
            health = Health(parts.checks)
            configuration = _configuration(application(parts, settings, health), settings)
            server = _Server(configuration, lambda: announce(port))
            await server.serve([listener])


def _configuration(app: object, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        http="httptools",
        ws="websockets-sansio",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        ws_max_size=settings.socket_message_bytes,
        # Compression costs 37 KB a socket, and time; a ping that isn't answered closes by 1011, which clients
        # take as final.
        ws_per_message_deflate=False,
        ws_ping_interval=None,  # the protocol's own pings carry the live cursor
        ws_ping_timeout=None,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
