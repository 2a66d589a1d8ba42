"""An error as a client is told it, counted by its code."""

from graphql import GraphQLError

from schema.operations import error_masking
from web.process.counters import counters


def presentable(error: GraphQLError, language: str, correlation_id: str) -> GraphQLError:
    """As `schema.operations.error_masking.presentable`."""
    shown = error_masking.presentable(error, language, correlation_id)
    counters.errors[str((shown.extensions or {})["code"])] += 1
    return shown
