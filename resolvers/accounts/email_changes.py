"""Another address to sign in with: asked for by the password, confirmed at the new one, told to the old one."""

from auth.access.accounts import account_as_it_was, must_have_a_session
from auth.refusals import NotFound
from models import Account, AccountLink, LinkPurpose
from resolvers.accounts import mails
from resolvers.accounts.attempts import count_link
from resolvers.accounts.links import spend, store_link
from resolvers.accounts.passwords import wrong_password
from resolvers.accounts.sessions import verified
from resolvers.context import Context
from resolvers.inputs.validation import Check, Values
from resolvers.mail.codes import new_token, over
from resolvers.mail.queue import post
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode
from subscriptions.outbox import Changes


async def request_email_change(ctx: Context, values: Values) -> None:
    """Send a link to the new address, that `confirm_email` takes, and tell the old one. An earlier link is over.

    Whether or not the new one has an account, it costs the same: one hash, one link, two mails. The token of one that
    has stands in no mail. Raises `Unauthenticated`, `Forbidden`, `RateLimited`, and `UserErrors`: INVALID_CREDENTIALS
    for a wrong password.
    """
    must_have_a_session(ctx.viewer)
    check = Check("input")
    email = check.email("new_email", values, required=True)
    if not values.get("password"):
        check.fail("password", UserErrorCode.REQUIRED, _("Please fill this in."))
    check.done()
    assert email is not None
    assert ctx.viewer.account is not None
    verified_account = await verified(ctx, ctx.viewer.account.email, str(values["password"]))
    if verified_account is None:
        raise wrong_password("password")
    await count_link(ctx, email)
    token = new_token()

    async def work(changes: Changes) -> None:
        account = await account_as_it_was(verified_account)
        is_taken = await Account.exists(email=email)
        await AccountLink.filter(account_id=account.id, purpose=LinkPurpose.CHANGE_EMAIL).delete()
        await store_link(ctx, token, LinkPurpose.CHANGE_EMAIL, None if is_taken else account, email)
        to_the_new = mails.address_taken if is_taken else mails.new_address
        await post(
            ctx.rules,
            to_the_new(ctx.rules, email, ctx.language, token),
            mails.address_is_to_change(ctx.rules, account.email, ctx.language),
        )

    try:
        await ctx.outbox.write(work)
    except NotFound:  # the password was changed meanwhile
        raise wrong_password("password") from None


async def change_email(ctx: Context, changes: Changes, token: str, path: tuple[str, ...]) -> str:
    """Within the transaction: the account of this link signs in with the new address, which is returned.

    Its other links are over, for they were sent to the old one. Raises `UserErrors` with EXPIRED at `path`.
    """
    account, link = await spend(token, LinkPurpose.CHANGE_EMAIL, path)
    if await Account.exists(email=link.email):  # it got one meanwhile
        raise over(path)
    changes.concern(account)
    before, account.email = account.email, link.email
    await account.save(update_fields=["email"])
    await AccountLink.filter(account_id=account.id).delete()
    await post(ctx.rules, mails.address_changed(ctx.rules, before, ctx.language))
    return account.email
