"""Servers in this process that remember answers: each with its own part of everything that processes don't share."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import httpx
import orjson

from auth.tokens import derive_key
from resolvers.context import Services
from resolvers.privacy.sweeping import Forget
from subscriptions import pipeline
from subscriptions.cursors import Cursors
from subscriptions.pipeline import Pipeline
from subscriptions.response_cache import ResponseCache
from subscriptions.response_cache.memory import IN_SYNC_SECONDS
from tests.conditions import until
from tests.world import SECRET, World
from web.app import Parts, application, documents_of, forgetting, idempotency_of
from web.settings import Settings

BYTES = 1_000_000


@dataclass
class Process:
    """What one process has of the network, and two ways to ask it over HTTP: as it is, and without a memory."""

    live: Pipeline
    response_cache: ResponseCache
    world: World
    client: httpx.AsyncClient
    fresh: httpx.AsyncClient
    # What is done for those that were erased.
    forget: Forget

    async def ask(self, query: str, **variables: Any) -> httpx.Response:
        """What a guest gets."""
        return await post(self.client, query, variables)

    async def ask_afresh(self, query: str, **variables: Any) -> httpx.Response:
        """What a guest gets where nothing is remembered."""
        return await post(self.fresh, query, variables)

    async def has_read(self, seq: int) -> None:
        """Wait until it has come so far in the log."""
        await until(lambda: self.live.hub.position.seq >= seq)

    async def hits(self, query: str, **variables: Any) -> bool:
        """Whether the next answer to the question comes from the memory."""
        self.live.relay.wake()
        await until(lambda: monotonic() - self.response_cache.memory._synced_at < IN_SYNC_SECONDS / 4)
        before = self.response_cache.memory.hits
        await self.ask(query, **variables)
        return self.response_cache.memory.hits > before


async def post(client: httpx.AsyncClient, query: str, variables: Mapping[str, Any]) -> httpx.Response:
    """The answer to a POST."""
    body = orjson.dumps({"query": query, "variables": variables} if variables else {"query": query})
    return await client.post("/graphql", content=body, headers={"Content-Type": "application/json"})


# Questions for all that there is are larger than what clients may ask.
LARGE: dict[str, Any] = {
    "document_bytes": 1_000_000,
    "document_tokens": 100_000,
    "document_fields": 100_000,
    "document_aliases": 10_000,
    "cost_limit": 1_000_000_000,
}


@asynccontextmanager
async def process(
    redis_url: str, services: Services, response_cache_bytes: int = BYTES, **settings: Any
) -> AsyncIterator[Process]:
    """One process, over the database that is open."""
    cursors = Cursors(derive_key(SECRET, "live cursor"))
    made = Settings(response_cache_bytes=response_cache_bytes, **{**LARGE, **settings})
    async with (
        pipeline.running(redis_url, cursors, response_cache_bytes=response_cache_bytes) as live,
        AsyncExitStack() as stack,
    ):
        own = replace(services, outbox=live.outbox, hub=live.hub)
        attempts = idempotency_of(made, live, derive_key(SECRET, "answers of attempts"))
        documents = documents_of(made, live)
        stack.push_async_callback(attempts.close)
        assert live.response_cache is not None
        clients = [
            await stack.enter_async_context(
                httpx.AsyncClient(
                    transport=httpx.ASGITransport(application(Parts(own, {}, kept, documents, attempts), made)),
                    base_url="http://x",
                )
            )
            for kept in (live.response_cache, None)
        ]
        yield Process(
            live, live.response_cache, World(own), clients[0], clients[1], forgetting(live, attempts, documents)
        )


@asynccontextmanager
async def processes(redis_url: str, services: Services, count: int, **settings: Any) -> AsyncIterator[list[Process]]:
    """Several processes on one database and one Redis."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(process(redis_url, services, **settings)) for _number in range(count)]
