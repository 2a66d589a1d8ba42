"""Sign-ins and sign-ups are counted one by one, and no stranger's guesses keep an account's owner out."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from auth.hashing_queue import NOBODY, Asker
from models import Mail, SignInSession, SignUp
from resolvers.context import Context, Rules
from resolvers.limits.rates import Rate
from tests.conditions import until
from tests.resolvers.test_accounts import PASSWORD, REFRESH, SIGN_IN, SIGN_UP, confirmed
from tests.world import World

pytestmark = pytest.mark.walk

OWN, OTHER, STRANGE = "203.0.113.1", "203.0.113.2", "198.51.100.1"
EMAIL = "erika@example.org"
DAY = 86_400
RULES = Rules(
    sign_ins=Rate(3, DAY),
    sign_ins_by_address=Rate(6, DAY),
    sign_ins_by_account=Rate(5, DAY),
    sign_ups=Rate(2, DAY),
    sign_ups_by_address=Rate(4, DAY),
)


@pytest_asyncio.fixture(loop_scope="session")
async def town(world: World) -> AsyncIterator[World]:
    """A world with an account, and rules that allow little."""
    await confirmed(world)
    world.services = replace(world.services, rules=RULES)
    yield world


def at(world: World, address: str) -> Context:
    """A guest who asks from this address."""
    return Context(world.services, language="en", address=address)


async def sign_in(world: World, address: str, password: str = PASSWORD, email: str = EMAIL) -> str:
    """`in`, `wrong`, or the code of the error with which it was refused."""
    answer = await world.ask(SIGN_IN, at(world, address), i={"email": email, "password": password})
    if answer.errors:
        assert answer.data == {"it": None}
        assert 0 < answer.errors[0]["extensions"]["retryAfter"] <= DAY
        return str(answer.codes[0])
    assert answer.data is not None
    payload = answer.data["it"]
    assert [error["code"] for error in payload["userErrors"]] in ([], ["INVALID_CREDENTIALS"])
    return "wrong" if payload["userErrors"] else "in"


async def guess(world: World, address: str, count: int, email: str = EMAIL) -> list[str]:
    return [await sign_in(world, address, f"geraten {number}", email) for number in range(count)]


async def test_after_so_many_wrong_ones_the_right_one_is_refused_too_and_nothing_is_hashed(town: World) -> None:
    assert await guess(town, STRANGE, 3) == ["wrong"] * 3
    hashed, sessions = town.services.passwords.hashed, await SignInSession.all().count()
    assert await sign_in(town, STRANGE) == "RATE_LIMITED"
    assert town.services.passwords.hashed == hashed
    assert await SignInSession.all().count() == sessions


async def test_an_account_that_there_is_not_is_counted_alike(town: World) -> None:
    assert await guess(town, STRANGE, 4, "niemand@example.org") == ["wrong"] * 3 + ["RATE_LIMITED"]


async def test_many_aliases_of_one_document_hash_nothing_and_are_no_way_around_the_count(town: World) -> None:
    fields = [f'g{one}: signIn(input: {{email: "{EMAIL}", password: "{one}"}}) {{ expiresAt }}' for one in range(3)]
    hashed = town.services.passwords.hashed
    answer = await town.ask(f"mutation {{ {' '.join(fields)} }}", at(town, STRANGE))
    assert (answer.data, answer.codes) == (None, ["TOO_COMPLEX"])
    assert town.services.passwords.hashed == hashed
    assert await guess(town, STRANGE, 4) == ["wrong"] * 3 + ["RATE_LIMITED"]


async def test_guesses_at_once_are_counted_before_they_are_hashed(town: World) -> None:
    hashed = town.services.passwords.hashed
    answers = await asyncio.gather(*(sign_in(town, STRANGE, f"geraten {number}") for number in range(20)))
    assert answers.count("RATE_LIMITED") == 17
    assert town.services.passwords.hashed - hashed == 3


async def test_an_address_has_so_many_wrong_ones_over_all_accounts(town: World) -> None:
    for number in range(6):
        assert await guess(town, STRANGE, 1, f"konto{number}@example.org") == ["wrong"]
    assert await guess(town, STRANGE, 1, "konto7@example.org") == ["RATE_LIMITED"]
    assert await guess(town, OTHER, 1, "konto7@example.org") == ["wrong"]


async def test_right_ones_take_nothing_away(town: World) -> None:
    for _ in range(8):
        assert await sign_in(town, OWN) == "in"
    assert await guess(town, OWN, 2) == ["wrong"] * 2
    assert await sign_in(town, OWN) == "in"


async def test_no_number_of_strangers_keeps_an_owner_out_who_has_signed_in_from_here_before(town: World) -> None:
    assert await sign_in(town, OWN) == "in"
    for number in range(5):
        assert await guess(town, f"198.51.100.{number}", 1) == ["wrong"]
    assert await guess(town, "198.51.100.9", 2) == ["wrong", "RATE_LIMITED"], "of strangers, together"
    assert await sign_in(town, OWN) == "in"
    assert await guess(town, OWN, 3) == ["wrong"] * 3, "and their typing errors are their own"
    assert await sign_in(town, OWN) == "RATE_LIMITED"


async def test_nor_one_who_signs_in_from_here_for_the_first_time(town: World) -> None:
    for number in range(5):
        assert await guess(town, f"198.51.100.{number}", 1) == ["wrong"]
    for _ in range(3):
        assert await sign_in(town, OWN) == "in"
    for number in range(5, 10):
        assert await guess(town, f"198.51.100.{number}", 2) == ["wrong", "RATE_LIMITED"], "one each, no more"


async def test_nor_does_who_guesses_at_other_accounts_behind_the_same_address(town: World) -> None:
    assert await sign_in(town, OWN) == "in"
    for number in range(6):
        assert await guess(town, OWN, 1, f"konto{number}@example.org") == ["wrong"]
    assert await guess(town, OWN, 1, "konto7@example.org") == ["RATE_LIMITED"]
    assert await sign_in(town, OWN) == "in"


async def test_whoever_keeps_a_session_alive_is_known_at_that_address(town: World) -> None:
    answer = await town.data(SIGN_IN, at(town, OWN), i={"email": EMAIL, "password": PASSWORD})
    await town.data(REFRESH, at(town, OTHER), t=answer["it"]["refreshToken"])
    for number in range(6):
        await guess(town, OTHER, 1, f"konto{number}@example.org")
    assert await guess(town, OTHER, 1, "konto7@example.org") == ["RATE_LIMITED"]
    assert await sign_in(town, OTHER) == "in"


async def test_one_that_finds_no_place_in_line_is_no_wrong_one(town: World, monkeypatch: pytest.MonkeyPatch) -> None:
    queue = town.services.passwords.queue
    monkeypatch.setattr(queue, "_most", 0)
    ends = [await queue.enter(NOBODY) for _ in range(2)]
    answer = await town.ask(SIGN_IN, at(town, STRANGE), i={"email": EMAIL, "password": "geraten"})
    assert answer.codes == ["RATE_LIMITED"]
    for end in ends:
        end()
    assert await guess(town, STRANGE, 4) == ["wrong"] * 3 + ["RATE_LIMITED"]


async def test_a_failure_is_logged_and_counted_without_addresses(town: World) -> None:
    reasons: list[str] = []
    town.services = replace(town.services, refused=reasons.append)
    with capture_logs() as logs:
        await guess(town, STRANGE, 4)
    assert reasons == ["wrong_password"] * 3 + ["sign_ins_per_account_and_address"]
    assert [line["event"] for line in logs] == ["sign-in failed"] * 3 + ["too many attempts"]
    assert not any(part in str(logs) for part in (EMAIL, STRANGE, "erika", "geraten"))


# ---------------------------------------------------------------- signing up


async def sign_up(world: World, address: str, email: str) -> list[str]:
    """The codes of the errors."""
    given = {"name": "Erika Muster", "email": email, "password": PASSWORD}
    answer = await world.ask(SIGN_UP, at(world, address), i=given)
    return list(answer.codes)


async def test_one_address_gets_so_many_mails_of_sign_ups_whoever_causes_them(town: World) -> None:
    known = await town.account(await town.member("Bekannt"))
    for email in ("neu@example.org", known.email):  # alike, whether or not there is an account
        before = await Mail.filter(recipient=email).count()
        codes = [await sign_up(town, f"198.51.100.{number}", email) for number in range(4)]
        assert codes == [[], [], ["RATE_LIMITED"], ["RATE_LIMITED"]]
        assert await Mail.filter(recipient=email).count() - before == 2
    assert await SignUp.filter(email="neu@example.org").count() == 2


async def test_from_one_address_so_many_sign_ups_come_and_what_is_refused_is_not_hashed(town: World) -> None:
    codes = [await sign_up(town, STRANGE, f"neu{number}@example.org") for number in range(4)]
    assert codes == [[]] * 4
    hashed = town.services.passwords.hashed
    assert await sign_up(town, STRANGE, "neu5@example.org") == ["RATE_LIMITED"]
    assert town.services.passwords.hashed == hashed
    assert not await SignUp.exists(email="neu5@example.org")
    assert await sign_up(town, OTHER, "neu5@example.org") == []


async def test_an_honest_sign_in_is_next_beside_fifty_guessers(town: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each from an address of its own, at accounts of its own; the honest one comes when all of them stand in line."""
    queue, begun = town.services.passwords.queue, []
    begin = queue._begin

    def noted(asker: Asker) -> None:
        begun.append(asker.account)
        begin(asker)

    monkeypatch.setattr(queue, "_begin", noted)
    for turn in range(2):
        begun.clear()
        ends = [await queue.enter(NOBODY) for _ in range(2)]
        guessers = [
            asyncio.create_task(guess(town, f"198.51.{number}.1", 1, f"konto{number}-{turn}@example.org"))
            for number in range(50)
        ]
        await until(lambda: queue.waiting == 50)
        honest = asyncio.create_task(sign_in(town, OWN)) if turn else None
        await until(lambda expected=50 + turn: queue.waiting == expected)  # type: ignore[misc]
        for end in ends:
            end()
        assert await asyncio.gather(*guessers) == [["wrong"]] * 50
        assert honest is None or await honest == "in"
    assert begun[2] == EMAIL, "behind the two that ran"
