"""Walking through the selections of an operation: the fields, wherever fragments have them, and the variables."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    Node,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_interface_type,
    is_object_type,
)
from graphql.execution.values import VariableValues, get_directive_values
from graphql.type import GraphQLIncludeDirective, GraphQLSkipDirective

from schema.strawberry_internals import definition_of

Fragments = Mapping[str, FragmentDefinitionNode]
Selected = tuple[GraphQLNamedType | None, SelectionSetNode]


def fields_of(schema: GraphQLSchema, selected: Selected, fragments: Fragments) -> Iterator[tuple[Any, FieldNode]]:
    """The fields of a selection, with the type that each is selected on: each selection once for a type, however often
    fragments are spread, and in whatever circle.
    """
    seen: set[tuple[Any, int]] = set()
    yield from _fields(schema, selected, fragments, seen)


def fields_beneath(
    schema: GraphQLSchema, selected: Selected, fragments: Fragments
) -> Iterator[tuple[FieldNode, list[GraphQLField]]]:
    """All fields that are selected, at any depth, each with its declarations on whatever type it may turn out to be."""
    seen: set[tuple[Any, int]] = set()
    todo = [selected]
    while todo:
        for type_, node in _fields(schema, todo.pop(), fragments, seen):
            declared = list(definitions(schema, type_, node.name.value))
            yield node, declared
            if node.selection_set is not None:
                todo.extend((get_named_type(one.type), node.selection_set) for one in declared)


def _fields(
    schema: GraphQLSchema, selected: Selected, fragments: Fragments, seen: set[tuple[Any, int]]
) -> Iterator[tuple[Any, FieldNode]]:
    todo = [selected]
    while todo:
        type_, selections = todo.pop()
        if (type_, id(selections)) in seen:
            continue
        seen.add((type_, id(selections)))
        for node in selections.selections:
            if isinstance(node, FieldNode):
                yield type_, node
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                todo.append((schema.get_type(condition.name.value) if condition else type_, node.selection_set))
            elif isinstance(node, FragmentSpreadNode):
                fragment = fragments[node.name.value]
                todo.append((schema.get_type(fragment.type_condition.name.value), fragment.selection_set))


def collected(
    schema: GraphQLSchema,
    fragments: Fragments,
    type_: GraphQLObjectType,
    selections: Iterable[SelectionSetNode],
    included: Callable[[Any], bool],
) -> dict[str, list[FieldNode]]:
    """The fields that are selected of an object of this type, by their key in the answer, in the order of the document.

    The specification's CollectFields (6.3.2); `included` says what a node's directives do.
    """
    found: dict[str, list[FieldNode]] = {}
    visited: set[str] = set()
    # Those to be looked at, the next one last: a function that calls itself would be a circle each time.
    todo = [node for one in selections for node in one.selections][::-1]
    while todo:
        node = todo.pop()
        if not included(node):
            continue
        if isinstance(node, FieldNode):
            found.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
        elif isinstance(node, InlineFragmentNode):
            if node.type_condition is None or _applies(schema, node.type_condition.name.value, type_):
                todo += node.selection_set.selections[::-1]
        elif isinstance(node, FragmentSpreadNode) and node.name.value not in visited:
            fragment = fragments[node.name.value]
            if _applies(schema, fragment.type_condition.name.value, type_):
                visited.add(node.name.value)
                todo += fragment.selection_set.selections[::-1]
    return found


def _applies(schema: GraphQLSchema, condition: str, type_: GraphQLObjectType) -> bool:
    found = schema.get_type(condition)
    if isinstance(found, (GraphQLInterfaceType, GraphQLUnionType)):
        return schema.is_sub_type(found, type_)
    return found is type_


def included(node: Any, variables: VariableValues) -> bool:
    """Whether `@skip` and `@include` leave a node in."""
    if not node.directives:
        return True
    skip = get_directive_values(GraphQLSkipDirective, node, variables)
    include = get_directive_values(GraphQLIncludeDirective, node, variables)
    return not (skip and skip["if"]) and (include is None or bool(include["if"]))


def is_list(type_: Any) -> bool:
    """Whether a field of this type is a list."""
    return isinstance(type_.of_type if isinstance(type_, GraphQLNonNull) else type_, GraphQLList)


def definitions(schema: GraphQLSchema, type_: GraphQLNamedType | None, name: str) -> Iterator[GraphQLField]:
    """The field as a type declares it; of an abstract one, as all do that may stand there."""
    types: list[Any] = [type_]
    if is_abstract_type(type_):
        abstract: GraphQLAbstractType = type_
        types = [*([type_] if is_interface_type(type_) else []), *schema.get_possible_types(abstract)]
    for one in types:
        if (is_object_type(one) or is_interface_type(one)) and name in one.fields:
            yield one.fields[name]


def metadata_of(field: GraphQLField | GraphQLInputField) -> Mapping[str, Any]:
    """What is said where a field is declared, of a type or of an input: see `schema.declare`."""
    metadata: Mapping[str, Any] = getattr(definition_of(field), "metadata", {})
    return metadata


def nodes_of(node: Node) -> Iterator[Node]:
    """A node and all beneath it, in the order of the document; what fragments hold isn't beneath their spreads."""
    todo = [node]
    while todo:
        one = todo.pop()
        yield one
        beneath: list[Node] = []
        kind: Any = type(one)
        for key in _keys_of(kind):
            value = getattr(one, key, None)
            beneath += [inner for inner in (value if isinstance(value, (list, tuple)) else (value,)) if _is_node(inner)]
        todo += reversed(beneath)


@cache
def _keys_of(kind: Any) -> tuple[str, ...]:
    return tuple(key for key in kind.keys if key != "loc")  # they are looked for each time anew


def _is_node(value: Any) -> bool:
    return isinstance(value, Node)


def variables_of(node: Node) -> Iterator[str]:
    """The variables that are read beneath a node, as often as they are."""
    return (one.name.value for one in nodes_of(node) if isinstance(one, VariableNode))


def fragments_used(node: Node, fragments: Fragments) -> list[FragmentDefinitionNode]:
    """The fragments that are spread beneath a node, or in one another, by name."""
    found: set[str] = set()
    todo: list[Node] = [node]
    while todo:
        for one in nodes_of(todo.pop()):
            if isinstance(one, FragmentSpreadNode) and one.name.value not in found:
                found.add(one.name.value)
                todo.append(fragments[one.name.value])
    return [fragments[name] for name in sorted(found)]


def conditions_of(node: Node, fragments: Fragments) -> list[str]:
    """The variables that `@skip` and `@include` read, beneath a node or in a fragment that it uses, by name."""
    parts = [node, *fragments_used(node, fragments)]
    found = {
        name
        for part in parts
        for one in nodes_of(part)
        for directive in getattr(one, "directives", None) or ()
        for name in variables_of(directive)
    }
    return sorted(found)
