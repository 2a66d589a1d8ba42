"""When what has come is worked on: in lines that are fair among callers, for there is one thread for all of it.

Queries whose cost is small run as many at a time as there are connections to the database. Those that are dear, two at
a time, and what has to be compiled, one at a time, stand in lines of their own, where nobody waits whose query is
small. Between two steps they wait until no small one runs, a while at most.
"""

import asyncio
from collections.abc import Awaitable, Callable
from math import inf
from time import perf_counter
from typing import TypeVar

from resolvers.context import Context
from resolvers.limits.fair_turns import FairTurns
from schema.operations.operation import Operation
from schema.operations.operation_cache import Operations

Result = TypeVar("Result")

# What costs more points is dear: ten milliseconds of the processor.
DEAR = 5000
_DEAR_AT_ONCE = 2
# Work in steps waits for small queries for so many times as long as its last step took.
_PATIENCE = 4
_LOOP_TURNS = 4
# What it costs to compile a document, and each letter of it.
_COMPILED, _COMPILED_LETTER = 200, 4


def points_to_compile(query: str) -> int:
    """What it costs to compile a document."""
    return _COMPILED + _COMPILED_LETTER * len(query)


class Turns:
    """The lines of a process: so many small queries `at_once`. Who waits longer than so many `seconds` is refused."""

    def __init__(self, at_once: int = 10, seconds: float = 30.0, refused: Callable[[], None] = lambda: None) -> None:
        self.small = FairTurns(at_once, seconds, refused)
        self.dear = FairTurns(_DEAR_AT_ONCE, seconds, refused)
        self.compiling = FairTurns(1, seconds, refused)
        # Of compiling, whichever document: how long the last step took, and when it ended.
        self._step, self._stepped = 0.0, -inf

    async def query(self, context: Context, points: int, work: Callable[[], Awaitable[Result]]) -> Result:
        """Have a query of this cost executed in its turn. Raises `RateLimited` where that doesn't come."""
        turns = self.dear if points > DEAR else self.small
        await turns.enter(context.viewer.caller or context.address, points)
        try:
            return await work()
        finally:
            turns.leave()

    async def compiled(
        self, operations: Operations, query: str, name: str | None, caller: str, pay: Callable[[int], Awaitable[None]]
    ) -> Operation:
        """As `Operations.of`, but what isn't known is compiled in its turn, step by step, and paid for before.

        Of a document that can't be one by its size only that is found out, at once. Raises `RateLimited`, and what
        `pay` raises.
        """
        found = operations.again(query, name)
        if found is not None:
            return found
        steps = operations.in_steps(query, name)
        try:
            next(steps)
        except StopIteration as end:
            return end.value
        points = points_to_compile(query)
        await pay(points)
        await self.compiling.enter(caller, points)
        try:
            while True:
                await self._after_last_step()
                if operations.knows(query, name):  # somebody else has compiled it meanwhile
                    break
                begun = perf_counter()
                try:
                    next(steps)
                except StopIteration as end:
                    return end.value
                finally:
                    self._stepped = perf_counter()
                    self._step = self._stepped - begun
            return operations.again(query, name) or operations.of(query, name)
        finally:
            self.compiling.leave()

    async def _after_last_step(self) -> None:
        """Give way after a step of this document, or of another that was compiled just before it."""
        if perf_counter() - self._stepped < _PATIENCE * self._step:
            await self.give_way(self._step)

    async def give_way(self, took: float) -> None:
        """To be awaited between two steps of what takes long: the last one took so many seconds.

        What has just come needs some turns of the loop until it runs.
        """
        for _turn in range(_LOOP_TURNS):
            await asyncio.sleep(0)
        await self.small.free(_PATIENCE * took)
