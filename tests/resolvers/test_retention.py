"""The log is trimmed by itself, only ever at its beginning; cursors of what is gone have expired."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

import models
from auth.refusals import CursorExpired
from models import now
from resolvers.context import Context, system_context
from resolvers.live.retention import trim_log
from subscriptions import numbered_log as log
from subscriptions.changes import MemberChanged
from subscriptions.cursors import Position
from subscriptions.hub import Follower, Hub
from subscriptions.outbox import Changes
from subscriptions.ring import Ring
from tests.conditions import soon, until
from tests.world import World

CHANGED = "subscription ($after: String) { groupUpdated(after: $after) { cursor } }"


def context(world: World, **rules: Any) -> Context:
    """The server's own, with these rules."""
    return system_context(replace(world.services, rules=replace(world.services.rules, **rules)))


async def tell(world: World, *numbers: int) -> None:
    async def work(changes: Changes) -> None:
        changes.tell(*(MemberChanged(number) for number in numbers))

    await world.services.outbox.write(work)


async def told(world: World, count: int) -> None:
    """So many changes are told, all of them."""
    await tell(world, *range(count))
    await until(lambda: world.services.hub.position.seq == count)


async def aged(upto: int) -> None:
    """The changes up to this number happened two days ago."""
    await models.Change.filter(seq__lte=upto).update(occurred_at=now() - timedelta(days=2))


async def kept() -> list[int]:
    return [row.seq or 0 for row in await models.Change.filter(seq__isnull=False).order_by("seq")]


async def test_what_is_older_than_the_retention_is_trimmed(world: World) -> None:
    await told(world, 10)
    await aged(4)
    assert await trim_log(context(world)) == 3
    assert await kept() == [4, 5, 6, 7, 8, 9, 10]  # the 4th vouches for who has been told up to there
    assert await trim_log(context(world)) == 0


async def test_more_changes_than_the_retention_are_trimmed(world: World) -> None:
    await told(world, 1203)
    assert await trim_log(context(world, log_changes=3)) == 1199
    assert await kept() == [1200, 1201, 1202, 1203]


async def test_an_old_change_behind_a_young_one_stays(world: World) -> None:
    await told(world, 3)
    await models.Change.filter(seq=2).update(occurred_at=now() - timedelta(days=2))
    assert await trim_log(context(world)) == 0
    assert await kept() == [1, 2, 3]


async def test_what_has_no_number_yet_stays_and_numbers_go_on_after_everything_is_trimmed(world: World) -> None:
    hub = world.services.hub
    await told(world, 5)
    await aged(5)
    cursor = await hub.cursor()
    await models.Change.create(kind="MemberChanged", facts={"member_id": 6}, occurred_at=now() - timedelta(days=3))
    await asyncio.gather(*(trim_log(context(world)) for _process in range(3)))
    await tell(world, 7)
    async with aclosing(hub.follow(cursor)) as following:
        changes = [await soon(anext(following)) for _number in range(2)]
    assert [(one.seq, one.change) for one in changes] == [(6, MemberChanged(6)), (7, MemberChanged(7))]
    assert (await log.head()).seq == 7


async def test_processes_that_trim_at_once_leave_what_one_would(world: World) -> None:
    await told(world, 1000)
    trimming = [trim_log(context(world, log_changes=100)) for _process in range(4)]
    await soon(asyncio.gather(*trimming, tell(world, *range(1000, 1050))))
    await until(lambda: world.services.hub.position.seq == 1050)
    await trim_log(context(world, log_changes=100))
    assert await kept() == list(range(950, 1051))


async def test_a_cursor_from_before_has_expired_and_the_error_has_a_fresh_one(world: World) -> None:
    hub = world.services.hub
    start = await hub.cursor()
    await told(world, 5)
    await trim_log(context(world, log_changes=2))
    world.services = replace(world.services, hub=Hub(hub._cursors))  # a process that has just started
    answers = [answer async for answer in world.subscribe(CHANGED, after=start)]
    assert [answer.codes for answer in answers] == [["CURSOR_EXPIRED"]]
    fresh = answers[0].errors[0]["extensions"]["cursor"]
    assert fresh == await hub.cursor()
    group = await world.group()
    async with aclosing(Hub(hub._cursors, hub._ring).follow(fresh)) as following:
        await tell(world, group.id)
        assert (await soon(anext(following))).seq == 6


async def test_who_follows_the_table_while_it_is_trimmed_hears_of_the_gap(world: World) -> None:
    """A ring of four holds too little for them."""
    await told(world, 300)
    start = (await log.head()).epoch
    ring = Ring(4)
    ring.begin(Position(start, 300))
    follower = Follower(ring, Position(start, 0))
    some = await follower.batch()
    assert some is not None
    assert [one.seq for one in some] == list(range(1, 101))
    await trim_log(context(world, log_changes=100))
    with pytest.raises(CursorExpired):
        await follower.batch()


@pytest.mark.walk
@pytest.mark.parametrize("cursor", ["", "x", "A" * 20])
async def test_what_looks_like_no_cursor_is_a_bad_request(world: World, cursor: str) -> None:
    answers = [answer async for answer in world.subscribe(CHANGED, after=cursor)]
    assert [answer.codes for answer in answers] == [["BAD_REQUEST"]]


async def test_cursors_of_another_epoch_and_of_the_future_have_expired_with_a_fresh_one(world: World) -> None:
    hub = world.services.hub
    old = await hub.cursor()
    await log.new_epoch("a test")
    (answer,) = [answer async for answer in world.subscribe(CHANGED, after=old)]
    assert answer.codes == ["CURSOR_EXPIRED"]
    assert answer.errors[0]["extensions"]["cursor"] == await hub.cursor()
    head = await log.head()
    ahead = hub.cursor_of(replace(head, seq=head.seq + 5))
    (answer,) = [answer async for answer in world.subscribe(CHANGED, after=ahead)]
    assert answer.codes == ["CURSOR_EXPIRED"]
    assert await log.head() == head
    assert answer.errors[0]["extensions"]["cursor"] == await hub.cursor()
