"""Operations over plain HTTP that answer more than once: server-sent events, and multipart for Apollo Client.

https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md (distinct connections)
https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import suppress
from typing import Any, cast

import orjson
from starlette.responses import StreamingResponse
from starlette.types import Send
from strawberry.http import GraphQLHTTPResponse
from strawberry.http.streaming import HTTPStreamTransport, JSONEncoder, MultipartSubscriptionTransport, SSETransport
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, MULTIPART_SUBSCRIPTION_PROTOCOL
from strawberry.types import ExecutionResult

from auth.refusals import Unauthenticated
from resolvers.context import Context
from schema.operations.extensions import is_unavailable
from subscriptions.cursors import Position
from subscriptions.hub import Stopping
from subscriptions.shared import SharedUpdate
from web.live.fan_out import cursor_in

# Strawberry's heartbeats know nothing of the cursor: ours, which do, come long before.
_NEVER_SECONDS = 86_400.0


class Still(ExecutionResult):
    """Nothing to tell for a while; `extensions` has the cursor up to which everything was told, once there is one."""


class Together(ExecutionResult):
    """An update that others get, too."""

    def __init__(self, shared: SharedUpdate) -> None:
        super().__init__(None, None)
        self._shared = shared

    @property
    def position(self) -> Position | None:
        """The change that it tells of."""
        return self._shared.position

    @property
    def content(self) -> GraphQLHTTPResponse:
        """The answer's content, serialised already."""
        if self._shared.refused:
            return {"errors": orjson.loads(self._shared.payload)}
        return cast("GraphQLHTTPResponse", _Serialised(self._shared.payload.decode(), self._shared.cursor))


class _Serialised(dict[str, Any]):
    """Stands for the content of an answer of which the text is there already."""

    def __init__(self, text: str, cursor: str | None) -> None:
        super().__init__(data=None)
        self.text = text
        self.cursor = cursor


class EventStream(SSETransport):
    """Server-sent events. Each has the live cursor as its `id`, which EventSource gives back as `Last-Event-ID`."""

    def __init__(self) -> None:
        super().__init__(_NEVER_SECONDS)

    def encode_next(self, response: GraphQLHTTPResponse, encode_json: JSONEncoder) -> str:
        """An update; without data and errors only the cursor, which parsers keep and no program hears of."""
        serialised = response if isinstance(response, _Serialised) else None
        cursor = serialised.cursor if serialised is not None else cursor_in(response)
        id = f"id: {cursor}\n" if cursor else ""
        if "data" not in response and "errors" not in response:
            return f": ping\n{id}\n"
        text = serialised.text if serialised is not None else encode_json(response)
        return id + self.encode_event("next", text)

    def encode_event(self, event: str, data: str | None = None) -> str:
        """An event, in lines that end by LF: urql knows no others."""
        return super().encode_event(event, data).replace("\r\n", "\n")


class ApolloParts(MultipartSubscriptionTransport):
    """Parts of a multipart answer, as Apollo Client reads them."""

    heartbeat_interval = _NEVER_SECONDS

    def accepts(self, accept: str) -> bool:
        """Whether one of the media types of `Accept` is multipart/mixed with `subscriptionSpec`."""
        return any(super(ApolloParts, self).accepts(part.strip()) for part in accept.split(","))

    def encode_next(self, response: GraphQLHTTPResponse, encode_json: JSONEncoder) -> str:
        """An update, or a heartbeat."""
        if "data" not in response and "errors" not in response:
            return self.encode_multipart_data(cast("dict[str, Any]", response), encode_json)
        text = response.text if isinstance(response, _Serialised) else encode_json(response)
        return self.encode_multipart_data(text, '{{"payload":{}}}'.format)


TRANSPORTS: Mapping[str, type[HTTPStreamTransport]] = {
    GRAPHQL_SSE_PROTOCOL: EventStream,
    MULTIPART_SUBSCRIPTION_PROTOCOL: ApolloParts,
}


async def with_pings(results: AsyncGenerator[Any, None], context: Context, seconds: float) -> AsyncGenerator[Any, None]:
    """The results, and a `Still` wherever there is none for so many seconds. Closes `results` at its end.

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
                delivered = context.delivered
                if delivered is not None and delivered.mark is None:
                    delivered = None
                yield Still(None, None, {"cursor": context.services.hub.cursor_of(delivered)} if delivered else None)
                continue
            result, following = following.result(), None
            if result is None:
                return
            context.sent = result.position if isinstance(result, Together) else context.live_position
            yield result
    finally:
        if following is not None:
            following.cancel()
            await asyncio.wait({following})
        await results.aclose()


async def _next(results: AsyncGenerator[Any, None]) -> Any:
    result = await anext(results, None)
    return Together(result) if isinstance(result, SharedUpdate) else result


class StreamedAnswer(StreamingResponse):
    """An answer that goes on until its end, until the client leaves, or until it can't go on.

    `source` is closed in any case, and `give_back` called. Where a subscription ends that isn't over, for the server
    stops, the database is away, or the session has ended, the stream ends without a `complete`, so that clients connect
    again, and event streams say first after how long.
    """

    def __init__(
        self,
        parts: AsyncGenerator[str, None],
        source: AsyncGenerator[Any, None],
        give_back: Callable[[], None],
        stopping: asyncio.Event,
        farewell: Callable[[], str],
        **more: Any,
    ) -> None:
        super().__init__(parts, **more)
        self._parts = parts
        self._source = source
        self._give_back = give_back
        self._stopping = stopping
        self._farewell = farewell

    async def stream_response(self, send: Send) -> None:
        """Send it all, or what there is until it can't go on."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        sending = asyncio.create_task(self._send_parts(send))
        stopping = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.wait({sending, stopping}, return_when=asyncio.FIRST_COMPLETED)
            rest = ""
            if not sending.done():
                rest = self._farewell()
                await _ended(sending)
            elif not sending.cancelled() and (error := sending.exception()) is not None:
                if not _is_to_be_resumed(error):
                    raise error
                rest = self._farewell()
            await send({"type": "http.response.body", "body": rest.encode(), "more_body": False})
        finally:
            self._give_back()
            stopping.cancel()
            await _ended(sending)
            with suppress(Exception):
                await self._parts.aclose()
            await self._source.aclose()

    async def _send_parts(self, send: Send) -> None:
        async for part in self._parts:
            await send({"type": "http.response.body", "body": part.encode(), "more_body": True})


def _is_to_be_resumed(error: BaseException) -> bool:
    return isinstance(error, (Stopping, Unauthenticated)) or is_unavailable(error)


async def _ended(task: asyncio.Task[None]) -> None:
    if not task.done():
        task.cancel()
        await asyncio.wait({task})


def farewell_of(content_type: str, seconds: float) -> Callable[[], str]:
    """What an event stream says before it ends without being over: come back, not all at once. Others say nothing."""
    if not content_type.startswith("text/event-stream"):
        return lambda: ""
    return lambda: f"retry: {random.randint(int(seconds * 200), int(seconds * 1000))}\n\n"
