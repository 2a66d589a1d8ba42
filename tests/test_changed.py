"""The quick run tries what concerns a change, and not everything."""

from pathlib import Path

import pytest

from tests.changed import EVERYWHERE, ROOT, concerned

TESTS = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests").rglob("test_*.py"))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ("subscriptions/ring.py", "tests/subscriptions/test_ring.py"),  # of the same name
        ("auth/tokens.py", "tests/auth/test_tokens.py"),
        ("models/database/migrating.py", "tests/models/database/test_postgres.py"),  # of the same folder
        ("resolvers/offers/expiry.py", "tests/resolvers/offers/test_expiry.py"),
        ("subscriptions/redis_client.py", "tests/subscriptions/test_hub.py"),
        ("tests/databases.py", "tests/test_databases.py"),  # which names it
        ("tests/auth/test_tokens.py", "tests/auth/test_tokens.py"),
        ("README.md", "tests/test_docs.py"),
    ],
)
def test_what_is_of_the_same_name_or_place_or_names_it_is_tried(changed: str, expected: str) -> None:
    assert (ROOT / changed).exists()
    assert expected in concerned([changed], TESTS)


def test_every_module_has_tests_and_none_has_all() -> None:
    rooms = ("auth", "models", "resolvers", "schema", "subscriptions", "web")
    modules = [str(path.relative_to(ROOT)) for room in rooms for path in (ROOT / room).rglob("*.py")]
    assert len(modules) > 100
    for module in modules:
        found = {*concerned([module], TESTS)} - {*EVERYWHERE}
        assert found, module
        assert len(found) < len(TESTS) / 4, module


def test_what_no_test_reads_calls_for_none() -> None:
    assert concerned(["docs/screenshots/playground.png", "Makefile"], TESTS) == []
    assert {*EVERYWHERE} < {*concerned(["models/offers.py"], TESTS)}
    assert all(Path(ROOT, one).exists() for one in EVERYWHERE)
