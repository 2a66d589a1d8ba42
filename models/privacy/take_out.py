"""What people asked for about their data: to take it out, and to be erased."""

from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.accounts.accounts import Account
from models.fields import InstantField, now, one_of
from models.members import Member


class DataExportStatus(StrEnum):
    PREPARING = "PREPARING"
    READY = "READY"
    EXPIRED = "EXPIRED"


class DataExport(Model):
    """A take-out of all that is known about the person of an account: prepared by a job, kept here for a while.

    Several servers share a database, but no folder. `mark` is random: with the row's key it makes, sealed, the secret
    in the address. `content`, the ZIP, is there while it is READY.
    """

    id = fields.IntField(primary_key=True)
    account: fields.ForeignKeyRelation[Account] = fields.ForeignKeyField(
        "models.Account", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    account_id: int
    status = fields.CharEnumField(DataExportStatus, max_length=20, default=DataExportStatus.PREPARING, db_index=True)
    mark = fields.BigIntField()
    content = fields.BinaryField(null=True)
    requested_at = InstantField(default=now)
    # Since when a process prepares it; one that takes long is thought to have died.
    begun_at = InstantField(null=True)
    expires_at = InstantField(null=True)

    class Meta:
        table = "data_export"
        constraints = (one_of("status", DataExportStatus, "data_export"),)


class Erasure(Model):
    """A member was erased: at `swept_at` what is left beside the rows, such as cached answers, was gone, too."""

    id = fields.IntField(primary_key=True)
    member: fields.OneToOneRelation[Member] = fields.OneToOneField(
        "models.Member", related_name=False, on_delete=fields.CASCADE
    )
    member_id: int
    # The key of the account that it had, which is gone.
    account_key = fields.IntField(null=True)
    erased_at = InstantField(default=now)
    swept_at = InstantField(null=True, db_index=True)

    class Meta:
        table = "erasure"
