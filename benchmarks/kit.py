"""The kit of other GraphQL servers, which is no part of this repository: its data, its stack, its comparison.

`make bench PEERS=/path/to/kit` names its folder, set up as its README says.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.data import Written
from benchmarks.networks import Parts
from tests.web.server import Server

GRAPHQL = (
    *("strawberry_plain", "strawberry_granian", "ariadne_plain", "yoga", "mercurius", "apollo", "postgraphile"),
    *("yoga_bun", "go_gophers", "go_typed"),
)
NODE = ("yoga", "mercurius", "apollo", "postgraphile")


class Kit:
    """The kit in a folder. Raises `FileNotFoundError` where there is none, or it isn't set up."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._python = self._folder / ".venv" / "bin" / "python"
        for needed in (self._folder / "compare.py", self._python):
            if not needed.exists():
                raise FileNotFoundError(f"{needed} is missing: is this the kit, and has its setup.sh run?")

    @classmethod
    def named(cls, folder: str | None) -> "Kit | None":
        """The kit that `folder`, or else the environment's PEERS names; None where neither does."""
        named = folder or os.environ.get("PEERS")
        return cls(Path(named)) if named else None

    @contextmanager
    def data(self) -> Iterator[Written]:
        """Its data set."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "data.jsonl"
            subprocess.run(
                [self._python, "data.py", "--jsonl", path], cwd=self._folder, check=True, capture_output=True
            )
            yield Written(path)

    @contextmanager
    def parts(self) -> Iterator[Parts]:
        """Its PostgreSQL, filled with its own tables, and its Valkey: what its servers run on, ours can, too."""
        command = [str(self._python), "stack.py"]
        with subprocess.Popen(command, cwd=self._folder, stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                named = dict(process.stdout.readline().strip().split("=", 1) for _ in range(2))
                self._dsn = named["PEERS_PG"]
                yield Parts(self._dsn.rsplit("/", 1)[0].replace("postgres://", "postgresql://"), named["PEERS_REDIS"])
            finally:
                process.terminate()

    def compare(
        self,
        parts: Parts,
        targets: Mapping[str, Server],
        documents: Mapping[str, dict[str, Any]],
        servers: Sequence[str],
        workloads: Sequence[str],
        *options: object,
    ) -> dict[str, Any]:
        """Run its servers beside `targets`, which are ours by name, each asked by its `documents`: what it measured."""
        with tempfile.TemporaryDirectory() as folder:
            found = Path(folder) / "figures.json"
            command: list[object] = [self._python, "compare.py", "--pg", self._dsn, "--redis", parts.redis_url]
            command += ["--servers", ",".join(servers), "--workloads", ",".join(workloads), "--json", found, *options]
            for name, server in targets.items():
                papers = Path(folder) / f"{name}.json"
                papers.write_text(json.dumps(documents[name], ensure_ascii=False))
                command += ["--target", f"{name}={server.url}/graphql", "--pid", f"{name}={server.process.pid}"]
                command += ["--documents", f"{name}={papers}"]
            subprocess.run(list(map(str, command)), cwd=self._folder, check=True, stdout=sys.stderr)
            figures: dict[str, Any] = json.loads(found.read_text())
        return figures
