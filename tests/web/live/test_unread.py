"""An update that can't be read isn't told: it is read again, before anything later is told, and nothing is lost.

The database is cut off at each statement in turn, while six subscriptions read their updates.
"""

import itertools
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tortoise.exceptions import DBConnectionError

import models
from models import Group, Member, Offer
from schema.declare.ids import global_id
from subscriptions import changes
from subscriptions.outbox import Changes
from tests.conditions import until
from tests.cutting import cutting, spared
from tests.web.live.test_fan_out import Listener, Listening, listening
from tests.world import World

_OFFER = "offer { title version topics { slug } owner { name email } group { name members(first: 3) { totalCount } } }"
_LOGS = {
    "OfferPublished": f"subscription {{ offerPublished {{ cursor {_OFFER} }} }}",
    "OfferUpdated": f"subscription ($id: ID!) {{ offerChanged(id: $id) {{ cursor change {_OFFER} }} }}",
    "GroupDetailsChanged": """subscription { groupUpdated { cursor group { name members(first: 3) { nodes { name } } }
      change { __typename } } }""",
    "EventUpdated": "subscription { eventChanged { cursor event { title host { name } group { name } } } }",
}
_LIST = """subscription { liveOffers(first: 50) { __typename
  ... on OffersSnapshot { totalCount offers { id title topics { slug } } }
  ... on OffersPatch { totalCount steps { __typename
    ... on OfferEntered { index offer { id title topics { slug } } }
    ... on OfferRefreshed { index offer { id title topics { slug } } }
    ... on OfferLeft { offerId } } } } }"""
_BOARD = "{ offers(first: 50) { totalCount nodes { id title topics { slug } } } }"
_FIGURES = "subscription { networkStatistics { seekingOfferCount } }"
# How many statements are counted at most until each subscription has read its update.
_MOST_STATEMENTS = 20


def numbers(listener: Listener, world: World) -> list[int]:
    """The numbers of the changes that it was told of, by their cursors."""
    (field,) = {name for update in listener.updates for name in update} or {""}
    return [world.services.hub._cursors.read(update[field]["cursor"]).seq for update in listener.updates]


def depends_on(listener: Listener) -> tuple[list[Any], int]:
    """The list, and its count, as a client has it that did every step."""
    entries: list[Any] = []
    count = 0
    for update in listener.updates:
        step = update["liveOffers"]
        count = step["totalCount"]
        if step["__typename"] == "OffersSnapshot":
            entries = list(step["offers"])
            continue
        for one in step["steps"]:
            if one["__typename"] != "OfferEntered":
                gone = one.get("offerId") or one["offer"]["id"]
                entries = [entry for entry in entries if entry["id"] != gone]
            if one["__typename"] != "OfferLeft":
                entries.insert(one["index"], one["offer"])
    return entries, count


async def patiently(work: Callable[[], Awaitable[Any]]) -> Any:
    """What comes of `work`, done again where its own connection was cut, too."""
    while True:
        try:
            return await work()
        except DBConnectionError:
            continue


class Stage:
    """All that subscriptions are told of, changed again and again."""

    def __init__(self, world: World, owner: Member, group: Group, offer: Offer, event: models.Event) -> None:
        self._world, self._owner, self._group, self.offer, self._event = world, owner, group, offer, event
        self._numbers = itertools.count(1)

    async def change(self) -> None:
        """Tell of a new entry, and of changes of the others, each in a transaction of its own."""
        with spared():
            number = next(self._numbers)
            entry = await patiently(lambda: self._world.offer(f"Nr. {number}", self._owner, group=self._group))
            changed = {"title": f"Stand {number}", "version": number + 1}
            await patiently(lambda: Offer.filter(id=self.offer.id).update(**changed))
            for told in (
                changes.OfferUpdated(self.offer.id),
                changes.GroupDetailsChanged(self._group.id, ["name"]),
                changes.EventUpdated(self._event.id),
                changes.OfferPublished(entry.id),
            ):
                await self._tell(told)

    async def _tell(self, told: changes.Change) -> None:
        async def work(outbox: Changes) -> None:
            outbox.tell(told)

        await patiently(lambda: self._world.services.outbox.write(work))  # whether it is told twice, the table says

    async def expected(self, kind: str) -> list[int]:
        """The numbers that a subscription to this kind of change has to be told of."""
        with spared():
            await until(lambda: patiently(self._all_numbered))
            rows = await patiently(lambda: models.Change.filter(kind=kind).order_by("seq"))
            return [row.seq for row in rows]

    async def _all_numbered(self) -> bool:
        return not await models.Change.filter(seq__isnull=True).exists()


async def staged(world: World) -> Stage:
    owner = await world.member("Verein")
    group = await world.group("AG Schule", owner)
    return Stage(world, owner, group, await world.offer("Stand 0", owner), await world.event("Treffen", owner))


async def watched(to: Listening, stage: Stage) -> tuple[dict[str, Listener], Listener, Listener]:
    """A listener to each subscription, all of them waiting for news."""
    logs = {kind: await to.to(document, id=global_id("Offer", stage.offer.id)) for kind, document in _LOGS.items()}
    board, figures = await to.to(_LIST), await to.to(_FIGURES)
    await until(lambda: board.heard and figures.heard and to.world.services.hub.waiting >= len(_LOGS) + 2)
    return logs, board, figures


async def all_heard(stage: Stage, logs: dict[str, Listener], world: World) -> None:
    """Each log was told of every change of its kind, in order, once, whole."""
    for kind, listener in logs.items():
        expected = await stage.expected(kind)

        def is_all(listener: Listener = listener, expected: list[int] = expected) -> bool:
            return len(listener.heard) >= len(expected) or listener.task.done()

        await until(is_all)
        assert not listener.codes
        assert numbers(listener, world) == expected, kind


@pytest.mark.walk
@pytest.mark.parametrize("shares", [True, False], ids=["shared", "alone"])
async def test_cut_at_each_statement_every_subscription_is_told_everything_once(
    world: World, database_url: str, shares: bool
) -> None:
    stage = await staged(world)
    with cutting(database_url) as cutter:
        async with listening(world, shares=shares) as to:
            logs, board, figures = await watched(to, stage)
            cuts = 0
            for at in range(_MOST_STATEMENTS):
                cutter.arm(at)
                await stage.change()
                await all_heard(stage, logs, world)
                cuts += cutter.has_cut
            assert cuts > 15
            await board_is_right(world, board)
            count = (await world.data("{ network { statistics { seekingOfferCount } } }"))["network"]["statistics"]
            await until(lambda: figures.updates[-1]["networkStatistics"] == count)
            assert not board.codes
            assert not figures.codes


async def board_is_right(world: World, board: Listener) -> None:
    """The list is what the query answers."""
    with spared():
        answer = (await world.data(_BOARD))["offers"]
    await until(lambda: depends_on(board) == (answer["nodes"], answer["totalCount"]))
