"""The items of the OWASP cheat sheet that are about what a document may ask for: depth, cost, errors, introspection."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.cpu import Cpu, room
from tests.attacks.documents import BY_NAME, codes_of
from tests.attacks.test_cheat_sheet import JSON, ask
from tests.web.server import Server


@pytest.mark.parametrize(
    "name", ["deep selection", "members of groups", "deep list", "deep variable", "introspection in circles"]
)
def test_query_limiting_depth(server: Server, name: str) -> None:
    body = json.dumps(BY_NAME[name].body(1000))
    answer = server.client.post("/graphql", content=body, headers=JSON)
    assert codes_of(answer.json()) & BY_NAME[name].refused


def test_query_cost_analysis_before_anything_is_done(server: Server) -> None:
    cpu = Cpu(server.process.pid)
    answers = [ask(server, BY_NAME["matches of matches"].body(2000 + number)["query"]) for number in range(5)]
    assert cpu.ms / 5 <= room() * 5
    for answer in answers:
        (error,) = answer["errors"]
        assert error["extensions"]["code"] == "TOO_COMPLEX"
        assert error["extensions"]["cost"]["requested"] > error["extensions"]["cost"]["limit"]


def test_no_excessive_errors(server: Server) -> None:
    """No traceback, no path, no statement, and not one error for each of thousands of mistakes."""
    wrong = [
        {"query": "{ " + " ".join(f"f{number}" for number in range(3000)) + " }"},
        {
            "query": "query ($x: [OfferStatus!]) { offers(filter: {statuses: $x}) { totalCount } }",
            "variables": {"x": [1] * 3000},
        },
        {"query": '{ offers(after: "x") { totalCount } }'},
        {"query": 7},
        {},
    ]
    for body in wrong:
        text = server.client.post("/graphql", json=body).text
        assert len(text) < 100_000
        assert not re.search(r"Traceback|File \"|\.py\b|SELECT |sqlite|asyncpg|/home/|/usr/", text), text[:500]


@pytest.mark.parametrize("setting", ["INTROSPECTION", "SUGGESTIONS"])
def test_introspection_and_suggestions_can_be_turned_off(tmp_path: Path, setting: str) -> None:
    off: Any = {setting: 0}
    with Server(tmp_path / "data", **off) as closed:
        if setting == "INTROSPECTION":
            for query in ("{ __schema { types { name } } }", '{ __type(name: "Offer") { name } }'):
                answer = ask(closed, query)
                assert codes_of(answer)
                assert not any((answer.get("data") or {}).values())
            assert ask(closed, "{ __typename }")["data"] == {"__typename": "Query"}
        else:
            (error,) = ask(closed, "{ netwrk { name } }")["errors"]
            assert "network" not in error["message"]
