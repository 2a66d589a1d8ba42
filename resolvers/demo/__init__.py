"""The demonstration: the network of Wolfsburg in its first weeks. People, clubs and their words are invented."""

import models
from resolvers.context import Context
from resolvers.demo.accounts import ACCOUNTS, PASSWORD
from resolvers.demo.calendar import Calendar
from resolvers.demo.loading import Loading
from subscriptions.changes import DemonstrationLoaded
from subscriptions.outbox import Changes

__all__ = ["ACCOUNTS", "PASSWORD", "load_demo"]


async def load_demo(ctx: Context) -> bool:
    """Load the demonstration where the database holds no member yet; whether it did.

    One transaction. Of several that start at the same time one loads. Of all that it holds only this is told: nobody
    has read any of it yet.
    """
    if await models.Member.exists():
        return False
    password_hash = await ctx.services.passwords.hash(PASSWORD)

    async def work(changes: Changes) -> bool:
        # Whoever comes second waits here, and then sees the members of the first.
        await models.ChangeLog.select_for_update().get(id="log")
        if await models.Member.exists():
            return False
        await Loading(Calendar(models.now()), ctx.rules.offer_lifetime).run(password_hash)
        changes.tell(DemonstrationLoaded())
        return True

    return await ctx.outbox.write(work)
