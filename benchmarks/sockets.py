"""Thousands of sockets that subscribe to new entries, and who publishes them: every delivery is checked by its number.

A socket speaks just enough of WebSocket and graphql-transport-ws. Numbers rise by one from publish to publish, and
stand in the title as `~000042~`; a socket that hears another number than the next one has lost, repeated or mixed up
something.
"""

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast
from urllib.parse import urlsplit

import orjson

from benchmarks.documents import SUBSCRIPTION, Workload, body
from benchmarks.requests import Connection, judged, place, request

_NUMBER = re.compile(rb"~(\d{6})~")
_CURSOR = re.compile(rb'"cursor":"([^"]+)"')
_PONG = b'{"type":"pong"}'
_PATIENCE = 120.0
_AT_ONCE = 50


def _frame(text: bytes) -> bytes:
    """A client's frame of text; a masking key of zeros leaves it as it is."""
    size = len(text)
    head = bytes((0x81, 0x80 | size)) if size < 126 else bytes((0x81, 0xFE)) + size.to_bytes(2, "big")
    return head + bytes(4) + text


class Listener(asyncio.Protocol):
    """One socket with one subscription. It remembers the newest message, for the cursor in it."""

    __slots__ = ("_buffer", "_crowd", "_greeted", "_transport", "_variables", "newest", "number")

    def __init__(self, crowd: "Crowd", variables: dict[str, object]) -> None:
        self._crowd = crowd
        self._variables = variables
        self._buffer = b""
        self._greeted = False
        self._transport: asyncio.Transport | None = None
        self.newest = b""
        # Of what it heard last; -1 where that was nothing.
        self.number = -1

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Shake hands."""
        self._transport = cast("asyncio.Transport", transport)
        self._buffer, self._greeted = b"", False
        self._transport.write(self._crowd.handshake)

    def connection_lost(self, reason: Exception | None) -> None:
        """It was cut, by whoever."""
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Take the messages apart."""
        assert self._transport is not None
        data = self._buffer + data if self._buffer else data
        at = 0
        if not self._greeted:
            end = data.find(b"\r\n\r\n")
            if end < 0:
                self._buffer = data
                return
            if not data.startswith(b"HTTP/1.1 101"):
                return self._crowd.fail(data)
            self._greeted, at = True, end + 4
            self._transport.write(_frame(b'{"type":"connection_init"}'))
        size = len(data)
        while size - at >= 2:
            length, begin = data[at + 1], at + 2
            if length == 126:
                begin = at + 4
                length = int.from_bytes(data[at + 2 : begin], "big")
            if begin + length > size:
                break
            self._take(data[at] & 15, data[begin : begin + length])
            at = begin + length
        self._buffer = data[at:]

    def _take(self, kind: int, content: bytes) -> None:
        assert self._transport is not None
        if kind == 8:
            self._crowd.closed[int.from_bytes(content[:2], "big")] += 1
            return
        found = _NUMBER.search(content) if kind == 1 else None
        if found is not None:
            self.newest = content
            self._crowd.heard(self, int(found[1]))
        elif b'"connection_ack"' in content:
            self._subscribe()
        elif b'"ping"' in content:
            self._transport.write(_frame(_PONG))
        else:
            self._crowd.fail(content)

    def _subscribe(self) -> None:
        assert self._transport is not None
        variables = dict(self._variables)
        if self.newest:
            cursor = _CURSOR.findall(self.newest)[-1].decode()
            variables["after"] = cursor
        payload = {"query": SUBSCRIPTION["query"], "variables": variables}
        self._transport.write(_frame(orjson.dumps({"id": "1", "type": "subscribe", "payload": payload})))
        self._crowd.subscribed += 1
        self._crowd.moved.set()

    def cut(self) -> None:
        """Leave without a word."""
        if self._transport is not None:
            self._transport.abort()


class Crowd:
    """Sockets on servers at `urls`, in turns, with these `filters`, in turns."""

    def __init__(self, urls: Sequence[str], filters: Sequence[object] = (SUBSCRIPTION["variables"]["filter"],)) -> None:
        self._places = [place(url) for url in urls]
        self._filters = filters
        parts = urlsplit(urls[0])
        self.handshake = (
            f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
        ).encode()
        self.listeners: list[Listener] = []
        self.subscribed = 0
        self.moved = asyncio.Event()
        # Deliveries by the number of the publish; when the last socket had it; what came in a wrong order or twice.
        self.deliveries: Counter[int] = Counter()
        self.complete: dict[int, float] = {}
        self.wrong = 0
        self.closed: Counter[int] = Counter()
        self._failure = b""

    async def open(self, count: int) -> None:
        """So many more sockets, some at a time, until all have sent their subscription."""
        first = len(self.listeners)
        for number in range(first, first + count):
            filter = self._filters[number % len(self._filters)]
            self.listeners.append(Listener(self, {"filter": filter}))
        await self._connect(self.listeners[first:])

    async def resume(self) -> None:
        """Connect all again at once, each from the cursor of what it heard last."""
        self.subscribed = 0
        await self._connect(self.listeners, at_once=len(self.listeners))

    async def _connect(self, listeners: Sequence[Listener], at_once: int = _AT_ONCE) -> None:
        loop, gate, before = asyncio.get_running_loop(), asyncio.Semaphore(at_once), self.subscribed

        async def one(number: int, listener: Listener) -> None:
            async with gate:
                await loop.create_connection(lambda: listener, *self._places[number % len(self._places)])

        await asyncio.gather(*(one(number, listener) for number, listener in enumerate(listeners)))
        await self.until(lambda: self.subscribed - before >= len(listeners))

    def heard(self, listener: Listener, number: int) -> None:
        """A delivery: the next one, or the first."""
        if listener.number >= 0 and number != listener.number + 1:
            self.wrong += 1
        listener.number = number
        self.deliveries[number] += 1
        if self.deliveries[number] == len(self.listeners):
            self.complete[number] = time.perf_counter()
            self.moved.set()

    def fail(self, message: bytes) -> None:
        """A server said something that it shouldn't have: whoever waits is told."""
        self._failure = self._failure or message[:500]
        self.moved.set()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until `condition` holds. Raises `AssertionError` for what a server must not say, and `TimeoutError`."""
        async with asyncio.timeout(_PATIENCE):
            while not condition():
                self.moved.clear()
                await self.moved.wait()
                assert not self._failure, self._failure

    async def all_heard(self, number: int) -> float:
        """Wait until every socket heard of the publish `number`; when that was."""
        await self.until(lambda: number in self.complete)
        return self.complete[number]

    def leave(self) -> None:
        """Cut all."""
        for listener in self.listeners:
            listener.cut()


@dataclass(frozen=True)
class Published:
    """A publish: its number, when it was sent, when it was answered (and so committed)."""

    number: int
    sent_at: float
    answered_at: float


class Press:
    """Publishes entries, numbered 0, 1, 2 ..."""

    def __init__(self, url: str, workload: Workload, token: str) -> None:
        self._url, self._workload, self._token = url, workload, token
        self._connection: Connection | None = None
        self.next_number = 0

    async def publish(self) -> Published:
        """Publish one."""
        number, self.next_number = self.next_number, self.next_number + 1
        sent_at = time.perf_counter()
        sent = request(self._url, body(self._workload, seq=f"~{number:06}~"), self._token)
        for _attempt in range(2):  # a server closes a connection that was idle for some seconds
            self._connection = self._connection or await Connection.open(self._url)
            try:
                judged(await self._connection.ask(sent))
                return Published(number, sent_at, time.perf_counter())
            except ConnectionError:
                self._connection = None
        raise ConnectionError(self._url)
