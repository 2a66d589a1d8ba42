"""graphql-transport-ws: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md

- Every operation has a context of its own: one for the whole socket would go stale.
- The client signs in by the payload of connection_init: `{"Authorization": "Bearer TOKEN"}`.
- A document that can't be executed is answered by an `error` message, which leaves the socket open.
- Errors are presented as over HTTP: coded, masked, with a correlation id.
- A socket has no task; what runs on it, see web/live/socket_operation.py.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any, Protocol

import orjson
from graphql import GraphQLError

from auth.refusals import RateLimited, Refusal, Unauthenticated, Unavailable
from models import now
from resolvers.context import Context, context_for
from resolvers.translation import negotiate, translate
from schema.operations.error_masking import is_unavailable
from subscriptions.hub import Stopping
from web.http import json_text
from web.http.correlation import new_correlation_id
from web.http.errors import presentable
from web.http.persisted import name_in
from web.limits.budgets import Meter
from web.limits.socket_limits import Limits
from web.live.asked import Asked
from web.live.fan_out import FanOut
from web.live.pings import Pings
from web.live.rfc6455.close_codes import CloseCode, fitting
from web.live.socket_operation import SocketOperation
from web.live.websocket import BoundedSocket

# How long what is being answered may keep a socket open whose session has ended.
_LAST_ANSWER_SECONDS = 0.5


class SocketHost(Protocol):
    """What all sockets share, as one of them knows it."""

    fan_out: FanOut
    limits: Limits
    pings: Pings
    init_seconds: float
    most_operations: int
    token_warning_seconds: float


class Socket:
    """One socket."""

    __slots__ = (
        "_acknowledged",
        "_expiry",
        "_init_received",
        "_init_timer",
        "_operations",
        "_over",
        "_ping_turn",
        "_signing_in",
        "_unread",
        "_unwatch",
        "caller",
        "context",
        "meter",
        "server",
        "wire",
    )

    def __init__(
        self, server: SocketHost, wire: BoundedSocket, context: Context, caller: str, meter: Meter | None = None
    ) -> None:
        self.server = server
        self.wire = wire
        self.meter = meter
        # Who listens: a guest until connection_init. Every operation has one of its own, made of this.
        self.context = context
        self.caller = caller
        self._operations: dict[str, SocketOperation] = {}
        self._init_received = False
        self._acknowledged = False
        self._expiry: asyncio.TimerHandle | None = None
        self._ping_turn: int | None = None
        self._signing_in: asyncio.Task[None] | None = None
        self._unwatch: Callable[[], None] | None = None
        # Why it is signed in no more, while what was asked before is being answered.
        self._over: Refusal | None = None
        # What came meanwhile.
        self._unread: deque[str | bytes] | None = None
        self._init_timer: asyncio.TimerHandle | None = wire.loop.call_later(server.init_seconds, self._init_is_late)

    @property
    def fan_out(self) -> FanOut:
        """Executes what is asked for here."""
        return self.server.fan_out

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
        self._init_timer = self._expiry = self._unread = self._over = None
        if self._ping_turn is not None:
            self.server.pings.end(self, self._ping_turn)
        if self._signing_in is not None:
            self._signing_in.cancel()
        if self._unwatch is not None:
            self._unwatch()
            self._unwatch = None
        for operation in list(self._operations.values()):
            operation.cancel()

    # ------------------------------------------------------------ to the client

    def send(self, **message: Any) -> None:
        """Send a message."""
        self.wire.say(orjson.dumps(message))

    def close(self, code: CloseCode, reason: str) -> None:
        """Close the socket; the reason is cut to what fits."""
        self.wire.say_close(code, fitting(reason))

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
            context = self.context
            self.context = await context_for(
                context.services, authorization, context.language, context.address, context.user_agent
            )
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
        if self.meter is not None:
            self.meter.signed_in(self.context.viewer)
        self._unwatch = self.fan_out.sessions.watch(self, self.context)
        self._acknowledge()
        self.drained()

    def refuse(self, refusal: Refusal) -> None:
        """That by which it is signed in has ended: close, once what was asked over this very socket is answered.

        Its own client may have ended it here, and has to get the answer. Nothing is waited for longer than a moment.
        """
        self._over = refusal
        if self._expiry is not None:
            self._expiry.cancel()
        self._expiry = self.wire.loop.call_later(_LAST_ANSWER_SECONDS if self._operations else 0, self._expire)

    def _expire_at(self, instant: datetime) -> None:
        """Close when the token is over, after a warning: its client may get a new one, and connect again, before."""
        seconds = max((instant - now()).total_seconds(), 0)
        warning = min(self.server.token_warning_seconds, seconds / 2)

        def warn() -> None:
            self.ping(tokenExpiresAt=instant.isoformat().replace("+00:00", "Z"))
            self._expiry = self.wire.loop.call_later(warning, self._expire)

        self._expiry = self.wire.loop.call_later(seconds - warning, warn)

    def _expire(self) -> None:
        self.close_by(self._over or self.context.over)

    def _acknowledge(self) -> None:
        self._acknowledged = True
        self.send(type="connection_ack")
        self._ping_turn = self.server.pings.begin(self)

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
        name = name_in(payload) if isinstance(payload, dict) else None
        if not self._acknowledged:
            self.close(CloseCode.UNAUTHORIZED, "Unauthorized")
        elif not (
            isinstance(id, str)
            and isinstance(payload, dict)
            and isinstance(payload.get("query"), str if name is None else (str, type(None)))
            and isinstance(payload.get("variables"), (dict, type(None)))
            and isinstance(payload.get("operationName"), (str, type(None)))
        ):
            self.close(CloseCode.BAD_REQUEST, "Invalid subscribe message")
        elif id in self._operations:
            self.close(CloseCode.SUBSCRIBER_EXISTS, f"Subscriber for {id} already exists")
        else:
            query, variables, operation_name = map(payload.get, ("query", "variables", "operationName"))
            extensions = payload.get("extensions")
            given = extensions if isinstance(extensions, dict) else None
            self._begin(id, Asked(query or "", variables, operation_name, given, name=name))

    def _begin(self, id: str, asked: Asked) -> None:
        try:
            give_back = self._take_place()
        except RateLimited as refusal:
            self._refuse(id, refusal)
            return
        self._operations[id] = operation = SocketOperation(self, id, give_back)
        operation.begin(asked)

    def _refuse(self, id: str, refusal: Refusal) -> None:
        cause = GraphQLError(str(refusal), original_error=refusal)
        error = presentable(cause, self.context.language, new_correlation_id())
        self.send(id=id, type="error", payload=[error.formatted])

    def _take_place(self) -> Callable[[], None]:
        """A place for one more operation; what is returned gives it back. Raises `RateLimited`."""
        if len(self._operations) >= self.server.most_operations:
            raise RateLimited
        return self.server.limits.subscriptions.take(self.caller)

    def charge(self, asked: Asked, context: Context) -> Callable[[], None]:
        """Count what its updates cost; what is returned ends that. Raises `RateLimited`."""
        return self.server.limits.updates.take(self.caller, *self.fan_out.difference(asked, context))

    def _complete(self, message: dict[str, Any]) -> None:
        if "id" not in message:
            self.close(CloseCode.BAD_REQUEST, "Failed to parse message")
            return
        operation = self._operations.get(message["id"]) if isinstance(message["id"], str) else None
        if operation is not None:
            operation.cancel()

    def forget(self, operation: SocketOperation) -> None:
        """Its id is free again."""
        if self._operations.get(operation.id) is operation:
            del self._operations[operation.id]
        if self._over is not None and not self._operations:
            self._expire()

    def task(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Have work done, which a server that stops waits for."""
        task = self.wire.loop.create_task(work)
        self.wire.tasks.add(task)
        task.add_done_callback(self.wire.tasks.discard)
        return task
