"""A client that leaves in the middle of a mutation harms nobody."""

import asyncio
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.databases import Databases, execute, run
from tests.web.live.test_graphql_transport_ws import opened
from tests.web.server import Server

KEY = "a key for tests only, long enough to be one"
_AT_ONCE = 8
SIGN_IN = """mutation { signIn(input: {email: "member@mitwirk.example", password: "mitwirk-demo"}) { accessToken } }"""
CREATE = """
    mutation ($input: CreateOfferInput!) {
      createOffer(input: $input) { offer { id title topics { slug } } userErrors { path code } }
    }
"""
OWN = """
    query ($after: String) {
      viewer { member { offers(first: 100, after: $after, filter: {statuses: [DRAFT]}) {
        nodes { title topics { slug } } pageInfo { endCursor hasNextPage }
      } } }
    }
"""


@pytest.fixture(params=["sqlite", "postgres"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    settings: dict[str, Any] = {"DEMO": 1}
    if request.param == "postgres":
        databases: Databases = request.getfixturevalue("postgres_databases")
        url, create = databases.server, f"CREATE DATABASE leaving TEMPLATE {databases.template}"
        run(execute(f"{url}/postgres", "DROP DATABASE IF EXISTS leaving", create))
        settings |= {"DATABASE_URL": f"{url}/leaving", "SECRET_KEY": KEY, "DATABASE_POOL": 3}
    with Server(tmp_path / "data", **settings) as running:
        yield running


def values(title: str, topics: list[str]) -> dict[str, Any]:
    """An entry, written as several rows: itself and its topics."""
    return {
        "direction": "SEEK",
        "category": "HELPING_HANDS",
        "title": title,
        "description": "Wir freuen uns.",
        "topics": topics,
    }


def request_for(token: str, title: str, topics: list[str]) -> bytes:
    """A mutation as it goes over the wire."""
    body = json.dumps({"query": CREATE, "variables": {"input": values(title, topics)}}).encode()
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def drafts(server: Server, token: str) -> dict[str, list[str]]:
    """The member's drafts: the topics of each title."""
    found: dict[str, list[str]] = {}
    after = None
    while True:
        page = server.ask(OWN, token, after=after)["data"]["viewer"]["member"]["offers"]
        found |= {node["title"]: [topic["slug"] for topic in node["topics"]] for node in page["nodes"]}
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


async def leave(port: int, request: bytes, seconds: float) -> None:
    """Send a request, and break the connection off a moment later."""
    _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    await writer.drain()
    await asyncio.sleep(seconds)
    writer.transport.abort()


async def leave_socket(server: Server, token: str, title: str, topics: list[str], seconds: float) -> None:
    """Send the mutation over a WebSocket, and break that off: what runs on it is cancelled."""
    async with opened(server, {"Authorization": f"Bearer {token}"}) as socket:
        payload = {"query": CREATE, "variables": {"input": values(title, topics)}}
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        await asyncio.sleep(seconds)
        socket.transport.abort()


async def leave_often(server: Server, token: str, topics: list[str], times: int, longest: float) -> None:
    """So many clients leave, some at a time, each after another moment, `longest` at most; every other by WebSocket."""
    port, moments, at_once = int(server.url.rpartition(":")[2]), random.Random(20), asyncio.Semaphore(_AT_ONCE)

    async def one(number: int) -> None:
        title, seconds = f"Abgebrochen {number}", moments.uniform(0, longest)
        async with at_once:
            if number % 2:
                await leave_socket(server, token, title, topics, seconds)
            else:
                await leave(port, request_for(token, title, topics), seconds)

    await asyncio.gather(*(one(number) for number in range(times)))


@pytest.mark.parametrize("times", [100, pytest.param(1000, marks=pytest.mark.soak)])
def test_clients_that_leave_in_the_middle_of_a_mutation(server: Server, times: int) -> None:
    token = server.ask(SIGN_IN)["data"]["signIn"]["accessToken"]
    slugs = [topic["slug"] for topic in server.ask("{ network { topics { slug } } }")["data"]["network"]["topics"][:3]]
    begun = time.monotonic()
    for number in range(5):
        server.ask(CREATE, token, input=values(f"Davor {number}", slugs))
    # From before the request is read to after it is answered, however fast the machine is.
    longest = (time.monotonic() - begun) / 5 * _AT_ONCE * 1.5
    run(leave_often(server, token, slugs, times, longest))
    # The server still writes, and more often than it has connections.
    for number in range(5):
        answer = server.ask(CREATE, token, input=values(f"Danach {number}", slugs))
        assert answer["data"]["createOffer"]["userErrors"] == []
    assert set(server.client.get("/health/ready").json().values()) == {"ok"}
    # What was begun is written whole.
    written = drafts(server, token)
    assert any(title.startswith("Abgebrochen") for title in written)
    assert {tuple(sorted(topics)) for topics in written.values()} == {tuple(sorted(slugs))}
    assert "Traceback" not in server.log
