"""What is remembered holds until it is touched: in this process, by the log, and with Redis in any state."""

import asyncio
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import fields
from typing import Any

import pytest

from subscriptions import numbered_log as log
from subscriptions.changes import (
    Change,
    EventUpdated,
    GroupMemberJoined,
    MemberChanged,
    Noun,
    OfferUpdated,
    SessionEnded,
    UnknownChange,
)
from subscriptions.outbox import Changes, Outbox
from subscriptions.pipeline import Pipeline, running
from subscriptions.redis_client import connect
from subscriptions.response_cache import MemoryCache, ResponseCache, across_processes, row_tags
from subscriptions.response_cache.across_processes import answers_key
from subscriptions.response_cache.invalidation import tags_of
from subscriptions.response_cache.memory import IN_SYNC_SECONDS
from tests.conditions import soon, until
from tests.servers import valkey
from tests.subscriptions.test_pipeline import CURSORS
from tests.world import World

pytestmark = pytest.mark.walk

OFFER, EVENT = frozenset({"offer"}), frozenset({"event"})
BYTES = 1_000_000


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that runs all tests at once lets Redis wait longer than a server should."""
    monkeypatch.setattr("subscriptions.bounded_hash._PATIENCE_SECONDS", 10)


class RolledBack(Exception):
    """What was written is not to stay."""


def memory_of(live: Pipeline) -> MemoryCache:
    assert live.response_cache is not None
    return live.response_cache.memory


def kept(live: Pipeline, question: bytes, content: bytes, tags: Iterable[str]) -> bool:
    """Keep an answer in this process alone, begun now."""
    memory = memory_of(live)
    return memory.keep(question, content, frozenset(tags), memory.as_of()) is not None


async def held(live: Pipeline, question: bytes) -> bytes | None:
    """What the process answers from memory, where it hears."""
    await until(lambda: memory_of(live).in_sync)
    answer = memory_of(live).get(question)
    return answer.content if answer else None


async def tell(outbox: Outbox, *some: Change) -> int:
    """Commit changes; where the log stands once they have a number."""

    async def work(changes: Changes) -> None:
        changes.tell(*some)

    before = (await log.head()).seq
    await outbox.write(work)

    async def number() -> int:
        return (await log.head()).seq if (await log.head()).seq >= before + len(some) else 0

    return int(await until(number))


async def read(live: Pipeline, seq: int) -> None:
    await until(lambda: live.hub.position.seq >= seq)


class Processes:
    """Pipelines that remember, on one database and one Redis."""

    def __init__(self, redis_url: str, count: int, response_cache_bytes: int = BYTES) -> None:
        self._redis_url, self._count, self._bytes = redis_url, count, response_cache_bytes
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> list[Pipeline]:
        made = [running(self._redis_url, CURSORS, response_cache_bytes=self._bytes) for _number in range(self._count)]
        return [await self._stack.enter_async_context(one) for one in made]

    async def __aexit__(self, *error: Any) -> None:
        await self._stack.aclose()


# ---------------------------------------------------------------- what is touched


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        (OfferUpdated(5), {"any offer", "offer 5"}),
        (OfferUpdated(6), {"any offer"}),
        (MemberChanged(5), set()),
        (SessionEnded("5"), set()),
        (EventUpdated(5), {"any event"}),
        (GroupMemberJoined(5, 5, "MEMBER"), {"any membership"}),
        (UnknownChange("SomethingNewer", {}), {"any offer", "any event", "any membership", "offer 5"}),
    ],
)
async def test_a_change_touches_what_is_made_of_it_and_nothing_else(
    world: World, redis_url: str, change: Change, gone: set[str]
) -> None:
    answers = {
        "any offer": frozenset({"offer"}),
        "any event": frozenset({"event"}),
        "any membership": frozenset({"membership"}),
        "offer 5": row_tags(Noun.OFFER, 5),
        "nothing": frozenset[str](),
    }
    async with Processes(redis_url, 2) as (writer, other):
        for live in (writer, other):
            for name, tags in answers.items():
                assert kept(live, name.encode(), b"content", tags)
        seq = await tell(writer.outbox, change)
        assert {name for name in answers if await held(writer, name.encode()) is None} == gone
        await read(other, seq)
        assert {name for name in answers if await held(other, name.encode()) is None} == gone


def test_every_kind_of_change_is_tagged_by_what_it_touches() -> None:
    for kind in Change.kinds.values():
        change = kind.__new__(kind)
        for one in fields(kind):
            object.__setattr__(change, one.name, 7)
        tags = set(tags_of(change))
        assert {*kind.touches} == {tag for tag in tags if "/" not in tag}
        assert len(tags) == 2 * len(kind.touches)


# ---------------------------------------------------------------- the process that writes


async def test_from_before_the_commit_until_it_is_known_nothing_of_it_is_kept_or_answered(
    world: World, redis_url: str
) -> None:
    async with Processes(redis_url, 1) as (live,):
        memory = memory_of(live)
        await until(lambda: memory.in_sync)
        assert kept(live, b"before", b"old", OFFER)
        begun_before = memory.as_of()
        with memory.committing([OfferUpdated(1)]):
            assert memory.get(b"before") is None
            begun_within = memory.as_of()
            assert memory.keep(b"before", b"old", OFFER, begun_before) is None
            assert memory.keep(b"within", b"old or new", OFFER, begun_within) is None
            with memory.committing([OfferUpdated(2)]):
                pass
            assert not kept(live, b"between", b"old or new", OFFER)
            assert kept(live, b"elsewhere", b"untouched", EVENT)
        assert memory.keep(b"before", b"old", OFFER, begun_before) is None
        assert memory.keep(b"within", b"old or new", OFFER, begun_within) is None
        assert kept(live, b"after", b"new", OFFER)
        assert await held(live, b"after") == b"new"
        assert await held(live, b"elsewhere") == b"untouched"


async def test_a_transaction_that_is_rolled_back_leaves_nothing_shut(world: World, redis_url: str) -> None:
    async def work(changes: Changes) -> None:
        changes.tell(OfferUpdated(1))
        raise RolledBack

    async with Processes(redis_url, 1) as (live,):
        with pytest.raises(RolledBack):
            await live.outbox.write(work)
        assert kept(live, b"after", b"as before", OFFER)


async def test_what_was_begun_before_a_change_that_is_read_meanwhile_is_not_kept(world: World, redis_url: str) -> None:
    async with Processes(redis_url, 2) as (writer, other):
        mark = memory_of(other).as_of()
        await read(other, await tell(writer.outbox, OfferUpdated(1)))
        assert memory_of(other).keep(b"late", b"old", OFFER, mark) is None
        assert memory_of(other).keep(b"late", b"untouched", EVENT, mark) is not None


# ---------------------------------------------------------------- together


def shared(live: Pipeline) -> ResponseCache:
    assert live.response_cache is not None
    return live.response_cache


async def put(live: Pipeline, question: bytes, content: bytes, tags: frozenset[str], mark: Any = None) -> None:
    """Keep an answer, have it asked again, and wait until the others can have it."""
    await until(lambda: memory_of(live).in_sync)
    assert memory_of(live).keep(question, content, tags, mark or memory_of(live).as_of())
    await until(lambda: shared(live).get(question))
    await until(lambda: not shared(live)._storing)


async def fetched(live: Pipeline, question: bytes) -> bytes | None:
    await until(lambda: memory_of(live).in_sync)
    answer = await shared(live).fetch(question)
    return answer.content if answer else None


def asking(live: Pipeline, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """What the process asks Redis for, from now on."""
    asked: list[bytes] = []
    ask = shared(live)._hash.get

    async def noted(key: str, field: bytes) -> bytes | None:
        asked.append(field)
        return await ask(key, field)

    monkeypatch.setattr(shared(live)._hash, "get", noted)
    return asked


async def test_what_one_process_has_answered_the_others_take(world: World, redis_url: str) -> None:
    async with Processes(redis_url, 2) as (one, two):
        await put(one, b"question", b"content\nof two lines", OFFER)
        assert await until(lambda: fetched(two, b"question")) == b"content\nof two lines"
        assert await held(two, b"question") == b"content\nof two lines"
        assert await fetched(two, b"another") is None
        await read(two, await tell(one.outbox, OfferUpdated(1)))
        assert await held(two, b"question") is None
        assert await fetched(two, b"question") is None
        await put(two, b"question", b"new", OFFER)
        await read(one, (await log.head()).seq)
        assert await until(lambda: fetched(one, b"question")) == b"new"


async def test_what_was_asked_once_is_not_shared_and_who_finds_nothing_asks_seldom(
    world: World, redis_url: str
) -> None:
    async with Processes(redis_url, 2) as (one, two):
        assert kept(one, b"once", b"content", OFFER)
        assert not shared(one)._storing
        assert await fetched(two, b"once") is None
        await put(one, b"twice", b"content", OFFER)
        for _number in range(200):
            assert await fetched(two, b"nothing") is None
        found = [await fetched(two, b"twice") for _number in range(40)]
        assert found[0] is None
        assert found[-1] == b"content"  # and from then on it asks each time
        assert await until(lambda: fetched(two, b"twice")) == b"content"


async def test_who_finds_nothing_asks_every_so_manieth_time(
    world: World, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(across_processes, "_LUCKLESS", 3)
    monkeypatch.setattr(across_processes, "_NOW_AND_THEN", 4)
    async with Processes(redis_url, 2) as (live, other):
        asked = asking(live, monkeypatch)

        async def counts(times: int) -> list[int]:
            found, before = [], len(asked)
            for _number in range(times):
                assert await fetched(live, b"nothing") is None
                found.append(len(asked) - before)
            return found

        assert await counts(13) == [1, 2, 3, 4, 4, 4, 4, 5, 5, 5, 5, 6, 6]
        await put(other, b"question", b"content", EVENT)
        await until(lambda: fetched(live, b"question"))
        assert await counts(9) == [1, 2, 3, 4, 4, 4, 4, 5, 5]  # as if it had never asked in vain


async def test_so_many_ask_and_store_at_once_and_no_more(
    world: World, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(across_processes, "_AT_ONCE", 2)
    questions = [b"%d" % number for number in range(6)]
    async with Processes(redis_url, 2) as (one, two):
        for question in questions:
            await put(one, question, b"content", OFFER)
        await until(lambda: memory_of(two).in_sync)
        for some in (questions[:3], questions[3:]):  # as many as before once those are through
            found = await asyncio.gather(*(shared(two).fetch(question) for question in some))
            assert [answer is not None for answer in found] == [True, True, False]
        await until(lambda: memory_of(two).in_sync)
        for question in questions[:2]:  # what came from there is not stored there again
            assert shared(two).get(question)
            assert not shared(two)._storing
        for question in (b"a", b"b", b"c"):
            assert kept(one, question, b"content", EVENT)
        asked = [shared(one).get(question) for question in (b"a", b"b", b"c")]
        assert [answer is not None and answer.shared for answer in asked] == [True, True, False]
        await until(lambda: not shared(one)._storing)
        again = shared(one).get(b"c")
        assert again is not None
        assert again.shared


async def test_an_old_answer_that_is_stored_late_comes_back_nowhere(world: World, redis_url: str) -> None:
    async with Processes(redis_url, 2) as (one, slow):
        mark = memory_of(slow).as_of()
        await put(slow, b"question", b"old", OFFER, mark)  # as if it had not yet read what follows
        seq = await tell(one.outbox, OfferUpdated(1))
        await read(one, seq)
        assert await fetched(one, b"question") is None
        await read(slow, seq)
        assert await fetched(slow, b"question") is None


async def test_who_wrote_takes_nothing_of_it_from_others_before_finding_it_in_the_log(
    world: World, redis_url: str
) -> None:
    async with Processes(redis_url, 2) as (writer, other):
        await put(other, b"question", b"old", OFFER)
        await until(lambda: memory_of(writer).in_sync)
        with memory_of(writer).committing([OfferUpdated(1)]):
            pass
        # Whether committed and not yet numbered, or rolled back: until the log has been asked, nobody knows.
        assert memory_of(writer).take(b"question", b"old", OFFER, (await log.head())) is None
        assert memory_of(writer).take(b"another", b"untouched", EVENT, (await log.head())) is not None
        await until(lambda: memory_of(writer)._own == {})
        assert await until(lambda: fetched(writer, b"question")) == b"old"


async def test_processes_of_another_kin_share_nothing(world: World, redis_url: str) -> None:
    async with Processes(redis_url, 2) as (one, two):
        shared(one).kin, shared(two).kin = b"one program", b"another"
        await put(one, b"question", b"content", OFFER)
        assert await fetched(two, b"question") is None


async def test_a_process_that_comes_later_takes_only_what_it_can_judge(world: World, redis_url: str) -> None:
    async with Processes(redis_url, 1) as (one,):
        await put(one, b"older", b"content", EVENT)
        await read(one, await tell(one.outbox, OfferUpdated(1)))
        await put(one, b"newer", b"content", EVENT)
        async with Processes(redis_url, 1) as (late,):
            assert await fetched(late, b"older") is None
            assert await until(lambda: fetched(late, b"newer")) == b"content"


async def test_after_a_new_epoch_nothing_of_before_is_answered(world: World, redis_url: str) -> None:
    async with Processes(redis_url, 2) as (one, two):
        await put(one, b"question", b"content", EVENT)
        mark = memory_of(one).as_of()
        position = await log.new_epoch("a test")
        await until(lambda: one.hub.position == two.hub.position == position)
        assert await held(one, b"question") is None
        assert await fetched(one, b"question") is None
        assert await fetched(two, b"question") is None
        assert memory_of(one).keep(b"question", b"content", EVENT, mark) is None
        await put(one, b"question", b"new", EVENT)
        assert await until(lambda: fetched(two, b"question")) == b"new"


async def test_what_a_ring_has_lost_is_forgotten(world: World, redis_url: str) -> None:
    async with running(redis_url, CURSORS, ring_size=3, response_cache_bytes=BYTES) as live:
        assert kept(live, b"question", b"content", EVENT)
        await read(live, await tell(live.outbox, *(OfferUpdated(number) for number in range(9))))
        assert await held(live, b"question") is None
        assert kept(live, b"question", b"content", EVENT)


# ---------------------------------------------------------------- cut off


async def test_while_redis_hangs_or_is_gone_memory_follows_the_database(
    world: World, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path_factory.mktemp("v") / "s")
    elsewhere = Outbox(on_commit=lambda: None)
    with valkey(path) as url:
        processes = Processes(url, 1)
        (live,) = await processes.__aenter__()
        await put(live, b"question", b"content", EVENT)
        async with connect(url) as redis:
            await redis.execute_command("CLIENT", "PAUSE", 60_000, "ALL")  # type: ignore[no-untyped-call]
        await until(lambda: live.redis.is_away)
        assert await held(live, b"question") == b"content"
        asked = asking(live, monkeypatch)
        assert await soon(shared(live).fetch(b"another")) is None
        assert not asked
        await tell(elsewhere, EventUpdated(1))
        await until(lambda: memory_of(live).get(b"question") is None)
        await put(live, b"question", b"new", EVENT)
    assert await held(live, b"question") == b"new"
    await tell(elsewhere, EventUpdated(1))
    await until(lambda: memory_of(live).get(b"question") is None)
    await put(live, b"question", b"newest", EVENT)
    with valkey(path):
        await until(lambda: not live.redis.is_away)
        assert await fetched(live, b"another") is None
        assert await held(live, b"question") == b"newest"  # nothing has touched it
        await processes.__aexit__()


async def test_who_does_not_hear_answers_nothing_from_memory(
    world: World, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running(redis_url, CURSORS, response_cache_bytes=BYTES) as live:
        assert kept(live, b"question", b"content", EVENT)
        assert await held(live, b"question") == b"content"
        await live.relay.stop()
        await until(lambda: not memory_of(live).in_sync)
        assert memory_of(live).get(b"question") is None
        asked = asking(live, monkeypatch)
        assert await soon(shared(live).fetch(b"question")) is None
        assert not asked


async def test_what_all_have_together_is_forgotten_of_this_network_and_epoch_alone(
    world: World, redis_url: str
) -> None:
    async with Processes(redis_url, 2) as (one, two), connect(redis_url) as redis:
        await put(one, b"question", b"content", EVENT)
        network, epoch = one.relay.network_id, memory_of(two).as_of().epoch
        own, *others = (answers_key(*of) for of in ((network, epoch), (network, epoch + 1), ("another", epoch)))
        for key in others:
            await redis.set(key, b"")
        assert await redis.exists(own, f"{own}:order") == 2
        await shared(two).forget()
        assert await redis.exists(own, f"{own}:order") == 0
        assert await redis.exists(*others) == 2
        assert await fetched(two, b"question") is None
        assert await held(one, b"question") == b"content"


async def test_who_closes_stores_no_more_and_waits_for_what_it_began(world: World, redis_url: str) -> None:
    async with Processes(redis_url, 1) as (live,):
        await until(lambda: memory_of(live).in_sync)
        assert kept(live, b"question", b"content", EVENT)
        assert shared(live).get(b"question")
        (storing,) = shared(live)._storing
        await shared(live).close()
        assert storing.cancelled()
        assert not shared(live)._storing


async def test_a_wiped_redis_costs_an_execution_and_nothing_else(world: World, redis_url: str) -> None:
    async with Processes(redis_url, 2) as (one, two), connect(redis_url) as redis:
        await put(one, b"question", b"content", EVENT)
        await redis.flushall()
        assert await fetched(two, b"question") is None
        assert await held(one, b"question") == b"content"
        await read(two, await tell(one.outbox, EventUpdated(1)))
        assert await held(one, b"question") is None


async def test_a_process_hears_without_anything_happening(world: World, redis_url: str) -> None:
    """Who asks now and then has it asked where the log stands."""
    async with Processes(redis_url, 1) as (live,):
        await until(lambda: memory_of(live).in_sync)
        loop = asyncio.get_running_loop()
        end = loop.time() + 3 * IN_SYNC_SECONDS
        heard = []
        while loop.time() < end:
            heard.append(memory_of(live).in_sync)
            await asyncio.sleep(0.05)
        assert sum(heard) > len(heard) / 2  # on an idle machine all


# ---------------------------------------------------------------- bounds


async def test_the_memory_is_bounded_in_bytes_and_what_was_used_last_stays(world: World, redis_url: str) -> None:
    async with Processes(redis_url, 1, 20_000) as (live,):
        memory = memory_of(live)
        await until(lambda: memory.in_sync)
        assert not kept(live, b"huge", b"x" * 3000, OFFER)
        assert kept(live, b"first", b"x" * 1000, OFFER)
        for number in range(100):
            assert kept(live, f"{number}".encode(), b"x" * 1000, OFFER)
            assert await held(live, b"first")
            assert memory.size <= 20_000
        assert await held(live, b"99")
        assert await held(live, b"1") is None


async def test_redis_holds_a_bounded_number_of_bytes_the_first_makes_room(world: World, redis_url: str) -> None:
    async with Processes(redis_url, 1, 20_000) as (live,), connect(redis_url) as redis:
        for number in range(40):
            await put(live, f"{number % 30}".encode(), b"x" * 1000, OFFER)
        key = answers_key(live.relay.network_id, 1)
        stored: Any = await redis.hgetall(key)
        size = int(stored.pop(b""))
        assert {len(field) for field in stored} == {16}
        assert sum(map(len, stored.values())) == size <= 20_000
        assert len(stored) == await redis.zcard(f"{key}:order") == 19
        assert 0 < await redis.pttl(key) <= 3600 * 1000
        assert await redis.hexists(key, shared(live)._field(b"9"))
