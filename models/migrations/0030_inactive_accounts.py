"""When an account was used last, and from when on it goes, as its owner was told; which mails it gets none of."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations.constraints import CheckConstraint

from models.fields import InstantField, now
from models.mail import NotificationKind
from models.migration_tools.operations import AddCheck, AddColumn, OnDialect

# The time begins for all that are there: nobody goes because of what wasn't written down.
_BEGIN = "UPDATE account SET last_used_at = {}"


class Migration(migrations.Migration):
    dependencies = [("models", "0029_provider")]

    operations = [
        AddColumn(
            model_name="Account",
            name="last_used_at",
            field=InstantField(default=now, null=True, db_index=True, auto_now=False, auto_now_add=False),
        ),
        AddColumn(
            model_name="Account",
            name="erased_from",
            field=InstantField(null=True, auto_now=False, auto_now_add=False),
        ),
        AddColumn(
            model_name="Account",
            name="unwanted_mails",
            field=fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads),
        ),
        AddColumn(
            model_name="Mail",
            name="kind",
            field=fields.CharEnumField(
                null=True,
                description="RESPONSE_RECEIVED: RESPONSE_RECEIVED\nRESPONSE_DECIDED: RESPONSE_DECIDED\nSEAT_FREED: SEAT_FREED\nEVENT_CANCELLED: EVENT_CANCELLED\nGROUP_REQUEST: GROUP_REQUEST",
                enum_type=NotificationKind,
                max_length=30,
            ),
        ),
        AddCheck(
            model_name="Mail",
            constraint=CheckConstraint(
                check="kind IN ('RESPONSE_RECEIVED', 'RESPONSE_DECIDED', 'SEAT_FREED', 'EVENT_CANCELLED', 'GROUP_REQUEST')",
                name="mail_kind_known",
            ),
        ),
        OnDialect("sqlite", [_BEGIN.format("strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now')")], []),
        OnDialect("postgres", [_BEGIN.format("now()")], []),
    ]
