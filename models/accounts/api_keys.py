"""Keys of partners: a program of an organisation asks by one, without an account."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import InstantField, now
from models.members import Member


class ApiKeyScope(StrEnum):
    READ = "READ"
    WRITE_BOARD = "WRITE_BOARD"


class ApiKey(Model):
    """A key of one organisation. Of the key itself only a hash is stored, and `prefix`, by which people know it."""

    id = fields.IntField(primary_key=True)
    organisation: fields.ForeignKeyRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    organisation_id: int
    name = fields.CharField(max_length=200)
    prefix = fields.CharField(max_length=20)
    secret_hash = fields.CharField(max_length=64, unique=True)
    # Names of `ApiKeyScope`, in its order.
    scopes: fields.Field[list[str]] = fields.JSONField(default=list)
    created_at = InstantField(default=now)
    expires_at = InstantField(null=True)
    # To the hour: it isn't written with every request.
    last_used_at = InstantField(null=True)
    revoked_at = InstantField(null=True)

    class Meta:
        table = "api_key"
