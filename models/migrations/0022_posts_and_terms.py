"""Posts for everyone or for the group alone, in versions; and which version of the network's terms somebody accepted."""

from tortoise import fields, migrations
from tortoise.migrations.constraints import CheckConstraint

from models.fields import InstantField
from models.groups import GroupPostKind, PostAudience
from models.migration_tools.operations import AddCheck, AddColumn, OnDialect

# What everybody finds of posts: as it was (0018_out_of_sight), and as it is.
_BEFORE = ("hidden_at, withheld_at", "NEW.withheld_at IS NULL")
_AFTER = ("hidden_at, withheld_at, audience", "NEW.withheld_at IS NULL AND NEW.audience = 'EVERYONE'")


def _trigger(columns: str) -> str:
    return f"CREATE TRIGGER group_post_is_listed AFTER UPDATE OF {columns} ON group_post"


def _work(condition: str) -> str:
    listed = f"CASE WHEN {condition} THEN 1 ELSE 0 END"
    return f"UPDATE search_posting SET listed = {listed} WHERE kind = 5 AND row_id = NEW.id AND listed <> {listed}"


def _on_sqlite(columns: str, condition: str) -> list[str]:
    return ["DROP TRIGGER group_post_is_listed", f"{_trigger(columns)} BEGIN {_work(condition)}; END"]


def _on_postgres(columns: str, condition: str) -> list[str]:
    return [
        "DROP TRIGGER group_post_is_listed ON group_post",
        "CREATE OR REPLACE FUNCTION group_post_is_listed() RETURNS trigger LANGUAGE plpgsql AS $do$"
        f" BEGIN {_work(condition)}; RETURN NULL; END $do$",
        f"{_trigger(columns)} FOR EACH ROW EXECUTE FUNCTION group_post_is_listed()",
    ]


class Migration(migrations.Migration):
    dependencies = [("models", "0021_no_word_indexes")]

    operations = [
        AddColumn(
            model_name="Account",
            name="accepted_terms_at",
            field=InstantField(null=True, auto_now=False, auto_now_add=False),
        ),
        AddColumn(
            model_name="Account",
            name="accepted_terms_version",
            field=fields.CharField(null=True, max_length=40),
        ),
        AddColumn(
            model_name="GroupPost",
            name="audience",
            field=fields.CharEnumField(
                default=PostAudience.EVERYONE,
                description="EVERYONE: EVERYONE\nGROUP: GROUP",
                db_default=PostAudience.EVERYONE,
                enum_type=PostAudience,
                max_length=20,
            ),
        ),
        AddColumn(
            model_name="GroupPost",
            name="kind",
            field=fields.CharEnumField(
                default=GroupPostKind.ANNOUNCEMENT,
                description="ANNOUNCEMENT: ANNOUNCEMENT\nMINUTES: MINUTES\nDECISION: DECISION",
                db_default=GroupPostKind.ANNOUNCEMENT,
                enum_type=GroupPostKind,
                max_length=20,
            ),
        ),
        AddColumn(
            model_name="GroupPost",
            name="version",
            field=fields.IntField(default=1, db_default=1),
        ),
        AddColumn(
            model_name="SignUp",
            name="accepted_terms_version",
            field=fields.CharField(null=True, max_length=40),
        ),
        AddCheck(
            model_name="GroupPost",
            constraint=CheckConstraint(
                check="kind IN ('ANNOUNCEMENT', 'MINUTES', 'DECISION')", name="group_post_kind_known"
            ),
        ),
        AddCheck(
            model_name="GroupPost",
            constraint=CheckConstraint(check="audience IN ('EVERYONE', 'GROUP')", name="group_post_audience_known"),
        ),
        AddCheck(
            model_name="GroupPost",
            constraint=CheckConstraint(check="version >= 1", name="group_post_version_positive"),
        ),
        OnDialect("sqlite", _on_sqlite(*_AFTER), _on_sqlite(*_BEFORE)),
        OnDialect("postgres", _on_postgres(*_AFTER), _on_postgres(*_BEFORE)),
    ]
