from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint, UniqueConstraint

from models.fields import InstantField, now
from models.migration_tools.operations import AddColumn


class Migration(migrations.Migration):
    dependencies = [("models", "0011_town")]

    operations = [
        ops.CreateModel(
            name="DismissedMatch",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "own",
                    fields.ForeignKeyField(
                        "models.Offer",
                        source_field="own_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "match",
                    fields.ForeignKeyField(
                        "models.Offer",
                        source_field="match_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "dismissed_match",
                "app": "models",
                "pk_attr": "id",
                "table_description": "An entry that the owner's side of another one doesn't want to see among its matches.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="FoundMatch",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "seek",
                    fields.ForeignKeyField(
                        "models.Offer",
                        source_field="seek_id",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "provide",
                    fields.ForeignKeyField(
                        "models.Offer",
                        source_field="provide_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("found_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "found_match",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A pair that `matchFound` has told of: it does so once.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="InterestProfile",
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
                ("topics", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("categories", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("districts", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("times", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("hours_per_week", fields.FloatField(null=True)),
                ("languages", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
                ("updated_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "interest_profile",
                "app": "models",
                "pk_attr": "id",
                "table_description": "The profile of one account. Topics and districts by their keys, in the order in which they were given.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SavedSearch",
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
                ("name", fields.CharField(max_length=200)),
                ("criteria", fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ("last_seen_at", InstantField(null=True, auto_now=False, auto_now_add=False)),
                ("created_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "saved_search",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A filter of the board under a name, of one account.",
            },
            bases=["Model"],
        ),
        AddColumn(
            model_name="Offer",
            name="matched_version",
            field=fields.IntField(null=True),
        ),
        ops.AddConstraint(
            model_name="InterestProfile",
            constraint=CheckConstraint(
                check="hours_per_week > 0 AND hours_per_week <= 168", name="interest_profile_hours_in_range"
            ),
        ),
        ops.AddConstraint(
            model_name="DismissedMatch",
            constraint=UniqueConstraint(fields=("own", "match"), name=None),
        ),
        ops.AddConstraint(
            model_name="FoundMatch",
            constraint=UniqueConstraint(fields=("seek", "provide"), name=None),
        ),
        # What is on the board already was seen by whom it fits.
        ops.RunSQL(sql="UPDATE offer SET matched_version = version", reverse_sql=ops.RunSQL.noop),
        # Those that somebody has to look for matches of, few at any time.
        ops.RunSQL(
            sql="CREATE INDEX offer_unmatched ON offer (id) "
            "WHERE status = 'PUBLISHED' AND matched_version IS DISTINCT FROM version",
            reverse_sql="DROP INDEX offer_unmatched",
        ),
    ]
