"""The clients of Python: gql over HTTP, and the one that ariadne-codegen generates of the committed SDL."""

import fcntl
import hashlib
import json
import subprocess
import sys
import venv
from pathlib import Path

from gql import Client, GraphQLRequest, gql
from gql.transport.httpx import HTTPXTransport

from tests.clients.node import Program
from tests.web.server import PATIENCE, ROOT, Server, environment, until

ARIADNE = Path(__file__).parent / "ariadne"
_VENV = ARIADNE / ".venv"
_SETTINGS = """
[tool.ariadne-codegen]
schema_path = "{schema}"
queries_path = "{queries}"
target_package_name = "board_client"
target_package_path = "{folder}"
client_name = "Client"
client_file_name = "client"
"""


def ariadne() -> Path:
    """The programs of a virtual environment with what the lock names: it needs an older graphql-core than we do."""
    lock = ARIADNE / "requirements.txt"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = _VENV / "installed"
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_text() != wanted:
            venv.create(_VENV, clear=True)
            uv = [str(Path(sys.executable).with_name("uv")), "pip", "sync", "--quiet", "--require-hashes"]
            subprocess.run([*uv, "--python", _VENV / "bin/python", lock], check=True, capture_output=True)
            stamp.write_text(wanted)
    return _VENV / "bin"


def token(server: Server) -> str:
    """The demonstration member's access token."""
    document = 'mutation { signIn(input: {email: "member@mitwirk.example", password: "mitwirk-demo"}) { accessToken } }'
    return str(server.ask(document)["data"]["signIn"]["accessToken"])


PUBLISH = """
    mutation ($title: String!) {
      createOffer(input: {direction: SEEK, category: ROOM, title: $title, description: "Für Proben.", publish: true}) {
        offer { status }
      }
    }
"""


def test_gql_asks_over_http_and_publishes_signed_in(server: Server) -> None:
    headers = {"Authorization": f"Bearer {token(server)}"}
    with Client(transport=HTTPXTransport(f"{server.url}/graphql", headers=headers)) as client:
        made = client.execute(GraphQLRequest(PUBLISH, variable_values={"title": "Raum für gql"}))
        assert made["createOffer"]["offer"]["status"] == "PUBLISHED"
        assert client.execute(gql("{ offers(first: 1) { nodes { title } } }"))["offers"]["nodes"] == [
            {"title": "Raum für gql"}
        ]


def test_the_client_that_ariadne_codegen_makes_reads_and_watches(server: Server, tmp_path: Path) -> None:
    programs = ariadne()
    settings = {"schema": ROOT / "schema/schema.graphql", "queries": ARIADNE / "queries.graphql", "folder": tmp_path}
    (tmp_path / "pyproject.toml").write_text(_SETTINGS.format(**settings))
    made = subprocess.run(
        [programs / "ariadne-codegen"], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stderr
    script = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); sys.argv = ['', '{server.url}/graphql']\n"
    program = Program([str(programs / "python"), "-"], script + (ARIADNE / "use.py").read_text(), tmp_path, "ariadne")
    try:
        until(lambda: program.lines, "the board is read", PATIENCE)
        total, owners = json.loads(program.lines[0])
        assert total >= 25
        assert len(owners) == 3
        signed_in = token(server)
        titles = (f"Raum für ariadne-codegen {number}" for number in range(10_000))
        # Until the subscription has begun nothing is told: publish until it tells.
        until(lambda: server.ask(PUBLISH, signed_in, title=next(titles)) and len(program.lines) > 1, "told", PATIENCE)
        assert json.loads(program.lines[1]).startswith("Raum für ariadne-codegen")
    finally:
        program.end()
