"""Connections that are meant to hold the server up: endless headers, half a request, many that send nothing.

tests/web/limits tries each bound in full, and 400 idle connections beside 300 descriptors.
"""

import socket
from contextlib import ExitStack, suppress

import psutil
import pytest

from tests.attacks.cpu import Cpu, room
from tests.web.server import PATIENCE, Server

MIB = 2**20


def connected(server: Server, stack: ExitStack) -> socket.socket:
    address = (server.client.base_url.host, server.client.base_url.port or 80)
    return stack.enter_context(socket.create_connection(address, PATIENCE))


@pytest.mark.parametrize("head", [b"GET /graphql HTTP/1.1\r\nHost: x\r\nX: ", b"GET /", b"POST /graphql HTTP/1.1\r\n"])
def test_a_header_without_end_is_kept_by_nobody(server: Server, head: bytes) -> None:
    """40 MB of a header cost 1.7 seconds."""
    cpu, sent = Cpu(server.process.pid), 0
    before = psutil.Process(server.process.pid).memory_info().rss
    with ExitStack() as stack:
        one = connected(server, stack)
        with suppress(ConnectionError):
            one.sendall(head)
            while sent < 40 * MIB:
                one.sendall(b"x" * 65_536 if b"X:" in head or head == b"GET /" else b"A: b\r\n" * 10_000)
                sent += 65_536
        answer = b""
        with suppress(ConnectionError):
            answer = one.recv(1000)
        memory = psutil.Process(server.process.pid).memory_info().rss - before
    # What comes behind the refusal is thrown away for a moment, so that the client reads why, and then cut off.
    assert answer[9:12] in (b"431", b"414", b""), answer[:100]
    assert cpu.ms <= room() * 100, f"{cpu.ms:.0f} ms"
    assert memory < 10 * MIB


def test_a_hundred_halves_of_requests_keep_nobody_waiting(server: Server) -> None:
    with ExitStack() as stack:
        for number in range(100):
            half = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n" + (b"\r\n{" if number % 2 else b"")
            connected(server, stack).sendall(half)
        answer = server.client.post("/graphql", json={"query": "{ network { name } }"}).json()
        assert answer["data"]["network"]["name"]


def test_a_compressed_body_is_not_expanded(server: Server) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    cpu = Cpu(server.process.pid)
    assert server.client.post("/graphql", content=b"\x1f\x8b" + b"\0" * 1000, headers=headers).status_code == 415
    assert cpu.ms <= room() * 5
