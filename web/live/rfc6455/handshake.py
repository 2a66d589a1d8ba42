"""The ASGI end of a WebSocket: an application accepts it or refuses it, and may talk on it until another listens.

Scope and messages are those of https://asgi.readthedocs.io/en/latest/specs/www.html#websocket, version 2.4, with the
extension `websocket.http.response`.
"""

import asyncio
import email.utils
from enum import Enum, auto
from http import HTTPStatus
from typing import Any, Protocol
from urllib.parse import unquote

import structlog
from starlette.types import Message, Scope
from starlette.websockets import WebSocketDisconnect
from websockets.datastructures import Headers
from websockets.http11 import Request, Response

from web.live.rfc6455.contracts import Given

log = structlog.get_logger()

_NO_STATUS, _ABNORMAL = 1005, 1006
_Pairs = list[tuple[bytes, bytes]]


class ClientDisconnected(OSError):
    """The client is gone: nothing can be sent. ASGI has `send` raise an `OSError` then."""


class Wire(Protocol):
    """The connection of a handshake."""

    @property
    def ending(self) -> tuple[int, str] | None:
        """Code and reason of the close frame that one of both has sent."""

    def respond(self, response: Response) -> None:
        """Answer the request: the socket is open then, or refused."""

    def leave(self) -> None:
        """Close the connection, unless a close frame waits for its answer."""

    def hold(self) -> None:
        """Read nothing until `go_on`."""

    def go_on(self) -> None:
        """Read what the client sends."""

    def say(self, message: bytes) -> None:
        """Send a text message, in UTF-8."""

    def say_bytes(self, message: bytes) -> None:
        """Send a binary message."""

    def say_close(self, code: int, reason: str) -> None:
        """Send a close frame."""

    async def drain(self) -> None:
        """Wait until there is room. Raises `ClientDisconnected`."""


class _Stage(Enum):
    ASKED = auto()
    # An answer by HTTP has begun.
    REFUSING = auto()
    ACCEPTED = auto()
    REFUSED = auto()
    CLOSED = auto()


class Handshake:
    """An application and its socket. It listens to the socket, until somebody else does."""

    def __init__(self, wire: Wire, given: Given, scope: Scope, response: Response) -> None:
        self._wire, self._given, self._scope = wire, given, scope
        # What says that it is accepted.
        self._response = response
        self._stage = _Stage.ASKED
        self._come: asyncio.Queue[Message] = asyncio.Queue()
        self._come.put_nowait({"type": "websocket.connect"})
        self._refusal: Response | None = None
        self._is_handed_over = False
        self._is_gone = False

    async def run(self) -> None:
        """Run the application to its end; who listens by then goes on."""
        is_served = False
        try:
            await self._given.app(self._scope, self._receive, self._send)
            is_served = self._is_handed_over
        except (ClientDisconnected, WebSocketDisconnect):
            pass
        except Exception:
            log.exception("a socket failed")
        finally:
            if not is_served:
                self._leave()

    def hand_over(self) -> list[str | bytes]:
        """Somebody else listens. What came for them meanwhile."""
        self._is_handed_over = True
        come = []
        while not self._come.empty():
            message = self._come.get_nowait()
            if message["type"] == "websocket.receive":
                come.append(message["text"] if "text" in message else message["bytes"])
        return come

    # ------------------------------------------------------------ from the wire

    def received(self, message: str | bytes) -> None:
        """Keep it for the application, and read no more until it has taken it."""
        self._come.put_nowait({"type": "websocket.receive", "text" if isinstance(message, str) else "bytes": message})
        self._wire.hold()

    def drained(self) -> None:
        """Who sends waits by itself."""

    def ended(self) -> None:
        """Tell the application, as often as it asks."""
        self._is_gone = True
        code, reason = _ABNORMAL, ""
        if self._stage in (_Stage.ACCEPTED, _Stage.CLOSED):
            code, reason = self._wire.ending or (_NO_STATUS, "")
        self._come.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})

    # ------------------------------------------------------------ from the application

    async def _receive(self) -> Message:
        message = await self._come.get()
        if message["type"] == "websocket.disconnect":
            self._come.put_nowait(message)
        elif self._come.empty() and self._stage is _Stage.ACCEPTED:
            self._wire.go_on()
        return message

    async def _send(self, message: Message) -> None:
        """As ASGI says: raises `ClientDisconnected`, and `RuntimeError` for a message at the wrong time."""
        match self._stage, message["type"]:
            case (_Stage.REFUSED | _Stage.CLOSED) as stage, kind:
                raise _unexpected(kind, stage)
            case _, _ if self._is_gone:
                raise ClientDisconnected
            case _Stage.ASKED, "websocket.accept":
                self._accept(message)
            case _Stage.ASKED, "websocket.close":
                self._refuse(_response(HTTPStatus.FORBIDDEN))
            case _Stage.ASKED, "websocket.http.response.start":
                self._begin_refusal(message)
            case _Stage.REFUSING, "websocket.http.response.body":
                self._go_on_refusing(message)
            case _Stage.ACCEPTED, "websocket.send":
                await self._wire.drain()
                self._say(message)
            case _Stage.ACCEPTED, "websocket.close":
                await self._wire.drain()
                self._stage = _Stage.CLOSED
                self._wire.say_close(message.get("code", 1000), message.get("reason") or "")
            case stage, kind:
                raise _unexpected(kind, stage)

    def _accept(self, message: Message) -> None:
        headers = self._response.headers
        del headers["Date"]  # those of every response have it
        headers.update(_headers([*self._given.headers, *message.get("headers", ())]))
        if subprotocol := message.get("subprotocol"):
            headers["Sec-WebSocket-Protocol"] = subprotocol
        self._stage = _Stage.ACCEPTED
        self._wire.respond(self._response)

    def _say(self, message: Message) -> None:
        if (data := message.get("bytes")) is not None:
            self._wire.say_bytes(data)
        elif (text := message.get("text")) is not None:
            self._wire.say(text.encode())

    def _begin_refusal(self, message: Message) -> None:
        status = message["status"]
        if not 200 <= status < 600:
            raise RuntimeError(f"A socket can't be refused with the HTTP status {status}.")
        self._refusal = Response(status, _phrase(status), _headers(message.get("headers", [])))
        self._stage = _Stage.REFUSING

    def _go_on_refusing(self, message: Message) -> None:
        assert self._refusal is not None
        self._refusal.body += message.get("body", b"")
        if not message.get("more_body", False):
            self._refuse(self._refusal)

    def _refuse(self, response: Response) -> None:
        self._stage = _Stage.REFUSED
        self._wire.respond(_completed(response))

    def _leave(self) -> None:
        if self._stage in (_Stage.ASKED, _Stage.REFUSING) and not self._is_gone:
            self._refuse(failure())
        self._wire.leave()


def failure() -> Response:
    """What is answered where no application has decided."""
    return _response(HTTPStatus.INTERNAL_SERVER_ERROR)


def scope_of(request: Request, transport: asyncio.Transport, given: Given) -> Scope:
    """The scope of an application that is asked to accept a socket."""
    raw_path, _, query = request.path.partition("?")
    offered = request.headers.get_all("Sec-WebSocket-Protocol")
    return {
        "type": "websocket",
        "asgi": {"version": given.asgi_version, "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "wss" if transport.get_extra_info("sslcontext") else "ws",
        "server": address(transport, "sockname"),
        "client": address(transport, "peername"),
        "root_path": given.root_path,
        "path": given.root_path + unquote(raw_path),
        "raw_path": (given.root_path + raw_path).encode("ascii"),
        "query_string": query.encode("ascii"),
        "headers": [(name.encode("ascii"), value.encode("latin-1")) for name, value in request.headers.raw_items()],
        "subprotocols": [token.strip() for header in offered for token in header.split(",")],
        "state": given.state,
        "extensions": {"websocket.http.response": {}},
    }


def address(transport: asyncio.Transport, end: str) -> tuple[str, int | None] | None:
    """Host and port of the transport's `peername` or `sockname`; the path of a Unix socket; None where it is gone."""
    found: Any = transport.get_extra_info(end)
    if isinstance(found, str) and found:
        return found, None
    return (str(found[0]), int(found[1])) if isinstance(found, (tuple, list)) and len(found) >= 2 else None


def _unexpected(kind: str, stage: _Stage) -> RuntimeError:
    return RuntimeError(f"An ASGI application sent '{kind}' while its socket was {stage.name.lower()}.")


def _response(status: HTTPStatus) -> Response:
    body = b"" if status is HTTPStatus.FORBIDDEN else status.phrase.encode()
    return _completed(Response(status.value, status.phrase, Headers(), body))


def _completed(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Date", email.utils.formatdate(usegmt=True))
    headers.setdefault("Connection", "close")
    headers.setdefault("Content-Length", str(len(response.body)))
    headers.setdefault("Content-Type", "text/plain; charset=utf-8")
    return response


def _headers(pairs: _Pairs) -> Headers:
    return Headers([(name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs])


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
