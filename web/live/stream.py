"""Operations over plain HTTP that answer more than once: what event streams and multipart have in common."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

import orjson
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from strawberry.types import ExecutionResult

from auth.refusals import Unauthenticated
from resolvers.context import Context
from schema.operations.error_masking import is_unavailable
from subscriptions.cursors import Position
from subscriptions.hub import Stopping
from subscriptions.shared_subscriptions import SharedUpdate
from web.http import json_text
from web.live.update_payload import cursor_in
from web.process.counters import counters

# What lies between must neither keep the parts back nor compress them.
_UNCHANGED = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}


class StreamFormat(Protocol):
    """How updates are written into an answer that goes on."""

    content_type: str
    # What the answer begins with, and what it ends with when nothing comes any more.
    opening: bytes
    closing: bytes

    def accepts(self, accept: str) -> bool:
        """Whether `Accept` names it."""

    def update(self, payload: bytes, cursor: str | None) -> bytes:
        """An update, which is JSON already, with the live cursor that stands in it."""

    def ping(self, cursor: str | None) -> bytes:
        """A sign of life, with the cursor up to which everything was told, once there is one."""

    def farewell(self, seconds: float) -> bytes:
        """What is said before an end that is none: come back within so many seconds."""


class Ping:
    """Nothing to tell for a while: everything was told up to `cursor`, once there is one."""

    __slots__ = ("cursor",)

    def __init__(self, cursor: str | None) -> None:
        self.cursor = cursor


Result = ExecutionResult | SharedUpdate | Ping
# What of a result is sent.
Content = Callable[[ExecutionResult], Mapping[str, Any]]


async def with_pings(
    results: AsyncGenerator[ExecutionResult | SharedUpdate, None], context: Context, seconds: float
) -> AsyncGenerator[Result, None]:
    """The results, and a `Ping` wherever there is none for so many seconds. Closes `results` at its end.

    Raises `Unauthenticated` as soon as the token is over.
    """
    following: asyncio.Task[Any] | None = None
    try:
        while True:
            following = following or asyncio.create_task(_next(results))
            left = context.seconds_left
            await asyncio.wait({following}, timeout=seconds if left is None else min(seconds, left))
            context.must_be_valid()
            if not following.done():
                yield Ping(_cursor_of(context))
                continue
            result, following = following.result(), None
            if result is None:
                return
            context.subscribe().sent = _position_of(result, context)
            yield result
    finally:
        if following is not None:
            following.cancel()
            await asyncio.wait({following})
        await results.aclose()


async def _next(results: AsyncGenerator[Any, None]) -> Any:
    return await anext(results, None)


def _position_of(result: ExecutionResult | SharedUpdate, context: Context) -> Position | None:
    return result.position if isinstance(result, SharedUpdate) else context.position


def _cursor_of(context: Context) -> str | None:
    delivered = context.delivered
    return None if delivered is None or delivered.mark is None else context.services.hub.cursor_of(delivered)


async def _parts(
    format: StreamFormat, source: AsyncGenerator[Result, None], content_of: Content
) -> AsyncGenerator[bytes, None]:
    if format.opening:
        yield format.opening
    async for result in source:
        counters.deliveries += not isinstance(result, Ping)
        if isinstance(result, Ping):
            yield format.ping(result.cursor)
        elif isinstance(result, SharedUpdate) and not result.refused:
            yield format.update(result.payload, result.cursor)
        else:
            content = (
                {"errors": orjson.loads(result.payload)} if isinstance(result, SharedUpdate) else content_of(result)
            )
            yield format.update(json_text.write(content), cursor_in(content))
    yield format.closing


class StreamedAnswer(StreamingResponse):
    """An answer that goes on until its end, until the client leaves, or until it can't go on.

    `source` is closed in any case, and `give_back` called. Where a subscription ends that isn't over, for the server
    stops, the database is away, or the session has ended, the stream ends without a `complete`, so that clients connect
    again, after `retry_seconds` at most where the format can say so.
    """

    def __init__(
        self,
        format: StreamFormat,
        source: AsyncGenerator[Result, None],
        content_of: Content,
        *,
        give_back: Callable[[], None],
        stopping: asyncio.Event,
        retry_seconds: float,
    ) -> None:
        self._parts = _parts(format, source, content_of)
        super().__init__(self._parts, headers={**_UNCHANGED, "Content-Type": format.content_type})
        self._format = format
        self._source = source
        self._give_back = give_back
        self._stopping = stopping
        self._retry_seconds = retry_seconds
        self._sending: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it all, or what there is until it can't go on. Who leaves may do so before anything was sent."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._give_back()
            if self._sending is not None:
                await _ended(self._sending)
            with suppress(Exception):
                await self._parts.aclose()
            await self._source.aclose()

    async def stream_response(self, send: Send) -> None:
        """Send until the end, or until the server stops."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        self._sending = asyncio.create_task(self._send_parts(send))
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({self._sending, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
        await send({"type": "http.response.body", "body": await self._rest(self._sending), "more_body": False})

    async def _rest(self, sending: asyncio.Task[None]) -> bytes:
        """What is still to be said, when no part is sent any more. Raises what nobody foresaw."""
        if not sending.done():
            await _ended(sending)
            return self._format.farewell(self._retry_seconds)
        error = None if sending.cancelled() else sending.exception()
        if error is None:
            return b""
        if not _is_to_be_resumed(error):
            raise error
        return self._format.farewell(self._retry_seconds)

    async def _send_parts(self, send: Send) -> None:
        async for part in self._parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})


def _is_to_be_resumed(error: BaseException) -> bool:
    return isinstance(error, (Stopping, Unauthenticated)) or is_unavailable(error)


async def _ended(task: asyncio.Task[None]) -> None:
    if not task.done():
        task.cancel()
        await asyncio.wait({task})
    if not task.cancelled():
        task.exception()  # nobody asks any more
