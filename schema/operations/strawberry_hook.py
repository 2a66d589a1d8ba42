"""The executor's place in Strawberry: the class that executes every operation, and every update of a subscription."""

from collections.abc import Mapping
from typing import Any

import structlog
from graphql import ExecutionResult, FragmentDefinitionNode, OperationDefinitionNode
from graphql.execution.values import VariableValues

from resolvers.context import Context, MutationContext
from schema.operations.error_paths import Located
from schema.operations.executor import Executor
from schema.operations.plan import ObjectPlan, Planner, UnplannedError
from schema.operations.plan_cache import PlannedSchema
from schema.operations.projections import tell
from schema.strawberry_internals import strawberry_schema

log = structlog.get_logger()

# In how many variants of what `@skip` and `@include` read an operation is kept planned.
_VARIANTS = 20


class OperationPlans:
    """The plans of an operation: one for each set of values that its `@skip` and `@include` read."""

    def __init__(self, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self.operation = operation
        self._fragments = fragments
        self._conditions = sorted(_conditions(operation, fragments))
        self._plans: dict[tuple[Any, ...], ObjectPlan | None] = {}

    def of(self, schema: PlannedSchema, variables: VariableValues) -> ObjectPlan | None:
        """The plan for these variables; None where graphql-core has to execute it."""
        key = tuple([variables.coerced.get(name) for name in self._conditions])
        if key not in self._plans:
            if len(self._plans) >= _VARIANTS:
                return None
            self._plans[key] = self._make(schema, variables)
        return self._plans[key]

    def _make(self, schema: PlannedSchema, variables: VariableValues) -> ObjectPlan | None:
        try:
            plan = Planner(schema, self._fragments, variables).plan(self.operation)
        except UnplannedError:
            return None
        tell(plan)
        return plan


def plans_of(
    schema: PlannedSchema, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> OperationPlans:
    """The plans of an operation."""
    known: OperationPlans | None = schema.plans.get(id(operation))
    return known or schema.plans.keep(id(operation), OperationPlans(operation, fragments))


def _conditions(operation: OperationDefinitionNode, fragments: Any) -> set[str]:
    """The variables that `@skip` and `@include` read, anywhere in the operation or a fragment of the document."""
    found: set[str] = set()
    todo: list[Any] = [operation.selection_set, *(fragment.selection_set for fragment in fragments.values())]
    while todo:
        for node in todo.pop().selections:
            for directive in node.directives or ():
                for argument in directive.arguments or ():
                    if argument.value.kind == "variable":
                        found.add(argument.value.name.value)
            if getattr(node, "selection_set", None) is not None:
                todo.append(node.selection_set)
    return found


class BreadthFirst(Located):
    """Executes by plan. What goes wrong, or can't be planned, is executed by graphql-core from the beginning.

    Mutations are not done again then: `Context.mutation` has what they did.
    """

    def execute_operation(self, serially: bool | None = None) -> Any:
        """The result of the operation, to be awaited."""
        context = self.context_value
        if not isinstance(context, Context) or context.mutation.goes_on:
            return super().execute_operation(serially)
        context.mutation = MutationContext()
        schema: PlannedSchema = strawberry_schema(self.schema)
        plan = plans_of(schema, self.operation, self.fragment_definitions).of(schema, self.variable_values)
        return super().execute_operation(serially) if plan is None else self._by_plan(plan, serially)

    async def _by_plan(self, plan: ObjectPlan, serially: bool | None) -> Any:
        executor = Executor(self.context_value, self.variable_values, for_bytes=False)
        try:
            return ExecutionResult(await executor.root(plan, self.root_value), None)
        except Exception as error:  # a refusal, most of the time; what it is, graphql-core says
            log.debug("given back to graphql-core", reason=repr(error))
        result = super().execute_operation(serially)
        return await result if self.is_awaitable(result) else result
