"""The index kept current: in the transaction that changes a row, or by the job that follows.

What shows in many rows, such as an owner's name, is changed in few of them at once; the others wait in
`search_pending`, where the job finds them, as it finds all rows after a migration or `rebuild`.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from tortoise.models import Model

from models import District, Event, Group, GroupPost, Member, Offer, Topic
from models.search.postings import forget_words, keys_value, store, store_new, words_of
from models.search.tables import Kind
from models.sql.statements import Statement
from resolvers.context import Context
from subscriptions.changes import Change, SearchIndexed
from subscriptions.outbox import Changes

KINDS: Mapping[type[Model], Kind] = {
    Member: Kind.MEMBER,
    Group: Kind.GROUP,
    Event: Kind.EVENT,
    Offer: Kind.OFFER,
    GroupPost: Kind.GROUP_POST,
}
# So many rows of a kind that show a name are indexed where it changes; and so many at once by the job.
_AT_ONCE = 20
_BATCH = 100

_PARTS = "(SELECT id FROM district WHERE id = ? OR parent_id = ?)"
# The rows that show something of another row, by its key.
_SHOWING: Mapping[type[Model], Mapping[Kind, str]] = {
    Member: {
        Kind.OFFER: "SELECT id FROM offer WHERE owner_id = ?",
        Kind.EVENT: "SELECT id FROM event WHERE host_id = ?",
    },
    Group: {
        Kind.OFFER: "SELECT id FROM offer WHERE group_id = ?",
        Kind.EVENT: "SELECT id FROM event WHERE group_id = ?",
        Kind.GROUP_POST: "SELECT id FROM group_post WHERE group_id = ?",
    },
    Event: {Kind.OFFER: "SELECT id FROM offer WHERE event_id = ?"},
    Topic: {
        Kind.MEMBER: "SELECT member_id AS id FROM member_topic WHERE topic_id = ?",
        Kind.GROUP: "SELECT group_id AS id FROM group_topic WHERE topic_id = ?",
        Kind.EVENT: "SELECT event_id AS id FROM event_topic WHERE topic_id = ?",
        Kind.OFFER: "SELECT offer_id AS id FROM offer_topic WHERE topic_id = ?",
    },
    District: {
        Kind.MEMBER: f"SELECT id FROM member WHERE district_id IN {_PARTS}",
        Kind.EVENT: f"SELECT id FROM event WHERE venue_district_id IN {_PARTS}",
        Kind.OFFER: f"SELECT id FROM offer WHERE district_id IN {_PARTS} OR venue_district_id IN {_PARTS}"
        f" OR owner_id IN (SELECT id FROM member WHERE district_id IN {_PARTS})",
    },
}
# What of a row shows in others.
_SHOWN = {"name", "title", "district_id"}


async def index_row(row: Model, *, new: bool = False, topics: Sequence[int] | None = None) -> None:
    """Index a row as it is stored by now, within the transaction that changed it; `new` where it has just been made.

    `topics` are the keys of those of a new row, where it may have some.
    """
    kind = KINDS[type(row)]
    await (store_new(kind, row.pk, topics) if new else store(kind, [row.pk]))


async def delete_row(row: Model) -> None:
    """Delete a row for good, within the transaction: out of the index, too, with the words that no other row has.

    What belongs to it goes by the database, as its models say. What shows something of it, all of it, is indexed anew.
    """
    kind = KINDS[type(row)]
    words = await words_of(kind, [row.pk])
    showing = {
        one: [found["id"] for found in await _statement(sql).rows(*[row.pk] * sql.count("?"))]
        for one, sql in _SHOWING.get(type(row), {}).items()
    }
    await row.delete()
    for one, keys in showing.items():
        if keys:
            await _lock_and_store(one, keys)
    await forget_words(words)


async def index_changed(row: Model, changed: Iterable[str]) -> list[Change]:
    """Index a row of which these columns changed, and what shows them: within the transaction that changed it.

    What to tell besides: other rows are found by a text than before.
    """
    await index_row(row)
    return [SearchIndexed()] if _SHOWN & set(changed) and await index_showing(row) else []


async def index_showing(row: Model) -> bool:
    """Index the rows that show something of `row`, such as entries of their owner: few of them now, many by the job.

    Within the transaction that changed it. Whether any were indexed now.
    """
    indexed = False
    for kind, sql in _SHOWING.get(type(row), {}).items():
        places = [row.pk] * sql.count("?")
        found = await _statement(f"{sql} LIMIT {_AT_ONCE + 1}").rows(*places)
        if len(found) > _AT_ONCE:
            await _later(kind, sql, *places)
        elif found:
            await _lock_and_store(kind, [one["id"] for one in found])
            indexed = True
    return indexed


async def index_all() -> None:
    """Index all rows at once, within the transaction that has just stored the first ones."""
    for model, kind in KINDS.items():
        keys = [key for (key,) in await model.all().order_by("id").values_list("id")]
        for start in range(0, len(keys), _BATCH):
            await store(kind, keys[start : start + _BATCH])


async def rebuild() -> None:
    """Let the job index every row anew, within a transaction: after words have become a synonym, or by hand."""
    for model, kind in KINDS.items():
        await _later(kind, f"SELECT id FROM {model._meta.db_table}")


async def index_pending(ctx: Context) -> int:
    """The job: index what waits, a batch a transaction; how many rows.

    Every process may run it at any time: who takes a batch locks it, and each row before it is read, so that nothing
    older is written than what its last change wrote. When nothing waits any more that is told, for what was found by
    a text before may be stale.
    """
    done = 0
    while some := await ctx.outbox.write(_index_some):
        done += some
    return done


_WAITING = Statement("SELECT kind, row_id FROM search_pending ORDER BY kind, row_id LIMIT ? {for_update}")
_TAKEN = Statement("DELETE FROM search_pending WHERE kind = ? AND row_id {is_one_of}")


async def _index_some(changes: Changes) -> int:
    waiting = await _WAITING.rows(_BATCH)
    for kind in sorted({row["kind"] for row in waiting}):
        keys = [row["row_id"] for row in waiting if row["kind"] == kind]
        await _lock_and_store(Kind(kind), keys)
        await _TAKEN.rows(kind, keys_value(keys))
    if waiting and not await _WAITING.rows(1):
        changes.tell(SearchIndexed())
    return len(waiting)


async def _lock_and_store(kind: Kind, keys: list[int]) -> None:
    (table,) = (model._meta.db_table for model, one in KINDS.items() if one is kind)
    lock = f"SELECT id FROM {table} WHERE id {{is_one_of}} ORDER BY id {{for_no_key_update}}"
    await _statement(lock).rows(keys_value(keys))
    await store(kind, keys)


async def _later(kind: Kind, sql: str, *values: Any) -> None:
    insert = f"INSERT INTO search_pending (kind, row_id) SELECT {kind.value}, id FROM ({sql}) AS shown"
    await _statement(f"{insert} WHERE true ON CONFLICT (kind, row_id) DO NOTHING").rows(*values)


@cache
def _statement(text: str) -> Statement:
    """The statements written here, each made once."""
    return Statement(text)
