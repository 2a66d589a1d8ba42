"""Which subscriptions ask the same, and so may be served together. Private by default.

A subscription that is declared `for_everyone` is the same for everybody, as long as all that is selected is read from
the rows of its updates alone; all else is shared among guests, who are all the same viewer, and within one session or
by one key.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from graphql import FieldNode, GraphQLField, GraphQLSchema, OperationDefinitionNode, VariableNode, print_ast

from auth.viewer import GUEST, Viewer
from schema.documents.selections import (
    Fragments,
    fields_beneath,
    fields_of,
    fragments_used,
    metadata_of,
    variables_of,
)

# Logs, and a state of which the latest is enough. Of `liveOffers` each has its own list, and the steps from it.
_LOGS = frozenset(("offerPublished", "offerChanged", "groupUpdated", "eventChanged", "matchFound", "savedSearchHit"))
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
        if of.credential is None and not of.is_guest:
            return None
        try:
            given = orjson.dumps(self.given(variables), option=orjson.OPT_SORT_KEYS)
        except TypeError:
            return None
        return self.document, self.operation_name, given, of.credential, language


def sharing_of(schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Fragments) -> Sharing | None:
    """How a valid subscription can be shared; None where it can't."""
    selected = (schema.subscription_type, operation.selection_set)
    fields = [node for _type, node in fields_of(schema, selected, fragments)]
    names = {node.name.value for node in fields}
    if len(names) != 1 or not names <= _LOGS | _STATES or any(node.directives for node in fields):
        return None
    used_fragments = fragments_used(operation, fragments)
    declared = {one.variable.name.value for one in operation.variable_definitions or ()}
    used = [name for part in (operation.selection_set, *used_fragments) for name in variables_of(part)]
    positions = {name for node in fields for name in _after(node)}
    unneeded = {name for name in positions if used.count(name) == len(fields)}
    place, plainly = _place(operation, fields)
    return Sharing(
        document="\n".join(print_ast(one) for one in (operation, *used_fragments)),
        operation_name=operation.name.value if operation.name else None,
        variables=frozenset(declared - unneeded),
        places=frozenset(unneeded),
        is_for_everyone=all(
            node.name.value == "__typename" or (known and all(map(is_same_for_all, known)))
            for node, known in fields_beneath(schema, selected, fragments)
        ),
        is_state=names <= _STATES,
        place=place,
        begins_plainly=plainly,
    )


def is_same_for_all(field: GraphQLField) -> bool:
    """Whether a field's value is the same whoever asks: it is read from its row alone, or declared `for_everyone`."""
    metadata = metadata_of(field)
    if metadata.get("for_everyone"):
        return True
    return "depends_on" in metadata and metadata.keys().isdisjoint(("relation", "root", "live_cursor"))


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
