"""What is made of a listing once: what is kept of it, and what is not."""

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models import Offer
from models.filters.offers import OfferFilter, offer_rows
from models.sql.compile import QuerySpec, compiled_once, row_by
from models.sql.projection import Projection
from tests.world import World


def _filtered(filter: OfferFilter) -> QuerySet[Offer]:
    return offer_rows(filter, Q())


def _listed(topic: str) -> QuerySpec[Offer]:
    return QuerySpec(Offer, _filtered, (OfferFilter(topics=(topic,) if topic else ()),))


def test_equal_listings_share_what_is_made_of_them() -> None:
    make = compiled_once(lambda _listed, *_rest: object())
    assert make(_listed("hilfe"), "a") is make(_listed("hilfe"), "a")
    assert make(_listed("hilfe"), "a") is not make(_listed("hilfe"), "b")
    assert make(_listed("hilfe"), "a") is not make(_listed("holz"), "a")


def test_nothing_is_kept_of_listings_of_which_nobody_knows_what_they_are() -> None:
    make = compiled_once(lambda _listed: object())
    unknown: QuerySpec[Offer] = QuerySpec(Offer, _filtered, None)
    assert make(unknown) is not make(unknown)


async def test_nothing_is_kept_of_what_clients_wrote_at_length(world: World) -> None:
    """So many entries are a bound only where each of them is bounded."""
    make = compiled_once(lambda _listed: object())
    long = "sport" + "x" * 5000
    assert make(_listed(long)) is not make(_listed(long))
    offer = await world.offer("Hilfe")
    assert (await row_by(_listed(""), Projection(Offer), "id", offer.id)) is not None
    assert (await row_by(_listed(long), Projection(Offer), "id", offer.id)) is None


def test_the_oldest_is_forgotten_first() -> None:
    make = compiled_once(lambda _listed, _number: object())
    first = make(_listed("hilfe"), 0)
    newer = [make(_listed("hilfe"), number) for number in range(1, 1000)]
    assert make(_listed("hilfe"), 0) is first
    make(_listed("hilfe"), 1000)
    assert make(_listed("hilfe"), 999) is newer[-1]
    assert make(_listed("hilfe"), 0) is not first
