"""What people report to the coordination office."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.fields import InstantField, now, one_of
from models.members import Member


class ReportReason(StrEnum):
    SPAM = "SPAM"
    INSULT = "INSULT"
    DISCRIMINATION = "DISCRIMINATION"
    PERSONAL_DATA = "PERSONAL_DATA"
    DANGER_TO_MINORS = "DANGER_TO_MINORS"
    FRAUD = "FRAUD"
    COMMERCIAL = "COMMERCIAL"
    OTHER = "OTHER"


class ReportStatus(StrEnum):
    OPEN = "OPEN"
    UPHELD = "UPHELD"
    DISMISSED = "DISMISSED"


class Report(Model):
    """Somebody's word that something shouldn't be there. What it is about may have gone: no foreign key."""

    id = fields.IntField(primary_key=True)
    status = fields.CharEnumField(ReportStatus, max_length=20, default=ReportStatus.OPEN)
    reason = fields.CharEnumField(ReportReason, max_length=20)
    message = fields.TextField(null=True)
    # The type, as its opaque ids name it, and the key.
    target_type = fields.CharField(max_length=20)
    target_key = fields.IntField()
    reporter: fields.ForeignKeyNullableRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name=False, null=True, on_delete=fields.SET_NULL, db_index=True
    )
    reporter_id: int | None
    note = fields.CharField(max_length=1000, null=True)
    created_at = InstantField(default=now)
    decided_at = InstantField(null=True)

    class Meta:
        table = "report"
        indexes = (
            Index(fields=("created_at", "id")),
            Index(fields=("status", "created_at", "id")),
            Index(fields=("target_type", "target_key", "status")),
        )
        constraints = (one_of("status", ReportStatus, "report"), one_of("reason", ReportReason, "report"))
