"""What happens around the execution of every operation."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from functools import lru_cache
from typing import Any

import structlog
from graphql import GraphQLError, OperationDefinitionNode, get_operation_ast, parse
from graphql import OperationType as GraphQLOperation
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import SchemaExtension, ValidationCache
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types.graphql import OperationType
from tortoise.exceptions import DBConnectionError

from auth.refusals import CursorExpired, Refusal, Unavailable
from models.sql.paging import BadPage
from resolvers.context import Context
from resolvers.language import _, translate
from schema.operations.error_paths import locate_in_document
from schema.strawberry_internals import given_operation_name

log = structlog.get_logger()

# How many documents are kept parsed and validated, and of which length at most: clients send few different ones.
DOCUMENTS = 1000
_LONGEST_DOCUMENT = 20_000
# How much a message says of what is wrong with a request: it may hold what the client sent.
_LONGEST_TEXT = 1000
_REQUEST_ERRORS = (GraphQLError, BadPage, MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError)
# The database, or Redis, is away: what redis-py raises is of its own kind, but only the live pipeline meets it.
_UNREACHABLE = (ConnectionError, DBConnectionError)
_SUGGESTION = re.compile(r" Did you mean [^?]*\?$")


def is_kept(query: str, operation_name: str | None = None) -> bool:
    """Whether what is found out about an operation is short enough to be kept."""
    return len(query) + len(operation_name or "") <= _LONGEST_DOCUMENT


# A document, parsed; raises `GraphQLError`. Who parses takes it from here, so that equal texts are one document.
parsed: Any = lru_cache(maxsize=DOCUMENTS)(parse)


def is_subscription(query: str, operation_name: str | None = None, *, at_any_length: bool = False) -> bool:
    """Whether the document's operation is a subscription; what can't be parsed is none.

    Nor is what is too long to be kept, for it would be parsed once more to find out; unless it is `at_any_length`.
    """
    if "subscription" not in query or not (at_any_length or is_kept(query)):
        return False
    try:
        document = parsed(query) if is_kept(query) else parse(query)
    except Exception:
        return False
    operation = get_operation_ast(document, operation_name)
    return operation is not None and operation.operation is GraphQLOperation.SUBSCRIPTION


class CachedParsing(SchemaExtension):
    """Parses each document once. What can't be parsed is left to Strawberry, which catches its own errors only."""

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        if context.query and is_kept(context.query):
            with suppress(Exception):
                context.graphql_document = parsed(context.query, **context.parse_options)
        yield


class CachedValidation(ValidationCache):
    """Validates each document once, and holds every operation to the specification's GetOperation (6.1).

    Strawberry would execute the first of several operations where the request names none.
    """

    def __init__(self) -> None:
        super().__init__(maxsize=DOCUMENTS)

    def on_validate(self) -> Iterator[None]:
        context = self.execution_context
        document = context.graphql_document
        assert document is not None
        operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
        if len(operations) > 1 and given_operation_name(context) is None:
            text = "The document holds several operations: say by `operationName` which one to execute."
            context.pre_execution_errors = [GraphQLError(text, operations)]
            yield
            return
        if is_kept(context.query or ""):
            yield from super().on_validate()
        else:
            yield
        locate_in_document(document, context.pre_execution_errors or ())


class LiveCursor(SchemaExtension):
    """Reads the live cursor before anything else, where the operation asks for one."""

    async def on_execute(self) -> AsyncIterator[None]:
        context: Context = self.execution_context.context
        if "liveCursor" in (self.execution_context.query or ""):
            context.live_cursor = await context.services.hub.cursor()
        yield


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
        text = _SUGGESTION.sub("", error.message)
    extensions: dict[str, Any] = {"code": code, "correlationId": correlation_id}
    if cause is None or isinstance(cause, GraphQLError):
        text = text[:_LONGEST_TEXT]
        if error.extensions and "path" in error.extensions:
            extensions["path"] = error.extensions["path"]
    if isinstance(cause, CursorExpired) and cause.cursor is not None:
        extensions["cursor"] = cause.cursor
    return GraphQLError(
        text,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
