"""The libraries that people reach the API with do their work against a running server."""

import json
import re
from pathlib import Path

import pytest

from tests.clients.node import FOLDER, PACKAGES, run
from tests.web.server import ROOT, Server

BOARD = """
  fragment Board_query on Query
  @argumentDefinitions(first: { type: "Int", defaultValue: 3 }, after: { type: "String" })
  @refetchable(queryName: "BoardPaginationQuery") {
    offers(first: $first, after: $after) @connection(key: "Board_offers") {
      edges { node { id title owner { id name } } }
    }
  }
"""


def test_every_audit_of_graphql_over_http_passes(server: Server) -> None:
    results = [json.loads(line) for line in run("node", "audits.js", f"{server.url}/graphql").splitlines()]
    assert len(results) >= 61
    assert [result for result in results if result[1] != "ok"] == []


@pytest.mark.parametrize("script", ["apollo.js", "urql.js"])
def test_a_client_reads_pages_and_keeps_them(server: Server, script: str) -> None:
    run("node", script, f"{server.url}/graphql")


def test_clients_that_send_hashes_send_each_document_once(server: Server) -> None:
    run("node", "persisted.js", f"{server.url}/graphql")


def test_relay_compiles_a_pagination_container_which_is_answered(server: Server, tmp_path: Path) -> None:
    sources = tmp_path / "src"
    (sources / "made").mkdir(parents=True)
    (sources / "Board.js").write_text(f"graphql`{BOARD}`;\ngraphql`query BoardQuery {{ ...Board_query }}`;\n")
    (tmp_path / "schema.graphql").write_text((ROOT / "schema/schema.graphql").read_text())
    settings = {
        "src": "src",
        "schema": "schema.graphql",
        "language": "javascript",
        "artifactDirectory": "src/made",
        "eagerEsModules": False,
    }
    (tmp_path / "relay.config.json").write_text(json.dumps(settings))
    run("node", PACKAGES / "relay-compiler/cli.js", cwd=tmp_path)
    made = (sources / "made/BoardPaginationQuery.graphql.js").read_text()
    (line,) = (line for line in made.splitlines() if line.strip().startswith('"text": '))
    document = json.loads("{" + line.strip().rstrip(",") + "}")["text"]
    first = server.ask(document, first=3)["data"]["offers"]
    assert len(first["edges"]) == 3
    second = server.ask(document, first=3, after=first["pageInfo"]["endCursor"])["data"]["offers"]
    ids = [edge["node"]["id"] for page in (first, second) for edge in page["edges"]]
    assert len(set(ids)) == 6


@pytest.mark.long
def test_codegen_makes_types_that_hold_under_strict(server: Server, tmp_path: Path) -> None:
    (tmp_path / "node_modules").symlink_to(PACKAGES)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "tsconfig.json").write_text((FOLDER / "tsconfig.json").read_text())
    (tmp_path / "board.ts").write_text((FOLDER / "board.ts").read_text())
    settings = {
        "schema": f"{server.url}/graphql",
        "documents": ["*.ts"],
        "generates": {"./gql/": {"preset": "client", "config": {"useTypeImports": True}}},
    }
    (tmp_path / "codegen.json").write_text(json.dumps(settings))
    run("node", PACKAGES / ".bin/graphql-codegen", "--config", "codegen.json", cwd=tmp_path)
    wrong = (tmp_path / "board.ts").read_text().replace("offer.title", "offer.titel")
    (tmp_path / "wrong.ts").write_text(wrong)
    with pytest.raises(AssertionError, match="titel") as refused:
        run("node", PACKAGES / ".bin/tsc", "--noEmit", cwd=tmp_path)
    assert re.findall(r"^(.*)\(.*error", str(refused.value), re.M) == ["wrong.ts"]


def test_clients_name_documents_of_the_lists_that_their_tools_write(server: Server, tmp_path: Path) -> None:
    """graphql-codegen's client preset writes a list, which is served as it is, and as Apollo would write it."""
    (tmp_path / "node_modules").symlink_to(PACKAGES)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "board.ts").write_text((FOLDER / "board.ts").read_text())
    settings = {
        "schema": str(ROOT / "schema/schema.graphql"),
        "documents": ["*.ts"],
        "generates": {
            "./gql/": {
                "preset": "client",
                "presetConfig": {"persistedDocuments": True},
                "config": {"useTypeImports": True},
            }
        },
    }
    (tmp_path / "codegen.json").write_text(json.dumps(settings))
    run("node", PACKAGES / ".bin/graphql-codegen", "--config", "codegen.json", cwd=tmp_path)
    made = json.loads((tmp_path / "gql/persisted-documents.json").read_text())
    (board,) = (id for id, text in made.items() if text.startswith("query Board"))
    manifest = {
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [{"id": id, "name": "Board", "type": "query", "body": body} for id, body in made.items()],
    }
    files = {"plain.json": made, "apollo.json": manifest}
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content))
        with Server(tmp_path / name.partition(".")[0], DEMO=1, TRUSTED_DOCUMENTS=tmp_path / name) as trusting:
            run("node", "trusted.js", f"{trusting.url}/graphql", board)
