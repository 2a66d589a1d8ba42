"""What a client is told of an error: its code of the closed list and its correlation id; the unexpected is masked."""

import math
from typing import Any

import structlog
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from tortoise.exceptions import DBConnectionError

from auth.refusals import CursorExpired, RateLimited, Refusal, TooComplex, Unavailable
from models.filters.errors import BadFilter
from models.sql.page_cursors import BadPage
from resolvers.translation import _, translate

log = structlog.get_logger()

# How much a message says of what is wrong with a request: it may hold what the client sent.
_LONGEST_TEXT = 1000
_REQUEST_ERRORS = (GraphQLError, BadPage, MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError)
# The database, or Redis, is away: what redis-py raises is of its own kind, but only the live pipeline meets it.
_UNREACHABLE = (ConnectionError, DBConnectionError)


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
        text = translate(language, (cause if isinstance(cause, Unavailable) else Unavailable).message)
    elif isinstance(cause, Refusal):
        text = translate(language, str(cause))
    else:
        text = error.message
    extensions: dict[str, Any] = {"code": code, "correlationId": correlation_id}
    if cause is None or isinstance(cause, GraphQLError):
        text = text[:_LONGEST_TEXT]
        if error.extensions and "path" in error.extensions:
            extensions["path"] = error.extensions["path"]
    if isinstance(cause, BadFilter) and cause.path:
        extensions["path"] = list(cause.path)
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
