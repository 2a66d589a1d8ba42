"""The outbox: what changed, in the transaction that changed it; and the numbers that make a log of it.

A number alone doesn't say which change it is: a database that was restored from a backup, or copied, gives the same
numbers to others. So each change has a random `mark`, by which two histories are told apart.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import blake2b
from secrets import randbits
from typing import Any, NamedTuple

import orjson
from tortoise import fields
from tortoise.exceptions import DBConnectionError
from tortoise.indexes import Index
from tortoise.models import Model

from models.fields import InstantField, check, now
from models.sql.statements import Statement


class Change(Model):
    """One change. `seq` is null until the relay numbers it: 1, 2, 3 ... without a gap, never changed."""

    id = fields.BigIntField(primary_key=True)
    seq = fields.BigIntField(null=True, unique=True)
    kind = fields.CharField(max_length=50)
    facts: fields.Field[dict[str, Any]] = fields.JSONField()
    occurred_at = InstantField(default=now)
    # Random; null until it is numbered where somebody else wrote it.
    mark = fields.BigIntField(null=True)

    class Meta:
        table = "change"
        indexes = (Index(fields=("occurred_at",)),)


class ChangeLog(Model):
    """The one row, `log`, that says where the log stands. Who numbers changes holds its lock."""

    id = fields.CharField(max_length=3, primary_key=True, default="log")
    # Rises when the numbering could rewind: cursors of an older epoch are refused.
    epoch = fields.IntField(default=1)
    # The highest seq given, and the mark of that change: it counts where the change itself is gone.
    head = fields.BigIntField(default=0)
    head_mark = fields.BigIntField(null=True)
    # Tells the logs of several networks on one Redis apart; given when the log is first used.
    network_id = fields.CharField(max_length=32, null=True)
    # Which SECRET_KEY this database belongs to.
    key_fingerprint = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "change_log"
        constraints = (check("change_log_one_row", "id = 'log'"),)


_NEWEST = "(SELECT MAX(seq) FROM change) AS newest"
_COLUMNS = "seq, id, kind, facts, occurred_at, mark"
_OF_HEAD = ", ".join(f"c.{column} AS {column}" for column in _COLUMNS.split(", "))
_HEAD_CHANGE = "LEFT JOIN change AS c ON c.seq = l.head"
_HERE = "WHERE l.id = 'log'"
_LOG = Statement(f"SELECT {{l}}, {_OF_HEAD} FROM change_log AS l {_HEAD_CHANGE} {_HERE}", l=ChangeLog)
_LOOK = Statement(
    f"""
SELECT {{l}}, {_OF_HEAD}, {_NEWEST}, EXISTS (SELECT 1 FROM change WHERE seq IS NULL) AS waits
FROM change_log AS l {_HEAD_CHANGE} {_HERE}""",
    l=ChangeLog,
)
_LOCK = Statement(f"SELECT {{l}}, {_NEWEST} FROM change_log AS l {_HERE} {{for_update}}", l=ChangeLog)
_NUMBERED = Statement(
    f"""
SELECT {_COLUMNS}, (SELECT network_id FROM change_log WHERE id = 'log') AS network_id
FROM change WHERE seq >= ? ORDER BY seq LIMIT ?"""
)
_NUMBER = Statement(
    f"""
UPDATE change SET seq = CAST(? AS BIGINT) + waiting.place, mark = COALESCE(mark, CAST(? AS BIGINT) + waiting.place)
FROM (
  SELECT id AS waiting_id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM change WHERE seq IS NULL ORDER BY id LIMIT ?
) AS waiting WHERE id = waiting_id RETURNING {_COLUMNS}"""
)
_MAKE = Statement(
    "INSERT INTO change_log (id, epoch, head, network_id) VALUES ('log', ?, 0, ?) ON CONFLICT (id) DO NOTHING"
)
_HEAD = Statement("UPDATE change_log SET head = ?, head_mark = ? WHERE id = 'log'")


_GONE = "the log of changes has lost its row in change_log"


class LogMissingError(DBConnectionError):
    """The one row that says where the log stands is gone. The next relay that looks writes it anew."""


class Numbered(NamedTuple):
    """A change that has its number; `mark` tells it from another change of that number."""

    seq: int
    kind: str
    facts: dict[str, Any]
    occurred_at: datetime
    mark: int


class Standing(NamedTuple):
    """Where the log stands: its row, the mark of its head, and what of the changes was asked for, too."""

    log: ChangeLog
    mark: int
    # The newest number that a change has: that of the log's head, unless something is out of order.
    newest: int = 0
    # Whether something committed has no number yet.
    waits: bool = False


def new_mark() -> int:
    """A mark for a change."""
    return randbits(62)


def mark_of(network_id: str, *parts: int) -> int:
    """63 bits that tell a place of this network's log from all others: a change, or, without `parts`, the beginning."""
    named = ":".join((network_id, *map(str, parts)))
    return int.from_bytes(blake2b(named.encode(), digest_size=8).digest()) >> 1


async def the_log() -> Standing:
    """Where the log stands. Raises `LogMissingError`."""
    return _standing(_LOG, await _LOG.row())


async def look() -> Standing:
    """Where the log stands, with what of its changes tells whether there is something to do. Raises as `the_log`."""
    row = await _LOOK.row()
    return _standing(_LOOK, row)._replace(newest=row["newest"] or 0, waits=bool(row["waits"]))


def _standing(statement: Statement, row: Mapping[str, Any] | None) -> Standing:
    if row is None:
        raise LogMissingError(_GONE)
    log: ChangeLog = statement.read("l", row)
    network_id = log.network_id or ""
    if row["seq"] is not None:
        return Standing(log, _numbered(row, network_id).mark)
    return Standing(log, mark_of(network_id) if log.head == 0 else log.head_mark or mark_of(network_id, log.head))


async def numbered(from_on: int, most: int) -> Sequence[Numbered]:
    """The numbered changes from the number `from_on` on, in order, `most` at most. Raises `LogMissingError`."""
    rows = await _NUMBERED.rows(from_on, most)
    if rows and rows[0]["network_id"] is None:  # without it their marks would be others
        raise LogMissingError(_GONE)
    return [_numbered(row, row["network_id"]) for row in rows]


def _numbered(row: Mapping[str, Any], network_id: str) -> Numbered:
    facts, occurred_at = orjson.loads(row["facts"]), row["occurred_at"]  # of SQLite all are text
    instant = datetime.fromisoformat(occurred_at) if isinstance(occurred_at, str) else occurred_at
    parts = (row["mark"],) if row["mark"] is not None else (row["seq"], row["id"])  # numbered before there were marks
    return Numbered(row["seq"], row["kind"], facts, instant, mark_of(network_id, *parts))


async def oldest_numbered(most: int) -> Sequence[tuple[int, datetime]]:
    """Number and instant of the oldest changes that are kept, in the order of numbers, `most` at most."""
    some = await Change.filter(seq__isnull=False).order_by("seq").limit(most).values_list("seq", "occurred_at")
    return [(seq, occurred_at) for seq, occurred_at in some]


async def trim(upto: int) -> int:
    """Delete the changes up to the number `upto`; how many. What has no number yet stays, and so does the head."""
    return await Change.filter(seq__lte=upto).delete()


class Locked(NamedTuple):
    """The log, locked until the transaction ends, and what was out of order in it and is mended by this transaction."""

    log: ChangeLog
    mended: str | None


async def lock_log(network_id: str | None = None, epoch: int = 1) -> Locked:
    """Lock the log until the transaction ends; afterwards it has a `network_id`, and its head is the newest number.

    Where its row is gone it is written anew, with these values.
    """
    row = await _LOCK.row()
    if row is None:
        await _MAKE.rows(epoch, network_id or uuid.uuid4().hex)
        row = await _LOCK.row()
        mended = "its row was gone"
    else:
        mended = None
    log: ChangeLog = _LOCK.read("l", row)
    if log.network_id is None:
        log.network_id = network_id or uuid.uuid4().hex
        await log.save(update_fields=["network_id"])
    if (newest := row["newest"] or 0) > log.head:
        mended = mended or f"its head was {log.head}, behind the newest number {newest}"
        (change,) = await numbered(newest, 1)
        log.head, log.head_mark = change.seq, change.mark
        await log.save(update_fields=["head", "head_mark"])
    return Locked(log, mended)


async def number(log: ChangeLog, most: int) -> Sequence[Numbered]:
    """Number what is committed, in the order of ids, `most` at most: those changes, in order.

    `log` is locked, by a statement before this one. PostgreSQL sees in a statement what was committed when it began:
    with the lock in the same one, it would not see what was numbered by whom it waited for.
    """
    rows = await _NUMBER.rows(log.head, new_mark(), most)
    given = sorted(_numbered(row, log.network_id or "") for row in rows)
    if given:
        log.head, log.head_mark = given[-1].seq, given[-1].mark
        await _HEAD.rows(log.head, log.head_mark)
    return given
