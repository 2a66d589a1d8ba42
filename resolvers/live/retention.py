"""The job that trims the log of changes: past that, a cursor has expired."""

from models import now
from resolvers.context import Context
from subscriptions import numbered_log as log

_AT_ONCE = 500


async def trim_log(ctx: Context) -> int:
    """Trim what is older, or more, than the rules keep, a batch a transaction; how many changes.

    Every process may run it at any time: what one has trimmed another finds gone. What has no number yet stays.
    """
    trimmed = 0
    while some := await log.trim(now() - ctx.rules.log_lifetime, ctx.rules.log_changes, _AT_ONCE):
        trimmed += some
        if some < _AT_ONCE:
            break
    return trimmed
