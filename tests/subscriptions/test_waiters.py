"""Thousands who wait for one thing are all woken, and the loop turns to other things in between."""

import asyncio
import itertools

from subscriptions.waiters import Waiters
from tests.conditions import soon, until


async def test_all_are_woken_in_order_and_some_at_a_time() -> None:
    waiters, order = Waiters(), list[int]()

    async def wait(number: int) -> None:
        await waiters.wait()
        order.append(number)

    tasks = [asyncio.create_task(wait(number)) for number in range(1000)]
    await until(lambda: len(waiters) == 1000)
    waiters.wake()
    assert len(waiters) == 0
    woken = []
    while len(order) < 1000:
        woken.append(len(order))
        await asyncio.sleep(0)
    assert order == list(range(1000))
    assert max(after - before for before, after in itertools.pairwise(woken)) <= 50
    await soon(asyncio.gather(*tasks))


async def test_who_comes_later_or_leaves_is_not_woken_and_keeps_nobody_from_it() -> None:
    waiters = Waiters()
    staying, leaving = asyncio.create_task(waiters.wait()), asyncio.create_task(waiters.wait())
    await until(lambda: len(waiters) == 2)
    waiters.wake()
    leaving.cancel()
    late = asyncio.create_task(waiters.wait())
    await soon(staying)
    await until(lambda: len(waiters) == 1)
    assert leaving.cancelled() or leaving.cancelling()
    assert not late.done()
    waiters.wake()
    await soon(late)


async def test_patience_ends() -> None:
    waiters = Waiters()
    await soon(waiters.wait(0.01))
    assert len(waiters) == 0
    waiters.wake()
