"""Both executors give the same answers: to random documents of the whole schema, and to all that are written down.

What is executed breadth first, to bytes or through Strawberry, is compared with what graphql-core answers alone.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from random import Random
from typing import Any

import orjson
import pytest
import pytest_asyncio
from graphql import GraphQLError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strawberry.types import ExecutionResult

import models
from auth.refusals import TooComplex
from models import Account
from resolvers.context import Context, system_context
from resolvers.demo import load_demo
from schema.declare.ids import global_id
from schema.execution.executor import MOST_POINTS_AGAIN
from schema.execution.fast_path import FastPath
from schema.operations.error_masking import code_of, presentable
from schema.operations.operation import Operation
from tests.schema.execution.documents import random_documents, sensible, variables_for, written_documents
from tests.schema.stock import STOCK
from tests.world import SCHEMA, World

DIRECT = FastPath(SCHEMA)
VIEWERS = ["guest", "office", "coordinator", "member", "applicant"]


_MODELS = (models.Member, models.Group, models.Event, models.Offer, models.GroupMembership, models.GroupPost)


class Ring:
    """The demonstration data, who looks at them, and how many documents were answered without graphql-core."""

    def __init__(self, world: World, contexts: dict[str, Context], ids: dict[str, list[str]]) -> None:
        self.world, self.contexts, self.ids = world, contexts, ids
        self.seen: Counter[str] = Counter()

    @classmethod
    async def of(cls, world: World) -> "Ring":
        await load_demo(system_context(world.services))
        contexts = {"guest": await world.context()}
        for name in VIEWERS[1:]:
            contexts[name] = await world.context(await Account.get(email=f"{name}@mitwirk.example"))
        ids: dict[str, list[str]] = {"id": ["x", global_id("Offer", 99_999)], "slug": ["nobody"]}
        for model in (
            models.Member,
            models.Group,
            models.Event,
            models.Offer,
            models.GroupMembership,
            models.GroupPost,
        ):
            for row in await model.all().order_by("id").limit(12):
                ids["id"].append(global_id(model.__name__, row.pk))
                ids["slug"] += [row.slug] if hasattr(row, "slug") else []
        return cls(world, contexts, ids)

    def context(self, viewer: str) -> Context:
        """A context of its own for an operation."""
        return replace(self.contexts[viewer], live_cursor=None)

    async def compare(self, document: str, variables: dict[str, Any], viewer: str) -> None:
        """All ways to execute a document agree."""
        stock = await STOCK.execute(document, variables, context_value=self.context(viewer))
        through = await SCHEMA.execute(document, variables, context_value=self.context(viewer))
        where = f"as {viewer} with {variables}:\n{document}"
        assert json.dumps(through.data, default=str) == json.dumps(stock.data, default=str), where
        operation = SCHEMA.operations.of(document, None)
        exactly = _is_said_where(operation, variables)
        assert _errors(through, exactly) == _errors(stock, exactly), where
        try:
            answer = await DIRECT.answer(operation, variables, self.context(viewer))
        except TooComplex:
            self.seen["refused"] += 1
            assert {code_of(error) for error in stock.errors or ()} == {"TOO_COMPLEX"}, where
            return
        self.seen[type(answer).__name__] += 1
        if isinstance(answer, ExecutionResult):
            assert answer.errors, where
            assert orjson.dumps(answer.data) == orjson.dumps(stock.data), where
            answer.data = orjson.loads(orjson.dumps(answer.data))
            assert _errors(answer, exactly) == _errors(stock, exactly), where
        elif answer is not None:
            assert not stock.errors, where
            assert answer.startswith(orjson.dumps({"data": stock.data})[:-1] + b',"extensions":{"cost":'), where


def _is_said_where(operation: Operation, variables: dict[str, Any]) -> bool:
    """Whether it is executed again to say where beneath a root something was refused: unless that is too dear."""
    try:
        return operation.admit(variables) <= MOST_POINTS_AGAIN
    except (GraphQLError, TooComplex):
        return True


def _errors(result: ExecutionResult, exactly: bool) -> set[tuple[Any, ...]]:
    """All that a client is told of each error, less those beneath a place that another one nulled."""
    shown: list[dict[str, Any]] = [{**presentable(error, "en", "test").formatted} for error in result.errors or ()]
    if not exactly:
        shown = [{**one, "path": (one.get("path") or ())[:1], "locations": None} for one in shown]
    found = {(tuple(one.get("path") or ()), json.dumps(one, default=str, sort_keys=True)) for one in shown}
    nulled = [path for path, _error in found if _is_null(result.data, path)]
    return {
        (path, error)
        for path, error in found
        if not any(len(other) < len(path) and path[: len(other)] == other for other in nulled)
    }


def _is_null(data: Any, path: tuple[Any, ...]) -> bool:
    for step in path:
        if data is None:
            return True
        data = data[step]
    return data is None


@pytest_asyncio.fixture(loop_scope="session")
async def ring(world: World) -> AsyncIterator[Ring]:
    """The demonstration data in a database of their own. At the end, most must have been answered directly."""
    made = await Ring.of(world)
    fallbacks = SCHEMA.fallbacks.count
    yield made
    assert SCHEMA.fallbacks.count == fallbacks
    assert made.seen["bytes"] > made.seen["NoneType"] + made.seen["ExecutionResult"] + made.seen["refused"], made.seen


@pytest.mark.walk
@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
@given(document=random_documents(), seed=st.integers(0, 2**32), viewer=st.sampled_from(VIEWERS))
async def test_random_documents(ring: Ring, document: str, seed: int, viewer: str) -> None:
    await ring.compare(sensible(document, seed, ring.ids), {}, viewer)


@pytest.mark.soak
@settings(max_examples=3000, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(document=random_documents(), seed=st.integers(0, 2**32), viewer=st.sampled_from(VIEWERS))
async def test_many_random_documents(ring: Ring, document: str, seed: int, viewer: str) -> None:
    await ring.compare(sensible(document, seed, ring.ids), {}, viewer)


@pytest.mark.walk
@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.soak) for part in (1, 2))])
async def test_written_documents(ring: Ring, part: int) -> None:
    documents = written_documents()
    assert len(documents) > 100
    for number, document in enumerate(documents[part::3]):
        dice = Random(number)
        await ring.compare(document, variables_for(document, dice, ring.ids), dice.choice(VIEWERS))


TYPE = """query ($name: String = "Group", $yes: Boolean = false) {
  __type(name: $name) { ...T } groups(first: 1000) { totalCount } }
fragment T on __Type { name description @include(if: $yes) }"""
# Roots that fail, one way or another, beside others that don't; and introspection beside lists.
REFUSED = [
    "{ offers(first: 1000) { totalCount } groups(first: 3) { nodes { name } } network { name } }",
    '{ groups(first: 3) { nodes { name } } offers(after: "x") { totalCount } network { name } }',
    """{ a: members(first: 1000) { totalCount } b: members(first: 1000) { totalCount }
      c: members(first: 2) { totalCount } }""",
    """{ ...F ... on Query { offers(first: 1000) { nodes { id } } } }
    fragment F on Query { offers(first: 1000) { totalCount } }""",
    """query ($many: Int = 1000, $yes: Boolean = true) { offers(first: $many) @include(if: $yes) { totalCount }
      groups @skip(if: $yes) { totalCount } events { totalCount } }""",
    "{ groups(first: 3) { nodes { name members(first: 1000) { totalCount } } } events(first: 2) { nodes { title } } }",
    '{ groups(first: 3) { nodes { name posts(after: "x") { totalCount } } } offers(first: 2) { nodes { title } } }',
    """{ a: groups(first: 2) { nodes { members(first: 1000) { totalCount } } }
      b: groups(first: 2) { nodes { members(last: -1) { totalCount } } } offers(first: 1) { totalCount } }""",
    "{ viewer { email memberships(first: 1000) { totalCount } } offers(first: 2) { nodes { title } } }",
    "{ viewer { id registrations(first: 1000) { totalCount } responses { totalCount } } network { name } }",
    "{ liveCursor offers(first: 1000) { totalCount } }",
    "{ __schema { queryType { name } types { name kind } } offers(first: 3) { nodes { title } } __typename }",
    """{ a: __type(name: "Offer") { name fields { name type { name } } } none: __type(name: "No") { name }
      groups { totalCount } }""",
    "{ __schema { queryType { name } } offers(first: 1000) { totalCount } }",
    "{ __typename offers(filter: {topics: []}, first: 0) { totalCount } }",
    TYPE,
]


@pytest.mark.walk
@pytest.mark.parametrize("viewer", VIEWERS)
async def test_a_root_fails_alone(world: World, viewer: str) -> None:
    ring = await Ring.of(world)
    for document in REFUSED:
        for _time in range(2):
            await ring.compare(document, {}, viewer)
    await ring.compare(TYPE, {"name": "Offer", "yes": True}, viewer)
    await ring.compare(TYPE, {"name": "Nothing", "yes": True}, viewer)
    assert ring.seen["NoneType"] == 0
