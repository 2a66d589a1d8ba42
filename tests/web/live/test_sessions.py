"""A session that is ended from elsewhere closes what is open by it: whatever runs there, in every process, at once."""

import asyncio
import uuid
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any, cast

import pytest

from auth.tokens import Tokens
from models import Account, SignInSession, now
from schema.declare.ids import global_id
from tests.web.listening import KEY, PATIENCE, served, staged
from tests.web.live.test_endings import SUBSCRIPTIONS, TRANSPORTS, is_refused, messages, over
from tests.web.live.test_graphql_transport_ws import hear, opened, say
from tests.web.live.test_keys import ask
from tests.world import World

pytestmark = pytest.mark.walk

END = "mutation($id: ID!) { it: endSession(id: $id) { endedIds userErrors { code } } }"
END_OTHERS = "mutation { it: endOtherSessions { endedIds userErrors { code } } }"
# What is promised, and some for a machine that is busy with other tests.
SECONDS = 1 + 4


async def begun(account: Account) -> tuple[SignInSession, str]:
    """A session of the account, and its token."""
    session = await SignInSession.create(id=uuid.uuid4(), account=account, expires_at=now() + timedelta(days=1))
    return session, Tokens(KEY, timedelta(hours=1)).make_access(session.id)[0]


@pytest.mark.parametrize("document", [END, END_OTHERS])
async def test_what_is_open_by_a_session_that_ends_closes_in_every_process(
    database_url: str, redis_url: str, tmp_path: Path, document: str
) -> None:
    async with (
        staged(database_url) as stage,
        served(stage, tmp_path, redis_url) as servers,
        AsyncExitStack() as stack,
    ):
        account = await World(cast(Any, None)).office()
        first, second = await servers.start(), await servers.start()
        (_mine, my_token), (lost, token) = await begun(account), await begun(account)
        alone = [
            await stack.enter_async_context(transport(server.url, running, {"id": stage.offer_id}, token=token))
            for server in (first, second)
            for running in SUBSCRIPTIONS
            for transport in TRANSPORTS
        ]
        headers = {"Authorization": f"Bearer {token}"}
        idle = [await stack.enter_async_context(opened(server, headers)) for server in (first, second)]
        staying = await stack.enter_async_context(opened(second, {"Authorization": f"Bearer {my_token}"}))
        variables = {"id": global_id("SignInSession", lost.id)} if document is END else {}
        answer = await ask(first, document, my_token, **variables)
        since = monotonic()
        assert answer["data"]["it"] == {"endedIds": [global_id("SignInSession", lost.id)], "userErrors": []}
        async with asyncio.timeout(PATIENCE):
            for socket in idle:
                assert await messages(socket) == []
                assert socket.close_code == 4403
            for end in await asyncio.gather(*(over(updates) for updates in alone)):
                assert end in (([], False, None), ([], False, 4403))
            assert monotonic() - since < SECONDS
            for server in (first, second):
                await is_refused(server, token)
            await say(staying, type="ping")
            assert await hear(staying) == {"type": "pong"}
