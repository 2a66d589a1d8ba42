"""The server's end of a WebSocket: what waits for a client that doesn't read is bounded, in bytes and in time.

The handshake is an ASGI application's. Then a socket is served by plain calls: no task waits for its messages, and an
update goes straight into the transport. What an idle socket holds, and what a delivery costs, is decided here.

A subscription has no queue: while its socket doesn't drain it waits, as a place in the log. So what a stuck client
costs is what lies in the buffers of its socket: one here, one in the kernel.
"""

import asyncio
import socket
from collections.abc import Callable
from enum import IntEnum
from typing import Any, Protocol, cast

import structlog
import uvicorn
from starlette.types import Scope
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import State

from web.settings import Settings

log = structlog.get_logger()

# How long a close frame may take to reach a client that reads slowly, before the connection is cut.
_LAST_SECONDS = 5.0
# From how many bytes on an update isn't copied into each socket's message, but shared by all.
_SHARED_BYTES = 4096
_EXTENSION = "mitwirk.wire"


def bound(listener: socket.socket, settings: Settings) -> None:
    """Bound what the kernel keeps for each connection that `listener` will accept, and for how long.

    TCP_USER_TIMEOUT, which only Linux has, ends a connection whose peer acknowledges or reads nothing for so long.
    """
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, settings.send_buffer_bytes)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        milliseconds = int(settings.unread_seconds * 1000)
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)


class CloseCode(IntEnum):
    """Why this server closes a socket. docs/live.md has an entry for each."""

    MESSAGE_TOO_BIG = 1009
    SERVICE_RESTART = 1012
    # There are too many sockets, in this process or from this address.
    TRY_AGAIN_LATER = 1013
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    INIT_TIMEOUT = 4408
    SUBSCRIBER_EXISTS = 4409
    # The client doesn't read what it subscribed to.
    SLOW_READER = 4413
    TOO_MANY_INITS = 4429

    @property
    def retried(self) -> bool:
        """Whether graphql-ws connects again: after all that isn't the client's own mistake."""
        return self in (
            CloseCode.SERVICE_RESTART,
            CloseCode.TRY_AGAIN_LATER,
            CloseCode.FORBIDDEN,
            CloseCode.INIT_TIMEOUT,
            CloseCode.SLOW_READER,
        )


class Listener(Protocol):
    """Who serves a socket. None of these may wait."""

    def received(self, message: str | bytes) -> None:
        """A message came, as text or binary."""

    def drained(self) -> None:
        """What was written has gone: there is room for more."""

    def ended(self) -> None:
        """Nothing can be sent any more, and nothing comes."""


class _Nowhere:
    """In place of the queue of a socket that no ASGI application reads: 3 KiB less for each."""

    def put_nowait(self, _message: object) -> None:
        """Nobody is interested."""


_NOWHERE = cast("asyncio.Queue[Any]", _Nowhere())


class BoundedSocket(WebSocketsSansIOProtocol):
    """A WebSocket that is closed when its client reads nothing for `stall_seconds` while something waits."""

    buffer_bytes = 65_536
    stall_seconds = 20.0
    # Whether what is written now goes to the client without waiting behind a full buffer.
    takes = False
    _listener: Listener | None = None
    _stall: asyncio.TimerHandle | None = None
    _said_goodbye = False
    _when_lost: Callable[[], None] | None = None

    def connection_made(self, transport: Any) -> None:
        """Bound what waits in this process."""
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=self.buffer_bytes)

    def handle_connect(self, event: Request) -> None:
        """Let the application that accepts the socket find it."""
        super().handle_connect(event)
        if not self.close_sent:
            self.scope["extensions"][_EXTENSION] = {"socket": self}

    def when_lost(self, call: Callable[[], None]) -> None:
        """Call this when the connection is lost, however that happens."""
        self._when_lost = call

    def listen(self, listener: Listener) -> None:
        """Serve the socket, which is accepted, by `listener` from now on, also when the application has returned."""
        come, self.queue = self.queue, _NOWHERE
        self._listener = listener
        self.takes = not self._ends
        # What the handshake needed.
        del self.scope, self.request, self.response
        if self.read_paused:
            self.go_on()
        while not come.empty():
            self._hand_over(come.get_nowait())

    def hold(self) -> None:
        """Read nothing until `go_on`: what the client sends waits with the client."""
        self.read_paused = True
        self.transport.pause_reading()

    def go_on(self) -> None:
        """Read what the client sends, unless it doesn't read itself."""
        self.read_paused = False
        if self.writable.is_set() and not self.transport.is_closing():
            self.transport.resume_reading()

    def _hand_over(self, message: Any) -> None:
        if message["type"] == "websocket.receive" and self._listener is not None:
            self._listener.received(message["text"] if "text" in message else message["bytes"])

    async def run_asgi(self) -> None:
        """Run the application: as uvicorn does, but a socket that has a listener goes on at its end."""
        try:
            await self.app(self.scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except Exception:
            log.exception("a socket failed")
            self.send_500_response()
            self.transport.close()
        if self._listener is None and self.close_timer is None:
            self.transport.close()

    def send_receive_event_to_app(self) -> None:
        """Hand a message over at once; reading goes on."""
        if self._listener is None:
            super().send_receive_event_to_app()
            return
        data = self.frames[0] if len(self.frames) == 1 else b"".join(self.frames)
        self.frames = []
        if self._ends:
            return
        if self.curr_msg_data_type == "bytes":
            self._listener.received(data)
            return
        try:
            text = str(data, "utf-8")
        except UnicodeDecodeError:
            self.say_close(1007, "")
            return
        self._listener.received(text)

    def say(self, message: bytes) -> None:
        """Send a text message, in UTF-8, if there is still somebody who hears it."""
        if not self._ends:
            self.transport.write(head(len(message)) + message)

    def deliver(self, start: bytes, payload: bytes) -> None:
        """Send the text message of `start`, `payload` and a closing brace. Only while it `takes`."""
        size = len(start) + len(payload) + 1
        if size < _SHARED_BYTES:
            self.transport.write(b"%b%b%b}" % (head(size), start, payload))
        else:
            self.transport.writelines((head(size) + start, payload, b"}"))

    async def drain(self) -> None:
        """Wait until it takes more. Raises `ClientDisconnected` where that won't be."""
        await self.writable.wait()
        if self._ends:
            raise ClientDisconnected

    def say_close(self, code: int, reason: str) -> None:
        """Close the socket, once; whoever listens hears no more."""
        if self._ends:
            return
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.close_timer = self.loop.call_later(self.close_timeout, self.transport.close)
        self._end()

    @property
    def _ends(self) -> bool:
        # The client's close may have been read together with the message that is being handled.
        said = self.close_sent or self.disconnected or self.conn.state is not State.OPEN
        return said or self.transport.is_closing()

    def _end(self) -> None:
        """Tell the listener, once, that this is the end."""
        self.takes = False
        self.writable.set()  # who waits to send learns that the client is gone
        if self._listener is not None:
            listener, self._listener = self._listener, _DEAF
            listener.ended()

    def handle_close(self, event: Any) -> None:
        """The client closes, or answers that it was closed."""
        super().handle_close(event)
        self._end()

    def handle_parser_exception(self) -> None:
        """What came is no WebSocket frame, or too large."""
        super().handle_parser_exception()
        self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        """Whatever waited is gone, and what the socket held: the parser holds itself, in its generator's frame."""
        self._drains()
        super().connection_lost(exc)
        self._end()
        self.conn.parser.close()
        if self._when_lost is not None:
            self._when_lost()
            self._when_lost = None

    def pause_writing(self) -> None:
        """The buffer is full: nothing is read either, for an answer, a pong for example, would wait, too."""
        super().pause_writing()
        self.takes = False
        self.transport.pause_reading()
        if self._stall is None:
            self._stall = self.loop.call_later(self.stall_seconds, self._stalled)

    def resume_writing(self) -> None:
        """The client reads."""
        self._drains()
        super().resume_writing()
        if not self.read_paused and not self.transport.is_closing():
            self.transport.resume_reading()
        if self._listener is not None and not self._ends:
            self.takes = True
            self._listener.drained()

    def shutdown(self) -> None:
        """Say that the server stops, once. Raises nothing, whatever state it is in, so that the others are told."""
        if self._said_goodbye:
            return
        self._said_goodbye = True
        try:
            self._say_goodbye()
        except Exception:
            log.exception("a socket could not be closed in order")
            self.transport.abort()
        self._cut_later()
        self._end()

    def _say_goodbye(self) -> None:
        if not self._ends:
            self.queue.put_nowait({"type": "websocket.disconnect", "code": CloseCode.SERVICE_RESTART})
            self.say_close(CloseCode.SERVICE_RESTART, "")
            self.transport.close()
        elif not (self.handshake_complete or self.transport.is_closing()):
            self.send_500_response()
            self.transport.close()
        # Else one of the two sides has closed it already: what is still to be said is on its way.

    def _drains(self) -> None:
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _stalled(self) -> None:
        """Say why, in case the client reads after all; end what runs on the socket; then cut it."""
        self._stall = None
        if self._ends:
            self.transport.abort()
            return
        log.info("a client that doesn't read is closed", address=self.client[0] if self.client else None)
        code = CloseCode.SLOW_READER
        self.conn.send_close(code, "You don't read: connect again and resume.")
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = self.disconnected = True
        self._end()
        self._cut_later()

    def _cut_later(self) -> None:
        if self.close_timer is not None:
            self.close_timer.cancel()
        self.close_timer = self.loop.call_later(_LAST_SECONDS, self.transport.abort)


class _Deaf:
    """Listens where nobody does any more."""

    def received(self, message: str | bytes) -> None:
        """Nobody hears it."""

    def drained(self) -> None:
        """Nobody sends."""

    def ended(self) -> None:
        """That is known."""


_DEAF = _Deaf()


def head(size: int) -> bytes:
    """The header of a text message of so many bytes, unmasked as a server's are (RFC 6455, 5.2)."""
    if size < 126:
        return bytes((0x81, size))
    if size < 65_536:
        return b"\x81\x7e" + size.to_bytes(2, "big")
    return b"\x81\x7f" + size.to_bytes(8, "big")


def wire_of(scope: Scope) -> BoundedSocket:
    """The socket that an ASGI application is asked to accept."""
    wire = scope["extensions"][_EXTENSION]["socket"]
    assert isinstance(wire, BoundedSocket)
    return wire


def protocol(settings: Settings) -> type[BoundedSocket]:
    """The class of the server's WebSockets, bounded as the settings say."""

    class Configured(BoundedSocket):
        buffer_bytes = settings.send_buffer_bytes
        stall_seconds = settings.unread_seconds

    return Configured


def open_sockets(server: uvicorn.Server) -> list[BoundedSocket]:
    """The WebSockets that are open."""
    return [one for one in server.server_state.connections if isinstance(one, BoundedSocket)]
