"""Subscriptions that ask the same are executed once and serialised once for all of them in this process.

Each begins by itself, so that it is refused as it would be alone; what it missed it shares with those who missed the
same. Then it becomes a subscriber of the shared subscription, which executes in a context of its own, with the rights
of its viewer class as they are then.

Each is read, and read again where it can't be, by `web.live.unshared_execution`.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Hashable
from contextlib import aclosing
from typing import Any

import structlog
from graphql import GraphQLError
from strawberry.types.execution import PreExecutionError

from auth.refusals import BadRequest, Refusal, TooComplex
from resolvers.context import Context, Services, SubscriptionContext
from schema.execution.planned_schema import PlannedSchema
from schema.operations.operation import Operation
from schema.operations.sharing_key import Sharing
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
from web.http.correlation import bound_correlation_id, new_correlation_id
from web.http.idempotency import Attempt, Idempotency, Outcome, attempt_of
from web.http.persisted import Documents, SentDocuments
from web.http.unavailable import later
from web.limits.budgets import points_of
from web.live.asked import Asked
from web.live.catch_up import CatchUps
from web.live.sessions import Sessions
from web.live.unshared_execution import SingleExecution
from web.live.update_payload import serialised


class FanOut(SingleExecution):
    """Runs the operations of sockets and streams, together where they ask the same."""

    def __init__(
        self,
        schema: PlannedSchema,
        services: Services,
        *,
        shares: bool = True,
        documents: Documents | None = None,
        idempotency: Idempotency | None = None,
    ) -> None:
        super().__init__(schema)
        self.idempotency = idempotency
        self.documents = documents or SentDocuments()
        self.shared = SharedSubscriptions()
        self.sessions = Sessions(services)
        self._services = services
        self._shares = shares
        self.catch_ups = CatchUps(services.hub)

    def subscription(self, asked: Asked, context: Context, wake: Callable[[], None]) -> "Subscription | None":
        """A subscription that others may share in; None where the operation is none of these: run it `alone`.

        The context must be this operation's own, and its viewer renewed. `wake` is called when there may be something
        to take; it must not wait.
        """
        sharing = self.operation(asked).sharing if self._shares else None
        key = sharing.key(asked.variables, context.viewer, context.language) if sharing else None
        if sharing is None or key is None:
            return None
        return Subscription(self, sharing, key, asked, context, wake)

    def difference(self, asked: Asked, context: Context) -> tuple[Hashable | None, int]:
        """What tells a subscription from others that this process executes, and the points of one update of it.

        Those of one key are executed together. Without one it is executed for itself.
        """
        operation = self.operation(asked)
        sharing = operation.sharing if self._shares else None
        key = sharing.key(asked.variables, context.viewer, context.language) if sharing else None
        return key, points_of(operation, asked.variables)

    async def stream(self, asked: Asked, context: Context) -> AsyncGenerator[Any, None]:
        """As `alone`, but that an update which others get too comes as `SharedUpdate`.

        The context must be this operation's own, and its viewer renewed.
        """
        _held = self.operation(asked)
        news = asyncio.Event()
        subscription = self.subscription(asked, context, news.set)
        if subscription is None:
            async with aclosing(self.once(asked, context)) as results:
                async for result in results:
                    yield result
            return
        try:
            async with aclosing(self._stream(subscription, news)) as shared:
                async for result in shared:
                    yield result
        finally:
            subscription.leave()

    def attempt(self, operation: Operation, asked: Asked, context: Context) -> Attempt | None:
        """The attempt that a mutation names, see `web.http.idempotency`; None for any other operation, and by nobody.

        Raises `BadRequest` for a key that is none.
        """
        if self.idempotency is None or not operation.is_mutation or operation.errors:
            return None
        said = [asked.query, asked.operation_name, asked.variables or {}]
        return attempt_of(said, asked.extensions, context.viewer.caller)

    async def once(self, asked: Asked, context: Context) -> AsyncGenerator[Any, None]:
        """As `alone`, but that what was carried out before under the same idempotency key is answered again."""
        attempt = self.attempt(self.operation(asked), asked, context)
        if attempt is None or self.idempotency is None:
            async with aclosing(self.alone(asked, context)) as results:
                async for result in results:
                    yield result
            return
        try:
            outcome = await self.idempotency.outcome(attempt, lambda: self._outcome(asked, context))
        except (BadRequest, TooComplex) as refusal:
            refused = PreExecutionError(None, [GraphQLError(str(refusal), original_error=refusal)])
            yield serialised(refused, context, bound_correlation_id(), is_refused=True)
        else:
            yield SharedUpdate(outcome.content, None, refused=outcome.is_refused)

    async def _outcome(self, asked: Asked, context: Context) -> Outcome:
        async with aclosing(self.alone(asked, context)) as results:
            result = await anext(results)
        is_refused = isinstance(result, PreExecutionError)
        made = serialised(result, context, bound_correlation_id(), is_refused=is_refused)
        is_final = context.mutation.has_written or not (is_refused or later(result, 0))
        return Outcome(made.payload, is_final=is_final, is_refused=is_refused)

    async def _stream(self, subscription: "Subscription", news: asyncio.Event) -> AsyncGenerator[Any, None]:
        while True:
            async with aclosing(subscription.catch_up()) as results:
                async for result in results:
                    yield result
            if subscription.subscriber is None:
                return
            try:
                while True:
                    news.clear()
                    while (shared := subscription.subscriber.take()) is not None:
                        yield shared
                    await news.wait()
            except LeftBehind:
                continue
            except Over:
                return

    def subscribe(
        self, sharing: Sharing, key: object, asked: Asked, context: Context, wake: Callable[[], None]
    ) -> Subscriber:
        """A subscriber of the shared subscription `key`."""
        viewer, language = sharing.viewer(context.viewer), context.language
        given = {**sharing.given(asked.variables), **dict.fromkeys(sharing.places, "")}
        together = Asked(sharing.document, given, sharing.operation_name)

        def source(span: Span) -> AsyncGenerator[SharedUpdate, None]:
            return self._execute(
                together, Context(self._services, viewer, language, subscription=SubscriptionContext(span=span))
            )

        return self.shared.subscribe(key, self._services.hub.position, source, wake, latest=sharing.is_state)

    async def head(self) -> Position:
        """As `Hub.head`."""
        return await self._services.hub.head()

    async def beginning(self, sharing: Sharing, asked: Asked, context: Context) -> Position | None:
        """Behind which change a subscription begins; None where only its own execution can tell, or refuse it."""
        try:
            after = sharing.after(asked.variables)
            return (await self._services.hub.attach(after, context.subscribe().last_event_id)).position
        except (LookupError, Refusal):
            return None

    async def _execute(self, asked: Asked, context: Context) -> AsyncGenerator[SharedUpdate, None]:
        """What a shared subscription gives to all its subscribers."""
        correlation_id = new_correlation_id()
        structlog.contextvars.bind_contextvars(correlation_id=correlation_id)
        first = True
        async with aclosing(self.alone(asked, context)) as results:
            async for result in results:
                is_refused = first and isinstance(result, PreExecutionError)
                yield serialised(result, context, correlation_id, is_refused=is_refused)
                first = False


class Subscription:
    """One subscription among those that ask the same: it catches up, then sits with them and takes what is shared.

    `subscriber` is None once it is over. While it sits it holds nothing else.
    """

    __slots__ = ("_fan_out", "_first", "_unwatch", "subscriber")

    def __init__(
        self, fan_out: FanOut, sharing: Sharing, key: object, asked: Asked, context: Context, wake: Callable[[], None]
    ) -> None:
        self._fan_out = fan_out
        self._first: tuple[Sharing, object, Asked, Context] | None = (sharing, key, asked, context)
        self.subscriber: Subscriber | None = fan_out.subscribe(sharing, key, asked, context, wake)
        self._unwatch = fan_out.sessions.watch(self.subscriber, context)

    def leave(self) -> None:
        """Leave: nothing comes any more."""
        if self.subscriber is not None:
            self.subscriber.leave()
            self.subscriber = None
            self._unwatch()

    async def catch_up(self) -> AsyncGenerator[Any, None]:
        """What it missed, up to where the others are; it is over, or takes what is shared, when this ends.

        To be run at first, and again where it was left behind. Raises what `FanOut.alone` raises, and the refusal with
        which it was ended.
        """
        first, self._first = self._first, None
        async with aclosing(self._begin(*first) if first else self._again()) as results:
            async for result in results:
                yield result

    async def _begin(self, sharing: Sharing, key: object, asked: Asked, context: Context) -> AsyncGenerator[Any, None]:
        """From where the client says: with others if they missed the same, else alone, as if there were no others."""
        subscriber = self.subscriber
        assert subscriber is not None
        if sharing.is_state:
            await self._fan_out.head()  # who can't begin is refused, not kept waiting
            context.subscribe().progress = subscriber
            return
        begin = await self._fan_out.beginning(sharing, asked, context)
        if (
            begin is not None
            and begin.epoch == subscriber.position.epoch
            and subscriber.position.seq - begin.seq <= MOST_BEHIND
        ):
            catch_up = await self._fan_out.catch_ups.of(key, subscriber.source, begin, subscriber.position)
            if catch_up is not None:
                context.subscribe().progress = subscriber
                subscriber.mark_delivered(begin)
                for shared in catch_up.updates:
                    subscriber.check()
                    yield shared
                    subscriber.mark_delivered(shared.position or begin)
                subscriber.mark_delivered(catch_up.done)
                return
        span = context.subscribe().span = Span(begin=begin, is_first=True, until=subscriber.position)
        async with aclosing(self._fan_out.alone(asked, context)) as results:
            async for result in results:
                yield result
        context.forget()
        context.subscribe().progress = subscriber
        self._end_at(span)

    async def _again(self) -> AsyncGenerator[SharedUpdate, None]:
        """From where it was left behind, as the shared subscription would execute it."""
        subscriber = self.subscriber
        assert subscriber is not None
        begin = subscriber.delivered
        subscriber.move()
        span = Span(begin=begin, until=subscriber.position, done=begin, has_begun=True)
        async with aclosing(subscriber.source(span)) as results:
            async for shared in results:
                subscriber.check()
                yield shared
                subscriber.mark_delivered(shared.position or begin)
        self._end_at(span)

    def _end_at(self, span: Span) -> None:
        """Sit down where that part of the log ends; it is over where the end was not reached."""
        if self.subscriber is not None and span.reached:
            self.subscriber.mark_delivered(span.done)
        else:
            self.leave()
