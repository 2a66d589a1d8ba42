"""The fallback: a root field that can't be executed by plan is executed by graphql-core, alone, and that is seen.

What is refused, what the client got wrong and what an outage brings is as it should be: graphql-core says where it
stands. Anything else is a fault of the plan or of the executor, which nobody would notice, for the answer is right, if
slow: it is counted, and logged as an error.
"""

from collections.abc import Mapping
from typing import Any

import structlog
from cachetools import TTLCache
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    default_field_resolver,
    default_type_resolver,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.values import VariableValues
from strawberry.execution import optimized_is_awaitable

from resolvers.context import Context
from schema.operations.error_masking import code_of
from schema.operations.error_paths import Located
from schema.operations.operation import Operation

log = structlog.get_logger()

# The same document is logged again after so many seconds; so many documents at most in that time.
_SECONDS, _MOST = 60.0, 100


class Fallbacks:
    """Counts the fallbacks that should not be, and logs them: once a minute for each document."""

    def __init__(self) -> None:
        self.count = 0
        self._logged: TTLCache[str, bool] = TTLCache(_MOST, _SECONDS)

    def notice(self, operation: Operation, key: str | None, reason: str, error: Exception | None = None) -> None:
        """The root field `key` of an operation, or all of it, was given to graphql-core."""
        self.count += 1
        if operation.hash in self._logged or len(self._logged) >= _MOST:
            return
        self._logged[operation.hash] = True
        log.error("fell back to graphql-core", document=operation.hash, root=key, reason=reason, exc_info=error)


def is_expected(error: Exception) -> bool:
    """Whether it is a refusal, a fault of the request, or an outage, rather than one of the executor."""
    return code_of(GraphQLError("", original_error=error)) is not None


async def by_graphql_core(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, Any],
    variables: VariableValues,
    context: Context,
    root_value: Any = None,
) -> ExecutionResult:
    """The result of an operation as graphql-core executes it. It reads afresh what was loaded before."""
    context.forget()
    executor: Any = Located(
        schema,
        dict(fragments),
        {name: FragmentDetails(fragment, None) for name, fragment in fragments.items()},
        root_value,
        context,
        operation,
        variables,
        default_field_resolver,
        default_type_resolver,
        default_field_resolver,
        is_awaitable=optimized_is_awaitable,
    )
    result = executor.execute_operation()
    found: ExecutionResult = await result if executor.is_awaitable(result) else result
    return found
