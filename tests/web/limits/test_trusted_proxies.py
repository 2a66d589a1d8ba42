"""Whom a server takes for the caller, over HTTP and on sockets: whom a trusted proxy names, and nobody else says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.web.live.test_graphql_transport_ws import PROTOCOL, hear, say
from tests.web.live.test_streams import SSE
from tests.web.server import Server

ONE, OTHER = "203.0.113.1", "203.0.113.2"
TRUSTED = {"TRUSTED_PROXIES": "127.0.0.1"}
FIGURES = "subscription { networkStatistics { memberCount } }"


@asynccontextmanager
async def serving(folder: Path, **settings: Any) -> AsyncIterator[Server]:
    """A server that lets each address have one socket, and one operation on sockets and streams."""
    limits: dict[str, Any] = {"LIMIT_LOOPBACK": 1, "SOCKETS_PER_ADDRESS": 1, "SUBSCRIPTIONS_PER_ADDRESS": 1}
    server = Server(folder, **limits, **settings)
    await asyncio.to_thread(server.ready)
    with server:
        yield server


@asynccontextmanager
async def socket(server: Server, header: str, value: str) -> AsyncIterator[ClientConnection]:
    """A socket of a client for which a proxy asks."""
    headers = {header: value}
    async with connect(server.socket_url, subprotocols=[PROTOCOL], additional_headers=headers, proxy=None) as one:
        yield one


async def is_let_in(server: Server, header: str, value: str) -> bool:
    """Whether a further socket of that client opens."""
    async with socket(server, header, value) as one:
        try:
            await say(one, type="connection_init")
            return await hear(one) == {"type": "connection_ack"}
        except ConnectionClosed:
            return False


@pytest.mark.parametrize(
    ("settings", "header", "one", "other"),
    [
        (TRUSTED, "X-Forwarded-For", ONE, OTHER),
        (TRUSTED, "X-Forwarded-For", f"198.51.100.7, {ONE}", f"198.51.100.7, {OTHER}"),
        (TRUSTED | {"PROXY_HEADER": "Forwarded"}, "Forwarded", f"for={ONE}", 'for="[2001:db8::1]"'),
    ],
)
async def test_each_client_of_a_trusted_proxy_has_its_own_limits(
    tmp_path: Path, settings: dict[str, str], header: str, one: str, other: str
) -> None:
    async with serving(tmp_path / "data", **settings) as server, socket(server, header, one) as first:
        await say(first, type="connection_init")
        assert await hear(first) == {"type": "connection_ack"}
        assert not await is_let_in(server, header, one)
        assert await is_let_in(server, header, other)
        await say(first, type="subscribe", id="1", payload={"query": FIGURES})
        assert (await hear(first))["type"] == "next"
        for value, status in ((one, 429), (other, 200)):
            headers = {"Accept": SSE, header: value}
            with server.client.stream("POST", "/graphql", json={"query": "{ liveCursor }"}, headers=headers) as answer:
                assert answer.status_code == status


@pytest.mark.parametrize(
    "settings",
    [{}, {"TRUSTED_PROXIES": "10.0.0.0/8"}, TRUSTED | {"PROXY_HEADER": "Forwarded"}],
)
async def test_nobody_else_is_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
) -> None:
    monkeypatch.setenv("FORWARDED_ALLOW_IPS", "*")
    header = "X-Forwarded-For"
    async with serving(tmp_path / "data", **settings) as server, socket(server, header, ONE) as first:
        await say(first, type="connection_init")
        assert await hear(first) == {"type": "connection_ack"}
        assert not await is_let_in(server, header, OTHER)
