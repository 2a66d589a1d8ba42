"""What an operation may be: judged by its text before it is parsed, by its document before that is validated, and of
its variables before they are coerced. What is refused has cost no more than to look at it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    ListValueNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
)
from graphql.validation import validation_context
from graphql.validation.rules import overlapping_fields_can_be_merged

from auth.refusals import BadRequest, TooComplex
from schema.documents.selections import nodes_of

# Longer than any list that the schema takes: what it says of one may be less.
LONGEST_LIST = 100
# Deeper than any input, and more values than any has.
_DEEPEST_VALUE, _MOST_VALUES = 20, 2000
_LONGEST_NAME = 128
# graphql-core's rules for fields that overlap, and for fragments, compare pairs: so many at most. In their units.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 10_000
validation_context.MAX_FRAGMENT_WORK = 5_000
# The specification's Token (2.1), comments besides, for graphql-core keeps them; what is none is one, too. Names and
# strings are passed over at once, so that a text costs its length.
_TOKEN = re.compile(
    r'[A-Za-z_][A-Za-z_0-9]*+|"""(?:[^"\\]|\\.|"(?!""))*+(?:""")?|"(?:[^"\\\n\r]|\\.)*+"?|#[^\n\r]*+|\.\.\.'
    r"|-?[0-9][0-9.eE+-]*+|[^\s,\ufeff]",
    re.DOTALL,
)


@dataclass(frozen=True)
class Bounds:
    """The limits of operations, each a setting of the same name: see docs/settings.md."""

    document_bytes: int = 65_536
    document_tokens: int = 600
    document_depth: int = 20
    document_fields: int = 1500
    document_aliases: int = 60
    document_directives: int = 60
    variables_bytes: int = 200_000
    cost_limit: int = 50_000
    answer_bytes: int = 10_485_760
    introspection: bool = True
    suggestions: bool = True


def check_text(query: str, name: str | None, bounds: Bounds) -> None:
    """Look at a document before it is parsed. Raises `TooComplex`, and `BadRequest` for the name of the operation."""
    if name is not None and len(name) > _LONGEST_NAME:
        raise BadRequest(f"`operationName` has at most {_LONGEST_NAME} characters.")
    if _bytes_of(query) > bounds.document_bytes:
        raise TooComplex(f"The document has more than {bounds.document_bytes} bytes.")
    most = bounds.document_tokens
    if sum(1 for _token in islice(_TOKEN.finditer(query), most + 1)) > most:
        raise TooComplex(f"The document has more than {most} tokens.")


def _bytes_of(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode(errors="replace"))


def check_document(document: DocumentNode, bounds: Bounds) -> int:
    """Look at a document before it is validated: how many nodes it has.

    Raises `TooComplex`, and `GraphQLError` for a list that is too long.
    """
    found = _Sizes(document)
    if found.aliases > bounds.document_aliases:
        raise TooComplex(f"The document has more than {bounds.document_aliases} aliases.")
    if found.directives > bounds.document_directives:
        raise TooComplex(f"The document has more than {bounds.document_directives} directives.")
    for size in found.written_out():
        if size.fields > bounds.document_fields:
            text = f"The document has more than {bounds.document_fields} fields, with its fragments written out."
            raise TooComplex(text)
        if size.depth > bounds.document_depth:
            raise TooComplex(f"The document is nested deeper than {bounds.document_depth} levels.")
    return found.nodes


_TOO_LONG = f"A list has at most {LONGEST_LIST} entries."


@dataclass(slots=True)
class _Size:
    """How many fields a definition has, and how deep they lie: its own, and which fragments it spreads how deep."""

    fields: int = 0
    depth: int = 0
    spreads: list[tuple[str, int]] = field(default_factory=list)


class _Sizes:
    """The sizes of all definitions of a document. Raises `GraphQLError` for a list that is too long."""

    def __init__(self, document: DocumentNode) -> None:
        self.nodes = self.aliases = self.directives = 0
        self._fragments: dict[str, _Size] = {}
        self._operations: list[_Size] = []
        for one in document.definitions:
            if isinstance(one, FragmentDefinitionNode):
                self._fragments[one.name.value] = self._own(one.selection_set)
            elif isinstance(one, OperationDefinitionNode):
                self._operations.append(self._own(one.selection_set))
                self._look_at(one.variable_definitions)
            else:
                continue
            self._directed(one)

    def _own(self, selections: SelectionSetNode) -> _Size:
        size = _Size()
        todo = [(selections, 1)]
        while todo:
            some, deep = todo.pop()
            size.depth = max(size.depth, deep)
            self.nodes += 1
            for node in some.selections:
                self.nodes += 2
                if node.directives:
                    self._directed(node)
                if isinstance(node, FragmentSpreadNode):
                    size.spreads.append((node.name.value, deep))
                    continue
                inner, is_field = node.selection_set, isinstance(node, FieldNode)  # type: ignore[attr-defined]
                if isinstance(node, FieldNode):
                    size.fields += 1
                    self.aliases += node.alias is not None
                    if node.arguments:
                        self._look_at(node.arguments)
                if inner is not None:
                    todo.append((inner, deep + is_field))
        return size

    def _directed(self, node: Any) -> None:
        self.directives += len(node.directives or ())
        self._look_at(node.directives)

    def _look_at(self, some: Iterable[Node] | None) -> None:
        """What arguments, directives and variables hold."""
        for one in some or ():
            for node in nodes_of(one):
                self.nodes += 1
                if isinstance(node, ListValueNode) and len(node.values) > LONGEST_LIST:
                    raise GraphQLError(_TOO_LONG, node)

    def written_out(self) -> Iterator[_Size]:
        """Of each definition with its fragments written out, where each fragment is looked at once.

        A fragment that leads back to itself, which the rules refuse, counts once.
        """
        done: dict[str, _Size] = {}
        begun: set[str] = set()
        for begin in self._fragments:
            todo = [] if begin in done else [begin]
            while todo:
                name = todo[-1]
                spreads = () if name in begun else self._fragments[name].spreads
                begun.add(name)
                missing = dict.fromkeys(one for one, _deep in spreads if one in self._fragments and one not in begun)
                if missing:
                    todo += missing
                else:
                    done[todo.pop()] = _written_out(self._fragments[name], done)
        yield from done.values()
        for size in self._operations:
            yield _written_out(size, done)


def _written_out(own: _Size, done: Mapping[str, _Size]) -> _Size:
    size = _Size(own.fields, own.depth)
    for name, deep in own.spreads:
        if (inner := done.get(name)) is not None:
            size.fields += inner.fields
            size.depth = max(size.depth, deep - 1 + inner.depth)
    return size


def check_variables(given: Mapping[str, Any], bounds: Bounds) -> None:
    """Look at the variables as they were sent, before anything is made of them.

    Raises `TooComplex`, and `GraphQLError` for a list that is too long, with the path to it.
    """
    length = values = 0
    todo: list[tuple[Any, tuple[Any, ...]]] = [(given, ())]
    while todo:
        value, path = todo.pop()
        if isinstance(value, str):
            length += _bytes_of(value)
        elif isinstance(value, dict):
            values += len(value)
            length += sum(map(_bytes_of, value))
            todo += [(inner, (*path, name)) for name, inner in value.items() if isinstance(inner, (str, dict, list))]
        elif isinstance(value, list):
            if len(value) > LONGEST_LIST:
                raise GraphQLError(_TOO_LONG, extensions={"path": [str(part)[:100] for part in path]})
            values += len(value)
            todo += [(inner, (*path, place)) for place, inner in enumerate(value)]
        if values > _MOST_VALUES or len(path) > _DEEPEST_VALUE:
            raise TooComplex(f"The variables hold more than {_MOST_VALUES} values, or are nested too deep.")
        if length > bounds.variables_bytes:
            raise TooComplex(f"The variables have more than {bounds.variables_bytes} bytes.")
