"""Waiting for what must come, and never longer."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

# A wait that only a fault would make longer: where all tests run at once, on a machine that does other things, too.
PATIENCE = 90.0
Result = TypeVar("Result")


async def until(condition: Callable[[], Any | Awaitable[Any]], patience: float = PATIENCE) -> Any:
    """Wait until `condition` gives something true, and give that. Raises `TimeoutError` after `patience` seconds."""
    async with asyncio.timeout(patience):
        while True:
            found = condition()
            if inspect.isawaitable(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.005)


async def soon(awaitable: Awaitable[Result], patience: float = PATIENCE) -> Result:
    """What comes of `awaitable`, within `patience` seconds."""
    async with asyncio.timeout(patience):
        return await awaitable
