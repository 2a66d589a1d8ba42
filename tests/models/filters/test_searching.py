"""The order by how well something answers a text: the same for every list that has one."""

from datetime import timedelta
from typing import Any

import pytest

from models import now
from models.filters.errors import BadFilter
from models.filters.searching import Searching, by_relevance
from models.search.tables import Kind
from resolvers.search.indexing import index_row
from tests.world import World

LISTS = {"members": "name", "groups": "name", "events": "title", "offers": "title"}
SORT = {"members": "MemberSort", "groups": "GroupSort", "events": "EventSort", "offers": "OfferSort"}
FILTER = {"members": "MemberFilter", "groups": "GroupFilter", "events": "EventFilter", "offers": "OfferFilter"}
TEXT = {"members": "about", "groups": "purpose", "events": "description", "offers": "description"}


def document(name: str) -> str:
    types = f"$filter: {FILTER[name]}, $sort: {SORT[name]}! = RELEVANCE, $after: String"
    shape = f"totalCount nodes {{ {LISTS[name]} }} pageInfo {{ endCursor hasNextPage }}"
    return f"query ({types}) {{ it: {name}(first: 2, filter: $filter, sort: $sort, after: $after) {{ {shape} }} }}"


async def walked(world: World, name: str, text: str) -> list[str]:
    """The names of a list by relevance, page by page."""
    found: list[str] = []
    after = None
    while True:
        page = (await world.data(document(name), filter={"text": text}, after=after))["it"]
        found += [node[LISTS[name]] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(found)
            return found


@pytest.mark.parametrize("name", LISTS)
async def test_what_answers_a_text_best_comes_first_and_then_the_newest(world: World, name: str) -> None:
    make: dict[str, Any] = {
        "members": world.organisation,
        "groups": world.group,
        "events": world.event,
        "offers": world.offer,
    }
    instant = "newest_at" if name == "offers" else "created_at"
    for days, title, text in (
        (1, "Fest der Musik", "Auftritt des Chors"),
        (4, "Chor und Fest", "alle"),
        (3, "Konzert des Chors", "alle"),
        (2, "Proben des Chors", "alle"),
        (0, "Kegelabend", "alle"),
    ):
        row = await make[name](title)
        setattr(row, TEXT[name], text)
        setattr(row, instant, now() - timedelta(days=days))
        await row.save()
        await index_row(row)
    assert await walked(world, name, "chor") == [
        *("Proben des Chors", "Konzert des Chors", "Chor und Fest", "Fest der Musik")
    ]
    assert (await walked(world, name, "chor fest"))[:2] == ["Chor und Fest", "Fest der Musik"]
    assert await walked(world, name, "Kegelabend") == ["Kegelabend"]
    for filter in (None, {}, {"text": " "}):
        answer = await world.ask(document(name), filter=filter)
        assert answer.codes == ["BAD_REQUEST"]
        assert "`filter.text`" in answer.errors[0]["message"]


def test_a_text_without_words_is_none_to_sort_by() -> None:
    for odd in (None, "", " ", "\x00 \x01", "\ud800"):
        with pytest.raises(BadFilter, match="RELEVANCE"):
            by_relevance(Kind.MEMBER, Searching(text=odd))
