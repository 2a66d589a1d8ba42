"""A server of a small application behind bounded connections, and a client that writes any bytes."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from starlette.types import Message, Receive, Scope, Send

from tests.web.live.raw_socket import serving
from web.limits.connection_limits import Connections
from web.limits.http_connection import protocol
from web.settings import Settings

PATIENCE = 60.0


class Application:
    """Answers every request with what it was asked: method, path, headers and the length of the body."""

    def __init__(self) -> None:
        self.asked: list[Scope] = []
        # What was asked by those who have left, and was cancelled.
        self.left: list[str] = []
        # `/wait` waits for it.
        self.goes_on = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or take part in a socket."""
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await receive()
            return
        self.asked.append(scope)
        try:
            await self._serve(scope, receive, send)
        except asyncio.CancelledError:
            self.left.append(scope["path"])
            raise

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/long":
            await _answer(send, "x" * 40_000_000)
            return
        if scope["path"] == "/unread":
            await _answer(send, {})
            return
        size, more = 0, True
        while more:
            message: Message = await receive()
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
        if scope["path"] == "/wait":
            await self.goes_on.wait()
        headers = [[name.decode(), value.decode("latin-1")] for name, value in scope["headers"]]
        await _answer(send, {"path": scope["path"], "headers": headers, "size": size})


async def _answer(send: Send, content: Any) -> None:
    body = json.dumps(content).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Door:
    """The server."""

    def __init__(self, server: uvicorn.Server, app: Application, connections: Connections) -> None:
        self.app = app
        self.connections = connections
        self.address: tuple[str, int] = server.servers[0].sockets[0].getsockname()

    @asynccontextmanager
    async def client(self) -> AsyncIterator["Client"]:
        """A connection, on which nothing was sent yet."""
        reader, writer = await asyncio.open_connection(*self.address)
        try:
            yield Client(reader, writer)
        finally:
            writer.transport.abort()

    async def answer(self, *parts: bytes) -> "Answer":
        """What a client is answered first that sends this."""
        async with self.client() as client:
            await client.send(*parts)
            return await client.answer()


class Answer:
    """A response."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status, self.headers, self.body = status, headers, body

    @property
    def content(self) -> Any:
        """The JSON in it."""
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """That of the error."""
        (error,) = self.content["errors"]
        return str(error["extensions"]["code"])


class Client:
    """A connection, as bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, *parts: bytes) -> None:
        """Write these, one after the other; what the server doesn't take any more is lost."""
        for part in parts:
            self.writer.write(part)
            try:
                await self.writer.drain()
            except OSError:
                return
            await asyncio.sleep(0)

    async def answer(self) -> Answer:
        """The next response."""
        async with asyncio.timeout(PATIENCE):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return Answer(int(first.split()[1]), headers, body)

    async def rest(self) -> bytes:
        """All that still comes before the connection ends."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read()
            except ConnectionResetError:
                return b""


@asynccontextmanager
async def door(**values: Any) -> AsyncIterator[Door]:
    """A server with these settings."""
    settings, app = Settings(**values), Application()
    connections = Connections(settings)
    async with serving(app, settings, http=protocol(settings, connections)) as server:
        try:
            yield Door(server, app, connections)
        finally:
            app.goes_on.set()


def request(*headers: str, path: str = "/", method: str = "GET", host: str | None = "localhost") -> bytes:
    """A request without a body."""
    lines = [f"{method} {path} HTTP/1.1", *([f"Host: {host}"] if host is not None else []), *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")
