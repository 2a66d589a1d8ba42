"""What happens around the execution of every operation."""

from collections.abc import AsyncIterator

import structlog
from graphql import GraphQLError
from strawberry.extensions import SchemaExtension

from auth.refusals import Refusal
from models.paging import BadPage
from resolvers.context import Context
from resolvers.language import _, translate

log = structlog.get_logger()


class LiveCursor(SchemaExtension):
    """Reads the live cursor before anything else, where the operation asks for one."""

    async def on_execute(self) -> AsyncIterator[None]:
        context: Context = self.execution_context.context
        if "liveCursor" in (self.execution_context.query or ""):
            context.live_cursor = await context.services.hub.cursor()
        yield


def code_of(error: GraphQLError) -> str | None:
    """`extensions.code` for an error of the closed list; None for an unexpected one."""
    cause = error.original_error
    while isinstance(cause, GraphQLError) and cause.original_error is not None:
        cause = cause.original_error
    if isinstance(cause, Refusal):
        return cause.code
    if cause is None or isinstance(cause, (GraphQLError, BadPage)):
        return "BAD_REQUEST"
    return None


def presentable(error: GraphQLError, language: str, correlation_id: str) -> GraphQLError:
    """The error as the client gets it: with a code and a correlation id, unexpected ones masked."""
    code = code_of(error)
    cause = error.original_error
    if code is None:
        log.error("unexpected error", correlation_id=correlation_id, path=error.path, exc_info=cause)
        code, text = "INTERNAL", translate(language, _("Something went wrong on our side."))
    elif isinstance(cause, Refusal):
        text = translate(language, str(cause))
    else:
        text = error.message
    return GraphQLError(
        text,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={"code": code, "correlationId": correlation_id},
    )
