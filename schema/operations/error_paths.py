"""Where a value stands that doesn't fit: `extensions.path` of the error, spelled as the path of a user error.

graphql-core says it in the message alone, as prose. A value in the variables is named by the variable and what leads to
it from there, a literal in the document by the argument: `["input", "startsAt"]` both times, where the variable of an
argument has its name.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    ListValueNode,
    Node,
    ObjectFieldNode,
    ObjectValueNode,
    ValueNode,
    VariableDefinitionNode,
    type_from_ast,
    validate_input_value,
    visit,
)
from graphql.language import Visitor

from schema.strawberry_internals import ExecutionContextClass

# A part of a path that a client made up is no longer than this.
_LONGEST_PART = 100
# What the message of an object says whose own fields are wrong: its path is the object's.
_FIELD = re.compile(
    r"Expected value of type '[^']+' (?:to include required|not to include unknown) field '(.*?)'(?:, found: |\.)",
    re.DOTALL,
)


class Located(ExecutionContextClass):
    """Executes as Strawberry does, and locates what is wrong with the variables of an operation before it begins."""

    @classmethod
    def build(cls, schema: GraphQLSchema, document: DocumentNode, *more: Any, **options: Any) -> Any:
        """The executor, or the errors that forbid one."""
        built: Any = super().build(schema, document, *more, **options)
        if isinstance(built, list):
            locate_in_variables(schema, built, raw_variables(more, options) or {})
        return built


def raw_variables(more: Sequence[Any], options: Mapping[str, Any]) -> dict[str, Any] | None:
    """The variables among the arguments of `build`, behind schema and document, as they were sent."""
    found: dict[str, Any] | None = options.get("raw_variable_values") or next(iter(more[2:3]), None)
    return found


def locate_in_variables(schema: GraphQLSchema, errors: Iterable[GraphQLError], given: dict[str, Any]) -> None:
    """Give each error about a value of a variable the path to it."""
    wrong: dict[str, tuple[VariableDefinitionNode, list[GraphQLError]]] = {}
    for error in errors:
        node = error.nodes[0] if error.nodes else None
        if isinstance(node, VariableDefinitionNode) and error.original_error is not None:
            wrong.setdefault(node.variable.name.value, (node, []))[1].append(error)
    for definition, some in wrong.values():
        name = definition.variable.name.value
        for error, path in zip(some, _paths(schema, definition, given.get(name), len(some)), strict=False):
            error.extensions = {"path": _spelled([name, *path])}


class _EnoughError(Exception):
    """As many were found as were looked for."""


def _paths(schema: GraphQLSchema, definition: VariableDefinitionNode, value: Any, count: int) -> list[list[Any]]:
    """The paths, from the variable on, of what graphql-core finds wrong with its value, in the order of its errors."""
    found: list[list[Any]] = []

    def keep(error: GraphQLError, path: list[str | int]) -> None:
        found.append([*path, *_field_of(error)])
        if len(found) == count:
            raise _EnoughError

    kind: Any = type_from_ast(schema, definition.type)
    with suppress(_EnoughError):
        validate_input_value(value, kind, keep)
    return found


def locate_in_document(document: DocumentNode, errors: Sequence[GraphQLError]) -> None:
    """Give each error about a literal the path to it, from the argument on."""
    if not any(isinstance(node, (ValueNode, ObjectFieldNode)) for error in errors for node in (error.nodes or ())[:1]):
        return
    places = _Places()
    visit(document, places)
    for error in errors:
        path = places.paths.get(id(error.nodes[0])) if error.nodes else None
        if path is not None:
            error.extensions = {"path": _spelled([*path, *_field_of(error)])}


class _Places(Visitor):
    """The paths of all values in the arguments of a document, by the identity of their nodes."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: dict[int, tuple[Any, ...]] = {}

    def enter_argument(self, node: ArgumentNode, *_where: Any) -> None:
        """Follow the value of an argument, nested ones without recursion."""
        todo: list[tuple[Node, tuple[Any, ...]]] = [(node.value, (node.name.value,))]
        while todo:
            value, path = todo.pop()
            self.paths[id(value)] = path
            if isinstance(value, ListValueNode):
                todo += [(one, (*path, place)) for place, one in enumerate(value.values)]
            elif isinstance(value, ObjectValueNode):
                todo += [(one.value, (*path, one.name.value)) for one in value.fields]
                # A field that there isn't: the message names it, as one that is missing.
                self.paths.update((id(one), path) for one in value.fields)


def _field_of(error: GraphQLError) -> list[str]:
    match = _FIELD.match(error.message)
    return [match[1]] if match else []


def _spelled(path: Sequence[Any]) -> list[str]:
    return [str(part)[:_LONGEST_PART] for part in path]
