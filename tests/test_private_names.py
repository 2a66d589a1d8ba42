"""Private names of libraries stand in adapters, so that one knows where to look after an upgrade: held over the code.

A name is a library's where it begins with an underscore and nothing of ours is called so: no attribute, function, class
or variable.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("models", "auth", "subscriptions", "resolvers", "schema", "web")
# The files that may, and of which library.
ADAPTERS = {
    "models/database/postgres/asyncpg_adapter.py": "asyncpg",
    "models/database/migrating.py": "Tortoise's migrations",
    "models/database/postgres/client.py": "Tortoise's client",
    "models/database/sqlite/client.py": "Tortoise's client",
    "models/database/postgres/transactions.py": "Tortoise's client",
    "models/sql/tortoise_adapter.py": "Tortoise's query sets and rows",
    "schema/strawberry_internals.py": "Strawberry",
    "web/limits/http_connection.py": "uvicorn, as uvicorn_adapter.py looks for it",
}
# Documented in spite of their names: of named tuples, `os._exit`, and what Tortoise and Strawberry say of a class.
PUBLIC = {"_replace", "_asdict", "_fields", "_exit", "_meta"}


def is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__") and name not in PUBLIC


def own_names(trees: dict[str, ast.Module]) -> set[str]:
    """What is defined by us, whatever it is and wherever."""
    found = set()
    for node in (node for tree in trees.values() for node in ast.walk(tree)):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
            case ast.Attribute(attr=name, ctx=ast.Store()) | ast.Name(id=name, ctx=ast.Store()):
                found.add(name)
            case ast.Assign(targets=[ast.Name(id="__slots__")], value=slots):
                found |= {str(one.value) for one in ast.walk(slots) if isinstance(one, ast.Constant)}
    return found


def foreign_names(tree: ast.Module, own: set[str]) -> Iterator[str]:
    """The private names of libraries that a module reads or imports."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) if is_private(name) and name not in own:
                yield name
            case ast.ImportFrom(module=str(module), names=names) if module.split(".")[0] not in ROOMS:
                path = [*module.split("."), *(one.name for one in names)]
                yield from filter(is_private, path)


@pytest.fixture(scope="module")
def trees() -> dict[str, ast.Module]:
    """The syntax tree of each module, by its path."""
    paths = (path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in paths if "node_modules" not in str(path)
    }


def test_only_adapters_touch_private_names_of_libraries(trees: dict[str, ast.Module]) -> None:
    own = own_names(trees)
    found = {path: names for path, tree in trees.items() if (names := sorted(set(foreign_names(tree, own))))}
    assert {path: names for path, names in found.items() if path not in ADAPTERS} == {}
    assert ADAPTERS.keys() - found.keys() == set()


def test_what_models_use_of_a_library_is_looked_for_at_import(trees: dict[str, ast.Module]) -> None:
    own = own_names(trees)
    for path in ADAPTERS:
        if path.startswith("models/"):
            assert set(foreign_names(trees[path], own)) <= looked_for(trees[path]), path


def looked_for(tree: ast.Module) -> set[str]:
    """The names that a module has `models.database.private_names.look_for` look for."""
    return {
        str(one.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "look_for"
        for one in node.args[2:]
        if isinstance(one, ast.Constant)
    }


@pytest.mark.parametrize("code", ["connection._transport", "from asyncpg._testbase import x", "from a import _b"])
def test_a_private_name_elsewhere_is_found(trees: dict[str, ast.Module], code: str) -> None:
    assert list(foreign_names(ast.parse(code), own_names(trees)))
