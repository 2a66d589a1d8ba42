"""Random documents with random variables: the server says what is wrong with them, and never INTERNAL.

Documents are made of the schema by hypothesis-graphql, or cut and put together anew; variables are any JSON, deep and
long ones among them. Both grow from seeds, so that what is found once is found again.
"""

import json
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import from_schema, nodes

from schema.roots import build
from tests.attacks.test_cheat_sheet import token_of
from tests.web.server import Server

_TEXTS = {
    "DateTime": "2026-12-01T10:00:00Z",
    "Date": "2026-12-01",
    "EmailAddress": "nobody@mitwirk.example",
    "PhoneNumber": "+495361280",
    "URL": "https://mitwirk.example",
}


def _documents() -> st.SearchStrategy[str]:
    scalars = {name: st.just(nodes.String(text)) for name, text in _TEXTS.items()}
    return from_schema(build().as_str(), custom_scalars=scalars)


DOCUMENTS = st.deferred(_documents)  # they take seconds to make, in each process that collects tests
# What texts are made of that break programs: marks, directions, surrogates, controls, signs of SQL and JSON.
_LETTERS = st.sampled_from(
    [*"aZ0 \\\"'%_{}[]$\n\t\x00\x7f", "ß", "\u0301", "\u202e", "\ufeff", "\ud83d\ude00", "\ud800", "\uffff"]
)
_TEXT = st.lists(_LETTERS, max_size=40).map("".join) | st.integers(0, 20_000).map(lambda size: "x" * size)
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | _TEXT | st.sampled_from(sorted(_TEXTS.values()))
VALUES: st.SearchStrategy[Any] = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(_TEXT, inner, max_size=4), max_leaves=30
)
DEEP = st.tuples(st.integers(1, 600), st.booleans()).map(lambda one: _deep(*one))

# Documents that declare variables, and where these go.
WITH_VARIABLES = (
    ("query ($x: OfferFilter) { offers(filter: $x) { totalCount nodes { id } } }", "x"),
    ("query ($x: Int) { offers(first: $x) { nodes { id } } }", "x"),
    ("query ($x: String) { offers(after: $x) { nodes { id } } }", "x"),
    ("query ($x: [ID!]!) { nodes(ids: $x) { __typename } }", "x"),
    ("query ($x: String!) { search(text: $x) { nodes { __typename } } member(slug: $x) { id } }", "x"),
    ("query ($x: EventFilter) { events(filter: $x) { totalCount } }", "x"),
    ("mutation ($x: SignInInput!) { signIn(input: $x) { userErrors { code path } } }", "x"),
    ("mutation ($x: CreateOfferInput!) { createOffer(input: $x) { userErrors { code path } } }", "x"),
    ("mutation ($x: CreateEventInput!) { createEvent(input: $x) { userErrors { code path } } }", "x"),
    ("mutation ($x: UpdateMemberInput!) { updateMember(input: $x) { userErrors { code path } } }", "x"),
)


def _deep(levels: int, by_list: bool) -> Any:
    value: Any = 1
    for _level in range(levels):
        value = [value] if by_list else {"near": value}
    return value


def cut(document: str, seed: int) -> str:
    """The document with pieces left out, doubled, or put elsewhere."""
    dice, text = Random(seed), document
    for _time in range(dice.randrange(1, 4)):
        start, end = sorted(dice.randrange(len(text) + 1) for _number in range(2))
        piece, at = text[start:end], dice.randrange(len(text) + 1)
        text = dice.choice(
            [text[:start] + text[end:], text[:at] + piece + text[at:], text[:start] + piece * 3 + text[end:]]
        )
        text = text[:20_000] or "{"
    return text


def asked(server: Server, body: Any, token: str | None) -> None:
    """Ask, and look at the answer."""
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    answer = server.client.post("/graphql", content=json.dumps(body), headers=headers)
    assert answer.status_code in (200, 400, 413), (answer.status_code, body)
    errors = answer.json().get("errors", ())
    assert "INTERNAL" not in {error["extensions"]["code"] for error in errors}, (errors, body)


@pytest.fixture(scope="module")
def tokens(server: Server) -> list[str | None]:
    """Who asks: a guest, a member, the office."""
    return [None, *(token_of(server, f"{name}@mitwirk.example") for name in ("member", "office"))]


def _examples(count: int, long: int) -> list[Any]:
    return [count, pytest.param(long, marks=pytest.mark.soak)]


@pytest.mark.parametrize("examples", _examples(30, 5000))
def test_documents_of_the_schema(server: Server, tokens: list[str | None], examples: int) -> None:
    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(DOCUMENTS, st.integers(0, 2**32), st.sampled_from(tokens))
    def fuzz(document: str, seed: int, token: str | None) -> None:
        asked(server, {"query": document}, token)
        asked(server, {"query": cut(document, seed)}, token)

    fuzz()


@pytest.mark.parametrize("examples", _examples(200, 20_000))
def test_variables_of_any_form(server: Server, tokens: list[str | None], examples: int) -> None:
    @settings(
        max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    @given(st.sampled_from(WITH_VARIABLES), VALUES | DEEP, st.sampled_from(tokens))
    def fuzz(known: tuple[str, str], value: Any, token: str | None) -> None:
        document, name = known
        asked(server, {"query": document, "variables": {name: value}}, token)
        asked(server, {"query": document, "variables": value, "operationName": value, "extensions": value}, token)

    fuzz()


def test_what_was_asked_left_no_unexpected_error_in_the_log(server: Server) -> None:
    assert "unexpected error" not in server.log
    assert server.client.get("/health/live").status_code == 200
