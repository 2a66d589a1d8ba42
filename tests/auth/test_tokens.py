"""Access tokens: verified once, looked at each time."""

from datetime import timedelta
from uuid import uuid4

import pytest

from auth.refusals import Unauthenticated
from auth.tokens import Tokens
from tests.conditions import until


async def test_a_token_that_was_good_expires() -> None:
    tokens = Tokens("a secret for tests only, long enough to be one", timedelta(seconds=2))
    session_id = uuid4()
    token, expires_at = tokens.make_access(session_id)
    assert tokens.read_access(token) == (session_id, expires_at)

    def over() -> bool:
        try:
            tokens.read_access(token)
        except Unauthenticated:
            return True
        return False

    assert await until(over)


def test_who_has_seen_a_token_still_knows_a_forged_one() -> None:
    mine = Tokens("a secret for tests only, long enough to be one", timedelta(minutes=1))
    others = Tokens("another secret for tests, long enough to be one", timedelta(minutes=1))
    session_id = uuid4()
    good, forged = mine.make_access(session_id)[0], others.make_access(session_id)[0]
    head, body, _signature = good.split(".")
    assert mine.read_access(good)[0] == session_id
    for token in (forged, f"{head}.{body}.{forged.split('.')[2]}", good[:-2], ""):
        with pytest.raises(Unauthenticated):
            mine.read_access(token)
