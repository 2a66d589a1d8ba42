from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from models.fields import InstantField, now
from models.privacy.take_out import DataExportStatus


class Migration(migrations.Migration):
    dependencies = [("models", "0025_second_factor")]

    operations = [
        ops.CreateModel(
            name="DataExport",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="account_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "status",
                    fields.CharEnumField(
                        default=DataExportStatus.PREPARING,
                        db_index=True,
                        description="PREPARING: PREPARING\nREADY: READY\nEXPIRED: EXPIRED",
                        enum_type=DataExportStatus,
                        max_length=20,
                    ),
                ),
                ("mark", fields.BigIntField()),
                ("content", fields.BinaryField(null=True)),
                ("requested_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("begun_at", InstantField(null=True, auto_now=False, auto_now_add=False)),
                ("expires_at", InstantField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "data_export",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A take-out of all that is known about the person of an account: prepared by a job, kept here for a while.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Erasure",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "member",
                    fields.OneToOneField(
                        "models.Member",
                        source_field="member_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("account_key", fields.IntField(null=True)),
                ("erased_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("swept_at", InstantField(null=True, db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "erasure",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A member was erased: at `swept_at` what is left beside the rows, such as cached answers, was gone, too.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="DataExport",
            constraint=CheckConstraint(
                check="status IN ('PREPARING', 'READY', 'EXPIRED')", name="data_export_status_known"
            ),
        ),
    ]
