"""What a search looks at is bounded, and what it finds of that is exact: the same on both databases."""

import random
from collections.abc import Mapping

import orjson
import pytest

from models import Offer
from models.search import hits
from models.search.hits import weighed
from models.search.plan import SearchPlan, plain_plan
from models.search.tables import Kind
from models.sql.statements import Statement
from tests.world import World

_WEIGHTS = Statement(
    "SELECT row_id, {json_list}({json_pair}(term, weight)) AS weights FROM search_posting"
    " WHERE kind = 4 GROUP BY row_id"
)
WORDS = ("Chor", "Fest", "Saal", "Kuchen", "Garten", "Fahrrad", "Werkzeug")


async def _weights() -> Mapping[int, Mapping[str, int]]:
    return {row["row_id"]: dict(orjson.loads(row["weights"])) for row in await _WEIGHTS.rows()}


def _exact(plan: SearchPlan, weights: Mapping[int, Mapping[str, int]]) -> dict[int, int]:
    """What the plan finds, looked for in every row."""
    return {row: sum(word.found_in(one) or 0 for word in plan.words) for row, one in weights.items() if plan.finds(one)}


def test_what_all_terms_leave_is_shared_by_those_that_more_rows_have() -> None:
    assert hits._share([]) == hits._share([5000]) == hits.MOST_ROWS
    assert hits._share([5000] * 10) == hits.MOST_ROWS
    assert hits._share([5000] * 100) == 100
    assert hits._share([10] * 90 + [5000] * 10) == (hits.MOST_POSTINGS - 900) // 10
    assert hits._share([0] * 1000) == hits.MOST_ROWS


async def test_all_is_found_where_nothing_has_to_be_left_out(world: World) -> None:
    dice = random.Random(1)
    for _number in range(30):
        await world.offer(" ".join(dice.sample(WORDS, dice.randrange(1, 5))))
    weights = await _weights()
    for text in ("Chor", "Chor Fest", "Saal Kuchen Garten", "Gartenfest", "Chorfest im Saal"):
        plan = plain_plan(text)
        found = (await weighed(plan, (Kind.OFFER,), {}))[Kind.OFFER]
        assert found.hits(plan.need).scores == _exact(plan, weights)


async def test_of_what_many_rows_have_the_best_are_found_and_scored_exactly(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, most in (("MOST_ROWS", 6), ("MOST_POSTINGS", 18), ("MOST_LOOKED_UP", 36)):
        monkeypatch.setattr(hits, name, most)
    dice = random.Random(2)
    for _number in range(40):
        await world.offer(" ".join((*dice.sample(WORDS[1:], 3), "Verein")))
    rare = [await world.offer(f"{word} mit dem Chor") for word in ("Saal", "Fest")]
    weights = await _weights()
    known = {term: 40 for one in weights.values() for term in one}
    for text in ("Saal", "Chor Saal", "Fest Saal", "Fest Saal Kuchen", " ".join(WORDS)):
        plan = plain_plan(text)
        found = (await weighed(plan, (Kind.OFFER,), known))[Kind.OFFER]
        exact = _exact(SearchPlan(plan.words, 1), weights)
        assert 0 < len(found.scores) <= 6
        assert found.scores == {row: exact[row] for row in found.scores}, text
        if "Chor" in text:
            # What few rows have says more than what many have: however many these are, they don't displace it.
            assert {offer.id for offer in rare} <= set(found.scores)
    (newest,) = await Offer.filter(title__contains="Saal", id__lt=rare[0].id).order_by("-id").limit(1)
    assert newest.id in (await weighed(plain_plan("Saal"), (Kind.OFFER,), known))[Kind.OFFER].scores
