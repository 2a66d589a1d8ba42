"""The secret address under which an account's registrations are served as a calendar."""

from collections.abc import Sequence

from auth.access.accounts import account_with_calendar
from auth.viewer import Viewer
from models import Account
from resolvers.context import Context, viewer_of_session
from resolvers.versioned import change
from subscriptions.outbox import Changes


async def viewer_registrations_ical_url(
    ctx: Context, parents: Sequence[Viewer], columns: frozenset[str]
) -> list[str | None]:
    """The address of each one's calendar, None where there is none."""
    return [_address(ctx, parent) for parent in parents]


def _address(ctx: Context, viewer: Viewer) -> str | None:
    if viewer.account is None or not viewer.has_calendar:
        return None
    secret = ctx.services.tokens.make_calendar(viewer.account.id, viewer.account.calendar_generation)
    return f"{ctx.rules.public_url}/feeds/registrations/{secret}.ics"


async def renew_registrations_ical_url(ctx: Context) -> Viewer:
    """Make the calendar's address anew: the one before leads nowhere from now on. The viewer, as it is afterwards.

    Raises `Unauthenticated`, and `Forbidden` for accounts that have no calendar.
    """

    async def act(changes: Changes, account: Account) -> Viewer:
        assert ctx.viewer.session_id is not None
        account.calendar_generation += 1
        await account.save(update_fields=["calendar_generation"])
        return await viewer_of_session(ctx.services, ctx.viewer.session_id)

    return await change(ctx, lambda: account_with_calendar(ctx.viewer), act)
