"""Both databases give the same entries in the same order: the one that the plan and the stored weights say."""

import orjson

from auth.access.offers import on_the_board
from auth.viewer import GUEST
from models import Offer
from models.filters.offers import OfferFilter, OfferSort
from models.search.plan import SearchPlan
from models.search.tables import Kind
from models.sql.paging import PageArguments
from models.sql.statements import Statement
from resolvers.context import Context, system_context
from resolvers.demo import load_demo
from resolvers.offers import offers
from resolvers.search.synonyms import store_synonyms
from resolvers.search.understand import understand
from tests.world import World

_WEIGHTS = Statement(
    "SELECT row_id, {json_list}({json_pair}(term, weight)) AS weights FROM search_posting"
    " WHERE kind = 4 GROUP BY row_id"
)
_SEARCHES = (
    "Garten",
    "Gärten",
    "Kinder vorlesen",
    "Gartenpflege",
    "Umwelt",
    "Fallersleben",
    "Ich suche einen Saal für unser Vereinsfest",
    "ich möchte alten Menschen vorlesen",
    "Vorleserr",
    "Barri",
    "Kinderturnen",
    "Selbsthilfegruppe",
    "Kegelbahn",
    "Ei",
    "verein hilfe woche",
    "Kinderbetreuung",
    "Laptop spenden",
    "Jugendgruppenleiter",
)


async def in_order(plan: SearchPlan) -> list[int]:
    """The entries of the board that the plan finds, the best first: worked out here, by no database."""
    weights = {row["row_id"]: dict(orjson.loads(row["weights"])) for row in await _WEIGHTS.rows()}
    found = [offer for offer in await Offer.filter(on_the_board()) if plan.finds(weights[offer.id])]

    def place(offer: Offer) -> tuple[int, float, int]:
        score = sum(word.found_in(weights[offer.id]) or 0 for word in plan.words)
        return -score, -offer.newest_at.timestamp(), -offer.id

    return [offer.id for offer in sorted(found, key=place)]


async def test_a_database_finds_what_the_plan_says_in_its_order(world: World) -> None:
    await store_synonyms(world.services.outbox)
    await load_demo(system_context(world.services))
    some = 0
    for text in _SEARCHES:
        page = await offers(
            Context(world.services, GUEST),
            frozenset(("nodes",)),
            PageArguments(first=100),
            OfferFilter(text=text),
            OfferSort.RELEVANCE,
        )
        expected = await in_order(await understand(text, (Kind.OFFER,)))
        assert [row.id for row in page.rows] == expected, text
        some += len(expected)
    assert some > 50
