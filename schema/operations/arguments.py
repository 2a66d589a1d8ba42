"""The arguments of a field as its resolver takes them, found once for each set of values."""

from functools import cached_property
from typing import Any, ClassVar

from graphql import FieldNode, GraphQLField
from graphql.execution.values import VariableValues, get_argument_values

from schema.declare.fields import given_values
from schema.operations.input_converters import Convert, converters
from schema.operations.plan_cache import PlannedSchema
from schema.operations.sharing import variables_of

# How long a variable may be for values to be kept.
_LONGEST = 200
_ABSENT = object()


class Arguments:
    """The arguments of one field of a document."""

    NONE: ClassVar["Arguments"]

    def __init__(self, schema: PlannedSchema, declared: GraphQLField, definition: Any, node: FieldNode) -> None:
        self._schema = schema
        self._declared = declared
        self._definition = definition
        self._node = node
        self._names = sorted({name for argument in node.arguments or () for name in variables_of(argument)})

    def values(self, variables: VariableValues) -> dict[str, Any]:
        """As the resolver takes them. Raises what the inputs raise that they are made of."""
        key = self, *[_key(variables.coerced.get(name, _ABSENT)) for name in self._names]
        found = self._schema.values.get(key)
        if found is None:
            known = self._definition.metadata
            found = given_values(self.converted(variables), paged=bool(known.get("paged")), ids=known.get("ids"))
            if None not in key:
                self._schema.values.keep(key, found)
        return found

    def converted(self, variables: VariableValues) -> dict[str, Any]:
        """As Strawberry hands them to a method."""
        given = get_argument_values(self._declared, self._node, variables)
        return {python_name: convert(given[name]) for name, python_name, convert in self._converters if name in given}

    @cached_property
    def _converters(self) -> list[tuple[str, str, Convert]]:
        return converters(self._schema, self._definition.arguments)


class _NoArguments(Arguments):
    def __init__(self) -> None:
        pass

    def values(self, variables: VariableValues) -> dict[str, Any]:
        return {}


Arguments.NONE = _NoArguments()


def _key(value: Any) -> Any:
    """What tells values apart: 1 isn't true, and objects are what they show. None for what is too long to be kept."""
    if value is _ABSENT or value is None:
        return (value,)
    if isinstance(value, (int, float)):
        return type(value), value
    text = value if isinstance(value, str) else repr(value)
    return (type(value), text) if len(text) <= _LONGEST else None
