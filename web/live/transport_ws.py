"""graphql-transport-ws: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md

- Every operation has a context of its own: one for the whole socket would go stale.
- The client signs in by the payload of connection_init: `{"Authorization": "Bearer TOKEN"}`.
- A document that can't be executed is answered by an `error` message, which leaves the socket open.
- Errors are presented as over HTTP: coded, masked, with a correlation id.
- A socket has no task. An operation has one until it is through, or until it sits among those that ask the same.
"""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import orjson
import structlog
from graphql import GraphQLError
from starlette.websockets import WebSocket
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from uvicorn.protocols.utils import ClientDisconnected

from auth.refusals import (
    PersistedQueryNotSupported,
    RateLimited,
    Refusal,
    TokenOver,
    Unauthenticated,
    Unavailable,
)
from models import now
from resolvers.context import Context, context_for
from resolvers.language import negotiate, translate
from schema.operations.extensions import is_unavailable, presentable
from subscriptions.cursors import Position
from subscriptions.hub import Progress, Stopping
from subscriptions.shared import LeftBehind, Over, SharedUpdate
from web.http import json_text
from web.http.correlation import bound_correlation_id, new_correlation_id
from web.http.persisted import names_document
from web.live.fan_out import Asked, Subscription
from web.live.websocket import BoundedSocket, CloseCode, wire_of

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection
    from strawberry.asgi import ASGIWebSocketAdapter

    from web.http.endpoint import GraphQLView


class SocketHandler(BaseGraphQLTransportWSHandler[Context, None]):
    """What Strawberry hands an accepted socket to: it is served without Strawberry, and without a task."""

    view: "GraphQLView"

    async def handle(self) -> None:
        """Have the socket served; this returns at once."""
        socket = cast("ASGIWebSocketAdapter", self.websocket).ws
        wire = wire_of(socket.scope)
        wire.listen(Socket(self.view, wire, self.context, address_of(socket)))


class Socket:
    """One socket."""

    __slots__ = (
        "_acknowledged",
        "_expiry",
        "_init_received",
        "_init_timer",
        "_operations",
        "_ping_turn",
        "_signing_in",
        "_unread",
        "address",
        "context",
        "view",
        "wire",
    )

    def __init__(self, view: "GraphQLView", wire: BoundedSocket, context: Context, address: str) -> None:
        self.view = view
        self.wire = wire
        # Who listens: a guest until connection_init. Every operation has one of its own, made of this.
        self.context = context
        self.address = address
        self._operations: dict[str, Operation] = {}
        self._init_received = False
        self._acknowledged = False
        self._expiry: asyncio.TimerHandle | None = None
        self._ping_turn: int | None = None
        self._signing_in: asyncio.Task[None] | None = None
        # What came meanwhile.
        self._unread: deque[str | bytes] | None = None
        seconds = view.connection_init_wait_timeout.total_seconds()
        self._init_timer: asyncio.TimerHandle | None = wire.loop.call_later(seconds, self._init_is_late)

    # ------------------------------------------------------------ from the wire

    def received(self, message: str | bytes) -> None:
        """Handle a message, behind those that wait."""
        if self._signing_in is not None or not self.wire.takes:
            self._unread = self._unread or deque()
            self._unread.append(message)
            return
        self._handle(message)

    def drained(self) -> None:
        """Go on: with what waits to be sent, and then with what waits to be handled."""
        for operation in list(self._operations.values()):
            operation.wake()
        while self._unread and self._signing_in is None and self.wire.takes:
            self._handle(self._unread.popleft())
        if not self._unread:
            self._unread = None

    def ended(self) -> None:
        """End what runs on the socket."""
        for timer in (self._init_timer, self._expiry):
            if timer is not None:
                timer.cancel()
        self._init_timer = self._expiry = self._unread = None
        if self._ping_turn is not None:
            self.view.pings.end(self, self._ping_turn)
        if self._signing_in is not None:
            self._signing_in.cancel()
        for operation in list(self._operations.values()):
            operation.cancel()

    # ------------------------------------------------------------ to the client

    def send(self, **message: Any) -> None:
        """Send a message."""
        self.wire.say(orjson.dumps(message))

    def close(self, code: CloseCode, reason: str) -> None:
        """Close the socket; the reason is cut to what fits."""
        self.wire.say_close(code, _fitting(reason))

    def close_by(self, error: Exception) -> bool:
        """Close the socket where a subscription ends that isn't over, so that its client comes back, and resumes.

        False where the error is none of these. After a last message to the subscription, whatever is said of its
        future, no client would come back.
        """
        language = self.context.language
        if isinstance(error, Stopping):
            self.wire.shutdown()
        elif isinstance(error, Unauthenticated):
            self.close(CloseCode.FORBIDDEN, translate(language, str(error)))
        elif is_unavailable(error):
            self.close(CloseCode.TRY_AGAIN_LATER, translate(language, Unavailable.message))
        else:
            return False
        return True

    # ------------------------------------------------------------ messages

    def _handle(self, data: str | bytes) -> None:
        if isinstance(data, bytes):
            self.close(CloseCode.BAD_REQUEST, "WebSocket message type must be text")
            return
        try:
            message = json_text.read(data)
        except ValueError:
            self.close(CloseCode.BAD_REQUEST, "WebSocket message must be valid JSON")
            return
        if not isinstance(message, dict):
            self.close(CloseCode.BAD_REQUEST, "A message must be a JSON object")
            return
        match message.get("type"):
            case "pong":
                pass
            case "ping":
                self.send(type="pong")
            case "subscribe":
                self._subscribe(message)
            case "complete":
                self._complete(message)
            case "connection_init":
                self._init(message)
            case None:
                self.close(CloseCode.BAD_REQUEST, "Failed to parse message")
            case unknown:
                self.close(CloseCode.BAD_REQUEST, f"Unknown message type: {unknown}")

    def _init_is_late(self) -> None:
        self.close(CloseCode.INIT_TIMEOUT, "Connection initialisation timeout")

    def _init(self, message: dict[str, Any]) -> None:
        """Sign in by the payload; without `Authorization` the socket is a guest's."""
        payload: Any = message.get("payload")
        if not isinstance(payload, (dict, type(None))):
            self.close(CloseCode.BAD_REQUEST, "Invalid connection init payload")
            return
        if self._init_received:
            self.close(CloseCode.TOO_MANY_INITS, "Too many initialisation requests")
            return
        self._init_received = True
        if self._init_timer is not None:
            self._init_timer.cancel()
            self._init_timer = None
        payload = payload or {}
        language = payload.get("Accept-Language")
        if isinstance(language, str):  # a browser's script can't set the header of a socket
            self.context.language = negotiate(language)
        authorization = payload.get("Authorization", payload.get("authorization"))
        if authorization is None:
            self._acknowledge()
        else:
            self.wire.hold()
            self._signing_in = self.task(self._sign_in(authorization))

    async def _sign_in(self, authorization: object) -> None:
        try:
            if not isinstance(authorization, str):
                raise Unauthenticated("`Authorization` must be `Bearer TOKEN`.")
            self.context = await context_for(self.context.services, authorization, self.context.language)
        except Exception as error:
            if self.close_by(error):
                return
            # Nobody foresaw it: the client may come back.
            cause = GraphQLError(str(error), original_error=error)
            shown = presentable(cause, self.context.language, new_correlation_id())
            self.close(CloseCode.TRY_AGAIN_LATER, shown.message)
            return
        finally:
            self._signing_in = None
            self.wire.go_on()
        if self.context.expires_at is not None:
            self._expire_at(self.context.expires_at)
        self._acknowledge()
        self.drained()

    def _expire_at(self, instant: datetime) -> None:
        """Close when the token is over, after a warning: its client may get a new one, and connect again, before."""
        seconds = max((instant - now()).total_seconds(), 0)
        warning = min(self.view.token_warning_seconds, seconds / 2)

        def warn() -> None:
            self.ping(tokenExpiresAt=instant.isoformat().replace("+00:00", "Z"))
            self._expiry = self.wire.loop.call_later(warning, self._expire)

        self._expiry = self.wire.loop.call_later(seconds - warning, warn)

    def _expire(self) -> None:
        self.close_by(TokenOver())

    def _acknowledge(self) -> None:
        self._acknowledged = True
        self.send(type="connection_ack")
        self._ping_turn = self.view.pings.begin(self)

    def ping(self, **more: str) -> None:
        """Say that the server lives, `more`, and up to where this client was told everything, if that is known.

        It isn't where nothing runs here, or something begins, whose place isn't known: a client that took a cursor for
        that would miss what lies between.
        """
        if not self.wire.takes:
            return
        delivered = [operation.delivered for operation in self._operations.values()]
        known = [position for position in delivered if position is not None and position.mark is not None]
        if known and len(known) == len(delivered):
            more["cursor"] = self.context.services.hub.cursor_of(min(known))
        self.send(type="ping", payload=more)

    def _subscribe(self, message: dict[str, Any]) -> None:
        """Begin an operation, of which the payload must be as the protocol says."""
        id, payload = message.get("id"), message.get("payload")
        if not self._acknowledged:
            self.close(CloseCode.UNAUTHORIZED, "Unauthorized")
        elif not (
            isinstance(id, str)
            and isinstance(payload, dict)
            and (isinstance(payload.get("query"), str) or names_document(payload))
            and isinstance(payload.get("variables"), (dict, type(None)))
            and isinstance(payload.get("operationName"), (str, type(None)))
        ):
            self.close(CloseCode.BAD_REQUEST, "Invalid subscribe message")
        elif id in self._operations:
            self.close(CloseCode.SUBSCRIBER_EXISTS, f"Subscriber for {id} already exists")
        elif names_document(payload):
            self._refuse(id, PersistedQueryNotSupported())
        else:
            asked = Asked(payload["query"], payload.get("variables"), payload.get("operationName"))
            self._begin(id, asked)

    def _begin(self, id: str, asked: Asked) -> None:
        try:
            give_back = self._take_place()
        except RateLimited as refusal:
            self._refuse(id, refusal)
            return
        self._operations[id] = operation = Operation(self, id, give_back)
        operation.begin(asked)

    def _refuse(self, id: str, refusal: Refusal) -> None:
        cause = GraphQLError(str(refusal), original_error=refusal)
        error = presentable(cause, self.context.language, new_correlation_id())
        self.send(id=id, type="error", payload=[error.formatted])

    def _take_place(self) -> Callable[[], None]:
        """A place for one more operation; what is returned gives it back. Raises `RateLimited`."""
        most = self.view.max_subscriptions_per_connection
        if most is not None and len(self._operations) >= most:
            raise RateLimited
        return self.view.limits.subscriptions.take(self.address)

    def _complete(self, message: dict[str, Any]) -> None:
        if "id" not in message:
            self.close(CloseCode.BAD_REQUEST, "Failed to parse message")
            return
        operation = self._operations.get(message["id"]) if isinstance(message["id"], str) else None
        if operation is not None:
            operation.cancel()

    def forget(self, operation: "Operation") -> None:
        """Its id is free again."""
        if self._operations.get(operation.id) is operation:
            del self._operations[operation.id]

    def task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Have work done, which a server that stops waits for."""
        task = self.wire.loop.create_task(work)
        self.wire.tasks.add(task)
        task.add_done_callback(self.wire.tasks.discard)
        return task


class Operation:
    """One operation of a socket. It has a task while it executes by itself, and none while it sits with others."""

    __slots__ = ("_context", "_give_back", "_is_over", "_sent", "_socket", "_start", "_subscription", "_task", "id")

    def __init__(self, socket: Socket, id: str, give_back: Callable[[], None]) -> None:
        self.id = id
        self._socket = socket
        self._give_back = give_back
        # What every update begins with.
        self._start = orjson.dumps({"id": id, "type": "next"})[:-1] + b',"payload":'
        self._is_over = False
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
            progress = self._context.follower
        return max(progress.delivered, self._sent or progress.delivered) if progress is not None else None

    def begin(self, asked: Asked) -> None:
        """Begin to execute."""
        self._launch(lambda: self._execute(asked), asked)

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

    def _launch(self, work: Callable[[], Awaitable[None]], asked: Asked | None = None) -> None:
        self._task = self._socket.task(self._run(work, asked))
        self._task.add_done_callback(self._has_run)

    async def _run(self, work: Callable[[], Awaitable[None]], asked: Asked | None) -> None:
        correlation_id = new_correlation_id()
        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            try:
                await work()
            except ClientDisconnected:
                self._end()
            except Exception as error:
                self._end_by(error, correlation_id, subscribes=asked is None or asked.subscribes)

    def _has_run(self, task: "asyncio.Task[None]") -> None:
        """It is over, or sits with others."""
        self._task = self._context = None
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
        try:
            await context.renew()
        except Unauthenticated as refusal:
            self._socket.close_by(refusal)
            return
        fan_out = self._socket.view.fan_out
        self._subscription = fan_out.subscription(asked, context, self.wake)
        if self._subscription is None:
            await self._send_all(fan_out.alone(asked, context), context)
            return
        await self._send_all(self._subscription.catch_up(), context)

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
                self._sent = (
                    result.position if isinstance(result, SharedUpdate) else context.live_position
                ) or self._sent
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
            self._socket.wire.deliver(self._start, shared.payload)

    def _send(self, result: ExecutionResult, language: str, correlation_id: str) -> None:
        payload: dict[str, Any] = {"data": result.data}
        if result.errors:
            payload["errors"] = [presentable(error, language, correlation_id).formatted for error in result.errors]
        if result.extensions:
            payload["extensions"] = result.extensions
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


def address_of(connection: "HTTPConnection") -> str:
    """Where a client connects from; empty where that isn't known."""
    return connection.client.host if connection.client else ""


async def refuse(socket: WebSocket, refusal: RateLimited) -> None:
    """Accept a socket only to say why it is refused: of an HTTP status a page in a browser would learn nothing."""
    wanted = socket.scope.get("subprotocols", ())
    known = GRAPHQL_TRANSPORT_WS_PROTOCOL
    await socket.accept(subprotocol=known if known in wanted else None)
    reason = translate(negotiate(socket.headers.get("accept-language")), str(refusal))
    await socket.close(CloseCode.TRY_AGAIN_LATER, _fitting(reason))


def _fitting(reason: str) -> str:
    """A reason as a close frame can hold it: at most 123 bytes (RFC 6455, 5.5)."""
    return reason.encode()[:123].decode(errors="ignore")
