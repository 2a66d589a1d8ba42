"""A PostgreSQL whose disk is full in fact: a small one of its own."""

import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from models.database.connect import configuration, connected, migrate
from tests.databases import execute
from tests.servers import restartable_postgres, valkey
from tests.web.http.test_unavailable import BOARD, faulty, is_unavailable

SIZE = "420m"


@dataclass
class SmallDisk:
    """A file system that a PostgreSQL server has to itself."""

    folder: Path
    # The server's URL, without the database's name.
    url: str = ""

    def fill(self) -> None:
        """Leave next to nothing; the rest is filled by who writes."""
        left = shutil.disk_usage(self.folder).free - 100_000
        subprocess.run(["fallocate", "-l", str(left), self.folder / "filled"], check=True)

    def empty(self) -> None:
        """Give it back."""
        (self.folder / "filled").unlink()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallDisk]:
    """Skips where none can be mounted."""
    around = Path(tempfile.mkdtemp(prefix="mw-fd-"))
    around.chmod(0o755)
    disk = SmallDisk(around / "disk")
    disk.folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=1777", "tmpfs", str(disk.folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("only root can mount a disk")
    try:
        with monkeypatch.context() as patched:
            patched.setattr(tempfile, "tempdir", str(disk.folder))
            server = restartable_postgres()
            disk.url = server.__enter__().url
        yield disk
        server.__exit__(None, None, None)
    finally:
        subprocess.run(["umount", "--lazy", str(disk.folder)], check=True)
        shutil.rmtree(around, ignore_errors=True)


@pytest.mark.soak
async def test_a_full_disk_refuses_what_writes_and_loses_nothing(disk: SmallDisk, tmp_path: Path) -> None:
    await execute(f"{disk.url}/postgres", "CREATE DATABASE small")
    url = f"{disk.url}/small"
    async with connected(configuration(url)) as database:
        await migrate(database.db(), configuration(url))
    with valkey() as redis_url:
        async with faulty(url, redis_url, tmp_path) as one:
            disk.fill()

            refused = 0
            while refused < 5:  # now and then the server finds room for one more
                answer = await one.write(f"Nummer {one.answered + 1}", description=secrets.token_hex(2000))
                refused += is_unavailable(answer)
                assert is_unavailable(answer) or answer.status_code == 200
            assert (await one.ask(BOARD)).json()["data"]["offers"]["nodes"]
            disk.empty()
            assert one.lines("can not be written") == 1
