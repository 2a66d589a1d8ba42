"""The items of the OWASP cheat sheet on GraphQL, one by one, each named as it is there.

https://cheatsheetseries.owasp.org/cheatsheets/GraphQL_Cheat_Sheet.html
What has many forms is tried in full elsewhere; here each item is tried once, over HTTP, at a server as people start it.
"""

import json
import re
from typing import Any

import httpx
import pytest

from tests.attacks.cpu import Cpu
from tests.attacks.documents import codes_of
from tests.web.server import Server

JSON = {"Content-Type": "application/json"}
SIGN_IN = "signIn(input: {email: %s, password: %s}) { accessToken userErrors { code } }"
MEMBER, PASSWORD = "member@mitwirk.example", "mitwirk-demo"


def ask(server: Server, query: str, token: str | None = None, **variables: Any) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return server.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers).json()


def token_of(server: Server, email: str) -> str:
    text = SIGN_IN % (json.dumps(email), json.dumps(PASSWORD))
    return str(ask(server, f"mutation {{ {text} }}")["data"]["signIn"]["accessToken"])


@pytest.fixture(scope="module")
def signed_in(server: Server) -> str:
    return token_of(server, MEMBER)


# ---------------------------------------------------------------- input validation


@pytest.mark.parametrize(
    ("field", "value"),
    [("direction", "BOTH"), ("direction", 7), ("availableOn", "yesterday"), ("remote", "yes"), ("topics", [[["a"]]]),
     ("near", {"latitude": 91, "longitude": 0}), ("near", {"latitude": "52", "longitude": 0}), ("unknown", 1)],
)  # fmt: skip
def test_input_validation_allows_what_is_declared_and_says_what_is_wrong(
    server: Server, field: str, value: Any
) -> None:
    query = "query ($filter: OfferFilter) { offers(filter: $filter) { totalCount } }"
    answer = ask(server, query, filter={field: value})
    assert codes_of(answer) == {"BAD_REQUEST"}
    assert not any((answer.get("data") or {}).values())


@pytest.mark.parametrize(
    "text",
    ["' OR 1=1 --", "'; DROP TABLE offer; --", "%' UNION SELECT password_hash FROM account --", "\\", "$(id)", "`id`",
     "{{7*7}}", "<script>alert(1)</script>", "../../etc/passwd", "\u0000", "\ud800", "%00", "${jndi:ldap://x}"],
)  # fmt: skip
def test_injection_prevention_takes_what_is_typed_as_text(server: Server, text: str) -> None:
    query = """query ($text: String!, $slug: String!) {
      offers(filter: {text: $text}) { nodes { __typename } }
      topic: offers(filter: {topics: [$slug]}) { totalCount }
      district: events(filter: {districts: [$slug]}) { totalCount }
      members(filter: {text: $text}) { totalCount } search(text: $text) { nodes { __typename } }
      offer(slug: $slug) { id } }"""
    body = json.dumps({"query": query, "variables": {"text": text, "slug": text}})
    answer = server.client.post("/graphql", content=body, headers=JSON).json()
    assert codes_of(answer) <= {"BAD_REQUEST"}, answer
    if answer.get("data"):
        assert answer["data"]["offers"] is not None
        assert [answer["data"][name] for name in ("topic", "district", "offer")] == [None, None, None]


# ---------------------------------------------------------------- denial of service


@pytest.mark.parametrize("argument", ["first: 101", "last: 101", "first: 2147483647", "first: -1"])
@pytest.mark.parametrize("field", ["offers", "members", "groups", "events"])
def test_query_limiting_amount_and_pagination(server: Server, field: str, argument: str) -> None:
    answer = ask(server, f"{{ {field}({argument}) {{ nodes {{ id }} }} }}")
    assert codes_of(answer) == {"BAD_REQUEST"}
    assert ask(server, f"{{ {field} {{ nodes {{ id }} }} }}")["data"][field]["nodes"].__len__() <= 20


def test_server_side_batching_so_that_a_list_costs_no_statement_for_each(server: Server) -> None:
    """Ten times as many entries cost less than five times as much."""

    def cost(first: int) -> float:
        query = "{{ a{0}: __typename offers(first: {1}) {{ nodes {{ owner {{ name }} group {{ name }} }} }} }}"
        ask(server, query.format("x", first))
        cpu = Cpu(server.process.pid)
        for number in range(20):
            assert len(ask(server, query.format(number, first))["data"]["offers"]["nodes"]) == first
        return cpu.ms / 20

    assert cost(50) < 5 * cost(5)


# ---------------------------------------------------------------- access control


def test_access_control_nothing_is_read_by_its_id_that_is_not_seen_in_lists(server: Server, signed_in: str) -> None:
    """Insecure direct object references: drafts, responses, accounts by the ids that their owner knows."""
    created = ask(
        server,
        """mutation { createOffer(
             input: {direction: SEEK, category: ROOM, title: "Ein Entwurf", description: "Geheim."}) {
             offer { id slug } userErrors { code } } }""",
        signed_in,
    )["data"]["createOffer"]
    offer = created["offer"]
    query = (
        "query ($id: ID!, $slug: String!) { node(id: $id) { id } nodes(ids: [$id]) { id } offer(slug: $slug) { id } }"
    )
    mine = ask(server, query, signed_in, id=offer["id"], slug=offer["slug"])["data"]
    assert mine["node"] == mine["nodes"][0] == mine["offer"] == {"id": offer["id"]}
    for token in (None, token_of(server, "applicant@mitwirk.example")):
        data = ask(server, query, token, id=offer["id"], slug=offer["slug"])["data"]
        assert data == {"node": None, "nodes": [None], "offer": None}


def test_access_control_of_mutations(server: Server, signed_in: str) -> None:
    offer = ask(server, "{ offers(first: 1) { nodes { id title } } }")["data"]["offers"]["nodes"][0]
    update = """mutation ($id: ID!) { updateOffer(input: {id: $id, title: "Gekapert"}) { offer { id } } }"""
    assert codes_of(ask(server, update, id=offer["id"])) == {"UNAUTHENTICATED"}
    assert codes_of(ask(server, update, token_of(server, "applicant@mitwirk.example"), id=offer["id"])) & {
        "FORBIDDEN",
        "UNAUTHENTICATED",
    }
    now = ask(server, "query ($id: ID!) { node(id: $id) { ... on Offer { title } } }", id=offer["id"])["data"]["node"]
    assert now == {"title": offer["title"]}


def test_login_addresses_are_nobody_s(server: Server, signed_in: str) -> None:
    text = json.dumps(
        [ask(server, "{ members(first: 100) { nodes { email phone } } }", by) for by in (None, signed_in)]
    )
    assert "@" in text
    assert not any(f"{name}@mitwirk.example" in text for name in ("office", "coordinator", "member", "applicant"))


def test_a_guessed_or_forged_token_is_none(server: Server, signed_in: str) -> None:
    head, payload, signature = signed_in.split(".")
    for forged in (
        f"{head}.{payload}.{signature[:-4]}AAAA",
        "eyJhbGciOiJub25lIn0." + payload + ".",
        "null",
        "x" * 5000,
    ):
        assert codes_of(ask(server, "{ viewer { account { email } } }", forged)) == {"UNAUTHENTICATED"}


# ---------------------------------------------------------------- batching


def test_batching_attacks_by_arrays(server: Server) -> None:
    one = {"query": "{ network { name } }"}
    answer = server.client.post("/graphql", json=[one] * 50)
    assert answer.status_code == 400
    assert codes_of(answer.json()) == {"BAD_REQUEST"}


def test_batching_attacks_by_ids(server: Server) -> None:
    answer = ask(server, "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=["T2ZmZXI6MQ"] * 1000)
    assert codes_of(answer) & {"BAD_REQUEST", "TOO_COMPLEX"}


# ---------------------------------------------------------------- secure configuration


def test_the_playground_loads_from_no_stranger(server: Server) -> None:
    page = server.client.get("/graphql", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "default-src" in page.headers["content-security-policy"]
    assert not re.search(r"(?:src|href)=\"https?://", page.text)


# ---------------------------------------------------------------- forged requests


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_a_form_of_a_foreign_page_executes_nothing(server: Server, kind: str) -> None:
    content = json.dumps({"query": "mutation { signOut { userErrors { code } } }"})
    answer = server.client.post("/graphql", content=content, headers={"Content-Type": kind} if kind else {})
    assert answer.status_code in (400, 415)


def test_a_link_executes_no_mutation(server: Server) -> None:
    answer = server.client.get("/graphql", params={"query": "mutation { signOut { userErrors { code } } }"})
    assert answer.status_code == 405


def test_a_foreign_page_opens_no_socket(server: Server) -> None:
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Protocol": "graphql-transport-ws",
        "Origin": "https://evil.example",
    }
    assert httpx.get(f"{server.url}/graphql", headers=headers, trust_env=False).status_code == 403
