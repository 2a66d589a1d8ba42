"""From an operation straight to the bytes of its answer, past Strawberry: what most requests are."""

from typing import Any

import orjson
from graphql import GraphQLError, GraphQLSchema, OperationType
from graphql.execution.values import VariableValues, get_variable_values
from strawberry.types import ExecutionResult

from resolvers.context import Context, MutationContext
from schema.execution.executor import Executor
from schema.execution.planned_schema import PlannedSchema
from schema.execution.turns import Turns
from schema.operations.extensions import reported
from schema.operations.operation import Operation
from schema.strawberry_internals import graphql_schema

# Of variables, as JSON: how long they may be to be kept coerced; what they take in memory at most: besides, for a byte,
# for a list or an object. In bytes.
_LONGEST_VARIABLES = 300
_BESIDES, _BYTE, _NESTED = 1000, 16, 200


class FastPath:
    """Answers queries and mutations of a schema, as far as there is nothing to say against it.

    Queries are executed in their turn. There should be a database connection for each of those that run: what has begun
    then finds it free at each of its levels, where else all would wait for each other's, level by level, and all be
    late. A mutation may wait for others, so it has no place in that line.
    """

    def __init__(self, schema: PlannedSchema, turns: Turns | None = None) -> None:
        self._planned = schema
        self._schema: GraphQLSchema = graphql_schema(schema)
        self._turns = turns or schema.turns

    def _values(self, operation: Operation, given: dict[str, Any]) -> VariableValues | list[GraphQLError]:
        """The variables as resolvers take them; what is wrong with them."""
        try:
            text = orjson.dumps(given)
        except TypeError:  # nested deeper than it writes
            return self._coerced(operation, given)
        if len(text) > _LONGEST_VARIABLES:
            return self._coerced(operation, given)
        found: VariableValues | list[GraphQLError] | None = operation.values.get(text)
        if found is None:
            found = self._coerced(operation, given)
            size = _BESIDES + _BYTE * len(text) + _NESTED * (text.count(b"[") + text.count(b"{"))
            operation.values.keep(text, found, size)
        return found

    def _coerced(self, operation: Operation, given: dict[str, Any]) -> VariableValues | list[GraphQLError]:
        assert operation.node is not None
        # One error says enough: the executor that takes over finds the others, up to its own bound.
        return get_variable_values(self._schema, operation.node.variable_definitions or (), given, max_errors=1)

    async def answer(
        self, operation: Operation, given: dict[str, Any] | None, context: Context
    ) -> bytes | ExecutionResult | None:
        """The answer as JSON; where there are errors in it its parts, of which each is for `orjson`.

        None where another executor has to begin, in the same context: nothing was executed. Raises as
        `Operation.admit`.
        """
        if not operation.is_answered_at_once:
            return None
        points = operation.admit(given)
        variables = self._values(operation, given or {})
        if not isinstance(variables, VariableValues):
            return None
        plan = operation.plan(variables)
        if plan is None:
            return None
        if operation.asks_live_cursor:  # before anything else is read
            context.live_cursor = await context.services.hub.cursor()
        context.mutation = MutationContext()
        executor = Executor(self._planned, operation, context, variables, points=points, for_bytes=True)
        if operation.kind is OperationType.QUERY:
            result = await self._turns.query(context, points, lambda: executor.execute(plan))
        else:
            result = await executor.execute(plan)
        extensions = {"cost": reported(points, operation.bounds.cost_limit, context)}
        if not result.errors:
            return orjson.dumps({"data": result.data, "extensions": extensions}, option=orjson.OPT_UTC_Z)
        data = None if result.data is None else {key: _written(value) for key, value in result.data.items()}
        return ExecutionResult(data, result.errors, extensions)


def _written(value: Any) -> Any:
    return None if value is None else orjson.Fragment(orjson.dumps(value, option=orjson.OPT_UTC_Z))
