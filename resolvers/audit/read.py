"""The audit, the newest first."""

from collections.abc import Sequence
from datetime import datetime

from tortoise.queryset import QuerySet

from auth.access.audit import sees_audit, visible_entries
from auth.access.members import visible_members
from auth.access.rows import ForeignKeyRelation, seen_by_keys
from auth.viewer import Visibility
from models import AuditEntry, AuditPersonal, Member
from models.logs.audit import REASON
from models.sql.compile import QuerySpec
from models.sql.orders import Order, by_id, by_instant
from models.sql.page_cursors import fingerprint
from models.sql.paging import Page, PageArguments
from models.sql.paging import page as one_page
from resolvers.context import Context

_NEWEST_FIRST = Order("newest", (by_instant("occurred_at", descending=True), by_id(descending=True)))

# Of what the entries are told by: the type and the key of what something was done to.
Target = tuple[str, int]


async def audit_log(
    ctx: Context,
    columns: frozenset[str],
    page: PageArguments,
    target: Target | None = None,
    actor_id: int | None = None,
    since: datetime | None = None,
) -> Page[AuditEntry] | None:
    """What was done, to a `target`, by a member, `since` an instant; None for whom it isn't shown to."""
    if not sees_audit(ctx.viewer):
        return None
    wanted = (target, actor_id, since)
    rows = QuerySpec(AuditEntry, _entries, (ctx.viewer.visibility, *wanted), ctx.viewer.visibility)
    return await one_page(rows, _NEWEST_FIRST, page, selection=columns, mark=fingerprint("audit", wanted))


def _entries(
    visibility: Visibility, target: Target | None, actor_id: int | None, since: datetime | None
) -> QuerySet[AuditEntry]:
    rows = AuditEntry.filter(visible_entries(visibility))
    if target is not None:
        rows = rows.filter(target_type=target[0], target_key=target[1])
    if actor_id is not None:
        rows = rows.filter(actor_id=actor_id)
    return rows if since is None else rows.filter(occurred_at__gte=since)


async def audit_entries_by_id(
    ctx: Context, keys: Sequence[int], columns: frozenset[str] = frozenset()
) -> dict[int, AuditEntry]:
    """The entries of these keys that the viewer may see, by key."""
    return await seen_by_keys(AuditEntry, visible_entries, ctx.viewer, keys, columns)


audit_actor = ForeignKeyRelation(Member, visible_members, "actor_id")


async def audit_reason(ctx: Context, parents: Sequence[AuditEntry], columns: frozenset[str]) -> list[str | None]:
    """Why each was done, None where nobody said so, or it is forgotten: one statement."""
    found = AuditPersonal.filter(entry_id__in=[parent.id for parent in parents], field=REASON)
    reasons = dict(await found.values_list("entry_id", "after"))
    return [reasons.get(parent.id) for parent in parents]
