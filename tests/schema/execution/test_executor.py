"""How operations are executed: statements, columns, what is given back to graphql-core, what is never done twice."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import orjson
import pytest
from strawberry.types import ExecutionResult

from models import Group, MemberStatus, Offer, OfferDirection, OfferStatus
from models.database.statement_limit import unlimited
from models.sql.mapper import partial_row
from resolvers.context import Context
from schema.declare.ids import global_id
from schema.execution.fast_path import FastPath
from schema.execution.turns import Turns
from schema.operations.error_masking import cause_of
from subscriptions import changes
from subscriptions.hub import Stopping
from subscriptions.outbox import Changes
from tests.conditions import soon, until
from tests.schema.stock import STOCK
from tests.statements import statements
from tests.world import SCHEMA, World

DIRECT = FastPath(SCHEMA)

BOARD = """{ offers(first: 50, filter: {direction: SEEK}) {
  edges { cursor node { id title publishedAt owner { id name } group { id name } } } pageInfo { hasNextPage } } }"""
ONE = "query ($id: ID!) { node(id: $id) { ... on Offer { id title owner { name } group { name } } } }"
TWO = """mutation ($group: CreateGroupInput!, $id: ID!) {
  createGroup(input: $group) { group { name } userErrors { code } } approveMember(id: $id) { member { id } } }"""


async def direct(document: str, context: Context, **variables: Any) -> Any:
    """The data that are answered past Strawberry, None where nothing is."""
    operation = SCHEMA.operations.of(document, None)
    answer = await DIRECT.answer(operation, variables, context)
    if isinstance(answer, ExecutionResult):
        assert answer.errors
        return orjson.loads(orjson.dumps(answer.data))
    return None if answer is None else orjson.loads(answer)["data"]


async def test_the_board_with_owners_and_groups_is_one_statement(world: World) -> None:
    owner, group = await world.organisation("Verein"), await world.group("AG")
    for number in range(3):
        await world.offer(f"Hilfe {number}", owner, group=group)
    with statements() as sent:
        found = await direct(BOARD, await world.context())
    assert [edge["node"]["owner"]["name"] for edge in found["offers"]["edges"]] == ["Verein"] * 3
    assert len(sent) == 1
    assert "description" not in sent[0]


async def test_one_entry_with_owner_and_group_is_one_statement(world: World) -> None:
    offer = await world.offer("Hilfe", await world.organisation("Verein"))
    with statements() as sent:
        found = await direct(ONE, await world.context(), id=global_id("Offer", offer.id))
    assert found["node"] == {
        "id": global_id("Offer", offer.id),
        "title": "Hilfe",
        "owner": {"name": "Verein"},
        "group": None,
    }
    assert len(sent) == 1


async def test_the_statement_of_one_viewer_is_not_another_ones(world: World) -> None:
    """The text of a statement is kept; whose sight it was made for is part of what it is known by."""
    person = await world.member()
    await world.offer("Entwurf", person, published_at=None, expires_at=None, status=OfferStatus.DRAFT)
    document = "{ offers(filter: {statuses: [DRAFT]}) { nodes { title } } }"
    for _time in range(2):
        assert await direct(document, await world.context(person)) == {"offers": {"nodes": [{"title": "Entwurf"}]}}
        assert await direct(document, await world.context()) == {"offers": {"nodes": []}}
        assert await direct(document, await world.context(await world.member())) == {"offers": {"nodes": []}}


async def test_what_directives_leave_out_depends_on_the_variables(world: World) -> None:
    await world.offer("Hilfe")
    document = (
        """query ($with: Boolean!) { offers { nodes { title direction @include(if: $with) slug @skip(if: true) } } }"""
    )
    for with_it, keys in ((True, ["title", "direction"]), (False, ["title"]), (True, ["title", "direction"])):
        found = await direct(document, await world.context(), **{"with": with_it})
        assert list(found["offers"]["nodes"][0]) == keys


@pytest.mark.parametrize("way", ["directly", "through Strawberry"])
async def test_a_mutation_is_not_done_again_where_a_later_one_is_refused(world: World, way: str) -> None:
    person = await world.member()
    applicant = await world.member("Ann", status=MemberStatus.APPLIED)
    variables: dict[str, Any] = {
        "group": {"name": "Neue Gruppe", "purpose": "Viel"},
        "id": global_id("Member", applicant.id),
    }
    context = await world.context(person)
    if way == "directly":
        data = await direct(TWO, context, **variables)
    else:
        answer = await world.ask(TWO, context, **variables)
        data = answer.data
        assert answer.codes == ["FORBIDDEN"]
    assert data == {"createGroup": {"group": {"name": "Neue Gruppe"}, "userErrors": []}, "approveMember": None}
    assert await Group.filter(name="Neue Gruppe").count() == 1


async def test_the_same_mutation_can_be_done_again_in_a_later_operation(world: World) -> None:
    context = await world.context(await world.member())
    variables: dict[str, Any] = {"group": {"name": "Gruppe", "purpose": "Viel"}, "id": "x"}
    for _time in range(2):
        await world.ask(TWO, context, **variables)
    assert await Group.filter(name="Gruppe").count() == 2


async def test_what_can_not_be_answered_directly_is_left_to_others(world: World) -> None:
    context = await world.context()
    assert not SCHEMA.operations.of("{ offers {", None).is_answered_at_once
    assert not SCHEMA.operations.of("{ nothing }", None).is_answered_at_once
    assert not SCHEMA.operations.of("query A { viewer { id } } query B { viewer { id } }", None).is_answered_at_once
    assert not SCHEMA.operations.of("query A { viewer { id } }", "A" + "a" * 30_000).is_answered_at_once
    assert not SCHEMA.operations.of("subscription { networkStatistics { id } }", None).is_answered_at_once
    assert await direct("query ($first: Int) { offers(first: $first) { totalCount } }", context, first="many") is None


async def test_a_column_that_was_not_read_is_missing_not_empty(world: World) -> None:
    row = partial_row(Offer, ("id",))()
    row.id = 1
    assert row.pk == 1
    with pytest.raises(AttributeError):
        row.title  # type: ignore[attr-defined]  # noqa: B018


SUBSCRIPTIONS = [
    """subscription { offerPublished { __typename cursor occurredAt offer { id title topics { slug }
        owner { id name } group { name } } } }""",
    "subscription ($offer: ID!) { offerChanged(id: $offer) { cursor change offerId offer { title expiresAt } } }",
    """subscription { groupUpdated { cursor groupId group { name memberCount } change { __typename
        ... on GroupDetailsChanged { fields } ... on GroupMemberJoined { member { name } role }
        ... on GroupOfferPublished { offer { title owner { name } } } } } }""",
    "subscription { eventChanged { cursor change eventId event { title host { name } startsAt venue { name } } } }",
    """subscription { liveOffers(first: 2) { __typename
        ... on OffersSnapshot { cursor offers { title owner { name } } totalCount }
        ... on OffersPatch { cursor totalCount steps { __typename ... on OfferEntered { index offer { title } }
          ... on OfferLeft { offerId } ... on OfferRefreshed { index offer { title } } } } } }""",
    "subscription { networkStatistics { id memberCount seekingOfferCount providingOfferCount } }",
]


@pytest.mark.parametrize("document", SUBSCRIPTIONS)
async def test_updates_are_the_same_as_graphql_core_makes_them(world: World, document: str) -> None:
    owner, group = await world.organisation("Verein"), await world.group("AG")
    offer, event = await world.offer("Hilfe", owner, group=group), await world.event("Treffen", owner)
    variables = {"offer": global_id("Offer", offer.id)} if "$offer" in document else {}
    heard: dict[str, list[Any]] = {"planned": [], "stock": []}

    async def listen(name: str, schema: Any) -> None:
        results: AsyncGenerator[Any, None] = await schema.stream(
            document, variable_values=variables, context_value=await world.context()
        )
        async with aclosing(results):
            async for result in results:
                if [type(cause_of(error)) for error in result.errors or ()] == [Stopping]:
                    return
                assert not result.errors, result.errors
                heard[name].append(result.data)

    listening = [asyncio.create_task(listen("planned", SCHEMA)), asyncio.create_task(listen("stock", STOCK))]
    await until(lambda: world.services.hub.waiting == 2)
    await tell(world, changes.OfferPublished(offer.id), changes.GroupOfferPublished(group.id, offer.id))
    await tell(world, changes.EventUpdated(event.id), changes.GroupDetailsChanged(group.id, ["name"]))
    other = await world.offer("Angebot", owner, direction=OfferDirection.PROVIDE)
    await tell(world, changes.OfferPublished(other.id), changes.OfferUpdated(offer.id))
    world.services.hub.stop()
    await soon(asyncio.gather(*listening))
    assert heard["planned"]
    assert heard["planned"] == heard["stock"]


async def tell(world: World, *told: changes.Change) -> None:
    """Commit changes, and wait until both subscriptions have dealt with them."""

    async def work(collected: Changes) -> None:
        collected.tell(*told)

    hub = world.services.hub
    expected = hub.position.seq + len(told)
    await world.services.outbox.write(work)
    await until(lambda: hub.position.seq == expected and hub.waiting == 2)


@pytest.mark.parametrize(("at_once", "in_turns"), [(1, True), (5, False)])
async def test_so_many_queries_are_executed_at_once(world: World, at_once: int, in_turns: bool) -> None:
    await world.group("AG", coordinator=await world.member())
    executor, context = FastPath(SCHEMA, Turns(at_once)), await world.context()
    operation = SCHEMA.operations.of("{ groups { nodes { name members { nodes { name } } } } }", None)
    await executor.answer(operation, {}, context)
    with statements() as sent, unlimited():  # else SQLite is read without waiting
        answers = await asyncio.gather(*(executor.answer(operation, {}, context) for _number in range(5)))
    assert None not in answers
    levels = ["group_membership" in one for one in sent]
    assert (levels == [False, True] * 5) is in_turns


async def test_who_stops_waiting_for_its_turn_takes_none(world: World) -> None:
    await world.group("AG")
    executor, context = FastPath(SCHEMA, Turns(1)), await world.context()
    operation = SCHEMA.operations.of("{ groups { nodes { name } } }", None)
    for number in range(3):
        with unlimited():  # else SQLite is read without waiting
            some = [asyncio.create_task(executor.answer(operation, {}, context)) for _number in range(4)]
        for _step in range(number):
            await asyncio.sleep(0)
        for one in some[:3]:
            one.cancel()
        assert await soon(some[3]) is not None
        await asyncio.wait(some)
        assert all(one.cancelled() for one in some[:3])
