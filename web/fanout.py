"""Subscriptions that ask the same are executed once and serialised once for all of them in this process.

Each begins by itself, so that it is refused or replays what it missed as it would alone; then it takes a seat in its
group. What a group executes, it executes in a context of its own, with the rights of its viewer class as they are then.
"""

import asyncio
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from typing import Any
from uuid import UUID

import orjson
import structlog
from graphql import GraphQLError
from strawberry import Schema
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError

from auth.refusals import CursorExpired, Unauthenticated
from models import now
from resolvers.context import Context, Services
from resolvers.language import _
from schema.extensions import presentable
from schema.sharing import Sharing, Sharings
from subscriptions.changes import SessionEnded
from subscriptions.cursors import Position
from subscriptions.groups import Groups, LeftBehind, Seat, Shared
from subscriptions.hub import Span


class Fanout:
    """Runs the operations of sockets and streams, together where they ask the same."""

    def __init__(self, schema: Schema, services: Services, *, shares: bool = True) -> None:
        self.groups = Groups()
        self._schema = schema
        self._services = services
        self._sharings = Sharings(schema)
        self._shares = shares
        self._sessions = _Sessions(services)

    async def stream(
        self, query: str, variables: dict[str, Any] | None, operation_name: str | None, context: Context
    ) -> AsyncGenerator[Any, None]:
        """As `Schema.stream`, but that an update which others get too comes as `Shared`. Raises `Refusal`.

        The context must be this operation's own, and its viewer renewed.
        """
        sharing = self._sharings.of(query, operation_name) if self._shares else None
        key = sharing.key(variables, context.viewer, context.language) if sharing else None
        if sharing is None or key is None:
            results = self._alone(query, variables, operation_name, context)
        elif sharing.is_state:
            results = self._state(sharing, key, variables, context)
        else:
            results = self._log(sharing, key, query, variables, operation_name, context)
        async with aclosing(results):
            try:
                async for result in results:
                    yield result
            except Unauthenticated as refusal:  # as a subscription that is executed alone tells of it
                yield ExecutionResult(None, [GraphQLError(str(refusal), original_error=refusal)])

    async def _alone(
        self, query: str, variables: dict[str, Any] | None, operation_name: str | None, context: Context
    ) -> AsyncGenerator[Any, None]:
        results = await self._schema.stream(
            query, variable_values=variables, context_value=context, operation_name=operation_name
        )
        async with aclosing(results):
            async for result in results:
                yield result

    async def _state(
        self, sharing: Sharing, key: object, variables: dict[str, Any] | None, context: Context
    ) -> AsyncGenerator[Any, None]:
        """The state as the group has it, then as it changes."""
        with self._seat(sharing, key, variables, context) as seat:
            context.follower = seat
            while (shared := await seat.next()) is not None:
                yield shared

    async def _log(
        self,
        sharing: Sharing,
        key: object,
        query: str,
        variables: dict[str, Any] | None,
        operation_name: str | None,
        context: Context,
    ) -> AsyncGenerator[Any, None]:
        """By itself up to where the group is, then with it; and so again where it fell behind."""
        begin: Position | None = None
        while True:
            with self._seat(sharing, key, variables, context) as seat:  # first: nothing falls between the two
                span = context.span = Span(begin=begin, until=seat.position)
                async with aclosing(self._alone(query, variables, operation_name, context)) as results:
                    async for result in results:
                        yield result
                if not span.reached:
                    return
                context.forget()
                begin = span.done
                seat.heard(begin)
                context.follower = seat
                try:
                    while (shared := await seat.next()) is not None:
                        if shared.position is None:
                            yield shared
                        elif shared.position > begin:
                            begin = shared.position
                            yield shared
                    return
                except LeftBehind:
                    continue

    @contextmanager
    def _seat(
        self, sharing: Sharing, key: object, variables: dict[str, Any] | None, context: Context
    ) -> Iterator[Seat]:
        """A seat in the group, until the viewer's session ends or their token expires."""
        viewer, language = sharing.viewer(context.viewer), context.language
        given = {**sharing.given(variables), **dict.fromkeys(sharing.places, "")}

        def source(span: Span) -> AsyncGenerator[Shared, None]:
            return self._execute(sharing, given, Context(self._services, viewer, language, span=span))

        with (
            self.groups.seat(key, self._services.hub.position, source, latest=sharing.is_state) as seat,
            self._sessions.watched(seat, context),
        ):
            yield seat

    async def _execute(
        self, sharing: Sharing, variables: dict[str, Any], context: Context
    ) -> AsyncGenerator[Shared, None]:
        """What a group gives to all who sit in it."""
        correlation_id = uuid.uuid4().hex
        structlog.contextvars.bind_contextvars(correlation_id=correlation_id)
        try:
            await context.renew()
        except Unauthenticated as refusal:
            result = ExecutionResult(None, [GraphQLError(str(refusal), original_error=refusal)])
            yield _serialised(result, context, correlation_id, refused=False)
            return
        first = True
        async for result in self._alone(sharing.document, variables, sharing.operation_name, context):
            yield _serialised(result, context, correlation_id, refused=first and isinstance(result, PreExecutionError))
            first = False


def _serialised(
    result: ExecutionResult | PreExecutionError, ctx: Context, correlation_id: str, refused: bool
) -> Shared:
    """A result as the payload of a message, in the order in which Strawberry writes it.

    Errors say no locations: documents that ask the same can be spelled differently.
    """
    errors = []
    for error in result.errors or ():
        shown = dict(presentable(error, ctx.language, correlation_id).formatted)
        shown.pop("locations", None)
        errors.append(shown)
    if refused:
        return Shared(orjson.dumps(errors).decode(), None, refused=True)
    payload: dict[str, Any] = {"data": result.data}
    if errors:
        payload["errors"] = errors
    if result.extensions:
        payload["extensions"] = result.extensions
    return Shared(orjson.dumps(payload).decode(), ctx.live_position if result.data is not None else None)


class _Sessions:
    """Takes the seats of those whose session ends, or whose token expires, also where a group executes as a guest."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._seats: dict[UUID, set[Seat]] = {}
        self._task: asyncio.Task[None] | None = None

    @contextmanager
    def watched(self, seat: Seat, context: Context) -> Iterator[None]:
        """Watch for the end of the session, and of the token, for as long as the seat is taken."""
        session_id = context.viewer.session_id
        if session_id is None:
            yield
            return
        timer = None
        if context.expires_at is not None:
            seconds = max((context.expires_at - now()).total_seconds(), 0)
            text = _("The token is not valid or has expired: please sign in again.")
            timer = asyncio.get_running_loop().call_later(seconds, seat.take_away, Unauthenticated(text))
        self._seats.setdefault(session_id, set()).add(seat)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            if timer is not None:
                timer.cancel()
            self._seats[session_id].discard(seat)
            if not self._seats[session_id]:
                del self._seats[session_id]
            if not self._seats and self._task is not None:
                self._task.cancel()
                self._task = None

    async def _watch(self) -> None:
        async for session_id in self._ended():
            for seat in list(self._seats.get(session_id, ())):
                seat.take_away(Unauthenticated(_("Your session has ended: please sign in again.")))

    async def _ended(self) -> AsyncIterator[UUID]:
        hub = self._services.hub
        follower = hub.attach_behind(hub.position)
        while True:
            try:
                some = await follower.batch()
            except CursorExpired:
                follower = hub.attach_behind(hub.position)
                continue
            if some is None:
                return
            for told in some:
                if isinstance(told.change, SessionEnded):
                    yield UUID(told.change.session_id)
