"""Connections that send nothing, more than the process has descriptors: others are answered all the same."""

import socket
from contextlib import ExitStack
from pathlib import Path

import httpx
import psutil
import pytest

from tests.web.limits.few_descriptors import DESCRIPTORS
from tests.web.server import PATIENCE, Server

PROGRAM = ("-m", "tests.web.limits.few_descriptors")


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Half: ", b"\r\n"])
def test_idle_connections_keep_nobody_out(tmp_path: Path, sent: bytes) -> None:
    with Server(tmp_path / "data", PROGRAM, HEADER_SECONDS=3600) as server, ExitStack() as stack:
        address = (server.client.base_url.host, server.client.base_url.port)
        for number in range(400):
            one = stack.enter_context(socket.create_connection(address, PATIENCE))
            one.sendall(sent)
            if number % 100 == 99:
                answer = httpx.get(f"{server.url}/graphql?query={{liveCursor}}", timeout=PATIENCE, trust_env=False)
                assert answer.json()["data"]["liveCursor"]
        assert psutil.Process(server.process.pid).num_fds() < DESCRIPTORS
        assert "fewer connections" in server.log
        assert "Traceback" not in server.log


def test_those_that_send_half_a_body_keep_nobody_out(tmp_path: Path) -> None:
    half = b"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    with Server(tmp_path / "data", PROGRAM, BODY_SECONDS=3600) as server, ExitStack() as stack:
        address = (server.client.base_url.host, server.client.base_url.port)
        for _number in range(400):
            stack.enter_context(socket.create_connection(address, PATIENCE)).sendall(half)
        answer = httpx.get(f"{server.url}/graphql?query={{liveCursor}}", timeout=PATIENCE, trust_env=False)
        assert answer.json()["data"]["liveCursor"]
