"""The audit, to which is only added: nobody changes an entry, and nobody deletes one within thirty days."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops
from tortoise.migrations.constraints import CheckConstraint

from models.fields import InstantField, now
from models.logs.audit import AuditAction
from models.migration_tools.operations import OnDialect

_REFUSAL = "the audit is only added to"
_SQLITE = [
    f"CREATE TRIGGER audit_entry_stays_as_it_is BEFORE UPDATE ON audit_entry BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    "CREATE TRIGGER audit_entry_is_kept BEFORE DELETE ON audit_entry WHEN OLD.occurred_at > datetime('now', '-30 days')"
    f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
]
_POSTGRES = [
    "CREATE FUNCTION audit_entry_refuses() RETURNS trigger LANGUAGE plpgsql AS"
    f" $$ BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'check_violation'; END $$",
    "CREATE TRIGGER audit_entry_stays_as_it_is BEFORE UPDATE ON audit_entry"
    " FOR EACH ROW EXECUTE FUNCTION audit_entry_refuses()",
    "CREATE TRIGGER audit_entry_is_kept BEFORE DELETE ON audit_entry"
    " FOR EACH ROW WHEN (OLD.occurred_at > now() - interval '30 days') EXECUTE FUNCTION audit_entry_refuses()",
]
_NAMES = ("audit_entry_stays_as_it_is", "audit_entry_is_kept")


class Migration(migrations.Migration):
    dependencies = [("models", "0026_privacy")]

    operations = [
        ops.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "action",
                    fields.CharEnumField(
                        description="CREATED: CREATED\nCHANGED: CHANGED\nDECIDED: DECIDED\nHIDDEN: HIDDEN\nERASED: ERASED\nSIGNED_IN: SIGNED_IN\nSENT: SENT",
                        enum_type=AuditAction,
                        max_length=20,
                    ),
                ),
                ("operation", fields.CharField(max_length=60)),
                ("actor_id", fields.IntField(null=True)),
                ("account_id", fields.IntField(null=True)),
                ("key_id", fields.IntField(null=True)),
                ("target_type", fields.CharField(null=True, max_length=50)),
                ("target_key", fields.IntField(null=True)),
                ("changed", fields.JSONField(encoder=JSON_DUMPS, decoder=loads)),
                ("states", fields.JSONField(null=True, encoder=JSON_DUMPS, decoder=loads)),
                ("succeeded", fields.BooleanField(default=True)),
                ("occurred_at", InstantField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "audit_entry",
                "app": "models",
                "pk_attr": "id",
                "table_description": "Something that was done. Whoever did it, and what it was done to, may have gone: there are no foreign keys.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="AuditPersonal",
            fields=[
                ("id", fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                (
                    "entry",
                    fields.ForeignKeyField(
                        "models.AuditEntry",
                        source_field="entry_id",
                        db_index=True,
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                ("member_id", fields.IntField(null=True, db_index=True)),
                ("field", fields.CharField(max_length=60)),
                ("before", fields.TextField(null=True, unique=False)),
                ("after", fields.TextField(null=True, unique=False)),
                ("occurred_at", InstantField(default=now, db_index=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                "table": "audit_personal",
                "app": "models",
                "pk_attr": "id",
                "table_description": "What people typed, as an entry changed it, or, under the name `reason`, why.",
            },
            bases=["Model"],
        ),
        ops.AddConstraint(
            model_name="AuditEntry",
            constraint=CheckConstraint(
                check="action IN ('CREATED', 'CHANGED', 'DECIDED', 'HIDDEN', 'ERASED', 'SIGNED_IN', 'SENT')",
                name="audit_entry_action_known",
            ),
        ),
        ops.AddIndex(
            model_name="AuditEntry",
            index=Index(fields=["occurred_at", "id"]),
        ),
        ops.AddIndex(
            model_name="AuditEntry",
            index=Index(fields=["target_type", "target_key", "occurred_at", "id"]),
        ),
        ops.AddIndex(
            model_name="AuditEntry",
            index=Index(fields=["actor_id", "occurred_at", "id"]),
        ),
        OnDialect("sqlite", _SQLITE, [f"DROP TRIGGER {name}" for name in _NAMES]),
        OnDialect(
            "postgres",
            _POSTGRES,
            [*(f"DROP TRIGGER {name} ON audit_entry" for name in _NAMES), "DROP FUNCTION audit_entry_refuses()"],
        ),
    ]
