from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

from models.fields import InstantField, now
from models.migration_tools.operations import AddColumn


class Migration(migrations.Migration):
    dependencies = [("models", "0027_audit")]

    operations = [
        ops.CreateModel(
            name="Application",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "person",
                    fields.OneToOneField(
                        "models.Member",
                        source_field="person_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "organisation",
                    fields.OneToOneField(
                        "models.Member",
                        source_field="organisation_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "offer",
                    fields.OneToOneField(
                        "models.Offer",
                        source_field="offer_id",
                        null=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
                ("publishes", fields.BooleanField(default=False)),
                ("message", fields.TextField(null=True, unique=False)),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "application",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A person and their organisation wait for one decision of the office. Gone once they are let in.",
            },
            bases=["Model"],
        ),
        AddColumn(
            model_name="SignUp",
            name="application",
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
    ]
