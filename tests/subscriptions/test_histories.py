"""Numbers are given twice: by a restored backup, a copy, another network. Nobody is told half of each.

And a log that is out of order, whatever brought it there, goes on: nothing is lost, or told twice, without a word.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from structlog.testing import capture_logs
from structlog.typing import EventDict

import models
from auth.refusals import CursorExpired
from models.database.connect import configuration, connected
from subscriptions import numbered_log as log
from subscriptions.cursors import Position
from subscriptions.hub import Hub
from subscriptions.outbox import Changes, Outbox
from subscriptions.outbox_relay import stream_key
from subscriptions.pipeline import Pipeline
from tests.conditions import until
from tests.subscriptions.test_pipeline import CURSORS, numbers, pipelines, place, read, tell

pytestmark = pytest.mark.walk

QUIET = Outbox(on_commit=lambda: None)


@pytest_asyncio.fixture(loop_scope="session")
async def database(database_url: str) -> AsyncIterator[None]:
    """An empty database, open; no process is at it."""
    async with connected(configuration(database_url)):
        yield


@pytest.fixture
def lines() -> Iterator[list[EventDict]]:
    """What is logged as a warning or an error."""
    with capture_logs() as logs:
        yield logs


def begun(lines: list[EventDict]) -> list[str]:
    """The causes of the epochs that began."""
    return [line["cause"] for line in lines if line["event"].startswith("a new epoch")]


async def written(first: int, count: int) -> None:
    """So many changes, committed and numbered by nobody of this process, about members from `first` on."""
    await tell(QUIET, *range(first, first + count))
    while (await log.number(100))[1]:
        pass


async def set_back(head: int) -> None:
    """The database as it was when the log stood there: as from a backup."""

    async def work(changes: Changes) -> None:
        await models.Change.filter(seq__gt=head).delete()
        await models.ChangeLog.all().update(head=head, head_mark=None)

    await QUIET.write(work)


async def places(upto: int) -> list[Position]:
    """Every place of the log, as it is now."""
    start = Position(1, 0, models.logs.change_log.mark_of(await log.network_id()))
    return [start, *map(place, await log.read(start, upto))]


async def settled(live: Pipeline) -> None:
    """Until all that is committed has its number, and the process has read it."""

    async def read_all() -> bool:
        unnumbered = await models.Change.filter(seq__isnull=True).exists()
        return not unnumbered and live.hub.position == await log.head()

    await until(read_all)
    await until(lambda: live.relay.in_touch)


async def goes_on(live: Pipeline) -> None:
    """What is committed next is told to who begins now, on every way."""
    await settled(live)
    cursor = await live.hub.cursor()
    await tell(live.outbox, 900, 901)
    assert numbers(await read(live.hub, cursor, 2)) == [900, 901]
    assert numbers(await read(Hub(CURSORS, live.hub._ring), cursor, 2)) == [900, 901]
    await settled(live)
    key = stream_key(live.relay.network_id, live.hub.position.epoch)

    async def copied() -> bool:
        top: Any = await live.redis.xrevrange(key, count=1)
        return bool(top) and top[0][0] == f"{live.hub.position.seq}-0".encode()

    await until(copied)


# ---------------------------------------------------------------- other histories


@pytest.mark.usefixtures("database")
async def test_after_a_restored_backup_only_cursors_of_what_it_holds_are_good(
    redis_url: str, lines: list[EventDict]
) -> None:
    """Nobody said `new-epoch`. The numbers 11 to 25 are given again, to others."""
    await written(100, 25)
    old = await places(25)
    await set_back(10)
    async with pipelines(redis_url, 1) as (live,):
        await tell(live.outbox, *range(200, 220))
        await settled(live)
        for hub in (live.hub, Hub(CURSORS)):  # one whose ring holds what was told since, and one that asks the database
            for position in old[:11]:
                told = await read(live.hub, CURSORS.make(position), 30 - position.seq)
                assert [one.seq for one in told] == list(range(position.seq + 1, 31))
            for position in old[11:]:
                for after, heard in ((CURSORS.make(position), None), (None, CURSORS.make(position))):
                    with pytest.raises(CursorExpired):
                        await hub.attach(after, heard)
        await goes_on(live)
    assert begun(lines) == []


@pytest.mark.usefixtures("database")
async def test_cursors_of_another_network_are_refused_to_who_sends_them_alone(
    redis_url: str, lines: list[EventDict]
) -> None:
    """It has the same key, the same numbers, even the same changes: as a staging system made of a copy."""
    await written(1, 3)
    foreign = await places(3)
    await models.ChangeLog.all().update(network_id=uuid4().hex)
    async with pipelines(redis_url, 1) as (live,):
        await settled(live)
        mine = [CURSORS.make(position) for position in await places(3)]
        following = asyncio.create_task(read(live.hub, mine[0], 5))
        for position in [*foreign, Position(1, 9, 9), Position(2**31, 1, 9)]:
            for hub in (live.hub, Hub(CURSORS)):
                with pytest.raises(CursorExpired):
                    await hub.attach(CURSORS.make(position))
        for cursor in mine:
            await Hub(CURSORS).attach(cursor)
        await goes_on(live)
        assert numbers(await following) == [1, 2, 3, 900, 901]
    assert (await log.head()).epoch == 1
    assert begun(lines) == []


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("upto", "redis_remembers"), [(10, True), (11, False), (25, True), (25, False), (30, True)])
async def test_a_process_that_has_read_another_history_tells_nothing_of_it(
    redis_url: str, lines: list[EventDict], upto: int, redis_remembers: bool
) -> None:
    """The database is restored, and written to, under a running server: its ring, and Redis, hold the old changes."""
    async with pipelines(redis_url, 1) as (live,):
        await tell(live.outbox, *range(100, 125))
        await settled(live)
        following = asyncio.create_task(read(live.hub, await live.hub.cursor(), 100))
        await until(lambda: live.hub.waiting == 1)

        async def restored(changes: Changes) -> None:
            await models.Change.filter(seq__gt=10).delete()
            for seq in range(11, upto + 1):
                await models.Change.create(seq=seq, kind="MemberChanged", facts={"member_id": 200 + seq}, mark=seq)
            await models.ChangeLog.all().update(head=upto, head_mark=None)

        await QUIET.write(restored)
        if not redis_remembers:
            await live.redis.delete(stream_key(live.relay.network_id, 1))
        live.relay.wake()
        with pytest.raises(CursorExpired):
            await following
        await goes_on(live)
        assert live.hub.position.seq == upto + 2
    assert len(begun(lines)) == 1


@pytest.mark.usefixtures("database")
async def test_a_server_that_starts_on_a_restored_database_begins_an_epoch_where_redis_knows_more(
    redis_url: str, lines: list[EventDict]
) -> None:
    """The stream isn't ahead of the database any more when it is looked at, but its changes are others."""
    async with pipelines(redis_url, 1) as (live,):
        await tell(live.outbox, *range(100, 125))
        await settled(live)
    await set_back(10)
    await written(200, 30)
    async with pipelines(redis_url, 2) as (live, other):
        await until(lambda: live.hub.position.epoch > 1 and other.hub.position.epoch > 1)
        await goes_on(live)
        await goes_on(other)
    assert begun(lines) == ["the stream in Redis has another change than the database"]


@pytest.mark.usefixtures("database")
async def test_entries_of_another_history_are_not_told(redis_url: str, lines: list[EventDict]) -> None:
    """A copy of the database writes into the same Redis: what it appends behind the common past is not ours."""
    async with pipelines(redis_url, 1) as (live,):
        await tell(live.outbox, 1, 2)
        await settled(live)
        start = await live.hub.cursor()
        following = asyncio.create_task(read(live.hub, start, 2))
        key = stream_key(live.relay.network_id, 1)
        entry = {"c": b'["MemberChanged",{"member_id":666},"2026-06-01T12:00:00Z"]', "m": "77", "p": "66"}
        await live.redis.xadd(key, entry, id="3-0")  # type: ignore[arg-type]
        await until(lambda: following.done() or live.hub.position.epoch > 1)
        with pytest.raises(CursorExpired):
            await following
        await goes_on(live)
    assert begun(lines) == ["the stream in Redis is ahead of the database"]


@pytest.mark.usefixtures("database")
async def test_entries_without_marks_as_an_older_version_writes_them_are_told_from_the_database(
    redis_url: str, lines: list[EventDict]
) -> None:
    async with pipelines(redis_url, 1) as (live,):
        await tell(live.outbox, 1, 2)
        await settled(live)
        start, key = await live.hub.cursor(), stream_key(live.relay.network_id, 1)
        await models.Change.create(kind="MemberChanged", facts={"member_id": 3})
        (told,) = (await log.number(1))[1]
        await live.redis.xadd(key, {"c": log.pack(told)}, id="3-0")
        assert numbers(await read(live.hub, start, 1)) == [3]
        await goes_on(live)
    assert lines == []


@pytest.mark.usefixtures("database")
async def test_a_new_epoch_is_logged_with_its_cause_and_begun_once(lines: list[EventDict]) -> None:
    await written(1, 3)
    head = await log.head()
    for seen in (head, Position(1, 3), Position(1, 2), Position(1, 2, (await places(2))[2].mark)):
        assert await log.new_epoch("nothing", seen) == head
    assert begun(lines) == []
    ahead = Position(1, 4, 5)
    later = await asyncio.gather(*(log.new_epoch("a test", ahead) for _process in range(5)))
    assert len(set(later)) == 1
    assert later[0].epoch > 1
    assert begun(lines) == ["a test"]
    assert (await log.new_epoch("a command")).epoch > later[0].epoch
    assert begun(lines) == ["a test", "a command"]


# ---------------------------------------------------------------- a log that is out of order

Damage = Callable[[], Awaitable[object]]


async def head_is(head: int) -> None:
    await models.ChangeLog.all().update(head=head)


async def loses(*seqs: int) -> None:
    await models.Change.filter(seq__in=seqs).delete()


async def row_is_gone() -> None:
    await models.ChangeLog.all().delete()


async def head_and_its_change_are_behind() -> None:
    """As where a pooler kept one half of a transaction."""
    await models.Change.filter(seq=10).update(seq=None)


HARMLESS: dict[str, Damage] = {
    "head behind": lambda: head_is(7),
    "head at the beginning": lambda: head_is(0),
    "row gone": row_is_gone,
}
GAPS: dict[str, Damage] = {
    "gap in the middle": lambda: loses(5, 6),
    "newest changes gone": lambda: loses(9, 10),
    "head ahead": lambda: head_is(13),
    "the newest without its number": head_and_its_change_are_behind,
    "all gone": lambda: loses(*range(1, 11)),
    "epoch behind": lambda: models.ChangeLog.all().update(epoch=0),
}


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("running", [True, False], ids=["under a running server", "before the start"])
@pytest.mark.parametrize("damage", HARMLESS)
async def test_a_head_that_is_wrong_is_mended_and_nothing_is_lost(
    redis_url: str, lines: list[EventDict], damage: str, running: bool
) -> None:
    await written(1, 10)
    old = [CURSORS.make(position) for position in await places(10)]
    if not running:
        await HARMLESS[damage]()
    async with pipelines(redis_url, 1) as (live,):
        if running:
            await settled(live)
            following = asyncio.create_task(read(live.hub, old[10], 2))
            await until(lambda: live.hub.waiting == 1)
            await HARMLESS[damage]()
            live.relay.wake()
        await until(lambda: [line for line in lines if line["event"].startswith("the log of changes")])
        await goes_on(live)
        if running:
            assert numbers(await following) == [900, 901]
        if damage != "row gone" or running:
            for seq, cursor in enumerate(old):
                expected = [*range(seq + 1, 11), 900, 901]
                assert numbers(await read(live.hub, cursor, len(expected)))[:-2] == expected[:-2]
                assert numbers(await read(Hub(CURSORS, live.hub._ring), cursor, len(expected))) == expected
        else:  # of which network it was nobody knows
            for cursor in old:
                with pytest.raises(CursorExpired):
                    await live.hub.attach(cursor)
    mended = [line["cause"] for line in lines if line["event"].startswith("the log of changes")]
    assert len(mended) == 1
    assert begun(lines) == []
    assert [row.seq for row in await models.Change.all().order_by("id")] == list(range(1, 13))


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("running", [True, False], ids=["under a running server", "before the start"])
@pytest.mark.parametrize("damage", GAPS)
async def test_where_something_may_be_missing_who_is_behind_it_reads_afresh(
    redis_url: str, damage: str, running: bool
) -> None:
    """From every place: all that follows, each once, or a word that something is missing."""
    await written(1, 10)
    old = [CURSORS.make(position) for position in await places(10)]
    if not running:
        await GAPS[damage]()
    async with pipelines(redis_url, 1, ring_size=3) as (live,):
        if running:
            await settled(live)
            await GAPS[damage]()
            live.relay.wake()
        await goes_on(live)
        left = {row.seq: row.facts["member_id"] for row in await models.Change.all()}
        head = (await log.head()).seq
        for seq, cursor in enumerate(old):
            expected = [left.get(number) for number in range(seq + 1, head + 1)]
            for hub in (live.hub, Hub(CURSORS, live.hub._ring)):
                try:
                    told = await read(hub, cursor, len(expected))
                except CursorExpired:
                    assert None in expected or left.get(seq) is None or damage == "epoch behind"
                else:
                    assert numbers(told) == expected


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("damage", [*HARMLESS, *GAPS])
async def test_a_new_epoch_puts_the_log_in_order_too(redis_url: str, damage: str) -> None:
    await written(1, 10)
    await (HARMLESS | GAPS)[damage]()
    await log.new_epoch("a test")
    async with pipelines(redis_url, 1) as (live,):
        await goes_on(live)
