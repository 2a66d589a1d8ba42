from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from models.accounts.accounts import LinkPurpose
from models.fields import InstantField, now
from models.migration_tools.operations import AddColumn


class Migration(migrations.Migration):
    dependencies = [("models", "0014_search_index")]

    operations = [
        ops.CreateModel(
            name="AccountLink",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                (
                    "purpose",
                    fields.CharEnumField(
                        description="RESET_PASSWORD: RESET_PASSWORD\nSIGN_IN: SIGN_IN\nCHANGE_EMAIL: CHANGE_EMAIL",
                        enum_type=LinkPurpose,
                        max_length=20,
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "models.Account",
                        source_field="account_id",
                        null=True,
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("email", fields.CharField(max_length=320)),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("expires_at", InstantField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "account_link",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A link that was sent by mail, good for one time: of its token only the hash is stored.",
            },
            bases=["Model"],
        ),
        AddColumn(
            model_name="SignInSession",
            name="user_agent",
            field=fields.CharField(null=True, max_length=200),
        ),
        ops.AddConstraint(
            model_name="AccountLink",
            constraint=CheckConstraint(
                check="purpose IN ('RESET_PASSWORD', 'SIGN_IN', 'CHANGE_EMAIL')", name="account_link_purpose_known"
            ),
        ),
    ]
