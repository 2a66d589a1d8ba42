from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations.constraints import CheckConstraint

from models.migration_tools.operations import AddCheck, AddColumn
from models.weekly_times import Commitment


class Migration(migrations.Migration):
    dependencies = [("models", "0009_mail_recipient")]

    operations = [
        AddColumn(
            model_name="Offer",
            name="commitment",
            field=fields.CharEnumField(
                null=True,
                description="ONCE: ONCE\nPROJECT: PROJECT\nREGULAR: REGULAR\nFLEXIBLE: FLEXIBLE",
                enum_type=Commitment,
                max_length=20,
            ),
        ),
        AddColumn(
            model_name="Offer",
            name="time_slots",
            field=fields.IntField(default=268435455, db_default=268435455),
        ),
        AddColumn(
            model_name="Offer",
            name="times",
            field=fields.JSONField(default=list, db_default="[]", encoder=JSON_DUMPS, decoder=loads),
        ),
        AddCheck(
            model_name="Offer",
            constraint=CheckConstraint(
                check="commitment IN ('ONCE', 'PROJECT', 'REGULAR', 'FLEXIBLE')", name="offer_commitment_known"
            ),
        ),
    ]
