"""What Strawberry doesn't promise to keep: its private names that this project needs, all of them here.

Each is looked for when this module is imported. An upgrade that moved one ends the start, with a sentence that says
what to look for.
"""

from collections.abc import Callable
from typing import Any

import strawberry
from graphql import (
    ASTValidationRule,
    GraphQLField,
    GraphQLInputField,
    GraphQLResolveInfo,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    is_input_object_type,
    specified_rules,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.types import Info
from strawberry.types.execution import ExecutionContext
from strawberry.types.field import StrawberryField
from strawberry.types.graphql import OperationType

try:
    from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext as ExecutionContextClass
except ImportError as error:
    raise ImportError(
        "Strawberry executed operations in strawberry.schema.schema.StrawberryGraphQLCoreExecutionContext: look for "
        "the class that Schema.__init__ takes where it is given no `execution_context_class`."
    ) from error

__all__ = [
    "ExecutionContextClass",
    "definition_of",
    "given_operation_name",
    "graphql_info",
    "graphql_schema",
    "mend_introspection",
    "strawberry_schema",
    "validation_rules",
]

_DEFINITION = "strawberry-definition"


def graphql_schema(schema: strawberry.Schema) -> GraphQLSchema:
    """The schema as graphql-core has it."""
    return schema._schema


def strawberry_schema(schema: GraphQLSchema) -> Any:
    """The schema of Strawberry that graphql-core's was made of."""
    return schema._strawberry_schema  # type: ignore[attr-defined]


def definition_of(field: GraphQLField | GraphQLInputField) -> StrawberryField | None:
    """The field of Strawberry that graphql-core's was made of; None where it is graphql-core's own."""
    definition: StrawberryField | None = field.extensions.get(_DEFINITION)
    return definition


def validation_rules(*, introspection: bool = True) -> tuple[type[ASTValidationRule], ...]:
    """The rules of the specification, and Strawberry's own; without `introspection` one that refuses that, too."""
    rules = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)
    return rules if introspection else (*rules, NoSchemaIntrospectionCustomRule)


def mend_introspection(schema: GraphQLSchema) -> None:
    """Have `__Type.isOneOf` answered for all types: Strawberry's fails for those that hold others, and for enums."""
    fields: Any = schema.type_map["__Type"].fields  # type: ignore[attr-defined]
    fields["isOneOf"].resolve = lambda type_, _info: type_.is_one_of if is_input_object_type(type_) else None


def given_operation_name(context: ExecutionContext) -> str | None:
    """The operation name that a request gave; `ExecutionContext.operation_name` is that of the document's first."""
    return context._provided_operation_name


def graphql_info(info: Info[Any, Any]) -> GraphQLResolveInfo[Any]:
    """What graphql-core tells a resolver, of which Strawberry passes on a part."""
    return info._raw_info


@strawberry.type
class _Query:
    field: int = 1


def _must(holds: Callable[[], bool], sentence: str) -> None:
    try:
        if holds():
            return
    except (AttributeError, TypeError):
        pass
    raise ImportError(sentence)


def _check() -> None:
    made = strawberry.Schema(_Query)
    _must(
        lambda: isinstance(graphql_schema(made), GraphQLSchema),
        "Strawberry kept the schema of graphql-core in Schema._schema: look for what Schema.__init__ makes of it.",
    )
    inner = graphql_schema(made)
    _must(
        lambda: strawberry_schema(inner) is made,
        "Strawberry set GraphQLSchema._strawberry_schema: look for how Schema.__init__ leads back from graphql-core's.",
    )
    assert inner.query_type is not None
    field = inner.query_type.fields["field"]
    _must(
        lambda: isinstance(definition_of(field), StrawberryField),
        f"Strawberry kept a field's definition in GraphQLField.extensions[{_DEFINITION!r}]: look for what "
        "GraphQLCoreConverter.from_field puts there.",
    )
    context = ExecutionContext("{ field }", made, OperationType, provided_operation_name="given")
    _must(
        lambda: given_operation_name(context) == "given",
        "Strawberry kept the request's operation name in ExecutionContext._provided_operation_name: look for what "
        "ExecutionContext.__post_init__ does with `provided_operation_name`.",
    )
    raw: Any = object()
    _must(
        lambda: graphql_info(Info(raw, raw)) is raw,
        "Strawberry kept graphql-core's info in Info._raw_info: look for what Info is made of for a resolver.",
    )


_check()
