"""Whoever asks pays out of a budget, the same over all processes, and a request costs no trip to Redis."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.responses import PlainTextResponse, Response

from auth.refusals import RateLimited
from auth.viewer import GUEST, Viewer
from models import ApiKey
from resolvers.limits.rates import Draw, Drawn, Rates
from subscriptions.redis_client import Client, connect
from tests.servers import valkey
from tests.web.live.test_graphql_transport_ws import hear, opened, say, subscribe
from tests.web.server import Server, until
from web.limits.budgets import REQUEST_POINTS, SOCKET_POINTS, Budgets, Meter
from web.limits.callers import Exemption
from web.limits.metering import Metering
from web.settings import Settings

CALLER = "203.0.113.7"
SETTINGS = Settings(points_per_address=1000, points_per_account=2000, points_per_key=3000, points_seconds=86_400)


class CountedRates(Rates):
    """Rates that count how often something is drawn."""

    drawn = 0

    async def draw(self, *draws: Draw) -> Drawn:
        self.drawn += 1
        return await super().draw(*draws)


@pytest.fixture(scope="module")
def own_redis_url() -> Iterator[str]:
    """A Valkey that nobody else uses."""
    with valkey() as url:
        yield url


@pytest_asyncio.fixture(loop_scope="session")
async def redis(own_redis_url: str) -> AsyncIterator[Client]:
    """That Valkey, emptied."""
    client = connect(own_redis_url)
    await client.flushall()
    yield client
    await client.aclose()


def process(redis: Client) -> tuple[Budgets, CountedRates]:
    """The budgets as a process knows them."""
    rates = CountedRates(redis, lambda: "network", b"key")
    return Budgets(rates, SETTINGS), rates


async def spent(budgets: Budgets, points: int, caller: str = CALLER) -> bool:
    """Whether it could be paid."""
    try:
        await budgets.spend(caller, points)
    except RateLimited:
        return False
    return True


async def test_a_tenth_at_a_time_is_drawn_and_all_of_it_can_be_spent(redis: Client) -> None:
    budgets, rates = process(redis)
    assert [await spent(budgets, 1) for _ in range(1000)] == [True] * 1000
    assert rates.drawn == 10
    assert not await spent(budgets, 1)
    assert rates.drawn == 11


async def test_who_has_nothing_left_is_refused_without_a_trip(redis: Client) -> None:
    budgets, rates = process(redis)
    await spent(budgets, 990)
    with pytest.raises(RateLimited) as refused:
        await budgets.spend(CALLER, 20)
    assert refused.value.retry_after is not None
    assert 800 < refused.value.retry_after <= 864, "ten are there, the other ten within a hundredth of a day"
    before = rates.drawn
    assert [await spent(budgets, points) for points in (20, 21, 500)] == [False] * 3
    assert rates.drawn == before
    assert await spent(budgets, 10), "what is left is good for less"


async def test_it_is_the_same_over_all_processes(redis: Client) -> None:
    processes = [process(redis)[0] for _ in range(3)]
    answers = [await spent(processes[number % 3], 10) for number in range(120)]
    assert answers.count(True) == 100


async def test_requests_at_once_spend_no_more_than_there_is(redis: Client) -> None:
    budgets, rates = process(redis)
    answers = await asyncio.gather(*(spent(budgets, 30) for _ in range(100)))
    assert answers.count(True) == 33
    assert rates.drawn < 25


async def test_what_costs_more_than_a_whole_budget_costs_a_whole_one(redis: Client) -> None:
    budgets, _rates = process(redis)
    assert await spent(budgets, REQUEST_POINTS)
    assert await spent(budgets, 5000)
    assert not await spent(budgets, 1)


async def test_accounts_keys_and_addresses_have_budgets_of_their_own(redis: Client) -> None:
    budgets, _rates = process(redis)
    for caller, most in (
        (CALLER, 1000),
        ("2001:db8::/64", 1000),
        ("account:1", 2000),
        ("account:2", 2000),
        ("key:1", 3000),
    ):
        assert await spent(budgets, most, caller)
        assert not await spent(budgets, 1, caller)


async def test_what_was_drawn_and_not_spent_in_time_is_good_no_more(redis: Client) -> None:
    """It has come back to the budget by then: a process that kept it would give it twice."""
    budgets = Budgets(Rates(redis, lambda: "network", b"key"), Settings(points_per_address=1000, points_seconds=0.2))
    await budgets.spend(CALLER, 1)
    assert budgets._purses[CALLER].left == 99
    await asyncio.sleep(0.25)
    await budgets.spend(CALLER, 1)
    assert budgets._purses[CALLER].left == 99


async def test_headers_say_the_policy_and_what_is_left(redis: Client) -> None:
    budgets, _rates = process(redis)
    assert budgets.headers(CALLER) == ()
    assert budgets.remaining(CALLER) is None
    await budgets.spend(CALLER, 250)
    assert budgets.headers(CALLER) == (
        (b"ratelimit-policy", b'"address";q=1000;w=86400'),
        (b"ratelimit", b'"address";r=750;t=21600'),
    )
    assert budgets.remaining(CALLER) == 750


async def test_a_process_knows_so_many_callers(redis: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.limits.budgets._CALLERS", 10)
    budgets, _rates = process(redis)
    for number in range(30):
        await budgets.spend(f"203.0.113.{number}", 1)
    assert len(budgets._purses) == 10
    assert await spent(budgets, 899, "203.0.113.0"), "the budget itself isn't forgotten"


def test_a_guest_who_signs_in_pays_no_more_by_address() -> None:
    meter = Meter(Budgets(Rates(), SETTINGS), CALLER)
    meter.signed_in(GUEST)
    assert meter.caller == CALLER


async def test_a_partner_s_key_pays_by_itself(redis: Client) -> None:
    budgets, _rates = process(redis)
    meter = Meter(budgets, CALLER)
    meter.signed_in(Viewer(key=ApiKey(id=7)))
    await meter.spend(1)
    assert meter.caller == "key:7"
    assert dict(meter.headers)[b"ratelimit"].startswith(b'"key";r=')
    assert budgets.remaining(CALLER) is None


@pytest.mark.parametrize("proxies_cache", [True, False])
async def test_what_proxies_give_to_others_says_nothing_of_a_budget(proxies_cache: bool) -> None:
    metering = Metering(Budgets(Rates(), SETTINGS), Exemption(Settings()), proxies_cache=proxies_cache)
    app = metering.paid(PlainTextResponse("x"), lambda _scope, _refusal: Response(), knows_accounts=True)
    told = {}
    for method, headers in (("GET", {}), ("POST", {}), ("GET", {"Authorization": "Bearer x"})):
        transport = httpx.ASGITransport(app, client=(CALLER, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            await client.post("/")  # the budget is known from here on
            answer = await client.request(method, "/", headers=headers)
        told[method, *headers] = "RateLimit" in answer.headers
    assert told == {("GET",): not proxies_cache, ("POST",): True, ("GET", "Authorization"): True}


# ---------------------------------------------------------------- over HTTP and sockets

SIGN_IN = """mutation { signIn(input: {email: "member@mitwirk.example", password: "mitwirk-demo"}) { accessToken } }"""
BOARD = "{ offers(first: 1) { nodes { title } } }"
LEFT = re.compile(r'"(\w+)";r=(\d+);t=\d+')


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("budgets") / "data"
    with Server(
        folder,
        DEMO=1,
        TRUSTED_PROXIES="127.0.0.1",
        POINTS_PER_ADDRESS=200_000,
        POINTS_PER_ACCOUNT=200_000,
        POINTS_SECONDS=86_400,
        SIGN_INS=3,
    ) as running:
        yield running


def ask(server: Server, address: str, document: str = BOARD, **headers: str) -> httpx.Response:
    headers["X-Forwarded-For"] = address
    return server.client.post("/graphql", json={"query": document}, headers=headers)


def left(answer: httpx.Response) -> tuple[str, int]:
    """Whose budget it is, and what is left of it."""
    found = LEFT.fullmatch(answer.headers["RateLimit"])
    assert found
    return found[1], int(found[2])


def spend_all(server: Server, address: str) -> None:
    """Spend an address's budget: by what is dear, then by what is cheap."""

    def is_dear() -> int:
        return server.client.get("/feeds/offers.atom", headers={"X-Forwarded-For": address}).status_code

    while is_dear() != 429:
        pass
    while ask(server, address, Authorization="Bearer x").status_code != 429:
        pass
    while ask(server, address, "{").status_code != 429:
        pass


def test_an_answer_says_what_is_left_remembered_ones_too(server: Server) -> None:
    answers = [ask(server, "203.0.113.1") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert answers[0].headers["RateLimit-Policy"] == '"address";q=200000;w=86400'
    counts = [left(answer)[1] for answer in answers]
    assert counts[0] < 200_000 - REQUEST_POINTS

    def costs() -> int:
        before, after = (left(ask(server, "203.0.113.1"))[1] for _time in range(2))
        return before - after

    # What a young server does by itself, such as finding matches, has answers read afresh now and then.
    until(lambda: costs() == REQUEST_POINTS, "an answer comes from memory")


def test_whoever_has_nothing_left_is_refused_before_anything_is_read_others_are_not(server: Server) -> None:
    spend_all(server, "203.0.113.2")
    for document in (BOARD, "nonsense " * 1000):
        answer = ask(server, "203.0.113.2", document)
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
        error = answer.json()["errors"][0]
        assert error["extensions"]["code"] == "RATE_LIMITED"
        assert error["extensions"]["retryAfter"] == int(answer.headers["Retry-After"])
        assert error["extensions"]["correlationId"] == answer.headers["X-Correlation-Id"]
        assert "data" not in answer.json()
        assert left(answer)[1] < REQUEST_POINTS
    feed = server.client.get("/feeds/offers.atom", headers={"X-Forwarded-For": "203.0.113.2"})
    assert (feed.status_code, "Retry-After" in feed.headers) == (429, True)
    assert ask(server, "203.0.113.3").status_code == 200
    assert server.client.get("/health/live", headers={"X-Forwarded-For": "203.0.113.2"}).status_code == 200


def test_a_network_of_ipv6_has_one_budget(server: Server) -> None:
    before = left(ask(server, "2001:db8:1:1::1"))[1]
    assert left(ask(server, "2001:db8:1:1:ffff::2"))[1] == before - REQUEST_POINTS
    assert left(ask(server, "2001:db8:1:2::1"))[1] >= before


def test_an_account_pays_itself_wherever_it_is(server: Server) -> None:
    token = server.ask(SIGN_IN)["data"]["signIn"]["accessToken"]
    spend_all(server, "203.0.113.5")
    answers = [ask(server, f"203.0.113.{last}", Authorization=f"Bearer {token}") for last in (4, 5)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert left(answers[0])[0] == left(answers[1])[0] == "account"
    assert left(answers[0])[1] > left(answers[1])[1]


def test_a_token_that_is_none_is_paid_for_by_its_address(server: Server) -> None:
    before = left(ask(server, "203.0.113.6"))[1]
    answer = ask(server, "203.0.113.6", Authorization="Bearer x")
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert left(answer)[1] < before
    spend_all(server, "203.0.113.6")
    assert ask(server, "203.0.113.6", Authorization="Bearer x").status_code == 429


def test_a_document_that_is_wrong_costs_its_length(server: Server) -> None:
    before = left(ask(server, "203.0.113.8"))[1]
    after = left(ask(server, "203.0.113.8", "{ " + "nonsense " * 400 + "}"))[1]
    assert before - after > 100


async def test_an_operation_on_a_socket_is_paid_for_and_refused_as_an_error(server: Server) -> None:
    address = {"X-Forwarded-For": "203.0.113.9"}
    async with opened(server, **address) as socket:
        answer = await subscribe(socket, BOARD)
        assert answer["type"] == "next"
        assert (await hear(socket))["type"] == "complete"
        before = left(await asyncio.to_thread(ask, server, "203.0.113.9"))[1]
        assert before < 200_000 - SOCKET_POINTS
        await asyncio.to_thread(spend_all, server, "203.0.113.9")
        refused: dict[str, Any] = await subscribe(socket, BOARD, "2")
        assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "RATE_LIMITED")
        await say(socket, type="ping")
        assert (await hear(socket))["type"] == "pong", "the socket stays"


def test_what_nobody_limits_says_nothing(server: Server) -> None:
    answer = server.client.post("/graphql", json={"query": BOARD})
    assert answer.status_code == 200
    assert "RateLimit" not in answer.headers


# ---------------------------------------------------------------- sign-ins

GUESS = """mutation { signIn(input: {email: "member@mitwirk.example", password: "geraten"}) { userErrors { code } } }"""


async def test_a_sign_in_too_many_says_when_to_try_again_over_http_and_on_sockets(server: Server) -> None:
    address = {"X-Forwarded-For": "203.0.113.20"}
    async with opened(server, **address) as socket:
        for number in range(3):
            answer = await subscribe(socket, GUESS, str(number))
            assert answer["payload"]["data"]["signIn"]["userErrors"] == [{"code": "INVALID_CREDENTIALS"}]
            await hear(socket)
        answer = await subscribe(socket, GUESS, "4")
        assert answer["payload"]["data"] == {"signIn": None}
        assert answer["payload"]["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    refused = await asyncio.to_thread(ask, server, "203.0.113.20", GUESS)
    assert refused.status_code == 429
    extensions = refused.json()["errors"][0]["extensions"]
    assert 0 < extensions["retryAfter"] == int(refused.headers["Retry-After"]) <= 300
    beside = await asyncio.to_thread(ask, server, "203.0.113.20", f"{GUESS[:-1]} b: __typename }}")
    assert (beside.status_code, beside.json()["data"]) == (200, {"signIn": None, "b": "Mutation"})
    assert "geraten" not in server.log
    assert "203.0.113.20" not in server.log
