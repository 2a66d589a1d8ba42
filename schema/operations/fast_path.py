"""From an operation straight to the bytes of its answer, past Strawberry: what most requests are."""

import asyncio
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
import structlog
from graphql import (
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_operation_ast,
    validate,
)
from graphql.execution.values import VariableValues, get_variable_values

from resolvers.context import Context, MutationContext
from schema.operations.executor import Executor
from schema.operations.extensions import DOCUMENTS, is_kept, parsed
from schema.operations.plan_cache import PlannedSchema
from schema.operations.strawberry_hook import plans_of

log = structlog.get_logger()

# How many sets of variables are kept coerced, and of which length at most.
_VARIABLES = 5000
_LONGEST_VARIABLES = 300


@dataclass(frozen=True, eq=False)
class Prepared:
    """An operation of a valid document."""

    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    asks_live_cursor: bool


class FastPath:
    """Answers queries and mutations of a schema, as far as there is nothing to say against it.

    So many queries are executed `at_once`; others wait in line. There should be a database connection for each: what
    has begun then finds it free at each of its levels, where else all would wait for each other's, level by level, and
    all be late. A mutation may wait for others, so it has no place in that line.
    """

    def __init__(self, schema: PlannedSchema, at_once: int = 10) -> None:
        self._strawberry = schema
        self._schema: GraphQLSchema = schema._schema
        self._turns = asyncio.Semaphore(at_once)
        self._prepared: Any = lru_cache(maxsize=DOCUMENTS)(self._prepare)
        self._coerced: Any = lru_cache(maxsize=_VARIABLES)(self._coerce_text)

    def prepared(self, query: str, operation_name: str | None) -> Prepared | None:
        """The operation, parsed and validated once; None where something is wrong, or it is a subscription."""
        if not is_kept(query, operation_name):
            return None
        found: Prepared | None = self._prepared(query, operation_name)
        return found

    def _prepare(self, query: str, operation_name: str | None) -> Prepared | None:
        try:
            document = parsed(query)
            if validate(self._schema, document):
                return None
        except Exception:  # whatever it is: the executor that takes over says it
            return None
        operation = get_operation_ast(document, operation_name)
        if operation is None or operation.operation is OperationType.SUBSCRIPTION:
            return None
        fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
        return Prepared(operation, fragments, "liveCursor" in query)

    def _values(self, prepared: Prepared, given: dict[str, Any]) -> VariableValues | list[GraphQLError]:
        """The variables as resolvers take them; what is wrong with them."""
        try:
            text = orjson.dumps(given)
        except TypeError:  # nested deeper than it writes
            return self._coerce(prepared, given)
        if len(text) <= _LONGEST_VARIABLES:
            return self._coerced(prepared, text)
        return self._coerce(prepared, given)

    def _coerce(self, prepared: Prepared, given: dict[str, Any]) -> VariableValues | list[GraphQLError]:
        # One error says enough: the executor that takes over finds the others, up to its own bound.
        return get_variable_values(self._schema, prepared.operation.variable_definitions or (), given, max_errors=1)

    def _coerce_text(self, prepared: Prepared, text: bytes) -> VariableValues | list[GraphQLError]:
        return self._coerce(prepared, orjson.loads(text))

    async def answer(self, prepared: Prepared, given: dict[str, Any] | None, context: Context) -> bytes | None:
        """The answer as JSON; None where another executor has to take over, in the same context."""
        variables = self._values(prepared, given or {})
        if not isinstance(variables, VariableValues):
            return None
        plan = plans_of(self._strawberry, prepared.operation, prepared.fragments).of(self._strawberry, variables)
        if plan is None:
            return None
        if prepared.asks_live_cursor:  # before anything else is read
            context.live_cursor = await context.services.hub.cursor()
        context.mutation = MutationContext()
        is_query = prepared.operation.operation is OperationType.QUERY
        try:
            async with self._turns if is_query else nullcontext():
                data = await Executor(context, variables, for_bytes=True).root(plan)
            return orjson.dumps({"data": data}, option=orjson.OPT_UTC_Z)
        except Exception as error:  # a refusal, most of the time: graphql-core says which
            log.debug("given back to graphql-core", reason=repr(error))
            context.mutation.goes_on = True
            context.forget()
            return None
