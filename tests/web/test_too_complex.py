"""What costs too much is refused whichever way it comes, and answers say what they cost."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.web.live.test_graphql_transport_ws import opened, subscribe
from tests.web.live.test_streams import APOLLO, SSE
from tests.web.server import Server
from tests.web.transports import Transport, by_events, by_parts, by_socket

NEW, OLD = "application/graphql-response+json", "application/json"
LIMIT = 2000
DEAR = "query ($n: Int) { offers(first: 100) { nodes { matches(first: $n) { nodes { title } } } } }"
CHEAP = "query ($n: Int) { offers(first: $n) { nodes { title } } }"
SIGN_IN = """mutation { signIn(input: {email: "member@mitwirk.example", password: "mitwirk-demo"}) { accessToken } }"""
DEAR_UPDATES = """subscription ($after: String) { offerPublished(after: $after) { offer {
  owner { offers(first: 100) { nodes { owner { offers(first: 100) { nodes { title } } } } } } } } }"""
DEAR_LIST = """subscription ($n: Int!) {
  liveOffers(first: $n) { ... on OffersSnapshot { offers { a: matches { nodes { id } } } } } }"""


@pytest.fixture(scope="module", params=[0, 1])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("limits") / "data"
    with Server(folder, COST_LIMIT=LIMIT, RESPONSE_CACHE=request.param, ANSWER_BYTES=10_000, DEMO=1) as running:
        yield running


def post(server: Server, body: dict[str, Any], accept: str = NEW) -> httpx.Response:
    return server.client.post("/graphql", json=body, headers={"Accept": accept})


def too_dear(body: dict[str, Any]) -> None:
    """Asserts that it is the refusal, with both figures, and nothing else."""
    assert "data" not in body
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "TOO_COMPLEX"
    cost = error["extensions"]["cost"]
    assert cost["requested"] > cost["limit"] == LIMIT
    assert str(cost["requested"]) in error["message"]


@pytest.mark.parametrize(("accept", "status"), [(NEW, 400), (OLD, 200)])
def test_over_http(server: Server, accept: str, status: int) -> None:
    body = {"query": DEAR, "variables": {"n": 1}}
    for answer in (
        post(server, body, accept),
        server.client.get(
            "/graphql", params={"query": DEAR, "variables": json.dumps({"n": 1})}, headers={"Accept": accept}
        ),
    ):
        assert answer.status_code == status
        too_dear(answer.json())


@pytest.mark.parametrize(
    ("transport", "document", "variables"),
    [
        (by_socket, DEAR, {"n": 1}),
        (by_events, DEAR, {"n": 1}),
        *((transport, DEAR_UPDATES, {}) for transport in (by_socket, by_events, by_parts)),
        *((transport, DEAR_LIST, {"n": 50}) for transport in (by_socket, by_events, by_parts)),
    ],
)
async def test_on_sockets_and_streams(
    server: Server, transport: Transport, document: str, variables: dict[str, Any]
) -> None:
    async with transport(server.url, document, variables) as updates:
        found = [payload["errors"] async for payload in updates if payload and "errors" in payload]
    (errors,) = found
    too_dear({"errors": errors})


@pytest.mark.parametrize("accept", [SSE, APOLLO])
def test_a_stream_that_is_refused_is_over(server: Server, accept: str) -> None:
    answer = post(server, {"query": DEAR_UPDATES}, accept)
    assert "TOO_COMPLEX" in answer.text


def test_a_document_that_is_too_large_is_refused_on_the_way(server: Server) -> None:
    for accept, status in ((NEW, 400), (OLD, 200)):
        answer = post(server, {"query": "{ " + "network { name } " * 1000 + "}"}, accept)
        assert answer.status_code == status
        (error,) = answer.json()["errors"]
        assert error["extensions"]["code"] == "TOO_COMPLEX"
        assert "cost" not in error["extensions"]


def test_lists_in_variables_are_refused_with_their_path(server: Server) -> None:
    query = "query ($filter: OfferFilter) { offers(filter: $filter) { totalCount } }"
    answer = post(server, {"query": query, "variables": {"filter": {"statuses": [1] * 20_000}}})
    (error,) = answer.json()["errors"]
    assert (error["extensions"]["code"], error["extensions"]["path"]) == ("BAD_REQUEST", ["filter", "statuses"])


def test_an_answer_is_no_larger_than_allowed(server: Server) -> None:
    """The root that would make it so is null; what stands before it stays."""
    texts = " ".join(f"a{n}: title" for n in range(20))
    query = f"query {{ network {{ name }} offers(first: 40) {{ nodes {{ {texts} }} }} }}"
    for answer in (
        post(server, {"query": query}).json(),
        server.client.get("/graphql", params={"query": query}).json(),
    ):
        assert answer["data"]["network"] is not None
        assert answer["data"]["offers"] is None
        (error,) = answer["errors"]
        assert (error["extensions"]["code"], error["path"]) == ("TOO_COMPLEX", ["offers"])


async def test_answers_say_what_they_cost(server: Server) -> None:
    body = {"query": CHEAP, "variables": {"n": 5}}
    cost = post(server, body).json()["extensions"]["cost"]
    assert cost == {"requested": 375, "limit": LIMIT}
    assert post(server, body).json()["extensions"] == {"cost": cost}, "the second time from the cache"
    parameters = {"query": CHEAP, "variables": json.dumps({"n": 5})}
    assert server.client.get("/graphql", params=parameters).json()["extensions"]["cost"] == cost
    async with opened(server) as socket:
        answer = await subscribe(socket, CHEAP, variables={"n": 5})
        assert answer["payload"]["extensions"]["cost"] == cost
    partly = post(server, {"query": "{ network { name } offers(first: 101) { totalCount } }"}).json()
    assert partly["errors"]
    assert partly["extensions"]["cost"]["limit"] == LIMIT


def test_a_mutation_costs_too(server: Server) -> None:
    too_dear(post(server, {"query": SIGN_IN}).json())
