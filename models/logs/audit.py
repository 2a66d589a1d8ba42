"""Who did what to whom, when and why: kept for the coordination office, written in the transaction that did it.

An entry names rows by their keys alone, and holds before and after of what isn't personal; nobody changes it, and
nobody deletes it within thirty days: triggers refuse that. What people typed stands in a table of its own, which is
emptied, by an erasure, or when its time is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.fields import InstantField, now, one_of
from models.sql.statements import Statement, insert

_LONGEST_VALUE = 1000


class AuditAction(StrEnum):
    CREATED = "CREATED"
    CHANGED = "CHANGED"
    DECIDED = "DECIDED"
    HIDDEN = "HIDDEN"
    ERASED = "ERASED"
    SIGNED_IN = "SIGNED_IN"
    SENT = "SENT"


class AuditEntry(Model):
    """Something that was done. Whoever did it, and what it was done to, may have gone: there are no foreign keys."""

    id = fields.IntField(primary_key=True)
    action = fields.CharEnumField(AuditAction, max_length=20)
    # The name of the mutation, of the command, or of the job.
    operation = fields.CharField(max_length=60)
    # Of a key, its organisation.
    actor_id = fields.IntField(null=True)
    account_id = fields.IntField(null=True)
    key_id = fields.IntField(null=True)
    # The type, as its opaque ids name it, and the key.
    target_type = fields.CharField(max_length=50, null=True)
    target_key = fields.IntField(null=True)
    # The fields that are otherwise than before, as the schema names them.
    changed: Any = fields.JSONField()
    # By field, before and after, of what isn't personal.
    states: Any = fields.JSONField(null=True)
    # False: it was tried, and refused.
    succeeded = fields.BooleanField(default=True)
    occurred_at = InstantField(default=now)

    class Meta:
        table = "audit_entry"
        indexes = (
            Index(fields=("occurred_at", "id")),
            Index(fields=("target_type", "target_key", "occurred_at", "id")),
            Index(fields=("actor_id", "occurred_at", "id")),
        )
        constraints = (one_of("action", AuditAction, "audit_entry"),)


class AuditPersonal(Model):
    """What people typed, as an entry changed it, or, under the name `reason`, why."""

    id = fields.IntField(primary_key=True)
    entry: fields.ForeignKeyRelation[AuditEntry] = fields.ForeignKeyField(
        "models.AuditEntry", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    entry_id: int
    # Whom it is about, or whose it was; null where it is nobody's own, as what is a group's.
    member_id = fields.IntField(null=True, db_index=True)
    field = fields.CharField(max_length=60)
    before = fields.TextField(null=True)
    after = fields.TextField(null=True)
    occurred_at = InstantField(default=now, db_index=True)

    class Meta:
        table = "audit_personal"


# The field under which it stands why something was done.
REASON = "reason"


@dataclass(frozen=True)
class Typed:
    """What people typed, before and after; None where there was, or is, nothing."""

    member_id: int | None
    field: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Recorded:
    """An entry that is to be stored."""

    action: AuditAction
    operation: str
    actor_id: int | None = None
    account_id: int | None = None
    key_id: int | None = None
    target_type: str | None = None
    target_key: int | None = None
    changed: Sequence[str] = ()
    states: dict[str, Any] | None = None
    succeeded: bool = True
    typed: Sequence[Typed] = field(default=(), compare=False)


_NAMES = (
    *("action", "operation", "actor_id", "account_id", "key_id", "target_type", "target_key"),
    *("changed", "states", "succeeded", "occurred_at"),
)


_TEXT = f"INSERT INTO audit_entry ({', '.join(_NAMES)}) VALUES ({', '.join('?' * len(_NAMES))})"
_ALONE = Statement(_TEXT)
_WITH_ITS_KEY = Statement(f"{_TEXT} RETURNING id")


async def store(entries: Sequence[Recorded]) -> None:
    """Store entries, within a transaction."""
    for entry in entries:
        await _store(entry)


async def _store(entry: Recorded) -> None:
    instant = now()
    if not entry.typed:
        await _ALONE.later(*_stored(entry, instant))
        return
    made = await _WITH_ITS_KEY.row(*_stored(entry, instant))
    typed = [(made["id"], one.member_id, one.field, _cut(one.before), _cut(one.after), instant) for one in entry.typed]
    await insert(AuditPersonal, ("entry_id", "member_id", "field", "before", "after", "occurred_at"), typed)


def _stored(entry: Recorded, instant: datetime) -> tuple[object, ...]:
    """The values as the database takes them. Field by field by Tortoise it would take as long as all else here."""
    return (
        *(entry.action.value, entry.operation, entry.actor_id, entry.account_id, entry.key_id),
        *(entry.target_type, entry.target_key, orjson.dumps(entry.changed).decode()),
        orjson.dumps(entry.states).decode() if entry.states else None,
        entry.succeeded,
        AuditEntry._meta.fields_map["occurred_at"].to_db_value(instant, AuditEntry),
    )


def _cut(text: str | None) -> str | None:
    if text is None or len(text) <= _LONGEST_VALUE:
        return text
    return f"{text[: _LONGEST_VALUE - 1]}…"
