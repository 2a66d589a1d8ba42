from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations.constraints import CheckConstraint

from models.migration_tools.operations import AddCheck, AddColumn


class Migration(migrations.Migration):
    dependencies = [("models", "0010_offer_times")]

    operations = [
        AddColumn(
            model_name="District",
            name="latitude",
            field=fields.FloatField(null=True),
        ),
        AddColumn(
            model_name="District",
            name="longitude",
            field=fields.FloatField(null=True),
        ),
        AddColumn(
            model_name="District",
            name="parent",
            field=fields.ForeignKeyField(
                "models.District",
                source_field="parent_id",
                null=True,
                db_index=True,
                db_constraint=True,
                to_field="id",
                related_name=False,
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        AddColumn(
            model_name="District",
            name="postal_codes",
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        AddColumn(
            model_name="Topic",
            name="synonyms",
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        AddCheck(
            model_name="District",
            constraint=CheckConstraint(
                check="(latitude IS NULL) = (longitude IS NULL)", name="district_location_whole"
            ),
        ),
        AddCheck(
            model_name="District",
            constraint=CheckConstraint(check="parent_id <> id", name="district_not_its_own_part"),
        ),
    ]
