"""Entries that fit one of the viewer's own, as they are found."""

from collections.abc import AsyncGenerator, Sequence

from auth.access.offers import is_in_lists, is_of_own_side, is_of_side, on_the_board
from auth.viewer import Viewer
from models import Offer
from resolvers.context import Context
from resolvers.live import updates
from resolvers.live.rights import may_change_rights
from resolvers.live.watch import Watch
from resolvers.matches.compare import Fit, fit
from resolvers.matches.left_out import left_out
from resolvers.matches.traits import columns_of, traits_of
from subscriptions.changes import MatchFound


async def match_found(ctx: Context, after: str | None = None) -> AsyncGenerator[updates.MatchFound, None]:
    """Each entry that fits one of the viewer's side, once, as it is found: raises `Unauthenticated` for guests.

    What the side has dismissed or answered is not told, nor what doesn't fit any more when the update is sent.
    """
    ctx.viewer.must_be_signed_in()
    return _found(await Watch.resume(ctx, after))


async def _found(watch: Watch) -> AsyncGenerator[updates.MatchFound, None]:
    async with watch.changes() as changed:
        async for logged in changed:
            if may_change_rights(logged.change, watch.ctx.viewer):
                await watch.look(logged)  # whose side the viewer is of
            change = logged.change
            if not isinstance(change, MatchFound) or not _concerns(change, watch.ctx.viewer):
                continue
            cursor = await watch.look(logged)
            rows, how = await _pair(watch, change)
            sides = _sides(watch, rows)
            if sides is None or how is None or not is_in_lists(watch.ctx.viewer, sides[1]):
                continue
            own, match = sides
            without = await left_out(watch.ctx.viewer, [own], {match.id: match.owner_id})
            if match.id not in without.get(own.id, ()):
                yield updates.MatchFound(cursor, logged.occurred_at, own, match, how.score, how.reasons)


def _concerns(change: MatchFound, viewer: Viewer) -> bool:
    """Whether one of the two is of the viewer's side, and the other one isn't."""
    return is_of_side(viewer, change.seek_owner_id) != is_of_side(viewer, change.provide_owner_id)


def _sides(watch: Watch, rows: Sequence[Offer]) -> tuple[Offer, Offer] | None:
    """The viewer's own entry and the other one; None where neither is theirs, or both are."""
    own = [row for row in rows if is_of_own_side(watch.ctx.viewer, row)]
    if len(rows) != 2 or len(own) != 1:
        return None
    return own[0], next(row for row in rows if row is not own[0])


async def _pair(watch: Watch, change: MatchFound) -> tuple[list[Offer], Fit | None]:
    """The two entries, as far as they are on the board, and how they fit: read once for all who are told of them."""

    async def read() -> tuple[list[Offer], Fit | None]:
        rows = await Offer.filter(on_the_board(), id__in=[change.seek_id, change.provide_id]).order_by("id")
        traits = await traits_of([columns_of(row) for row in rows])
        return list(rows), fit(*traits) if len(traits) == 2 else None

    return await watch.once((MatchFound, change.seek_id, change.provide_id), read)
