"""Who follows the log: where they begin, what they are given, and what they are refused.

Many who begin to listen at once ask the database once where the log stands.
"""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
import pytest_asyncio

import models
from auth.refusals import BadRequest, CursorExpired
from auth.tokens import derive_key
from models import now
from models.database.connect import configuration, connected
from subscriptions import changes
from subscriptions import numbered_log as log
from subscriptions.changes import LoggedChange
from subscriptions.cursors import Cursors, Position
from subscriptions.hub import Follower, Hub, Span, Stopping
from subscriptions.outbox import Changes, Outbox
from subscriptions.ring import Ring
from tests.conditions import soon, until
from tests.statements import statements
from tests.world import SECRET, World

CURSORS = Cursors(derive_key(SECRET, "live cursor"))


async def test_where_the_log_stands_is_read_once_for_all_who_ask_before_the_reading(world: World) -> None:
    hub = world.services.hub
    with statements() as sent:
        followers = await asyncio.gather(*(hub.attach(None) for _number in range(50)))
    assert len(sent) == 1, sent
    assert {one.position for one in followers} == {await log.head()}


async def test_who_asks_while_it_is_read_waits_for_the_next_reading(world: World) -> None:
    hub = world.services.hub

    async def tell(told: Changes) -> None:
        told.tell(changes.EventUpdated(1))

    for _number in range(20):
        early = asyncio.create_task(hub.attach(None))
        await asyncio.sleep(0)
        await world.services.outbox.write(tell)
        await log.number(10)
        head = await log.head()
        late = await hub.attach(None)
        assert (await early).position <= late.position
        assert late.position >= head


async def test_who_leaves_while_it_is_read_takes_it_from_nobody(world: World) -> None:
    hub = world.services.hub
    leaving, staying = [asyncio.create_task(hub.attach(None)) for _number in range(2)]
    await asyncio.sleep(0)
    leaving.cancel()
    assert (await staying).position == await log.head()


# ---------------------------------------------------------------- a follower and its ring


def change_of(seq: int, epoch: int = 1) -> LoggedChange:
    return LoggedChange(epoch, seq, changes.OfferUpdated(seq), now(), 100 + seq)


def filled(upto: int, size: int = 1000) -> Ring:
    """A ring of the epoch 1 that began at 0 and holds the changes up to this one."""
    ring = Ring(size)
    ring.begin(Position(1, 0, 100))
    ring.push([change_of(seq) for seq in range(1, upto + 1)])
    return ring


async def waits(follower: Follower, ring: Ring, patience: float | None = None) -> "asyncio.Task[list[int]]":
    """The numbers that it is given later: there is nothing for it yet."""

    async def given() -> list[int]:
        return [one.seq for one in await follower.batch(patience)]

    before = ring.waiting
    task = asyncio.create_task(given())
    await until(lambda: ring.waiting == before + 1)
    return task


async def test_a_follower_is_given_everything_in_batches_and_each_is_told_when_it_asks_for_the_next() -> None:
    ring = filled(250)
    follower = Follower(ring, Position(1, 0, 100))
    assert (follower.position, follower.delivered, follower.delivered.mark) == (Position(1, 0), Position(1, 0), 100)
    seen: list[int] = []
    for expected in (100, 200, 250):
        before = follower.position
        some = await soon(follower.batch())
        seen += [one.seq for one in some]
        assert (follower.delivered, follower.delivered.mark) == (before, before.mark)
        assert (follower.position, follower.position.mark) == (Position(1, expected), 100 + expected)
    assert seen == list(range(1, 251))
    assert await soon(follower.batch(0.01)) == []
    assert (follower.delivered, follower.position) == (Position(1, 250), Position(1, 250))


async def test_a_follower_that_waits_is_given_what_comes() -> None:
    ring = filled(3)
    waiting = [await waits(Follower(ring, Position(1, 3)), ring, patience) for patience in (None, 60)]
    ring.push([change_of(4), change_of(5)])
    assert [await soon(task) for task in waiting] == [[4, 5], [4, 5]]


async def test_a_follower_ahead_of_its_process_waits_while_that_catches_up_and_is_given_what_follows_alone() -> None:
    """The database stands further than this process has read: in the same epoch, or in a newer one."""
    ring = filled(3)
    ahead = [await waits(Follower(ring, Position(1, 5)), ring, patience) for patience in (None, 60)]
    newer = await waits(Follower(ring, Position(2, 1)), ring)
    for seq in (4, 5):
        ring.push([change_of(seq)])
        await until(lambda: ring.waiting == 3)
    assert not any(task.done() for task in (*ahead, newer))
    ring.push([change_of(6)])
    assert [await soon(task) for task in ahead] == [[6], [6]]
    ring.begin(Position(2, 0, 7))
    ring.push([change_of(seq, epoch=2) for seq in (1, 2)])
    assert await soon(newer) == [2]


@pytest.mark.parametrize("patience", [None, 60])
async def test_a_follower_ends_where_the_process_stops_and_expires_where_an_epoch_begins(
    patience: float | None,
) -> None:
    for end, error in ((Ring.close, Stopping), (lambda ring: ring.begin(Position(2, 3, 7)), CursorExpired)):
        ring = filled(3)
        task = await waits(follower := Follower(ring, Position(1, 3)), ring, patience)
        end(ring)
        for _turn in range(2):
            with pytest.raises(error):
                await soon(task)
            task = asyncio.ensure_future(follower.batch(patience))  # type: ignore[arg-type]
        task.cancel()
        late = Follower(ring, Position(1, 1))  # there is something for it, which it isn't given any more
        with pytest.raises(error):
            await soon(late.batch(patience))


@pytest_asyncio.fixture(loop_scope="session")
async def database(database_url: str) -> AsyncIterator[None]:
    """An empty database, open; no process is at it."""
    async with connected(configuration(database_url)):
        yield


async def written(count: int) -> list[Position]:
    """So many changes, committed and numbered; every place of the log."""

    async def work(some: Changes) -> None:
        some.tell(*(changes.MemberChanged(number) for number in range(1, count + 1)))

    await Outbox(on_commit=lambda: None).write(work)
    while (await log.number(100))[1]:
        pass
    start = Position(1, 0, models.logs.change_log.mark_of(await log.network_id()))
    return [start, *(Position(one.epoch, one.seq, one.mark) for one in await log.read(start, count))]


@pytest.mark.usefixtures("database")
async def test_what_the_ring_holds_no_more_is_read_from_the_database_in_batches() -> None:
    places = await written(250)
    ring = Ring(3)
    ring.begin(places[0])
    ring.push(await log.read(places[0], 250))
    follower = Follower(ring, places[10])
    assert [[one.seq for one in await follower.batch()] for _turn in range(2)] == [
        [*range(11, 111)],
        [*range(111, 211)],
    ]
    assert (follower.position, follower.position.mark) == (places[210], places[210].mark)
    with statements() as sent:
        assert [one.seq for one in await Follower(ring, places[247]).batch()] == [248, 249, 250]
    assert sent == []


@pytest.mark.usefixtures("database")
async def test_what_neither_ring_nor_database_holds_has_expired() -> None:
    places = await written(9)
    ring = Ring(3)
    ring.begin(places[9])
    await models.Change.filter(seq__in=[1, 2, 5, 6]).delete()
    for seq, given in {0: None, 1: None, 2: None, 3: [4], 4: None, 6: None, 7: [8, 9], 8: [9]}.items():
        for position in (places[seq], Position(1, seq)):
            follower = Follower(ring, position)
            told = None
            try:
                told = [one.seq for one in await follower.batch()]
            except CursorExpired:
                assert follower.position == position
            vouched = position.mark is not None or seq not in (2, 6)
            assert told == given or not vouched, position
    with pytest.raises(CursorExpired):  # another change of that number
        await Follower(ring, Position(1, 7, 7)).batch()


# ---------------------------------------------------------------- where one begins


@pytest.mark.usefixtures("database")
async def test_from_every_place_of_the_log_the_ring_and_the_database_say_the_same() -> None:
    """Whether the process holds all of it, the newest, or nothing, and who asks the database is asked no more often."""
    places = await written(9)
    some = await log.read(places[2], 9)
    await models.Change.filter(seq__in=[1, 2]).delete()
    for size, asks in ((1000, 1), (3, 2), (0, 2)):
        ring = Ring(size or 3)
        if size:
            ring.begin(places[2])
            ring.push(some)
        hub = Hub(CURSORS, ring)
        for position in places[3:]:
            with statements() as sent:
                follower = await hub.attach(CURSORS.make(position))
            assert (follower.position, follower.delivered) == (position, position)
            held = position.seq == 9 or size == 1000 or (size == 3 and position.seq > 6)
            assert len(sent) == (1 if held else asks), (size, position)
        for position in places[:2]:
            with pytest.raises(CursorExpired):
                await hub.attach(CURSORS.make(position))
        for place in (*places[3:], Position(1, 10, 7), Position(1, 99, 7)):
            for wrong in (
                Position(1, place.seq, 7),
                Position(0, place.seq, place.mark),
                Position(2, place.seq, place.mark),
            ):
                with pytest.raises(CursorExpired):
                    await hub.attach(CURSORS.make(wrong))


@pytest.mark.usefixtures("database")
async def test_of_two_cursors_the_later_counts_and_without_any_one_begins_now() -> None:
    places = await written(4)
    hub = Hub(CURSORS)
    made = [CURSORS.make(place) for place in places]
    for after in (None, 0, 1, 4):
        for before in (None, 0, 3, 4):
            follower = await hub.attach(
                None if after is None else made[after], None if before is None else made[before]
            )
            later = max((one for one in (after, before) if one is not None), default=4)
            assert (follower.position, follower.position.mark) == (places[later], places[later].mark)
    assert (await hub.attach(made[1], "")).position == places[1]
    assert (await hub.attach(None, "")).position == places[4]


@pytest.mark.usefixtures("database")
async def test_what_a_program_gave_wrongly_is_said_to_it_and_what_a_browser_kept_has_expired() -> None:
    places = await written(1)
    hub = Hub(CURSORS)
    good = CURSORS.make(places[0])
    foreign = Cursors(b"another key that is 32 bytes lng").make(places[0])
    for after, heard_last, error in (
        ("x", None, BadRequest),
        ("", None, BadRequest),
        ("x", good, BadRequest),
        (foreign, None, CursorExpired),
        (foreign, good, CursorExpired),
        (None, "x", CursorExpired),
        (good, "x", CursorExpired),
        (good, foreign, CursorExpired),
    ):
        with pytest.raises(error) as raised:
            await hub.attach(after, heard_last)
        assert type(raised.value) is error
        assert "after" in str(raised.value) or error is CursorExpired


@pytest.mark.usefixtures("database")
async def test_who_resumes_in_a_newer_epoch_finds_this_process_in_it_too() -> None:
    """It has not read of the epoch yet: who attaches is given what follows there, and not what it had before."""
    places = await written(3)
    hub = Hub(CURSORS, ring := filled(3))
    begun = await log.new_epoch("a test")
    with pytest.raises(CursorExpired):
        await hub.attach(CURSORS.make(places[2]))
    assert (ring.position, hub.position) == (begun, begun)
    follower = await hub.attach(CURSORS.make(begun))
    ring.push([change_of(4, epoch=begun.epoch)])
    assert [one.seq for one in await soon(follower.batch())] == [4]


@pytest.mark.usefixtures("database")
async def test_what_the_hub_says_of_itself() -> None:
    places = await written(3)
    hub = Hub(CURSORS, ring := filled(2))
    assert (await hub.head(), (await hub.head()).mark) == (places[3], places[3].mark)
    assert CURSORS.read(await hub.cursor()) == places[3]
    assert CURSORS.read(await hub.cursor()).mark == places[3].mark
    for place in (places[1], LoggedChange(1, 1, changes.MemberChanged(1), now(), places[1].mark)):
        assert hub.cursor_of(place) == CURSORS.make(places[1])
    follower = hub.attach_behind(Position(1, 1, 101))
    assert [one.seq for one in await follower.batch()] == [2]
    assert (hub.position, hub.waiting) == (ring.position, 0)
    task = await waits(follower, ring)
    assert hub.waiting == 1
    hub.stop()
    with pytest.raises(Stopping):
        await soon(task)
    assert Hub(CURSORS).position == Position(0, 0)


@pytest.mark.usefixtures("database")
async def test_who_follows_gets_all_that_follow_one_by_one() -> None:
    places = await written(120)
    ring = Ring()
    ring.begin(places[0])
    ring.push(await log.read(places[0], 120))
    hub = Hub(CURSORS, ring)
    async with aclosing(hub.follow(CURSORS.make(places[5]))) as following:
        assert [(await soon(anext(following))).seq for _number in range(115)] == [*range(6, 121)]
    async with aclosing(hub.follow(None)) as following:
        coming = asyncio.ensure_future(anext(following))
        await until(lambda: hub.waiting == 1)
        ring.push([change_of(121)])
        assert (await soon(coming)).seq == 121


# ---------------------------------------------------------------- what goes wrong meanwhile


@pytest.mark.usefixtures("database")
async def test_a_reading_that_fails_is_told_to_those_who_waited_for_it_and_the_next_is_another() -> None:
    await written(1)
    hub = Hub(CURSORS)
    await models.Change._meta.db.execute_query("ALTER TABLE change_log RENAME TO away")
    asking = [asyncio.create_task(hub.head()) for _number in range(3)]
    found = await asyncio.gather(*asking, return_exceptions=True)
    assert {isinstance(one, Exception) for one in found} == {True}
    await models.Change._meta.db.execute_query("ALTER TABLE away RENAME TO change_log")
    assert (await hub.head()).seq == 1


async def test_one_reads_at_a_time_however_many_come_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    running = most = readings = 0

    async def counted() -> Position:
        nonlocal running, most, readings
        running, readings = running + 1, readings + 1
        most = max(most, running)
        for _step in range(3):
            await asyncio.sleep(0)
        running -= 1
        return Position(1, readings, 7)

    monkeypatch.setattr(log, "head", counted)
    hub, asking = Hub(CURSORS), []
    for _number in range(30):
        asking.append(asyncio.create_task(hub.head()))
        await asyncio.sleep(0)
    assert [one.seq for one in await asyncio.gather(*asking)] == sorted(task.result().seq for task in asking)
    assert most == 1
    assert 1 < readings < 30


@pytest.mark.parametrize("leaves", [True, False])
@pytest.mark.parametrize("fails", [True, False])
async def test_a_reading_that_nobody_waits_for_any_more_is_no_error(
    monkeypatch: pytest.MonkeyPatch, leaves: bool, fails: bool
) -> None:
    go_on = asyncio.Event()

    async def held() -> Position:
        await go_on.wait()
        if fails:
            raise LookupError
        return Position(1, 1, 7)

    monkeypatch.setattr(log, "head", held)
    loop, missed = asyncio.get_running_loop(), list[dict[str, object]]()
    loop.set_exception_handler(lambda _loop, context: missed.append(context))
    try:
        hub = Hub(CURSORS)
        asking = [asyncio.create_task(hub.head()) for _number in range(2)]
        await asyncio.sleep(0)
        if leaves:
            asking[0].cancel()
            asking[1].cancel()
        await asyncio.sleep(0)
        go_on.set()
        found = await asyncio.gather(*asking, return_exceptions=True)
        for _step in range(3):
            await asyncio.sleep(0)
        del hub, asking
        gc.collect()
    finally:
        loop.set_exception_handler(None)
    assert missed == []
    expected = asyncio.CancelledError if leaves else LookupError if fails else Position
    assert [type(one) for one in found] == [expected] * 2


def test_a_span_goes_on_behind_what_is_done() -> None:
    span = Span(Position(1, 2), is_first=True, until=Position(1, 9))
    assert (span.done, span.reached, span.has_begun) == (Position(0, 0), False, False)
    span.done = Position(1, 5, 7)
    span.go_on()
    assert (span.begin, span.is_first, span.until) == (Position(1, 5), False, Position(1, 9))
