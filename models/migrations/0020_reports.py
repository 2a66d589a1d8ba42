from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from models.fields import InstantField, now
from models.reports import ReportReason, ReportStatus


class Migration(migrations.Migration):
    dependencies = [("models", "0019_offer_placed")]

    operations = [
        ops.CreateModel(
            name="Report",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "status",
                    fields.CharEnumField(
                        default=ReportStatus.OPEN,
                        description="OPEN: OPEN\nUPHELD: UPHELD\nDISMISSED: DISMISSED",
                        enum_type=ReportStatus,
                        max_length=20,
                    ),
                ),
                (
                    "reason",
                    fields.CharEnumField(
                        description="SPAM: SPAM\nINSULT: INSULT\nDISCRIMINATION: DISCRIMINATION\nPERSONAL_DATA: PERSONAL_DATA\nDANGER_TO_MINORS: DANGER_TO_MINORS\nFRAUD: FRAUD\nCOMMERCIAL: COMMERCIAL\nOTHER: OTHER",
                        enum_type=ReportReason,
                        max_length=20,
                    ),
                ),
                ("message", fields.TextField(null=True, unique=False)),
                ("target_type", fields.CharField(max_length=20)),
                ("target_key", fields.IntField()),
                (
                    "reporter",
                    fields.ForeignKeyField(
                        "models.Member",
                        source_field="reporter_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("note", fields.CharField(null=True, max_length=1000)),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("decided_at", InstantField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "report",
                "app": "models",
                "pk_attr": "id",
                "table_description": "Somebody's word that something shouldn't be there. What it is about may have gone: no foreign key.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="Report",
            constraint=CheckConstraint(check="status IN ('OPEN', 'UPHELD', 'DISMISSED')", name="report_status_known"),
        ),
        ops.AddConstraint(
            model_name="Report",
            constraint=CheckConstraint(
                check="reason IN ('SPAM', 'INSULT', 'DISCRIMINATION', 'PERSONAL_DATA', 'DANGER_TO_MINORS', 'FRAUD', 'COMMERCIAL', 'OTHER')",
                name="report_reason_known",
            ),
        ),
        ops.AddIndex(
            model_name="Report",
            index=Index(fields=["created_at", "id"]),
        ),
        ops.AddIndex(
            model_name="Report",
            index=Index(fields=["status", "created_at", "id"]),
        ),
        ops.AddIndex(
            model_name="Report",
            index=Index(fields=["target_type", "target_key", "status"]),
        ),
    ]
