"""The job that looks for what fits entries that came onto the board, or were changed, and tells of each pair once."""

from collections.abc import Iterable, Sequence
from typing import cast

import orjson

from auth.viewer import GUEST
from models import Offer, OfferDirection, OfferStatus, now
from models.sql.statements import Statement
from resolvers.context import Context
from resolvers.matches.compare import Fit
from resolvers.matches.read import matches_of
from subscriptions.changes import MatchFound
from subscriptions.outbox import Changes

# So many entries at a time; and of one so many pairs are told of, the best.
_AT_ONCE, MOST_TOLD = 10, 20

# As the index `offer_unmatched` says it.
_DUE = Statement(
    "SELECT id FROM offer WHERE status = 'PUBLISHED' AND matched_version IS DISTINCT FROM version ORDER BY id LIMIT ?"
)
_TAKE = Statement(
    "UPDATE offer SET matched_version = version"
    " WHERE id = ? AND version = ? AND matched_version IS DISTINCT FROM version RETURNING id"
)
_PAIRS = Statement(
    "INSERT INTO found_match (seek_id, provide_id, found_at) {pairs}"
    " ON CONFLICT (seek_id, provide_id) DO NOTHING RETURNING seek_id, provide_id"
)


async def find_matches(ctx: Context) -> int:
    """Look for matches of every entry on the board that nobody has looked for yet; how many pairs were told of.

    Every process may run it at any time: whoever writes first that an entry's matches were found tells of them. What
    fits is found before that, outside of the transaction.
    """
    told = 0
    while keys := [row["id"] for row in await _DUE.rows(_AT_ONCE)]:
        offers = await Offer.filter(id__in=keys, status=OfferStatus.PUBLISHED)
        found = await matches_of(GUEST, [offer for offer in offers if offer.withheld_at is None])
        for offer in offers:
            told += await _tell_of_pairs(ctx, offer, found.get(offer.id, ()))
    return told


async def _tell_of_pairs(ctx: Context, offer: Offer, found: Sequence[tuple[int, Fit]]) -> int:
    best = sorted(found, key=lambda one: (-one[1].score, -one[0]))[:MOST_TOLD]
    rows = await Offer.filter(id__in=[key for key, _fit in best]).values_list("id", "owner_id") if best else ()
    owners = dict(cast("Iterable[tuple[int, int | None]]", rows))
    pairs = {}
    for key, _fit in best:
        sides = [(offer.id, offer.owner_id), (key, owners[key])]
        (seek, seeker), (provide, provider) = sides if offer.direction is OfferDirection.SEEK else sides[::-1]
        pairs[seek, provide] = seeker, provider

    async def work(changes: Changes) -> int:
        if not await _TAKE.rows(offer.id, offer.version):
            return 0  # another process did, or it was changed meanwhile
        # In one order, whoever stores them: so no two transactions wait for each other.
        stored = await _PAIRS.rows(now(), orjson.dumps(sorted(pairs)).decode()) if pairs else ()
        new = {(row["seek_id"], row["provide_id"]) for row in stored}
        for pair, (seeker, provider) in pairs.items():
            if pair in new:
                changes.tell(MatchFound(*pair, seeker, provider))
        return len(changes.told)

    return await ctx.outbox.write(work)
