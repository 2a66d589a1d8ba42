"""What a password must be, and how an account gets another one: by the one before, or by a link."""

import re

from auth.access.accounts import account_as_it_was, must_be_able_to_sign_in, must_have_a_session
from auth.hashing_queue import Asker
from auth.refusals import NotFound
from models import Account, AccountLink, LinkPurpose
from models.text.normalization import composed, is_piled_up
from resolvers.accounts import mails
from resolvers.accounts.attempts import has_proved
from resolvers.accounts.links import send_link, spend, valid
from resolvers.accounts.sessions import end_sessions_of, verified
from resolvers.context import Context
from resolvers.inputs.validation import TOO_FEW_CHARACTERS, TOO_MANY_CHARACTERS, Check, Values
from resolvers.mail.codes import over
from resolvers.mail.queue import post
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode, UserErrors, refuse
from subscriptions.outbox import Changes

_SHORTEST_PASSWORD, _LONGEST_PASSWORD = 10, 200
# Half a character, which no encoding knows, and what stands for one that broke on its way.
_BROKEN = re.compile("[\ud800-\udfff\ufffd]")


def judged_password(check: Check, values: Values, name: str = "password") -> str:
    """The password in the one spelling that is hashed: composed (RFC 8265, 4.1)."""
    password = str(values.get(name) or "")
    if is_piled_up(password) or _BROKEN.search(password):
        check.fail(name, UserErrorCode.INVALID, _("This contains characters that can't be shown."))
        return ""
    password = composed(password)
    if not password:
        check.fail(name, UserErrorCode.REQUIRED, _("Please fill this in."))
    elif len(password) < _SHORTEST_PASSWORD:
        check.fail(name, UserErrorCode.TOO_SHORT, TOO_FEW_CHARACTERS, shortest=_SHORTEST_PASSWORD)
    elif len(password) > _LONGEST_PASSWORD:
        check.fail(name, UserErrorCode.TOO_LONG, TOO_MANY_CHARACTERS, longest=_LONGEST_PASSWORD)
    return password


async def change_password(ctx: Context, values: Values) -> None:
    """Another password for the viewer's account; its other sessions and its links are over, and a mail tells it.

    Raises `Unauthenticated`, `Forbidden`, `RateLimited`, and `UserErrors`: INVALID_CREDENTIALS for a wrong one before.
    """
    must_have_a_session(ctx.viewer)
    check = Check("input")
    if not values.get("current_password"):
        check.fail("current_password", UserErrorCode.REQUIRED, _("Please fill this in."))
    password = judged_password(check, values, "new_password")
    check.done()
    assert ctx.viewer.account is not None
    account = await verified(ctx, ctx.viewer.account.email, str(values["current_password"]))
    if account is None:
        raise wrong_password("currentPassword")
    password_hash = await ctx.services.passwords.hash(password, Asker(ctx.address, account.email, is_known=True))

    async def work(changes: Changes) -> None:
        await store_password(ctx, changes, await account_as_it_was(account), password_hash, keeps_session=True)

    try:
        await ctx.outbox.write(work)
    except NotFound:  # it was changed meanwhile
        raise wrong_password("currentPassword") from None


async def request_password_reset(ctx: Context, address: str) -> None:
    """Send a mail to the address: a token that `reset_password` takes, or that there is no account.

    As `send_link`. Raises `Forbidden`, `UserErrors`, `RateLimited`.
    """
    await send_link(ctx, address, LinkPurpose.RESET_PASSWORD)


async def reset_password(ctx: Context, values: Values) -> None:
    """Another password, by the token of a mail; all sessions and links of the account are over, and a mail tells it.

    Raises `Forbidden`, `RateLimited`, and `UserErrors`: EXPIRED for a token that is over, was used, or never was one.
    """
    must_be_able_to_sign_in(ctx.viewer)
    check = Check("input")
    password = judged_password(check, values, "new_password")
    check.done()
    token, path = str(values["token"]), ("input", "token")
    link = await valid(token, LinkPurpose.RESET_PASSWORD)  # nobody has anything hashed by a token that is none
    if link is None:
        raise over(path)
    password_hash = await ctx.services.passwords.hash(password, Asker(ctx.address, link.email))

    async def work(changes: Changes) -> None:
        account, _link = await spend(token, LinkPurpose.RESET_PASSWORD, path)
        await store_password(ctx, changes, account, password_hash)

    await ctx.outbox.write(work)
    await has_proved(ctx, link.email)


async def store_password(
    ctx: Context, changes: Changes, account: Account, password_hash: str, *, keeps_session: bool = False
) -> None:
    """Within the transaction: another password for an account, which is locked.

    Its links and its sessions are over, with `keeps_session` but for the one by which is asked; a mail tells it.
    """
    changes.concern(account)
    account.password_hash = password_hash
    await account.save(update_fields=["password_hash"])
    await AccountLink.filter(account_id=account.id).delete()
    await end_sessions_of(changes, account, but=ctx.viewer.session_id if keeps_session else None)
    await post(ctx.rules, mails.password_changed(ctx.rules, account.email, ctx.language))


def wrong_password(field: str) -> UserErrors:
    """What is answered to who is signed in, and types a wrong password into this field of the input."""
    return refuse(("input", field), UserErrorCode.INVALID_CREDENTIALS, _("This password is wrong."))
