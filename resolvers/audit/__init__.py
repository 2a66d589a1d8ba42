"""Who did what to whom, when and why, as the office reads it."""

from resolvers.audit.export import COLUMNS, audit_rows
from resolvers.audit.read import audit_actor, audit_entries_by_id, audit_log, audit_reason

__all__ = ["COLUMNS", "audit_actor", "audit_entries_by_id", "audit_log", "audit_reason", "audit_rows"]
