"""Which tests concern what was changed: `python -m tests.changed` prints their files, for `make quick`.

A test file concerns a module if it is its own, by name and place, or names it in an import. Where a module has no file
of its own, those of its folder are its own, without those that start servers or browsers.
"""

import ast
import subprocess
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
# Wherever something was changed: short ones that go through all rooms.
EVERYWHERE = ("tests/schema/test_contract.py", "tests/resolvers/test_every_change.py")
# A module that more of them import is a tool to them, and not what they are about.
_TOO_MANY = 12
_STARTING = ("tests.web.server", "tests.web.listening", "tests.web.browsers", "tests.clients.node")


def changed_files() -> list[str]:
    """What differs from where this branch left the main one, committed or not, and what is new."""
    base = _git("merge-base", "HEAD", "origin/main") or "HEAD"
    new = _git("ls-files", "--others", "--exclude-standard")
    return sorted({*_git("diff", "--name-only", base).splitlines(), *new.splitlines()})


def concerned(changed: Iterable[str], tests: Sequence[str]) -> list[str]:
    """Those of the test files that concern the changed files, each path relative to the project."""
    found: set[str] = set()
    for path in map(Path, changed):
        if str(path) in tests:
            found.add(str(path))
        elif path.suffix in (".md", ".toml"):
            found |= {"tests/test_docs.py"} & {*tests}
        elif path.suffix == ".py" or path.parts[0] in ("schema", "web", "resolvers"):
            found |= _own(path, tests) | _importers(path, tests)
            found |= {*EVERYWHERE} & {*tests}
    return sorted(found)


def _own(path: Path, tests: Sequence[str]) -> set[str]:
    """The test files of a module by its name; or of the nearest folder that has some."""
    if path.parts[0] == "tests":
        return set()
    own = {test for test in tests if _is_for(path, test)}
    folder = path.parent
    while not own and folder != Path():
        there = {test for test in tests if Path(test).parent == "tests" / folder}
        own = {test for test in there if _imported(test).isdisjoint(_STARTING)} or there
        folder = folder.parent
    return own


def _is_for(path: Path, test: str) -> bool:
    name = path.stem if path.stem != "__init__" else path.parent.name
    folder = "tests" / path.parent
    return Path(test).is_relative_to(folder) and Path(test).stem.removeprefix("test_").startswith(name)


def _importers(path: Path, tests: Sequence[str]) -> set[str]:
    if path.suffix != ".py" or path.name == "__init__.py":
        return set()
    module = ".".join(path.with_suffix("").parts)
    found = {test for test in tests if module in _imported(test)}
    return found if len(found) <= _TOO_MANY else set()


@cache
def _imported(test: str) -> frozenset[str]:
    """The modules that a file names in its imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse((ROOT / test).read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(found)


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


if __name__ == "__main__":
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py"))
    print(*concerned(changed_files(), files))
