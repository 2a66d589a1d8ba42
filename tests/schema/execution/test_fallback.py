"""A fallback to graphql-core is seen, where it should not be; and nothing that is written down falls back."""

import asyncio
import inspect
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from random import Random
from typing import Any

import orjson
import pytest
from graphql import OperationType
from graphql.execution.values import get_variable_values
from structlog.testing import capture_logs

from models import Event, Group, Offer, OfferDirection, OfferStatus, SavedSearch
from schema.documents.bounds import Bounds
from schema.execution.fast_path import FastPath
from schema.operations.operation import Operation
from schema.planning.plan import FieldPlan
from schema.roots import build
from subscriptions import changes
from subscriptions.outbox import Changes
from tests.conditions import soon, until
from tests.schema.execution.documents import shown_documents, variables_for
from tests.schema.execution.test_same_answers import Ring
from tests.world import SCHEMA, World

pytestmark = pytest.mark.walk

DOCUMENT = "{ offers { nodes { title owner { name } } } groups { nodes { name } } }"
SAME = "{ groups { nodes { name } } offers { nodes { title owner { name } } } }"


def broken(operation: Operation) -> None:
    """Spoil the plan: what a fault of the executor would be."""
    variables = get_variable_values(SCHEMA._schema, (), {})
    assert not isinstance(variables, list)
    plan = operation.plan(variables)
    assert plan is not None
    for root in plan.roots:
        if root.key == "offers":
            assert root.field is not None
            (connection,) = root.field.objects.values()
            connection.fields.append(FieldPlan(**{**fields_of(connection.fields[0]), "name": "gone", "key": "gone"}))
            connection.writers.clear()


def fields_of(one: FieldPlan) -> dict[str, Any]:
    return {name: getattr(one, name) for name in FieldPlan.__slots__}


@pytest.mark.parametrize("way", ["directly", "through Strawberry"])
async def test_a_fault_of_the_executor_is_counted_and_logged_once_a_minute(world: World, way: str) -> None:
    await world.offer("Hilfe", await world.organisation("Verein"))
    await world.group("AG")
    schema = build()
    fast_path = FastPath(schema)

    async def ask(document: str) -> Any:
        operation = schema.operations.of(document, None)
        if way == "directly":
            answer = await fast_path.answer(operation, None, await world.context())
            assert isinstance(answer, bytes)
            return orjson.loads(answer)["data"]
        result = await schema.execute(document, context_value=await world.context())
        assert not result.errors
        return result.data

    for document in (DOCUMENT, SAME):
        broken(schema.operations.of(document, None))
    with capture_logs() as lines:
        for document in (DOCUMENT, DOCUMENT, SAME, DOCUMENT):
            assert await ask(document) == {
                "offers": {"nodes": [{"title": "Hilfe", "owner": {"name": "Verein"}}]},
                "groups": {"nodes": [{"name": "AG"}]},
            }
    assert schema.fallbacks.count == 4
    told = [(one["log_level"], one["document"], one["root"]) for one in lines if "document" in one]
    assert told == [("error", schema.operations.of(one, None).hash, "offers") for one in (DOCUMENT, SAME)]
    assert all("gone" in one["reason"] for one in lines if "document" in one)


async def test_many_documents_do_not_flood_the_log(world: World) -> None:
    schema = build()
    with capture_logs() as lines:
        for number in range(300):
            document = f"{{ a{number}: offers {{ totalCount }} }}"
            schema.fallbacks.notice(schema.operations.of(document, None), "a", "a test")
    assert schema.fallbacks.count == 300
    assert len(lines) == 100


REFUSED = [
    "{ offers(first: 1000) { totalCount } groups { nodes { name } } }",
    "{ groups { nodes { name members(first: 1000) { totalCount } } } }",
    "{ __schema { queryType { name } } groups { nodes { name } } }",
    'mutation { approveMember(id: "x") { member { id } } }',
]


@pytest.mark.parametrize("document", REFUSED)
async def test_what_is_refused_is_no_fallback(world: World, document: str) -> None:
    await world.group("AG")
    before = SCHEMA.fallbacks.count
    with capture_logs() as lines:
        await world.ask(document)
    assert SCHEMA.fallbacks.count == before
    assert not [one for one in lines if one["log_level"] == "error"]


async def test_what_has_too_many_fields_is_left_to_graphql_core(world: World) -> None:
    spreads = "".join(
        f"fragment F{n} on Offer {{ a: owner {{ offers {{ nodes {{ ...F{n + 1} }} }} }} "
        f"b: group {{ offers {{ nodes {{ ...F{n + 1} }} }} }} }}"
        for n in range(12)
    )
    document = f"{{ offers {{ nodes {{ ...F0 }} }} network {{ name }} }} {spreads} fragment F12 on Offer {{ title }}"
    schema = build(bounds=Bounds(document_fields=100_000, document_depth=100, cost_limit=10**30))
    result = await schema.execute(document, context_value=await world.context())
    assert result.data is not None
    assert (result.data["offers"], result.errors) == ({"nodes": []}, None)
    assert schema.fallbacks.count == 1


# ---------------------------------------------------------------- what is written down


def kind_of(document: str) -> OperationType | None:
    return SCHEMA.operations.of(document, None).kind


@pytest.mark.parametrize("document", shown_documents())
def test_all_that_is_shown_can_be_planned(document: str) -> None:
    operation = SCHEMA.operations.of(document, None)
    assert operation.is_valid
    assert operation.node is not None
    given = variables_for(document, Random(1), {"id": ["x"], "slug": ["x"]})
    variables = get_variable_values(SCHEMA._schema, operation.node.variable_definitions or (), given)
    assert not isinstance(variables, list), variables
    plan = operation.plan(variables)
    assert plan is not None
    assert [root.reason for root in plan.roots if root.field is None and root.introspection is None] == []


async def test_no_query_that_is_shown_falls_back_on_the_demonstration(world: World) -> None:
    ring = await Ring.of(world)
    queries = [document for document in shown_documents() if kind_of(document) is OperationType.QUERY]
    assert len(queries) > 10
    before = SCHEMA.fallbacks.count
    fast_path = FastPath(SCHEMA)
    for number, document in enumerate(queries):
        operation = SCHEMA.operations.of(document, None)
        for viewer in ring.contexts:
            given = variables_for(document, Random(number), ring.ids)
            await fast_path.answer(operation, given, ring.context(viewer))
            await SCHEMA.execute(document, given, context_value=ring.context(viewer))
            assert SCHEMA.fallbacks.count == before, f"as {viewer} with {given}:\n{document}"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_no_subscription_that_is_shown_falls_back(world: World) -> None:
    """But those of one object: what their updates select is selected by others, too.

    Somebody watches whose entry fits another one, and whose saved search finds all that come onto the board.
    """
    await Ring.of(world)
    account = await world.account(await world.member("Wer zusieht"))
    await SavedSearch.create(account=account, name="Alles")
    own = await world.offer("Klavier gesucht", account.member)
    match = await world.offer("Klavier", await world.member("Anbieterin"), direction=OfferDirection.PROVIDE)
    documents = [document for document in shown_documents() if kind_of(document) is OperationType.SUBSCRIPTION]
    documents = [document for document in documents if "ID!" not in document]
    assert len(documents) > 3
    news = [
        *[changes.OfferPublished(offer.id) for offer in await Offer.filter(status=OfferStatus.PUBLISHED)],
        *[changes.EventUpdated(event.id) for event in await Event.all()],
        *[changes.GroupDetailsChanged(group.id, ["name"]) for group in await Group.all()],
        changes.MatchFound(own.id, match.id, own.owner_id, match.owner_id),
    ]
    before = SCHEMA.fallbacks.count
    for document in documents:
        given = {"filter": {"direction": "SEEK"}} if "$filter" in document else {}
        results: AsyncGenerator[Any, None] = await SCHEMA.stream(
            document, variable_values=given, context_value=await world.context(account)
        )
        async with aclosing(results):
            first = asyncio.ensure_future(anext(results))
            await until(lambda first=first: first.done() or world.services.hub.waiting == 1)  # type: ignore[misc]
            await tell(world, news)
            result = await soon(first)
        assert not result.errors, (document, result.errors)
        assert SCHEMA.fallbacks.count == before, document


async def tell(world: World, news: Sequence[changes.Change]) -> None:
    async def work(collected: Changes) -> None:
        collected.tell(*news)

    await world.services.outbox.write(work)


async def test_what_is_refused_by_user_errors_does_not_fall_back(world: World) -> None:
    schema = build()
    document = """mutation { createGroup(input: {name: "", purpose: ""}) { userErrors { path code message } } }"""
    result: Any = await schema.execute(document, context_value=await world.context(await world.member()))
    messages = [error["message"] for error in result.data["createGroup"]["userErrors"]]
    assert len(messages) == 2
    assert all(messages)
    assert schema.fallbacks.count == 0


def test_the_executor_knows_how_to_call_every_method_of_the_schema() -> None:
    for type_ in SCHEMA._schema.type_map.values():
        for name, declared in getattr(type_, "fields", {}).items():
            definition = declared.extensions.get("strawberry-definition")
            known = getattr(definition, "metadata", {})
            if "method" in known and known.get("of_row") is None:
                takes = list(inspect.signature(known["method"]).parameters)
                assert takes == (["self", "info"] if known["takes_info"] else ["self"]), f"{type_}.{name}"
