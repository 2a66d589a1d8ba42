"""Next is whose caller used least lately: whoever asks without end, or for what is dear, keeps nobody else waiting."""

import asyncio

import pytest

from auth.refusals import RateLimited
from resolvers.limits.fair_turns import FairTurns
from tests.conditions import soon, until


class Line:
    """A line, who had a turn in which order, and those that still have it."""

    def __init__(self, turns: FairTurns) -> None:
        self.turns = turns
        self.served: list[str] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def come(self, caller: str, points: int = 1) -> asyncio.Task[None]:
        """One comes, and has its turn or waits."""

        async def enter() -> None:
            await self.turns.enter(caller, points)
            self.served.append(caller)

        task = asyncio.create_task(enter())
        self.tasks.append(task)
        await asyncio.sleep(0)
        return task

    async def serve(self) -> list[str]:
        """Who is served until nobody waits, one after the other."""
        begun = len(self.served)
        while self.turns.waiting:
            count = len(self.served)
            self.turns.leave()
            await until(lambda count=count: len(self.served) > count)  # type: ignore[misc]
        return self.served[begun:]


async def test_so_many_have_a_turn_and_others_wait() -> None:
    line = Line(FairTurns(2))
    for _ in range(5):
        await line.come("a")
    assert (line.turns.running, line.turns.waiting) == (2, 3)
    assert await line.serve() == ["a"] * 3
    for _ in range(2):
        line.turns.leave()
    assert line.turns.running == 0


async def test_who_comes_now_and_then_passes_fifty_that_ask_without_end() -> None:
    line = Line(FairTurns(1))
    attackers = [f"attacker {number}" for number in range(50)]
    await line.come("attacker 0")
    for _time in range(4):
        for caller in attackers:
            await line.come(caller)
    line.turns.leave()  # each of the fifty has had, or has, a turn before somebody else comes
    for _ in range(60):
        await until(lambda: line.turns.running == 1)
        line.turns.leave()
        await asyncio.sleep(0)
    await line.come("honest")
    assert (await line.serve()).index("honest") == 0


async def test_who_asks_for_what_is_dear_waits_for_who_asks_for_little() -> None:
    line = Line(FairTurns(1))
    await line.come("dear", 10_000)
    await line.come("dear", 10_000)
    for _ in range(20):
        await line.come("small", 10)
    assert await line.serve() == [*["small"] * 20, "dear"]


async def test_equals_take_turns_and_of_one_the_first_comes_first() -> None:
    line = Line(FairTurns(1))
    await line.come("x")
    order: list[str] = []

    async def come(caller: str, name: str) -> None:
        await line.turns.enter(caller, 100)
        order.append(name)
        line.turns.leave()

    tasks = [asyncio.create_task(come(caller, f"{caller}{number}")) for caller in "ab" for number in range(3)]
    await until(lambda: line.turns.waiting == 6)
    line.turns.leave()
    await soon(asyncio.gather(*tasks))
    assert order == ["a0", "b0", "a1", "b1", "a2", "b2"]


async def test_this_machine_s_own_programs_are_not_counted() -> None:
    line = Line(FairTurns(1))
    for caller in ("", "somebody", "somebody", ""):
        await line.come(caller, 1_000_000)
    assert await line.serve() == ["somebody", "", "somebody"]


@pytest.mark.parametrize("how", ["cancelled", "at the moment of its turn"])
async def test_who_leaves_takes_no_turn(how: str) -> None:
    line = Line(FairTurns(1))
    await line.come("a")
    leaving = await line.come("b")
    await line.come("c")
    if how != "cancelled":
        line.turns.leave()
    leaving.cancel()
    await asyncio.wait([leaving])
    if how == "cancelled":
        line.turns.leave()
    await until(lambda: line.served[-1] == "c")
    line.turns.leave()
    assert (line.turns.running, line.turns.waiting) == (0, 0)


async def test_who_waits_too_long_is_refused_and_told_of() -> None:
    refused: list[None] = []
    turns = FairTurns(1, 0.01, lambda: refused.append(None))
    await turns.enter("a", 1)
    with pytest.raises(RateLimited):
        await soon(turns.enter("b", 1))
    assert len(refused) == 1
    turns.leave()
    await soon(turns.enter("b", 1))


async def test_each_is_refused_after_their_own_time_and_who_had_a_turn_is_not() -> None:
    refused: list[None] = []
    turns = FairTurns(1, 0.05, lambda: refused.append(None))
    await turns.enter("a", 1)
    first = asyncio.create_task(turns.enter("b", 1))
    await until(lambda: turns.waiting == 1)
    turns.leave()
    await soon(first)
    others = [asyncio.create_task(turns.enter(caller, 1)) for caller in "cd"]
    await until(lambda: turns.waiting == 2)
    late = asyncio.create_task(turns.enter("e", 1))
    await asyncio.wait([*others, late])
    assert [type(one.exception()) for one in (*others, late)] == [RateLimited] * 3
    assert len(refused) == 3
    assert (turns.line._until, turns.line._timer) == ({}, None)


async def test_thousands_that_come_and_leave_are_forgotten() -> None:
    line = Line(FairTurns(1))
    await line.come("a")
    for _ in range(1000):
        leaving = await line.come("b")
        leaving.cancel()
        await asyncio.wait([leaving])
    assert line.turns.waiting == 0
    assert len(line.turns.line._waiting) < 210


async def test_who_gives_way_goes_on_when_nobody_has_a_turn_or_after_a_while() -> None:
    turns = FairTurns(3)
    await soon(turns.free(1000))
    for _ in range(2):
        await turns.enter("a", 1)
    giving_way = asyncio.create_task(turns.free(1000))
    turns.leave()
    await asyncio.sleep(0)
    assert not giving_way.done()
    turns.leave()
    await soon(giving_way)
    await turns.enter("a", 1)
    await soon(turns.free(0.01))
    leaving = asyncio.create_task(turns.free(1000))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.wait([leaving])
    assert turns._when_free == []


async def test_what_was_used_long_ago_counts_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """However long the process runs: a count is a logarithm, and never too large for a number."""
    instant = 1e9
    monkeypatch.setattr("resolvers.limits.fair_turns.monotonic", lambda: instant)
    line = Line(FairTurns(1))
    await line.come("long ago", 50_000)
    line.turns.leave()
    instant += 600
    await line.come("x")
    await line.come("x")
    await line.come("long ago")
    assert await line.serve() == ["long ago", "x"]
