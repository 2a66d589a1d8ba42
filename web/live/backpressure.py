"""What waits for a client that doesn't read is bounded, in bytes and in time.

A subscription has no queue: while its socket doesn't drain it waits, as a place in the log. So what a stuck client
costs is what lies in the buffers of its socket: one here, one in the kernel.
"""

import asyncio
import socket
from abc import abstractmethod

import structlog

from web.limits.callers import shortened
from web.live.rfc6455.close_codes import CloseCode
from web.live.rfc6455.frames import Framed
from web.live.rfc6455.handshake import ClientDisconnected, address
from web.process.counters import counters
from web.settings import Settings

log = structlog.get_logger()


def bound(listener: socket.socket, settings: Settings) -> None:
    """Bound what the kernel keeps for each connection that `listener` will accept, and for how long.

    TCP_USER_TIMEOUT, which only Linux has, ends a connection whose peer acknowledges or reads nothing for so long.
    """
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, settings.send_buffer_bytes)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        milliseconds = int(settings.unread_seconds * 1000)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)


class Backpressure(Framed):
    """A connection that is closed when its client reads nothing for `stall_seconds` while something waits."""

    __slots__ = ("_is_held", "_room", "_stall", "loop", "takes")

    buffer_bytes = 65_536
    stall_seconds = 20.0

    def __init__(self, max_size: int, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(max_size)
        self.loop = loop
        # Whether what is written now goes to the client without waiting behind a full buffer.
        self.takes = False
        self._is_held = False
        # Set once there is room again; None where there is.
        self._room: asyncio.Event | None = None
        self._stall: asyncio.TimerHandle | None = None

    @abstractmethod
    def say_close(self, code: int, reason: str) -> None:
        """Close the socket, once."""

    def hold(self) -> None:
        """Read nothing until `go_on`: what the client sends waits with the client."""
        self._is_held = True
        self.transport.pause_reading()

    def go_on(self) -> None:
        """Read what the client sends, unless it doesn't read itself."""
        self._is_held = False
        if self._room is None and not self.transport.is_closing():
            self.transport.resume_reading()

    async def drain(self) -> None:
        """Wait until it takes more. Raises `ClientDisconnected` where that won't be."""
        while self._room is not None and not self._is_over:
            await self._room.wait()
        if self._ends:
            raise ClientDisconnected

    def pause_writing(self) -> None:
        """The buffer is full: nothing is read either, for an answer, a pong for example, would wait, too."""
        self._room = self._room or asyncio.Event()
        self.takes = False
        self.transport.pause_reading()
        if self._stall is None:
            self._stall = self.loop.call_later(self.stall_seconds, self._stalled)

    def resume_writing(self) -> None:
        """The client reads."""
        self._drains()
        if not self._is_held and not self.transport.is_closing():
            self.transport.resume_reading()
        if not self._ends:
            self.takes = True
            self._listener.drained()

    def _begin_to_bound(self, transport: asyncio.Transport) -> None:
        """Bound what waits in this process."""
        self.transport = transport
        transport.set_write_buffer_limits(high=self.buffer_bytes)

    def _drains(self) -> None:
        if self._room is not None:
            self._room.set()
            self._room = None
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _stalled(self) -> None:
        """Say why, in case the client reads after all; end what runs on the socket; then cut it."""
        self._stall = None
        counters.slow_readers += 1
        if self._ends:
            self.transport.abort()
            return
        client = address(self.transport, "peername")
        log.info("a client that doesn't read is closed", network=shortened(client[0]) if client else None)
        self.say_close(CloseCode.SLOW_READER, "You don't read: connect again and resume.")
        self._cut_later()
