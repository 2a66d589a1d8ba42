"""What may be done so often in a time, and no oftener."""

from auth.refusals import RateLimited
from resolvers.context import Context
from resolvers.limits.rates import Draw
from resolvers.translation import _


async def must_be_drawn(ctx: Context, *draws: Draw) -> None:
    """Count one more of each of these. Raises `RateLimited` where there were too many, and counts none then."""
    drawn = await ctx.services.rates.draw(*draws)
    if drawn.short is not None:
        ctx.services.refused(draws[drawn.short].kind)
        raise RateLimited(_("There were too many attempts: please try again later."), retry_after=drawn.seconds)
