from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops

from models.migration_tools.operations import OnDialect

# Which row has which term, the corpus' own words, and which rows wait to be indexed. Terms sort by their code points.
_TABLES = """
CREATE TABLE search_posting (kind SMALLINT NOT NULL, row_id INT NOT NULL, term VARCHAR(200){collate} NOT NULL,
    weight SMALLINT NOT NULL, listed SMALLINT NOT NULL, PRIMARY KEY (kind, row_id, term)){without_rowid};
CREATE INDEX search_posting_found ON search_posting (kind, listed, term, weight DESC, row_id DESC);
CREATE TABLE search_word (word VARCHAR(60){collate} NOT NULL PRIMARY KEY, reversed VARCHAR(60){collate} NOT NULL,
    spelling VARCHAR(60) NOT NULL, term VARCHAR(60){collate} NOT NULL){without_rowid};
CREATE INDEX search_word_reversed ON search_word (reversed);
CREATE TABLE search_pending (kind SMALLINT NOT NULL, row_id INT NOT NULL, PRIMARY KEY (kind, row_id)){without_rowid}
"""
# The number of each kind, its table, what of its columns decides whether everybody finds it in lists, and how.
_KINDS = (
    (1, "member", "status", "NEW.status = 'ACTIVE'"),
    (2, "working_group", "status", "NEW.status <> 'CLOSED'"),
    (3, "event", "status", "NEW.status = 'PUBLISHED'"),
    (4, "offer", "status, withheld_at", "NEW.status = 'PUBLISHED' AND NEW.withheld_at IS NULL"),
    (5, "group_post", None, None),
)


def _tables(**given: str) -> list[str]:
    return [statement.strip() for statement in _TABLES.format(**given).split(";")]


def _listed(kind: int, condition: str) -> str:
    listed = f"CASE WHEN {condition} THEN 1 ELSE 0 END"
    return f"UPDATE search_posting SET listed = {listed} WHERE kind = {kind} AND row_id = NEW.id AND listed <> {listed}"


def _gone(kind: int) -> list[str]:
    return [
        f"DELETE FROM {table} WHERE kind = {kind} AND row_id = OLD.id" for table in ("search_posting", "search_pending")
    ]


def _sqlite_triggers() -> list[str]:
    made = []
    for kind, table, columns, condition in _KINDS:
        if columns and condition:
            made.append(
                f"CREATE TRIGGER {table}_is_listed AFTER UPDATE OF {columns} ON {table} BEGIN {_listed(kind, condition)}; END"
            )
        made.append(f"CREATE TRIGGER {table}_unindexed AFTER DELETE ON {table} BEGIN {'; '.join(_gone(kind))}; END")
    return made


def _postgres_triggers() -> list[str]:
    made = []
    for kind, table, columns, condition in _KINDS:
        acts = [("unindexed", "DELETE", "; ".join(_gone(kind)))]
        if columns and condition:
            acts.append(("is_listed", f"UPDATE OF {columns}", _listed(kind, condition)))
        for name, event, work in acts:
            made += [
                f"CREATE FUNCTION {table}_{name}() RETURNS trigger LANGUAGE plpgsql AS $do$ BEGIN {work}; RETURN NULL; END $do$",
                f"CREATE TRIGGER {table}_{name} AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {table}_{name}()",
            ]
    return made


def _names() -> list[tuple[str, str]]:
    return [
        (f"{table}_{name}", table)
        for _kind, table, columns, _condition in _KINDS
        for name in ("unindexed", *(["is_listed"] if columns else []))
    ]


_DROPPED = [f"DROP TABLE {table}" for table in ("search_posting", "search_word", "search_pending")]
ON_SQLITE = OnDialect(
    "sqlite",
    [*_tables(collate="", without_rowid=" WITHOUT ROWID"), *_sqlite_triggers()],
    [*(f"DROP TRIGGER {name}" for name, _table in _names()), *_DROPPED],
)
ON_POSTGRES = OnDialect(
    "postgres",
    [*_tables(collate=' COLLATE "C"', without_rowid=""), *_postgres_triggers()],
    [
        *(f"DROP TRIGGER {name} ON {table}" for name, table in _names()),
        *(f"DROP FUNCTION {name}()" for name, _table in _names()),
        *_DROPPED,
    ],
)


class Migration(migrations.Migration):
    dependencies = [("models", "0013_points")]

    operations = [
        ops.CreateModel(
            name="SynonymGroup",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ("words", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("narrower", fields.JSONField(default=list, encoder=JSON_DUMPS, decoder=loads)),
            ],
            options={
                "table": "synonym_group",
                "app": "models",
                "pk_attr": "id",
                "table_description": "Words that people use for the same thing. Who looks for one of them finds the `narrower` ones too.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="SynonymTerm",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "group",
                    fields.ForeignKeyField(
                        "models.SynonymGroup",
                        source_field="group_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("term", fields.CharField(db_index=True, max_length=200)),
                ("narrower", fields.BooleanField(default=False)),
            ],
            options={
                "table": "synonym_term",
                "app": "models",
                "pk_attr": "id",
                "table_description": "A word of a group as the index knows it: its term, or of several words their terms with blanks between.",
            },
            bases=["Model"],
        ),
        ON_SQLITE,
        ON_POSTGRES,
        # What is there already is indexed by the job.
        *(
            ops.RunSQL(
                sql=f"INSERT INTO search_pending (kind, row_id) SELECT {kind}, id FROM {table}",
                reverse_sql=ops.RunSQL.noop,
            )
            for kind, table, _columns, _condition in _KINDS
        ),
    ]
