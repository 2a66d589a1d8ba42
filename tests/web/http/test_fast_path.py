"""Which way a request goes: from the body to the bytes of the answer, or through graphql-core."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.web.server import Server

FAST_PATH_ONLY = ("-m", "tests.web.fast_path_only")
SIGN_UP = """mutation ($input: SignUpInput!) { signUp(input: $input) { userErrors { path code } } }"""
KNOWN: dict[str, dict[str, Any]] = {
    "a query": {"query": "{ network { name } members(first: 5) { totalCount edges { cursor node { id name } } } }"},
    "variables, fragments and directives": {
        "query": """query Board($first: Int = 3, $with: Boolean!, $id: ID!) {
          offers(first: $first) { ...page ... @include(if: $with) { totalCount } }
          node(id: $id) { __typename id }
        }
        fragment page on OfferConnection { nodes { id title } pageInfo { hasNextPage } }
        query Other { viewer { id } }""",
        "operationName": "Board",
        "variables": {"with": True, "id": "nothing"},
    },
    "a mutation that is refused": {
        "query": SIGN_UP,
        "variables": {"input": {"name": "", "email": "nobody@example.org", "password": "x"}},
    },
}
LEFT_TO_GRAPHQL_CORE: dict[str, dict[str, Any]] = {
    "a subscription": {"query": "subscription { offerPublished { offer { id } } }"},
    "no operation of this name": {**KNOWN["a query"], "operationName": "Other"},
}


def post(server: Server, body: dict[str, Any]) -> httpx.Response:
    return server.client.post("/graphql", json=body)


def test_what_is_known_is_answered_past_graphql_core(tmp_path: Path) -> None:
    with Server(tmp_path / "data", FAST_PATH_ONLY, RESPONSE_CACHE=0) as server:
        for name, body in KNOWN.items():
            answer = post(server, body)
            assert answer.status_code == 200, name
            assert answer.json().keys() == {"data", "extensions"}, name
        for name, body in LEFT_TO_GRAPHQL_CORE.items():
            assert post(server, body).status_code == 500, name


def test_without_the_executor_everything_goes_through_graphql_core(tmp_path: Path) -> None:
    with Server(tmp_path / "data", FAST_PATH_ONLY, RESPONSE_CACHE=0, BREADTH_FIRST=0) as server:
        for name, body in {**KNOWN, **LEFT_TO_GRAPHQL_CORE}.items():
            assert post(server, body).status_code == 500, name


@pytest.mark.parametrize("remembering", [0, 1])
def test_both_ways_answer_the_same(tmp_path: Path, remembering: int) -> None:
    folder = tmp_path / "data"
    with (
        Server(folder, RESPONSE_CACHE=remembering, DEMO=1) as ours,
        Server(folder, RESPONSE_CACHE=remembering, BREADTH_FIRST=0) as stock,
    ):
        for name, body in KNOWN.items():
            mine, other = post(ours, body), post(stock, body)
            assert mine.status_code == other.status_code == 200, name
            assert mine.json() == other.json(), name
            assert mine.headers["Content-Type"] == other.headers["Content-Type"], name
        assert post(stock, KNOWN["a query"]).json()["data"]["members"]["totalCount"] > 0
