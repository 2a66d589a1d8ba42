"""Nothing is executed that was not admitted: the class that executes what goes past the fast path asks first.

Queries by GET, all that is asked on sockets and streams, and subscriptions come this way; the fast path asks by
itself. Both ask `Operation.admit`.
"""

from collections.abc import Mapping
from typing import Any

from graphql import DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema

from auth.refusals import Refusal
from schema.operations.answer_size import bounded
from schema.operations.error_paths import Located, raw_variables
from schema.strawberry_internals import strawberry_schema


class Admitted(Located):
    """Executes what is admitted, and answers no more than is allowed."""

    # What it costs, and the limits that it is held to.
    points: int
    most_bytes: int

    @classmethod
    def build(cls, schema: GraphQLSchema, document: DocumentNode, *more: Any, **options: Any) -> Any:
        """The executor, or the errors that forbid one."""
        operations = strawberry_schema(schema).operations
        given: Mapping[str, Any] | None = raw_variables(more, options)
        known = operations.known(document)
        points = None
        try:
            if known is not None:  # before anything is made of the variables
                points = known.admit(given)
            options["hide_suggestions"] = not operations.bounds.suggestions
            built: Any = super().build(schema, document, *more, **options)
            if isinstance(built, list):
                return built
            built.most_bytes = operations.bounds.answer_bytes
            built.points = operations.of_document(document, built.operation).admit(given) if points is None else points
        except GraphQLError as error:
            return [error]
        except Refusal as refusal:
            return [GraphQLError(str(refusal), original_error=refusal)]
        return built

    def execute_operation(self, serially: bool | None = None) -> Any:
        """The result of the operation, to be awaited where graphql-core says so."""
        result: Any = super().execute_operation(serially)
        return self._awaited(result) if self.is_awaitable(result) else bounded(result, self.points, self.most_bytes)

    async def _awaited(self, result: Any) -> ExecutionResult:
        return bounded(await result, self.points, self.most_bytes)
