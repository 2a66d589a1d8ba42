"""Between the last statement of a transaction and the end of its COMMIT nothing of what it changes is remembered.

Who reads in that gap reads what was before; kept as an answer, it would be given to the very client that wrote.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiosqlite
import asyncpg
import pytest

from models import Offer
from subscriptions.changes import OfferUpdated
from subscriptions.outbox import Changes
from tests.conditions import soon, until
from tests.subscriptions.response_cache.test_across_processes import EVENT, OFFER, Processes, kept, memory_of
from tests.world import World

# A COMMIT that wrote to the outbox waits for a lock, as it would for a slow disk.
_HELD = """
CREATE FUNCTION wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN PERFORM pg_advisory_xact_lock_shared(4711); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER held AFTER INSERT ON change DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION wait_for_the_test();
SELECT pg_advisory_lock(4711);
"""
_WAITS = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


class Gap:
    """A COMMIT that is reached, and waits until it is let go."""

    def __init__(self) -> None:
        self.reached, self.open = asyncio.Event(), asyncio.Event()


@asynccontextmanager
async def held_on_postgres(url: str, gap: Gap) -> AsyncIterator[None]:
    holder = await asyncpg.connect(url)
    await holder.execute(_HELD)

    async def watch() -> None:
        await until(lambda: holder.fetchval(_WAITS))
        gap.reached.set()
        await gap.open.wait()
        await holder.close()  # and with it the lock

    watching = asyncio.create_task(watch())
    try:
        yield
    finally:
        gap.open.set()
        await watching


@asynccontextmanager
async def held_on_sqlite(gap: Gap, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """SQLite's COMMIT waits for no lock that a test could hold: it is held before it begins."""
    execute: Any = aiosqlite.Connection._execute

    async def held(connection: aiosqlite.Connection, function: Any, *arguments: Any) -> Any:
        if getattr(function, "__name__", "") == "_committed":
            gap.reached.set()
            await gap.open.wait()
        return await execute(connection, function, *arguments)

    with monkeypatch.context() as patched:
        patched.setattr(aiosqlite.Connection, "_execute", held)
        try:
            yield
        finally:
            gap.open.set()


async def test_what_is_read_between_storing_and_committing_is_not_remembered(
    world: World, redis_url: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer = await world.offer("Alt")

    async def rename(changes: Changes) -> None:
        await Offer.filter(id=offer.id).update(title="Neu")
        changes.tell(OfferUpdated(offer.id))

    gap = Gap()
    held = held_on_postgres(database_url, gap) if "postgres" in database_url else held_on_sqlite(gap, monkeypatch)
    async with Processes(redis_url, 1) as (live,):
        memory = memory_of(live)
        assert kept(live, b"before", b"Alt", OFFER)
        async with held:
            writing = asyncio.create_task(live.outbox.write(rename))
            await soon(gap.reached.wait())
            begun = memory.as_of()
            assert memory.keep(b"within", b"Alt", OFFER, begun) is None
            assert memory.keep(b"elsewhere", b"untouched", EVENT, begun) is not None
            assert memory.get(b"before") is None
        await soon(writing)
        assert memory.keep(b"within", b"Alt", OFFER, begun) is None
        assert memory.get(b"before") is None
        assert kept(live, b"after", b"Neu", OFFER)
