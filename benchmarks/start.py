"""What a start takes, as people start the server: with what it needs installed, and nothing of what tests need."""

import re
import secrets
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import uvloop

from benchmarks.networks import Figures, Kind, Parts, send
from benchmarks.tables import made, number, table
from tests.web.server import ROOT, environment, until

_NAMES = ("cpu_s", "pss_mib", "rss_mib")


def starts(kind: Kind, parts: Parts, python: Path, rounds: int) -> list[Figures]:
    """A first start, which makes the database, and a later one: medians of interleaved rounds."""
    found: dict[str, list[Figures]] = {"first": [], "later": []}
    for turn in range(-1, rounds):  # one more, which compiles what isn't compiled yet
        with tempfile.TemporaryDirectory(prefix="mw-start-") as folder:
            settings: dict[str, Any] = {"DATA_DIR": folder, "PORT": 0}
            if kind == "postgres":
                name = f"start_{secrets.token_hex(4)}"
                uvloop.run(send(f"{parts.postgres_url}/postgres", f"CREATE DATABASE {name}"))
                settings |= {"DATABASE_URL": f"{parts.postgres_url}/{name}", "REDIS_URL": parts.redis_url}
                settings["SECRET_KEY"] = "a key for benchmarks only, long enough"
            for which, figures in found.items():
                one = _started(python, settings)
                if turn >= 0:
                    figures.append({"start": which, **one})
    return [
        {
            "database": kind,
            "start": which,
            **{name: statistics.median(one[name] for one in figures) for name in _NAMES},
        }
        for which, figures in found.items()
    ]


def _started(python: Path, settings: dict[str, Any]) -> Figures:
    """Start a server, and end it: what it had used of the processor, and had in memory, when it first was ready."""
    with tempfile.TemporaryDirectory(prefix="mw-start-") as folder:
        said, logged = Path(folder, "out"), Path(folder, "err")
        with said.open("wb") as output, logged.open("wb") as errors:
            process = subprocess.Popen(
                [python, "main.py", "serve"], cwd=ROOT, env=environment(**settings), stdout=output, stderr=errors
            )

        def ready() -> bool:
            assert process.poll() is None, logged.read_text()
            address = re.search(r"API +(http://\S+)/graphql", said.read_text())
            with suppress(httpx.TransportError):
                return address is not None and httpx.get(f"{address[1]}/health/ready", trust_env=False).is_success
            return False

        try:
            until(ready, "the server is ready")
            server = psutil.Process(process.pid)
            times, memory = server.cpu_times(), server.memory_full_info()
        finally:
            process.terminate()
            process.wait(60)
    return {"cpu_s": times.user + times.system, "pss_mib": memory.pss / 2**20, "rss_mib": memory.rss / 2**20}


@contextmanager
def only_what_runs() -> Iterator[Path]:
    """The Python of an environment in which only that is installed which the server needs, as `make run` makes it."""
    with tempfile.TemporaryDirectory(prefix="mw-run-") as folder:
        uv, python = Path(sys.executable).with_name("uv"), Path(folder, "bin", "python")
        for command in (
            ("venv", "--python", sys.executable, folder),
            ("pip", "sync", "--compile-bytecode", "--python", python, "--require-hashes", ROOT / "requirements.txt"),
        ):
            subprocess.run([uv, *command, "--quiet"], check=True)
        yield python


def started(part: dict[str, Any]) -> str:
    """What of it stands in the README."""
    head = ("database", "start", "CPU until ready, s", "PSS, MiB", "RSS, MiB")
    rows = [
        [one["database"], one["start"], f"{one['cpu_s']:.2f}", *(number(one[name]) for name in _NAMES[1:])]
        for one in part["figures"]
    ]
    return "\n\n".join(
        [
            "## A start",
            f"{made(part)} From `python main.py serve` to the first `/health/ready` that is 200, medians of "
            f"{part['options']['rounds']} starts of each kind; Valkey and PostgreSQL aside. A first start makes the "
            "database. PSS counts what other processes have mapped, too, by its share: of the libraries, of which RSS "
            "counts all, as much as a second server beside it would.",
            table(head, rows),
        ]
    )
