"""Searches of the board that somebody keeps, to be told of what is new."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.accounts.accounts import Account
from models.fields import InstantField, now


class SavedSearch(Model):
    """A filter of the board under a name, of one account."""

    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    account_id: int
    name = fields.CharField(max_length=200)
    # As `resolvers.saved_searches.filters` writes and reads it.
    criteria: fields.Field[dict[str, Any]] = fields.JSONField(default=dict)
    # Up to when what it finds was looked at; null where it never was since it was saved.
    last_seen_at = InstantField(null=True)
    created_at = InstantField(default=now)

    class Meta:
        table = "saved_search"
