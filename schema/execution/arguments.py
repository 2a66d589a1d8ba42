"""The arguments of a field as its resolver takes them, found once for each set of values."""

from typing import Any, ClassVar

import strawberry
from graphql import FieldNode, GraphQLField, Node, VariableNode
from graphql.execution.values import VariableValues, get_argument_values
from strawberry.types.arguments import convert_arguments

from schema.fields import given_values

# How many sets of values are kept for a field.
_KEPT = 200
_ABSENT = object()


class Arguments:
    """The arguments of one field of a document."""

    NONE: ClassVar["Arguments"]

    def __init__(self, schema: strawberry.Schema, declared: GraphQLField, definition: Any, node: FieldNode) -> None:
        self._schema = schema
        self._declared = declared
        self._definition = definition
        self._node = node
        self._names = sorted(set(_variables(node)))
        self._known: dict[Any, dict[str, Any]] = {}

    def values(self, variables: VariableValues) -> dict[str, Any]:
        """As the resolver takes them. Raises what the inputs raise that they are made of."""
        key = tuple([_key(variables.coerced.get(name, _ABSENT)) for name in self._names])
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _KEPT:
                self._known.clear()
            found = self._known[key] = given_values(
                self.converted(variables), paged=bool(self._definition.metadata.get("paged"))
            )
        return found

    def converted(self, variables: VariableValues) -> dict[str, Any]:
        """As Strawberry hands them to a method."""
        given = get_argument_values(self._declared, self._node, variables)
        definition = self._definition
        return convert_arguments(
            given, definition.arguments, self._schema.schema_converter.scalar_registry, self._schema.config
        )


class _NoArguments(Arguments):
    def __init__(self) -> None:
        pass

    def values(self, variables: VariableValues) -> dict[str, Any]:
        return {}


Arguments.NONE = _NoArguments()


def _variables(node: Any) -> list[str]:
    found: list[str] = []
    for argument in node.arguments or ():
        found += _within(argument.value)
    return found


def _within(node: Any) -> list[str]:
    if isinstance(node, VariableNode):
        return [node.name.value]
    found: list[str] = []
    for key in node.keys:
        value = getattr(node, key, None)
        for one in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(one, Node):
                found += _within(one)
    return found


def _key(value: Any) -> Any:
    """What tells values apart: 1 isn't true, and objects are what they show."""
    if isinstance(value, (str, int, float, type(None))):
        return type(value), value
    return value if value is _ABSENT else repr(value)
