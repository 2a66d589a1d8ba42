"""From the outbox to subscribers: what is committed is told, in order, once, whatever happens to Redis.

The oracle is the outbox table: a subscriber's log equals it.
"""

import asyncio
import base64
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

import models
from auth.refusals import BadRequest, CursorExpired
from auth.tokens import derive_key
from models.sql.page_cursors import write_cursor
from subscriptions import numbered_log as log
from subscriptions import outbox_relay as relay
from subscriptions import pipeline
from subscriptions.changes import LoggedChange, MemberChanged, UnknownChange
from subscriptions.cursors import Cursors, Position
from subscriptions.hub import Hub, Stopping
from subscriptions.outbox import Changes, Outbox
from subscriptions.outbox_relay import hint, stream_key
from subscriptions.pipeline import Pipeline
from subscriptions.redis_client import connect
from tests.conditions import soon, until
from tests.servers import valkey
from tests.world import SECRET, World

pytestmark = pytest.mark.walk

CURSORS = Cursors(derive_key(SECRET, "live cursor"))


class RolledBack(Exception):
    """What was written is not to stay."""


async def tell(outbox: Outbox, *numbers: int) -> None:
    """Commit a change about each of these members."""

    async def work(changes: Changes) -> None:
        changes.tell(*(MemberChanged(number) for number in numbers))

    await outbox.write(work)


async def read(hub: Hub, after: str | None, count: int) -> list[LoggedChange]:
    """The next changes behind a cursor."""
    found: list[LoggedChange] = []

    async def listen() -> None:
        async with aclosing(hub.follow(after)) as told:
            while len(found) < count:
                found.append(await anext(told))

    await soon(listen())
    return found


def numbers(some: list[LoggedChange]) -> list[int]:
    """Which members the changes are about."""
    return [told.change.member_id for told in some if isinstance(told.change, MemberChanged)]


async def table() -> list[tuple[int | None, int]]:
    """The outbox in the order of its numbers: number and member."""
    return [(row.seq, row.facts["member_id"]) for row in await models.Change.all().order_by("seq")]


@asynccontextmanager
async def pipelines(redis_url: str, count: int, ring_size: int = 1000) -> AsyncIterator[list[Pipeline]]:
    """Several processes' pipelines, as far as they share nothing but database and Redis."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(pipeline.running(redis_url, CURSORS, ring_size=ring_size))
            for _number in range(count)
        ]


async def write_much(outboxes: list[Outbox], seed: int, writers: int = 16, each: int = 8) -> dict[int, list[int]]:
    """Transactions held open and rolled back at random; what each writer committed, in its order."""
    committed: dict[int, list[int]] = {}

    async def write(writer: int) -> None:
        dice = random.Random(f"{seed} {writer}")
        committed[writer] = []
        for turn in range(each):
            number = writer * 1000 + turn
            fails, hold = dice.random() < 0.3, dice.random() * 0.006

            async def work(changes: Changes, number: int = number, fails: bool = fails, hold: float = hold) -> None:
                changes.tell(MemberChanged(number))
                await changes.store()
                await models.ChangeLog.exists()  # the ids are drawn, and others commit before
                changes.told.clear()
                await asyncio.sleep(hold)
                if fails:
                    raise RolledBack

            outbox = dice.choice(outboxes)
            with suppress(RolledBack):
                await outbox.write(work)
                committed[writer].append(number)

    await asyncio.gather(*(write(writer) for writer in range(writers)))
    return committed


async def test_what_is_committed_is_told_in_order(world: World) -> None:
    hub = world.services.hub
    cursor = await hub.cursor()
    await tell(world.services.outbox, 1, 2)
    await tell(world.services.outbox, 3)
    assert numbers(await read(hub, cursor, 3)) == [1, 2, 3]
    assert await table() == [(1, 1), (2, 2), (3, 3)]


async def test_under_load_one_round_takes_what_many_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = 0
    number = log.number

    async def counted(most: int) -> tuple[Position, list[LoggedChange]]:
        nonlocal rounds
        rounds += 1
        return await number(most)

    monkeypatch.setattr(log, "number", counted)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for start in range(0, 200, 20):
        await asyncio.gather(*(tell(world.services.outbox, number) for number in range(start, start + 20)))
    seconds = loop.time() - begun
    await until(lambda: world.services.hub.position.seq == 200)
    assert 1 < rounds <= seconds / relay.GATHER_SECONDS + 3
    assert rounds < 200


@pytest.mark.parametrize(
    ("seed", "each"), [(1, 8), (2, 8), *(pytest.param(seed, 100, marks=pytest.mark.soak) for seed in range(3, 9))]
)
async def test_committed_is_told_rolled_back_never_by_three_racing_relays(
    world: World, redis_url: str, seed: int, each: int
) -> None:
    cursor = await world.services.hub.cursor()
    async with pipelines(redis_url, 3) as three:
        committed = await write_much([one.outbox for one in three], seed, each=each)
        count = sum(map(len, committed.values()))
        for one in three:
            one.relay.wake()
        logs = await asyncio.gather(*(read(one.hub, cursor, count) for one in three))
    rows = await table()
    assert [seq for seq, _number in rows] == list(range(1, count + 1))
    for some in logs:
        assert [(told.seq, number) for told, number in zip(some, numbers(some), strict=True)] == rows
    for mine in committed.values():
        assert [number for _seq, number in rows if number in mine] == mine


async def test_a_reader_that_polls_by_id_loses_changes(world: World) -> None:
    """The control: it shows that the test above would notice, within a few rounds."""
    if models.Change._meta.db.capabilities.dialect == "sqlite":
        pytest.skip("SQLite has one writer: ids are in the order of commit")
    seen: list[int] = []
    writing = asyncio.Event()

    async def poll() -> None:
        last = 0
        while writing.is_set() or await models.Change.filter(id__gt=last).exists():
            for row in await models.Change.filter(id__gt=last).order_by("id"):
                last = row.id
                seen.append(row.facts["member_id"])

    written = 0
    for _round in range(20):
        seen.clear()
        writing.set()
        polling = asyncio.create_task(poll())
        await write_much([world.services.outbox], 3)
        writing.clear()
        await soon(polling)
        written = await models.Change.all().count()
        if len(seen) < written:
            break
    assert len(seen) < written


@pytest.mark.parametrize("seed", [1, 2, 3, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(4, 44))])
async def test_nothing_is_lost_or_repeated_when_redis_loses_everything(world: World, redis_url: str, seed: int) -> None:
    dice = random.Random(seed)
    faults = [
        ("FLUSHALL",),
        ("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"),
        ("CLIENT", "KILL", "TYPE", "pubsub"),
        ("SCRIPT", "FLUSH"),
        ("XTRIM", stream_key(await log.network_id(), 1), "MAXLEN", "1"),
        ("XTRIM", stream_key(await log.network_id(), 1), "MAXLEN", "0"),
    ]
    cursor = await world.services.hub.cursor()
    async with connect(redis_url) as redis, pipelines(redis_url, 2) as two:
        listening = [asyncio.create_task(read(one.hub, cursor, 120)) for one in two]
        for number in range(0, 120, 2):
            await tell(dice.choice(two).outbox, number, number + 1)
            if dice.random() < 0.4:
                await redis.execute_command(*dice.choice(faults))  # type: ignore[no-untyped-call]
        logs = await asyncio.gather(*listening)
        top = await until(lambda: redis.xrevrange(stream_key(two[0].relay.network_id, 1), count=1))
    assert [numbers(some) for some in logs] == [list(range(120))] * 2
    assert [told.seq for told in logs[0]] == list(range(1, 121))
    assert top[0][0] == b"120-0"


async def test_a_wiped_stream_is_filled_again_before_anything_new_happens(world: World, redis_url: str) -> None:
    await tell(world.services.outbox, *range(30))
    key = stream_key(await log.network_id(), 1)
    async with connect(redis_url) as redis:
        await until(lambda: redis.xlen(key))
        await redis.flushall()
        assert await until(lambda: redis.xlen(key)) == 30
        entries: Any = await redis.xrange(key)
        assert [id for id, _fields in entries] == [f"{seq}-0".encode() for seq in range(1, 31)]


async def test_live_updates_go_on_while_redis_is_away_and_when_it_is_back(
    world: World, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = str(tmp_path_factory.mktemp("v") / "s")
    cursor = await world.services.hub.cursor()
    async with pipelines(f"unix://{path}", 1) as (live,):
        await tell(live.outbox, 1)
        assert numbers(await read(live.hub, cursor, 1)) == [1]
        with valkey(path):
            key = stream_key(live.relay.network_id, 1)
            await until(lambda: live.redis.xlen(key) if live.relay.in_touch else None)
            await tell(live.outbox, 2)
            assert numbers(await read(live.hub, cursor, 2)) == [1, 2]
            await until(lambda: live.relay.in_touch)
        await tell(live.outbox, 3)
        assert numbers(await read(live.hub, cursor, 3)) == [1, 2, 3]


async def test_a_process_without_a_relay_only_hints(world: World, redis_url: str) -> None:
    cursor = await world.services.hub.cursor()
    await tell(Outbox(on_commit=lambda: None), 1)
    async with connect(redis_url) as redis:
        await hint(redis)
    assert numbers(await read(world.services.hub, cursor, 1)) == [1]


async def test_two_networks_on_one_redis_do_not_mix(world: World, redis_url: str) -> None:
    await tell(world.services.outbox, 1)
    mine = await log.network_id()
    assert len(mine) == 32
    async with connect(redis_url) as redis:
        await until(lambda: redis.xlen(stream_key(mine, 1)))
        assert await redis.xlen(stream_key(mine, 1)) == 1
        assert await redis.ttl(stream_key(mine, 1)) > 0


# ---------------------------------------------------------------- resume


@pytest.mark.parametrize("ring_size", [4, 1000])
async def test_who_resumes_at_any_cursor_gets_exactly_what_follows(
    world: World, redis_url: str, ring_size: int
) -> None:
    """From the ring where that holds it, else from the table."""
    start = await world.services.hub.cursor()
    async with pipelines(redis_url, 2, ring_size) as (here, elsewhere):
        await tell(here.outbox, *range(20))
        everything = await read(here.hub, start, 20)
        for told in random.Random(4).sample(everything, 8):
            rest = await read(elsewhere.hub, here.hub.cursor_of(told), 20 - told.seq)
            assert rest == everything[told.seq :]
        last = here.hub.cursor_of(everything[-1])
        coming = asyncio.create_task(read(elsewhere.hub, last, 1))
        await tell(here.outbox, 99)
        assert numbers(await coming) == [99]


async def test_who_gives_no_cursor_gets_what_comes_from_now_on(world: World) -> None:
    hub = world.services.hub
    await tell(world.services.outbox, 1)
    await until(lambda: hub.position.seq == 1)
    coming = asyncio.create_task(read(hub, None, 1))
    await until(lambda: hub.waiting == 1)
    await tell(world.services.outbox, 2)
    assert numbers(await coming) == [2]


async def test_a_reader_slower_than_the_ring_misses_nothing(world: World, redis_url: str) -> None:
    start = await world.services.hub.cursor()
    async with pipelines(redis_url, 1, ring_size=3) as (live,), aclosing(live.hub.follow(start)) as slow:
        await tell(live.outbox, 1)
        seen = [await soon(anext(slow))]
        for number in range(2, 40):
            await tell(live.outbox, number)
        await until(lambda: live.hub.position.seq == 39)
        seen += [await soon(anext(slow)) for _number in range(38)]
    assert numbers(seen) == list(range(1, 40))


async def test_cursors_that_are_none_are_refused(world: World) -> None:
    hub = world.services.hub
    good = await hub.cursor()
    of_a_list = write_cursor("a list", ["Sommerfest", "2026-06-01T12:00:00Z", 12])
    for cursor in ("", "x", "ä", "ä" * len(good), good + "!", "A" * 20, "A" * 5000, of_a_list):
        with pytest.raises(BadRequest):
            await hub.attach(cursor)
        with pytest.raises(CursorExpired):  # that no program has made up
            await hub.attach(None, last_event_id=cursor or "x")


async def test_what_looks_like_a_cursor_but_was_made_with_another_key_has_expired(world: World) -> None:
    """Or by another version, or at random: a screen reads afresh, and needs nobody to mend it."""
    hub = world.services.hub
    good, head = await hub.cursor(), await log.head()
    other = Cursors(b"another key that is 32 bytes lng").make(head)
    of_old = base64.urlsafe_b64encode(AESSIV(derive_key(SECRET, "live cursor")).encrypt(b"\0" * 12, None))
    for cursor in (other, of_old.decode(), good[:-4], good[::-1], "A" * len(good)):
        for after, heard in ((cursor, None), (None, cursor), (good, cursor), (cursor, good)):
            with pytest.raises(CursorExpired):
                await hub.attach(after, heard)
    assert await log.head() == head


async def test_every_place_of_a_log_has_a_cursor_that_can_be_read() -> None:
    for seq in range(3000):
        position = Position(2**31, seq, seq**3)
        assert CURSORS.read(CURSORS.make(position)) == position
    with pytest.raises(ValueError, match="mark"):
        CURSORS.make(Position(1, 1))


async def test_cursors_of_another_epoch_or_trimmed_away_have_expired(world: World) -> None:
    hub = world.services.hub
    start = await hub.cursor()
    await tell(world.services.outbox, *range(10))
    await read(hub, start, 10)
    everything = await log.read(Position(1, 0), 10)
    await world_forgets(4)
    fresh = Hub(CURSORS)  # a process that has just started
    for told in everything[:4]:
        with pytest.raises(CursorExpired):
            await fresh.attach(CURSORS.make(place(told)))
    for told in everything[4:]:
        await fresh.attach(CURSORS.make(place(told)))
    with pytest.raises(CursorExpired):
        await hub.attach(CURSORS.make(replace(place(everything[4]), epoch=0)))


def place(told: LoggedChange) -> Position:
    """The position behind a change."""
    return Position(told.epoch, told.seq, told.mark)


async def world_forgets(upto: int) -> None:
    """Trim the outbox."""
    await models.Change.filter(seq__lte=upto).delete()


# ---------------------------------------------------------------- epochs


async def test_a_new_epoch_ends_what_follows_the_old_one(world: World) -> None:
    hub = world.services.hub
    old = await hub.cursor()
    await tell(world.services.outbox, 1)
    following = asyncio.create_task(read(hub, old, 2))
    await until(lambda: hub.waiting == 1)
    begun = await log.new_epoch("a test")
    with pytest.raises(CursorExpired):
        await following
    with pytest.raises(CursorExpired):
        await hub.attach(old)
    assert begun.epoch > 1
    now = await hub.cursor()
    await tell(world.services.outbox, 2)
    assert numbers(await read(hub, now, 1)) == [2]


async def test_a_cursor_ahead_of_the_database_is_refused_to_who_sent_it_alone(world: World) -> None:
    hub = world.services.hub
    start = await hub.cursor()
    await tell(world.services.outbox, 1)
    await until(lambda: hub.position.seq == 1)
    following = asyncio.create_task(read(hub, start, 2))
    for ahead in (Position(1, 2, 7), Position(2, 0, 7), Position(2**32 - 1, 2**63, 7)):
        with pytest.raises(CursorExpired):
            await hub.attach(CURSORS.make(ahead))
    assert await log.head() == Position(1, 1)
    await tell(world.services.outbox, 2)
    assert numbers(await following) == [1, 2]


@pytest.mark.parametrize("ring_remembers", [True, False])
async def test_a_database_that_was_set_back_begins_a_new_epoch_by_itself(
    world: World, redis_url: str, ring_remembers: bool
) -> None:
    """As from a backup: noticed by a process that has read further, or by what Redis holds."""
    hub = world.services.hub
    start = await hub.cursor()
    await tell(world.services.outbox, 1, 2, 3)
    ahead = hub.cursor_of((await read(hub, start, 3))[2])
    key = stream_key(await log.network_id(), 1)
    async with connect(redis_url) as redis:
        await until(lambda: redis.xlen(key))
        if ring_remembers:
            await redis.delete(key)
        else:
            hub._ring.begin(Position(0, 0))  # as in a process that has just started

        async def set_back(changes: Changes) -> None:
            await models.Change.filter(seq__gt=1).delete()
            await models.ChangeLog.all().update(head=1)

        await Outbox(on_commit=lambda: None).write(set_back)
        await until(lambda: hub.position.epoch > 1)
        cursor = await hub.cursor()
        await tell(world.services.outbox, 4)
        (told,) = await read(hub, cursor, 1)
        assert (told.seq, numbers([told])) == (2, [4])
        with pytest.raises(CursorExpired):
            await hub.attach(ahead)


# ---------------------------------------------------------------- ends


async def test_followers_end_when_the_hub_stops(world: World) -> None:
    hub = world.services.hub
    start = await hub.cursor()

    async def listen(after: str | None) -> LoggedChange:
        return await anext(hub.follow(after))

    listening = [asyncio.create_task(listen(after)) for after in (None, start)]
    await until(lambda: hub.waiting == 2)
    hub.stop()
    ends = await soon(asyncio.gather(*listening, return_exceptions=True))
    assert {type(end) for end in ends} == {Stopping}
    with pytest.raises(Stopping):
        await soon(listen(start))


async def test_what_was_committed_last_is_passed_on_before_the_end(world: World, redis_url: str) -> None:
    cursor = await world.services.hub.cursor()
    async with pipelines(redis_url, 1) as (live,):
        await tell(live.outbox, 7)
    assert await table() == [(1, 7)]
    assert numbers(await read(world.services.hub, cursor, 1)) == [7]


async def test_a_follower_that_waits_costs_no_queue(world: World) -> None:
    """It is a place in the ring: what comes while nobody reads is stored once, not once a subscriber."""
    hub = world.services.hub
    follower = await hub.attach(None)
    assert await soon(follower.batch(patience=0.01)) == []
    await tell(world.services.outbox, *range(500))
    await until(lambda: hub.position.seq == 500)
    assert not [value for value in vars(follower).values() if isinstance(value, (list, dict, asyncio.Queue))]
    some = await follower.batch()
    assert some is not None
    assert numbers(list(some)) == list(range(100))


async def test_a_change_that_a_newer_version_wrote_only_moves_the_cursor(world: World) -> None:
    cursor = await world.services.hub.cursor()
    await models.Change.create(kind="MemberSang", facts={"song": 1})
    await models.Change.create(kind="MemberChanged", facts={"member_id": 1, "mood": "good"})
    await tell(world.services.outbox, 5)
    some = await read(world.services.hub, cursor, 3)
    assert [type(told.change) for told in some] == [UnknownChange, UnknownChange, MemberChanged]
    assert some[0].change == UnknownChange("MemberSang", {"song": 1})
    assert some[0].occurred_at.utcoffset() == timedelta(0)
