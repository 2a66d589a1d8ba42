"""Entries of members that aren't ACTIVE are withheld from the board: a column that the database itself keeps.

docs/decisions/0012-entries-are-withheld-by-triggers.md says why.
"""

from tortoise import migrations
from tortoise.migrations import operations as ops

from models.fields import InstantField
from models.migration_tools.operations import AddColumn, OnDialect

# A member that ceases to be ACTIVE has its entries withheld since then; one that is ACTIVE again has them back.
_WITHHELD = "CASE WHEN NEW.status = 'ACTIVE' THEN NULL ELSE NEW.updated_at END"
_CHANGES = "(OLD.status = 'ACTIVE') <> (NEW.status = 'ACTIVE')"

ON_SQLITE = OnDialect(
    "sqlite",
    [
        f"""CREATE TRIGGER member_withholds AFTER UPDATE OF status ON member WHEN {_CHANGES} BEGIN
            UPDATE offer SET withheld_at = {_WITHHELD} WHERE owner_id = NEW.id;
        END""",
        """CREATE TRIGGER offer_withheld AFTER INSERT ON offer
        WHEN EXISTS (SELECT 1 FROM member WHERE id = NEW.owner_id AND status <> 'ACTIVE') BEGIN
            UPDATE offer SET withheld_at = (SELECT updated_at FROM member WHERE id = NEW.owner_id) WHERE id = NEW.id;
        END""",
    ],
    ["DROP TRIGGER offer_withheld", "DROP TRIGGER member_withholds"],
)
# FOR SHARE: who stores an entry waits for who is about to suspend its owner, and the other way round. Of the two, the
# second one sees what the first has done.
ON_POSTGRES = OnDialect(
    "postgres",
    [
        f"""CREATE FUNCTION member_withholds() RETURNS trigger LANGUAGE plpgsql AS $do$ BEGIN
            UPDATE offer SET withheld_at = {_WITHHELD} WHERE owner_id = NEW.id;
            RETURN NULL;
        END $do$""",
        """CREATE FUNCTION offer_withheld() RETURNS trigger LANGUAGE plpgsql AS $do$ BEGIN
            SELECT CASE WHEN status <> 'ACTIVE' THEN updated_at END INTO NEW.withheld_at
                FROM member WHERE id = NEW.owner_id FOR SHARE;
            RETURN NEW;
        END $do$""",
        f"""CREATE TRIGGER member_withholds AFTER UPDATE OF status ON member FOR EACH ROW WHEN ({_CHANGES})
            EXECUTE FUNCTION member_withholds()""",
        "CREATE TRIGGER offer_withheld BEFORE INSERT ON offer FOR EACH ROW EXECUTE FUNCTION offer_withheld()",
    ],
    [
        "DROP TRIGGER offer_withheld ON offer",
        "DROP TRIGGER member_withholds ON member",
        "DROP FUNCTION offer_withheld()",
        "DROP FUNCTION member_withholds()",
    ],
)


class Migration(migrations.Migration):
    dependencies = [("models", "0006_marks")]

    operations = [
        AddColumn(model_name="Offer", name="withheld_at", field=InstantField(null=True)),
        ops.RunSQL(
            sql="UPDATE offer SET withheld_at = (SELECT updated_at FROM member WHERE id = owner_id) "
            "WHERE owner_id IN (SELECT id FROM member WHERE status <> 'ACTIVE')",
            reverse_sql=ops.RunSQL.noop,
        ),
        # What was withheld last: the feed of the board has changed then.
        ops.RunSQL(
            sql="CREATE INDEX offer_withheld_last ON offer (withheld_at) WHERE withheld_at IS NOT NULL",
            reverse_sql="DROP INDEX offer_withheld_last",
        ),
        ON_SQLITE,
        ON_POSTGRES,
    ]
