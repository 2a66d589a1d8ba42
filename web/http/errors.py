"""An error as a client is told it, counted by its code."""

from graphql import GraphQLError

from schema.operations import extensions
from web.process.counters import counters


def presentable(error: GraphQLError, language: str, correlation_id: str) -> GraphQLError:
    """As `schema.operations.extensions.presentable`."""
    shown = extensions.presentable(error, language, correlation_id)
    counters.errors[str((shown.extensions or {})["code"])] += 1
    return shown
