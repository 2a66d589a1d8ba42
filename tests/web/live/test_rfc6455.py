"""Frames as RFC 6455 has them, over real connections: what is wrong is closed with its code, what is right answered."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import uvicorn

from tests.web.live.raw_socket import (
    BINARY,
    CLOSE,
    CONT,
    PING,
    PONG,
    TEXT,
    close_frame,
    echo,
    frame,
    listening_echo,
    opened,
    serving,
)
from web.settings import Settings

MOST = 70_000


@pytest_asyncio.fixture(scope="module", params=[echo, listening_echo], ids=["asgi", "listener"])
async def server(request: pytest.FixtureRequest) -> AsyncIterator[uvicorn.Server]:
    """Sends back what it is sent."""
    async with serving(request.param, Settings(socket_message_bytes=MOST)) as server:
        yield server


def text(payload: str | bytes) -> bytes:
    """A client's text in one frame."""
    return frame(TEXT, payload.encode() if isinstance(payload, str) else payload)


WRONG = {
    **{f"5.2 reserved bit {bit}": (frame(TEXT, b"x", rsv=bit), 1002) for bit in (1, 2, 4)},
    **{f"5.2 opcode {opcode}": (frame(opcode, b"x"), 1002) for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    **{f"5.1 unmasked {opcode}": (frame(opcode, b"", masked=False), 1002) for opcode in (TEXT, BINARY, PING, CLOSE)},
    **{f"5.5 too long {opcode}": (frame(opcode, b"\x03\xe8" + b"x" * 124), 1002) for opcode in (CLOSE, PING, PONG)},
    **{f"5.5 in fragments {opcode}": (frame(opcode, b"", fin=False), 1002) for opcode in (CLOSE, PING, PONG)},
    "5.4 continues nothing": (frame(CONT, b"x"), 1002),
    "5.4 continues what was whole": (text("x") + frame(CONT, b"x"), 1002),
    "5.4 begins inside another": (frame(TEXT, b"x", fin=False) + text("y"), 1002),
    "5.5.1 closes inside another": (frame(TEXT, b"x", fin=False) + close_frame(1000), 1002),
    "8.1 no UTF-8": (text(b"\xce\xba\xff"), 1007),
    "8.1 cut UTF-8": (text(b"\xce"), 1007),
    "8.1 a surrogate": (text(b"\xed\xa0\x80"), 1007),
    "8.1 overlong": (text(b"\xc0\xaf"), 1007),
    "8.1 above U+10FFFF": (text(b"\xf4\x90\x80\x80"), 1007),
    "8.1 no UTF-8, in fragments": (frame(TEXT, b"\xce", fin=False) + frame(CONT, b"x"), 1007),
    "5.5.1 half a code": (frame(CLOSE, b"\x03"), 1002),
    "5.5.1 a reason that is no UTF-8": (close_frame(1000, b"\xff"), 1007),
    **{
        f"7.4 code {code}": (close_frame(code), 1002)
        for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535)
    },
    "too long": (text(b"x" * (MOST + 1)), 1009),
    "too long in fragments": (frame(BINARY, b"x" * MOST, fin=False) + frame(CONT, b"x"), 1009),
    "5.2 a length of 63 bits": (b"\x82\xff\x7f" + b"\xff" * 7, 1009),
}


@pytest.mark.parametrize("name", WRONG)
async def test_what_is_wrong_fails_the_connection(server: uvicorn.Server, name: str) -> None:
    data, code = WRONG[name]
    async with opened(server) as client:
        client.send(data + text("not read any more"))
        answers = [await client.hear()]
        if name == "5.4 continues what was whole" and answers[0] == (0x81, b"x"):
            answers = [await client.hear()]  # what was said before it may be answered
        assert answers[0][0] == 0x80 | CLOSE
        assert int.from_bytes(answers[0][1][:2], "big") == code
        assert await client.ended()


async def test_who_is_wrong_and_goes_on_sending_learns_why(server: uvicorn.Server) -> None:
    """A connection that is closed while something comes is reset, and what was sent before it may be lost."""
    async with opened(server) as client:
        client.send(b"\x82\xff" + (50_000_000).to_bytes(8, "big"))
        for _number in range(200):
            client.send(bytes(50_000))
            await asyncio.wait_for(client.writer.drain(), 60)
        assert await client.closed() == 1009
        assert await client.ended()


CLOSES = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999]


@pytest.mark.parametrize("code", CLOSES)
async def test_a_close_is_answered_by_its_code_and_the_end(server: uvicorn.Server, code: int) -> None:
    async with opened(server) as client:
        client.send(close_frame(code, "Tschüß".encode()) + text("not read any more"))
        assert await client.closed() == code
        assert await client.ended()


async def test_a_close_without_a_code_is_answered_without_one(server: uvicorn.Server) -> None:
    async with opened(server) as client:
        client.send(frame(CLOSE))
        assert await client.hear() == (0x80 | CLOSE, b"")
        assert await client.ended()


async def test_who_ends_one_direction_without_a_close_has_ended_both(server: uvicorn.Server) -> None:
    async with opened(server) as client:
        client.send(text("x"))
        assert await client.hear() == (0x81, b"x")
        client.writer.write_eof()
        assert await client.ended()


RIGHT = {
    **{f"text of {size}": ([text(b"x" * size)], [(0x81, b"x" * size)]) for size in (0, 125, 126, 65_535, 65_536, MOST)},
    "binary": ([frame(BINARY, b"\xff\x00")], [(0x82, b"\xff\x00")]),
    "in fragments": (
        [frame(TEXT, b"a", fin=False), frame(CONT, b"", fin=False), frame(CONT, b"b")],
        [(0x81, b"ab")],
    ),
    "a character in fragments": ([frame(TEXT, b"\xc3", fin=False), frame(CONT, b"\xbc")], [(0x81, "ü".encode())]),
    "binary in fragments": ([frame(BINARY, b"\xff", fin=False), frame(CONT, b"\xfe")], [(0x82, b"\xff\xfe")]),
    "a ping between fragments": (
        [frame(TEXT, b"a", fin=False), frame(PING, b"!"), frame(CONT, b"b")],
        [(0x8A, b"!"), (0x81, b"ab")],
    ),
    "as many fragments as there may be": (
        [frame(TEXT, b"", fin=False), *[frame(CONT, b"x", fin=False)] * 5_000, frame(CONT, b"")],
        [(0x81, b"x" * 5_000)],
    ),
    "ping": ([frame(PING, b"\x00\xff" * 62 + b"x")], [(0x8A, b"\x00\xff" * 62 + b"x")]),
    "an empty ping": ([frame(PING)], [(0x8A, b"")]),
    "a pong that nobody asked for": ([frame(PONG, b"x"), text("y")], [(0x81, b"y")]),
    "one after the other": ([text(str(number)) for number in range(300)], [(0x81, b"%d" % n) for n in range(300)]),
}


@pytest.mark.parametrize("how", ["at once", "by frames", "by bytes"])
@pytest.mark.parametrize("name", RIGHT)
async def test_what_is_right_is_answered(server: uvicorn.Server, name: str, how: str) -> None:
    frames, answers = RIGHT[name]
    data = b"".join(frames)
    async with opened(server) as client:
        if how == "at once":
            client.send(data)
        elif how == "by frames":
            for one in frames[:400]:
                client.send(one)
                await asyncio.sleep(0)
            client.send(b"".join(frames[400:]))
        else:
            for at in range(min(len(data), 500)):
                client.send(data[at : at + 1])
                await asyncio.sleep(0)
            client.send(data[500:])
        heard = [await client.hear() for _answer in answers]
        # A pong may overtake a message, and stay behind one.
        assert sorted(heard) == sorted(answers)
        assert [one for one in heard if one[0] != 0x8A] == [one for one in answers if one[0] != 0x8A]
        client.send(close_frame(1000))
        assert await client.closed() == 1000
