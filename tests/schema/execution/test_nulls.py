"""Where there must be a value there never is null, whatever a batch function gives: both executors say the same.

A schema of its own, with a relation of each shape: nullable or not, of objects or of leaves, of one or of a list.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import orjson
import pytest
import strawberry
from strawberry.types import ExecutionResult

from resolvers.context import Context
from schema.declare.fields import plain, relation, root
from schema.execution.fast_path import FastPath
from schema.execution.planned_schema import PlannedSchema
from schema.execution.strawberry_hook import BreadthFirst
from schema.nodes import row_type
from tests.world import World


@dataclass(eq=False)
class Row:
    """What things are made of."""

    name: str | None


ROWS = [Row("a"), Row("b")]
GIVEN: dict[str, Any] = {}


async def rows(_ctx: Context, _columns: frozenset[str]) -> list[Row]:
    """The roots."""
    return ROWS


async def given(_ctx: Context, parents: Sequence[Row], _columns: frozenset[str]) -> Sequence[Any]:
    """For each parent what the test says."""
    return [GIVEN[parent.name or ""] for parent in parents]


@row_type(Row, "A thing.")
class Thing:
    name: str = plain("Its name.")
    one: "Thing" = relation(given, "One.", needs=["name"])
    one_or_none: "Thing | None" = relation(given, "One or none.", needs=["name"])
    some: "list[Thing]" = relation(given, "Some.", needs=["name"])
    some_or_none: "list[Thing] | None" = relation(given, "Some, or none.", needs=["name"])
    some_with_gaps: "list[Thing | None]" = relation(given, "Some, with gaps.", needs=["name"])
    some_with_gaps_or_none: "list[Thing | None] | None" = relation(given, "Some, with gaps, or none.", needs=["name"])
    text: str = relation(given, "A text.", needs=["name"])
    text_or_none: str | None = relation(given, "A text or none.", needs=["name"])
    texts: list[str] = relation(given, "Texts.", needs=["name"])
    texts_with_gaps: list[str | None] | None = relation(given, "Texts, with gaps, or none.", needs=["name"])


@strawberry.type
class Query:
    things: list[Thing] | None = root(rows, "All things.")


FAST, STOCK = [
    PlannedSchema(query=Query, execution_context_class=executor, extensions=[]) for executor in (BreadthFirst, None)
]
DIRECT = FastPath(FAST)
X, NAMELESS = Row("x"), Row(None)
OBJECTS: list[Any] = [None, X, NAMELESS]
LISTS: list[Any] = [None, [], [None], [X], [X, None], [X, NAMELESS]]
SHAPES: dict[str, list[Any]] = {
    "one": OBJECTS,
    "oneOrNone": OBJECTS,
    "some": LISTS,
    "someOrNone": LISTS,
    "someWithGaps": LISTS,
    "someWithGapsOrNone": LISTS,
    "text": [None, "x"],
    "textOrNone": [None, "x"],
    "texts": [None, [], [None], ["x"], ["x", None]],
    "textsWithGaps": [None, [], [None], ["x"], ["x", None]],
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("shape", list(SHAPES))
async def test_null_stands_only_where_it_may(world: World, shape: str) -> None:
    """Every value at the beginning and at the end of a level, beside every other one."""
    inner = "" if shape.startswith("text") else " { name }"
    document = f"{{ things {{ name {shape}{inner} }} }}"
    operation = FAST.operations.of(document, None)
    directly = 0
    for values in product(SHAPES[shape], repeat=2):
        GIVEN.update(zip("ab", values, strict=True))
        contexts = [replace(await world.context(), live_cursor=None) for _number in range(3)]
        stock = await STOCK.execute(document, context_value=contexts[0])
        through = await FAST.execute(document, context_value=contexts[1])
        answer = await DIRECT.answer(operation, {}, contexts[2])
        assert through.data == stock.data, values
        assert bool(through.errors) == bool(stock.errors), values
        if isinstance(answer, ExecutionResult):
            assert stock.errors, values
            assert orjson.loads(orjson.dumps(answer.data)) == stock.data, values
        else:
            assert answer is not None
            assert not stock.errors, values
            assert orjson.loads(answer)["data"] == stock.data, values
            directly += 1
    assert directly, "nothing was executed level by level"
