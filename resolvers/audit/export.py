"""The audit as a table, for who keeps it elsewhere."""

from collections.abc import AsyncIterator, Iterable
from datetime import datetime

import orjson

from models import AuditEntry, AuditPersonal
from models.logs.audit import REASON

COLUMNS = (
    *("id", "occurred_at", "operation", "action", "succeeded", "actor", "account", "key"),
    *("target", "fields", "before_and_after", "reason"),
)
_AT_ONCE = 500
# A spreadsheet takes a text that begins so for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


async def audit_rows(since: datetime | None = None) -> AsyncIterator[list[str]]:
    """The lines of the table without its head, the oldest first; `since` an instant, or all. Read in batches."""
    last = 0
    while True:
        some = AuditEntry.filter(id__gt=last)
        if since is not None:
            some = some.filter(occurred_at__gte=since)
        entries = await some.order_by("id").limit(_AT_ONCE)
        if not entries:
            return
        last = entries[-1].id
        typed: dict[int, list[AuditPersonal]] = {}
        for one in await AuditPersonal.filter(entry_id__in=[entry.id for entry in entries]).order_by("id"):
            typed.setdefault(one.entry_id, []).append(one)
        for entry in entries:
            yield _row(entry, typed.get(entry.id, ()))


def _row(entry: AuditEntry, typed: Iterable[AuditPersonal]) -> list[str]:
    states = {**(entry.states or {}), **{one.field: [one.before, one.after] for one in typed if one.field != REASON}}
    reason = next((one.after for one in typed if one.field == REASON), None)
    cells = (
        *(entry.id, entry.occurred_at.isoformat(), entry.operation, entry.action.value, entry.succeeded),
        *(entry.actor_id, entry.account_id, entry.key_id),
        f"{entry.target_type} {entry.target_key}" if entry.target_type else None,
        " ".join(entry.changed),
        orjson.dumps(states).decode() if states else None,
        reason,
    )
    return [cell("" if one is None else str(one)) for one in cells]


def cell(text: str) -> str:
    """A text as a cell of a CSV: what a spreadsheet would take for a formula begins with an apostrophe."""
    return f"'{text}" if text.startswith(_FORMULA) else text
