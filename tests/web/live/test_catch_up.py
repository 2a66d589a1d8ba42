"""Who comes back goes on where it was: over every transport, at any server, wherever the connection was cut."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import asyncpg
import pytest

import models
from subscriptions import numbered_log as log
from subscriptions.changes import OfferUpdated
from subscriptions.cursors import Cursors, Position
from subscriptions.outbox import Changes, Outbox
from tests.conditions import until
from tests.web.listening import CHANGED, CURSORS, PATIENCE, Listener, Stage, changing, heard, listening, served, staged
from tests.web.transports import Transport, by_events, by_parts, by_socket

pytestmark = pytest.mark.walk

TRANSPORTS: dict[str, tuple[Transport, bool]] = {
    "socket": (by_socket, False),
    "events": (by_events, False),
    "events, by id": (by_events, True),
    "parts": (by_parts, False),
}
PINGS = {"SOCKET_PING_SECONDS": 0.02, "STREAM_PING_SECONDS": 0.02}


@pytest.mark.parametrize("changes", [25, pytest.param(500, marks=pytest.mark.soak)])
async def test_a_client_that_is_cut_at_every_boundary_and_hops_between_servers_misses_nothing(
    database_url: str, redis_url: str, tmp_path: Path, changes: int
) -> None:
    """Cursors rise strictly for each client, also those of pings, which never pass over anything that is to come."""
    async with staged(database_url) as stage, served(stage, tmp_path, redis_url, **PINGS) as servers:
        await asyncio.gather(*(servers.start() for _number in range(2)))
        start = await stage.start()
        listeners = [
            Listener(stage, servers.urls, start, transport=transport, by_id=by_id, most=most)
            for transport, by_id in TRANSPORTS.values()
            for most in (1, None)
        ]
        async with listening(listeners):
            async with changing(stage, servers.urls, writers=2) as answered:
                await until(lambda: len(answered) >= changes, patience=changes)
            await heard(stage, listeners, changes)
            # Parts have no place for cursors in their signs of life.
            await until(lambda: all(one.signs for one in listeners[:-2]))
        for one in listeners[::2]:
            assert one.connections >= changes


async def first(url: str, stage: Stage, transport: Transport, after: str | None, heard: str | None = None) -> Any:
    """The first payload of a subscription that isn't a mere sign of life."""
    variables = {"id": stage.offer_id, "after": after}
    async with transport(url, CHANGED, variables, heard) as updates:
        async with asyncio.timeout(PATIENCE):
            async for payload in updates:
                if "data" in payload or "errors" in payload:
                    return payload
    raise AssertionError("nothing came")


async def test_cursors_that_cannot_be_served_are_told_apart_on_every_transport(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    async with staged(database_url) as stage:
        await tell(stage, 10)
        head = await log.head()
        fourth, fifth = (
            Position(head.epoch, told.seq, told.mark) for told in await log.read(Position(head.epoch, 3), 2)
        )
        await models.Change.filter(seq__lt=5).delete()
        async with served(stage, tmp_path, redis_url) as servers:
            server = await servers.start()
            url = server.url
            assert head.seq == 10
            assert await log.head() == head
            of_another_key = Cursors(b"another key that is 32 bytes lng").make(fifth)
            of_another_change = CURSORS.make(replace(fifth, mark=5))
            of_old = CURSORS.make(replace(fifth, epoch=fifth.epoch - 1))
            ahead = CURSORS.make(replace(head, seq=13))
            expired = [of_another_key, of_another_change, of_old, ahead, CURSORS.make(fourth)]
            refused = {"": "BAD_REQUEST", "x": "BAD_REQUEST"} | dict.fromkeys(expired, "CURSOR_EXPIRED")
            following = asyncio.create_task(first(url, stage, by_socket, CURSORS.make(head)))
            for transport in (by_socket, by_events, by_parts):
                for cursor, code in refused.items():
                    answer = await first(url, stage, transport, cursor)
                    (error,) = answer["errors"]
                    assert error["extensions"]["code"] == code
                    if code == "CURSOR_EXPIRED":
                        assert CURSORS.read(error["extensions"]["cursor"]) == head
                kept = await first(url, stage, transport, CURSORS.make(fifth))
                assert CURSORS.read(kept["extensions"]["cursor"]) == Position(head.epoch, 6)
            for heard in ("x", *expired):
                answer = await first(url, stage, by_events, None, heard)
                assert answer["errors"][0]["extensions"]["code"] == "CURSOR_EXPIRED"
            # Nobody else has noticed: no epoch began, and who had a good cursor goes on.
            assert await log.head() == head
            assert not following.done()
            await tell(stage, 1)
            assert CURSORS.read((await following)["extensions"]["cursor"]) == Position(head.epoch, 11)
            assert "new epoch" not in server.log


async def tell(stage: Stage, count: int) -> None:
    """So many changes of the entry, numbered."""

    async def work(changes: Changes) -> None:
        changes.tell(*(OfferUpdated(stage.offer.id) for _number in range(count)))

    await Outbox(on_commit=lambda: None).write(work)
    await log.number(count)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_while_a_subscription_begins_no_sign_of_life_names_a_cursor(
    database_url: str, redis_url: str, tmp_path: Path
) -> None:
    """The server stands where the subscription isn't yet: who took that for its place would miss what lies between."""
    async with staged(database_url) as stage, served(stage, tmp_path, redis_url, **PINGS) as servers:
        url = (await servers.start()).url
        start = await stage.start()
        await tell(stage, 2)
        await first(url, stage, by_socket, start)  # the server has read it
        blocking = await asyncpg.connect(database_url)
        for transport in (by_socket, by_events):
            async with blocking.transaction():
                await blocking.execute("LOCK TABLE change_log IN ACCESS EXCLUSIVE MODE")
                async with transport(url, CHANGED, {"id": stage.offer_id, "after": start}) as updates:
                    async with asyncio.timeout(PATIENCE):
                        each = aiter(updates)
                        for _number in range(5):
                            assert await anext(each) == {"extensions": {}}
        await blocking.close()
