"""A profile is set as a whole, by those whose it is."""

from auth.access.saved_searches import account_to_keep_for, must_have_an_account
from auth.viewer import Viewer
from models import Account, District, InterestProfile, now
from resolvers.context import Context
from resolvers.inputs.columns import number
from resolvers.inputs.validation import TOO_MANY_ENTRIES, Check, Values
from resolvers.inputs.weekly_times import weekly_times
from resolvers.offers.write import language_tags
from resolvers.user_errors import UserErrorCode
from resolvers.versioned import change
from subscriptions.outbox import Changes

_MOST = 20
_HOURS = number(lowest=0, highest=80, above=True)


async def set_profile(ctx: Context, values: Values) -> Viewer:
    """Say what the viewer would like to do, in place of what they said before; the viewer.

    What isn't given, they don't say. Raises `Unauthenticated`, `Forbidden`, `UserErrors`.
    """
    must_have_an_account(ctx.viewer)
    check = Check("input")
    columns = {
        "topics": await check.topics("topics", values, most=_MOST),
        "categories": list(dict.fromkeys(one.value for one in values.get("categories") or ())),
        "districts": await _districts(check, values),
        "languages": [],
        "times": [],
        "hours_per_week": None,
    }
    for name, column in (("languages", language_tags), ("times", weekly_times), ("hours_per_week", _HOURS)):
        if values.get(name) is not None:
            columns |= await column(check, name, values)

    async def act(changes: Changes, account: Account) -> Viewer:
        await InterestProfile.update_or_create(account_id=account.id, defaults={**columns, "updated_at": now()})
        return ctx.viewer

    return await change(ctx, lambda: account_to_keep_for(ctx.viewer), act, check)


async def _districts(check: Check, values: Values) -> list[int]:
    """The keys of the parts of the town of these slugs, in the order given, each once."""
    slugs = list(dict.fromkeys(values.get("districts") or ()))
    if len(slugs) > _MOST:
        check.fail("districts", UserErrorCode.TOO_LONG, TOO_MANY_ENTRIES, most=_MOST)
        return []
    known = await check.known_slugs("districts", District, slugs)
    return [known[slug] for slug in slugs if slug in known]
