"""PostgreSQL ends the server's connections under load: clients are told so, try again, and lose nothing."""

import asyncio
import itertools
import random
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from tests.conditions import until
from tests.web.listening import PATIENCE, UPDATE, Listener, heard, listening, served, staged
from tests.web.transports import by_events, by_parts, by_socket

_END = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'ended'"
_READ = "query ($id: ID!) { node(id: $id) { id } offers(first: 3) { nodes { title } } }"


# An update takes several statements to read: each may be cut.
_CHANGED = """subscription ($id: ID!, $after: String) { offerChanged(id: $id, after: $after) {
  cursor change offer { title topics { slug } owner { name } group { name } } } }"""


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_what_fails_is_told_as_unavailable_and_nothing_is_lost(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with staged(database_url) as stage, served(stage, tmp_path, redis_url) as servers:
        server = await servers.start(DATABASE_URL=f"{database_url}?application_name=ended")
        start = await stage.start()
        followers = [
            Listener(stage, servers.urls, start, _CHANGED, transport=transport)
            for transport in (by_socket, by_events, by_parts)
        ]
        codes: set[str] = set()
        done = {"read": 0, "written": 0}
        ended = False

        async def ask(client: httpx.AsyncClient, query: str, variables: dict[str, Any], token: str | None) -> bool:
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            body = {"query": query, "variables": variables}
            answer = (await client.post(f"{server.url}/graphql", json=body, headers=headers)).json()
            codes.update(error["extensions"]["code"] for error in answer.get("errors", ()))
            return "errors" not in answer

        async def go_on(worker: int) -> None:
            async with httpx.AsyncClient(timeout=PATIENCE, trust_env=False) as client:
                for number in itertools.count():
                    if ended:
                        return
                    token = stage.token if worker % 2 else None
                    done["read"] += await ask(client, _READ, {"id": stage.offer_id}, token)
                    if token:
                        values = {"id": stage.offer_id, "title": f"Nummer {worker}.{number}"}
                        done["written"] += await ask(client, UPDATE, {"input": values}, token)

        def more_than(before: dict[str, int]) -> bool:
            return all(done[what] > number for what, number in before.items())

        ender = await asyncpg.connect(database_url)
        dice = random.Random(2)
        async with listening(followers):
            working = [asyncio.create_task(go_on(worker)) for worker in range(8)]
            for _time in range(10):
                before = dict(done)
                await until(partial(more_than, before))
                await asyncio.sleep(dice.random() * 0.03)
                await ender.execute(_END)
            ended = True
            await asyncio.gather(*working)
            await heard(stage, followers, done["written"])
        await ender.close()
        assert [one.connections for one in followers] == [1, 1, 1]  # none was closed over it
        assert codes == {"UNAVAILABLE"}
        assert "Traceback" not in server.log
