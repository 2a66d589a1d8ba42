"""Pages that are written from records: what is, what isn't, and that it makes no difference."""

from typing import Any

import orjson
import pytest

from models import Offer
from models.sql.paging import ReadPage
from resolvers.context import Context
from schema.declare.ids import global_id
from schema.execution.fast_path import FastPath
from tests.schema.stock import STOCK
from tests.world import SCHEMA, World

DIRECT = FastPath(SCHEMA)

BOARD = """{ offers(first: 2) {
  edges { __typename cursor node {
    __typename id title direction publishedAt expiresAt owner { id name } group { name } } }
  nodes { slug category hoursPerWeek }
  pageInfo { startCursor endCursor hasNextPage hasPreviousPage } totalCount
} }"""
GROUPS = """{ groups(sort: NAME) { nodes { name
  members(first: 3) { edges { cursor role since: joinedAt node { id name kind } } nodes { name } totalCount }
  events(last: 2) { edges { node { title startsAt endsAt } } pageInfo { endCursor } }
} } }"""
# A method, a relation that isn't joined, the row itself as another type: these need rows.
WITH_ROWS = [
    "{ groups { nodes { name members { edges { role membership { id } } } } } }",
    "{ offers { edges { cursor node { title topics { name } } } } }",
    "{ offers { nodes { title viewerCanUpdate } } }",
]


async def filled(world: World) -> Context:
    owner = await world.organisation("Verein")
    group = await world.group("AG", coordinator=owner)
    for number in range(3):
        await world.offer(f"Hilfe {number}", owner, group=group if number else None)
        await world.event(f"Treffen {number}", group=group)
    await world.group("Niemand")
    return await world.context()


async def direct(document: str, context: Context, **variables: Any) -> Any:
    operation = SCHEMA.operations.of(document, None)
    return await DIRECT.answer(operation, variables, context)


@pytest.mark.parametrize("document", [BOARD, GROUPS, *WITH_ROWS])
async def test_it_makes_no_difference(world: World, document: str) -> None:
    context = await filled(world)
    answer = await direct(document, context)
    assert isinstance(answer, bytes)
    data = orjson.loads(answer)["data"]
    for schema in (SCHEMA, STOCK):
        expected = await schema.execute(document, context_value=await world.context())
        assert not expected.errors
        assert orjson.loads(orjson.dumps(expected.data)) == data


# Of groups, whose members and events are relations, rows are needed, but of members and events none; and of the members
# of two groups, whose memberships are shown.
@pytest.mark.parametrize(("document", "pages"), [(BOARD, 0), (GROUPS, 1), *zip(WITH_ROWS, (3, 1, 1), strict=True)])
async def test_rows_are_made_where_they_are_needed_only(
    world: World, monkeypatch: pytest.MonkeyPatch, document: str, pages: int
) -> None:
    context = await filled(world)
    made: list[ReadPage[Any]] = []
    rows = ReadPage.__dict__["rows"].func

    def counted(page: ReadPage[Any]) -> Any:
        made.append(page)
        return rows(page)

    monkeypatch.setattr(ReadPage, "rows", property(counted))
    assert await direct(document, context) is not None
    assert len({id(page) for page in made}) == pages


async def test_a_cursor_is_of_the_sort_where_the_same_is_read_for_each(world: World) -> None:
    context = await filled(world)
    document = "query ($sort: EventSort!) { events(sort: $sort) { edges { cursor node { startsAt createdAt } } } }"
    for sort in ("STARTS_AT", "NEWEST"):
        answer = await direct(document, context, sort=sort)
        expected = await STOCK.execute(document, {"sort": sort}, context_value=await world.context())
        assert orjson.loads(answer)["data"] == orjson.loads(orjson.dumps(expected.data))


ONE = """query ($id: ID!) { node(id: $id) { ... on Offer {
  title owner { __typename id kind } group { name } district { name } } } }"""


async def test_what_is_joined_to_a_single_row_is_written_with_it(world: World) -> None:
    context = await filled(world)
    async for offer in Offer.all():
        answer = await direct(ONE, context, id=global_id("Offer", offer.id))
        assert isinstance(answer, bytes)
        variables = {"id": global_id("Offer", offer.id)}
        expected = await STOCK.execute(ONE, variable_values=variables, context_value=await world.context())
        data = orjson.loads(answer)["data"]
        assert data == orjson.loads(orjson.dumps(expected.data))
        assert (data["node"]["group"] is None) is (offer.group_id is None)
    operation = SCHEMA.operations.of(ONE, None)
    (plan,) = operation._plans.values()
    assert plan is not None
    root = plan.roots[0].field
    assert root is not None
    (steps, _write) = root.objects["Offer"].writers[True, True]
    assert [one.key for one in steps] == [], "nothing is left to do for a level of its own"
