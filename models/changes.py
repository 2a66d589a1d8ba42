"""The outbox: what changed, in the transaction that changed it."""

from typing import Any

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.fields import InstantField, check, now


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
    # Which SECRET_KEY this database belongs to.
    key_fingerprint = fields.CharField(max_length=64, null=True)

    class Meta:
        table = "change_log"
        constraints = (check("change_log_one_row", "id = 'log'"),)
