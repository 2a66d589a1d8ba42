"""GraphQL over HTTP, once or as a stream, and over graphql-transport-ws, at one address.

https://graphql.github.io/graphql-over-http/draft/
https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import replace
from time import perf_counter

import structlog
from graphql import GraphQLError
from graphql import OperationType as GraphQLOperationType
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.execution import PreExecutionError
from strawberry.types.graphql import OperationType

from auth.refusals import BadRequest, RateLimited, Refusal, Unauthenticated
from resolvers.context import Context, Services, context_for
from resolvers.translation import negotiate
from schema.execution.fast_path import FastPath
from schema.execution.planned_schema import PlannedSchema
from schema.operations.operation import Operation
from web.http.content_negotiation import accepts_json, headers_of, may_name_streams
from web.http.correlation import new_correlation_id
from web.http.idempotency import Attempt, Idempotency, KeyReused, Outcome, StillGoingOn, with_header
from web.http.origins import Origins
from web.http.persisted import Documents
from web.http.request import RefusedError, asked_of
from web.http.response import Presenter
from web.http.unavailable import retry_after
from web.limits.budgets import WRONG_TOKEN_POINTS, Budgets, BudgetSpent, points_of, request_points
from web.limits.callers import Exemption, caller_of
from web.limits.metering import Metering, hold, meter_of
from web.limits.request_lines import Lines
from web.limits.socket_limits import Limits
from web.live.asked import Asked
from web.live.fan_out import FanOut
from web.live.multipart import ApolloParts
from web.live.socket_server import SocketServer
from web.live.sse import EventStream
from web.live.stream import StreamedAnswer, StreamFormat, with_pings
from web.pages.playground import Playground
from web.process.counters import counters
from web.settings import Settings

_OPERATIONS = {"GET": {OperationType.QUERY}, "POST": {OperationType.QUERY, OperationType.MUTATION}}
_STREAMED = {method: {OperationType.SUBSCRIPTION, *kinds} for method, kinds in _OPERATIONS.items()}
_FORMATS: tuple[StreamFormat, ...] = (EventStream(), ApolloParts())
# How long an answer that goes on waits for the database before it begins.
_SLOW_SECONDS = 2.0
# As the counts name them.
_KINDS: dict[GraphQLOperationType | None, str] = {None: "none", **{kind: kind.value for kind in GraphQLOperationType}}
_SUBSCRIBE = "Subscriptions need a WebSocket with graphql-transport-ws, or `Accept: text/event-stream`."


class GraphQLEndpoint:
    """The API, as an ASGI application."""

    def __init__(
        self,
        schema: PlannedSchema,
        services: Services,
        settings: Settings,
        origins: Origins,
        stopping: asyncio.Event | None = None,
        documents: Documents | None = None,
        idempotency: Idempotency | None = None,
    ) -> None:
        self.schema = self._schema = schema
        self._services = services
        self._fast_path = FastPath(schema) if settings.breadth_first else None
        self.fan_out = FanOut(
            schema, services, shares=settings.shared_updates, documents=documents, idempotency=idempotency
        )
        self.limits = Limits(settings)
        self.metering = Metering(
            Budgets(services.rates, settings, counters.refused),
            Exemption(settings),
            proxies_cache=settings.proxy_cache_seconds > 0,
        )
        self.lines = Lines(settings.requests_per_address_at_once, settings.line_seconds, Exemption(settings))
        self.playground = Playground(
            settings.network_name,
            settings.demo,
            settings.path,
            documented=settings.introspection,
            is_off=settings.trusted_documents is not None,
        )
        self._sockets = SocketServer(services, self.fan_out, self.limits, self.metering, origins, settings)
        self._longest_body = settings.body_bytes
        self._ping_seconds = settings.stream_ping_seconds
        self._retry_seconds = settings.stream_retry_seconds
        self._stopping = stopping or asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or have a socket served."""
        if scope["type"] == "websocket":
            await self._sockets.serve(WebSocket(scope, receive=receive, send=send))
            return
        correlation_id = new_correlation_id()
        structlog.contextvars.bind_contextvars(correlation_id=correlation_id)  # in a task of the request's own
        try:
            response = await self._answer(Request(scope, receive), correlation_id)
        except ClientDisconnect:
            return
        response.raw_headers.append((b"x-correlation-id", correlation_id.encode()))
        await response(scope, receive, send)

    def refusal(self, scope: Scope, refusal: Refusal) -> Response:
        """The answer to a request of which nothing was read, let alone done."""
        headers = headers_of(scope)
        accept, language, correlation_id = (
            headers.get("accept", ""),
            headers.get("accept-language"),
            new_correlation_id(),
        )
        response = Presenter(accept, negotiate(language), correlation_id, self._retry_seconds).refusal(refusal)
        response.headers["X-Correlation-Id"] = correlation_id
        return response

    async def _answer(self, request: Request, correlation_id: str) -> Response:
        headers = headers_of(request.scope)
        accept, language = headers.get("accept", ""), negotiate(headers.get("accept-language"))
        presenter = Presenter(accept, language, correlation_id, self._retry_seconds)
        begun = perf_counter()
        response = await self._presented(request, headers, accept, language, presenter)
        counters.answered(presenter.kind, presenter.code, perf_counter() - begun)
        return response

    async def _presented(
        self, request: Request, headers: Mapping[str, str], accept: str, language: str, presenter: Presenter
    ) -> Response:
        try:
            context = await self._context(request, headers, language)  # first: who may not ask isn't read
            asked = await asked_of(request, headers, self._longest_body, self.fan_out.documents)
            if _is_of_a_browser(request, accept):
                return await self.playground.page(request)
            if isinstance(asked, RefusedError):
                raise asked
            if "idempotency-key" in headers:
                asked = replace(asked, extensions=with_header(asked.extensions, headers["idempotency-key"]))
            meter = meter_of(request.scope)
            operation = await self.fan_out.compiled(asked, meter)  # held while it is answered: compiled once
            presenter.kind = _KINDS[operation.kind]
            if operation.kind is not GraphQLOperationType.QUERY:
                await context.must_be_fresh()
            points = points_of(operation, asked.variables)
            counters.priced(presenter.kind, points)
            if meter is not None:
                await meter.spend(points)
                context.remaining = meter.remaining
            attempt = self._attempt_of(operation, asked, context)
            format = _format_of(accept, operation)
            if format is not None:
                return await self._stream(request, asked, operation, context, format, presenter)
            if attempt is not None and request.scope["method"] == "POST":
                return await self._attempt(attempt, asked, operation, context, presenter)
            return await self._execute(request.scope["method"], asked, operation, context, presenter)
        except ClientDisconnect:
            raise
        except BudgetSpent as error:
            meter = meter_of(request.scope)
            assert meter is not None
            response = presenter.refusal(error)
            await hold(request.scope, meter, response)
            return response
        except Exception as error:
            return presenter.refusal(error)

    async def _context(self, request: Request, headers: Mapping[str, str], language: str) -> Context:
        """Who asks, by `Authorization`, and pays for it. Raises `Unauthenticated`, `RateLimited`."""
        context = await self._identified(headers.get("authorization"), language, request.scope)
        context.user_agent = headers.get("user-agent", "")
        if "last-event-id" in headers:
            context.subscribe().last_event_id = headers["last-event-id"]
        context.shown = request.scope.get("state", {}).get("shown")
        return context

    async def _identified(self, authorization: str | None, language: str, scope: Scope) -> Context:
        meter = meter_of(scope)
        if meter is None or authorization is None:
            address = meter.address if meter else ""
            return await context_for(self._services, authorization, language, address, may_be_known=True)
        try:
            context = await context_for(self._services, authorization, language, meter.address, may_be_known=True)
        except Unauthenticated:
            await meter.spend(WRONG_TOKEN_POINTS)
            raise
        meter.signed_in(context.viewer)
        await meter.spend(request_points(scope["headers"]))
        return context

    def _attempt_of(self, operation: Operation, asked: Asked, context: Context) -> Attempt | None:
        """As `FanOut.attempt`. Raises `RefusedError`."""
        try:
            return self.fan_out.attempt(operation, asked, context)
        except BadRequest as refusal:
            raise RefusedError(400, refusal) from None

    async def _attempt(
        self, attempt: Attempt, asked: Asked, operation: Operation, context: Context, presenter: Presenter
    ) -> Response:
        """The answer to a mutation that names its attempt: as it was given the first time, if it was."""

        async def work() -> Outcome:
            response = await self._execute("POST", asked, operation, context, presenter)
            later = {name: value for name, value in response.headers.items() if name == "retry-after"}
            is_final = context.mutation.has_written or (response.status_code == 200 and not presenter.is_refused)
            return Outcome(bytes(response.body), response.status_code, later, is_final=is_final)

        assert self.fan_out.idempotency is not None
        try:
            outcome = await self.fan_out.idempotency.outcome(attempt, work)
        except KeyReused as refusal:
            raise RefusedError(422, refusal) from None
        except StillGoingOn as refusal:
            raise RefusedError(409, refusal, **retry_after(self._retry_seconds)) from None
        return presenter.answer(outcome.content, outcome.status, **outcome.headers)

    async def _execute(
        self, method: str, asked: Asked, operation: Operation, context: Context, presenter: Presenter
    ) -> Response:
        """Execute one operation: from the document to the bytes of the answer, if nothing speaks against it."""
        if operation.errors:
            return presenter.result(PreExecutionError(None, list(operation.errors)))
        if self._fast_path is not None and method == "POST":
            answer = await self._fast_path.answer(operation, asked.variables, context)
            if answer is not None:
                return presenter.answer(answer) if isinstance(answer, bytes) else presenter.result(answer)
        return presenter.result(await self._executed(method, asked, context))

    async def _executed(self, method: str, asked: Asked, context: Context) -> ExecutionResult:
        """What graphql-core makes of it. Raises `RefusedError` where this method is not for this kind of operation."""
        try:
            return await self._schema.execute(
                asked.query,
                variable_values=asked.variables,
                context_value=context,
                operation_name=asked.operation_name,
                allowed_operation_types=_OPERATIONS[method],
                operation_extensions=asked.extensions,
            )
        except CannotGetOperationTypeError as error:
            return PreExecutionError(None, [GraphQLError(error.as_http_error_reason())])
        except MissingQueryError:
            return PreExecutionError(None, [GraphQLError("`query` must hold a GraphQL document.")])
        except InvalidOperationTypeError as error:
            if error.operation_type is OperationType.SUBSCRIPTION:
                raise RefusedError(400, BadRequest(_SUBSCRIBE)) from None
            raise RefusedError(405, BadRequest("Mutations need POST."), Allow="POST") from None

    async def _stream(
        self,
        request: Request,
        asked: Asked,
        operation: Operation,
        context: Context,
        format: StreamFormat,
        presenter: Presenter,
    ) -> Response:
        """The answer that goes on, which the server's stopping ends in order. It counts as an operation of a socket."""
        asked = replace(asked, allowed=_STREAMED[request.method])
        if operation.is_subscription:
            await self._must_have_a_database()
        give_back = self._place_of(request, asked, operation, context)
        return StreamedAnswer(
            format,
            with_pings(self.fan_out.stream(asked, context), context, self._ping_seconds),
            presenter.content_of,
            give_back=give_back,
            stopping=self._stopping,
            retry_seconds=self._retry_seconds,
        )

    def _place_of(self, request: Request, asked: Asked, operation: Operation, context: Context) -> Callable[[], None]:
        """A place among what goes on, and what its updates may cost; what is returned gives both back."""
        caller = caller_of(request.scope)
        try:
            with ExitStack() as taken:
                taken.callback(self.limits.subscriptions.take(caller))
                if operation.is_subscription:
                    taken.callback(self.limits.updates.take(caller, *self.fan_out.difference(asked, context)))
                return taken.pop_all().close
        except RateLimited as refusal:
            raise RefusedError(429, refusal, **retry_after(self._retry_seconds)) from None

    async def _must_have_a_database(self) -> None:
        """Where the database is away the answer says so, not its stream. One that is slow is waited for in there."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_SLOW_SECONDS):
                await self._services.hub.head()


def _is_of_a_browser(request: Request, accept: str) -> bool:
    """Whether a person opens the address: whoever takes anything gets what was asked for."""
    return request.scope["method"] == "GET" and "text/html" in accept and "query" not in request.query_params


def _format_of(accept: str, operation: Operation) -> StreamFormat | None:
    """How to stream the answer; None where it is answered once, for it is no subscription, and JSON is accepted."""
    if not may_name_streams(accept):
        return None
    format = next((one for one in _FORMATS if one.accepts(accept)), None)
    if format is None or (accepts_json(accept) and not operation.is_subscription):
        return None
    return format
