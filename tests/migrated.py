"""A migrated SQLite file to copy: migrating takes seconds, which most tests aren't about."""

import os
import tempfile
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

import models
from models.database.connect import configuration, connected, migrate
from tests.databases import run

_KEPT = Path(__file__).parents[1] / ".pytest_cache/d/migrated"


async def bring_to_newest(url: str) -> None:
    """Bring a database to the newest migration."""
    settings = configuration(url)
    async with connected(settings) as database:
        await migrate(database.db(), settings)


@cache
def migrated_file() -> Path:
    """The file of the last run, unless `models/` or what migrates has changed since."""
    sources = b"".join(path.read_bytes() for path in sorted(Path(models.__file__).parent.rglob("*.py")))
    digest = blake2b(sources + version("tortoise-orm").encode(), digest_size=8).hexdigest()
    kept = _KEPT / f"{digest}.sqlite3"
    if not kept.exists():
        _KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=_KEPT) as folder:
            made = Path(folder, "mitwirk.sqlite3")
            run(bring_to_newest(f"sqlite://{made}"))
            for old in set(_KEPT.glob("*.sqlite3")) - {kept}:
                old.unlink(missing_ok=True)
            os.replace(made, kept)  # whole, also where workers make it at the same time
    return kept
