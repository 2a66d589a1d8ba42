"""What an ASGI application is asked and told of a WebSocket, and what clients get of its answers."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send
from structlog.testing import capture_logs
from uvicorn.server import ServerState
from websockets.exceptions import ProtocolError
from websockets.server import ServerProtocol

from tests.conditions import until
from tests.web.live.raw_socket import (
    CONT,
    REQUEST,
    TEXT,
    Echo,
    certificate,
    close_frame,
    connected,
    echo,
    frame,
    listening_echo,
    opened,
    serving,
)
from web.live import websocket
from web.live.rfc6455 import contracts
from web.live.rfc6455.handshake import ClientDisconnected
from web.live.websocket import BoundedSocket, open_sockets, wire_of

Work = Callable[[Scope, Receive, Send], Awaitable[None]]


class Application:
    """Does `work`, and keeps what it was asked and what it raised."""

    def __init__(self, work: Work) -> None:
        self._work = work
        self.scope: Scope = {}
        self.raised: BaseException | None = None
        self.is_done = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As a server calls it."""
        self.scope = scope
        try:
            await self._work(scope, receive, send)
        except BaseException as error:
            self.raised = error
            raise
        finally:
            self.is_done.set()

    async def done(self) -> None:
        """Wait until it has returned."""
        await asyncio.wait_for(self.is_done.wait(), 60)


def saying(*messages: Message) -> Work:
    """An application that says these, and returns."""

    async def work(_scope: Scope, receive: Receive, send: Send) -> None:
        assert await receive() == {"type": "websocket.connect"}
        for message in messages:
            await send(message)

    return work


ACCEPT: Message = {"type": "websocket.accept"}


async def test_an_application_knows_what_was_asked_for() -> None:
    app = Application(saying({**ACCEPT, "subprotocol": "two", "headers": [(b"X-More", "ü".encode("latin-1"))]}))
    request = (*REQUEST, "Sec-WebSocket-Protocol: one, two", "Sec-WebSocket-Protocol: three", "X-Name: M\xfcller")
    async with serving(app) as server, connected(server, request=request) as client:
        status, headers, _body = await client.answer()
        assert status == 101
        assert headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="  # RFC 6455, 1.3
        assert headers["sec-websocket-protocol"] == "two"
        assert headers["x-more"] == "ü"
        assert "date" in headers
        assert "sec-websocket-extensions" not in headers
        scope = app.scope
        assert (scope["type"], scope["scheme"], scope["http_version"]) == ("websocket", "ws", "1.1")
        assert (scope["path"], scope["raw_path"], scope["query_string"]) == ("/way there", b"/way%20there", b"query=1")
        assert scope["subprotocols"] == ["one", "two", "three"]
        assert (b"x-name", b"M\xfcller") in [(name.lower(), value) for name, value in scope["headers"]]
        assert scope["client"] == client.writer.get_extra_info("sockname")
        assert scope["server"] == client.writer.get_extra_info("peername")
        assert "websocket.http.response" in scope["extensions"]


START: Message = {"type": "websocket.http.response.start", "status": 503, "headers": [(b"retry-after", b"7")]}
BODY: Message = {"type": "websocket.http.response.body", "body": b"come ", "more_body": True}


@pytest.mark.parametrize(
    ("messages", "status", "body"),
    [
        ([{"type": "websocket.close"}], 403, b""),
        ([START, BODY, {**BODY, "body": b"again", "more_body": False}], 503, b"come again"),
        ([START], 500, b"Internal Server Error"),
        ([], 500, b"Internal Server Error"),
        ([{"type": "websocket.send", "text": "too soon"}], 500, b"Internal Server Error"),
    ],
)
async def test_a_socket_is_refused_by_http(messages: list[Message], status: int, body: bytes) -> None:
    app = Application(saying(*messages))
    async with serving(app) as server, connected(server) as client:
        answer = await client.answer()
        assert (answer[0], answer[2]) == (status, body)
        assert answer[1]["connection"] == "close"
        assert answer[1].get("retry-after") == ("7" if status == 503 else None)
        assert await client.ended()
        await until(lambda: not open_sockets(server))


@pytest.mark.parametrize(
    ("request_lines", "status"),
    [
        ([line for line in REQUEST if "Key" not in line], 400),
        ([line.replace("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ=") for line in REQUEST], 400),
        ([line.replace("Version: 13", "Version: 8") for line in REQUEST], 400),
        ([*REQUEST, f"Cookie: {'x' * 9000}"], 431),
        ([*REQUEST, *(f"X-{number}: x" for number in range(130))], 431),
    ],
    ids=["no key", "short key", "old version", "long header", "many headers"],
)
async def test_a_request_that_is_none_is_answered_without_the_application(
    request_lines: list[str], status: int
) -> None:
    app = Application(saying(ACCEPT))
    async with serving(app) as server, connected(server, request=request_lines) as client:
        assert (await client.answer())[0] == status
        assert await client.ended()
        await until(lambda: not open_sockets(server))
    assert app.scope == {}


@pytest.mark.parametrize(
    ("code", "reason"), [(1005, ""), (1006, ""), (1015, ""), (999, ""), (5000, ""), (1000, "x" * 124)]
)
async def test_what_no_close_frame_may_say_is_not_sent(code: int, reason: str) -> None:
    app = Application(saying(ACCEPT, {"type": "websocket.close", "code": code, "reason": reason}))
    async with serving(app) as server, opened(server) as client:
        assert await client.ended()
        await app.done()
    assert isinstance(app.raised, ProtocolError)


@pytest.mark.parametrize(
    "messages",
    [
        (ACCEPT, ACCEPT),
        (ACCEPT, START),
        (ACCEPT, {"type": "websocket.close"}, {"type": "websocket.send", "text": "too late"}),
        (START, ACCEPT),
        ({"type": "websocket.close"}, ACCEPT),
    ],
)
async def test_what_comes_at_the_wrong_time_is_a_mistake_of_the_application(messages: tuple[Message, ...]) -> None:
    app = Application(saying(*messages))
    async with serving(app) as server, connected(server) as client:
        await client.answer()
        await app.done()
    assert isinstance(app.raised, RuntimeError)


@pytest.mark.parametrize(
    ("way", "told"),
    [
        ("close", (4711, "Tschüß")),
        ("cut", (1005, "")),
        ("half", (1005, "")),
        ("nonsense", (1002, "incorrect masking")),
        ("stop", (1012, "")),
    ],
)
async def test_an_application_is_told_the_end_as_often_as_it_asks(
    monkeypatch: pytest.MonkeyPatch, way: str, told: tuple[int, str]
) -> None:
    monkeypatch.setattr(websocket, "_LAST_SECONDS", 0.1)
    ends: list[Message] = []

    async def work(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(ACCEPT)
        ends.extend([await receive(), await receive()])
        with pytest.raises(ClientDisconnected):
            await send({"type": "websocket.send", "text": "Is there anybody?"})

    app = Application(work)
    async with serving(app) as server, opened(server) as client:
        if way == "close":
            client.send(close_frame(4711, "Tschüß".encode()))
        elif way == "cut":
            client.writer.transport.abort()
        elif way == "half":
            client.writer.write_eof()
        elif way == "nonsense":
            client.send(frame(TEXT, b"x", masked=False))
        else:
            open_sockets(server)[0].shutdown()
        await app.done()
        await until(lambda: not open_sockets(server))
    assert app.raised is None
    code, reason = told
    assert ends == [{"type": "websocket.disconnect", "code": code, "reason": reason}] * 2


class Held:
    """An application that accepts when it is let go, and keeps what it accepted."""

    def __init__(self) -> None:
        self.go, self.wires = asyncio.Event(), list[BoundedSocket]()
        self.listeners: list[Echo] = []

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """As a server calls it."""
        wire = wire_of(scope)
        self.wires.append(wire)
        await self.go.wait()
        await send(ACCEPT)
        listener = Echo(wire)
        wire.listen(listener)
        self.listeners.append(listener)


async def test_what_a_client_sends_too_soon_is_answered_behind_the_handshake() -> None:
    app = Held()
    async with serving(app) as server, connected(server) as client:
        await until(lambda: app.wires)
        client.send(frame(9, b"!") + frame(TEXT, b"x"))
        app.go.set()
        assert (await client.answer())[0] == 101
        assert sorted([await client.hear(), await client.hear()]) == [(0x81, b"x"), (0x8A, b"!")]


async def test_a_server_that_stops_answers_who_is_not_accepted_yet() -> None:
    app = Held()
    async with serving(app) as server, connected(server) as client:
        await until(lambda: app.wires)
        for _number in range(2):
            app.wires[0].shutdown()
        assert (await client.answer())[0] == 500
        assert await client.ended()
        app.go.set()
        await until(lambda: not server.server_state.tasks)
        assert not app.listeners


async def test_who_leaves_before_it_is_accepted_leaves_nothing_behind() -> None:
    app, lost = Held(), list[bool]()
    async with serving(app) as server:
        async with connected(server):
            await until(lambda: app.wires)
            app.wires[0].when_lost(lambda: lost.append(True))
        app.go.set()
        await until(lambda: not server.server_state.tasks and not open_sockets(server))
        assert lost == [True]
        assert [one.ends for one in app.listeners] in ([], [1])


async def test_a_listener_is_told_the_end_once_however_often_it_ends() -> None:
    app = Held()
    app.go.set()
    async with serving(app) as server, opened(server) as client:
        await until(lambda: app.listeners)
        wire, listener = app.wires[0], app.listeners[0]
        wire.say_close(4400, "")
        wire.say_close(4401, "")
        wire.say(b"too late")
        wire.shutdown()
        assert await client.closed() == 4400
        client.writer.transport.abort()
        await until(lambda: not open_sockets(server))
        wire.shutdown()
        late = Echo(wire)
        wire.listen(late)
        assert (listener.ends, late.ends) == (1, 1)
        with pytest.raises(ClientDisconnected):
            await wire.drain()


async def test_a_socket_that_is_closed_amid_a_message_hears_the_answer_to_its_close() -> None:
    app = Held()
    app.go.set()
    async with serving(app) as server, opened(server) as client:
        client.send(frame(TEXT, b"a", fin=False))
        client.send(frame(9, b"!"))
        assert await client.hear() == (0x8A, b"!")
        app.wires[0].say_close(4400, "")
        client.send(frame(CONT, b"b", fin=False) + frame(CONT, b"c") + frame(TEXT, b"d") + close_frame(4400))
        assert await client.closed() == 4400
        assert await client.ended()
        await until(lambda: not open_sockets(server))


async def test_who_does_not_answer_a_close_is_closed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "_CLOSE_SECONDS", 0.1)
    app = Held()
    app.go.set()
    async with serving(app) as server, opened(server) as client:
        await until(lambda: app.listeners)
        app.wires[0].say_close(4400, "")
        assert await client.closed() == 4400
        assert await client.ended()


async def test_who_was_wrong_and_stays_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(websocket, "_LAST_SECONDS", 0.1)
    async with serving(listening_echo) as server, opened(server) as client:
        client.send(frame(TEXT, b"x", masked=False))
        assert await client.closed() == 1002
        await until(lambda: not open_sockets(server))


async def test_an_application_that_does_not_receive_lets_its_client_wait() -> None:
    """More than the buffers of both sides, and what an application may be asked to hold."""
    go, lengths = asyncio.Event(), list[int]()

    async def work(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(ACCEPT)
        await go.wait()
        while (message := await receive())["type"] == "websocket.receive":
            lengths.append(len(message["text"]))

    async with serving(work) as server, opened(server) as client:
        client.send(frame(TEXT, b"x" * 30_000) * 1000)
        await until(lambda: open_sockets(server)[0]._is_held)
        assert client.writer.transport.get_write_buffer_size() > 10_000_000
        go.set()
        await until(lambda: len(lengths) == 1000)
        client.send(close_frame(1000))
        assert await client.closed() == 1000


@pytest.mark.parametrize("lacks", ["connections", "tasks", "default_headers"])
def test_another_uvicorn_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch, lacks: str) -> None:
    def another(*_arguments: Any) -> ServerState:
        state = ServerState()
        delattr(state, lacks)
        return state

    monkeypatch.setattr(contracts, "ServerState", another)
    with pytest.raises(ImportError, match=r"this uvicorn: compare .* with web/live/rfc6455/contracts\.py"):
        contracts._check_uvicorn()


@pytest.mark.parametrize("lacks", ["close_sent", "close_rcvd"])
def test_another_websockets_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch, lacks: str) -> None:
    class Another(ServerProtocol):
        def receive_data(self, data: bytes | bytearray) -> None:
            super().receive_data(data)
            delattr(self, lacks)

    monkeypatch.setattr(contracts, "ServerProtocol", Another)
    with pytest.raises(ImportError, match=r"this websockets: compare .* with web/live/rfc6455/contracts\.py"):
        contracts._check_websockets()


async def test_an_application_that_fails_is_logged_and_its_socket_cut() -> None:
    async def work(_scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send(ACCEPT)
        raise ValueError("on purpose")

    with capture_logs() as logged:
        async with serving(work) as server, opened(server) as client:
            assert await client.ended()
            await until(lambda: not open_sockets(server))
    assert [one["event"] for one in logged] == ["a socket failed"]


@pytest.mark.parametrize("app", [echo, listening_echo])
async def test_a_socket_by_tls_is_as_any_other(tmp_path: Path, app: Work) -> None:
    """But that TLS knows no end of one direction alone."""
    trusted, asked = certificate(tmp_path), Application(app)
    async with serving(asked, certificate=trusted) as server:
        for sent, code in ((close_frame(4711), 4711), (frame(TEXT, b"x", masked=False), 1002)):
            async with connected(server, trusted=trusted) as client:
                assert (await client.answer())[0] == 101
                assert asked.scope["scheme"] == "wss"
                client.send(frame(TEXT, b"x" * 100_000))
                assert await client.hear() == (0x81, b"x" * 100_000)
                client.send(sent)
                assert await client.closed() == code
                assert await client.ended()
        await until(lambda: not open_sockets(server))


async def test_the_echo_by_messages_ends_with_its_client() -> None:
    app = Application(echo)
    async with serving(app) as server, opened(server) as client:
        client.send(close_frame(1000))
        assert await client.closed() == 1000
        await app.done()
    assert app.raised is None
