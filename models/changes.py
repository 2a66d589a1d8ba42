"""The outbox: what changed, in the transaction that changed it; and the numbers that make a log of it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.fields import InstantField, check, now
from models.statements import Statement


class Change(Model):
    """One change. `seq` is null until the relay numbers it: 1, 2, 3 ... without a gap, never changed."""

    id = fields.BigIntField(primary_key=True)
    seq = fields.BigIntField(null=True, unique=True)
    kind = fields.CharField(max_length=50)
    facts: fields.Field[dict[str, Any]] = fields.JSONField()
    occurred_at = InstantField(default=now)

    class Meta:
        table = "change"
        indexes = (Index(fields=("occurred_at",)),)


class ChangeLog(Model):
    """The one row, `log`, that says where the log stands. Who numbers changes holds its lock."""

    id = fields.CharField(max_length=3, primary_key=True, default="log")
    # Rises when the numbering could rewind: cursors of an older epoch are refused.
    epoch = fields.IntField(default=1)
    # The highest seq given.
    head = fields.BigIntField(default=0)
    # Tells the logs of several networks on one Redis apart; given when the log is first used.
    network_id = fields.CharField(max_length=32, null=True)
    # Which SECRET_KEY this database belongs to.
    key_fingerprint = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "change_log"
        constraints = (check("change_log_one_row", "id = 'log'"),)


_LOG = Statement("SELECT {l} FROM change_log AS l WHERE l.id = 'log'", l=ChangeLog)
_LOOK = Statement(
    "SELECT {l}, EXISTS (SELECT 1 FROM change WHERE seq IS NULL) AS waits FROM change_log AS l WHERE l.id = 'log'",
    l=ChangeLog,
)
_LOCK = Statement("SELECT {l} FROM change_log AS l WHERE l.id = 'log' {for_update}", l=ChangeLog)
_COLUMNS = "seq, kind, facts, occurred_at"
_NUMBERED = Statement(f"SELECT {_COLUMNS} FROM change WHERE seq > ? ORDER BY seq LIMIT ?")
_NUMBER = Statement(
    f"""
UPDATE change SET seq = CAST(? AS BIGINT) + waiting.place FROM (
  SELECT id AS waiting_id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM change WHERE seq IS NULL ORDER BY id LIMIT ?
) AS waiting WHERE id = waiting_id RETURNING {_COLUMNS}"""
)
_HEAD = Statement("UPDATE change_log SET head = ? WHERE id = 'log'")


async def the_log() -> ChangeLog:
    """Where the log stands."""
    row = await _LOG.row()
    return _log_of(_LOG, row)


async def look() -> tuple[ChangeLog, bool]:
    """Where the log stands, and whether something committed has no number yet."""
    row = await _LOOK.row()
    return _log_of(_LOOK, row), bool(row and row["waits"])


def _log_of(statement: Statement, row: Mapping[str, Any] | None) -> ChangeLog:
    assert row is not None  # a migration has made it
    log: ChangeLog = statement.read("l", row)
    return log


class Numbered(NamedTuple):
    """A change that has its number."""

    seq: int
    kind: str
    facts: dict[str, Any]
    occurred_at: datetime


async def numbered(after: int, most: int) -> Sequence[Numbered]:
    """The numbered changes behind the number `after`, in order, `most` at most: empty where they were trimmed away."""
    return [_numbered(row) for row in await _NUMBERED.rows(after, most)]


def _numbered(row: Mapping[str, Any]) -> Numbered:
    facts, occurred_at = row["facts"], row["occurred_at"]  # of SQLite all are text
    instant = datetime.fromisoformat(occurred_at) if isinstance(occurred_at, str) else occurred_at
    return Numbered(row["seq"], row["kind"], orjson.loads(facts), instant)


async def oldest_numbered(most: int) -> Sequence[tuple[int, datetime]]:
    """Number and instant of the oldest changes that are kept, in the order of numbers, `most` at most."""
    some = await Change.filter(seq__isnull=False).order_by("seq").limit(most).values_list("seq", "occurred_at")
    return [(seq, occurred_at) for seq, occurred_at in some]


async def trim(upto: int) -> int:
    """Delete the changes up to the number `upto`; how many. What has no number yet stays, and so does the head."""
    return await Change.filter(seq__lte=upto).delete()


async def lock_log() -> ChangeLog:
    """The log, locked until the transaction ends; afterwards it has a `network_id`."""
    log = _log_of(_LOCK, await _LOCK.row())
    if log.network_id is None:
        log.network_id = uuid.uuid4().hex
        await log.save(update_fields=["network_id"])
    return log


async def number(log: ChangeLog, most: int) -> Sequence[Numbered]:
    """Number what is committed, in the order of ids, `most` at most: those changes, in order.

    `log` is locked, by a statement before this one. PostgreSQL sees in a statement what was committed when it began:
    with the lock in the same one, it would not see what was numbered by whom it waited for.
    """
    rows = await _NUMBER.rows(log.head, most)
    given = sorted(map(_numbered, rows))
    if given:
        log.head += len(given)
        await _HEAD.later(log.head)
    return given
