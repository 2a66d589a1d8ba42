"""What a client may send over HTTP, and how long it may take; real connections, any bytes."""

import asyncio
from typing import Any

import pytest
from websockets.asyncio.client import connect

from tests.conditions import until
from tests.web.limits.at_the_door import door, request

LONG = "x" * 40_000
CHUNKED = "Transfer-Encoding: chunked"


@pytest.mark.parametrize(
    ("sent", "status", "reason"),
    [
        (request(f"X: {LONG}"), 431, "header_bytes"),
        (request(*[f"X{number}: {'x' * 350}" for number in range(99)]), 431, "header_bytes"),
        (request(*[f"X{number}: x" for number in range(101)]), 431, "header_bytes"),
        (request(path=f"/?query={LONG[:20_000]}"), 414, "url_bytes"),
        (request(host=None), 400, "host_missing"),
        (request("Host: elsewhere"), 400, "host_missing"),
        (request("Content-Encoding: gzip", "Content-Length: 3", method="POST") + b"abc", 415, "compressed"),
        (request("Content-Encoding: br", "Content-Length: 3", method="POST") + b"abc", 415, "compressed"),
        (request("Transfer-Encoding: gzip, chunked", method="POST"), 501, "transfer_encoding"),
        (request("Transfer-Encoding: identity", method="POST"), 501, "transfer_encoding"),
        (request(CHUNKED, "Content-Length: 3", method="POST") + b"0\r\n\r\n", 400, "malformed"),
        (request(CHUNKED, method="POST").replace(b"/1.1", b"/1.0") + b"0\r\n\r\n", 501, "transfer_encoding"),
        (request("Content-Length: 1", "Content-Length: 2", method="POST") + b"ab", 400, "malformed"),
        (request("Content-Length: -1", method="POST"), 400, "malformed"),
        (request("a b: c"), 400, "malformed"),
        (request("X: a\x00b"), 400, "malformed"),
        (b"nonsense\r\n\r\n", 400, "malformed"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100, 400, "malformed"),
    ],
)
async def test_what_breaks_a_bound_is_answered_and_asks_no_application(sent: bytes, status: int, reason: str) -> None:
    async with door() as server, server.client() as client:
        await client.send(sent)
        answer = await client.answer()
        assert (answer.status, answer.code) == (status, "BAD_REQUEST")
        assert answer.headers["connection"] == "close"
        assert answer.headers["cache-control"] == "no-store"
        assert await client.rest() == b""
        assert server.app.asked == []
        assert server.connections.rejections == {reason: 1}
        assert (await server.answer(request())).status == 200


async def test_what_keeps_the_bounds_is_answered() -> None:
    sent = [
        request(f"X: {LONG[:30_000]}"),
        request(*[f"X{number}: x" for number in range(99)]),
        request(path=f"/?query={LONG[:16_000]}"),
        request("Content-Encoding: identity", "Content-Length: 3", method="POST") + b"abc",
        request(CHUNKED, method="POST") + b"3\r\nabc\r\n0\r\n\r\n",
        # A long body with the head in one piece.
        request("Content-Length: 200000", method="POST") + b"x" * 200_000,
        request(host=None).replace(b"/1.1", b"/1.0"),
    ]
    async with door() as server:
        for one in sent:
            assert (await server.answer(one)).status == 200
        assert not server.connections.rejections


@pytest.mark.parametrize("size", [1, 100_000])
async def test_a_header_without_end_is_not_read_to_its_end(size: int) -> None:
    """What comes is counted while it comes, however it is cut."""
    async with door(header_bytes=1024) as server, server.client() as client:
        await client.send(b"GET / HTTP/1.1\r\nX: ")
        sent = 0
        while sent < 40_000_000 and not client.reader.at_eof() and server.connections.rejections.total() == 0:
            await client.send(b"x" * size)
            sent += size
        await until(lambda: server.connections.rejections == {"header_bytes": 1})
        assert sent < 2_000_000
        assert (await client.answer()).status == 431


async def test_a_body_in_very_small_pieces_is_refused() -> None:
    async with door() as server, server.client() as client:
        await client.send(request(CHUNKED, method="POST") + b"1\r\nx\r\n" * 30_000)
        answer = await client.answer()
        assert (answer.status, answer.code) == (400, "BAD_REQUEST")
        assert await client.rest() == b""
        await until(lambda: not server.connections.waiting)
        pieces = b"".join(b"64\r\n" + b"x" * 100 + b"\r\n" for _number in range(9000))
        assert (await server.answer(request(CHUNKED, method="POST") + pieces + b"0\r\n\r\n")).content["size"] == 900_000


async def test_what_stands_behind_a_body_is_no_header() -> None:
    async with door() as server:
        trailer = b"0\r\nAuthorization: Bearer x\r\nX-Forwarded-For: 203.0.113.9\r\n\r\n"
        answer = await server.answer(request(CHUNKED, method="POST") + b"3\r\nabc\r\n" + trailer)
        assert [name for name, _value in answer.content["headers"]] == ["host", "transfer-encoding"]


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("api.example.org", 200),
        ("API.example.org:8443", 200),
        ("[2001:db8::1]:80", 200),
        ("elsewhere.example", 421),
        ("api.example.org.elsewhere.example", 421),
        ("", 421),
    ],
)
async def test_only_the_hosts_of_the_setting_are_served(host: str, status: int) -> None:
    async with door(allowed_hosts="api.example.org, [2001:db8::1]") as server:
        answer = await server.answer(request(host=host))
        assert answer.status == status
        assert len(server.app.asked) == (status == 200)


# ---------------------------------------------------------------- seconds


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\nHost: localhost\r\n", b"GET /", request("X: a")[:-2]])
async def test_half_a_head_is_waited_for_so_long(sent: bytes) -> None:
    async with door(header_seconds=0.2) as server, server.client() as client:
        await client.send(sent)
        assert (await client.answer()).status == 408
        assert await client.rest() == b""
        assert server.app.asked == []


@pytest.mark.parametrize("sent", [b"", b"\r\n"])
async def test_who_sends_nothing_is_parted_with(sent: bytes) -> None:
    async with door(header_seconds=0.2, idle_seconds=3600) as server, server.client() as client:
        await client.send(sent)
        assert await client.rest() == b""
        async with server.client() as other:
            await other.send(request())
            await other.answer()
            await other.send(b"\r\n")
            assert await other.rest() == b""


async def test_half_a_body_is_waited_for_so_long_and_the_application_learns_it() -> None:
    async with door(body_seconds=0.2) as server, server.client() as client:
        await client.send(request("Content-Length: 100", method="POST"), b"half")
        assert (await client.answer()).status == 408
        assert await client.rest() == b""
        await until(lambda: server.app.left)
        assert len(server.app.asked) == 1


async def test_a_body_that_nobody_reads_is_waited_for_no_longer() -> None:
    async with door(body_seconds=0.2, idle_seconds=3600) as server, server.client() as client:
        await client.send(request("Content-Length: 100", path="/unread", method="POST"), b"half")
        assert (await client.answer()).status == 200
        assert b"408" in (await client.rest())[:20]


async def test_an_idle_connection_ends_and_one_in_use_goes_on() -> None:
    async with door(idle_seconds=1, header_seconds=0.3) as server, server.client() as client:
        for _number in range(3):
            await client.send(request())
            assert (await client.answer()).status == 200
            await asyncio.sleep(0.4)  # longer than a head may take
        assert await client.rest() == b""


async def test_an_answer_takes_as_long_as_it_needs() -> None:
    async with door(header_seconds=0.1, body_seconds=0.1, idle_seconds=1) as server, server.client() as client:
        await client.send(request("Content-Length: 3", path="/wait", method="POST") + b"abc")
        await asyncio.sleep(0.5)
        server.app.goes_on.set()
        assert (await client.answer()).status == 200


@pytest.mark.parametrize("bytes_at_once", [0, 1000])
async def test_who_reads_next_to_nothing_of_an_answer_is_cut(bytes_at_once: int) -> None:
    async with door(unread_seconds=0.3) as server, server.client() as client:
        await client.send(request(path="/long"))
        await until(lambda: server.app.asked)
        while not server.connections.rejections:
            await client.reader.read(bytes_at_once)
            await asyncio.sleep(0.01)
        assert server.connections.rejections == {"unread": 1}
        await until(lambda: not server.connections.waiting)


async def test_who_reads_slowly_gets_it_all() -> None:
    async with door(unread_seconds=1.0) as server, server.client() as client:
        await client.send(request(path="/long"))
        size = 0
        while size < 40_000_000:
            part = await client.reader.read(2_000_000)
            assert part, server.connections.rejections
            size += len(part)
            await asyncio.sleep(0.06)
        assert not server.connections.rejections


# ---------------------------------------------------------------- several requests on a connection


async def test_what_is_wrong_behind_a_request_is_not_written_into_its_answer() -> None:
    async with door() as server, server.client() as client:
        await client.send(request(path="/wait"), request(host=None), request())
        await until(lambda: server.connections.rejections == {"host_missing": 1})
        server.app.goes_on.set()
        answer = await client.answer()
        assert (answer.content["path"], answer.headers["connection"]) == ("/wait", "close")
        assert await client.rest() == b""
        assert len(server.app.asked) == 1


async def test_so_many_requests_may_wait_for_the_one_before() -> None:
    async with door() as server, server.client() as client:
        await client.send(request() * 15)
        for _number in range(15):
            assert (await client.answer()).status == 200
        await client.send(request() * 5000)
        await until(lambda: server.connections.rejections)
        rest = await client.rest()
        assert rest.count(b"HTTP/1.1 200") <= 21
        assert len(server.app.asked) <= 15 + 21


@pytest.mark.parametrize("later", [False, True])
async def test_what_follows_an_upgrade_that_is_not_spoken_is_no_request(later: bool) -> None:
    """A proxy in between takes it for the body."""
    hidden = request(path="/hidden")
    first = request("Connection: Upgrade", "Upgrade: h2c", f"Content-Length: {len(hidden)}", method="POST")
    async with door() as server, server.client() as client:
        await client.send(*((first, hidden) if later else (first + hidden,)))
        assert (await client.answer()).headers["connection"] == "close"
        assert await client.rest() == b""
        assert [scope["path"] for scope in server.app.asked] == ["/"]


# ---------------------------------------------------------------- those who leave


async def test_who_leaves_ends_what_runs_for_them(caplog: pytest.LogCaptureFixture) -> None:
    async with door() as server:
        async with server.client() as client:
            await client.send(request(path="/wait"))
            await until(lambda: server.app.asked)
            await asyncio.sleep(0.05)
        await until(lambda: server.app.left == ["/wait"])
        async with server.client() as client:
            await client.send(request("Content-Length: 100", path="/wait", method="POST"), b"half")
            await until(lambda: len(server.app.asked) == 2)
        await until(lambda: len(server.app.left) == 2)
        await until(lambda: not server.connections.waiting)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_with_a_pipelined_request_too(caplog: pytest.LogCaptureFixture) -> None:
    async with door() as server:
        async with server.client() as client:
            await client.send(request(path="/wait") * 3)
            await until(lambda: server.app.asked)
            await asyncio.sleep(0.05)
        # Reading is paused while requests wait: the end is seen when something is written.
        server.app.goes_on.set()
        await until(lambda: not server.connections.waiting)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


# ---------------------------------------------------------------- numbers


async def test_where_there_are_as_many_as_may_be_the_one_that_waited_longest_gives_way() -> None:
    async with door(connections_at_once=16) as server:
        clients = [server.client() for _number in range(16)]
        idle = [await client.__aenter__() for client in clients]
        await until(lambda: len(server.connections.waiting) == 16)
        await idle[0].send(request())  # which has waited less than the second now
        assert (await idle[0].answer()).status == 200
        for _number in range(3):
            assert (await server.answer(request())).status == 200
        assert await idle[1].rest() == b""
        await idle[0].send(request())
        assert (await idle[0].answer()).status == 200
        for client in clients:
            await client.__aexit__(None, None, None)
        await until(lambda: not server.connections.waiting)


async def test_where_all_are_busy_the_next_one_is_told_to_come_back() -> None:
    async with door(connections_at_once=16) as server:
        clients = [server.client() for _number in range(16)]
        busy = [await client.__aenter__() for client in clients]
        for one in busy:
            await one.send(request(path="/wait"))
        await until(lambda: len(server.app.asked) == 16)
        answer = await server.answer(request())
        assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "UNAVAILABLE", "5")
        server.app.goes_on.set()
        for one in busy:
            assert (await one.answer()).status == 200
        assert (await server.answer(request())).status == 200
        for client in clients:
            await client.__aexit__(None, None, None)


async def test_one_address_has_so_many_and_gives_them_back() -> None:
    values: dict[str, Any] = {"connections_per_address": 2, "limit_loopback": True}
    async with door(**values) as server:
        async with server.client(), server.client() as two:
            await until(lambda: len(server.connections.waiting) == 2)
            answer = await server.answer(request())
            assert (answer.status, answer.code, answer.headers["retry-after"]) == (429, "RATE_LIMITED", "5")
            await two.send(request())
            assert (await two.answer()).status == 200
        await until(lambda: not server.connections.waiting)
        assert (await server.answer(request())).status == 200


async def test_a_trusted_proxy_has_as_many_as_it_likes() -> None:
    values: dict[str, Any] = {"connections_per_address": 1, "limit_loopback": True, "trusted_proxies": "127.0.0.1"}
    async with door(**values) as server, server.client(), server.client():
        assert (await server.answer(request())).status == 200


async def test_a_socket_is_counted_as_such() -> None:
    async with door(connections_per_address=1, limit_loopback=True) as server:
        host, port = server.address
        async with connect(f"ws://{host}:{port}/", proxy=None):
            await until(lambda: not server.connections.waiting)
            assert (await server.answer(request())).status == 200
