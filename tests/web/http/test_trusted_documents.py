"""A server that answers only what its operator has listed: over every transport, whatever way it is asked."""

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from graphql import parse, validate

from auth.refusals import BadRequest, DocumentNotTrusted
from schema.roots import build
from tests.web.live.test_graphql_transport_ws import hear, opened, say
from tests.web.live.test_streams import APOLLO as PARTS
from tests.web.live.test_streams import SSE
from tests.web.server import Server, command
from tests.web.transports import by_events, by_parts, by_socket
from web.http.persisted import DocumentName
from web.http.trusted_documents import ManifestError, TrustedDocuments, read_manifest
from web.pages import dashboard

LISTED = "query Listed($first: Int) { offers(first: $first) { nodes { id } } }"
FIGURES = "subscription Figures { networkStatistics { memberCount } }"
MANIFEST = {"listed": LISTED, "figures": FIGURES}
APOLLO = {
    "format": "apollo-persisted-query-manifest",
    "version": 1,
    "operations": [{"id": id, "name": "A", "type": "query", "body": body} for id, body in MANIFEST.items()],
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("trusted")
    (folder / "manifest.json").write_text(json.dumps(APOLLO))
    with Server(folder / "data", TRUSTED_DOCUMENTS=folder / "manifest.json", DEMO=1) as running:
        yield running


def ask(server: Server, **body: Any) -> dict[str, Any]:
    """What is answered by POST."""
    return dict(server.client.post("/graphql", json=body).json())


def code(answer: dict[str, Any]) -> str | None:
    """The code of the first error."""
    return answer["errors"][0]["extensions"]["code"] if "errors" in answer else None


def hash_of(text: str) -> str:
    """A document's SHA-256."""
    return sha256(text.encode()).hexdigest()


# ---------------------------------------------------------------- the file


@pytest.mark.parametrize("content", [MANIFEST, APOLLO])
def test_a_manifest_is_apollo_s_or_a_plain_one(tmp_path: Path, content: dict[str, Any]) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps(content))
    assert read_manifest(tmp_path / "manifest.json") == MANIFEST


WRONG = {
    "no JSON": "{",
    "no object": "[]",
    "nothing": "{}",
    "no text": '{"a": 1}',
    "an empty text": '{"a": " "}',
    "another version": json.dumps({**APOLLO, "version": 2}),
    "no operations": json.dumps({"format": APOLLO["format"], "version": 1}),
    "an operation without a body": json.dumps({**APOLLO, "operations": [{"id": "a"}]}),
    "an operation without an id": json.dumps({**APOLLO, "operations": [{"body": LISTED}]}),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_manifest_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "manifest.json").write_text(WRONG[name])
    with pytest.raises(ManifestError):
        read_manifest(tmp_path / "manifest.json")


def test_a_server_with_a_wrong_file_does_not_start_and_says_why_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{")
    for path, why in ((tmp_path / "nothing.json", "can't be read"), (tmp_path / "manifest.json", "holds no JSON")):
        done = command("serve", DATA_DIR=tmp_path / "data", PORT=0, TRUSTED_DOCUMENTS=path)
        assert done.returncode == 2
        (line,) = [one for one in done.stderr.splitlines() if "TRUSTED_DOCUMENTS" in one]
        assert why in line


# ---------------------------------------------------------------- which document it is


async def test_a_document_is_known_by_its_id_its_hash_and_its_text() -> None:
    trusted = TrustedDocuments(MANIFEST, ["{ own }"])
    for name in (
        DocumentName(None, "listed"),
        DocumentName("listed", None),
        DocumentName(hash_of(LISTED), None),
        DocumentName(None, f"sha256:{hash_of(LISTED)}"),
    ):
        assert await trusted.text("", name) == LISTED
        assert await trusted.text(LISTED, name) == LISTED
        with pytest.raises(BadRequest):
            await trusted.text(FIGURES, name)
    assert await trusted.text(LISTED, None) == LISTED
    assert await trusted.text("{ own }", None) == "{ own }"


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("{ liveCursor }", None),
        (LISTED + " ", None),
        ("", None),
        ("", DocumentName(None, "other")),
        ("", DocumentName(hash_of("{ liveCursor }"), None)),
        ("{ liveCursor }", DocumentName(hash_of("{ liveCursor }"), None)),
        ("{ liveCursor }", DocumentName(None, "other")),
        ("", DocumentName(None, None)),
    ],
)
async def test_nothing_else_is_trusted(query: str, name: DocumentName | None) -> None:
    with pytest.raises(DocumentNotTrusted):
        await TrustedDocuments(MANIFEST, []).text(query, name)


def test_the_server_s_own_pages_send_what_is_trusted() -> None:
    """The dashboard's documents, each complete: no other page sends any."""
    texts = dashboard.documents()
    assert len(texts) >= 8
    schema = build()._schema
    named = "\n".join(texts)
    for field in ("liveOffers", "networkStatistics", "history", "groups", "groupUpdated", "events"):
        assert field in named
    for text in texts:
        if not text.lstrip().startswith("fragment"):
            assert validate(schema, parse(text)) == [], text
    assert "${" not in named


# ---------------------------------------------------------------- over the wire


def test_listed_documents_are_answered_and_others_refused_over_http(server: Server) -> None:
    listed = ask(server, documentId="listed", variables={"first": 2})
    assert len(listed["data"]["offers"]["nodes"]) == 2
    assert ask(server, query=LISTED, variables={"first": 2}) == listed
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": "listed"}}
    assert ask(server, extensions=persisted, variables={"first": 2}) == listed
    params = {"documentId": "listed", "variables": '{"first": 2}'}
    assert server.client.get("/graphql", params=params).json() == listed
    for body in (
        {"query": "{ __schema { queryType { name } } }"},
        {"query": "{ network { name } }"},
        {"documentId": "other"},
        {"query": 'mutation { signIn(input: {email: "a@b.example", password: "x"}) { accessToken } }'},
        {"query": "subscription { networkStatistics { memberCount } }"},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": hash_of("{ network { name } }")}}},
    ):
        for _time in range(2):
            assert code(ask(server, **body)) == "DOCUMENT_NOT_TRUSTED"
    hashed = {"persistedQuery": {"version": 1, "sha256Hash": hash_of("{ network { name } }")}}
    assert code(ask(server, query="{ network { name } }", extensions=hashed)) == "DOCUMENT_NOT_TRUSTED"


@pytest.mark.parametrize("transport", [by_socket, by_events, by_parts])
async def test_streams_and_sockets_answer_nothing_else_either(server: Server, transport: Any) -> None:
    async with transport(server.url, FIGURES, {}) as updates:
        async for payload in updates:
            if "data" in payload or "errors" in payload:
                assert "data" in payload
                break
    other = FIGURES.replace("Figures", "Others")
    if transport is by_socket:
        async with transport(server.url, other, {}) as updates:
            assert [code(payload) async for payload in updates] == ["DOCUMENT_NOT_TRUSTED"]
        return
    for accept in (SSE, PARTS):
        answer = server.client.post("/graphql", json={"query": other}, headers={"Accept": accept})
        assert code(answer.json()) == "DOCUMENT_NOT_TRUSTED"


async def test_a_socket_names_a_listed_document(server: Server) -> None:
    async with opened(server) as socket:
        for id, expected in (("figures", "next"), ("other", "error")):
            await say(socket, type="subscribe", id=id, payload={"documentId": id})
            assert (await hear(socket))["type"] == expected


def test_the_playground_says_that_it_is_off_and_the_other_pages_stay(server: Server) -> None:
    for path in ("/", "/graphql"):
        for language, text in (("de", "keinen Playground"), ("en", "no playground")):
            headers = {"Accept": "text/html", "Accept-Language": language}
            answer = server.client.get(path, headers=headers)
            assert answer.status_code == 200
            assert text in answer.text
            assert "<script" not in answer.text
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert server.client.get("/dashboard").status_code == 200
    for text in dashboard.documents():
        if text.lstrip().startswith("query {"):
            assert "data" in ask(server, query=text), text
    assert server.client.post("/confirm?token=x").status_code == 400
