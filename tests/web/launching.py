"""Processes of the program, started for tests: cold, as people start them, or warm.

A cold one is `python main.py ...`, of which two seconds of the processor go into imports. A warm one is forked from a
process that has imported the program already, and runs the same file as `__main__`: from there on it is the same.
"""

import multiprocessing
import multiprocessing.connection
import os
import runpy
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol

Done = subprocess.CompletedProcess[str]

_FORKING = multiprocessing.get_context("forkserver")
_FORKING.set_forkserver_preload(["tests.web.warm"])


class Process(Protocol):
    """What tests need of a process; `subprocess.Popen` says how it behaves."""

    pid: int

    @property
    def returncode(self) -> int | None: ...

    def poll(self) -> int | None: ...

    def wait(self, timeout: float | None = None) -> int: ...

    def send_signal(self, sig: int) -> None: ...

    def kill(self) -> None: ...


class WarmProcess:
    """A process that was forked from one that has the program imported."""

    def __init__(
        self,
        command: Sequence[str],
        root: Path,
        environment: Mapping[str, str],
        files: Sequence[Path],
        text: Path | None = None,
    ) -> None:
        # A daemon to `multiprocessing` alone: a worker that ends doesn't wait for it.
        arguments = (list(command), root, dict(environment), list(files), text)
        self._process = _FORKING.Process(target=_run, args=arguments, daemon=True)
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid
        self._lock = threading.Lock()  # its exit code can be read once only

    @property
    def returncode(self) -> int | None:
        """Its exit code, negative where a signal ended it; None while it runs."""
        return self.poll()

    def poll(self) -> int | None:
        """As `returncode`."""
        with self._lock:
            return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Wait until it has ended; its exit code. Raises `subprocess.TimeoutExpired`."""
        multiprocessing.connection.wait([self._process.sentinel], timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired("a warm process", timeout or 0)
        return code

    def send_signal(self, sig: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            with suppress(ProcessLookupError):  # its exit code is still on the way
                os.kill(self.pid, sig)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(9)


def _run(command: list[str], root: Path, environment: dict[str, str], files: list[Path], text: Path | None) -> None:
    """In the forked process: become what `python COMMAND` is, which reads `text`."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(root)
    for path, descriptor in zip(files, (1, 2), strict=True):
        _become(os.open(path, os.O_WRONLY | os.O_APPEND), descriptor)
    if text is not None:
        _become(os.open(text, os.O_RDONLY), 0)
        sys.stdin = open(0, closefd=False)  # noqa: SIM115 `multiprocessing` has closed the one there was
    if command[0] == "-m":
        sys.argv = command[1:]
        runpy.run_module(command[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = command
        runpy.run_path(command[0], run_name="__main__")


def _become(opened: int, descriptor: int) -> None:
    os.dup2(opened, descriptor)
    os.close(opened)


def launch(
    program: Sequence[str], root: Path, environment: Mapping[str, str], files: Sequence[Path], *, warm: bool
) -> Process:
    """Start `python PROGRAM serve` in `root`; what it says and what it logs goes into the two `files`."""
    for path in files:
        path.touch()
    if warm:
        return WarmProcess([*program, "serve"], root, environment, files)
    with files[0].open("wb") as output, files[1].open("wb") as errors:
        return subprocess.Popen(
            [sys.executable, *program, "serve"],
            cwd=root,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
        )


def run(arguments: Sequence[str], root: Path, environment: Mapping[str, str], text: str, timeout: float) -> Done:
    """Run `python main.py ARGUMENTS` to its end, warm, with `text` as its input. Raises `subprocess.TimeoutExpired`."""
    with tempfile.TemporaryDirectory(prefix="mw-command-") as folder:
        given, *files = (Path(folder, name) for name in ("in", "out", "err"))
        given.write_text(text)
        for path in files:
            path.touch()
        process = WarmProcess(["main.py", *arguments], root, environment, files, given)
        try:
            code = process.wait(timeout)
        finally:
            process.kill()
        return subprocess.CompletedProcess(arguments, code, *(path.read_text() for path in files))
