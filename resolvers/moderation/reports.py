"""What people report to the office: taken down, listed, decided."""

from collections.abc import Sequence
from typing import Any

from tortoise.queryset import QuerySet

from auth.access.members import visible_members
from auth.access.reports import (
    REPORTABLE,
    report_to_decide,
    row_to_report,
    sees_reports,
    visible_reports,
)
from auth.access.rows import ForeignKeyRelation, seen_by_keys
from auth.refusals import NotFound
from auth.viewer import Visibility
from models import Member, Report, ReportStatus, now
from models.sql.compile import QuerySpec
from models.sql.orders import Order, by_id, by_instant
from models.sql.page_cursors import fingerprint
from models.sql.paging import Page, PageArguments
from models.sql.paging import page as one_page
from models.sql.projection import Selection
from resolvers.context import Context
from resolvers.inputs.validation import Check, Values
from resolvers.limits.rates import Draw
from resolvers.moderation.mails import tell_of_report
from resolvers.rated import must_be_drawn
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import change
from subscriptions.changes import ReportDecided, ReportFiled
from subscriptions.outbox import Changes

_OLDEST_FIRST = Order("oldest", (by_instant("created_at"), by_id()))

# ---------------------------------------------------------------- read


async def reports(
    ctx: Context, columns: frozenset[str], page: PageArguments, statuses: Sequence[ReportStatus] | None = None
) -> Page[Report] | None:
    """The queue, the oldest first; None for whom it isn't shown to."""
    if not sees_reports(ctx.viewer):
        return None
    wanted = tuple(sorted(set(map(str, statuses or ()))))
    rows = QuerySpec(Report, _reports, (ctx.viewer.visibility, wanted), ctx.viewer.visibility)
    return await one_page(rows, _OLDEST_FIRST, page, selection=columns, mark=fingerprint("reports", wanted))


def _reports(visibility: Visibility, statuses: tuple[str, ...]) -> QuerySet[Report]:
    rows = Report.filter(visible_reports(visibility))
    return rows.filter(status__in=list(statuses)) if statuses else rows


async def reports_by_id(ctx: Context, keys: Sequence[int], columns: frozenset[str] = frozenset()) -> dict[int, Report]:
    """The reports of these keys that the viewer may see, by key."""
    return await seen_by_keys(Report, visible_reports, ctx.viewer, keys, columns)


async def report_target(ctx: Context, parents: Sequence[Report], columns: frozenset[str]) -> list[Any]:
    """What each is about, None where that has gone, or the viewer doesn't see it (any more): one statement a type."""
    types = columns.types if isinstance(columns, Selection) else None
    rows: dict[tuple[str, int], Any] = {}
    for name, (model, visible) in REPORTABLE.items():
        keys = {parent.target_key for parent in parents if parent.target_type == name}
        if keys:
            found = await seen_by_keys(model, visible, ctx.viewer, keys, (types or {}).get(name, columns))
            rows |= {(name, key): row for key, row in found.items()}
    return [rows.get((parent.target_type, parent.target_key)) for parent in parents]


report_reporter = ForeignKeyRelation(Member, visible_members, "reporter_id")

# ---------------------------------------------------------------- write


async def report(ctx: Context, type_name: str, key: int | None, values: Values) -> Report:
    """Take down what somebody says of what they see, guests too. Raises `Forbidden`, `RateLimited`, `UserErrors`."""
    check = Check("input")
    message = check.text("message", values, longest=2000)
    try:
        target = await row_to_report(ctx.viewer, type_name, key)
    except NotFound:
        raise refuse((), UserErrorCode.NOT_FOUND, _("There is nothing of this kind.")) from None
    check.done()
    await _count(ctx)

    async def work(changes: Changes) -> Report:
        about = {"target_type": type_name, "target_key": target.id}
        waiting = Report.filter(**about, status=ReportStatus.OPEN)
        reporter_id = ctx.viewer.member_id
        if reporter_id is not None and await waiting.filter(reporter_id=reporter_id).exists():
            raise refuse((), UserErrorCode.TAKEN, _("You have reported this already."))
        if await waiting.count() >= ctx.rules.reports_of_one:
            raise refuse((), UserErrorCode.LIMIT_REACHED, _("Others have reported this: the office is looking at it."))
        made = await Report.create(reason=values["reason"], message=message, reporter_id=reporter_id, **about)
        changes.tell(ReportFiled(made.id))
        return made

    return await ctx.outbox.write(work)


async def _count(ctx: Context) -> None:
    """Raises `RateLimited` where an account, or an address from where guests ask, has reported too much."""
    counted = []
    if ctx.viewer.caller is not None:
        counted.append(Draw("reports_per_account", ctx.viewer.caller, ctx.rules.reports))
    elif ctx.address:
        counted.append(Draw("reports_per_address", ctx.address, ctx.rules.reports_by_address))
    await must_be_drawn(ctx, *counted)


async def decide_report(ctx: Context, key: int | None, uphold: bool, note: str | None) -> Report:
    """The office finds that it is right, or that it isn't. Who reported is written to, and whose it is where it is.

    Raises `Unauthenticated`, `Forbidden`, `NotFound`, `UserErrors`.
    """
    check = Check()
    text = check.text("note", {"note": note}, longest=1000)

    async def act(changes: Changes, found: Report) -> Report:
        if found.status is not ReportStatus.OPEN:
            raise refuse((), UserErrorCode.WRONG_STATE, _("The present state doesn't allow this."))
        found.status = ReportStatus.UPHELD if uphold else ReportStatus.DISMISSED
        found.note, found.decided_at = text, now()
        await found.save(update_fields=["status", "note", "decided_at"])
        model, _visible = REPORTABLE[found.target_type]
        target = await model.get_or_none(id=found.target_key)
        if target is not None:  # else nobody has anything of it any more
            await tell_of_report(ctx.rules, found, target)
        changes.tell(ReportDecided(found.id))
        return found

    return await change(ctx, lambda: report_to_decide(ctx.viewer, key), act, check)
