"""A copy of the SQLite database, as it stands at one instant, while servers go on using it."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from models.database.connect import configuration
from web.process.startup_errors import CannotStartError
from web.settings import Settings


def back_up(settings: Settings, target: Path) -> None:
    """Copy the database into the new file `target`, which only its owner may read.

    A plain copy of the file would lack what stands in the log beside it (https://sqlite.org/wal.html), which may be
    everything. `VACUUM INTO` reads in one transaction, waits for no writer, and keeps none waiting. Raises
    `CannotStartError`; then there is no `target`, or it is what it was.
    """
    connections = configuration(settings.database)["connections"]
    if "sqlite" not in connections:
        raise CannotStartError("This database is on PostgreSQL: back it up by pg_dump (docs/backup.md).", exit_code=2)
    source = Path(connections["sqlite"]["credentials"]["file_path"]).absolute()
    try:
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        raise CannotStartError(f"Can't write the backup {target}: {error.strerror}.", exit_code=2) from None
    try:
        _copy(source, target, settings.database_busy_seconds)
    except BaseException as error:
        target.unlink(missing_ok=True)
        if isinstance(error, (OSError, sqlite3.Error)):
            raise CannotStartError(f"Can't copy the database {source} to {target}: {error}.") from None
        raise


def _copy(source: Path, target: Path, busy_seconds: float) -> None:
    # Never made where it isn't there: that would be an empty database, and an empty backup.
    with closing(sqlite3.connect(f"{source.as_uri()}?mode=rw", uri=True, timeout=busy_seconds)) as database:
        database.execute("VACUUM INTO ?", [str(target)])
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
