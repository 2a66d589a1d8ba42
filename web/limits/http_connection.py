"""The server's end of an HTTP connection: uvicorn's, bounded in what a client may send and how long it may take.

What uvicorn lacks is here, in one place, by its own hooks. Whoever breaks a bound is answered what is wrong, and the
connection ends; where an earlier request on it is still being answered, behind that answer. A client that leaves ends
what is read for it: the task of its request is cancelled, a transaction that has begun goes on (`Outbox.write`).

Each call of a hook is paid by every request: there are as few as may be, and `super()` is dearer than its name.
"""

import asyncio
import logging
from functools import lru_cache
from typing import Any

import httptools
import uvicorn
from uvicorn.server import ServerState

from web.limits import rejections
from web.limits.answer_writer import AnswerWriter
from web.limits.connection_limits import Connections
from web.limits.rejections import Rejection
from web.limits.timed_connection import BODY, HEAD, NOTHING, TimedConnection
from web.limits.uvicorn_adapter import HttpToolsProtocol, RequestResponseCycle
from web.settings import Settings

# Browsers and proxies send some dozens.
_MOST_HEADERS = 100
# Requests that may wait on a connection for the one before them.
_MOST_PIPELINED = 20
# A body may come in so many pieces, and in one more for so many bytes that it may have: each costs a call.
_MOST_PIECES, _PIECE_BYTES = 10_000, 100
# How long an answer that ends the connection has to be read, while the client may still be sending.
_LINGER_SECONDS = 1.0
_NO_LOGGER = logging.Logger("a client has left", logging.CRITICAL + 1)
_JUDGED = frozenset((b"content-encoding", b"expect", b"host", b"transfer-encoding"))


class _RejectedError(Exception):
    """Ends the reading of what came: `BoundedConnection._rejection` says how."""


class BoundedConnection(TimedConnection):
    """A connection of HTTP/1.1."""

    __slots__ = (
        "_chunk",
        "_hosts",
        "_is_chunked",
        "_is_deaf",
        "_pieces",
        "_received",
        "_rejection",
        "_running",
        "_task",
        "_writer",
    )

    # Of the settings: see `protocol`.
    bounds: Connections
    hosts: frozenset[str]
    header_bytes = 32_768
    url_bytes = 16_384
    most_pieces = _MOST_PIECES

    def __init__(
        self,
        config: uvicorn.Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        # Of the head that is being read: bytes of the chunks behind the one in which it began, and what was seen.
        self._received = 0
        self._chunk = 0
        self._hosts = 0
        self._is_chunked = False
        # Of the body, where it comes in such.
        self._pieces = 0
        self._rejection: Rejection | None = None
        # Whatever comes now is not looked at.
        self._is_deaf = False
        # The request that is being answered, and the task that does so.
        self._running: RequestResponseCycle | None = None
        self._task: asyncio.Task[None] | None = None

    # ------------------------------------------------------------ from the connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let the client in, or not."""
        super().connection_made(transport)
        self._writer = AnswerWriter(transport)
        address = self.client[0] if self.client else ""
        rejection = self.bounds.admit(self, address, len(self.connections))
        if rejection is None:
            self._wait_for(HEAD)
            return
        self.bounds.rejected(rejection.reason)
        self._is_deaf = True
        transport.write(rejection.response(self.server_state.default_headers))
        transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """End what runs for a client that has left."""
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
        self._unset_timer()
        self._reads()
        self.bounds.leave(self)
        self.pipeline.clear()
        self._abandon()

    def data_received(self, data: bytes) -> None:
        """Read what came, as far as it keeps the bounds."""
        if self._is_deaf:
            return
        self._unset_keepalive_if_required()
        self._chunk = len(data)
        if self._part == HEAD:
            self._received += self._chunk
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._upgrade()
            return
        except httptools.HttpParserError:
            self._reject(self._rejection or rejections.MALFORMED)
            return
        if self._part == HEAD and self._received > self.header_bytes:
            self._reject(rejections.HEADERS_TOO_LARGE)
        elif self._part != NOTHING:
            self._owes(self._part)
        elif self._running is None or self._running.response_complete:  # a line between requests
            self._owes(HEAD)

    def give_way(self) -> None:
        """End at once: others need the place."""
        self.connections.discard(self)
        self._cut("gave_way")

    # ------------------------------------------------------------ from the parser

    def on_message_begin(self) -> None:
        """A request begins."""
        HttpToolsProtocol.on_message_begin(self)
        self._part = HEAD
        self._received = self._hosts = self._pieces = 0
        self._is_chunked = False

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header."""
        name = name.lower()
        headers = self.headers
        headers.append((name, value))
        if name in _JUDGED:
            self._judge(name, value)
        if len(headers) > _MOST_HEADERS:
            raise self._rejected(rejections.HEADERS_TOO_LARGE)

    def on_headers_complete(self) -> None:
        """The application is asked, if nothing speaks against it."""
        if len(self.url) > self.url_bytes:
            raise self._rejected(rejections.URL_TOO_LONG)
        if self._hosts != 1 and (self._hosts or self.parser.get_http_version() == "1.1"):
            raise self._rejected(rejections.NO_HOST)
        if self._received + self._chunk > self.header_bytes:
            size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
            if size > self.header_bytes:
                raise self._rejected(rejections.HEADERS_TOO_LARGE)
        if self._is_chunked and (self.parser.get_http_version() != "1.1" or self.parser.should_upgrade()):
            raise self._rejected(rejections.ENCODED)  # RFC 9112, 6.1
        if len(self.pipeline) >= _MOST_PIPELINED:
            raise self._rejected(rejections.PIPELINED)
        self._part = BODY
        HttpToolsProtocol.on_headers_complete(self)
        if self._is_chunked:
            self.headers = []  # what stands behind the body is none of the request's (RFC 9110, 6.5.1)

    def on_chunk_header(self) -> None:
        """A piece of the body begins."""
        self._pieces += 1
        if self._pieces > self.most_pieces:
            raise self._rejected(rejections.IN_PIECES)

    def on_message_complete(self) -> None:
        """The client owes nothing: it is the server's turn."""
        self._part = NOTHING
        if self._timer is not None:
            self._unset_timer()
            self._owes_nothing()
        HttpToolsProtocol.on_message_complete(self)

    def _judge(self, name: bytes, value: bytes) -> None:
        if name == b"host":
            self._hosts += 1
            if self.hosts and _host_of(value) not in self.hosts:
                raise self._rejected(rejections.WRONG_HOST)
        elif name == b"expect":
            self.expect_100_continue = value.lower() == b"100-continue"
        elif name == b"content-encoding":
            if value.strip().lower() not in (b"", b"identity"):
                raise self._rejected(rejections.COMPRESSED)
        else:
            self._is_chunked = True
            if value.strip().lower() != b"chunked":
                raise self._rejected(rejections.ENCODED)

    def _rejected(self, rejection: Rejection) -> _RejectedError:
        """To be raised where the parser called: it gives up then."""
        self._rejection = rejection
        return _RejectedError(rejection.reason)

    # ------------------------------------------------------------ the answer

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        self._writer.begin(cycle)
        self._task = task = self.loop.create_task(cycle.run_asgi(app))
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)
        self._owes_nothing()

    def on_response_complete(self) -> None:
        """It is the client's turn, unless it has sent the next request already."""
        HttpToolsProtocol.on_response_complete(self)
        running = self._running
        if running is None or running.response_complete:
            self.bounds.waiting[self] = None

    def _owes_nothing(self) -> None:
        if self._part != HEAD and self._running is not None and not self._running.response_complete:
            self.bounds.waiting.pop(self, None)

    def _owes(self, part: int) -> None:
        """The client owes something: it may be told to go, and is after a while."""
        self.bounds.waiting.setdefault(self, None)
        self._wait_for(part)

    def _upgrade(self) -> None:
        """Become a socket. What else somebody would have of the connection isn't spoken: it ends with the answer.

        Whatever follows such a request would else be read as another one, which it may be to no proxy in between.
        """
        is_answering = self._running is not None and not self._running.response_complete
        if not self._should_upgrade():
            self._is_deaf = True
            if self._running is not None:
                self._running.keep_alive = False
        elif is_answering:
            self._reject(rejections.PIPELINED)
        else:
            self._unset_timer()
            self.bounds.leave(self)
            self.handle_websocket_upgrade()

    # ------------------------------------------------------------ the end

    def _reject(self, rejection: Rejection) -> None:
        """Say what is wrong and end, behind what is still being answered of earlier requests."""
        if self._is_deaf:
            return
        self._is_deaf = True
        self.bounds.rejected(rejection.reason)
        self._unset_timer()
        running = self._running
        if running is not None and not running.response_complete:
            if running is not self.cycle or self._part != BODY:
                running.keep_alive = False
                self.pipeline.clear()
                return
            if running.response_started:
                self.transport.abort()
                return
            self._abandon()
        self.transport.write(rejection.response(self.server_state.default_headers))
        if self.transport.can_write_eof():  # closed at once, the client might not read what was said
            self.transport.write_eof()
        self._timer = self.loop.call_later(_LINGER_SECONDS, self.transport.abort)
        self.bounds.waiting[self] = None

    def _cut(self, reason: str) -> None:
        self.bounds.rejected(reason)
        self.transport.abort()

    def _abandon(self) -> None:
        """End the request that is being answered: nobody hears it."""
        running, task = self._running, self._task
        self._running = self._task = None
        if running is None or task is None or running.response_complete:
            return
        running.logger = _NO_LOGGER  # to be cancelled is no error here
        running.disconnected = True
        running.message_event.set()
        task.cancel()


@lru_cache(1000)
def _host_of(value: bytes) -> str:
    """The host that a header names, without its port."""
    text = value[:300].decode("latin-1").strip().lower()
    return text.partition("]")[0] + "]" if text.startswith("[") else text.partition(":")[0]


def protocol(settings: Settings, connections: Connections) -> type[BoundedConnection]:
    """The class of the server's HTTP connections, bounded as the settings say."""

    class Configured(BoundedConnection):
        __slots__ = ()
        bounds = connections
        hosts = settings.hosts
        header_bytes = settings.header_bytes
        url_bytes = settings.url_bytes
        most_pieces = _MOST_PIECES + settings.body_bytes // _PIECE_BYTES
        header_seconds = settings.header_seconds
        body_seconds = settings.body_seconds
        unread_bytes = settings.send_buffer_bytes
        unread_seconds = settings.unread_seconds

    return Configured
