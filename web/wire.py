"""The server's end of a WebSocket: what waits for a client that doesn't read is bounded, in bytes and in time.

A subscription has no queue: while its socket doesn't drain it waits, as a place in the log. So what a stuck client
costs is what lies in the buffers of its socket: one here, one in the kernel.
"""

import asyncio
import socket
from typing import Any

import structlog
import uvicorn
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from web.settings import Settings
from web.sockets import CloseCode

log = structlog.get_logger()

# How long a close frame may take to reach a client that reads slowly, before the connection is cut.
_LAST_SECONDS = 5.0


def bound(listener: socket.socket, settings: Settings) -> None:
    """Bound what the kernel keeps for each connection that `listener` will accept, and for how long.

    TCP_USER_TIMEOUT, which only Linux has, ends a connection whose peer acknowledges or reads nothing for so long.
    """
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, settings.send_buffer_bytes)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        milliseconds = int(settings.unread_seconds * 1000)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)


class BoundedSocket(WebSocketsSansIOProtocol):
    """A WebSocket that is closed when its client reads nothing for `stall_seconds` while something waits."""

    buffer_bytes = 65_536
    stall_seconds = 20.0
    _stall: asyncio.TimerHandle | None = None
    _said_goodbye = False

    def connection_made(self, transport: Any) -> None:
        """Bound what waits in this process."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=self.buffer_bytes)

    def connection_lost(self, exc: Exception | None) -> None:
        """Whatever waited is gone."""
        self._drains()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """The buffer is full: nothing is read either, for an answer, a pong for example, would wait, too."""
        super().pause_writing()
        self.transport.pause_reading()
        if self._stall is None:
            self._stall = self.loop.call_later(self.stall_seconds, self._stalled)

    def resume_writing(self) -> None:
        """The client reads."""
        self._drains()
        if not self.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()
        super().resume_writing()

    def shutdown(self) -> None:
        """Say that the server stops, once."""
        if self._said_goodbye:
            return
        self._said_goodbye = True
        super().shutdown()
        self._cut_later()

    def _drains(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _stalled(self) -> None:
        """Say why, in case the client reads after all; end what runs on the socket; then cut it."""
        self._stall = None
        if self.close_sent or self.transport.is_closing():
            self.transport.abort()
            return
        log.info("a client that doesn't read is closed", address=self.client[0] if self.client else None)
        code = CloseCode.SLOW_READER
        self.conn.send_close(code, "You don't read: connect again and resume.")
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = self.disconnected = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": ""})
        self.writable.set()  # who waits to send learns that the client is gone
        self._cut_later()

    def _cut_later(self) -> None:
        if self.close_timer is not None:
            self.close_timer.cancel()
        self.close_timer = self.loop.call_later(_LAST_SECONDS, self.transport.abort)


def protocol(settings: Settings) -> type[BoundedSocket]:
    """The class of the server's WebSockets, bounded as the settings say."""

    class Configured(BoundedSocket):
        buffer_bytes = settings.send_buffer_bytes
        stall_seconds = settings.unread_seconds

    return Configured


def open_sockets(server: uvicorn.Server) -> list[BoundedSocket]:
    """The WebSockets that are open."""
    return [one for one in server.server_state.connections if isinstance(one, BoundedSocket)]
