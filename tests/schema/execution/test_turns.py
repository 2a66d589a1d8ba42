"""What is dear, or has to be compiled, gives way to small queries, and stands in lines that are fair among callers."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from auth.refusals import RateLimited
from auth.viewer import GUEST
from resolvers.context import Context
from schema.documents.bounds import Bounds
from schema.execution.turns import DEAR, Turns, points_to_compile
from schema.operations.operation_cache import Operations
from tests.conditions import soon, until
from tests.world import SCHEMA


def operations() -> Operations:
    return Operations(SCHEMA, 2**24)


def document(number: int) -> str:
    """One that nobody has sent before."""
    return f"{{ a{number}: network {{ name }} }}"


class Payments:
    """What was paid, by whom."""

    def __init__(self, most: int = 10**9) -> None:
        self.paid: list[int] = []
        self._most = most

    async def pay(self, points: int) -> None:
        if sum(self.paid) + points > self._most:
            raise RateLimited
        self.paid.append(points)


def context(caller: str) -> Context:
    services: Any = None
    return Context(services, GUEST, "en", caller)


def waiting(event: asyncio.Event) -> Callable[[], Awaitable[None]]:
    async def work() -> None:
        await event.wait()

    return work


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who gives way does so for as long as it takes."""
    monkeypatch.setattr("schema.execution.turns._PATIENCE", 1e9)


@pytest.mark.usefixtures("patient")
async def test_compiling_waits_between_its_steps_for_small_queries() -> None:
    turns, made, ends = Turns(), operations(), asyncio.Event()
    running = asyncio.create_task(turns.query(context("a"), 10, waiting(ends)))
    await asyncio.sleep(0)
    compiling = asyncio.create_task(turns.compiled(made, document(1), None, "b", Payments().pay))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not compiling.done()
    assert made.compiled == 0
    ends.set()
    assert (await soon(compiling)).is_valid
    await running


@pytest.mark.usefixtures("patient")
async def test_and_between_one_document_and_the_next() -> None:
    """Else many that are refused at their first step, one behind the other, would let nobody through."""
    turns, made, ends = Turns(), operations(), asyncio.Event()
    await soon(turns.compiled(made, document(1), None, "a", Payments().pay))
    running = asyncio.create_task(turns.query(context("a"), 10, waiting(ends)))
    await asyncio.sleep(0)
    broken = asyncio.create_task(turns.compiled(made, "{ offers {", None, "b", Payments().pay))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not broken.done()
    ends.set()
    assert not (await soon(broken)).is_valid
    await running


async def test_but_not_for_ever() -> None:
    turns, made, ends = Turns(), operations(), asyncio.Event()
    running = asyncio.create_task(turns.query(context("a"), 10, waiting(ends)))
    assert (await soon(turns.compiled(made, document(1), None, "b", Payments().pay))).is_valid
    assert not running.done()
    ends.set()
    await running


@pytest.mark.usefixtures("patient")
async def test_who_compiles_now_and_then_passes_fifty_that_do_without_end() -> None:
    turns, made, ends, order = Turns(), operations(), asyncio.Event(), []

    async def compile(caller: str, number: int) -> None:
        await turns.compiled(made, document(number), None, caller, Payments().pay)
        order.append(caller)

    running = asyncio.create_task(turns.query(context("x"), 10, waiting(ends)))
    await asyncio.sleep(0)
    tasks = [asyncio.create_task(compile(f"attacker {number % 50}", number)) for number in range(100)]
    await until(lambda: turns.compiling.waiting == 99)
    for caller in [f"attacker {number}" for number in range(50)]:
        turns.compiling.line.use(caller, 1)
    honest = asyncio.create_task(compile("honest", 1000))
    await until(lambda: turns.compiling.waiting == 100)
    ends.set()
    await soon(asyncio.gather(*tasks, honest, running))
    assert order.index("honest") <= 1, "behind the one that is compiled already"


async def test_it_is_paid_for_before_and_only_where_there_is_something_to_compile() -> None:
    turns, made, payments = Turns(), operations(), Payments()
    for _ in range(3):
        assert (await turns.compiled(made, document(1), None, "a", payments.pay)).is_valid
    assert payments.paid == [points_to_compile(document(1))]


async def test_who_can_t_pay_has_nothing_compiled_and_takes_no_turn() -> None:
    turns, made = Turns(), operations()
    with pytest.raises(RateLimited):
        await turns.compiled(made, document(1), None, "a", Payments(10).pay)
    assert not made.knows(document(1), None)
    assert turns.compiling.running == 0
    assert (await soon(turns.compiled(made, document(1), None, "b", Payments().pay))).is_valid


async def test_what_is_too_large_is_refused_at_once_whoever_else_waits() -> None:
    turns, made = Turns(), operations()
    await turns.compiling.enter("somebody", 1)
    payments = Payments()
    found = await soon(turns.compiled(made, "{ " + "a " * Bounds().document_tokens + "}", None, "a", payments.pay))
    assert not found.is_valid
    assert payments.paid == []


async def test_the_same_document_of_many_at_once_is_compiled_once() -> None:
    turns, made = Turns(), operations()
    found = await soon(
        asyncio.gather(*(turns.compiled(made, document(1), None, f"{n}", Payments().pay) for n in range(20)))
    )
    assert made.compiled == 1
    assert len(set(map(id, found))) == 1


async def test_two_dear_queries_run_at_a_time_and_small_ones_pass_them() -> None:
    turns, ends = Turns(at_once=3), asyncio.Event()
    dear = [asyncio.create_task(turns.query(context(f"{n}"), DEAR + 1, waiting(ends))) for n in range(10)]
    await until(lambda: turns.dear.waiting == 8)
    small = asyncio.Event()
    small.set()
    for _ in range(20):
        await soon(turns.query(context("honest"), DEAR, waiting(small)))
    assert (turns.dear.running, turns.small.running) == (2, 0)
    ends.set()
    await soon(asyncio.gather(*dear))
    assert turns.dear.running == 0


async def test_a_query_that_fails_gives_its_turn_back() -> None:
    turns = Turns(at_once=1)

    async def fail() -> None:
        raise ZeroDivisionError

    for points in (1, DEAR + 1):
        for _ in range(5):
            with pytest.raises(ZeroDivisionError):
                await soon(turns.query(context("a"), points, fail))
    assert (turns.dear.running, turns.small.running) == (0, 0)
