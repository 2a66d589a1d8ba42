"""What is left of an erased member beside the rows: cached answers, remembered attempts, pages of the database."""

from collections.abc import Awaitable, Callable, Sequence

from models import Erasure, now
from models.database.scrubbing import scrub
from models.sql.statements import connection
from resolvers.context import Context
from subscriptions.outbox import Changes

# Forgets what Redis holds for guests, and for these callers (`Viewer.caller`). Raises one of `REDIS_AWAY`.
Forget = Callable[[Sequence[str]], Awaitable[None]]

_AT_ONCE = 1000


async def sweep_erased(ctx: Context, forget: Forget) -> int:
    """The job: see to it that nothing is left of who was erased; how many that were.

    Every process may run it. It costs what `scrub` does, once for all that were erased since the last time, and is done
    again until it has succeeded.
    """
    waiting = await Erasure.filter(swept_at__isnull=True).order_by("id").limit(_AT_ONCE)
    if not waiting:
        return 0
    await forget([f"account:{one.account_key}" for one in waiting if one.account_key is not None])
    if not await scrub(connection()):
        return 0

    async def work(changes: Changes) -> int:
        keys = [one.id for one in waiting]
        return await Erasure.filter(id__in=keys, swept_at__isnull=True).update(swept_at=now())

    return await ctx.outbox.write(work)
