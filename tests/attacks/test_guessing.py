"""Guessing passwords, and making the server send mail: counted one by one, whatever they are wrapped in."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.attacks.test_cheat_sheet import MEMBER, PASSWORD, SIGN_IN
from tests.web.server import DATABASE, Server

GUESSES = 61


def sign_ins(email: str, passwords: list[str]) -> str:
    parts = (f"a{number}: {SIGN_IN % (json.dumps(email), json.dumps(one))}" for number, one in enumerate(passwords))
    return f"mutation {{ {' '.join(parts)} }}"


def tokens_in(answer: Any) -> list[str]:
    found = [one and one["accessToken"] for one in (answer.get("data") or {}).values()]
    return [one for one in found if one]


@pytest.fixture
def strict(tmp_path: Path) -> Any:
    """A server that spares nobody: this machine's own programs are limited, too."""
    with Server(tmp_path / "data", DEMO=1, LIMIT_LOOPBACK=1) as server:
        yield server


def test_aliases_guess_no_password(strict: Server) -> None:
    """The last of 61 guesses is right, and is not tried."""
    guesses = [f"guess {number}" for number in range(GUESSES - 1)] + [PASSWORD]
    body = {"query": sign_ins(MEMBER, guesses)}
    answer = strict.client.post("/graphql", json=body).json()
    assert tokens_in(answer) == []
    assert answer["errors"]


def test_one_guess_after_the_other_ends_soon_and_the_owner_signs_in_all_the_same(strict: Server) -> None:
    told: set[str] = set()
    for number in range(GUESSES):
        answer = strict.client.post("/graphql", json={"query": sign_ins(MEMBER, [f"guess {number}"])}).json()
        told |= {error["extensions"]["code"] for error in answer.get("errors", ())}
        assert tokens_in(answer) == []
    assert "RATE_LIMITED" in told


def test_aliases_send_one_address_no_more_mails_than_it_may_get(strict: Server) -> None:
    parts = (
        f'a{number}: signUp(input: {{email: "victim@example.org", name: "N{number}", password: "a long password"}}) '
        "{ userErrors { code } }"
        for number in range(30)
    )
    strict.client.post("/graphql", json={"query": f"mutation {{ {' '.join(parts)} }}"})
    for number in range(30):
        strict.client.post(
            "/graphql",
            json={
                "query": "mutation ($input: SignUpInput!) { signUp(input: $input) { userErrors { code } } }",
                "variables": {
                    "input": {"email": "victim@example.org", "name": f"M{number}", "password": "a long password"}
                },
            },
        )
    with closing(sqlite3.connect(strict.folder / DATABASE)) as database:
        (mails,) = database.execute("SELECT COUNT(*) FROM mail WHERE recipient = 'victim@example.org'").fetchone()
    assert 1 <= mails <= 10
