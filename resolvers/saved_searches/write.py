"""Saved searches are made, changed, looked at and deleted by those whose they are."""

from dataclasses import replace

import orjson

from auth.access.saved_searches import account_to_keep_for, must_have_an_account, search_to_change
from models import Account, District, SavedSearch, Topic, now
from models.filters.offers import OfferFilter
from models.text.normalization import UNTYPABLE, one_line
from resolvers.context import Context
from resolvers.inputs.validation import TOO_MANY_CHARACTERS, Check
from resolvers.saved_searches.filters import stored
from resolvers.translation import _, _n
from resolvers.user_errors import UserErrorCode, refuse
from resolvers.versioned import change
from subscriptions.changes import SavedSearchesChanged
from subscriptions.outbox import Changes

_LONGEST_NAME = 100
# Of a filter, as it is stored: a hundred topics and districts, and a text.
_LONGEST_FILTER = 10_000


async def save_search(ctx: Context, key: int | None, is_new: bool, name: str, filter: OfferFilter) -> SavedSearch:
    """Keep a filter of the board under a name: a new one, or in place of the one with this key.

    What is new is counted from now on. Raises `Unauthenticated`, `Forbidden`, `NotFound`, `UserErrors`.
    """
    must_have_an_account(ctx.viewer)
    check = Check("input")
    title = check.line("name", {"name": name}, longest=_LONGEST_NAME, required=True)
    filter = replace(filter, text=check.line("filter.text", {"text": filter.text}, longest=1000))
    if any(UNTYPABLE.search(one) for one in filter.languages):
        check.fail("filter.languages", UserErrorCode.INVALID, _("This contains characters that can't be shown."))
    filter = replace(filter, languages=tuple(one_line(one) for one in filter.languages))
    await check.known_slugs("filter.topics", Topic, filter.topics)
    await check.known_slugs("filter.districts", District, filter.districts)
    check.done()
    criteria = stored(filter)
    if len(orjson.dumps(criteria)) > _LONGEST_FILTER:
        check.fail("filter", UserErrorCode.TOO_LONG, TOO_MANY_CHARACTERS, longest=_LONGEST_FILTER)

    async def make(changes: Changes, account: Account) -> SavedSearch:
        most = ctx.rules.saved_searches_limit
        if await SavedSearch.filter(account_id=account.id).count() >= most:
            text = _n(
                "You have saved {most} search already: please delete one first.",
                "You have saved {most} searches already: please delete one first.",
                "most",
            )
            raise refuse((), UserErrorCode.LIMIT_REACHED, text, most=most)
        changes.tell(SavedSearchesChanged(account.id))
        return await SavedSearch.create(account_id=account.id, name=title, criteria=criteria)

    async def update(changes: Changes, search: SavedSearch) -> SavedSearch:
        if criteria != search.criteria:
            search.last_seen_at = now()
        search.name, search.criteria = title or search.name, criteria
        await search.save(update_fields=["name", "criteria", "last_seen_at"])
        changes.tell(SavedSearchesChanged(search.account_id))
        return search

    if is_new:
        return await change(ctx, lambda: account_to_keep_for(ctx.viewer), make, check)
    return await change(ctx, lambda: search_to_change(ctx.viewer, key), update, check)


async def delete_saved_search(ctx: Context, key: int | None) -> int:
    """Forget it; its key. Raises `Unauthenticated`, `Forbidden`, `NotFound`."""

    async def act(changes: Changes, search: SavedSearch) -> int:
        await search.delete()
        changes.tell(SavedSearchesChanged(search.account_id))
        return search.id

    return await change(ctx, lambda: search_to_change(ctx.viewer, key), act)


async def mark_saved_search_seen(ctx: Context, key: int | None) -> SavedSearch:
    """What it finds was looked at just now: nothing of it is new. Raises as `delete_saved_search`."""

    async def act(changes: Changes, search: SavedSearch) -> SavedSearch:
        search.last_seen_at = now()
        await search.save(update_fields=["last_seen_at"])
        changes.tell(SavedSearchesChanged(search.account_id))
        return search

    return await change(ctx, lambda: search_to_change(ctx.viewer, key), act)
