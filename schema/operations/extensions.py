"""What happens around the execution of every operation."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from graphql import DocumentNode, GraphQLError, NameNode, OperationDefinitionNode, SelectionSetNode
from graphql import OperationType as GraphQLOperationType
from strawberry.extensions import SchemaExtension
from strawberry.types.graphql import OperationType

from auth.refusals import Refusal
from resolvers.context import Context
from schema.operations.operation import Operation
from schema.strawberry_internals import given_operation_name


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
