"""Turns are given in order, so many at a time, and nobody who keeps one keeps the others from theirs."""

import asyncio

from subscriptions.update_turns import Turn, Turns
from tests.conditions import soon, until


async def test_so_many_at_a_time_in_the_order_in_which_they_came() -> None:
    turns, order, at_once, most = Turns(at_once=3), list[int](), 0, 0

    async def work(number: int) -> None:
        nonlocal at_once, most
        turn = await turns.take()
        at_once += 1
        most = max(most, at_once)
        order.append(number)
        await asyncio.sleep(0)
        at_once -= 1
        turn.give_back()
        turn.give_back()

    await soon(asyncio.gather(*(work(number) for number in range(100))))
    assert (most, order) == (3, list(range(100)))
    assert turns.waiting == 0


async def test_who_leaves_the_line_leaves_the_turn_to_the_next() -> None:
    turns = Turns(at_once=1)
    held = await turns.take()
    places = [asyncio.create_task(turns.take()) for _number in range(3)]
    await until(lambda: turns.waiting == 3)
    places[0].cancel()
    await until(lambda: turns.waiting == 2)
    held.give_back()
    places[1].cancel()  # in the very moment in which it is its turn
    (await soon(places[2])).give_back()
    (await soon(turns.take())).give_back()


async def test_who_has_had_its_turn_for_long_stops_nobody() -> None:
    turns = Turns(at_once=2, longest=0.01)
    stuck = [await turns.take() for _number in range(2)]
    passed: list[Turn] = [await soon(turns.take()) for _number in range(2)]
    for turn in stuck:
        turn.give_back()  # late: it is another one's already
    waiting = asyncio.create_task(turns.take())
    await until(lambda: turns.waiting == 1)
    passed[0].give_back()
    await soon(waiting)
