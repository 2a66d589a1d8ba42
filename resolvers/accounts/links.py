"""Links that are sent by mail: who has one has the mailbox, and does by it, one time, what it is for.

Asking for one answers and costs the same whether or not the address has an account: one link is stored and one mail is
sent. That of an address without an account stands in no mail, so nobody can use it.
"""

from datetime import timedelta

from auth.access.accounts import account_of_link, may_sign_in, must_be_able_to_sign_in
from auth.refusals import NotFound
from models import Account, AccountLink, LinkPurpose, now
from resolvers.accounts import mails
from resolvers.accounts.attempts import count_link
from resolvers.context import Context, Rules
from resolvers.inputs.validation import Check
from resolvers.mail.codes import hashed, new_token, over
from resolvers.mail.queue import post
from subscriptions.outbox import Changes


def lifetime(rules: Rules, purpose: LinkPurpose) -> timedelta:
    """For how long a link for this works."""
    return {
        LinkPurpose.RESET_PASSWORD: rules.reset_lifetime,
        LinkPurpose.SIGN_IN: rules.sign_in_link_lifetime,
        LinkPurpose.CHANGE_EMAIL: rules.sign_up_lifetime,
    }[purpose]


async def send_link(ctx: Context, address: str, purpose: LinkPurpose) -> None:
    """Send a link to the account of this address, or a mail that says that there is none.

    Raises `Forbidden` for a key, `UserErrors` for what is no address, and `RateLimited`.
    """
    must_be_able_to_sign_in(ctx.viewer)
    check = Check()
    email = check.email("email", {"email": address}, required=True, known=True)
    check.done()
    assert email is not None
    await count_link(ctx, email)
    token = new_token()

    async def work(changes: Changes) -> None:
        account = await Account.get_or_none(email=email).select_related("member")
        known = account if account is not None and may_sign_in(account) else None
        await store_link(ctx, token, purpose, known, email)
        of_link = {LinkPurpose.RESET_PASSWORD: mails.reset, LinkPurpose.SIGN_IN: mails.sign_in_link}[purpose]
        mail = mails.no_account if known is None else of_link
        await post(ctx.rules, mail(ctx.rules, email, ctx.language, token))

    await ctx.outbox.write(work)


async def store_link(ctx: Context, token: str, purpose: LinkPurpose, account: Account | None, email: str) -> None:
    """Store a link, within the transaction that posts its mail."""
    await AccountLink.create(
        token_hash=hashed(token),
        purpose=purpose,
        account=account,
        email=email,
        expires_at=now() + lifetime(ctx.rules, purpose),
    )


async def valid(token: str, purpose: LinkPurpose) -> AccountLink | None:
    """The link of this token, None where it is over, was used, or never was one for this."""
    return await AccountLink.filter(
        token_hash=hashed(token), purpose=purpose, account_id__isnull=False, expires_at__gt=now()
    ).first()


async def spend(token: str, purpose: LinkPurpose, path: tuple[str, ...]) -> tuple[Account, AccountLink]:
    """Use a link up, within the transaction that does what it is for: the account, locked, and what it said.

    Raises `UserErrors` with EXPIRED at `path`.
    """
    link = await valid(token, purpose)
    if link is None:
        raise over(path)
    assert link.account_id is not None
    try:
        account = await account_of_link(link.account_id)
    except NotFound:
        raise over(path) from None
    # Only one can win: who comes second waited for the account, and finds nothing.
    if not await AccountLink.filter(id=link.id).delete():
        raise over(path)
    return account, link
