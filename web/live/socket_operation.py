"""One operation of a socket: it executes, and its results go to the client as messages of graphql-transport-ws.

An operation has a task until it is through, or until it sits among those that ask the same.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Protocol

import orjson
import structlog
from graphql import GraphQLError
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from auth.refusals import Unauthenticated
from resolvers.context import Context
from subscriptions.cursors import Position
from subscriptions.hub import Progress
from subscriptions.shared_subscriptions import LeftBehind, Over, SharedUpdate
from web.http.correlation import bound_correlation_id, new_correlation_id
from web.http.errors import presentable
from web.limits.budgets import MESSAGE_POINTS, BudgetSpent, Meter, points_of
from web.live.asked import Asked
from web.live.fan_out import FanOut, Subscription
from web.live.rfc6455.handshake import ClientDisconnected
from web.live.websocket import BoundedSocket
from web.process.counters import counters


class Carrier(Protocol):
    """The socket, as its operations know it."""

    wire: BoundedSocket
    context: Context
    # None where nobody has to pay.
    meter: Meter | None

    @property
    def fan_out(self) -> FanOut:
        """Executes what is asked for there."""

    def send(self, **message: Any) -> None:
        """Send a message."""

    def charge(self, asked: Asked, context: Context) -> Callable[[], None]:
        """Count what a subscription's updates cost; what is returned ends that. Raises `RateLimited`."""

    def close_by(self, error: Exception) -> bool:
        """Close it, where a subscription ends by this error that isn't over; False where the error is another."""

    def forget(self, operation: "SocketOperation") -> None:
        """The operation's id is free again."""

    def task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Have work done, which a server that stops waits for."""


class SocketOperation:
    """One operation of a socket. It has a task while it executes by itself, and none while it sits with others."""

    __slots__ = (
        "_asked",
        "_context",
        "_give_back",
        "_is_over",
        "_sent",
        "_socket",
        "_start",
        "_subscription",
        "_task",
        "id",
    )

    def __init__(self, socket: Carrier, id: str, give_back: Callable[[], None]) -> None:
        self.id = id
        self._socket = socket
        self._give_back = give_back
        # What every update begins with.
        self._start = orjson.dumps({"id": id, "type": "next"})[:-1] + b',"payload":'
        self._is_over = False
        # What it executes; None where it only catches up.
        self._asked: Asked | None = None
        self._task: asyncio.Task[None] | None = None
        self._context: Context | None = None
        self._subscription: Subscription | None = None
        # The place of the newest update that was sent.
        self._sent: Position | None = None

    @property
    def delivered(self) -> Position | None:
        """Up to where the client was told everything by what was sent; None where that isn't known yet."""
        progress: Progress | None = self._subscription.subscriber if self._subscription is not None else None
        if self._context is not None:
            progress = self._context.progress
        return max(progress.delivered, self._sent or progress.delivered) if progress is not None else None

    def begin(self, asked: Asked) -> None:
        """Begin to execute."""
        self._asked = asked
        self._launch(lambda: self._execute(asked))

    def cancel(self) -> None:
        """End it without a word; what it has begun to write is finished."""
        self._end()
        if self._task is not None:
            self._task.cancel()

    def wake(self) -> None:
        """Send what there is for all who sit there, as long as the socket takes it."""
        subscription = self._subscription
        if self._task is not None or subscription is None or subscription.subscriber is None:
            return
        subscriber, wire = subscription.subscriber, self._socket.wire
        try:
            while wire.takes and not self._is_over:
                shared = subscriber.take()
                if shared is None:
                    return
                self._send_shared(shared)
        except LeftBehind:
            self._launch(lambda: self._catch_up(subscription))
        except Over:
            self._complete()
        except Exception as error:
            self._end_by(error, new_correlation_id(), subscribes=True)

    def _launch(self, work: Callable[[], Awaitable[None]]) -> None:
        self._task = self._socket.task(self._run(work))
        self._task.add_done_callback(self._has_run)

    async def _run(self, work: Callable[[], Awaitable[None]]) -> None:
        correlation_id = new_correlation_id()
        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            try:
                await work()
            except ClientDisconnected:
                self._end()
            except Exception as error:
                if isinstance(error, BudgetSpent) and self._socket.meter is not None:
                    await self._socket.meter.hold()
                asked = self._asked
                subscribes = asked is None or self._socket.fan_out.operation(asked).is_subscription
                self._end_by(error, correlation_id, subscribes=subscribes)

    def _has_run(self, task: "asyncio.Task[None]") -> None:
        """It is over, or sits with others."""
        self._task = self._context = self._asked = None
        if self._is_over:  # its place is taken until nothing runs in it
            self._give_back()
        elif task.cancelled():
            self._end()
        elif self._subscription is None or self._subscription.subscriber is None:
            self._complete()
        else:
            self.wake()

    async def _execute(self, asked: Asked) -> None:
        """Execute it in a context of its own, as old as the operation is."""
        context = self._context = replace(self._socket.context, live_cursor=None)
        fan_out = self._socket.fan_out
        asked = self._asked = await self._whole(asked)
        operation = await fan_out.compiled(asked, self._socket.meter)  # held while it is executed: compiled once
        if self._socket.meter is not None:
            await self._socket.meter.spend(MESSAGE_POINTS + points_of(operation, asked.variables))
        try:
            await context.renew()
        except Unauthenticated as refusal:
            self._socket.close_by(refusal)
            return
        counters.socket_operations[operation.kind.value if operation.kind else "none"] += 1
        if operation.is_subscription:
            self._also_give_back(self._socket.charge(asked, context))
        self._subscription = fan_out.subscription(asked, context, self.wake)
        if self._subscription is None:
            await self._send_all(fan_out.once(asked, context), context)
            return
        await self._send_all(self._subscription.catch_up(), context)

    async def _whole(self, asked: Asked) -> Asked:
        """The same with its document. One that is only named has to be found, which costs, too, where there is none."""
        if asked.name is not None and self._socket.meter is not None:
            await self._socket.meter.spend(MESSAGE_POINTS)
        return await asked.whole(self._socket.fan_out.documents)

    def _also_give_back(self, more: Callable[[], None]) -> None:
        place = self._give_back

        def give_back() -> None:
            more()
            place()

        self._give_back = give_back

    async def _catch_up(self, subscription: Subscription) -> None:
        await self._send_all(subscription.catch_up(), self._socket.context)

    async def _send_all(self, source: AsyncGenerator[Any, None], context: Context) -> None:
        """Send results as they come and the socket takes them: what others get too is serialised already."""
        first = True
        async with aclosing(source) as results:
            async for result in results:
                await self._socket.wire.drain()
                if self._is_over:
                    return
                self._sent = (result.position if isinstance(result, SharedUpdate) else context.position) or self._sent
                if isinstance(result, SharedUpdate):
                    self._send_shared(result)
                elif first and isinstance(result, PreExecutionError):
                    id = bound_correlation_id()
                    errors = [presentable(error, context.language, id).formatted for error in result.errors or ()]
                    self._fail(errors)
                    return
                else:
                    self._send(result, context.language, bound_correlation_id())
                first = False

    def _send_shared(self, shared: SharedUpdate) -> None:
        if shared.refused:
            self._fail(orjson.loads(shared.payload))
        else:
            counters.deliveries += 1
            self._socket.wire.deliver(self._start, shared.payload)

    def _send(self, result: ExecutionResult, language: str, correlation_id: str) -> None:
        payload: dict[str, Any] = {"data": result.data}
        if result.errors:
            payload["errors"] = [presentable(error, language, correlation_id).formatted for error in result.errors]
        if result.extensions:
            payload["extensions"] = result.extensions
        counters.deliveries += 1
        self._socket.wire.say(self._start + orjson.dumps(payload) + b"}")

    def _end_by(self, error: Exception, correlation_id: str, *, subscribes: bool) -> None:
        """End it by what was raised: a subscription that isn't over with its socket, anything else with an error."""
        if subscribes and self._socket.close_by(error):
            return
        cause = GraphQLError(str(error), original_error=error)
        self._fail([presentable(cause, self._socket.context.language, correlation_id).formatted])

    def _fail(self, errors: list[Any]) -> None:
        """Say that it is refused."""
        if not self._is_over:
            self._end()
            self._socket.send(id=self.id, type="error", payload=errors)

    def _complete(self) -> None:
        """Say that it is through."""
        if not self._is_over:
            self._end()
            self._socket.send(id=self.id, type="complete")

    def _end(self) -> None:
        """Free its id, its seat, and, if nothing runs any more, its place."""
        if self._is_over:
            return
        self._is_over = True
        self._socket.forget(self)
        if self._subscription is not None:
            self._subscription.leave()
        if self._task is None:
            self._give_back()
