"""Indexes for what lists filter and sort by: docs/decisions/ says which, and why no others."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.schema_editor.base import BaseSchemaEditor
from tortoise.migrations.schema_generator.state import State

_TEXTS = ("member", "working_group", "event", "offer")


class TextIndexes(ops.RunSQL):
    """Finds parts of words in `search_text` by their trigrams: on PostgreSQL, where its extension pg_trgm can be had.

    It can't where its files aren't installed, or the role may not create it. Then, as on SQLite, a search for words reads
    the rows that its other conditions let through.
    """

    def __init__(self) -> None:
        made = "\n".join(
            f"CREATE INDEX {table}_words ON {table} USING gin (search_text gin_trgm_ops) "
            "WITH (gin_pending_list_limit = 512);"
            for table in _TEXTS
        )
        super().__init__(
            f"""DO $do$ BEGIN
                CREATE EXTENSION IF NOT EXISTS pg_trgm;
                {made}
            EXCEPTION WHEN feature_not_supported OR undefined_file OR insufficient_privilege OR undefined_object THEN
                RAISE NOTICE 'no pg_trgm: searches for words read the rows themselves';
            END $do$""",
            "\n".join(f"DROP INDEX IF EXISTS {table}_words;" for table in _TEXTS),
        )

    async def database_forward(
        self, app_label: str, old_state: State, new_state: State, state_editor: BaseSchemaEditor | None = None
    ) -> None:
        if state_editor and state_editor.client.capabilities.dialect == "postgres":
            await super().database_forward(app_label, old_state, new_state, state_editor)


class Migration(migrations.Migration):
    dependencies = [("models", "0004_calendar_generation")]

    operations = [
        ops.AddIndex(model_name="Group", index=Index(fields=["status", "name_key", "id"])),
        ops.AddIndex(model_name="Member", index=Index(fields=["name_key", "id"])),
        ops.AddIndex(model_name="Member", index=Index(fields=["created_at", "id"])),
        ops.AddIndex(model_name="Member", index=Index(fields=["status", "kind", "name_key", "id"])),
        ops.AddIndex(model_name="Event", index=Index(fields=["status", "starts_at", "id"])),
        ops.AddIndex(model_name="Event", index=Index(fields=["kind", "starts_at", "id"])),
        ops.AddIndex(model_name="Event", index=Index(fields=["venue_latitude", "venue_longitude"])),
        ops.AddIndex(model_name="GroupMembership", index=Index(fields=["group_id", "id"])),
        ops.AddIndex(
            model_name="GroupMembership", index=Index(fields=["group_id", "status", "role", "joined_at", "id"])
        ),
        ops.AddIndex(model_name="Offer", index=Index(fields=["newest_at", "id"])),
        ops.AddIndex(model_name="Offer", index=Index(fields=["status", "direction", "newest_at", "id"])),
        ops.AddIndex(model_name="Offer", index=Index(fields=["status", "category", "newest_at", "id"])),
        ops.AddIndex(model_name="Offer", index=Index(fields=["status", "remote", "newest_at", "id"])),
        ops.AddIndex(model_name="Offer", index=Index(fields=["venue_latitude", "venue_longitude"])),
        # Tortoise can't express an index of an expression: what OfferSort.EXPIRING sorts by, see models/filters/offers.py.
        ops.RunSQL(
            sql="CREATE INDEX offer_ends ON offer (status, (COALESCE(expires_at, '9999-12-31 00:00:00+00:00')), id)",
            reverse_sql="DROP INDEX offer_ends",
        ),
        TextIndexes(),
    ]
