"""GraphQL over HTTP: https://graphql.github.io/graphql-over-http/draft/"""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import httpx
import pytest

from tests.web.server import Server

NEW, OLD = "application/graphql-response+json", "application/json"
GOOD = "{ network { name } }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server") / "data", BODY_BYTES=50_000) as running:
        yield running


def post(server: Server, body: Any, accept: str | None = NEW, **headers: str) -> httpx.Response:
    if accept is not None:
        headers["Accept"] = accept
    if isinstance(body, bytes):
        return server.client.post("/graphql", content=body, headers={"Content-Type": OLD, **headers})
    return server.client.post("/graphql", json=body, headers=headers)


def code(answer: httpx.Response) -> str:
    body = answer.json()
    assert "data" not in body
    (error,) = body["errors"]
    assert error["extensions"]["correlationId"] == answer.headers["X-Correlation-Id"]
    return str(error["extensions"]["code"])


@pytest.mark.parametrize(
    ("accept", "answered"),
    [
        (NEW, NEW),
        (OLD, OLD),
        (None, OLD),
        ("*/*", OLD),
        ("text/html", OLD),
        (f"{NEW}, {OLD}", NEW),
        (f"{OLD}, {NEW}", NEW),
        (f"{NEW};q=0.5, {OLD}", OLD),
        (f"{NEW}; charset=utf-8, {OLD};q=0.9", NEW),
        (f"{NEW};q=nonsense", OLD),
    ],
)
def test_the_answer_is_of_the_accepted_media_type(server: Server, accept: str | None, answered: str) -> None:
    answer = post(server, {"query": GOOD}, accept)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == f"{answered}; charset=utf-8"
    assert answer.json()["data"] == {"network": {"name": "Engagement-Netzwerk Wolfsburg"}}
    assert len(answer.headers["X-Correlation-Id"]) == 32


@pytest.mark.parametrize(
    "body",
    [
        {"query": "{"},
        {"query": "{ nothing }"},
        {"query": "{" + "network{" * 200},
        {"query": "fragment F on Query { network { name } }"},
        {"query": "query A { network { name } } query B { network { name } }"},
        {"query": "query A { network { name } }", "operationName": "B"},
        {"query": "query ($id: ID!) { node(id: $id) { id } }"},
        {"query": "query ($id: ID!) { node(id: $id) { id } }", "variables": {"id": {"a": 1}}},
    ],
)
def test_what_cannot_be_executed_is_400_and_in_plain_json_200(server: Server, body: dict[str, Any]) -> None:
    answer = post(server, body)
    assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")
    answer = post(server, body, OLD)
    assert (answer.status_code, code(answer)) == (200, "BAD_REQUEST")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"1",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"query": NaN}',
        b"[" * 5000,
        [{"query": GOOD}],
        {},
        {"query": None},
        {"query": ""},
        {"query": 1},
        {"query": [GOOD]},
        {"query": GOOD, "variables": []},
        {"query": GOOD, "variables": "{}"},
        {"query": GOOD, "operationName": 1},
        {"query": GOOD, "operationName": {}},
        {"query": GOOD, "extensions": 1},
    ],
)
def test_a_body_of_another_form_is_400_and_json(server: Server, body: Any) -> None:
    for accept in (NEW, OLD):
        answer = post(server, body, accept)
        assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")
        assert answer.headers["Content-Type"].startswith(accept)


def test_a_body_that_is_too_large_is_413(server: Server) -> None:
    assert post(server, {"query": GOOD + " " * 60_000}).status_code == 413


def test_a_body_of_another_type_is_415(server: Server) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        answer = post(server, b"query=%7B__typename%7D", **{"Content-Type": kind})
        assert (answer.status_code, code(answer)) == (415, "BAD_REQUEST")


def test_one_of_several_operations_is_executed_by_its_name(server: Server) -> None:
    document = "query A { network { name } } query B { liveCursor }"
    assert list(post(server, {"query": document, "operationName": "B"}).json()["data"]) == ["liveCursor"]


def test_what_may_have_been_meant_is_suggested(server: Server) -> None:
    for document in ("{ netwrk { name } }", "{ node(idd: 1) { id } }", "query ($a: Strng) { liveCursor }"):
        assert "Did you mean" in post(server, {"query": document}).text


def test_get_answers_queries(server: Server) -> None:
    answer = server.client.get("/graphql", params={"query": "query ($a: Boolean!) { liveCursor @skip(if: $a) }"})
    assert answer.status_code == 200
    assert code(answer) == "BAD_REQUEST"
    parameters = {"query": "query ($a: Boolean!) { liveCursor @skip(if: $a) }", "variables": '{"a": true}'}
    assert server.client.get("/graphql", params=parameters).json()["data"] == {}
    assert server.client.get("/graphql", params={**parameters, "variables": "{"}).status_code == 400
    assert server.client.get("/graphql").status_code == 400


def test_other_methods_are_405(server: Server) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        answer = server.client.request(method, "/graphql")
        assert (answer.status_code, answer.headers["Allow"], code(answer)) == (405, "GET, POST", "BAD_REQUEST")


def test_a_browser_gets_a_page(server: Server) -> None:
    answer = server.client.get("/graphql", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.text.startswith("<!doctype html>")
    assert server.client.get("/", follow_redirects=True).status_code == 400


def hashed(query: str) -> dict[str, Any]:
    """A document's hash, as Apollo's protocol has it."""
    return {"persistedQuery": {"version": 1, "sha256Hash": sha256(query.encode()).hexdigest()}}


UNKNOWN = hashed("{ nobody { has sent this } }")


def get(server: Server, named: dict[str, Any], accept: str = OLD) -> httpx.Response:
    """The same request by GET."""
    parameters = {
        name: value if isinstance(value, str) else json.dumps(value) for name, value in named.items() if value
    }
    return server.client.get("/graphql", params=parameters, headers={"Accept": accept})


@pytest.mark.parametrize(
    ("named", "what"),
    [
        ({"extensions": UNKNOWN}, "FOUND"),
        ({"extensions": UNKNOWN, "query": None, "operationName": "A", "variables": {"a": 1}}, "FOUND"),
        ({"extensions": UNKNOWN, "query": ""}, "FOUND"),
        ({"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "x" * 64}}}, "SUPPORTED"),
        ({"extensions": {"persistedQuery": {"version": 2, "sha256Hash": "0" * 64}}}, "SUPPORTED"),
        ({"extensions": {"persistedQuery": {}}}, "SUPPORTED"),
        ({"documentId": "sha256:0"}, "SUPPORTED"),
        ({"documentId": "x" * 100, "variables": None}, "SUPPORTED"),
    ],
)
def test_a_document_of_a_name_that_is_not_known_is_asked_for(server: Server, named: dict[str, Any], what: str) -> None:
    streams = "text/event-stream, multipart/mixed"
    for accept, status in ((NEW, 400), (OLD, 200), (f"{NEW}, {OLD}, {streams}", 400), (streams, 200)):
        for answer in (post(server, named, accept), get(server, named, accept)):
            assert (answer.status_code, code(answer)) == (status, f"PERSISTED_QUERY_NOT_{what}")
            # urql goes by it, in any language.
            assert answer.json()["errors"][0]["message"] == f"PersistedQueryNot{what.title()}"
            assert answer.headers["Cache-Control"] == "no-store"
            assert len(answer.content) < 300


def test_a_document_is_sent_once_and_then_named(server: Server) -> None:
    query = "query($first: Int) { offers(first: $first) { nodes { id } } } # by name"
    extensions, variables = hashed(query), {"first": 2}
    assert code(post(server, {"extensions": extensions, "variables": variables})) == "PERSISTED_QUERY_NOT_FOUND"
    whole = post(server, {"query": query, "extensions": extensions, "variables": variables})
    named: dict[str, Any] = {"extensions": extensions, "variables": variables}
    first = post(server, named)
    assert first.json() == whole.json()
    for answer in (get(server, named), get(server, named)):
        assert answer.json() == first.json()
        assert answer.headers["ETag"]
    assert post(server, {**named, "operationName": "A"}).json()["errors"]
    assert post(server, {**named, "variables": {"first": 101}}).json()["data"] == {"offers": None}


def test_a_mutation_is_not_done_by_get_whatever_it_is_named_by(server: Server) -> None:
    query = "mutation { signOut { userErrors { code } } } # by name"
    assert post(server, {"query": query, "extensions": hashed(query)}).status_code == 200
    assert post(server, {"extensions": hashed(query)}).json()["data"] == {"signOut": None}
    assert get(server, {"extensions": hashed(query)}).status_code == 405


def test_a_document_that_is_not_the_one_of_its_hash_is_refused(server: Server) -> None:
    for answer in (
        post(server, {"query": GOOD, "extensions": UNKNOWN}),
        post(server, {"query": GOOD, "extensions": UNKNOWN}, OLD),
        get(server, {"query": GOOD, "extensions": UNKNOWN}),
    ):
        assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")
    assert code(post(server, {"extensions": UNKNOWN})) == "PERSISTED_QUERY_NOT_FOUND"


def test_a_document_that_comes_with_another_name_is_executed(server: Server) -> None:
    expected = {"data": {"network": {"name": "Engagement-Netzwerk Wolfsburg"}}}
    for extensions in (None, {"persistedQuery": {"version": 1, "sha256Hash": "x"}}):
        assert (
            post(server, {"query": GOOD, "extensions": extensions, "documentId": "x"}).json()["data"]
            == expected["data"]
        )


@pytest.mark.parametrize("extensions", [{"persistedQuery": None}, {"persistedQuery": "x"}, {"other": {}}, None])
def test_what_names_no_document_lacks_one(server: Server, extensions: Any) -> None:
    answer = post(server, {"extensions": extensions, "documentId": 1})
    assert (answer.status_code, code(answer)) == (400, "BAD_REQUEST")


@pytest.mark.parametrize("added", ["fbclid=1", "utm_source=x&utm_source=y", "%ff=%fe", "&&="])
def test_parameters_that_others_add_to_an_address_change_nothing(server: Server, added: str) -> None:
    browser = {"Accept": "text/html"}
    for path in ("/", "/graphql", "/dashboard", "/confirm", "/health/live", "/feeds/offers.atom"):
        plain = server.client.get(path, headers=browser)
        answer = server.client.get(f"{path}?{added}", headers=browser)
        assert (answer.status_code, answer.content) == (200, plain.content), path
    expected = {"data": {"network": {"name": "Engagement-Netzwerk Wolfsburg"}}}
    assert server.client.get(f"/graphql?query=%7Bnetwork%7Bname%7D%7D&{added}").json()["data"] == expected["data"]
    assert server.client.post(f"/graphql?{added}", json={"query": GOOD}).json()["data"] == expected["data"]


@pytest.mark.parametrize("token", ["Bearer x", "Bearer", "Basic eDp5", "x"])
def test_a_wrong_token_is_an_error_not_a_guest(server: Server, token: str) -> None:
    answer = post(server, {"query": GOOD}, Authorization=token)
    assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    answer = post(server, {"query": GOOD}, OLD, Authorization=token)
    assert (answer.status_code, code(answer)) == (200, "UNAUTHENTICATED")


def test_errors_are_german_unless_english_is_asked_for(server: Server) -> None:
    texts = [
        post(server, {"query": GOOD}, Authorization="Bearer x", **{"Accept-Language": language}).json()
        for language in ("de-DE", "en-GB,en;q=0.9", "fr")
    ]
    german, english, neither = (text["errors"][0]["message"] for text in texts)
    assert german == neither != english
    assert english == "The token is not valid or has expired: please sign in again."


def test_no_origin_may_use_it_from_a_browser_unless_it_is_named(server: Server) -> None:
    answer = post(server, {"query": GOOD}, Origin="https://elsewhere.example")
    assert "Access-Control-Allow-Origin" not in answer.headers
