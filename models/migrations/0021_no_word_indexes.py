"""The trigrams of `search_text` go, which nothing reads since the search has an index of its own: 0014_search_index.

Taken back they are there again, where pg_trgm can be had.
"""

from tortoise import migrations

from models.migration_tools.operations import OnDialect

_TEXTS = ("member", "working_group", "event", "offer")
# As migration 0005 makes them.
_MADE = " ".join(
    f"CREATE INDEX {table}_words ON {table} USING gin (search_text gin_trgm_ops) WITH (gin_pending_list_limit = 512);"
    for table in _TEXTS
)
_MADE_AGAIN = f"""DO $do$ BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    {_MADE}
EXCEPTION WHEN feature_not_supported OR undefined_file OR insufficient_privilege OR undefined_object THEN
    RAISE NOTICE 'no pg_trgm: searches for words read the rows themselves';
END $do$"""


class Migration(migrations.Migration):
    dependencies = [("models", "0020_reports")]

    operations = [OnDialect("postgres", [f"DROP INDEX IF EXISTS {table}_words" for table in _TEXTS], [_MADE_AGAIN])]
