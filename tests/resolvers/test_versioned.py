"""The nouns that have a version say what differs between them, and share the rest."""

import ast
from pathlib import Path
from typing import Any

import pytest
from strawberry.utils.str_converters import to_snake_case

from resolvers.events.write import EVENTS
from resolvers.groups.write import GROUPS
from resolvers.members.write import MEMBERS
from resolvers.offers.write import OFFERS
from resolvers.versioned import Versioned
from schema.roots import build

ROOT = Path(__file__).parents[2]
NOUNS: dict[str, Versioned] = {"Event": EVENTS, "Group": GROUPS, "Member": MEMBERS, "Offer": OFFERS}  # type: ignore[type-arg]
# What only `resolvers.versioned` does: slugs, versions, topics, and the columns that follow from others.
SHARED = {"free_slug", "insert_with_slug", "slugify", "derive", "version", "topics"}


@pytest.mark.parametrize("name", NOUNS)
def test_every_field_of_the_update_is_a_column_that_is_judged(name: str) -> None:
    kind: Any = build()._schema.type_map[f"Update{name}Input"]
    typed = {to_snake_case(field) for field in kind.fields} - {"id", "if_version", "topics"}
    assert typed == set(NOUNS[name].columns)


def shared_in(tree: ast.AST) -> set[str]:
    """What a module does of that which is shared: calls it, or assigns to it."""
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assigned = {
        target
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign | ast.AugAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
    }
    names = {node.id for node in called if isinstance(node, ast.Name)}
    return (names | {node.attr for node in called | assigned if isinstance(node, ast.Attribute)}) & SHARED


@pytest.mark.parametrize("room", ["accounts", "events", "groups", "members", "offers"])
def test_no_noun_does_what_is_shared(room: str) -> None:
    modules = (ROOT / "resolvers" / room).rglob("*.py")
    assert {path.name: found for path in modules if (found := shared_in(ast.parse(path.read_text())))} == {}


@pytest.mark.parametrize("code", ["row.version += 1", "slug = await free_slug(Event, 'Fest')", "check.topics('t', {})"])
def test_a_copy_is_found(code: str) -> None:
    assert shared_in(ast.parse(code))
