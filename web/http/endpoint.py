"""GraphQL over HTTP and over graphql-transport-ws, at one address.

https://graphql.github.io/graphql-over-http/draft/
https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from cross_web import AsyncHTTPRequestAdapter, HTTPException, StarletteRequestAdapter
from graphql import GraphQLError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import MissingQueryError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import (
    GRAPHQL_SSE_PROTOCOL,
    GRAPHQL_TRANSPORT_WS_PROTOCOL,
    MULTIPART_SUBSCRIPTION_PROTOCOL,
)
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from auth.refusals import BadRequest, PersistedQueryNotSupported, RateLimited, Unauthenticated, Unavailable
from resolvers.context import Context, Services, context_for
from resolvers.language import negotiate
from schema.operations.extensions import code_of, is_subscription, presentable
from schema.operations.fast_path import FastPath
from schema.operations.plan_cache import PlannedSchema
from web.http import json_text
from web.http.content_negotiation import (
    GRAPHQL_JSON,
    JSON,
    accepted_type,
    accepts_json,
    content_type,
    content_type_of,
    headers_of,
    is_json,
    media_type,
)
from web.http.correlation import new_correlation_id
from web.http.origins import Origins
from web.http.persisted import names_document
from web.http.unavailable import is_nothing, retry_after
from web.live.fan_out import Asked, FanOut
from web.live.limits import Limits
from web.live.pings import Pings
from web.live.streams import TRANSPORTS, Still, StreamedAnswer, Together, farewell_of, with_pings
from web.live.transport_ws import SocketHandler, address_of, refuse
from web.live.websocket import wire_of
from web.pages.playground import Playground
from web.settings import Settings

_OPERATIONS = {"GET": {OperationType.QUERY}, "POST": {OperationType.QUERY, OperationType.MUTATION}}
_STREAMED = {method: {OperationType.SUBSCRIPTION, *kinds} for method, kinds in _OPERATIONS.items()}


class RefusedError(Exception):
    """The request can't be executed: an answer with errors only, of this HTTP status."""

    def __init__(self, status: int, cause: Exception, **headers: str) -> None:
        super().__init__(status, cause)
        self.status = status
        self.cause = cause
        self.headers = headers


class GraphQLView(GraphQL[Context, None]):
    """The API, as an ASGI application."""

    graphql_transport_ws_handler_class = SocketHandler
    stream_transport_classes_by_protocol = TRANSPORTS

    def __init__(
        self,
        schema: PlannedSchema,
        services: Services,
        settings: Settings,
        origins: Origins,
        stopping: asyncio.Event | None = None,
    ) -> None:
        super().__init__(
            schema,
            subscription_protocols=[
                GRAPHQL_TRANSPORT_WS_PROTOCOL,
                GRAPHQL_SSE_PROTOCOL,
                MULTIPART_SUBSCRIPTION_PROTOCOL,
            ],
            connection_init_wait_timeout=timedelta(seconds=settings.socket_init_seconds),
            max_subscriptions_per_connection=settings.socket_operations,
            allowed_origins=["*"],  # decided before Strawberry gets to see a socket
        )
        self._origins = origins
        self.services = services
        self._fast_path = FastPath(schema, settings.database_pool) if settings.breadth_first else None
        self.fan_out = FanOut(schema, services, shares=settings.shared_updates)
        self.playground = Playground(settings.network_name, settings.demo, settings.path)
        self.pings = Pings(settings.socket_ping_seconds)
        self.token_warning_seconds = settings.token_warning_seconds
        self.limits = Limits(settings)
        self._longest_body = settings.body_bytes
        self._stream_ping_seconds = settings.stream_ping_seconds
        self._stream_retry_seconds = settings.stream_retry_seconds
        self._stopping = stopping or asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or serve a socket until it closes."""
        if scope["type"] == "websocket":
            await self._serve(WebSocket(scope, receive=receive, send=send))
            return
        request = Request(scope, receive)
        correlation_id = request.state.correlation_id = new_correlation_id()
        structlog.contextvars.bind_contextvars(correlation_id=correlation_id)  # in a task of the request's own
        try:
            response = await self._answer(request)
        except ClientDisconnect:
            return
        response.headers["X-Correlation-Id"] = correlation_id
        await response(scope, receive, send)

    async def _serve(self, socket: WebSocket) -> None:
        if not self._origins.allow(headers_of(socket.scope)):
            await socket.close()  # before it is accepted: 403
            return
        try:
            give_back = self.limits.sockets.take(address_of(socket))
        except RateLimited as refusal:
            await refuse(socket, refusal)
            return
        wire_of(socket.scope).when_lost(give_back)
        await self.run(socket)

    async def _answer(self, request: Request) -> Response:
        try:
            answer = await self._answer_directly(request) if self._fast_path is not None else None
            return answer if answer is not None else await self.run(request)
        except RefusedError as refused:
            status, cause, headers = refused.status, refused.cause, refused.headers
        except HTTPException as wrong:
            status, cause, headers = wrong.status_code, BadRequest(wrong.reason), {}
            if status == 405:
                headers = {"Allow": "GET, POST"}
        except Unauthenticated as refusal:
            # Clients of plain JSON take any other status than 200 for a broken network.
            status, cause, headers = 200, refusal, {}
            if media_type(request) == GRAPHQL_JSON or _is_for_streams(request.headers.get("accept", "")):  # RFC 6750
                status, headers = 401, {"WWW-Authenticate": "Bearer"}
        except ClientDisconnect:
            raise
        except Exception as error:
            status, cause, headers = 500, error, {}
            if code_of(GraphQLError("", original_error=error)) == Unavailable.code:
                status, headers = 503, retry_after(self._stream_retry_seconds)
        data: GraphQLHTTPResponse = {"errors": [self._present(request, GraphQLError(str(cause), original_error=cause))]}
        return Response(json_text.write(data), status, {"Content-Type": content_type_of(request), **headers})

    async def _answer_directly(self, request: Request) -> Response | None:
        """The answer to a query or mutation by POST that is as it should be, past Strawberry's view; else None."""
        headers = headers_of(request.scope)
        if request.method != "POST" or not is_json(headers.get("content-type", "")):
            return None
        accept = headers.get("accept", "")
        if _is_for_streams(accept):
            return None
        try:
            parameters = json_text.read(await self._read(request))
        except ValueError:
            return None
        if not isinstance(parameters, dict) or not parameters.get("query"):
            return None
        if any(not isinstance(parameters.get(name), kinds) for name, kinds, _text in _PARAMETERS):
            return None
        assert self._fast_path is not None
        prepared = self._fast_path.prepared(parameters["query"], parameters.get("operationName"))
        if prepared is None:
            return None
        context = request.state.context = await self._context(request, headers)
        body = await self._fast_path.answer(prepared, parameters.get("variables"), context)
        return None if body is None else Response(body, 200, {"Content-Type": content_type(accept)})

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:
        """Who asks: by `Authorization` over HTTP; a socket's is a guest until its connection_init."""
        begun: Context | None = getattr(request.state, "context", None)
        if begun is not None:
            return begun
        headers = headers_of(request.scope)
        if isinstance(request, WebSocket):
            return Context(self.services, language=negotiate(headers.get("accept-language")))
        return await self._context(request, headers)

    async def _context(self, request: Request, headers: Mapping[str, str]) -> Context:
        language = negotiate(headers.get("accept-language"))
        context = await context_for(self.services, headers.get("authorization"), language)
        context.last_event_id = headers.get("last-event-id")
        context.shown = request.scope["state"].get("shown")
        return context

    def should_render_graphql_ide(self, request: Any) -> bool:
        """Browsers only: whoever takes anything gets what was asked for."""
        return (
            request.method == "GET"
            and "query" not in request.query_params
            and "text/html" in request.headers.get("accept", "")
        )

    async def render_graphql_ide(self, request: Request) -> Response:
        """A page for people who open the API's address in a browser."""
        return await self.playground.page(request)

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        """The parameters of a request. Raises `HTTPException` where they aren't of the specified form."""
        if request.method == "GET":
            parameters: Any = {name: value for name, value in request.query_params.items() if value != ""}
            for name in ("variables", "extensions"):
                if name in parameters:
                    parameters[name] = self.parse_json(parameters[name])
        else:
            if not is_json(request.content_type or ""):
                raise HTTPException(415, f"The body must be {JSON}.")
            parameters = self.parse_json(await self._body(request))
        if not isinstance(parameters, dict):
            raise HTTPException(400, "The body must be a JSON object.")
        for name, kinds, text in _PARAMETERS:
            if not isinstance(parameters.get(name), kinds):
                raise HTTPException(400, f"`{name}` must be {text}.")
        if names_document(parameters):
            status = 400 if accepted_type(request.headers.get("accept", "")) == GRAPHQL_JSON else 200
            raise RefusedError(status, PersistedQueryNotSupported(), **{"Cache-Control": "no-store"})
        if not parameters.get("query"):
            raise HTTPException(400, "`query` must hold a GraphQL document.")
        return GraphQLRequestData(
            parameters["query"],
            parameters.get("variables"),
            parameters.get("operationName"),
            parameters.get("extensions"),
            self._protocol(request, parameters["query"], parameters.get("operationName")),
        )

    def _protocol(self, request: AsyncHTTPRequestAdapter, query: str, operation_name: str | None) -> Any:
        """How to answer: by a stream where that is accepted and it is a subscription, or nothing else is accepted."""
        transport = self._get_stream_transport_from_headers(request.headers)
        if transport is None or (accepts_json(request.headers) and not is_subscription(query, operation_name)):
            return "http"
        return transport.protocol

    async def execute_operation(
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,
        request_data: GraphQLRequestData | list[GraphQLRequestData],
        context: Context,
        root_value: None,
        sub_response: Response,
    ) -> Any:
        """Execute an operation: its result, or the generator of its results where the answer is a stream."""
        assert isinstance(request_data, GraphQLRequestData)
        if request_data.protocol == "http":
            return await self.execute_single(request, request_adapter, sub_response, context, root_value, request_data)
        asked = Asked(
            request_data.query or "",
            request_data.variables,
            request_data.operation_name,
            request_data.extensions,
            _STREAMED[request_adapter.method],
        )
        if is_subscription(asked.query, asked.operation_name):
            await self._must_have_a_database()
        source = with_pings(self.fan_out.stream(asked, context), context, self._stream_ping_seconds)
        request.state.source = source
        return source

    async def _must_have_a_database(self) -> None:
        """Where the database is away the answer says so, not its stream. One that is slow is waited for in there."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_SLOW_SECONDS):
                await self.services.hub.head()

    async def create_streaming_response(
        self,
        request: Request | WebSocket,
        stream: Callable[[], Any],
        sub_response: Response,
        headers: Mapping[str, str],
    ) -> Response:
        """The answer that goes on, which the server's stopping ends in order. It counts as an operation of a socket."""
        try:
            give_back = self.limits.subscriptions.take(address_of(request))
        except RateLimited as refusal:
            raise RefusedError(429, refusal, **retry_after(self._stream_retry_seconds)) from None
        return StreamedAnswer(
            stream(),
            request.state.source,
            give_back,
            self._stopping,
            farewell_of(headers["Content-Type"], self._stream_retry_seconds),
            headers={**_UNCHANGED, **headers},
        )

    async def _body(self, request: AsyncHTTPRequestAdapter) -> bytes:
        assert isinstance(request, StarletteRequestAdapter)
        return await self._read(request._request)

    async def _read(self, request: Request) -> bytes:
        """The body, which can be read again."""
        body = bytearray()
        async for part in request.stream():
            body += part
            if len(body) > self._longest_body:
                raise HTTPException(413, f"The body must have at most {self._longest_body} bytes.")
        request._body = bytes(body)
        return request._body

    async def execute_single(
        self,
        request: Request,
        request_adapter: AsyncHTTPRequestAdapter,
        sub_response: Response,
        context: Context,
        root_value: None,
        request_data: GraphQLRequestData,
    ) -> ExecutionResult:
        """Execute one operation. What can't be executed is 400, in plain JSON 200, as the specification has it.

        Where nothing of it could be answered because the database is away it is 503.
        """
        try:
            result = await self.schema.execute(
                request_data.query,
                variable_values=request_data.variables,
                context_value=context,
                operation_name=request_data.operation_name,
                allowed_operation_types=_OPERATIONS[request_adapter.method],
                operation_extensions=request_data.extensions,
            )
        except (CannotGetOperationTypeError, MissingQueryError) as error:
            result = PreExecutionError(None, [GraphQLError(_reason(error))])
        except InvalidOperationTypeError as error:
            if error.operation_type is OperationType.SUBSCRIPTION:
                raise HTTPException(400, _SUBSCRIBE) from None
            raise RefusedError(405, BadRequest("Mutations need POST."), Allow="POST") from None
        if is_nothing(result):  # in plain JSON, too: its clients take that for a broken network, which it is
            sub_response.status_code = 503
            sub_response.headers.update(retry_after(self._stream_retry_seconds))
        elif is_request_error(result) and media_type(request) == GRAPHQL_JSON:
            sub_response.status_code = 400
        sub_response.headers["Content-Type"] = content_type_of(request)
        return result

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        """The answer's content: errors as clients may see them; no `data` where nothing was executed."""
        if isinstance(result, Together):
            return result.content
        answer: GraphQLHTTPResponse = {}
        if result.errors:
            answer["errors"] = [self._present(request, error) for error in result.errors]
        if not isinstance(result, Still) and not is_request_error(result):
            answer["data"] = result.data
        if result.extensions:
            answer["extensions"] = result.extensions
        return answer

    def create_response(self, response_data: Any, sub_response: Response) -> Response:
        """The response with this content, and the headers that were set while it was made."""
        return Response(
            json_text.write(response_data), sub_response.status_code or 200, headers=dict(sub_response.headers.items())
        )

    def decode_json(self, data: str | bytes) -> object:
        """JSON as RFC 8259 has it: no NaN."""
        return json_text.read(data)

    def encode_json(self, data: object) -> str:
        """As text: bytes would become a binary frame of a WebSocket."""
        return json_text.write(data).decode()

    def _present(self, request: Request, error: GraphQLError) -> Mapping[str, Any]:
        language = negotiate(request.headers.get("accept-language"))
        return presentable(error, language, request.state.correlation_id).formatted


# How long an answer that goes on waits for the database before it begins.
_SLOW_SECONDS = 2.0
# What lies between must neither keep the parts back nor compress them.
_UNCHANGED = {"Cache-Control": "no-cache, no-transform", "X-Accel-Buffering": "no"}
_SUBSCRIBE = "Subscriptions need a WebSocket with graphql-transport-ws, or `Accept: text/event-stream`."
_PARAMETERS: tuple[tuple[str, tuple[type, ...], str], ...] = (
    ("query", (str, type(None)), "a string"),
    ("variables", (dict, type(None)), "an object or null"),
    ("operationName", (str, type(None)), "a string or null"),
    ("extensions", (dict, type(None)), "an object or null"),
)


def _is_for_streams(accept: str) -> bool:
    """Whether `Accept` may name a stream."""
    return "event-stream" in accept or "multipart" in accept


def is_request_error(result: ExecutionResult) -> bool:
    """Whether nothing was executed: the document, or the variables, are wrong."""
    return isinstance(result, PreExecutionError) or (
        result.data is None and bool(result.errors) and all(error.path is None for error in result.errors or ())
    )


def _reason(error: CannotGetOperationTypeError | MissingQueryError) -> str:
    if isinstance(error, CannotGetOperationTypeError):
        return error.as_http_error_reason()
    return "`query` must hold a GraphQL document."
