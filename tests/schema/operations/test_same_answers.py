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
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strawberry.types import ExecutionResult

import models
from models import Account
from resolvers.context import Context, system_context
from resolvers.demo import load_demo
from schema.declare.ids import global_id
from schema.operations.extensions import code_of
from schema.operations.fast_path import FastPath
from schema.roots import build
from tests.schema.operations.documents import random_documents, sensible, variables_for, written_documents
from tests.world import SCHEMA, World

STOCK = build(breadth_first=False)
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
        assert _errors(through) == _errors(stock), where
        prepared = DIRECT.prepared(document, None)
        answer = await DIRECT.answer(prepared, variables, self.context(viewer)) if prepared else None
        self.seen["directly" if answer is not None else "given back"] += 1
        if answer is not None:
            assert not stock.errors, where
            assert answer == orjson.dumps({"data": stock.data}), where


def _errors(result: ExecutionResult) -> set[tuple[Any, ...]]:
    """Path and code of each error, less those beneath a place that another one nulled."""
    found = {(tuple(error.path or ()), code_of(error)) for error in result.errors or ()}
    nulled = [path for path, _code in found if _is_null(result.data, path)]
    return {
        (path, code)
        for path, code in found
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
    yield made
    assert made.seen["directly"] > made.seen["given back"], made.seen


@settings(max_examples=50, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
@given(document=random_documents(), seed=st.integers(0, 2**32), viewer=st.sampled_from(VIEWERS))
async def test_random_documents(ring: Ring, document: str, seed: int, viewer: str) -> None:
    await ring.compare(sensible(document, seed, ring.ids), {}, viewer)


@pytest.mark.soak
@settings(max_examples=3000, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(document=random_documents(), seed=st.integers(0, 2**32), viewer=st.sampled_from(VIEWERS))
async def test_many_random_documents(ring: Ring, document: str, seed: int, viewer: str) -> None:
    await ring.compare(sensible(document, seed, ring.ids), {}, viewer)


async def test_written_documents(ring: Ring) -> None:
    documents = written_documents()
    assert len(documents) > 100
    for number, document in enumerate(documents):
        dice = Random(number)
        await ring.compare(document, variables_for(document, dice, ring.ids), dice.choice(VIEWERS))
