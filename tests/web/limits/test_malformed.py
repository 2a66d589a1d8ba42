"""Malformed messages over HTTP and on sockets, drawn by lot: they leave nothing behind, and others are answered."""

import asyncio
import random
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from tests.web.limits.at_the_door import request
from tests.web.live.raw_socket import REQUEST, frame
from tests.web.live.test_leaks import left, usual
from tests.web.server import Server

_AT_ONCE = 20
SOCKET = ("\r\n".join((*REQUEST, "Sec-WebSocket-Protocol: graphql-transport-ws", "", ""))).encode()
ASKED = b'{"query": "{ network { name } }"}'
WELL_FORMED = (
    request(path="/graphql?query={liveCursor}"),
    request("Content-Type: application/json", f"Content-Length: {len(ASKED)}", path="/graphql", method="POST") + ASKED,
    request("Content-Type: application/json", "Transfer-Encoding: chunked", path="/graphql", method="POST")
    + b"%x\r\n%b\r\n0\r\n\r\n" % (len(ASKED), ASKED),
    SOCKET.replace(b"/way%20there?query=1", b"/graphql"),
)
MESSAGES = (b'{"type": "connection_init"}', b'{"type": "ping"}', b'{"id": "1", "type": "subscribe"}', b"[", b"\xff")


def spoiled(one: bytes, dice: random.Random) -> bytes:
    """A message with something wrong in it, mostly: bytes changed, left out, put in, repeated or cut off."""
    data = bytearray(one)
    for _number in range(dice.choice([0, 1, 1, 2, 5])):
        at = dice.randrange(len(data) + 1)
        match dice.randrange(5):
            case 0:
                data[at : at + 1] = dice.randbytes(1)
            case 1:
                del data[at : at + dice.randrange(1, 20)]
            case 2:
                data[at:at] = dice.randbytes(dice.randrange(1, 40))
            case 3:
                data[at:at] = data[at : at + dice.randrange(1, 60)] * dice.randrange(1, 50)
            case _:
                del data[at:]
        if not data:
            break
    return bytes(data)


def frames(dice: random.Random) -> bytes:
    """Frames as a client sends them, some of which no client would."""
    written = b""
    for _number in range(dice.randrange(1, 5)):
        payload = dice.choice(MESSAGES) if dice.random() < 0.7 else dice.randbytes(dice.randrange(200))
        written += frame(dice.choice([0, 1, 1, 1, 2, 8, 9, 10, 3, 11]), payload)
    return spoiled(written, dice)


async def send(port: int, dice: random.Random) -> None:
    """One client, which sends something, hears what comes of it, and leaves: at once, or when it is told to."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        if dice.random() < 0.4:
            writer.write(WELL_FORMED[-1])
            await reader.readuntil(b"\r\n\r\n")
            writer.write(frames(dice))
        else:
            writer.write(spoiled(dice.choice(WELL_FORMED), dice))
        await writer.drain()
        with suppress(TimeoutError):
            async with asyncio.timeout(dice.choice([0, 0.02, 0.1])):
                await reader.read()
    finally:
        writer.transport.abort()


_KEPT = ("schema.operations.", "schema.documents.lru_cache.")


async def storm(server: Server, number: int, seed: int) -> None:
    """So many clients, some at a time."""
    dice, places = random.Random(seed), asyncio.Semaphore(_AT_ONCE)
    port = int(server.url.rpartition(":")[2])

    async def one() -> None:
        async with places:
            with suppress(OSError, asyncio.IncompleteReadError):
                await send(port, dice)

    await asyncio.gather(*(one() for _number in range(number)))


@pytest.mark.parametrize("number", [600, pytest.param(10_000, marks=pytest.mark.soak)])
async def test_malformed_messages_leave_nothing_behind(tmp_path: Path, number: int) -> None:
    server = Server(tmp_path / "data", ("-m", "tests.web.counting"), HEADER_SECONDS=2, BODY_SECONDS=2)
    await asyncio.to_thread(server.ready)
    with server:
        await storm(server, 200, 1)  # what is made once and kept
        await asyncio.sleep(1)
        before, memory = await usual(server), psutil.Process(server.process.pid).memory_info().rss
        await storm(server, number, 2)
        # Documents that were spoiled and can be read all the same are compiled, and kept in so many bytes.
        assert await left(server, before, _KEPT) == {}
        assert psutil.Process(server.process.pid).memory_info().rss - memory < 20_000_000
        assert server.ask("{ liveCursor }")["data"]["liveCursor"]
        assert "Traceback" not in server.log
        assert len(server.log) < 20_000
