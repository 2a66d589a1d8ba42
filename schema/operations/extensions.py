"""What happens around the execution of every operation."""

import math
from collections.abc import AsyncIterator, Iterator
from typing import Any

import structlog
from graphql import DocumentNode, GraphQLError, NameNode, OperationDefinitionNode, SelectionSetNode
from graphql import OperationType as GraphQLOperationType
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType
from tortoise.exceptions import DBConnectionError

from auth.refusals import CursorExpired, RateLimited, Refusal, TooComplex, Unavailable
from models.sql.paging import BadPage
from resolvers.context import Context
from resolvers.language import _, translate
from schema.operations.operation import Operation
from schema.strawberry_internals import given_operation_name

log = structlog.get_logger()

# How much a message says of what is wrong with a request: it may hold what the client sent.
_LONGEST_TEXT = 1000
_REQUEST_ERRORS = (GraphQLError, BadPage, MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError)
# The database, or Redis, is away: what redis-py raises is of its own kind, but only the live pipeline meets it.
_UNREACHABLE = (ConnectionError, DBConnectionError)


class CompiledOperation(SchemaExtension):
    """Takes document and errors from the compiled operation, and reports what it costs."""

    operation: Operation | None = None

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        if context.query:
            schema: Any = context.schema  # a `PlannedSchema`
            self.operation = schema.operations.of(context.query, given_operation_name(context))
            context.graphql_document = self.operation.document or _nothing(self.operation.name)
        yield

    def on_validate(self) -> Iterator[None]:
        if self.operation is not None:
            self.execution_context.pre_execution_errors = list(self.operation.errors)
        yield

    async def on_execute(self) -> AsyncIterator[None]:
        """Read the live cursor before anything else, where the operation asks for one."""
        if self.operation is not None and self.operation.asks_live_cursor:
            context: Context = self.execution_context.context
            context.live_cursor = await context.services.hub.cursor()
        yield

    def get_results(self) -> dict[str, Any]:
        """`extensions.cost` of an answer, where anything was executed; of updates the schema's documentation tells."""
        operation, execution = self.operation, self.execution_context
        if operation is None or not operation.is_answered_at_once or getattr(execution.result, "data", None) is None:
            return {}
        try:
            points = operation.admit(execution.variables)
        except (GraphQLError, Refusal):
            return {}
        return {"cost": reported(points, operation.bounds.cost_limit, execution.context)}


def reported(points: int, limit: int, context: Context | None) -> dict[str, int]:
    """What an answer says of its cost, in points. To guests nothing of what is left, for theirs are given to others."""
    found = {"requested": points, "limit": limit}
    if context is not None and context.remaining is not None and not context.viewer.is_guest:
        found["remaining"] = context.remaining
    return found


def _nothing(name: str | None) -> DocumentNode:
    """Stands for a document that can't be executed: Strawberry asks for its operation before it asks for errors."""
    named = None if name is None else NameNode(value=name)
    operation = OperationDefinitionNode(
        operation=GraphQLOperationType.QUERY, name=named, selection_set=SelectionSetNode(selections=())
    )
    return DocumentNode(definitions=(operation,))


class UpdateCursor(SchemaExtension):
    """Gives every update of a subscription its cursor in `extensions`, whatever was selected of it."""

    async def on_stream_result(self, result: Any) -> AsyncIterator[None]:
        operation = self.execution_context
        # In this order: what couldn't be parsed has no data, and asking for its type fails.
        if getattr(result, "data", None) is not None and operation.operation_type is OperationType.SUBSCRIPTION:
            context: Context = operation.context
            result.extensions = {**(result.extensions or {}), "cursor": context.live_cursor}
        yield


def cause_of(error: GraphQLError) -> Exception | None:
    """What was raised; None, or a `GraphQLError`, where graphql-core itself found something wrong."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    return cause


def is_unavailable(cause: BaseException | None) -> bool:
    """Whether it says that a part of the server is away: the same may go through later."""
    return isinstance(cause, (Unavailable, *_UNREACHABLE))


def code_of(error: GraphQLError) -> str | None:
    """`extensions.code` for an error of the closed list; None for an unexpected one."""
    cause = cause_of(error)
    if isinstance(cause, Refusal):
        return cause.code
    if is_unavailable(cause):
        return Unavailable.code
    if cause is None or isinstance(cause, _REQUEST_ERRORS):
        return "BAD_REQUEST"
    return None


def presentable(error: GraphQLError, language: str, correlation_id: str) -> GraphQLError:
    """The error as the client gets it: with a code and a correlation id, unexpected ones masked."""
    code = code_of(error)
    cause = error.original_error
    if code is None:
        log.error("unexpected error", correlation_id=correlation_id, path=error.path, exc_info=cause)
        code, text = "INTERNAL", translate(language, _("Something went wrong on our side."))
    elif code == Unavailable.code:
        # Not for each of thousands: that the part is away is logged, once.
        log.debug("unreachable", correlation_id=correlation_id, path=error.path, reason=str(cause))
        text = translate(language, Unavailable.message)
    elif isinstance(cause, Refusal):
        text = translate(language, str(cause))
    else:
        text = error.message
    extensions: dict[str, Any] = {"code": code, "correlationId": correlation_id}
    if cause is None or isinstance(cause, GraphQLError):
        text = text[:_LONGEST_TEXT]
        if error.extensions and "path" in error.extensions:
            extensions["path"] = error.extensions["path"]
    if isinstance(cause, CursorExpired) and cause.cursor is not None:
        extensions["cursor"] = cause.cursor
    if isinstance(cause, RateLimited) and cause.retry_after is not None:
        extensions["retryAfter"] = math.ceil(cause.retry_after)
    if isinstance(cause, TooComplex) and cause.requested is not None:
        extensions["cost"] = {"requested": cause.requested, "limit": cause.limit}
    shown = GraphQLError(
        text,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
    if error.nodes is None and error.locations:  # of a document that isn't held any more
        shown.locations = error.locations
    return shown
