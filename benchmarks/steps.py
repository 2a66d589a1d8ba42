"""What each optimisation brought: the program as it was after each of them, on one database, under the same load."""

import io
import statistics
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.alone import WORKLOADS, workloads
from benchmarks.networks import Figures, Network
from tests.web.server import ROOT

# Commits, and what they brought to that before. From the first on all have the same tables.
STEPS = (
    ("bd5d32f", "level by level: statements and plans kept, foreign keys by joins, columns that are asked for"),
    ("ebe4d7b", "inputs by converters made once, slugs chosen while a row is stored, changes read without rows"),
    ("b131f7a", "the garbage collector looks at what comes, not at what stays"),
    ("2083497", "sort keys only for cursors, one row more only where somebody asks whether there is more"),
    ("54c29ab", "connections lent without asyncpg's task, timer and proxy"),
    ("7db3eb9", "kept statements found without measuring, pages of many parents by fewer steps"),
    ("ef41801", "members of groups counted by the index alone"),
    ("53f4a96", "a single row by its key alone"),
    ("242a05b", "kept statements past Tortoise's wrappers"),
    ("ebfbc4f", "headers in a dictionary, correlation ids without a system call"),
    ("c426d5f", "pages straight from records; a list's statement planned once by PostgreSQL"),
    ("c2b0adc", "as many queries at once as connections"),
    ("ff30c32", "instants that come again made once"),
    ("6abcb1a", "who published before asked once, three slugs offered instead of ten"),
    ("eca189b", "text folded past its plain letters, a slug's number where the last one was"),
    ("aaceadf", "statements that nobody waits for sent ahead"),
)
_BEFORE = "graphql-core and DataLoaders (`BREADTH_FIRST=0`, in today's program)"
_NOW = "today"


def are_known() -> bool:
    """Whether the commits are here: a shallow clone, or the files alone, don't have them."""
    names = [f"{commit}^{{commit}}" for commit, _words in STEPS]
    return all(_git("cat-file", "-e", name).returncode == 0 for name in names)


def steps(network: Network, rounds: int, seconds: float) -> list[Figures]:
    """CPU of the server for W1 to W4 after each step: medians of interleaved rounds."""
    found: dict[str, dict[str, list[float]]] = {}
    for _round in range(rounds):
        for words, folder, settings in _programs():
            for one in workloads(network, seconds, settings={**settings, "root": folder}):
                found.setdefault(words, {}).setdefault(one["workload"], []).append(one["cpu_us"])
    return [
        {"step": words, **{workload: statistics.median(values[workload]) for workload in WORKLOADS}}
        for words, values in found.items()
    ]


def _programs() -> Iterator[tuple[str, Path, dict[str, object]]]:
    yield _BEFORE, ROOT, {"BREADTH_FIRST": 0}
    for commit, words in STEPS:
        with _checked_out(commit) as folder:
            yield words, folder, {"REMEMBER_ANSWERS": 0}  # what RESPONSE_CACHE was called then
    yield _NOW, ROOT, {}


@contextmanager
def _checked_out(commit: str) -> Iterator[Path]:
    archive = _git("archive", commit)
    archive.check_returncode()
    with tempfile.TemporaryDirectory(prefix="mw-step-") as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
            files.extractall(folder, filter="data")
        yield Path(folder)


def _git(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, check=False)
