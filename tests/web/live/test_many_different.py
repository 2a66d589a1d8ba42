"""Thousands of different subscriptions, and one change: what it costs is bounded, and everything else goes on."""

import asyncio
from collections import Counter
from typing import Any

import pytest

from auth.access.offers import is_in_lists, offers_in_lists
from models import Offer, OfferStatus
from subscriptions.changes import OfferPublished
from subscriptions.shared_subscriptions import SharedUpdate
from subscriptions.update_turns import AT_ONCE
from tests.conditions import soon, until
from tests.statements import statements
from tests.web.live.test_fan_out import PUBLISHED, listening, tell
from tests.world import World
from web.live import update_payload

pytestmark = pytest.mark.walk


async def test_filters_that_differ_are_asked_of_one_reading(world: World) -> None:
    """A thousand searches of which three fit: the entry is read once for all of them."""
    owner = await world.member()
    wanted = {7: "garten", 70: "GÄRTEN", 700: "garten  hilfe"}
    offer = await world.offer("Gärten: Hilfe gesucht", owner)
    async with listening(world) as listeners:
        with statements() as sent:
            for number in range(1000):
                text = wanted.get(number, f"xyz{number}")
                await listeners.to(PUBLISHED, filter={"text": text})
            await listeners.subscribed(*[1] * 1000)
            sent.clear()
            await tell(world, OfferPublished(offer.id))
            await until(lambda: sum(len(one.heard) for one in listeners.all) == 3)
            await listeners.subscribed(*[1] * 1000)
        assert [number for number, one in enumerate(listeners.all) if one.heard] == sorted(wanted)
        about = [one for one in sent if "offer_topic" in one.sql]
        assert len(about) <= 50, len(about)  # once, and again a tenth of a second later


async def test_while_they_are_told_others_have_their_turn(world: World) -> None:
    """Many different documents that all show the entry: the loop turns between any few of them."""
    offer = await world.offer("Alle", await world.member())
    turned = 0

    async def turn() -> None:
        nonlocal turned
        while True:
            turned += 1
            await asyncio.sleep(0)

    async with listening(world) as listeners:
        for number in range(150):
            await listeners.to(
                f"subscription {{ offerPublished {{ name{number}: offer {{ title owner {{ name }} }} }} }}"
            )
        await listeners.subscribed(*[1] * 150)
        turning = asyncio.create_task(turn())
        began: Counter[int] = Counter()
        serialise = update_payload.serialised

        def serialised(*arguments: Any, **named: Any) -> SharedUpdate:
            began[turned] += 1
            return serialise(*arguments, **named)

        try:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("web.live.fan_out.serialised", serialised)
                await tell(world, OfferPublished(offer.id))
                await until(lambda: all(one.heard for one in listeners.all))
        finally:
            turning.cancel()
        assert began.total() == 150
        assert max(began.values()) <= AT_ONCE
        for number, one in enumerate(listeners.all):
            assert [update["offerPublished"][f"name{number}"]["title"] for update in one.updates] == ["Alle"]


async def test_each_gets_all_of_them_in_order_however_many_there_are(world: World) -> None:
    owner = await world.member()
    offers = [await world.offer(f"Nummer {number}", owner) for number in range(20)]
    async with listening(world) as listeners:
        for number in range(100):
            await listeners.to(PUBLISHED.replace("occurredAt", f"o{number}: occurredAt"))
        await listeners.subscribed(*[1] * 100)
        for offer in offers:
            await tell(world, OfferPublished(offer.id))
        await until(lambda: all(len(one.heard) == len(offers) for one in listeners.all))
        for one in listeners.all:
            assert one.titles == [offer.title for offer in offers]


async def test_one_that_fails_or_leaves_in_its_turn_keeps_nobody_from_theirs(world: World) -> None:
    owner = await world.member()
    async with listening(world, shares=False) as listeners:
        for _round in range(3):
            for number in range(4 * AT_ONCE):
                await listeners.to(PUBLISHED, filter={"text": f"x{number} ; " if number % 2 else "sommer"})
            await until(lambda: world.services.hub.waiting >= 4 * AT_ONCE)
            offer = await world.offer("Sommer", owner)
            await tell(world, OfferPublished(offer.id))
            await listeners.leave(*listeners.all[: 2 * AT_ONCE])
            await until(lambda: all(one.heard or number % 2 for number, one in enumerate(listeners.all)))
            await listeners.leave(*listeners.all)
        turns = world.services.hub.turns
        held = [await soon(turns.take()) for _number in range(AT_ONCE)]
        assert turns.waiting == 0
        for turn in held:
            turn.give_back()


async def test_a_list_read_for_many_viewers_is_of_the_same_sight(world: World) -> None:
    """`is_in_lists` says of an entry that was read what `offers_in_lists` says in a statement."""
    owner, other = await world.member(), await world.member()
    for number, status in enumerate(OfferStatus):
        for owned in (owner, None):
            await world.offer(f"Nummer {number}", owned, status)
    withheld = await world.offer("Zurückgehalten", owner)
    await Offer.filter(id=withheld.id).update(withheld_at=withheld.created_at)
    for by in (None, owner, other, await world.office()):
        viewer = (await world.context(by)).viewer
        listed = {row.id for row in await Offer.filter(offers_in_lists(viewer))}
        assert {row.id for row in await Offer.all() if is_in_lists(viewer, row)} == listed
    assert withheld.id not in {row.id for row in await Offer.filter(offers_in_lists((await world.context()).viewer))}
