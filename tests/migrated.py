"""A migrated SQLite file, and a PostgreSQL server's data with a migrated database, to copy.

Migrating takes seconds, which most tests aren't about.
"""

import asyncio
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path
from types import ModuleType

import models
import resolvers
import subscriptions
from models.database.connect import configuration, connected, migrate
from resolvers.network.reference_data import store_town
from resolvers.network.town_file import WOLFSBURG
from resolvers.search.synonyms import store_synonyms
from subscriptions.outbox import Outbox
from tests.databases import execute, run
from tests.servers import restartable_postgres

_KEPT = Path(__file__).parents[1] / ".pytest_cache/d/migrated"
TEMPLATE = "template_mitwirk"


async def bring_to_newest(url: str) -> None:
    """Bring a database to the newest migration."""
    settings = configuration(url)
    async with connected(settings) as database:
        await migrate(database.db(), settings)


async def _begin(url: str) -> None:
    await bring_to_newest(url)
    async with connected(configuration(url)):
        outbox = Outbox(on_commit=lambda: None)
        await store_town(outbox)
        await store_synonyms(outbox)
        await outbox.drain()


_FILLING = {"migrated": bring_to_newest, "begun": _begin}


def _fill(name: str, url: str) -> None:
    """By a process of its own: in this one a test may have a database open, and there is one at a time."""
    subprocess.run([sys.executable, "-m", "tests.migrated", name, url], cwd=Path(__file__).parents[1], check=True)


@cache
def migrated_file() -> Path:
    """The file of the last run, unless `models/` or what migrates has changed since."""
    return _kept_file("migrated", _digest(models))


@cache
def begun_file() -> Path:
    """A migrated file with what every first start stores: the town, and the synonyms."""
    return _kept_file("begun", _digest(models, subscriptions, resolvers))


def _kept_file(name: str, digest: str) -> Path:
    kept = _KEPT / f"{digest}.{name}.sqlite3"
    with _alone(name):
        if not kept.exists():
            with tempfile.TemporaryDirectory(dir=_KEPT) as folder:
                made = Path(folder, "mitwirk.sqlite3")
                _fill(name, f"sqlite://{made}")
                for old in _KEPT.glob(f"*.{name}.sqlite3"):
                    old.unlink()
                os.replace(made, kept)
    return kept


def migrated_server() -> Path:
    """The data of a stopped PostgreSQL server, whose database `TEMPLATE` is migrated: of the last run, as the file."""
    kept = _KEPT / f"{_digest(models)}.postgres"
    with _alone("postgres"):
        if not kept.exists():
            with tempfile.TemporaryDirectory(dir=_KEPT) as folder:
                with restartable_postgres() as server:
                    run(execute(f"{server.url}/postgres", f"CREATE DATABASE {TEMPLATE}"))
                    _fill("migrated", f"{server.url}/{TEMPLATE}")
                    server.stop()
                    server.copy(Path(folder, "data"))
                for old in _KEPT.glob("*.postgres"):
                    shutil.rmtree(old)
                os.replace(Path(folder, "data"), kept)
    return kept


@cache
def _digest(*rooms: ModuleType) -> str:
    folders = (Path(str(room.__file__)).parent for room in rooms)
    files = (path for folder in folders for path in sorted(folder.rglob("*")) if path.suffix not in ("", ".pyc"))
    sources = b"".join(path.read_bytes() for path in (*files, WOLFSBURG))
    return blake2b(sources + version("tortoise-orm").encode(), digest_size=8).hexdigest()


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Within it no other worker is."""
    _KEPT.mkdir(parents=True, exist_ok=True)
    with (_KEPT / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    asyncio.run(_FILLING[sys.argv[1]](sys.argv[2]))
