"""docs/extending.md does what it says: every step of it, on a copy of the tree."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
COPIED = (
    "auth", "models", "resolvers", "schema", "subscriptions", "tests", "town", "web", "docs", "main.py", "Makefile",
    "README.md", "CHANGELOG.md", "pyproject.toml", "requirements.txt", "requirements-dev.txt", ".mypy_cache",
)  # fmt: skip
MIGRATION = re.compile(r"^make migration NAME=(?P<name>\w+)$", re.M)
# A step: what stands before a block of code, and the block.
STEP = re.compile(
    r"^(?:In `(?P<file>[\w/.]+)`(?:, in `(?P<within>[^`]+)`)?, (?P<how>above|below|replace) `(?P<line>[^`]+)`"
    r"|At the end of `(?P<end>[\w/.]+)`|As `(?P<new>[\w/.]+)`):\n\n```python\n(?P<code>.*?)^```$",
    re.M | re.S,
)


def within(lines: list[str], step: "re.Match[str]") -> int:
    """Which line a step means: the first of that beginning, behind the line that it lies within."""
    start = 0
    if step["within"]:
        start = next(at for at, line in enumerate(lines) if line.startswith(step["within"]))
    found = (at for at, line in enumerate(lines) if at >= start and line.strip().startswith(step["line"].strip()))
    at = next(found, None)
    assert at is not None, step[0]
    if step["how"] == "above":  # with its decorator
        while lines[at - 1].lstrip().startswith("@"):
            at -= 1
    return at


def do(folder: Path, step: "re.Match[str]") -> None:
    """Do what a step says."""
    code = step["code"]
    if step["new"]:
        (folder / step["new"]).write_text(code)
        return
    if step["end"]:
        file = folder / step["end"]
        file.write_text(f"{file.read_text().rstrip()}\n\n\n{code}")
        return
    file = folder / step["file"]
    lines = file.read_text().splitlines(keepends=True)
    at = within(lines, step)
    if step["how"] == "above" and re.search(r"^ *(class|(async )?def) ", code, re.M):
        code += "\n\n"
    first, last = {"above": (at, at), "below": (at + 1, at + 1), "replace": (at, at + 1)}[step["how"]]
    file.write_text("".join([*lines[:first], code, *lines[last:]]))


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The tree, with its virtual environment."""
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():  # the cache of mypy, with which it takes a fifth of the time, may be missing
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        elif source.exists():
            shutil.copy(source, tmp_path / name)
    return tmp_path


def run(folder: Path, *command: str) -> str:
    """What a command says in the folder; it must go well."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(command, cwd=folder, env=bare, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_a_newcomer_who_follows_the_page_extends_the_api(copy: Path) -> None:
    page = (ROOT / "docs/extending.md").read_text()
    steps = list(STEP.finditer(page))
    assert len(steps) == len(re.findall(r"^(?:In `|At the end of `|As `)[^`]+`.*:$", page, re.M))
    for part in sorted([*steps, *MIGRATION.finditer(page)], key=re.Match.start):
        if part.re is MIGRATION:
            run(copy, sys.executable, "-m", "models.migration_tools.new_migration", part["name"])
            (written,) = re.findall(rf"`models/migrations/NNNN_{part['name']}\.py`", page)
            assert list((copy / "models/migrations").glob(f"*_{part['name']}.py")), written
        else:
            do(copy, part)
    sdl = run(copy, sys.executable, "main.py", "schema")
    assert len(re.findall(r"^  pinGroupPost\(|^type GroupPostPinned ", sdl, re.M)) == 2
    (copy / "schema/schema.graphql").write_text(sdl)
    changed = sorted({step["file"] or step["end"] or step["new"] for step in steps})
    run(copy, sys.executable, "-m", "ruff", "check", "--no-cache", *changed)
    run(copy, sys.executable, "-m", "mypy", *changed)
    tests = [step["new"] for step in steps if step["new"]]
    run(copy, sys.executable, "-m", "pytest", "-m", "not postgres", *tests)
