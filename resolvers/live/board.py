"""A list of entries that keeps itself true."""

from collections.abc import AsyncGenerator, Sequence

from auth.refusals import CursorExpired
from models import Offer, now
from models.filters.offer_facts import passes
from models.filters.offers import OfferFilter, OfferSort, offer_order
from models.search.tables import Kind
from models.sql.paging import PageArguments
from resolvers import offers
from resolvers.context import Context
from resolvers.live.list_steps import steps
from resolvers.live.updates import OffersPatch, OffersSnapshot
from resolvers.live.watch import Watch
from resolvers.search.filters import understood
from subscriptions import changes
from subscriptions.changes import LoggedChange


class _Board:
    """The first entries of a list, and how many there are, as the query `offers` answers them.

    Raises `BadPage` where that does.
    """

    def __init__(self, filter: OfferFilter | None, sort: OfferSort, first: int) -> None:
        self._filter, self._sort = filter or OfferFilter(), sort
        self._page = PageArguments(first=first)
        self._must_be_possible()
        self.rows: Sequence[Offer] = ()
        self.total_count = 0

    def _must_be_possible(self) -> None:
        assert offer_order(self._sort, self._filter).keys
        assert self._page.size >= 0
        passes(self._filter)

    async def read(self, ctx: Context) -> None:
        """Read it afresh."""
        page = await offers.offers(ctx, frozenset(("nodes", "total_count")), self._page, self._filter, self._sort)
        self.rows, self.total_count = page.rows, page.total_count or 0


async def live_offers(
    ctx: Context, sort: OfferSort, first: int, filter: OfferFilter | None = None
) -> AsyncGenerator[OffersSnapshot | OffersPatch, None]:
    """The list, then what makes of it what `offers` would answer. Raises `BadPage` where that does."""
    board = _Board(filter, sort, first)
    await understood(ctx, filter or OfferFilter(), Kind.OFFER)
    return _follow(await Watch.begin(ctx), board)


async def _follow(watch: Watch, board: _Board) -> AsyncGenerator[OffersSnapshot | OffersPatch, None]:
    while True:
        cursor = await watch.look(watch.position)
        await board.read(watch.ctx)
        yield OffersSnapshot(cursor, now(), board.rows, board.total_count)
        try:
            while (some := await watch.batch()) is not None:
                patch = await _patch(watch, board, some)
                if patch is not None:
                    yield patch
            return
        except CursorExpired:  # too far behind, or a new epoch: begin again
            watch = await Watch.begin(watch.ctx)


async def _patch(watch: Watch, board: _Board, some: Sequence[LoggedChange]) -> OffersPatch | None:
    """What these changes make of the list; None where nothing."""
    before = {row.id: row for row in board.rows}
    touched = {row.id for row in board.rows for logged in some if _touches(logged.change, row)}
    if not touched and not any(isinstance(logged.change, _ENTERING) for logged in some):
        return None
    visibility_before, total_before = watch.ctx.viewer.visibility, board.total_count
    cursor = await watch.look(some[-1])
    await board.read(watch.ctx)
    changed = {row.id for row in board.rows if row.id in before and row.version != before[row.id].version}
    refreshed = touched | changed if watch.ctx.viewer.visibility == visibility_before else before.keys()
    done = steps(list(before), board.rows, refreshed)
    if not done and board.total_count == total_before:
        return None
    return OffersPatch(cursor, some[-1].occurred_at, done, board.total_count)


# What may bring entries into a list or take them out: those of the entry, of the viewer's own sight, and of where
# districts lie.
_ENTERING = (changes.OfferChange, changes.MemberChanged, changes.TownChange)


def _touches(change: changes.Change, offer: Offer) -> bool:
    """Whether the change is about the entry, or about what belongs to it."""
    match change:
        case changes.OfferChange():
            return change.offer_id == offer.id
        case changes.MemberChanged():
            return change.member_id == offer.owner_id
        case changes.GroupChange():
            return change.group_id == offer.group_id
        case changes.EventChange():
            return change.event_id == offer.event_id
        case changes.TownChange():  # which topics an entry has doesn't stand in its row
            return True
    return False
