"""How much anybody may in a time: the same in Redis and without it, all or nothing, and back evenly."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from resolvers.limits.rates import Draw, Rate, Rates
from subscriptions.redis_client import Client, connect
from tests.conditions import until
from tests.servers import valkey
from tests.subscriptions.test_hanging import stopped

HOUR = Rate(10, 3600)


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


@pytest.fixture(params=["redis", "own"])
def make(request: pytest.FixtureRequest, redis: Client) -> Callable[[], Rates]:
    """Makes rates that count together, where that is in Redis; else the one."""
    if request.param == "redis":
        return lambda: Rates(redis, lambda: "network", b"key")
    one = Rates()
    return lambda: one


def draw(needed: int = 1, wanted: int | None = None, name: str = "a", rate: Rate = HOUR, kind: str = "k") -> Draw:
    return Draw(kind, name, rate, needed, needed if wanted is None else wanted)


async def test_so_much_is_there_and_no_more_over_all_processes(make: Callable[[], Rates]) -> None:
    first, second = make(), make()
    assert (await first.draw(draw(7))).left == [3]
    refused = await second.draw(draw(4))
    assert refused.short == 0
    assert 0 < refused.seconds <= 360, "the fourth comes back within a tenth of an hour"
    assert (await second.draw(draw(3))).left == [0]
    assert (await first.draw(draw(1))).short == 0
    assert (await first.draw(draw(1, name="b"))).left == [9]
    assert (await first.draw(draw(1, kind="other"))).left == [9]


async def test_as_much_as_is_wanted_but_no_less_than_is_needed(make: Callable[[], Rates]) -> None:
    rates = make()
    assert (await rates.draw(draw(1, 6))).taken == [6]
    assert (await rates.draw(draw(1, 6))).taken == [4]
    assert (await rates.draw(draw(1, 6))).short == 0


async def test_all_are_taken_or_none(make: Callable[[], Rates]) -> None:
    rates = make()
    await rates.draw(draw(10, name="b"))
    refused = await rates.draw(draw(1, name="a"), draw(1, name="b"), draw(1, name="c"))
    assert refused.short == 1
    looked = await rates.draw(draw(0, name="a"), draw(0, name="c"))
    assert looked.left == [10, 10]


async def test_what_was_taken_can_be_given_back_and_no_more_than_that(make: Callable[[], Rates]) -> None:
    rates = make()
    await rates.draw(draw(3))
    assert (await rates.draw(draw(-2))).left[0] == 9
    await rates.draw(draw(-5))
    assert (await rates.draw(draw(0))).left == [10]
    assert (await rates.draw(draw(11))).short == 0


async def test_it_comes_back_evenly(make: Callable[[], Rates]) -> None:
    rates, fast = make(), Rate(100, 1)
    await rates.draw(draw(100, rate=fast))
    seen: set[int] = set()

    async def has_some() -> bool:
        left = (await rates.draw(draw(0, rate=fast))).left[0]
        seen.add(left)
        return left == 100

    await until(has_some)
    assert len(seen) > 2, "not all at once"


async def test_draws_at_once_take_no_more_than_there_is(make: Callable[[], Rates]) -> None:
    processes = [make() for _ in range(4)]
    drawn = await asyncio.gather(*(processes[number % 4].draw(draw()) for number in range(40)))
    assert sum(one.short is None for one in drawn) == 10


async def test_redis_holds_no_name_and_forgets_what_is_whole_again(redis: Client) -> None:
    rates = Rates(redis, lambda: "network", b"key")
    await rates.draw(draw(1, name="erika@example.org"), draw(1, name="203.0.113.7", rate=Rate(1, 1)))
    keys = await redis.keys("*")
    assert len(keys) == 2
    names = str(keys)
    assert names.count("mitwirk:network:rates:") == 2
    assert "erika" not in names
    assert "203.0" not in names
    for key in keys:
        assert 0 < await redis.pttl(key) <= 360_001
    await rates.draw(draw(-1, name="erika@example.org"))
    await until(lambda: _is_empty(redis))


async def _is_empty(redis: Client) -> bool:
    return not await redis.keys("*")


async def test_without_redis_each_process_counts_for_itself_and_says_so_once() -> None:
    redis = connect("unix:///nowhere/socket")
    first, second = Rates(redis), Rates(redis)
    try:
        with capture_logs() as logs:
            for _ in range(10):
                assert (await first.draw(draw())).short is None
            assert (await first.draw(draw())).short == 0
            assert (await second.draw(draw())).left == [9]
        said = [line for line in logs if "each process for itself" in line["event"]]
        assert len(said) == 2, "once for each"
        assert "nowhere" not in str([line["event"] for line in said])
    finally:
        await redis.aclose()


async def test_a_redis_that_hangs_stops_nobody_and_counts_again_when_it_is_back(
    redis: Client, own_redis_url: str
) -> None:
    rates = Rates(redis, lambda: "network", b"key")
    await rates.draw(draw(4))
    with stopped(own_redis_url):
        assert (await rates.draw(draw(1))).left == [9], "in this process nobody has taken any"
        await until(lambda: redis.is_away)
        assert (await rates.draw(draw(1))).left == [8]
    await until(lambda: not redis.is_away)
    assert (await rates.draw(draw(0))).left[0] in (5, 6), "one may have been taken, unheard, before it hung"
