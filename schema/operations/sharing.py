"""Which subscriptions ask the same, and so may be served together. Private by default.

A subscription that is declared `for_everyone` is the same for everybody, as long as all that is selected is read from
the rows of its updates alone; all else is shared among guests, who are all the same viewer, and within one session.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson
import strawberry
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLAbstractType,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_operation_ast,
    is_abstract_type,
    is_interface_type,
    is_object_type,
    print_ast,
    validate,
)

from auth.viewer import GUEST, Viewer
from schema.operations.extensions import DOCUMENTS, is_kept, parsed

# Logs, and a state of which the latest is enough. Of `liveOffers` each has its own list, and the steps from it.
_LOGS = frozenset(("offerPublished", "offerChanged", "groupUpdated", "eventChanged"))
_STATES = frozenset(("networkStatistics",))


@dataclass(frozen=True)
class Sharing:
    """What is known of a subscription that can be served together with others."""

    # The operation and its fragments, printed: spelled one way, without comments.
    document: str
    operation_name: str | None
    # What counts of the variables: those that the operation declares, but for the one that says where to begin.
    variables: frozenset[str]
    # Those that say where to begin, and nothing else.
    places: frozenset[str]
    # Whether it tells everybody the same.
    is_for_everyone: bool
    is_state: bool
    # The variable that says where to begin; None where the document says it itself, or nothing.
    place: str | None = None
    # Whether where to begin can be told from the variables alone.
    begins_plainly: bool = False

    def after(self, variables: Mapping[str, Any] | None) -> str | None:
        """The cursor to begin behind; None: from now on. Raises `LookupError` where only an execution can tell."""
        after = (variables or {}).get(self.place) if self.place is not None else None
        if not self.begins_plainly or not isinstance(after, (str, type(None))):
            raise LookupError
        return after

    def given(self, variables: Mapping[str, Any] | None) -> dict[str, Any]:
        """Of the variables those that count."""
        return {name: value for name, value in (variables or {}).items() if name in self.variables}

    def viewer(self, viewer: Viewer) -> Viewer:
        """As whom to execute it for all of this viewer's class."""
        return GUEST if self.is_for_everyone else viewer

    def key(self, variables: Mapping[str, Any] | None, viewer: Viewer, language: str) -> tuple[object, ...] | None:
        """What subscriptions have in common that are served together; None where this one can't be shared."""
        of = self.viewer(viewer)
        if of.session_id is None and not of.is_guest:
            return None
        try:
            given = orjson.dumps(self.given(variables), option=orjson.OPT_SORT_KEYS)
        except TypeError:
            return None
        return self.document, self.operation_name, given, of.session_id, language


class Sharings:
    """Finds out once for each document how it can be shared."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._schema: GraphQLSchema = schema._schema
        self._known: Any = lru_cache(maxsize=DOCUMENTS)(self._examine)

    def of(self, query: str, operation_name: str | None) -> Sharing | None:
        """How the operation can be shared; None where it can't, or isn't valid."""
        if not is_kept(query, operation_name):
            return None
        found: Sharing | None = self._known(query, operation_name)
        return found

    def _examine(self, query: str, operation_name: str | None) -> Sharing | None:
        try:
            document = parsed(query)
            operation = get_operation_ast(document, operation_name)
            if operation is None or operation.operation is not OperationType.SUBSCRIPTION:
                return None
            if validate(self._schema, document):
                return None
        except Exception:  # such as nesting too deep: the executor says what is wrong
            return None
        fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
        fields = [
            node for _type, node in _fields(operation.selection_set, self._schema.subscription_type, fragments, self)
        ]
        names = {node.name.value for node in fields}
        if len(names) != 1 or not names <= _LOGS | _STATES or any(node.directives for node in fields):
            return None
        needed = _needed(operation, fragments)
        declared = {one.variable.name.value for one in operation.variable_definitions or ()}
        used = [*variables_of(operation.selection_set), *(name for one in needed for name in variables_of(one))]
        positions = {name for node in fields for name in _after(node)}
        unneeded = {name for name in positions if used.count(name) == len(fields)}
        place, plainly = _place(operation, fields)
        return Sharing(
            document="\n".join(print_ast(one) for one in (operation, *needed)),
            operation_name=operation.name.value if operation.name else None,
            variables=frozenset(declared - unneeded),
            places=frozenset(unneeded),
            is_for_everyone=self._is_for_everyone(operation, fragments),
            is_state=names <= _STATES,
            place=place,
            begins_plainly=plainly,
        )

    def _is_for_everyone(
        self, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
    ) -> bool:
        """Whether all that is selected is the same whoever asks, on whatever type it may turn out to be."""
        todo: list[tuple[GraphQLNamedType | None, SelectionSetNode]] = [
            (self._schema.subscription_type, operation.selection_set)
        ]
        while todo:
            parent, selections = todo.pop()
            for type_, node in _fields(selections, parent, fragments, self):
                if node.name.value == "__typename":
                    continue
                declared = list(definitions(self._schema, type_, node.name.value))
                if not declared or not all(map(is_same_for_all, declared)):
                    return False
                if node.selection_set is not None:
                    todo.extend((get_named_type(one.type), node.selection_set) for one in declared)
        return True

    def type(self, name: str) -> GraphQLNamedType | None:
        """A type of the schema."""
        return self._schema.get_type(name)


def definitions(schema: GraphQLSchema, type_: GraphQLNamedType | None, name: str) -> Iterator[GraphQLField]:
    """The field as a type declares it; of an abstract one, as all do that may stand there."""
    types: list[Any] = [type_]
    if is_abstract_type(type_):
        abstract: GraphQLAbstractType = type_
        types = [*([type_] if is_interface_type(type_) else []), *schema.get_possible_types(abstract)]
    for one in types:
        if (is_object_type(one) or is_interface_type(one)) and name in one.fields:
            yield one.fields[name]


def is_same_for_all(field: GraphQLField) -> bool:
    """Whether a field's value is the same whoever asks: it is read from its row alone, or declared `for_everyone`."""
    metadata = getattr(field.extensions.get("strawberry-definition"), "metadata", {})
    if metadata.get("for_everyone"):
        return True
    return "made_of" in metadata and metadata.keys().isdisjoint(("relation", "root", "live_cursor"))


def _fields(
    selections: SelectionSetNode,
    parent: GraphQLNamedType | None,
    fragments: Mapping[str, FragmentDefinitionNode],
    schema: Sharings,
) -> Iterator[tuple[GraphQLNamedType | None, FieldNode]]:
    """The fields of a selection with the type each is selected on, those of fragments included."""
    for node in selections.selections:
        if isinstance(node, FieldNode):
            yield parent, node
        elif isinstance(node, InlineFragmentNode):
            type_ = schema.type(node.type_condition.name.value) if node.type_condition else parent
            yield from _fields(node.selection_set, type_, fragments, schema)
        elif isinstance(node, FragmentSpreadNode):
            fragment = fragments[node.name.value]
            type_ = schema.type(fragment.type_condition.name.value)
            yield from _fields(fragment.selection_set, type_, fragments, schema)


def _needed(
    operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]
) -> list[FragmentDefinitionNode]:
    """The fragments that the operation uses, by name."""
    found: set[str] = set()
    todo: list[Node] = [operation]
    while todo:
        for node in _nodes(todo.pop()):
            if isinstance(node, FragmentSpreadNode) and node.name.value not in found:
                found.add(node.name.value)
                todo.append(fragments[node.name.value])
    return [fragments[name] for name in sorted(found)]


def _nodes(node: Node) -> Iterator[Node]:
    yield node
    for key in node.keys:
        value = getattr(node, key, None)
        for one in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(one, Node):
                yield from _nodes(one)


def variables_of(node: Node) -> Iterator[str]:
    """The variables that are read beneath a node, as often as they are."""
    return (one.name.value for one in _nodes(node) if isinstance(one, VariableNode))


def _after(field: FieldNode) -> Iterator[str]:
    """The variable that the field's `after` is, if it is one."""
    for argument in field.arguments or ():
        if argument.name.value == "after" and isinstance(argument.value, VariableNode):
            yield argument.value.name.value


def _place(operation: OperationDefinitionNode, fields: Iterable[FieldNode]) -> tuple[str | None, bool]:
    """The variable that says where to begin, and whether it, or nothing, says all about that."""
    given = {argument.value for node in fields for argument in node.arguments or () if argument.name.value == "after"}
    names = {value.name.value for value in given if isinstance(value, VariableNode)}
    if not given:
        return None, True
    if len(names) != 1 or not all(isinstance(value, VariableNode) for value in given):
        return None, False
    (name,) = names
    declared = [one for one in operation.variable_definitions or () if one.variable.name.value == name]
    return name, all(one.default_value is None for one in declared)
