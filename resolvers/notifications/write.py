"""Kinds of mails are switched on and off: in one's account, or by a link in a mail."""

from collections.abc import Sequence
from dataclasses import replace

from auth.access.accounts import account_of_link, own_account
from auth.refusals import NotFound
from auth.viewer import Viewer
from models import Account, Digest, NotificationKind
from resolvers.context import Context
from resolvers.inputs.validation import TOO_MANY_ENTRIES, Check, Values
from resolvers.mail.codes import over
from resolvers.user_errors import UserErrorCode
from resolvers.versioned import change
from subscriptions.outbox import Changes

MOST_SETTINGS = 50


async def set_notifications(ctx: Context, settings: Sequence[Values]) -> Viewer:
    """Say of some kinds whether the account wants mails of them, the last time counts; the viewer.

    Of the others that stays as it is. Raises `Unauthenticated`, `Forbidden` for keys, `UserErrors` with TOO_LONG.
    """
    check = Check()
    if len(settings) > MOST_SETTINGS:
        check.fail("settings", UserErrorCode.TOO_LONG, TOO_MANY_ENTRIES, most=MOST_SETTINGS)

    async def act(changes: Changes, account: Account) -> Viewer:
        await _set(account, {one["kind"]: one["mail"] for one in settings})
        return replace(ctx.viewer, account=account)

    return await change(ctx, lambda: own_account(ctx.viewer), act, check)


async def unsubscribe(ctx: Context, token: str) -> None:
    """Switch off the kind of the mail whose link this is: who has it needs no other right, and may do it again.

    Raises `UserErrors` with EXPIRED for what is no token, and where its account is gone.
    """

    async def work(changes: Changes) -> None:
        account_id, kind = ctx.services.tokens.read_unsubscribing(token)
        await _set(await account_of_link(account_id), {NotificationKind(kind): Digest.NONE})

    try:
        ctx.services.tokens.read_unsubscribing(token)  # what is none costs no transaction
        await ctx.outbox.write(work)
    except NotFound:
        raise over(("token",)) from None


async def _set(account: Account, wanted: dict[NotificationKind, Digest]) -> None:
    unwanted = {kind: Digest.NONE for kind in map(NotificationKind, account.unwanted_mails or ())} | wanted
    account.unwanted_mails = sorted(kind for kind, mail in unwanted.items() if mail is Digest.NONE) or None
    await account.save(update_fields=["unwanted_mails"])
