"""What clients are told of errors that nobody expected."""

import asyncpg
import pytest
from graphql import GraphQLError

from schema.operations.error_masking import presentable
from tests.servers import free_port


@pytest.mark.parametrize(("language", "word"), [("de", "Dienst"), ("en", "service")])
async def test_a_database_that_is_away_is_unavailable(language: str, word: str) -> None:
    with pytest.raises(ConnectionError) as away:
        await asyncpg.connect(f"postgresql://postgres@127.0.0.1:{free_port()}/none")
    told = presentable(GraphQLError("connection refused", original_error=away.value), language, "1").formatted
    assert told["extensions"] == {"code": "UNAVAILABLE", "correlationId": "1"}
    assert word in told["message"]


def test_a_mistake_is_masked() -> None:
    told = presentable(GraphQLError("secret", original_error=ZeroDivisionError("secret")), "en", "1").formatted
    assert told["extensions"] == {"code": "INTERNAL", "correlationId": "1"}
    assert "secret" not in told["message"]
