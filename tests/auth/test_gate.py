"""Permissions are decided in `auth/` alone, whatever the rest of the code looks like: held over its syntax trees."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from auth.viewer import Viewer, Visibility

ROOT = Path(__file__).parents[2]
ROOMS = ("web", "schema", "resolvers", "subscriptions", "models")
# What of a viewer decides what they may see and do. Who asks for one of these outside of `auth/` decides it there.
RIGHTS = {
    *Visibility.__dataclass_fields__,
    "may_act_for",
    "sees_affairs_of",
    "must_be_active",
    "must_be_office",
    "must_be_no_key",
    "must_write_the_board",
    "has_scope",
} - {"member_id"}


def modules() -> Iterator[tuple[str, ast.AST]]:
    """Every module outside of `auth/` and the tests: its path, and its syntax tree."""
    for path in (ROOT / "main.py", *(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))):
        yield str(path.relative_to(ROOT)), ast.parse(path.read_text())


def names_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every name that a module reads, imports, or asks an object for, with its line."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield node.lineno, name
            case ast.ImportFrom(names=imported):
                yield from ((node.lineno, one.name) for one in imported)


def decisions(path: str, tree: ast.AST) -> list[str]:
    """Where the module refuses by right, or looks at the rights of a viewer."""
    return [f"{path}:{line} {name}" for line, name in names_of(tree) if name == "Forbidden" or name in RIGHTS]


def test_only_auth_raises_forbidden_and_looks_at_rights() -> None:
    assert [one for path, tree in modules() for one in decisions(path, tree)] == []


@pytest.mark.parametrize(
    "code",
    [
        "from auth.refusals import Forbidden",
        "import auth.refusals as refusals\nraise refusals.Forbidden",
        "if ctx.viewer.is_office: pass",
        "rows.filter(owner_id__in=ctx.viewer.acting_ids)",
        "ctx.viewer.must_be_active()",
    ],
)
def test_a_decision_elsewhere_is_found(code: str) -> None:
    assert decisions("resolvers/new.py", ast.parse(code))


def test_the_rights_are_those_of_a_viewer() -> None:
    assert all(hasattr(Viewer, name) or name in Viewer.__dataclass_fields__ for name in RIGHTS)
