"""The job that looks for what fits entries that came onto the board, or were changed, and tells of each pair once."""

from collections.abc import Mapping, Sequence

import orjson

from auth.viewer import GUEST
from models import Offer, OfferDirection, OfferStatus, now
from models.search.postings import keys_value
from models.sql.statements import Statement
from resolvers.context import Context
from resolvers.matches.compare import Fit
from resolvers.matches.read import matches_of
from subscriptions.changes import MatchFound
from subscriptions.outbox import Changes

# So many entries at a time; and of one so many pairs are told of, the best.
_AT_ONCE, MOST_TOLD = 10, 20

# As the index `offer_unmatched` says it. The limit is no value: of one that it doesn't know PostgreSQL plans each time.
_DUE = Statement(
    "SELECT id FROM offer {by_offer_unmatched}"
    f" WHERE status = 'PUBLISHED' AND matched_version IS DISTINCT FROM version ORDER BY id LIMIT {_AT_ONCE}"
)
# Entries that nobody else took, and that are still as they were read.
_TAKE = Statement(
    "UPDATE offer SET matched_version = offer.version FROM {versions} AS taken"
    " WHERE offer.id = taken.key AND offer.version = taken.version"
    " AND matched_version IS DISTINCT FROM offer.version RETURNING offer.id"
)
_OWNERS = Statement("SELECT id, owner_id FROM offer WHERE id {is_one_of}")
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
    while keys := [row["id"] for row in await _DUE.rows()]:
        offers = await Offer.filter(id__in=keys, status=OfferStatus.PUBLISHED).order_by("id")
        found = await matches_of(GUEST, [offer for offer in offers if offer.withheld_at is None])
        told += await tell_of_pairs(ctx, offers, found)
    return told


async def tell_of_pairs(ctx: Context, offers: Sequence[Offer], found: Mapping[int, Sequence[tuple[int, Fit]]]) -> int:
    """Tell of the best of what was found for each entry, by one transaction for all of them; of how many pairs it told.

    What was changed meanwhile, and what another process told of, is passed over.
    """
    best = {offer.id: [key for key, _fit in sorted(found.get(offer.id, ()), key=_rank)[:MOST_TOLD]] for offer in offers}
    others = {key for keys in best.values() for key in keys}
    owners = {row["id"]: row["owner_id"] for row in (await _OWNERS.rows(keys_value(others)) if others else ())}

    async def work(changes: Changes) -> int:
        versions = orjson.dumps([(offer.id, offer.version) for offer in offers]).decode()
        taken = {row["id"] for row in await _TAKE.rows(versions)}
        pairs = {}
        for offer in offers:
            # Else another process did, or it was changed meanwhile; what isn't there any more has no owner.
            for key in best[offer.id] if offer.id in taken else ():
                if key in owners:
                    sides = [(offer.id, offer.owner_id), (key, owners[key])]
                    seek, provide = sides if offer.direction is OfferDirection.SEEK else sides[::-1]
                    pairs[seek[0], provide[0]] = seek[1], provide[1]
        # In one order, whoever stores them: so no two transactions wait for each other.
        stored = await _PAIRS.rows(now(), orjson.dumps(sorted(pairs)).decode()) if pairs else ()
        new = {(row["seek_id"], row["provide_id"]) for row in stored}
        changes.tell(*(MatchFound(*pair, *owned) for pair, owned in pairs.items() if pair in new))
        return len(changes.told)

    return await ctx.outbox.write(work)


def _rank(found: tuple[int, Fit]) -> tuple[float, int]:
    key, fit = found
    return -fit.score, -key
