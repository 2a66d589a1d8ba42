"""How well a search finds what people want: the judged queries, asked as a guest of the demonstration, by kind.

NDCG@10, the gain of a grade being 2^grade - 1; what was not judged counts as not wanted. Of queries that nothing
answers: 1 for no result, 0.5 for at most three, else 0.
"""

import json
import math
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from resolvers.context import system_context
from resolvers.demo import load_demo
from resolvers.search.synonyms import store_synonyms
from tests.world import World

_HERE = Path(__file__).parent
# Each was judged before anybody looked at what the search made of it, after it had been mended by those before.
SETS = {"first": ("given.json", "judged.json"), "second": ("second.json",), "third": ("third.json",)}
_TYPES = {"search": None, "members": ["MEMBER"], "events": ["EVENT"], "groups": ["GROUP"]}
_SEARCH = """query ($text: String!, $types: [SearchType!]) { page: search(first: 10, text: $text, types: $types) {
  totalCount nodes { ... on Member { name } ... on Group { name } ... on Event { title } ... on Offer { title } } } }"""
_OFFERS = """query ($text: String!) { page: offers(first: 10, filter: {text: $text}, sort: RELEVANCE) { totalCount
  nodes { title } } }"""
# What each kind has to reach.
_LEAST = defaultdict(lambda: 0.85, none=0.8)


def dcg(grades: list[int]) -> float:
    return float(sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades)))


async def found(world: World, scope: str, text: str) -> tuple[list[str], int]:
    if scope == "offers":
        answer = await world.ask(_OFFERS, text=text)
    else:
        answer = await world.ask(_SEARCH, text=text, types=_TYPES[scope])
    assert answer.data is not None, answer.errors
    titles = [node.get("title") or node.get("name") or "" for node in answer.data["page"]["nodes"]]
    return list(dict.fromkeys(titles)), answer.data["page"]["totalCount"]


def quality(judged: dict[str, Any], titles: list[str], count: int) -> float:
    if judged["kind"] == "none":
        return 1.0 if count == 0 else 0.5 if count <= 3 else 0.0
    ideal = sorted(judged["relevant"].values(), reverse=True)[:10]
    return dcg([judged["relevant"].get(title, 0) for title in titles]) / dcg(ideal)


@pytest.fixture
async def demonstration(world: World) -> World:
    await store_synonyms(world.services.outbox)
    await load_demo(system_context(world.services))
    return world


@pytest.mark.walk
async def test_each_kind_of_query_finds_what_people_want(demonstration: World) -> None:
    reached = defaultdict(list)
    for name, files in SETS.items():
        for judged in (one for file in files for one in json.loads((_HERE / file).read_text())):
            titles, count = await found(demonstration, judged["scope"], judged["query"])
            reached[name, judged["kind"]].append(quality(judged, titles, count))
    means = {kind: round(sum(figures) / len(figures), 3) for kind, figures in reached.items()}
    assert {(name, kind): mean for (name, kind), mean in means.items() if mean < _LEAST[kind]} == {}, means
