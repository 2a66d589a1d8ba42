"""Statements that are compiled once: which are kept, and which are not."""

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models import Offer
from models.filters.offers import OfferFilter, offer_rows
from models.reading import Listing, Reading, row_by, source
from tests.world import World


async def test_statements_are_kept_but_for_what_clients_wrote_at_length(world: World) -> None:
    """A cache of so many entries is a bound only where each of them is bounded."""
    offer = await world.offer("Hilfe")
    kept = []
    for text in ("hilf", "hilf", "hilf " + "x" * 5000):
        listed = Listing(Offer, _searched, (OfferFilter(text=text),))
        found = await row_by(listed, Reading(Offer), "id", offer.id)
        assert (found is not None) == (len(text) < 1000)
        kept.append(source.cache_info().currsize)
    assert kept[0] == kept[1] == kept[2]


def _searched(filter: OfferFilter) -> QuerySet[Offer]:
    return offer_rows(filter, Q())
