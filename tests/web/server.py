"""A server: a process of its own, over real sockets."""

import atexit
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx
import psutil

from tests.migrated import begun_file
from tests.web.launching import Done, launch, run
from web.settings import Settings

ROOT = Path(__file__).parents[2]
# Starting takes seconds of CPU, and a machine that runs all tests at once has few of them.
PATIENCE = 300.0
DATABASE = "mitwirk.sqlite3"
# Some tests publish entries for as long as it takes.
_MANY = {"OFFERS_A_DAY": 1_000_000, "OFFERS_AT_ONCE": 1_000_000}


def environment(**settings: object) -> dict[str, str]:
    """The environment with these settings and no others."""
    names = {name.upper() for name in Settings.model_fields}
    inherited = {name: value for name, value in os.environ.items() if name not in names}
    if inherited.pop("PYTHONDONTWRITEBYTECODE", ""):
        inherited["PYTHONPYCACHEPREFIX"] = str(bytecode())
    return {**inherited, **{name: str(value) for name, value in settings.items()}}


@cache
def bytecode() -> Path:
    """Where servers keep what they compiled if it must not lie beside the sources: it saves most of each start."""
    folder = Path(tempfile.mkdtemp(prefix="mw-bytecode-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def until(condition: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """The first true value of `condition`."""
    end = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"{what}: not within {patience} s"
        time.sleep(0.02)


def command(*arguments: str, text: str = "", **settings: object) -> Done:
    """Run `python main.py` with these arguments to its end."""
    return run(arguments, ROOT, environment(**settings), text, PATIENCE)


def valkeys(folder: Path) -> list[psutil.Process]:
    """The Valkey servers that run for this DATA_DIR."""
    from web.process.valkey import socket_path_for

    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or ())
        if str(socket_path_for(folder)) in line and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(process)
    return found


class Server:
    """A running server. `folder` is its DATA_DIR; where there is none yet, it gets a database that has begun, or none.

    `root` is where the program lies. `cold`: as people start it; see `tests.web.launching`.
    """

    def __init__(
        self,
        folder: Path,
        program: Sequence[str] = ("main.py",),
        *,
        bare: bool = False,
        cold: bool = False,
        root: Path = ROOT,
        **settings: object,
    ) -> None:
        self.folder = folder
        self.settings = {"DATA_DIR": folder, "PORT": 0, "LOG_FORMAT": "json", **_MANY, **settings}
        folder.parent.mkdir(parents=True, exist_ok=True)
        if not (bare or folder.exists()):
            folder.mkdir()
            shutil.copy(begun_file(), folder / DATABASE)
        self._output = folder.parent / f"{folder.name}-{time.monotonic_ns()}.out"
        self._errors = self._output.with_suffix(".err")
        warm = not cold and root == ROOT
        self.process = launch(program, root, environment(**self.settings), [self._output, self._errors], warm=warm)
        self.url = ""
        self._client: httpx.Client | None = None

    def __enter__(self) -> Self:
        return self.ready()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def ready(self) -> Self:
        """Wait until it says that it serves."""

        def announced() -> str | None:
            assert self.process.poll() is None, self.log
            found = re.search(r"API +(http://\S+)/graphql[\s\S]+Ctrl-C", self.output)
            return found[1] if found else None

        try:
            self.url = until(announced, "the server is ready")
        except BaseException:
            self.end(signal.SIGKILL)
            raise
        self._client = httpx.Client(base_url=self.url, timeout=PATIENCE, trust_env=False)
        return self

    @property
    def client(self) -> httpx.Client:
        """An HTTP client of this server."""
        assert self._client is not None
        return self._client

    @property
    def socket_url(self) -> str:
        """Where its WebSocket is."""
        return self.url.replace("http", "ws", 1) + "/graphql"

    @property
    def output(self) -> str:
        """What it printed."""
        return self._output.read_text()

    @property
    def log(self) -> str:
        """What it logged."""
        return self._errors.read_text()

    def ask(self, document: str, token: str | None = None, **variables: object) -> dict[str, Any]:
        """What it answers to a document."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = self.client.post("/graphql", json={"query": document, "variables": variables}, headers=headers)
        body = dict(answer.json())
        assert "data" in body, body
        return body

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """End it, and wait until it has ended; its exit code."""
        if self._client is not None:
            self._client.close()
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


@contextmanager
def no_valkey_left(folder: Path) -> Iterator[None]:
    """Ends what a killed server left of its Valkey, whatever happened in between."""
    try:
        yield
    finally:
        for process in valkeys(folder):
            process.kill()
            process.wait(PATIENCE)
