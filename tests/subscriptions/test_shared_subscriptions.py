"""Subscribers of a shared subscription: woken, not waited for; each takes everything, in order, once."""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import pytest

from auth.refusals import Unauthenticated
from subscriptions.cursors import Position
from subscriptions.hub import Span
from subscriptions.shared_subscriptions import (
    MOST_BEHIND,
    LeftBehind,
    Over,
    SharedSubscriptions,
    SharedUpdate,
    Subscriber,
)
from tests.conditions import until

BEGIN = Position(1, 0)


class Log:
    """A source that gives what is put into it."""

    def __init__(self) -> None:
        self.shared = SharedSubscriptions()
        self._come: asyncio.Queue[SharedUpdate | None] = asyncio.Queue()
        self._seq = 0

    async def source(self, _span: Span) -> AsyncGenerator[SharedUpdate, None]:
        """What is executed once for all."""
        while (shared := await self._come.get()) is not None:
            yield shared

    def put(self, times: int = 1) -> None:
        """So many updates more."""
        for _number in range(times):
            self._seq += 1
            self._come.put_nowait(SharedUpdate(b"%d" % self._seq, Position(1, self._seq)))

    def end(self) -> None:
        """Nothing more."""
        self._come.put_nowait(None)


class Reader:
    """Subscribes, and takes what there is unless it is slow."""

    def __init__(self, log: Log, *, latest: bool = False) -> None:
        self.mark_delivered: list[int] = []
        self.ends: list[type[Exception]] = []
        self.is_slow = False
        self.subscriber: Subscriber = log.shared.subscribe("all", BEGIN, log.source, self.wake, latest=latest)
        self.wake()

    def wake(self) -> None:
        """Take it all."""
        try:
            while not self.is_slow and (shared := self.subscriber.take()) is not None:
                self.mark_delivered.append(int(shared.payload))
        except (LeftBehind, Over, Unauthenticated) as end:
            self.ends.append(type(end))
            self.is_slow = True


@asynccontextmanager
async def logged(number: int, *, latest: bool = False) -> AsyncIterator[tuple[Log, list[Reader]]]:
    log = Log()
    readers = [Reader(log, latest=latest) for _number in range(number)]
    yield log, readers
    for one in readers:
        one.subscriber.leave()
    assert len(log.shared) == 0


async def test_all_are_told_of_all_in_order_also_when_more_comes_while_they_are_woken() -> None:
    dice = random.Random(3)
    async with logged(700) as (log, readers):
        for _number in range(30):
            log.put(dice.randrange(4))
            await asyncio.sleep(0)
        log.put()
        last = log._seq
        await until(lambda: all(one.mark_delivered and one.mark_delivered[-1] == last for one in readers))
        assert all(one.mark_delivered == list(range(1, last + 1)) for one in readers)
        assert log.shared.waiting == [700]
        assert {one.subscriber.delivered for one in readers} == {Position(1, last)}


async def test_who_is_slow_is_behind_and_goes_on_where_it_was() -> None:
    async with logged(2) as (log, (quick, slow)):
        log.put()
        await until(lambda: slow.mark_delivered == [1])
        slow.is_slow = True
        log.put(MOST_BEHIND)
        await until(lambda: len(quick.mark_delivered) == MOST_BEHIND + 1)
        assert slow.mark_delivered == [1]
        slow.is_slow = False
        slow.wake()
        assert slow.mark_delivered == quick.mark_delivered


async def test_who_is_too_slow_is_left_behind_and_begins_behind_what_it_took_last() -> None:
    async with logged(2) as (log, (quick, slow)):
        log.put(2)
        await until(lambda: slow.mark_delivered == [1, 2])
        slow.is_slow = True
        log.put(MOST_BEHIND + 1)
        await until(lambda: len(quick.mark_delivered) == MOST_BEHIND + 3)
        slow.is_slow = False
        slow.wake()
        assert (slow.mark_delivered, slow.ends) == ([1, 2], [LeftBehind])
        assert slow.subscriber.delivered == Position(1, 2)
        slow.subscriber.move()
        assert slow.subscriber.position == Position(1, MOST_BEHIND + 3)
        slow.is_slow = False
        log.put()
        await until(lambda: slow.mark_delivered[-1] == quick.mark_delivered[-1] == MOST_BEHIND + 4)


async def test_of_a_state_only_the_latest_counts() -> None:
    async with logged(2, latest=True) as (log, (quick, slow)):
        slow.is_slow = True
        log.put(MOST_BEHIND * 2)
        await until(lambda: quick.mark_delivered and quick.mark_delivered[-1] == MOST_BEHIND * 2)
        slow.is_slow = False
        slow.wake()
        assert slow.mark_delivered == [MOST_BEHIND * 2]


async def test_what_was_told_already_is_not_given_again() -> None:
    async with logged(1) as (log, (one,)):
        one.subscriber.mark_delivered(Position(1, 2))
        log.put(3)
        await until(lambda: one.mark_delivered == [3])


async def test_one_that_fails_keeps_nothing_from_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    async with logged(3) as (log, readers):
        readers[1].mark_delivered = None  # type: ignore[assignment]
        log.put(2)
        await until(lambda: readers[0].mark_delivered == readers[2].mark_delivered == [1, 2])
    assert "a subscription failed" in capsys.readouterr().out


async def test_who_is_refused_gets_nothing_more() -> None:
    async with logged(2) as (log, (one, other)):
        log.put()
        await until(lambda: one.mark_delivered == other.mark_delivered == [1])
        one.subscriber.refuse(Unauthenticated())
        log.put()
        await until(lambda: other.mark_delivered == [1, 2])
        assert (one.mark_delivered, one.ends) == ([1], [Unauthenticated])


async def test_the_end_comes_behind_everything_else_and_also_to_who_comes_late() -> None:
    async with logged(1) as (log, (one,)):
        log.put(2)
        log.end()
        await until(lambda: one.ends == [Over])
        assert one.mark_delivered == [1, 2]
        one.subscriber.move()
        with pytest.raises(Over):
            one.subscriber.take()
