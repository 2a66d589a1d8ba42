from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.fields import InstantField, now
from models.migration_tools.operations import AddColumn


class Migration(migrations.Migration):
    dependencies = [("models", "0023_no_folded_texts")]

    operations = [
        ops.CreateModel(
            name="RepresentativeInvitation",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "organisation",
                    fields.ForeignKeyField(
                        "models.Member",
                        source_field="organisation_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "person",
                    fields.ForeignKeyField(
                        "models.Member",
                        source_field="person_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("email", fields.CharField(null=True, max_length=320)),
                ("name", fields.CharField(null=True, max_length=200)),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("expires_at", InstantField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "representative_invitation",
                "app": "models",
                "pk_attr": "id",
                "table_description": "Somebody was asked to act for an organisation, by mail, and hasn't answered: of the code only the hash is stored.",
            },
            bases=["Model"],
        ),
        AddColumn(
            model_name="Member",
            name="office_cares",
            field=fields.BooleanField(default=False, db_default=False),
        ),
        AddColumn(
            model_name="SignUp",
            name="invitation",
            field=fields.ForeignKeyField(
                "models.RepresentativeInvitation",
                source_field="invitation_id",
                null=True,
                db_index=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.SET_NULL,
            ),
        ),
        ops.AddConstraint(
            model_name="RepresentativeInvitation",
            constraint=CheckConstraint(
                check="email IS NOT NULL OR person_id IS NOT NULL", name="representative_invitation_of_somebody"
            ),
        ),
        ops.AddConstraint(
            model_name="RepresentativeInvitation",
            constraint=UniqueConstraint(fields=("organisation", "person"), name=None),
        ),
    ]
