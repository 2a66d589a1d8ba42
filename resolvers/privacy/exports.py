"""Take-outs are asked for, prepared by a job, fetched by a secret address for a while, and forgotten."""

import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from auth.access.privacy import account_to_take_out, data_export_at, own_data_exports
from auth.refusals import NotFound
from auth.viewer import Viewer
from models import Account, DataExport, DataExportStatus, now
from resolvers.context import Context
from resolvers.privacy.mails import tell_of_export
from resolvers.privacy.rows import owner_of
from resolvers.privacy.take_out import take_out
from resolvers.translation import _, _n
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import change
from subscriptions.outbox import Changes

_DAY = timedelta(days=1)
# A process that is about one for so long is thought to have died.
_PATIENCE = timedelta(minutes=10)
# All but the ZIP itself.
_SHOWN = ("id", "account_id", "status", "mark", "requested_at", "begun_at", "expires_at")
# So many are shown: as many as may be asked for while they are kept.
MOST_EXPORTS = 100


async def request_data_export(ctx: Context) -> DataExport:
    """Ask for a take-out of the viewer's data: one at a time, and so many a day.

    Raises `Unauthenticated`, `Forbidden`, `UserErrors`: WRONG_STATE, LIMIT_REACHED.
    """

    async def act(changes: Changes, account: Account) -> DataExport:
        own = DataExport.filter(account_id=account.id)
        if await own.filter(status=DataExportStatus.PREPARING).exists():
            raise refuse((), UserErrorCode.WRONG_STATE, _("Your data are being prepared already."))
        most = ctx.rules.data_exports_a_day
        if await own.filter(requested_at__gt=now() - _DAY).count() >= most:
            text = _n(
                "You have asked for your data {most} time within a day: please wait a little.",
                "You have asked for your data {most} times within a day: please wait a little.",
                "most",
            )
            raise refuse((), UserErrorCode.LIMIT_REACHED, text, most=most)
        return await DataExport.create(account=account, mark=secrets.randbits(62))

    return await change(ctx, lambda: account_to_take_out(ctx.viewer), act)


async def viewer_data_exports(
    ctx: Context, parents: Sequence[Viewer], columns: frozenset[str]
) -> list[Sequence[DataExport]]:
    """The take-outs of each one's account, the newest first."""
    return [await _shown(own_data_exports(parent)).order_by("-id").limit(MOST_EXPORTS) for parent in parents]


async def data_exports_by_id(ctx: Context, keys: Sequence[int], columns: frozenset[str]) -> dict[int, DataExport]:
    """The take-outs of these keys that are the viewer's, by key."""
    return {one.id: one for one in await _shown(own_data_exports(ctx.viewer) & Q(id__in=list(keys)))}


def _shown(which: Q) -> QuerySet[DataExport]:
    return DataExport.filter(which).only(*_SHOWN)


async def data_export_url(ctx: Context, parents: Sequence[DataExport], columns: frozenset[str]) -> list[str | None]:
    """The secret address of each, None where there is nothing to be fetched."""
    return [_address(ctx, parent) if _is_there(parent) else None for parent in parents]


def _is_there(one: DataExport) -> bool:
    return one.status is DataExportStatus.READY and one.expires_at is not None and one.expires_at > now()


def _address(ctx: Context, one: DataExport) -> str:
    return f"{ctx.rules.public_url}/exports/{ctx.services.tokens.make_export(one.id, one.mark)}.zip"


async def data_export_at_address(ctx: Context, secret: str) -> int:
    """The key of what a secret address leads to. Raises `NotFound` where it leads nowhere, or no longer anywhere."""
    one = await data_export_at(*ctx.services.tokens.read_export(secret))
    if not _is_there(one):
        raise NotFound
    return one.id


async def data_export_content(key: int) -> bytes:
    """The ZIP of a take-out that is allowed. Raises `NotFound` where it is over by now."""
    content = await DataExport.filter(id=key).values_list("content", flat=True)
    if not content or content[0] is None:
        raise NotFound
    return bytes(cast("bytes", content[0]))


# ---------------------------------------------------------------- jobs


async def prepare_exports(ctx: Context) -> int:
    """The job: prepare what was asked for; how many. Every process may run it: each is taken by one alone."""
    done = 0
    while (one := await ctx.outbox.write(_take)) is not None:
        account = await Account.get(id=one.account_id).select_related("member")
        content = await take_out(ctx.rules, await owner_of(account.member, account))

        async def finish(changes: Changes, one: DataExport = one, content: bytes = content) -> None:
            expires_at = now() + ctx.rules.data_export_lifetime
            made = DataExport.filter(id=one.id, status=DataExportStatus.PREPARING)
            if await made.update(status=DataExportStatus.READY, content=content, expires_at=expires_at):
                email = (await Account.get(id=one.account_id)).email
                await tell_of_export(ctx.rules, email, _address(ctx, one), expires_at)

        await ctx.outbox.write(finish)
        done += 1
    return done


async def _take(changes: Changes) -> DataExport | None:
    """One that nobody prepares, by an UPDATE that only one can win."""
    instant = now()
    free = Q(begun_at__isnull=True) | Q(begun_at__lt=instant - _PATIENCE)
    one = await _shown(free & Q(status=DataExportStatus.PREPARING)).order_by("id").first()
    if one is None or not await DataExport.filter(free, id=one.id).update(begun_at=instant):
        return None
    return one


async def expire_exports(ctx: Context) -> int:
    """The job: forget what is over, a day later also that it was asked for; how many are over now."""

    async def work(changes: Changes) -> int:
        instant = now()
        await DataExport.filter(status=DataExportStatus.EXPIRED, expires_at__lt=instant - _DAY).delete()
        over = DataExport.filter(status=DataExportStatus.READY, expires_at__lte=instant)
        return await over.update(status=DataExportStatus.EXPIRED, content=None)

    return await ctx.outbox.write(work)
