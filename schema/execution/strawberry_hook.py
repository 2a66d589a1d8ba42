"""The executor's place in Strawberry: the class that executes every operation, and every update of a subscription."""

from typing import Any

from graphql import DocumentNode, GraphQLSchema, OperationType

from resolvers.context import Context, MutationContext
from schema.execution.executor import Executor
from schema.execution.planned_schema import PlannedSchema
from schema.operations.admission import Admitted
from schema.operations.operation import Operation
from schema.strawberry_internals import strawberry_schema


class BreadthFirst(Admitted):
    """Executes by plan. What can't be planned at all is executed by graphql-core."""

    compiled: Operation
    _planned: PlannedSchema

    @classmethod
    def build(cls, schema: GraphQLSchema, document: DocumentNode, *more: Any, **options: Any) -> Any:
        """The executor, or the errors that forbid one."""
        built: Any = super().build(schema, document, *more, **options)
        if not isinstance(built, list):
            built._planned = strawberry_schema(schema)
            # Held for as long as a subscription goes on.
            built.compiled = built._planned.operations.of_document(document, built.operation)
        return built

    def execute_operation(self, serially: bool | None = None) -> Any:
        """The result of the operation, to be awaited."""
        context = self.context_value
        if not isinstance(context, Context):
            return super().execute_operation(serially)
        context.mutation = MutationContext()
        plan = self.compiled.plan(self.variable_values)
        if plan is None:
            self._planned.fallbacks.notice(self.compiled, None, "no plan")
            return super().execute_operation(serially)
        executor = Executor(
            self._planned,
            self.compiled,
            context,
            self.variable_values,
            points=self.points,
            for_bytes=False,
            event=self.root_value,
        )
        if self.compiled.kind is OperationType.QUERY:
            return self._planned.turns.query(context, self.points, lambda: executor.execute(plan))
        return executor.execute(plan)
