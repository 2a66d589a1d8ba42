"""One operation, executed for itself: what is shared, too, is executed so, once for all.

An update that can't be read, because the database is away, isn't told: it is read again until it can be, and nothing
that comes later is told before. What ends a subscription that isn't over is raised, not told, for after a last word no
client comes back: `Stopping`, `Unavailable` where it could not even begin, and `Unauthenticated`.
"""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from strawberry.types.execution import PreExecutionError

from auth.refusals import Unauthenticated, Unavailable
from resolvers.context import Context
from schema.execution.planned_schema import PlannedSchema
from schema.operations.error_masking import cause_of, is_unavailable
from schema.operations.operation import Operation
from subscriptions.hub import Span, Stopping
from web.limits.budgets import Meter
from web.live.asked import Asked

# After how many seconds an update is read again: at first, and at most; each time after twice as many, by chance.
_AGAIN_SECONDS, _MOST_SECONDS = 0.1, 3.0


class SingleExecution:
    """Executes operations one by one."""

    def __init__(self, schema: PlannedSchema) -> None:
        self._schema = schema

    def operation(self, asked: Asked) -> Operation:
        """The operation, compiled. What isn't kept is compiled anew, unless somebody holds it."""
        return self._schema.operations.of(asked.query, asked.operation_name)

    async def compiled(self, asked: Asked, meter: Meter | None) -> Operation:
        """As `operation`; what isn't known is compiled in its turn, and paid for. Raises `RateLimited`."""
        caller, pay = (meter.caller, meter.spend) if meter else ("", _for_nothing)
        return await self._schema.turns.compiled(
            self._schema.operations, asked.query, asked.operation_name, caller, pay
        )

    async def alone(self, asked: Asked, context: Context) -> AsyncGenerator[Any, None]:
        """The results of one operation, executed for itself.

        Of a subscription only updates that could be read as they are. Raises `Stopping`, `Unavailable` where it can't
        begin, and `Unauthenticated` where its session has ended, or its token is over.
        """
        seconds = _AGAIN_SECONDS
        subscription = context.subscribe()
        span = subscription.span = subscription.span or Span()
        while True:
            try:
                async with aclosing(self._results(asked, context)) as results:
                    async for result in results:
                        subscription.give_turn_back()  # who takes it may be slow
                        yield result
                        seconds = _AGAIN_SECONDS
                return
            except Unavailable:
                if not span.has_begun:
                    raise
                subscription.give_turn_back()
                await asyncio.sleep(seconds * random.uniform(0.5, 1))
                seconds = min(2 * seconds, _MOST_SECONDS)
                span.go_on()
            finally:
                subscription.give_turn_back()

    async def _results(self, asked: Asked, context: Context) -> AsyncGenerator[Any, None]:
        """What Strawberry makes of it; what ends a subscription that isn't over is raised."""
        operation = self.operation(asked)
        results = await self._schema.stream(
            asked.query,
            variable_values=asked.variables,
            context_value=context,
            operation_name=asked.operation_name,
            operation_extensions=asked.extensions,
            allowed_operation_types=asked.allowed,
        )
        async with aclosing(results):
            async for result in results:
                ending = _ending(result)
                if ending is not None and operation.is_subscription:
                    raise ending
                yield result


async def _for_nothing(_points: int) -> None:
    """Nobody pays."""


def _ending(result: Any) -> Exception | None:
    """What ends a subscription that isn't over, or keeps an update from being told; None where nothing does."""
    for error in result.errors or ():
        cause = cause_of(error)
        if is_unavailable(cause):
            return Unavailable()
        # Without a path it is the subscription's own end, not what a field of an update says.
        is_end = error.path is None and not isinstance(result, PreExecutionError)
        if is_end and isinstance(cause, (Stopping, Unauthenticated)):
            return cause
    return None
