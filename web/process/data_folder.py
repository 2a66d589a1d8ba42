"""DATA_DIR: made for its owner alone, and the key that is kept in it."""

import os
import secrets
import stat
from pathlib import Path

from web.process.startup_errors import CannotStartError
from web.setting_checks import SHORTEST_KEY
from web.settings import Settings

# What a server of an earlier version may have made in DATA_DIR for others to read.
_OWN_FILES = (
    *("database.lock", "mitwirk.sqlite3", "mitwirk.sqlite3-shm", "mitwirk.sqlite3-wal", "secret_key"),
    *("valkey.lock", "valkey.log"),
)


def prepare_folder(settings: Settings) -> Path:
    """DATA_DIR, made where it is missing, for its owner alone. What is written into it, `main.py` says, is as well.

    Raises `CannotStartError` where nothing can be written into it.
    """
    folder = settings.folder
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _close_to_others(folder)
        probe = folder / f".writable-{os.getpid()}"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise CannotStartError(
            f"Can't write into the data folder {folder} ({error.strerror}): set DATA_DIR to one that can be written."
        ) from None
    return folder


def _close_to_others(folder: Path) -> None:
    """Take from others what they may do with a folder that was there before, and with what of ours lies in it.

    What belongs to somebody else stays as it is, and so does a folder for everybody, such as `/tmp`.
    """
    for path, mode in ((folder, 0o700), *((folder / name, 0o600) for name in _OWN_FILES)):
        try:
            found = path.stat()
        except FileNotFoundError:
            continue
        if found.st_uid == os.geteuid() and found.st_mode & 0o077 and not found.st_mode & stat.S_ISVTX:
            path.chmod(mode)


def secret_key(settings: Settings) -> str:
    """SECRET_KEY, or the one kept in DATA_DIR, made at the first start. Raises `CannotStartError`."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    path = settings.folder / "secret_key"
    try:
        if not path.exists():
            _make_key(path)
        key = path.read_text().strip()
    except OSError as error:
        raise CannotStartError(f"Can't read the key in {path} ({error.strerror}): mend it or set SECRET_KEY.") from None
    if len(key) < SHORTEST_KEY:
        raise CannotStartError(f"The key in {path} is too short: restore it from a backup or set SECRET_KEY.")
    return key


def _make_key(path: Path) -> None:
    """Write a new key to `path`, whole or not at all: of two processes that do so at once, one wins."""
    draft = path.with_name(f".secret_key-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as target:
        target.write(secrets.token_urlsafe(48) + "\n")
        target.flush()
        os.fsync(target.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
