"""What the facets of a list count without reading its rows: the keys of an entry's topics, and two indexes.

docs/decisions/0023-facets-are-counted-in-indexes.md says why.
"""

from tortoise import fields, migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from models.migration_tools.operations import AddColumn, OnDialect

# As `models.offers.topic_keys` writes them.
_ON_SQLITE = """COALESCE((SELECT group_concat(topic_id, ',') FROM (
                SELECT topic_id FROM offer_topic WHERE offer_id = {offer} ORDER BY topic_id)), '')"""
_ON_POSTGRES = """COALESCE((SELECT string_agg(CAST(topic_id AS varchar), ',' ORDER BY topic_id)
                FROM offer_topic WHERE offer_id = {offer}), '')"""


def _kept(offer: str) -> str:
    keys = _ON_SQLITE.format(offer=offer)
    return f"UPDATE offer SET topic_keys = {keys} WHERE id = {offer} AND topic_keys <> {keys};"


# An entry that is made has the keys of its topics from the beginning: nothing is written twice.
ON_SQLITE = OnDialect(
    "sqlite",
    [
        f"UPDATE offer SET topic_keys = {_ON_SQLITE.format(offer='offer.id')}",
        f"""CREATE TRIGGER offer_has_topic AFTER INSERT ON offer_topic WHEN instr(
                ',' || (SELECT topic_keys FROM offer WHERE id = NEW.offer_id) || ',', ',' || NEW.topic_id || ',') = 0
            BEGIN {_kept("NEW.offer_id")} END""",
        f"CREATE TRIGGER offer_lost_topic AFTER DELETE ON offer_topic BEGIN {_kept('OLD.offer_id')} END",
        f"""CREATE TRIGGER offer_changed_topic AFTER UPDATE OF offer_id, topic_id ON offer_topic BEGIN
            {_kept("OLD.offer_id")} {_kept("NEW.offer_id")} END""",
    ],
    ["DROP TRIGGER offer_has_topic", "DROP TRIGGER offer_lost_topic", "DROP TRIGGER offer_changed_topic"],
)
_EVENTS = {"has": ("INSERT", "NEW TABLE AS new"), "lost": ("DELETE", "OLD TABLE AS old")}
_CHANGED = {
    "has": "SELECT offer_id FROM new",
    "lost": "SELECT offer_id FROM old",
    "changed": "SELECT offer_id FROM new UNION SELECT offer_id FROM old",
}
_EVENTS["changed"] = ("UPDATE", "OLD TABLE AS old NEW TABLE AS new")
ON_POSTGRES = OnDialect(
    "postgres",
    [
        f"UPDATE offer SET topic_keys = {_ON_POSTGRES.format(offer='offer.id')}",
        *(
            sql
            for name, (event, tables) in _EVENTS.items()
            for sql in (
                f"""CREATE FUNCTION offer_{name}_topic() RETURNS trigger LANGUAGE plpgsql AS $do$ BEGIN
                    UPDATE offer SET topic_keys = known.keys FROM (
                        SELECT id, {_ON_POSTGRES.format(offer="o.id")} AS keys FROM offer AS o
                        WHERE id IN ({_CHANGED[name]})
                    ) AS known WHERE known.id = offer.id AND offer.topic_keys <> known.keys;
                    RETURN NULL;
                END $do$""",
                f"""CREATE TRIGGER offer_{name}_topic AFTER {event} ON offer_topic REFERENCING {tables}
                    FOR EACH STATEMENT EXECUTE FUNCTION offer_{name}_topic()""",
            )
        ),
    ],
    [
        sql
        for name in _EVENTS
        for sql in (f"DROP TRIGGER offer_{name}_topic ON offer_topic", f"DROP FUNCTION offer_{name}_topic()")
    ],
)
_COUNTED = ["direction", "category", "district_id", "venue_district_id"]
_NARROWED = ["remote", "withheld_at", "owner_id", "id"]


class Migration(migrations.Migration):
    dependencies = [("models", "0015_sessions_and_links")]

    operations = [
        AddColumn(
            model_name="Offer",
            name="topic_keys",
            field=fields.CharField(default="", db_default="", max_length=1000),
        ),
        ON_SQLITE,
        ON_POSTGRES,
        ops.AddIndex(model_name="Offer", index=Index(name="offer_counted", fields=["status", *_COUNTED, *_NARROWED])),
        ops.AddIndex(
            model_name="Offer",
            index=Index(name="offer_topics_counted", fields=["status", "topic_keys", *_COUNTED, *_NARROWED]),
        ),
    ]
