"""Runs a library's mutants (mutmut) of one room by the tests of that room: `make mutants ROOM=ring`.

Each mutant is a small fault. The tests must notice nine of ten, and docs/mutants.md says of the others why not. It
works on a copy below `.venv`, on SQLite; `ONLY='*behind*'` tries those of some functions alone, `ONLY='*5'` every
tenth, `ONLY='one another'` these two; `AT_ONCE=2` two at a time.
"""

import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/mutants.md"
LEAST = 0.9
# The code, what its tests need, and what they read; also the database file that is migrated already.
COPIED = (
    "auth",
    "models",
    "subscriptions",
    "resolvers",
    "schema",
    "web",
    "tests",
    "docs",
    "town",
    "main.py",
    "README.md",
    ".pytest_cache",
)


@dataclass(frozen=True)
class Room:
    """Files, and the tests that must notice when something is wrong in them."""

    files: tuple[str, ...]
    tests: tuple[str, ...]


ROOMS = {
    "ring": Room(("subscriptions/ring.py",), ("tests/subscriptions/test_ring.py",)),
    "cursors": Room(("subscriptions/cursors.py",), ("tests/subscriptions/test_cursors.py",)),
    "hub": Room(("subscriptions/hub.py",), ("tests/subscriptions/test_hub.py",)),
    "changes": Room(
        (
            "subscriptions/changes.py",
            "subscriptions/response_cache/invalidation.py",
            "subscriptions/response_cache/memory.py",
        ),
        ("tests/subscriptions/test_changes.py", "tests/subscriptions/response_cache/test_memory.py"),
    ),
    "processes": Room(
        ("subscriptions/response_cache/across_processes.py",),
        ("tests/subscriptions/response_cache/test_across_processes.py",),
    ),
    "seats": Room(
        ("resolvers/events/seats_and_waiting_list.py",),
        ("tests/resolvers/events/test_seats_and_waiting_list.py", "tests/resolvers/events/test_registrations.py"),
    ),
    "transitions": Room(
        ("resolvers/events/transitions.py", "resolvers/offers/states.py", "resolvers/offers/transitions.py"),
        (
            "tests/resolvers/events/test_transitions.py",
            "tests/resolvers/offers/test_transitions.py",
            "tests/resolvers/test_later.py",
        ),
    ),
    "paging": Room(
        ("models/sql/paging.py", "models/sql/keyset_page.py"),
        ("tests/models/sql/test_pages.py", "tests/models/sql/test_paging.py"),
    ),
    "auth": Room(
        (
            "auth/hashing_queue.py",
            "auth/keys.py",
            "auth/passwords.py",
            "auth/refusals.py",
            "auth/second_factor.py",
            "auth/tokens.py",
            "auth/viewer.py",
        ),
        (
            "tests/auth/test_hashing_queue.py",
            "tests/auth/test_keys.py",
            "tests/auth/test_second_factor.py",
            "tests/auth/test_tokens.py",
            "tests/auth/test_passwords.py",
            "tests/auth/test_viewer.py",
        ),
    ),
    "access": Room(("auth/access/*.py",), ("tests/auth/access", "tests/auth/test_rows.py")),
}

# Rooms that write SQL; and what is written for PostgreSQL alone, which isn't tried.
SQL, UNTRIED = ("paging",), "*_postgres__mutmut_*"

# What words something for people: another wording is no fault.
WORDING = (r'raise \w+\(f?"[^"]*"\)', r"\b(log|logger)\.(debug|info|warning|error|exception)\(")
# mutmut, which leaves calls alone that name a text, or a type for mypy, as it does those of `len`.
MUTMUT = """
import sys
from mutmut.mutation import file_mutation
file_mutation.NEVER_MUTATE_FUNCTION_CALLS |= {"_", "cast"}
from mutmut.__main__ import cli, show
if sys.argv[1] == "show":
    for mutant in sys.argv[2:]:
        show.callback(mutant)
else:
    cli()
"""


def settings(room: Room) -> str:
    """mutmut's settings, as pyproject.toml has them."""
    lists = {
        "source_paths": COPIED[:6],
        "also_copy": COPIED[6:],
        "only_mutate": room.files,
        "do_not_mutate_patterns": WORDING,
        # Of a walk each cell, also those that the whole suite tries on PostgreSQL alone.
        "pytest_add_cli_args": ("-m", "(walk or not soak) and not postgres"),
        "pytest_add_cli_args_test_selection": room.tests,
    }
    lines = [f"{name} = [{', '.join(map(json.dumps, some))}]" for name, some in lists.items()]
    # A mutant that hangs is noticed after three times what its tests take, and twenty seconds: other things run too.
    numbers = ["timeout_multiplier = 3.0", "timeout_constant = 7.0"]
    return "\n".join(["", "[tool.mutmut]", *lines, *numbers, "use_git_change_detection = false", ""])


def prepared(name: str) -> Path:
    """A folder with a copy of all that counts, and mutmut's settings for the room."""
    folder = ROOT / ".venv/mutants" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for one in COPIED:
        source = ROOT / one
        if not source.exists():
            continue
        if source.is_dir():
            shutil.copytree(source, folder / one, ignore=shutil.ignore_patterns("__pycache__", "node_modules"))
        else:
            shutil.copy(source, folder / one)
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text() + settings(ROOMS[name]))
    return folder


def mutmut(folder: Path, *arguments: str) -> str:
    """What mutmut says."""
    command = [sys.executable, "-P", "-c", MUTMUT, *arguments]
    return subprocess.run(command, cwd=folder, text=True, stdout=subprocess.PIPE, check=False).stdout


def differs_by_case(shown: str) -> bool:
    """Whether a mutant only writes small letters as capitals, or the other way round: to SQL they are the same."""
    lines = shown.splitlines()
    old, new = (
        [line[1:].lower() for line in lines if line.startswith(sign) and not line.startswith(sign * 3)] for sign in "-+"
    )
    return bool(old) and old == new


def main() -> None:
    """Run the room that the environment names; ends with an error where too many survive, or one without a reason."""
    name, only = os.environ.get("ROOM", ""), (os.environ.get("ONLY") or "*").split()
    if name not in ROOMS:
        sys.exit(f"Please name a room: make mutants ROOM=... of {', '.join(ROOMS)}")
    folder = prepared(name)
    at_once = os.environ.get("AT_ONCE") or "1"
    said = mutmut(folder, "run", "--max-children", at_once, *(only if only != ["*"] else []))
    print(re.sub(r"^[\u2800-\u28ff].*\n", "", said.replace("\r", "\n"), flags=re.MULTILINE))  # how far it is
    found = dict(re.findall(r"^\s+(\S+): (.+)$", mutmut(folder, "results", "--all", "true"), re.MULTILINE))
    found = {
        mutant: status
        for mutant, status in found.items()
        if any(fnmatch.fnmatch(mutant, one) for one in only) and not fnmatch.fnmatch(mutant, UNTRIED)
    }
    if "not checked" in found.values():
        sys.exit(f"{name}: the tests fail without any fault")
    alive = [mutant for mutant, status in found.items() if status not in ("killed", "timeout")]
    explained = PAGE.read_text()
    new = [mutant for mutant in alive if f"`{mutant}`" not in explained]
    shown = {mutant: mutmut(folder, "show", mutant) for mutant in new}
    if name in SQL:
        harmless = {mutant for mutant, text in shown.items() if differs_by_case(text)}
        new = [mutant for mutant in new if mutant not in harmless]
        found = {mutant: status for mutant, status in found.items() if mutant not in harmless}
        alive = [mutant for mutant in alive if mutant not in harmless]
    for mutant in new:
        print(shown[mutant])
    killed = len(found) - len(alive)
    hanging = list(found.values()).count("timeout")
    print(f"{name}: {killed} of {len(found)} mutants killed ({hanging} hang), {len(new)} survive without a reason")
    if not found or killed < LEAST * len(found) or new:
        sys.exit(1)


if __name__ == "__main__":
    main()
