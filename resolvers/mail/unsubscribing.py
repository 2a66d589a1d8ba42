"""Where the recipient of a mail switches its kind off."""

from models import Account, Mail
from resolvers.context import Context


async def say_where_to_unsubscribe(ctx: Context, one: Mail) -> None:
    """Give a mail that is about to be sent both addresses, where it has a kind and goes to an account.

    Mail programs ask the server, by POST (RFC 8058); people look at the network's own page, where it has one.
    """
    account = await Account.get_or_none(email=one.recipient).only("id") if one.kind is not None else None
    if one.kind is None or account is None:
        return
    token = ctx.services.tokens.make_unsubscribing(account.id, one.kind)
    one.unsubscribe_address = f"{ctx.rules.public_url}/unsubscribe?token={token}"
    one.unsubscribe_page = ctx.rules.site.unsubscribe_page(token) or one.unsubscribe_address
