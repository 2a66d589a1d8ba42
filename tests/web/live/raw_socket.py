"""A server of sockets alone, without a network, and a client that writes any bytes as frames (RFC 6455, 5.2)."""

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.conditions import until
from web.live.websocket import BoundedSocket, protocol, wire_of
from web.settings import Settings

CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
_MASK = b"\x37\xfa\x21\x3d"
_PATIENCE = 60.0
REQUEST = (
    "GET /way%20there?query=1 HTTP/1.1",
    "Host: localhost",
    "Upgrade: websocket",
    "Connection: Upgrade",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    "Sec-WebSocket-Version: 13",
)


class _InProcess(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(
    app: ASGIApp,
    settings: Settings | None = None,
    *,
    certificate: Path | None = None,
    http: type[asyncio.Protocol] | Literal["auto"] = "auto",
) -> AsyncIterator[uvicorn.Server]:
    """`app` on a real server in this process; by TLS where there is a certificate, with its key.

    `http` is the class of its HTTP connections.
    """
    settings = settings or Settings()
    config = uvicorn.Config(
        app,
        interface="asgi3",
        http=http,
        ws=protocol(settings),
        timeout_keep_alive=settings.idle_seconds,
        lifespan="off",
        log_config=None,
        access_log=False,
        ws_max_size=settings.socket_message_bytes,
        timeout_graceful_shutdown=5,
        ssl_certfile=certificate,
    )
    server = _InProcess(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        task = asyncio.create_task(server.serve([listener]))
        await until(lambda: server.started)
        try:
            yield server
        finally:
            server.should_exit = True
            await task


def certificate(folder: Path) -> Path:
    """A certificate of this machine, with its key, in a file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / "certificate.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, rsv: int = 0, masked: bool = True) -> bytes:
    """A client's frame, also one that must not be."""
    size, mask = len(payload), 0x80 if masked else 0
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    if size < 126:
        head = bytes((first, mask | size))
    elif size < 65_536:
        head = bytes((first, mask | 126)) + size.to_bytes(2, "big")
    else:
        head = bytes((first, mask | 127)) + size.to_bytes(8, "big")
    if not masked:
        return head + payload
    return head + _MASK + bytes(byte ^ _MASK[at % 4] for at, byte in enumerate(payload))


def close_frame(code: int, reason: bytes = b"") -> bytes:
    """A client's close frame."""
    return frame(CLOSE, struct.pack("!H", code) + reason)


class Client:
    """A connection to the server, as bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, data: bytes) -> None:
        """Write these bytes."""
        self.writer.write(data)

    async def answer(self) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of what the server answers to the request."""
        async with asyncio.timeout(_PATIENCE):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            status, *lines = head.strip().split("\r\n")
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
            body = await self.reader.readexactly(int(headers.get("content-length", 0)))
        return int(status.split()[1]), headers, body

    async def hear(self) -> tuple[int, bytes]:
        """The next frame: its first byte, and what it says."""
        async with asyncio.timeout(_PATIENCE):
            first, size = await self.reader.readexactly(2)
            assert size < 128, "a server doesn't mask"
            if size == 126:
                size = int.from_bytes(await self.reader.readexactly(2), "big")
            elif size == 127:
                size = int.from_bytes(await self.reader.readexactly(8), "big")
            return first, await self.reader.readexactly(size)

    async def closed(self) -> int:
        """The code of the close frame that comes next; 1005 where it has none."""
        first, payload = await self.hear()
        assert first == 0x80 | CLOSE, (first, payload)
        return int.from_bytes(payload[:2], "big") if payload else 1005

    async def ended(self) -> bool:
        """Whether nothing comes any more but the end of the connection."""
        async with asyncio.timeout(_PATIENCE):
            return await self.reader.read(1) == b""


@asynccontextmanager
async def connected(
    server: uvicorn.Server, *, request: Sequence[str] = REQUEST, trusted: Path | None = None
) -> AsyncIterator[Client]:
    """A connection on which the request has been sent; by TLS where a certificate is `trusted`."""
    host, port = server.servers[0].sockets[0].getsockname()
    tls = ssl.create_default_context(cafile=trusted) if trusted else None
    reader, writer = await asyncio.open_connection(host, port, ssl=tls)
    try:
        client = Client(reader, writer)
        client.send("\r\n".join([*request, "", ""]).encode("latin-1"))
        yield client
    finally:
        writer.transport.abort()


@asynccontextmanager
async def opened(server: uvicorn.Server) -> AsyncIterator[Client]:
    """An open socket."""
    async with connected(server) as client:
        assert (await client.answer())[0] == 101
        yield client


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that sends back what it is sent, by the messages of ASGI."""
    assert (await receive())["type"] == "websocket.connect"
    await send({"type": "websocket.accept"})
    while (message := await receive())["type"] == "websocket.receive":
        await send({**message, "type": "websocket.send"})


class Echo:
    """The same, as a listener."""

    def __init__(self, wire: BoundedSocket) -> None:
        self._wire = wire
        self.ends = 0

    def received(self, message: str | bytes) -> None:
        """Send it back."""
        if isinstance(message, str):
            self._wire.say(message.encode())
        else:
            self._wire.say_bytes(message)

    def drained(self) -> None:
        """Nothing waits here."""

    def ended(self) -> None:
        """Once."""
        self.ends += 1


async def listening_echo(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that hands the socket to a listener, and returns."""
    assert (await receive())["type"] == "websocket.connect"
    await send({"type": "websocket.accept"})
    wire = wire_of(scope)
    wire.listen(Echo(wire))
