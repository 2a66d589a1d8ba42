"""An answer that says how long it is comes whole; of one that doesn't the client learns at once that it has begun."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.types import Receive, Scope, Send

from tests.conditions import soon
from tests.web.limits.at_the_door import Application, Client, request
from tests.web.live.raw_socket import serving
from web.limits.connection_limits import Connections
from web.limits.http_connection import protocol
from web.settings import Settings


class InParts(Application):
    """Begins an answer, and ends it when it is let to: as long as the path says, if it does."""

    def __init__(self) -> None:
        super().__init__()
        self.has_begun = asyncio.Event()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"][1:]
        headers = [(b"content-length", path.encode())] if path.isdigit() else []
        body = b"x" * int(path) if path.isdigit() else b"some"
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        self.has_begun.set()
        if path != "at-once":
            await self.goes_on.wait()
        if path == "fails":
            raise ZeroDivisionError
        half = len(body) // 2
        await send({"type": "http.response.body", "body": body[:half], "more_body": True})
        await send({"type": "http.response.body", "body": body[half:]})


class Parts:
    """The server, and what a client has of its answer."""

    def __init__(self, app: InParts, address: tuple[str, int]) -> None:
        self.app, self._address = app, address

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        """A connection."""
        reader, writer = await asyncio.open_connection(*self._address)
        yield Client(reader, writer)
        writer.transport.abort()

    async def first(self, client: Client, sent: bytes) -> tuple[bytes, bytes]:
        """What came before the application went on, and what came first after it."""
        reading = asyncio.create_task(client.reader.read(1_000_000))
        await client.send(sent)
        await soon(self.app.has_begun.wait())
        async with self.client() as other:  # what is answered here comes behind whatever was sent there
            await other.send(request(path="/at-once"))
            await soon(other.reader.readuntil(b"\r\n\r\n"))
        before = reading.result() if reading.done() else b""
        self.app.goes_on.set()
        return before, b"" if before else await soon(reading)


@pytest.fixture
async def parts() -> AsyncIterator[Parts]:
    settings, app = Settings(), InParts()
    async with serving(app, settings, http=protocol(settings, Connections(settings))) as server:
        yield Parts(app, server.servers[0].sockets[0].getsockname())


@pytest.mark.parametrize("size", [10, 1_000_000])
async def test_the_head_of_an_answer_whose_length_is_known_comes_with_its_body(parts: Parts, size: int) -> None:
    async with parts.client() as client:
        before, after = await parts.first(client, request(path=f"/{size}"))
        assert before == b""
        assert after.startswith(b"HTTP/1.1 200 OK\r\n")
        head, _, body = after.partition(b"\r\n\r\n")
        assert f"content-length: {size}".encode() in head
        assert body or size > 10
        body += await soon(client.reader.readexactly(size - len(body)))
        assert body == b"x" * size
        await client.send(request(path="/7"))
        assert (await client.answer()).body == b"x" * 7, "the next one on the same connection"


@pytest.mark.parametrize(("path", "method"), [("/stream", "GET"), ("/10", "HEAD"), ("/0", "GET"), ("/fails", "GET")])
async def test_where_nothing_may_follow_for_a_while_the_head_comes_at_once(
    parts: Parts, path: str, method: str
) -> None:
    async with parts.client() as client:
        before, _after = await parts.first(client, request(path=path, method=method))
        assert before.startswith(b"HTTP/1.1 200 OK\r\n")
        assert before.endswith(b"\r\n\r\n")
        rest = {"/stream": b"2\r\nso\r\n2\r\nme\r\n0\r\n\r\n", "/fails": b""}.get(path)
        if rest is not None:
            assert await soon(client.reader.readexactly(len(rest)) if rest else client.rest()) == rest


async def test_answers_to_requests_that_come_together_come_one_behind_the_other(parts: Parts) -> None:
    async with parts.client() as client:
        parts.app.goes_on.set()
        await client.send(request(path="/10") + request(path="/10"))
        assert [(await client.answer()).body for _ in range(2)] == [b"x" * 10] * 2


async def test_an_answer_that_breaks_off_before_its_body_ends_with_its_head() -> None:
    class Fails(InParts):
        async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
            raise ZeroDivisionError

    settings = Settings()
    async with serving(Fails(), settings, http=protocol(settings, Connections(settings))) as server:
        reader, writer = await asyncio.open_connection(*server.servers[0].sockets[0].getsockname())
        client = Client(reader, writer)
        await client.send(request())
        assert (await client.rest()).startswith(b"HTTP/1.1 200 OK\r\n")
        writer.transport.abort()


async def test_who_asks_before_sending_a_body_is_told_to_go_on(parts: Parts) -> None:
    """`Expect: 100-continue` is answered before the answer begins, and is no head."""

    async def reads(scope: Scope, receive: Receive, send: Send) -> None:
        message = await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"3")]})
        await send({"type": "http.response.body", "body": message["body"]})

    parts.app._serve = reads  # type: ignore[method-assign]
    async with parts.client() as client:
        await client.send(request("Content-Length: 3", "Expect: 100-continue", method="POST"))
        assert await soon(client.reader.readuntil(b"\r\n\r\n")) == b"HTTP/1.1 100 Continue\r\n\r\n"
        await client.send(b"abc")
        assert (await client.answer()).body == b"abc"
