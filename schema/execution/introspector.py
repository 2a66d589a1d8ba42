"""Answers what is asked of the schema itself, by the functions that graphql-core declares for that, and from memory.

graphql-core walks through every field of every type for as often as it is referred to: to tell all that tools ask for
takes a tenth of a second. Here each type is told once for each selection.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLType,
    default_field_resolver,
    get_named_type,
)
from graphql.execution.values import VariableValues, get_argument_values

from schema.documents.selections import Fragments, collected, included, is_list


@dataclass(slots=True)
class _Asked:
    """A field that is asked of an object, and what is asked of the objects that it leads to."""

    key: str
    resolve: Any
    arguments: Mapping[str, Any]
    is_list: bool
    inner: "list[_Asked] | None" = None
    # What was told already of types.
    told: dict[GraphQLType, Any] = field(default_factory=dict)


class Introspector:
    """Of one operation, with these variables."""

    def __init__(self, schema: GraphQLSchema, fragments: Fragments, variables: VariableValues) -> None:
        self.schema = schema  # what graphql-core's functions know of the operation
        self._fragments = fragments
        self._variables = variables

    def answer(self, key: str, nodes: Sequence[FieldNode]) -> Any:
        """The value of a root field that asks for the schema. Raises `GraphQLError` where an argument is wrong."""
        root = self.schema.query_type
        assert root is not None
        return self._value(self._asked(root, key, nodes), None)

    def _asked(self, parent: GraphQLNamedType, key: str, nodes: Sequence[FieldNode]) -> _Asked:
        name = nodes[0].name.value
        if name == "__typename":
            return _Asked(key, lambda _one, _info: parent.name, {}, False)
        declared = self.schema.get_field(parent, name)  # type: ignore[arg-type]
        assert isinstance(declared, GraphQLField)
        asked = _Asked(
            key,
            declared.resolve or default_field_resolver,
            get_argument_values(declared, nodes[0], self._variables),
            is_list(declared.type),
        )
        type_ = get_named_type(declared.type)
        if isinstance(type_, GraphQLObjectType):
            selections = [node.selection_set for node in nodes if node.selection_set is not None]
            fields = collected(self.schema, self._fragments, type_, selections, self._included)
            asked.inner = [self._asked(type_, inner, some) for inner, some in fields.items()]
        return asked

    def _included(self, node: Any) -> bool:
        return included(node, self._variables)

    def _value(self, asked: _Asked, one: Any) -> Any:
        value = asked.resolve(one, self, **asked.arguments)
        if value is None:
            return None
        if asked.is_list:
            return [self._told(asked, item) for item in value]
        return self._told(asked, value)

    def _told(self, asked: _Asked, one: Any) -> Any:
        if asked.inner is None:
            return one.name if isinstance(one, Enum) else one
        if isinstance(one, GraphQLType) and one in asked.told:
            return asked.told[one]
        made = {inner.key: self._value(inner, one) for inner in asked.inner}
        if isinstance(one, GraphQLType):
            asked.told[one] = made
        return made
