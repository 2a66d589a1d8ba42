from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import UniqueConstraint

from models.fields import InstantField, now


class Migration(migrations.Migration):
    dependencies = [("models", "0028_applications")]

    operations = [
        ops.CreateModel(
            name="ProviderIdentity",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("issuer", fields.CharField(max_length=500)),
                ("subject", fields.CharField(max_length=255)),
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
                ("gives_office", fields.BooleanField(default=False)),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "provider_identity",
                "app": "models",
                "pk_attr": "id",
                "table_description": "Whose account somebody's is that the city's own provider knows: by issuer and subject, never by an address.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="ProviderSignIn",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("token_hash", fields.CharField(unique=True, max_length=64)),
                ("challenge", fields.CharField(max_length=64)),
                ("issuer", fields.CharField(max_length=500)),
                ("subject", fields.CharField(max_length=255)),
                ("email", fields.CharField(max_length=320)),
                ("name", fields.CharField(max_length=200)),
                ("claims_office", fields.BooleanField(default=False)),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
                ("expires_at", InstantField(db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "provider_sign_in",
                "app": "models",
                "pk_attr": "id",
                "table_description": "Who came back from the provider, until the page that began it signs in: `challenge` is the hash of its secret.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="ProviderIdentity",
            constraint=UniqueConstraint(fields=("issuer", "subject"), name=None),
        ),
    ]
