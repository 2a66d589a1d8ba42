"""Entries as they come onto the board and are found by a saved search."""

from collections.abc import AsyncGenerator
from dataclasses import replace

from auth.access.offers import is_in_lists
from auth.access.saved_searches import must_have_an_account
from auth.refusals import NotFound
from models import SavedSearch
from models.filters.offer_facts import OfferFacts, Test, offer_facts, passes
from models.search.plan import SearchPlan
from models.search.tables import Kind
from resolvers.context import Context
from resolvers.live import updates
from resolvers.live.offers import ENTERING
from resolvers.live.watch import Watch
from resolvers.saved_searches.filters import filter_of
from resolvers.saved_searches.read import searches_of
from resolvers.search.understand import understand
from subscriptions.changes import SavedSearchesChanged


class _Searches:
    """The viewer's saved searches, or one of them, as they were read last: what is judged by, without a statement.

    What a text means is found out once, as for `offerPublished`.
    """

    def __init__(self, only: int | None) -> None:
        self._only = only
        self._tests: list[tuple[SavedSearch, Test]] = []
        self._plans: dict[str, SearchPlan] = {}

    async def read(self, ctx: Context) -> None:
        """Read them afresh."""
        some = [one for one in await searches_of(ctx.viewer) if self._only in (None, one.id)]
        filters = [filter_of(one) for one in some]
        texts = {filter.text for filter in filters if filter.text and filter.searched}
        self._plans = {text: self._plans.get(text) or await _meaning(text) for text in texts}
        self._tests = [
            (one, passes(replace(filter, plan=self._plans.get(filter.text or ""))))
            for one, filter in zip(some, filters, strict=True)
        ]

    def first(self, facts: OfferFacts | None) -> SavedSearch | None:
        """The oldest that finds the entry; None where none does."""
        if facts is None:
            return None
        return next((search for search, passing in self._tests if passing(facts)), None)

    @property
    def are_there(self) -> bool:
        """Whether there are any."""
        return bool(self._tests)


async def saved_search_hit(
    ctx: Context, id: int | None = None, after: str | None = None
) -> AsyncGenerator[updates.SavedSearchHit, None]:
    """Each entry that comes onto the board and is found by the viewer's saved search, or by any of them.

    By the oldest of those that find it: an entry is told once. Of one search: until it is deleted. Raises
    `Unauthenticated`, `Forbidden`, `NotFound`.
    """
    must_have_an_account(ctx.viewer)
    watch = await Watch.resume(ctx, after)
    searches = _Searches(id)
    await searches.read(ctx)
    if id is not None and not watch.goes_on and not searches.are_there:
        raise NotFound
    return _hits(watch, searches, id)


async def _hits(watch: Watch, searches: _Searches, only: int | None) -> AsyncGenerator[updates.SavedSearchHit, None]:
    account = must_have_an_account(watch.ctx.viewer)
    async with watch.changes() as changed:
        async for logged in changed:
            if isinstance(logged.change, SavedSearchesChanged) and logged.change.account_id == account.id:
                await searches.read(watch.ctx)
                if only is not None and not searches.are_there:
                    return
            if not isinstance(logged.change, ENTERING):
                continue
            key = logged.change.offer_id
            if searches.first(await _facts(watch, key)) is None:
                continue
            cursor = await watch.look(logged)
            await searches.read(watch.ctx)
            facts = await _facts(watch, key)  # others had their turns before: it may have changed
            search = searches.first(facts)
            if facts is not None and search is not None and is_in_lists(watch.ctx.viewer, facts.row):
                yield updates.SavedSearchHit(cursor, logged.occurred_at, search, facts.row)


async def _meaning(text: str) -> SearchPlan:
    return await understand(text, (Kind.OFFER,), strict=True)


async def _facts(watch: Watch, key: int) -> OfferFacts | None:
    return await watch.once((OfferFacts, key), lambda: offer_facts(key))
