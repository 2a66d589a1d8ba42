"""Load over HTTP: so many keep-alive connections, each of which asks again as soon as it is answered."""

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast
from urllib.parse import urlsplit

import orjson

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"


def request(url: str, body: bytes, token: str | None = None) -> bytes:
    """The bytes of a POST of JSON to `url`."""
    parts = urlsplit(url)
    lines = [
        f"POST {parts.path} HTTP/1.1",
        f"Host: {parts.netloc}",
        "Content-Type: application/json",
        "Accept: application/json",
        f"Content-Length: {len(body)}",
        *([f"Authorization: Bearer {token}"] if token else []),
    ]
    return "\r\n".join(lines).encode() + _END_OF_HEAD + body


def place(url: str) -> tuple[str, int]:
    """Host and port of a server's URL."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    return parts.hostname, parts.port


def judged(answer: bytes) -> dict[str, object]:
    """The data of an answer. Raises `AssertionError` where there are errors, or user errors of a mutation."""
    found = orjson.loads(answer)
    data = found.get("data")
    assert data, answer[:500]
    assert not found.get("errors"), answer[:500]
    assert not any(isinstance(one, dict) and one.get("userErrors") for one in data.values()), answer[:500]
    return dict(data)


class Connection(asyncio.Protocol):
    """One keep-alive connection, one request at a time."""

    def __init__(self) -> None:
        self._buffer = b""
        self._answer: asyncio.Future[bytes] | None = None
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def open(cls, url: str, source: str | None = None) -> "Connection":
        """A connection to where `url` leads, from this machine's address `source`."""
        address = None if source is None else (source, 0)
        _transport, made = await asyncio.get_running_loop().create_connection(cls, *place(url), local_addr=address)
        return made

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is open."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, reason: Exception | None) -> None:
        """The server closed it."""
        self._transport = None
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(reason or ConnectionError("the server closed the connection"))

    def data_received(self, data: bytes) -> None:
        """A piece of an answer."""
        self._buffer += data
        end = self._buffer.find(_END_OF_HEAD)
        if end < 0:
            return
        head = self._buffer[:end].lower()
        at = head.index(_LENGTH) + len(_LENGTH)
        whole = end + len(_END_OF_HEAD) + int(head[at:].split(b"\r\n", 1)[0])
        if len(self._buffer) >= whole and self._answer is not None:
            answer, self._buffer = self._buffer[end + len(_END_OF_HEAD) : whole], self._buffer[whole:]
            self._answer.set_result(answer)

    async def ask(self, sent: bytes) -> bytes:
        """The answer's body to the bytes of a request. Raises `ConnectionError` where the connection is closed."""
        if self._transport is None:
            raise ConnectionError("the server closed the connection")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(sent)
        return await self._answer

    def close(self) -> None:
        """Leave."""
        if self._transport is not None:
            self._transport.abort()


@dataclass
class Load:
    """What came of a load. Every answer was looked at: those that equal one that was found right, as bytes."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """How many were answered."""
        return len(self.latencies)

    @property
    def p99_ms(self) -> float:
        """Of a hundred requests, 99 are answered within so many milliseconds."""
        return sorted(self.latencies)[int(self.requests * 0.99)] * 1000

    @property
    def p50_ms(self) -> float:
        """Half of the requests are answered within so many milliseconds."""
        return sorted(self.latencies)[self.requests // 2] * 1000


async def load(urls: Sequence[str], sent: Sequence[bytes], seconds: float, connections: int = 32) -> Load:
    """Go round the requests `sent` for so long, by so many connections, spread over servers at `urls`.

    All that is under way at the end is awaited. Raises `AssertionError` at the first wrong answer.
    """
    made = Load()
    turns = itertools.cycle(range(len(sent)))
    known: list[bytes | None] = [None] * len(sent)
    opened = [await Connection.open(urls[number % len(urls)]) for number in range(connections)]
    begun = time.perf_counter()

    async def go(connection: Connection) -> None:
        while (asked := time.perf_counter()) - begun < seconds:
            turn = next(turns)
            answer = await connection.ask(sent[turn])
            made.latencies.append(time.perf_counter() - asked)
            if answer != known[turn]:
                judged(answer)
                known[turn] = answer

    await asyncio.gather(*map(go, opened))
    made.seconds = time.perf_counter() - begun
    for connection in opened:
        connection.close()
    return made
