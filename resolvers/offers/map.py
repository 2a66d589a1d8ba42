"""The board as a map shows it: entries by where they lie, together where they lie close."""

from dataclasses import dataclass

from auth.access.offers import offers_on_map, visible_offers
from auth.access.rows import seen_by_keys
from models import Offer
from models.filters.map_grid import clusters, grid_of
from models.filters.near import Bounds
from models.filters.offers import OfferFilter
from models.search.tables import Kind
from resolvers.context import Context
from resolvers.search.filters import understood


@dataclass(frozen=True)
class MapCluster:
    """Entries that lie close to each other, or one."""

    latitude: float
    longitude: float
    count: int
    # Where it is one, and somebody asked for it.
    offer: Offer | None


async def offer_map(
    ctx: Context, columns: frozenset[str], bounds: Bounds, zoom: int, filter: OfferFilter | None = None
) -> list[MapCluster]:
    """What lies in the rectangle of what passes the filter: one statement, another for entries that stand alone.

    Raises `BadFilter`.
    """
    filter = await understood(ctx, filter or OfferFilter(), Kind.OFFER)
    listed = offers_on_map(filter, bounds, ctx.viewer)
    found = await clusters(listed, grid_of(bounds, zoom))
    alone = [one.key for one in found if one.count == 1] if "offer" in columns else []
    rows = await seen_by_keys(Offer, visible_offers, ctx.viewer, alone)
    return [
        MapCluster(one.latitude, one.longitude, one.count, rows.get(one.key) if one.count == 1 else None)
        for one in found
    ]
