"""The path to what doesn't fit in the variables, over each transport, from a real server."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.web.server import Server
from tests.web.transports import Transport, by_events, by_parts, by_socket

DOCUMENT = "subscription($id: ID!, $after: String) { offerChanged(id: $id, after: $after) { cursor } }"
MUTATION = "mutation($input: UpdateOfferInput!) { updateOffer(input: $input) { userErrors { path } } }"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server") / "data") as running:
        yield running


def judge(payload: dict[str, Any], *paths: list[str]) -> None:
    assert "data" not in payload or payload["data"] is None
    assert [one["extensions"]["path"] for one in payload["errors"]] == [*paths]
    assert {one["extensions"]["code"] for one in payload["errors"]} == {"BAD_REQUEST"}


@pytest.mark.parametrize("transport", [by_socket, by_events, by_parts])
async def test_a_subscription_says_where(server: Server, transport: Transport) -> None:
    async with transport(server.url, DOCUMENT, {"id": {"a": 1}, "after": 7}) as updates:
        async for payload in updates:
            if "errors" in payload or "data" in payload:  # no mere sign of life
                judge(payload, ["id"], ["after"])
                return
    raise AssertionError("nothing came")


def test_a_mutation_says_where(server: Server) -> None:
    for day in ("2026-02-30", "x" * 1000):  # short variables are remembered, long ones aren't
        given = {"input": {"id": "x", "availableFrom": day, "languages": ["de", 1]}}
        answer = server.client.post("/graphql", json={"query": MUTATION, "variables": given})
        judge(answer.json(), ["input", "languages", "1"], ["input", "availableFrom"])


async def test_a_mutation_over_a_socket_says_where(server: Server) -> None:
    async with by_socket(server.url, MUTATION, {"input": {"id": "x", "availableFrom": "x"}}) as updates:
        async for payload in updates:
            judge(payload, ["input", "availableFrom"])
            return
    raise AssertionError("nothing came")
