"""The server's end of a WebSocket. What waits for a client that doesn't read is bounded: see `web.live.backpressure`.

The handshake is an ASGI application's. Then a socket is served by plain calls: no task waits for its messages, and an
update goes straight into the transport. What an idle socket holds, and what a delivery costs, is decided here.
"""

import asyncio
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, cast

import structlog
import uvicorn
from starlette.types import Scope
from uvicorn.server import ServerState
from websockets.http11 import Request, Response
from websockets.protocol import State

from web.live.backpressure import Backpressure
from web.live.rfc6455.close_codes import CloseCode
from web.live.rfc6455.contracts import Given
from web.live.rfc6455.handshake import Handshake, failure, scope_of
from web.live.rfc6455.listener import DEAF, Listener
from web.settings import Settings

log = structlog.get_logger()

# How long a client may take to answer a close frame.
_CLOSE_SECONDS = 10.0
# How long a close frame may take to reach a client that reads slowly, before the connection is cut.
_LAST_SECONDS = 5.0
# From how many bytes on an update isn't copied into each socket's message, but shared by all.
_SHARED_BYTES = 4096
_EXTENSION = "mitwirk.wire"


class BoundedSocket(Backpressure):
    """A WebSocket (RFC 6455) that is closed when its client reads nothing for `stall_seconds` while something waits."""

    __slots__ = (
        "_close_timer",
        "_connections",
        "_given",
        "_said_goodbye",
        "_when_lost",
        "tasks",
    )

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        given = Given.by(config, server_state, app_state)
        super().__init__(given.max_size, _loop or asyncio.get_running_loop())
        # What runs on sockets: a server that stops waits for it.
        self.tasks = given.tasks
        self._connections = given.connections
        # Until an application is asked.
        self._given: Given | None = given
        self._said_goodbye = False
        self._close_timer: asyncio.TimerHandle | None = None
        self._when_lost: Callable[[], None] | None = None

    # ------------------------------------------------------------ for who accepts and serves it

    def when_lost(self, call: Callable[[], None]) -> None:
        """Call this when the connection is lost, however that happens."""
        self._when_lost = call

    def listen(self, listener: Listener) -> None:
        """Serve the socket, which is accepted, by `listener` from now on, also when the application has returned."""
        before = self._listener
        come = before.hand_over() if isinstance(before, Handshake) else []
        if self._is_over:
            listener.ended()
            return
        self._listener = listener
        self.takes = self._room is None and not self._ends
        if self._is_held:
            self.go_on()
        for message in come:
            self._listener.received(message)

    def respond(self, response: Response) -> None:
        """Answer the request for a socket: it is open then, or refused."""
        self._frames.send_response(response)
        self._flush()
        if not self._is_over:
            self.go_on()

    def leave(self) -> None:
        """Close the connection, unless a close frame waits for its answer."""
        if self._close_timer is None:
            self._close()

    def say(self, message: bytes) -> None:
        """Send a text message, in UTF-8, if there is still somebody who hears it."""
        if not self._ends:
            self.transport.write(head(len(message)) + message)

    def say_bytes(self, message: bytes) -> None:
        """Send a binary message, if there is still somebody who hears it."""
        if not self._ends:
            self._frames.send_binary(message)
            self._flush()

    def deliver(self, start: bytes, payload: bytes) -> None:
        """Send the text message of `start`, `payload` and a closing brace. Only while it `takes`."""
        size = len(start) + len(payload) + 1
        if size < _SHARED_BYTES:
            self.transport.write(b"%b%b%b}" % (head(size), start, payload))
        else:
            self.transport.writelines((head(size) + start, payload, b"}"))

    def say_close(self, code: int, reason: str) -> None:
        """Close the socket, once; whoever listens hears no more. The reason takes at most 123 bytes."""
        if self._ends:
            return
        self._frames.send_close(code, reason)
        self._flush()
        self._close_timer = self.loop.call_later(_CLOSE_SECONDS, self._close)
        self._end()

    # ------------------------------------------------------------ from the connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bound what waits in this process."""
        self._begin_to_bound(cast("asyncio.Transport", transport))
        self._connections.add(self)

    def eof_received(self) -> None:
        """The client sends no more: without a close frame before, that is the end, too."""
        self._end()
        self._close()

    def connection_lost(self, exc: Exception | None) -> None:
        """Whatever waited is gone, and what the socket held."""
        self._drains()
        self._connections.discard(self)
        self._end()
        if self._close_timer is not None:
            self._close_timer.cancel()
            self._close_timer = None
        self._lose()
        if self._when_lost is not None:
            self._when_lost()
            self._when_lost = None

    # ------------------------------------------------------------ the request

    def _begin(self, request: Request) -> None:
        """Ask the application; until it has accepted the socket, the client waits."""
        given, self._given = self._given, None
        assert given is not None, "A connection has one request."
        response = self._frames.accept(request)
        if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
            self.respond(response)
            return
        self.hold()
        scope = scope_of(request, self.transport, given)
        scope["extensions"][_EXTENSION] = {"socket": self}
        self._listener = handshake = Handshake(self, given, scope, response)
        task = self.loop.create_task(handshake.run())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    # ------------------------------------------------------------ the end

    def _end(self) -> None:
        """Tell the listener, once, that this is the end."""
        if self._is_over:
            return
        self._is_over, self.takes, self._message = True, False, None
        if self._room is not None:
            self._room.set()  # who waits to send learns that the client is gone
        if self._is_held:
            self.go_on()
        listener, self._listener = self._listener, DEAF
        listener.ended()

    def _close(self) -> None:
        self.transport.close()
        self._cut_later()

    def _cut_later(self) -> None:
        if self._close_timer is not None:
            self._close_timer.cancel()
            self._close_timer = None
        if not self._is_lost:
            self._close_timer = self.loop.call_later(_LAST_SECONDS, self.transport.abort)

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
            self.say_close(CloseCode.SERVICE_RESTART, "")
            self.transport.close()
        elif self._frames.state is State.CONNECTING and not self.transport.is_closing():
            self.respond(failure())
        # Else one of the two sides has closed it already: what is still to be said is on its way.


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
        __slots__ = ()
        buffer_bytes = settings.send_buffer_bytes
        stall_seconds = settings.unread_seconds

    return Configured


def open_sockets(server: uvicorn.Server) -> list[BoundedSocket]:
    """The WebSockets that are open."""
    return [one for one in server.server_state.connections if isinstance(one, BoundedSocket)]
