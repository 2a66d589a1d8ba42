"""Partners' keys over every transport: they open what a token opens, and what they opened ends with them."""

import asyncio
import uuid
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from auth.keys import NewKey, new_key
from auth.tokens import Tokens
from models import ApiKey, ApiKeyScope, NetworkRole, OfferStatus, SignInSession, now
from schema.declare.ids import global_id
from tests.web.listening import KEY, PATIENCE, served, staged
from tests.web.live.test_endings import SUBSCRIPTIONS, TRANSPORTS, is_refused, messages, over
from tests.web.live.test_graphql_transport_ws import opened, say
from tests.web.server import Server
from tests.world import World

pytestmark = pytest.mark.walk

REVOKE = "mutation($id: ID!) { revokeApiKey(id: $id) { apiKey { revokedAt } userErrors { code } } }"
DRAFT = "subscription ($id: ID!, $after: String) { offerChanged(id: $id, after: $after) { change offer { title } } }"
UPDATE = "mutation ($input: UpdateOfferInput!) { updateOffer(input: $input) { userErrors { code } } }"


async def signed_in_office(world: World) -> str:
    """The token of an account of the office."""
    account = await world.account(role=NetworkRole.OFFICE)
    session = await SignInSession.create(id=uuid.uuid4(), account=account, expires_at=now() + timedelta(days=1))
    return Tokens(KEY, timedelta(hours=1)).make_access(session.id)[0]


async def ask(server: Server, document: str, token: str, **variables: Any) -> dict[str, Any]:
    """What is answered over HTTP."""
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
        body = {"query": document, "variables": variables}
        answer = await client.post(f"{server.url}/graphql", json=body, headers={"Authorization": f"Bearer {token}"})
        return dict(answer.json())


async def keyed(world: World, *scopes: ApiKeyScope, **columns: Any) -> tuple[NewKey, ApiKey]:
    """A key of a new organisation."""
    made = new_key()
    return made, await world.key(await world.organisation("Verein"), *scopes, made=made, **columns)


async def revoked(server: Server, world: World, key: ApiKey) -> None:
    """The office ends it."""
    answer = await ask(server, REVOKE, await signed_in_office(world), id=global_id("ApiKey", key.id))
    assert answer["data"]["revokeApiKey"]["userErrors"] == []


async def test_revoking_ends_sockets_and_streams_of_the_key_in_every_process(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    """Whatever runs there, also where nothing does; those of another key go on."""
    async with (
        staged(database_url) as stage,
        served(stage, tmp_path, redis_url) as servers,
        AsyncExitStack() as stack,
    ):
        world = World(cast(Any, None))
        first, second = await servers.start(), await servers.start()
        made, key = await keyed(world)
        other, _key = await keyed(world)
        variables = {"id": stage.offer_id}
        alone = [
            await stack.enter_async_context(transport(server.url, document, variables, token=made.text))
            for server in (first, second)
            for document in SUBSCRIPTIONS
            for transport in TRANSPORTS
        ]
        headers = {"Authorization": f"Bearer {made.text}"}
        idle = [await stack.enter_async_context(opened(server, headers)) for server in (first, second)]
        staying = await stack.enter_async_context(opened(second, {"Authorization": f"Bearer {other.text}"}))
        await revoked(first, world, key)
        async with asyncio.timeout(PATIENCE):
            for socket in idle:
                assert await messages(socket) == []
                assert socket.close_code == 4403
                assert "widerrufen" in (socket.close_reason or "")
            for end in await asyncio.gather(*(over(updates) for updates in alone)):
                assert end in (([], False, None), ([], False, 4403))
            for server in (first, second):
                await is_refused(server, made.text)
            await say(staying, type="ping")
            assert "pong" in str(await staying.recv())


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_key_that_expires_ends_what_it_opened(database_url: str, redis_url: str, tmp_path: Path) -> None:
    async with staged(database_url) as stage, served(stage, tmp_path, redis_url) as servers:
        server, world, seconds = await servers.start(), World(cast(Any, None)), 2.0
        while True:
            made, _key = await keyed(world, expires_at=now() + timedelta(seconds=seconds))
            async with AsyncExitStack() as stack:
                try:
                    idle = await stack.enter_async_context(opened(server, {"Authorization": f"Bearer {made.text}"}))
                except AssertionError:  # it was over before
                    seconds *= 2
                    continue
                async with asyncio.timeout(PATIENCE):
                    assert await messages(idle) == []
                    assert idle.close_code == 4403
                    assert "abgelaufen" in (idle.close_reason or "")
                    await is_refused(server, made.text)
                return


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_key_follows_a_draft_of_its_organisation_which_it_changes(
    database_url: str, redis_url: str, tmp_path: Path, transport: Any
) -> None:
    async with staged(database_url) as stage, served(stage, tmp_path, redis_url) as servers:
        server, world = await servers.start(), World(cast(Any, None))
        made, key = await keyed(world, ApiKeyScope.WRITE_BOARD)
        await key.fetch_related("organisation")
        draft = await world.offer("Entwurf", key.organisation, OfferStatus.DRAFT)
        id = global_id("Offer", draft.id)
        variables = {"id": id, "after": await stage.start()}
        async with transport(server.url, DRAFT, variables, token=made.text) as updates:
            answer = await ask(server, UPDATE, made.text, input={"id": id, "title": "Neuer Titel"})
            assert answer["data"] == {"updateOffer": {"userErrors": []}}
            async with asyncio.timeout(PATIENCE):
                async for payload in updates:
                    if "data" in payload:
                        told = payload["data"]["offerChanged"]
                        assert told == {"change": "UPDATED", "offer": {"title": "Neuer Titel"}}
                        break
                    assert "errors" not in payload, payload
        async with transport(server.url, DRAFT, variables) as updates:  # a guest's
            async with asyncio.timeout(PATIENCE):
                async for payload in updates:
                    if "errors" in payload:
                        assert payload["errors"][0]["extensions"]["code"] == "NOT_FOUND"
                        break
