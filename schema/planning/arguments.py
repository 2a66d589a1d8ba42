"""The arguments of a field as its resolver takes them, found once for each set of values."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar

import strawberry
from graphql import FieldNode, GraphQLField
from graphql.execution.values import VariableValues, get_argument_values

from schema.declare.inputs import given_values
from schema.documents.lru_cache import BytesCache
from schema.documents.selections import nodes_of, variables_of
from schema.planning.input_converters import Convert, converters

# How long a variable may be for values to be kept.
_LONGEST = 200
# What the values take in memory at most: besides, for a character of a variable, for a node of a literal. In bytes.
_BESIDES, _CHARACTER, _NODE = 1500, 20, 300
_ABSENT = object()


class Arguments:
    """The arguments of one field of a document."""

    NONE: ClassVar["Arguments"]

    def __init__(
        self,
        schema: strawberry.Schema,
        declared: GraphQLField,
        definition: Any,
        node: FieldNode,
        kept: BytesCache[Any],
    ) -> None:
        self._schema = schema
        self._kept = kept
        # What its values are kept by: itself, which holds those that are kept, would be a circle.
        self._place = object()
        self._declared = declared
        self._definition = definition
        self._node = node
        self._names = sorted({name for argument in node.arguments or () for name in variables_of(argument)})

    def values(self, variables: VariableValues) -> dict[str, Any]:
        """As the resolver takes them. Raises what the inputs raise that they are made of."""
        key = self._place, *[_key(variables.coerced.get(name, _ABSENT)) for name in self._names]
        found: dict[str, Any] | None = self._kept.get(key)
        if found is None:
            known = self._definition.metadata
            found = given_values(self.converted(variables), paged=bool(known.get("paged")), ids=known.get("ids"))
            if None not in key:
                self._kept.keep(key, found, self._size(key[1:]))
        return found

    def _size(self, values: Iterable[Any]) -> int:
        return _BESIDES + _NODE * self._literals + sum(_CHARACTER * len(str(value)) for value in values)

    @cached_property
    def _literals(self) -> int:
        return sum(1 for argument in self._node.arguments or () for _node in nodes_of(argument))

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
