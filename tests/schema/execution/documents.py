"""Random documents of the whole schema, and every document that stands in another test or in the documentation."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from graphql import (
    REMOVE,
    ArgumentNode,
    BooleanValueNode,
    DirectiveNode,
    FieldNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    IntValueNode,
    ListValueNode,
    NamedTypeNode,
    NameNode,
    OperationDefinitionNode,
    OperationType,
    StringValueNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    is_enum_type,
    parse,
    print_ast,
    type_from_ast,
    validate,
    visit,
)
from hypothesis import strategies as st
from hypothesis_graphql import nodes, queries

from tests.world import SCHEMA
from web.pages.examples import examples

ROOT = Path(__file__).parents[3]
_TEXTS = ["2026-12-01T10:00:00Z", "2026-12-01", "nobody@mitwirk.example", "+495361280", "https://mitwirk.example"]
_TEXTS.append("17:30")
_SCALARS = {
    name: st.just(nodes.String(text))
    for name, text in zip(("DateTime", "Date", "EmailAddress", "PhoneNumber", "URL", "LocalTime"), _TEXTS, strict=True)
}


@cache
def random_documents() -> st.SearchStrategy[str]:
    """Queries of the whole schema, whatever they ask for."""
    return queries(SCHEMA.as_str(), custom_scalars=_SCALARS)


class _Sensible(Visitor):
    """Most arguments such as clients send them, so that most of what is asked for is there; some fields only under a
    condition. Figures that the clock changes between two executions become others."""

    def __init__(self, dice: Random, ids: dict[str, list[str]]) -> None:
        super().__init__()
        self._dice = dice
        self._ids = ids

    def leave_argument(self, node: ArgumentNode, *_rest: Any) -> Any:
        name, dice = node.name.value, self._dice
        if dice.random() < 0.02:
            return None  # as it came
        if name in ("first", "days"):
            return ArgumentNode(name=node.name, value=IntValueNode(value=str(dice.randrange(1, 8))))
        if name in ("after", "before", "last", "sort") or (name == "filter" and dice.random() < 0.6):
            return REMOVE
        if name in ("id", "slug"):
            return ArgumentNode(name=node.name, value=StringValueNode(value=dice.choice(self._ids[name])))
        if name == "ids":
            some = [StringValueNode(value=one) for one in dice.sample(self._ids["id"], 4)]
            return ArgumentNode(name=node.name, value=ListValueNode(values=tuple(some)))
        return None

    def leave_field(self, node: FieldNode, *_rest: Any) -> Any:
        if node.name.value == "asOf":
            return FieldNode(name=NameNode(value="memberCount"), alias=node.alias)
        if self._dice.random() > 0.1:
            return None
        return replace(node, directives=(*(node.directives or ()), _directive(*self._dice.choice(_CONDITIONS))))

    def leave_operation_definition(self, node: OperationDefinitionNode, *_rest: Any) -> Any:
        used = [name for name in _VARIABLES if f"${name})" in print_ast(node)]
        return replace(node, variable_definitions=tuple(_VARIABLES[name] for name in used))


_CONDITIONS = [("include", "yes"), ("include", "no"), ("skip", "yes"), ("skip", "no")]


def _directive(name: str, variable: str) -> DirectiveNode:
    condition = ArgumentNode(name=NameNode(value="if"), value=_variable(variable))
    return DirectiveNode(name=NameNode(value=name), arguments=(condition,))


def _variable(name: str) -> VariableNode:
    return VariableNode(name=NameNode(value=name))


def _declared(name: str, value: bool) -> VariableDefinitionNode:
    boolean = NamedTypeNode(name=NameNode(value="Boolean"))
    return VariableDefinitionNode(variable=_variable(name), type=boolean, default_value=BooleanValueNode(value=value))


_VARIABLES = {"yes": _declared("yes", True), "no": _declared("no", False)}


def sensible(document: str, seed: int, ids: dict[str, list[str]]) -> str:
    """The document with most of its arguments as clients send them."""
    found = visit(parse(document), _Sensible(Random(seed), ids))
    return print_ast(found)


# ---------------------------------------------------------------- documents that are there


_PAGES = ("docs/*.md", "README.md", "web/pages/playground/src/*.js", "web/pages/dashboard/assets/*.js")


def written_documents() -> list[str]:
    """Every query that stands in a test, in the documentation, on a page, or among the playground's examples."""
    texts = {text for path in sorted(ROOT.glob("tests/**/*.py")) for text in _strings(path)}
    texts.update(_texts(*_PAGES, "tests/clients/*.js"), (example.query for example in examples()))
    return sorted(_timeless(text) for text in texts if _kind(text) is OperationType.QUERY)


@cache
def shown_documents() -> list[str]:
    """Every operation of the documentation, of the dashboard and of the playground's examples."""
    texts = {*_texts(*_PAGES), *(example.query for example in examples())}
    return sorted(text for text in texts if _kind(text) is not None)


def _texts(*patterns: str) -> set[str]:
    return {text for pattern in patterns for path in ROOT.glob(pattern) for text in _blocks(path)}


def _blocks(path: Path) -> Iterator[str]:
    text = path.read_text()
    parts = dict(re.findall(r"^(?:export )?const (\w+) = `([^`]*)`", text, re.M))
    for found in re.finditer(r"```graphql\n(.*?)```|`([^`]*\{[^`]*)`", text, re.DOTALL):
        yield re.sub(r"\$\{(\w+)\}", lambda name: parts.get(name[1], name[0]), found[1] or found[2])


def _strings(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "{" in node.value:
            yield node.value


def _timeless(text: str) -> str:
    """Without the figure that the clock changes between two executions."""
    return re.sub(r"\basOf\b", "memberCount", text)


def _kind(text: str) -> OperationType | None:
    """What the text is, where it is a valid document of one operation."""
    try:
        document = parse(text)
    except (GraphQLError, RecursionError):
        return None
    operations = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    if len(operations) != 1 or validate(SCHEMA._schema, document):
        return None
    return operations[0].operation


def variables_for(document: str, dice: Random, ids: dict[str, list[str]]) -> dict[str, Any]:
    """Values for the variables that a document declares: some that fit, some left out where that is allowed."""
    (operation,) = (one for one in parse(document).definitions if isinstance(one, OperationDefinitionNode))
    values = {}
    for declared in operation.variable_definitions or ():
        type_: Any = type_from_ast(SCHEMA._schema, declared.type)
        required = isinstance(type_, GraphQLNonNull) and declared.default_value is None
        if required or dice.random() < 0.6:
            values[declared.variable.name.value] = _value(declared.variable.name.value, type_, dice, ids)
    return values


def _value(name: str, type_: Any, dice: Random, ids: dict[str, list[str]]) -> Any:
    if isinstance(type_, GraphQLNonNull):
        return _value(name, type_.of_type, dice, ids)
    if isinstance(type_, GraphQLList):
        return [_value(name, type_.of_type, dice, ids) for _number in range(dice.randrange(0, 3))]
    if is_enum_type(type_):
        return dice.choice(sorted(type_.values))
    if isinstance(type_, GraphQLInputObjectType):
        chosen = [one for one in type_.fields if isinstance(type_.fields[one].type, GraphQLNonNull)]
        chosen += dice.sample(sorted(type_.fields), min(2, len(type_.fields)))
        return {one: _value(one, type_.fields[one].type, dice, ids) for one in chosen}
    plain: dict[str, Any] = {
        "Int": dice.randrange(0, 8),
        "Float": round(dice.uniform(1, 50), 2),
        "Boolean": dice.random() < 0.5,
        "ID": dice.choice(ids["id"]),
        "DateTime": _TEXTS[0],
        "Date": _TEXTS[1],
    }
    return plain.get(type_.name, dice.choice(ids["slug"]))
