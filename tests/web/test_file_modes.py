"""What a server writes its owner alone may read."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tests.web.server import Server, command, until

SIGN_UP = """mutation { signUp(input: {
  name: "Erika Muster", email: "erika@example.org", password: "Ein langes Passwort 1"
}) { userErrors { code } } }"""


def open_to_others(folder: Path) -> dict[str, str]:
    """What of a folder, itself among it, others may read, write or enter."""
    found = {str(path): path.lstat().st_mode & 0o777 for path in (folder, *folder.rglob("*"))}
    return {name: oct(mode) for name, mode in found.items() if mode & 0o077}


def test_what_lies_in_the_folder_is_its_owners_alone(tmp_path: Path) -> None:
    with Server(tmp_path / "data", JOB_SECONDS=0.1, bare=True) as server:
        assert server.ask(SIGN_UP)["data"]["signUp"]["userErrors"] == []
        until(lambda: list(server.folder.glob("mail/*.eml")), "the mail is written")
        names = {path.name for path in server.folder.iterdir()}
        assert {"mail", "mitwirk.sqlite3", "mitwirk.sqlite3-wal", "secret_key", "valkey.log", "valkey.sock"} <= names
        assert open_to_others(server.folder) == {}
        target = tmp_path / "backup.sqlite3"
        assert command("backup", str(target), DATA_DIR=server.folder).returncode == 0
        assert target.stat().st_mode & 0o777 == 0o600


def test_a_folder_that_was_open_is_closed_and_serves(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert command("migrate", DATA_DIR=folder).returncode == 0
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    with Server(folder) as server:
        assert server.ask("{ liveCursor }")["data"]["liveCursor"]
        assert open_to_others(folder) == {}
    with closing(sqlite3.connect(folder / "mitwirk.sqlite3")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
