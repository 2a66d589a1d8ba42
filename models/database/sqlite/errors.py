"""What SQLite's errors say of the database, sorted by its result codes (https://sqlite.org/rescode.html)."""

import sqlite3

from models.database.errors import Trouble

_AWAY = {
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_CORRUPT,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOTADB,
}
_UNWRITABLE = {
    sqlite3.SQLITE_BUSY,  # others write, for longer than a statement waits
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_FULL,
}
_READING = {sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_FSTAT}


def trouble(error: object) -> Trouble | None:
    """What an error of SQLite says of the database; None where it says nothing of it."""
    if isinstance(error, OSError):
        return Trouble.AWAY
    if not isinstance(error, sqlite3.Error):
        return None
    extended = getattr(error, "sqlite_errorcode", 0)
    code = extended & 0xFF
    if code in _UNWRITABLE or (code == sqlite3.SQLITE_IOERR and extended not in _READING):
        return Trouble.UNWRITABLE
    if code == sqlite3.SQLITE_INTERRUPT:
        return Trouble.CUT_OFF
    return Trouble.AWAY if code in _AWAY or code == sqlite3.SQLITE_IOERR else None
