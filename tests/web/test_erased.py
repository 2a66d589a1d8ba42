"""A member is erased: nothing outside of the database names them any more, in Redis, in files of mail, in the log.

What the database holds: `tests.resolvers.privacy.test_erasure`.
"""

import uuid
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import orjson
import pytest
from structlog.testing import capture_logs

from models import SignInSession, now
from resolvers.context import system_context
from resolvers.mail.queue import send_due
from resolvers.privacy.sweeping import sweep_erased
from tests.conditions import until
from tests.resolvers.privacy.test_erasure import NAME, Scene, erase, gid, in_redis, traces
from tests.web.caching import process
from tests.world import World
from web.process.mail_delivery import delivery, forget_files
from web.settings import Settings

pytestmark = pytest.mark.walk

PROFILE = "query($id: ID!) { node(id: $id) { ... on Member { name about } } }"
SEARCH = f'{{ search(text: "{NAME}") {{ totalCount }} }}'
SAVE = f'mutation {{ saveSearch(input: {{name: "{NAME}", filter: {{}}}}) {{ savedSearch {{ name }} }} }}'


async def test_nothing_outside_of_the_database_names_who_was_erased(
    world: World, redis_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    scene = await Scene.made(world)
    account, folder = scene.account, tmp_path / "mail"
    session = await SignInSession.create(id=uuid.uuid4(), account=account, expires_at=now() + timedelta(days=1))
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": sha256(SEARCH.encode()).hexdigest()}}
    headers = {"Content-Type": "application/json", "Idempotency-Key": "once"}
    headers["Authorization"] = f"Bearer {world.services.tokens.make_access(session.id)[0]}"
    with capture_logs() as logged:
        async with process(redis_url, world.services) as server:
            search = {"query": SEARCH, "extensions": persisted}
            assert "errors" not in (await server.client.post("/graphql", json=search)).json()
            body = orjson.dumps({"query": SAVE})
            saved = await server.client.post("/graphql", content=body, headers=headers)
            assert saved.json()["data"]["saveSearch"]["savedSearch"] == {"name": NAME}
            ctx = system_context(server.world.services)
            assert await send_due(ctx, delivery(Settings.model_validate({"data_dir": tmp_path}))) > 0
            (folder / "20260101-120000-0.part").write_text(NAME)  # of a process that died over it
            await until(lambda: server.hits(PROFILE, id=gid(scene.person)))
            await until(lambda: _found(redis_url))
            assert traces("".join(one.read_text() for one in folder.iterdir()).lower())

            await erase(server.world, scene, await world.office())
            assert await sweep_erased(ctx, server.forget) == 1
            assert await forget_files(tmp_path)() > 0
            assert traces(await in_redis(redis_url)) == []
            assert traces("".join(one.read_text() for one in folder.iterdir()).lower()) == []
            assert NAME not in (await server.ask(PROFILE, id=gid(scene.person))).text
            again = await server.client.post("/graphql", content=body, headers=headers)
            assert NAME not in again.text
            by_hash = (await server.client.post("/graphql", json={"extensions": persisted})).json()
            assert by_hash["errors"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    assert traces(f"{logged} {caplog.text}".lower()) == []


async def _found(redis_url: str) -> bool:
    """Whether Redis holds what guests were answered, and what they asked."""
    text = await in_redis(redis_url)
    return f'"name":"{NAME.lower()}"' in text and SEARCH.lower() in text
