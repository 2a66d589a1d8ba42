"""What the answers to guests depend on: found in the document, by what each field of the schema says of itself.

An answer may be cached until something that it depends on changes: see `subscriptions.response_cache`. Conservative by
default: a field that doesn't say what it depends on, or whose value changes by time alone, keeps the whole answer from
being cached. Directives are not looked at: what `@skip` leaves out counts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import strawberry
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    get_operation_ast,
)

from schema.declare import fields
from schema.declare.fields import Uncacheable
from schema.operations.extensions import DOCUMENTS, is_kept, parsed
from schema.operations.sharing import definitions
from subscriptions.changes import Noun


@dataclass
class _Found:
    """What was found so far."""

    nouns: set[Noun] = field(default_factory=set)
    roots: dict[str, frozenset[Noun]] = field(default_factory=dict)


class _Unknown(Exception):
    """What the operation asks for isn't in the schema, or not to be cached."""


@dataclass(frozen=True)
class Dependencies:
    """What answers to an operation depend on."""

    # Of these nouns any row.
    nouns: frozenset[Noun]
    # The roots, by name, that say which rows they show; without that it is any row of these nouns.
    roots: Mapping[str, frozenset[Noun]]

    def tags(self, shown: Mapping[str, Iterable[str]]) -> frozenset[str]:
        """What an answer is tagged with in whose making the roots have shown these rows."""
        found: set[str] = {*self.nouns}
        for name, nouns in self.roots.items():
            found.update(shown.get(name) or nouns)
        return frozenset(found)


class CacheDependencies:
    """Finds out once for each document what its answers depend on."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._schema: GraphQLSchema = schema._schema
        self._known: Any = lru_cache(maxsize=DOCUMENTS)(self._examine)

    def of(self, query: str, operation_name: str | None) -> Dependencies | None:
        """What a guest's answers to the operation depend on; None where they must not be cached.

        That is also None for what is no query, or no valid one; but whoever caches answers must see for himself
        that there were no errors.
        """
        if not is_kept(query, operation_name):
            return None
        found: Dependencies | None = self._known(query, operation_name)
        return found

    def _examine(self, query: str, operation_name: str | None) -> Dependencies | None:
        try:
            document = parsed(query)
            operation = get_operation_ast(document, operation_name)
            if operation is None or operation.operation is not OperationType.QUERY:
                return None
            fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
            return self._walk(operation.selection_set, fragments)
        except Exception:  # such as nesting too deep: the executor says what is wrong
            return None

    def _walk(self, selections: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Dependencies:
        """What is selected, on whatever type it may turn out to be. Each selection is looked at once a type: however
        often fragments are spread, and in whatever circle. Raises `_Unknown`.
        """
        found = _Found()
        seen: set[tuple[str, int]] = set()
        todo: list[tuple[GraphQLNamedType | None, SelectionSetNode]] = [(self._schema.query_type, selections)]
        while todo:
            type_, selections = todo.pop()
            if type_ is None:
                raise _Unknown
            if (type_.name, id(selections)) in seen:
                continue
            seen.add((type_.name, id(selections)))
            for node in selections.selections:
                if isinstance(node, FieldNode):
                    todo.extend(self._field(type_, node, found))
                elif isinstance(node, InlineFragmentNode):
                    condition = node.type_condition
                    on = self._schema.get_type(condition.name.value) if condition else type_
                    todo.append((on, node.selection_set))
                elif isinstance(node, FragmentSpreadNode):
                    fragment = fragments[node.name.value]
                    todo.append((self._schema.get_type(fragment.type_condition.name.value), fragment.selection_set))
        return Dependencies(frozenset(found.nouns), found.roots)

    def _field(
        self, type_: GraphQLNamedType, node: FieldNode, found: _Found
    ) -> list[tuple[GraphQLNamedType | None, SelectionSetNode]]:
        """Add to `found` what the field depends on; what is selected beneath it. Raises `_Unknown`."""
        name = node.name.value
        if name.startswith("__"):  # the schema itself stays the same
            return []
        declared = list(definitions(self._schema, type_, name))
        if not declared:
            raise _Unknown
        for one in declared:
            depends_on = dependencies_of_field(one)
            if isinstance(depends_on, Uncacheable):
                raise _Unknown
            shows = _metadata(one).get("shows")
            if shows is not None:
                found.roots[shows] = frozenset(depends_on)
            else:
                found.nouns.update(depends_on)
        if node.selection_set is None:
            return []
        return [(get_named_type(one.type), node.selection_set) for one in declared]


def dependencies_of_field(field: GraphQLField) -> fields.DependsOn:
    """What the field's metadata says; UNKNOWN where it says nothing."""
    depends_on: fields.DependsOn = _metadata(field).get("made_of", Uncacheable.UNKNOWN)
    return depends_on


def _metadata(field: GraphQLField) -> Mapping[str, Any]:
    metadata: Mapping[str, Any] = getattr(field.extensions.get("strawberry-definition"), "metadata", {})
    return metadata
