"""One subscription over each transport that there is: what comes of it, as payloads, in order.

A payload is what GraphQL answers: `data`, `errors`, `extensions`. One without data and errors is a sign of life, whose
cursor, if there is one, says up to where everything was told.
"""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Protocol

import httpx
from websockets.asyncio.client import ClientConnection, connect

from tests.web.live.test_graphql_transport_ws import PROTOCOL
from tests.web.live.test_streams import APOLLO, SSE

# None of them waits for anything by itself: the tests bound their waits.
_NO_LIMIT = httpx.Timeout(None)


class Updates(Protocol):
    """A subscription that runs."""

    def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        """The payloads, until it is completed or the connection ends."""

    @property
    def code(self) -> int | None:
        """The close code of a socket that is closed."""

    @property
    def completed(self) -> bool:
        """Whether the server said that nothing comes any more."""


class Transport(Protocol):
    """Subscribes; `heard` is the cursor that an EventSource would send as `Last-Event-ID`."""

    def __call__(
        self, url: str, document: str, variables: dict[str, Any], heard: str | None = None, token: str | None = None
    ) -> AbstractAsyncContextManager[Updates]:
        """The subscription, for as long as the context lasts; leaving it cuts the connection."""


class _Socket:
    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.completed = False

    @property
    def code(self) -> int | None:
        return self._socket.close_code

    async def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        async for frame in self._socket:
            message = json.loads(frame)
            match message["type"]:
                case "next":
                    yield message["payload"]
                case "error":
                    yield {"errors": message["payload"]}
                    return
                case "complete":
                    self.completed = True
                    return
                case "ping":
                    yield {"extensions": message.get("payload", {})}
                    await self._socket.send(json.dumps({"type": "pong"}))


@asynccontextmanager
async def by_socket(
    url: str, document: str, variables: dict[str, Any], heard: str | None = None, token: str | None = None
) -> AsyncIterator[Updates]:
    """graphql-transport-ws."""
    address = url.replace("http", "ws", 1) + "/graphql"
    async with connect(
        address, subprotocols=[PROTOCOL], proxy=None, open_timeout=None, ping_interval=None, max_size=None
    ) as socket:
        payload = {"Authorization": f"Bearer {token}"} if token else {}
        await socket.send(json.dumps({"type": "connection_init", "payload": payload}))
        assert json.loads(await socket.recv()) == {"type": "connection_ack"}
        asked = {"query": document, "variables": variables}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": asked}))
        try:
            yield _Socket(socket)
        finally:
            socket.transport.abort()


class _Lines:
    """A streamed answer; `read` makes payloads of its lines."""

    code = None

    def __init__(self, answer: httpx.Response, read: "Callable[[_Lines], AsyncIterator[dict[str, Any]]]") -> None:
        self.answer = answer
        self.completed = False
        self._read = read

    def __aiter__(self) -> AsyncIterator[dict[str, Any]]:
        return self._read(self)


async def _events(stream: _Lines) -> AsyncIterator[dict[str, Any]]:
    block: dict[str, str] = {}
    async for line in stream.answer.aiter_lines():
        if line:
            name, _colon, value = line.partition(":")
            block[name] = value.removeprefix(" ")
            continue
        if block.get("event") == "complete":
            stream.completed = True
            return
        if block.get("event") == "next":
            payload = json.loads(block["data"])
            if "data" in payload:
                assert block["id"] == payload["extensions"]["cursor"]
            yield payload
        else:
            yield {"extensions": {"cursor": block["id"]} if "id" in block else {}}
        block = {}


async def _parts(stream: _Lines) -> AsyncIterator[dict[str, Any]]:
    async for line in stream.answer.aiter_lines():
        if line == "--graphql--":
            stream.completed = True
        elif line.startswith("{"):
            part = json.loads(line)
            yield part.get("payload", part)


@asynccontextmanager
async def _posted(
    url: str, accept: str, document: str, variables: dict[str, Any], heard: str | None, token: str | None
) -> AsyncIterator[httpx.Response]:
    headers = {"Accept": accept}
    if heard is not None:
        headers["Last-Event-ID"] = heard
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    body = {"query": document, "variables": variables}
    async with (
        # Loading certificates, which nothing here uses, takes longer than all the rest.
        httpx.AsyncClient(trust_env=False, verify=False, timeout=_NO_LIMIT) as client,
        client.stream("POST", f"{url}/graphql", headers=headers, json=body) as answer,
    ):
        assert answer.status_code == 200, await answer.aread()
        yield answer


@asynccontextmanager
async def by_events(
    url: str, document: str, variables: dict[str, Any], heard: str | None = None, token: str | None = None
) -> AsyncIterator[Updates]:
    """GraphQL over server-sent events, distinct connections."""
    async with _posted(url, SSE, document, variables, heard, token) as answer:
        yield _Lines(answer, _events)


@asynccontextmanager
async def by_parts(
    url: str, document: str, variables: dict[str, Any], heard: str | None = None, token: str | None = None
) -> AsyncIterator[Updates]:
    """Multipart, as Apollo Client asks for it."""
    async with _posted(url, APOLLO, document, variables, None, token) as answer:
        yield _Lines(answer, _parts)
