"""A migrated SQLite file, and a PostgreSQL server's data with a migrated database, to copy.

Migrating takes seconds, which most tests aren't about.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import models
from models.database.connect import configuration, connected, migrate
from tests.databases import execute, run
from tests.servers import restartable_postgres

_KEPT = Path(__file__).parents[1] / ".pytest_cache/d/migrated"
TEMPLATE = "template_mitwirk"


async def bring_to_newest(url: str) -> None:
    """Bring a database to the newest migration."""
    settings = configuration(url)
    async with connected(settings) as database:
        await migrate(database.db(), settings)


@cache
def migrated_file() -> Path:
    """The file of the last run, unless `models/` or what migrates has changed since."""
    kept = _KEPT / f"{_digest()}.sqlite3"
    with _alone("sqlite"):
        if not kept.exists():
            with tempfile.TemporaryDirectory(dir=_KEPT) as folder:
                made = Path(folder, "mitwirk.sqlite3")
                run(bring_to_newest(f"sqlite://{made}"))
                for old in _KEPT.glob("*.sqlite3"):
                    old.unlink()
                os.replace(made, kept)
    return kept


def migrated_server() -> Path:
    """The data of a stopped PostgreSQL server, whose database `TEMPLATE` is migrated: of the last run, as the file."""
    kept = _KEPT / f"{_digest()}.postgres"
    with _alone("postgres"):
        if not kept.exists():
            with tempfile.TemporaryDirectory(dir=_KEPT) as folder:
                with restartable_postgres() as server:
                    run(execute(f"{server.url}/postgres", f"CREATE DATABASE {TEMPLATE}"))
                    run(bring_to_newest(f"{server.url}/{TEMPLATE}"))
                    server.stop()
                    server.copy(Path(folder, "data"))
                for old in _KEPT.glob("*.postgres"):
                    shutil.rmtree(old)
                os.replace(Path(folder, "data"), kept)
    return kept


@cache
def _digest() -> str:
    sources = b"".join(path.read_bytes() for path in sorted(Path(models.__file__).parent.rglob("*.py")))
    return blake2b(sources + version("tortoise-orm").encode(), digest_size=8).hexdigest()


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Within it no other worker is."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    with (_KEPT / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
