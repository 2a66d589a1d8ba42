from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

from models.fields import InstantField, now
from models.migration_tools.operations import AddColumn


class Migration(migrations.Migration):
    dependencies = [("models", "0024_invitations_and_care")]

    operations = [
        ops.CreateModel(
            name="SecondFactor",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "account",
                    fields.OneToOneField(
                        "models.Account",
                        source_field="account_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("secret", fields.CharField(max_length=200)),
                ("recovery_hashes", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("last_step", fields.BigIntField(default=0)),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "second_factor",
                "app": "models",
                "pk_attr": "id",
                "table_description": "The secret of an account's second factor, which is on once the account says since when.",
            },
            bases=["Model"],
        ),
        AddColumn(
            model_name="Account",
            name="second_factor_since",
            field=InstantField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
