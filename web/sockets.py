"""graphql-transport-ws, where Strawberry's own handler falls short.

- Every operation has a context of its own: one for the whole socket would go stale.
- The client signs in by the payload of connection_init: `{"Authorization": "Bearer TOKEN"}`.
- A document that can't be executed is answered by an `error` message; Strawberry closes the whole socket.
- Errors are presented as over HTTP: coded, masked, with a correlation id.
"""

import asyncio
import random
import uuid
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any, cast

import orjson
import structlog
from graphql import GraphQLError
from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    Message,
    SubscribeMessage,
)
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.utils.aio import aclosing

from auth.refusals import RateLimited, Unauthenticated
from models import now
from resolvers.context import Context, context_for
from resolvers.language import negotiate, translate
from schema.extensions import presentable
from subscriptions.groups import Shared

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection
    from strawberry.asgi import ASGIWebSocketAdapter

    from web.graphql import GraphQLView


class CloseCode(IntEnum):
    """Why this server closes a socket. docs/live.md has an entry for each."""

    MESSAGE_TOO_BIG = 1009
    SERVICE_RESTART = 1012
    # There are too many sockets, in this process or from this address.
    TRY_AGAIN_LATER = 1013
    BAD_REQUEST = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    INIT_TIMEOUT = 4408
    SUBSCRIBER_EXISTS = 4409
    # The client doesn't read what it subscribed to.
    SLOW_READER = 4413
    TOO_MANY_INITS = 4429

    @property
    def retried(self) -> bool:
        """Whether graphql-ws connects again: after all that isn't the client's own mistake."""
        return self in (
            CloseCode.SERVICE_RESTART,
            CloseCode.TRY_AGAIN_LATER,
            CloseCode.FORBIDDEN,
            CloseCode.INIT_TIMEOUT,
            CloseCode.SLOW_READER,
        )


class SocketHandler(BaseGraphQLTransportWSHandler[Context, None]):
    """One socket."""

    view: "GraphQLView"
    _expiry: asyncio.Task[None] | None = None
    _next_ping: asyncio.TimerHandle | None = None
    _pinging: asyncio.Task[None] | None = None

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._contexts: dict[str, Context] = {}

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """Sign in by the payload; without `Authorization` the socket is a guest's."""
        payload: Any = message.get("payload")
        if payload is None:
            message = {"type": "connection_init", "payload": {}}
        if isinstance(payload, dict) and not self.connection_init_received:
            try:
                await self._sign_in(payload)
            except Unauthenticated as refusal:
                reason = translate(self.context.language, str(refusal))
                await self.websocket.close(CloseCode.FORBIDDEN, _fitting(reason))
                return
        await super().handle_connection_init(message)
        if self.connection_acknowledged and self._next_ping is None:
            self._ping_later()

    def _ping_later(self) -> None:
        """Ping after a while, not all sockets at once. No task waits meanwhile: there are many sockets."""
        seconds = self.view.socket_ping_seconds * random.uniform(1, 1.25)
        self._next_ping = asyncio.get_running_loop().call_later(seconds, self._begin_ping)

    def _begin_ping(self) -> None:
        self._pinging = asyncio.create_task(self._ping())

    async def _ping(self) -> None:
        """Say that the server lives, and up to where this client was told everything."""
        if await self._send_ping():
            self._ping_later()

    async def _send_ping(self, **more: str) -> bool:
        """A ping that says `more`, too; whether it could be sent."""
        payload: dict[str, object] = {**more}
        if (cursor := self._told_cursor()) is not None:
            payload["cursor"] = cursor
        with suppress(WebSocketDisconnected, RuntimeError):  # it may close meanwhile
            await self.send_message({"type": "ping", "payload": payload})
            return True
        return False

    def _told_cursor(self) -> str | None:
        """Up to where all that runs here was told everything.

        None where nothing does, or something begins, whose place isn't known: a client that took it for that would
        miss what lies between.
        """
        places = [context.told for context in self._contexts.values()]
        known = [place for place in places if place is not None]
        return self.context.services.hub.cursor_of(min(known)) if known and len(known) == len(places) else None

    async def _sign_in(self, payload: dict[str, Any]) -> None:
        language = payload.get("Accept-Language")
        if isinstance(language, str):  # a browser's script can't set the header of a socket
            self.context.language = negotiate(language)
        authorization = payload.get("Authorization", payload.get("authorization"))
        if authorization is not None and not isinstance(authorization, str):
            raise Unauthenticated("`Authorization` must be `Bearer TOKEN`.")
        self.context = await context_for(self.context.services, authorization, self.context.language)
        if self.context.expires_at is not None:
            self._expiry = asyncio.create_task(self._close_at(self.context.expires_at))

    async def _close_at(self, instant: datetime) -> None:
        """Close when the token is over, after a warning: its client may get a new one, and connect again, before."""
        seconds = max((instant - now()).total_seconds(), 0)
        warning = min(self.view.token_warning_seconds, seconds / 2)
        await asyncio.sleep(seconds - warning)
        await self._send_ping(tokenExpiresAt=instant.isoformat().replace("+00:00", "Z"))
        await asyncio.sleep(warning)
        reason = translate(self.context.language, "The token is not valid or has expired: please sign in again.")
        await self.websocket.close(CloseCode.FORBIDDEN, _fitting(reason))

    async def shutdown(self) -> None:
        """End what runs on the socket."""
        if self._expiry is not None:
            self._expiry.cancel()
        if self._next_ping is not None:
            self._next_ping.cancel()
        if self._pinging is not None:
            self._pinging.cancel()
        await super().shutdown()

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Begin an operation, of which the payload must be as the protocol says."""
        payload: Any = message.get("payload")
        if self.connection_acknowledged and not (
            isinstance(message.get("id"), str)
            and isinstance(payload, dict)
            and isinstance(payload.get("query"), str)
            and isinstance(payload.get("variables"), (dict, type(None)))
            and isinstance(payload.get("operationName"), (str, type(None)))
        ):
            await self.handle_invalid_message("Invalid subscribe message")
            return
        if not self.connection_acknowledged or message["id"] in self.operations:
            await super().handle_subscribe(message)  # which closes the socket
            return
        try:
            give_back = self._take_place()
        except RateLimited as refusal:
            cause = GraphQLError(str(refusal), original_error=refusal)
            error = presentable(cause, self.context.language, uuid.uuid4().hex)
            await self.send_message({"id": message["id"], "type": "error", "payload": [error.formatted]})
            return
        await super().handle_subscribe(message)
        task = self.operations[message["id"]].task
        assert task is not None
        task.add_done_callback(lambda _task: give_back())

    def _take_place(self) -> Callable[[], None]:
        """A place for one more operation; what is returned gives it back. Raises `RateLimited`."""
        most = self.max_subscriptions_per_connection
        if most is not None and len(self.operations) >= most:
            raise RateLimited
        return self.view.limits.subscriptions.take(address_of(cast("ASGIWebSocketAdapter", self.websocket).ws))

    async def handle_message(self, message: Any) -> None:
        """Handle a message, which may be any JSON."""
        if not isinstance(message, dict):
            await self.handle_invalid_message("A message must be a JSON object")
            return
        await super().handle_message(cast("Message", message))

    async def run_operation(self, operation: Operation[Context, None]) -> None:
        """Run an operation in a context of its own, as old as the operation is."""
        correlation_id = uuid.uuid4().hex
        with structlog.contextvars.bound_contextvars(correlation_id=correlation_id):
            context = replace(self.context, live_cursor=None)
            self._contexts[operation.id] = context
            source = self._results(operation, context, correlation_id)
            try:
                async with aclosing(source):
                    await self._send_result_stream(operation, source)
                await operation.send_operation_message({"id": operation.id, "type": "complete"})
            except WebSocketDisconnected:
                self.operations.pop(operation.id, None)
            except Exception as error:
                cause = GraphQLError(str(error), original_error=error)
                with suppress(Exception):
                    await operation.send_initial_errors([presentable(cause, context.language, correlation_id)])
                self.operations.pop(operation.id, None)
            finally:
                if self._contexts.get(operation.id) is context:
                    del self._contexts[operation.id]

    async def _results(
        self, operation: Operation[Context, None], context: Context, correlation_id: str
    ) -> AsyncGenerator[Any, None]:
        """What the schema answers, its errors presentable."""
        try:
            await context.renew()
        except Unauthenticated as refusal:
            await self.websocket.close(CloseCode.FORBIDDEN, _fitting(translate(context.language, str(refusal))))
            raise WebSocketDisconnected from refusal
        results = self.view.fanout.stream(operation.query, operation.variables, operation.operation_name, context)
        async with aclosing(results):
            async for result in results:
                if isinstance(result, ExecutionResult) and result.errors:
                    errors = [presentable(error, context.language, correlation_id) for error in result.errors]
                    result = replace(result, errors=errors)
                yield result

    async def _send_result_stream(self, operation: Operation[Context, None], result_source: Any) -> None:
        """Send results as they come: what others get too is serialised already."""
        start = orjson.dumps({"id": operation.id, "type": "next"}).decode()[:-1] + ',"payload":'
        first = True
        context = self._contexts[operation.id]
        async for result in result_source:
            context.sent = (result.position if isinstance(result, Shared) else context.live_position) or context.sent
            if isinstance(result, Shared):
                if result.refused:
                    errors = orjson.loads(result.text)
                    await operation.send_operation_message({"id": operation.id, "type": "error", "payload": errors})
                    return
                if not operation.completed:
                    await self._send_text(f"{start}{result.text}}}")
            elif first and isinstance(result, PreExecutionError):
                await self._handle_pre_execution_error(operation, result)
                return
            else:
                await operation.send_next(result)
            first = False

    async def _send_text(self, text: str) -> None:
        try:
            await cast("Any", self.websocket).ws.send_text(text)
        except WebSocketDisconnect as error:
            raise WebSocketDisconnected from error

    @staticmethod
    def _get_pre_execution_close_reason(error: object) -> None:
        """Never: what a document has wrong is no reason to close the socket under the other operations."""
        return None


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
