"""Statements that are put off: sent with the next one, or with the commit, and errors where they are sent."""

import pytest
from tortoise.exceptions import IntegrityError
from tortoise.transactions import in_transaction  # noqa: TID251 - it is what is tried

from models import Change, Topic, now
from models.sql.statements import Statement, insert
from tests.world import World

_TOPICS = ("slug", "name", "name_key")
_COUNT = Statement("SELECT COUNT(*) AS count FROM topic WHERE name = ?")


async def _write(*slugs: str, name: str = "Later", follows: bool = False, fails: bool = False) -> None:
    async with in_transaction():
        for slug in slugs:
            await insert(Topic, _TOPICS, [(slug, name, slug)])
        if follows:
            await _stored(name)
        if fails:
            raise ZeroDivisionError


async def _stored(name: str) -> int:
    return int((await _COUNT.row(name))["count"])


async def test_what_follows_sees_it_whoever_sends_that(world: World) -> None:
    async with in_transaction():
        await insert(Topic, _TOPICS, [("a", "Later", "a"), ("b", "Later", "b")])
        await insert(Change, ("kind", "facts", "occurred_at", "mark"), [("X", {}, now(), 1)])
        assert await _stored("Later") == 2
        await insert(Topic, _TOPICS, [("c", "Later", "c")])
        assert await Topic.filter(name="Later").count() == 3
        await insert(Topic, _TOPICS, [("d", "Later", "d")])
        await insert(Topic, _TOPICS, [("e", "Later", "e")])
    assert await _stored("Later") == 5
    assert await Change.filter(kind="X", mark=1).count() == 1


async def test_rows_of_one_table_are_stored_in_the_order_in_which_they_came(world: World) -> None:
    """Changes have the order of what happened, however many a transaction tells of."""
    names = ("kind", "facts", "occurred_at", "mark")
    async with in_transaction():
        for start in range(0, 130, 10):
            await insert(Change, names, [("Y", {}, now(), mark) for mark in range(start, start + 10)])
            await insert(Topic, _TOPICS, [(f"t{start}", "Later", f"t{start}")])
        await insert(Change, names, [("Y", {}, now(), mark) for mark in range(130, 210)])
    assert await Change.filter(kind="Y").order_by("id").values_list("mark", flat=True) == [*range(210)]
    assert await _stored("Later") == 13


async def test_what_is_read_beside_it_is_one_exchange_and_right(world: World) -> None:
    """What was read may or may not see what waits: it is asked for nothing of it."""
    ask = Statement("SELECT {t} FROM topic AS t WHERE t.id = ? AND t.name = ?", t=Topic)
    known = await Topic.create(slug="known", name="Known", name_key="known")
    async with in_transaction():
        await insert(Topic, _TOPICS, [("a", "Later", "a"), ("b", "Later", "b")])
        await insert(Change, ("kind", "facts", "occurred_at", "mark"), [("X", {}, now(), 1)])
        (row,) = await ask.beside(known.id, "Known")
        assert ask.read("t", row).slug == "known"
        assert await _stored("Later") == 2
        assert [ask.read("t", one).slug for one in await ask.beside(known.id, "Known")] == ["known"]
        assert await ask.beside(known.id, "Another") == []
        async with in_transaction():
            await insert(Topic, _TOPICS, [("c", "Later", "c")])
            assert len(await ask.beside(known.id, "Known")) == 1
    assert len(await ask.beside(known.id, "Known")) == 1
    assert await _stored("Later") == 3


async def test_errors_of_what_waits_are_raised_by_what_is_read_beside_it(world: World) -> None:
    await _write("a")
    with pytest.raises(IntegrityError):
        await _twice("a")
    assert await _stored("Later") == 1


async def _twice(slug: str) -> None:
    async with in_transaction():
        await insert(Topic, _TOPICS, [(slug, "Later", slug)])
        await _COUNT.beside("Later")


async def test_what_is_rolled_back_is_not_sent(world: World) -> None:
    with pytest.raises(ZeroDivisionError):
        await _write("a", fails=True)
    assert await _stored("Later") == 0


@pytest.mark.parametrize("follows", [False, True])
async def test_an_error_comes_where_it_is_sent_and_nothing_is_stored(world: World, follows: bool) -> None:
    await _write("taken", name="Taken")
    with pytest.raises(IntegrityError):
        await _write("new", "taken", follows=follows)
    assert await _stored("Later") == 0
    await _write("new")  # the connection is as good as before
    assert await _stored("Later") == 1


async def test_a_transaction_within_one_puts_nothing_off(world: World) -> None:
    await _write("taken", name="Taken")
    async with in_transaction():
        await insert(Topic, _TOPICS, [("a", "Later", "a")])
        with pytest.raises(IntegrityError):
            await _write("b", "taken")
        await _write("c")
    assert sorted(topic.slug for topic in await Topic.filter(name="Later")) == ["a", "c"]
