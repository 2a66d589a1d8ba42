"""A right that is taken while changes go on: on every transport nothing that was committed later is sent."""

import asyncio
import random
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import models
from auth.tokens import Tokens
from models import Member, Offer, OfferStatus, Representation, SignInSession, now
from schema.declare.ids import global_id
from subscriptions import numbered_log as log
from subscriptions.changes import MemberChanged, OfferUpdated
from subscriptions.outbox import Changes, Outbox
from subscriptions.outbox_relay import hint
from subscriptions.redis_client import connect
from tests.conditions import until
from tests.web.listening import CURSORS, KEY, PATIENCE, served, staged
from tests.web.transports import Transport, by_events, by_parts, by_socket
from tests.world import World

CHANGED = "subscription ($id: ID!, $after: String) { offerChanged(id: $id, after: $after) { change offer { title } } }"


class Follower:
    """A client that follows an entry until the server says that this was all."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.log: list[tuple[str, int]] = []
        self.completed = False
        self.begun = False

    async def follow(self, url: str, token: str, id: str, after: str) -> None:
        """Follow it, from a cursor on."""
        async with self._transport(url, CHANGED, {"id": id, "after": after}, token=token) as updates:
            async for payload in updates:
                assert "errors" not in payload, payload
                if "data" in payload:
                    told = payload["data"]["offerChanged"]
                    self.log.append((told["change"], CURSORS.read(payload["extensions"]["cursor"]).seq))
                    assert (told["offer"] is None) == (told["change"] == "REMOVED")
                self.begun = True
            self.completed = updates.completed


async def commit(work: Any) -> None:
    """A transaction of a process that has no relay."""
    await Outbox(on_commit=lambda: None).write(work)


async def hammered(draft: Offer, taken: asyncio.Event, redis_url: str, dice: random.Random) -> None:
    """The draft changes all the time; somewhat later than the right is taken that ends."""

    async def work(changes: Changes) -> None:
        changes.tell(OfferUpdated(draft.id))

    async with connect(redis_url) as redis:
        left = 10
        while left:
            await commit(work)
            await hint(redis)
            left -= taken.is_set()
            await asyncio.sleep(dice.random() * 0.02)


async def must_hold(followers: Sequence[Follower], draft: Offer, person: Member) -> None:
    """Each was told of all changes up to some point, then that it is gone, and that not after the right was."""
    rows = await models.Change.all().order_by("seq")
    (revoked,) = (row.seq for row in rows if row.facts == {"member_id": person.id})
    expected = [row.seq for row in rows if row.kind == "OfferUpdated" and row.facts == {"offer_id": draft.id}]
    for one in followers:
        *updates, last = one.log
        assert one.completed
        assert [kind for kind, _seq in updates] == ["UPDATED"] * len(updates)
        assert [seq for _kind, seq in updates] == expected[: len(updates)]
        assert last[0] == "REMOVED"
        assert (updates or [("", 0)])[-1][1] < last[1] <= revoked


@pytest.mark.parametrize("rounds", [2, pytest.param(60, marks=pytest.mark.soak)])
async def test_nothing_is_sent_after_a_right_was_taken(
    database_url: str, redis_url: str, tmp_path: Path, rounds: int
) -> None:
    async with staged(database_url) as stage, served(stage, tmp_path, redis_url) as servers:
        url, dice, world = (await servers.start()).url, random.Random(rounds), World(None)  # type: ignore[arg-type]
        for _round in range(rounds):
            person, club = await world.member("Person"), await world.organisation("Verein")
            await Representation.create(organisation=club, person=person)
            draft = await world.offer("Entwurf", club, status=OfferStatus.DRAFT)
            lasting = now() + timedelta(days=1)
            session = await SignInSession.create(
                id=uuid.uuid4(), account=await world.account(person), expires_at=lasting
            )
            token, _expires_at = Tokens(KEY, timedelta(hours=1)).make_access(session.id)
            start, taken = CURSORS.make(await log.head()), asyncio.Event()
            hammering = asyncio.create_task(hammered(draft, taken, redis_url, dice))
            followers = [Follower(transport) for transport in (by_socket, by_socket, by_events, by_parts)]
            id = global_id("Offer", draft.id)
            following = [asyncio.create_task(one.follow(url, token, id, start)) for one in followers]

            async def take_it(changes: Changes) -> None:
                await Representation.filter(person=person).delete()  # noqa: B023
                changes.tell(MemberChanged(person.id))  # noqa: B023

            try:
                begun = lambda: all(one.begun for one in followers) or any(task.done() for task in following)  # noqa: B023, E731
                await until(begun, PATIENCE)
                await asyncio.sleep(dice.random() * 0.1)
                await commit(take_it)
                taken.set()
                await hammering
                async with asyncio.timeout(PATIENCE):
                    await asyncio.gather(*following)
                await log.number(1000)
                await must_hold(followers, draft, person)
            finally:
                for task in (hammering, *following):
                    task.cancel()
                    with suppress(asyncio.CancelledError, Exception):
                        await task
