"""When an account was used last, and from when on it goes, as its owner was told."""

from tortoise import migrations

from models.fields import InstantField, now
from models.migration_tools.operations import AddColumn, OnDialect

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
        OnDialect("sqlite", [_BEGIN.format("strftime('%Y-%m-%d %H:%M:%f000+00:00', 'now')")], []),
        OnDialect("postgres", [_BEGIN.format("now()")], []),
    ]
