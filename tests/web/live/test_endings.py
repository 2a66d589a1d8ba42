"""How a subscription ends that isn't over: never by a last message, always so that its client comes back."""

import asyncio
import json
import random
import signal
import uuid
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets import ConnectionClosed
from websockets.asyncio.client import ClientConnection

from auth.tokens import Tokens
from models import SignInSession, now
from tests.conditions import until
from tests.gate import Gate, gate
from tests.web.listening import KEY, PATIENCE, Stage, served, staged
from tests.web.live.test_graphql_transport_ws import opened, say
from tests.web.live.test_streams import APOLLO, SSE
from tests.web.server import Server
from tests.web.transports import Transport, by_events, by_parts, by_socket

pytestmark = pytest.mark.walk

SUBSCRIPTIONS = (
    "subscription ($id: ID!, $after: String) { offerChanged(id: $id, after: $after) { cursor } }",
    "subscription ($after: String) { offerPublished(after: $after) { cursor } }",
    "subscription ($after: String) { groupUpdated(after: $after) { cursor } }",
    "subscription ($after: String) { eventChanged(after: $after) { cursor } }",
    "subscription { liveOffers(first: 3) { __typename } }",
    "subscription { networkStatistics { memberCount } }",
)
TRANSPORTS: tuple[Transport, ...] = (by_socket, by_events, by_parts)


@asynccontextmanager
async def behind_a_gate(url: str, redis_url: str, folder: Path) -> AsyncIterator[tuple[Stage, Server, Gate]]:
    """A server whose database can be taken away."""
    with gate(url) as way:
        async with staged(url) as stage, served(stage, folder, redis_url) as servers:
            yield stage, await servers.start(DATABASE_URL=way.url), way


async def messages(socket: ClientConnection) -> list[dict[str, Any]]:
    """All that comes until the socket closes, but for pings and first answers of states."""
    found = []
    with suppress(ConnectionClosed):
        async for frame in socket:
            message = json.loads(frame)
            if message["type"] != "ping" and not (message["type"] == "next" and not message["payload"].get("errors")):
                found.append(message)
    return found


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_who_begins_while_the_database_is_away_is_sent_to_come_again(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with behind_a_gate(database_url, redis_url, tmp_path) as (stage, server, way):
        start = await stage.start()
        for after in (None, start):
            variables = {"id": stage.offer_id, "after": after}
            for document in SUBSCRIPTIONS:
                async with opened(server) as socket:
                    way.shut()
                    await say(socket, type="subscribe", id="1", payload={"query": document, "variables": variables})
                    assert await messages(socket) == []
                    assert socket.close_code == 1013, document
                async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
                    for accept in (SSE, APOLLO):
                        body = {"query": document, "variables": variables}
                        answer = await client.post(f"{server.url}/graphql", json=body, headers={"Accept": accept})
                        assert answer.status_code == 503, (document, accept, answer.text)
                        assert int(answer.headers["retry-after"]) > 0
                        assert [one["extensions"]["code"] for one in answer.json()["errors"]] == ["UNAVAILABLE"]
                way.open()
                await serves(server)
                for transport in TRANSPORTS:
                    async with transport(server.url, document, variables) as updates:
                        if document not in SUBSCRIPTIONS[:4]:
                            assert not (await first(updates)).get("errors")
        assert "Traceback" not in server.log


async def first(updates: Any) -> dict[str, Any]:
    """The first update."""
    async with asyncio.timeout(PATIENCE):
        async for payload in updates:
            if "data" in payload or "errors" in payload:
                return dict(payload)
    raise AssertionError("it ended")


async def serves(server: Server) -> None:
    """Wait until the server has its database again."""
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:

        async def answers() -> bool:
            answer = await client.post(f"{server.url}/graphql", json={"query": "{ liveCursor }"})
            return "errors" not in answer.json()

        await until(answers, PATIENCE)


# ---------------------------------------------------------------- the end of a token, and of a session


async def signed_in(lifetime: timedelta) -> str:
    """A token of the owner's, of a session of its own, that is over so soon."""
    other = await SignInSession.first().prefetch_related("account")
    assert other is not None
    session = await SignInSession.create(id=uuid.uuid4(), account=other.account, expires_at=now() + timedelta(days=1))
    return Tokens(KEY, lifetime).make_access(session.id)[0]


async def begun(
    stack: AsyncExitStack, server: Server, stage: Stage, lifetime: timedelta
) -> tuple[str, list[Any], ClientConnection]:
    """A token, each subscription over each transport by it, and all of them on one socket."""
    token = await signed_in(lifetime)
    variables = {"id": stage.offer_id}
    alone = [
        await stack.enter_async_context(transport(server.url, document, variables, token=token))
        for document in SUBSCRIPTIONS
        for transport in TRANSPORTS
    ]
    socket = await stack.enter_async_context(opened(server, {"Authorization": f"Bearer {token}"}))
    for number, document in enumerate(SUBSCRIPTIONS):
        await say(socket, type="subscribe", id=str(number), payload={"query": document, "variables": variables})
    return token, alone, socket


async def over(updates: Any) -> tuple[list[Any], bool, int | None]:
    """The errors of a subscription until it ended, whether it was completed, and the socket's close code."""
    errors = []
    with suppress(ConnectionClosed):
        async for one in updates:
            errors += one.get("errors", [])
    return errors, updates.completed, updates.code


async def is_refused(server: Server, token: str) -> None:
    """Who comes back with the old token is told so: over HTTP by 401, which clients of streams understand."""
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        for accept in (SSE, APOLLO):
            headers = {"Authorization": f"Bearer {token}", "Accept": accept}
            answer = await client.post(f"{server.url}/graphql", json={"query": SUBSCRIPTIONS[1]}, headers=headers)
            assert answer.status_code == 401
            assert [one["extensions"]["code"] for one in answer.json()["errors"]] == ["UNAUTHENTICATED"]


async def sign_out(server: Server, token: str) -> None:
    """End the session."""
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        body = {"query": "mutation { signOut { userErrors { code } } }"}
        answer = await client.post(f"{server.url}/graphql", json=body, headers={"Authorization": f"Bearer {token}"})
        assert answer.json()["data"] == {"signOut": {"userErrors": []}}


@pytest.mark.parametrize("ending", ["token", "session"])
async def test_the_end_of_a_token_or_session_is_the_end_of_the_connection(
    database_url: str, redis_url: str, tmp_path: Path, ending: str
) -> None:
    """Whichever timer is first, and whatever runs there: nothing is completed, nothing is said of an error."""
    async with staged(database_url) as stage, served(stage, tmp_path, redis_url) as servers:
        server = await servers.start()
        lifetime = timedelta(seconds=2) if ending == "token" else timedelta(hours=1)
        while True:
            async with AsyncExitStack() as stack:
                try:
                    token, alone, socket = await begun(stack, server, stage, lifetime)
                except (AssertionError, ConnectionClosed):  # it was over before all had begun
                    lifetime *= 2
                    continue
                if ending == "session":
                    await sign_out(server, token)
                async with asyncio.timeout(PATIENCE):
                    assert await messages(socket) == []
                    assert socket.close_code == 4403
                    for end in await asyncio.gather(*(over(updates) for updates in alone)):
                        assert end in (([], False, None), ([], False, 4403))
                    await is_refused(server, token)
                return


# ---------------------------------------------------------------- the server stops


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_sockets_that_are_just_closing_keep_the_goodbye_from_nobody(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    dice = random.Random(11)
    async with (
        staged(database_url) as stage,
        served(stage, tmp_path, redis_url, SHUTDOWN_SOCKETS_PER_SECOND=400, SOCKETS_PER_ADDRESS=1000) as servers,
        AsyncExitStack() as stack,
    ):
        server = await servers.start()
        sockets = [await stack.enter_async_context(opened(server)) for _number in range(240)]
        for socket in sockets:
            document = dice.choice(SUBSCRIPTIONS)
            payload = {"query": document, "variables": {"id": stage.offer_id}}
            await say(socket, type="subscribe", id="1", payload=payload)
        leaving = set(dice.sample(range(len(sockets)), len(sockets) // 2))
        ends = {
            number: asyncio.create_task(messages(socket))
            for number, socket in enumerate(sockets)
            if number not in leaving
        }
        server.process.send_signal(signal.SIGTERM)

        async def leave(number: int) -> None:
            await asyncio.sleep(dice.random() * 0.6)
            await sockets[number].close()

        await asyncio.gather(*(leave(number) for number in leaving))
        assert await asyncio.to_thread(server.process.wait, PATIENCE) == 0
        assert [await task for task in ends.values()] == [[]] * len(ends)
        assert {sockets[number].close_code for number in ends} == {1012}
        assert "Traceback" not in server.log
