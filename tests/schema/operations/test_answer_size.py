"""An answer is no larger than allowed, and tells no more errors than a person reads."""

from typing import Any

import orjson
import pytest
from graphql import ExecutionResult, GraphQLError
from graphql.execution.values import VariableValues
from hypothesis import given
from hypothesis import strategies as st

from schema.documents.bounds import Bounds
from schema.execution.executor import Executor
from schema.operations.answer_size import BYTES_OF_POINT, MOST_ERRORS, bounded, may_be_too_large, measured, room_left
from schema.operations.error_masking import code_of
from schema.roots import build
from tests.world import World

# Letters that are written as they are.
LETTERS = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters='"\\'))
VALUES: Any = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | LETTERS,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text("abc"), inner, max_size=5),
)


@given(VALUES)
def test_at_least_what_is_written_is_counted(value: Any) -> None:
    written = len(orjson.dumps(value))
    assert 1_000_000 - room_left(value, 1_000_000) + 2 >= written
    # And what is written to be measured is told as it is.
    found, left = measured(value, 1000, 1, BYTES_OF_POINT)
    assert left == 1000 - written
    assert orjson.dumps({"a": found}) == orjson.dumps({"a": value})


def test_what_could_be_many_times_too_large_is_not_written() -> None:
    value = [["x" * 1000] * 1000] * 1000
    most = 2 * BYTES_OF_POINT
    found, left = measured(value, most, 9, most)
    assert found is value
    assert left < 0


def test_it_ends_where_there_is_no_more_room() -> None:
    shared = ["x" * 1000] * 1000
    assert room_left([shared] * 1000, 10_000) < 0
    assert room_left("ä" * 6, 10) < 0


def test_a_root_that_is_too_large_is_null_and_those_that_fit_stay() -> None:
    result = ExecutionResult({"a": "x", "b": ["y" * 100] * 100, "c": None}, None)
    most = 1000
    found = bounded(result, most // BYTES_OF_POINT + 1, most)
    assert found.data == {"a": "x", "b": None, "c": None}
    assert [error.path for error in found.errors or ()] == [["b"]]
    assert bounded(result, 0, most).data == result.data
    assert not may_be_too_large(most // BYTES_OF_POINT, most)


def test_of_many_errors_some_are_told() -> None:
    errors = [GraphQLError(str(number)) for number in range(1000)]
    assert len(bounded(ExecutionResult({}, errors), 0, 1000).errors or ()) == MOST_ERRORS


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("points", [1, 10])
async def test_so_it_is_of_what_is_for_bytes(world: World, points: int) -> None:
    schema = build(bounds=Bounds(answer_bytes=1100))
    owner = await world.member()
    for number in range(20):
        await world.offer(f"Eintrag {number}", owner)
    operation = schema.operations.of("{ a: __typename b: offers { nodes { id title slug } } c: __typename }", None)
    variables = VariableValues({}, {})
    plan = operation.plan(variables)
    assert plan is not None
    context = await world.context()
    result = await Executor(schema, operation, context, variables, points=points, for_bytes=True).execute(plan)
    assert orjson.loads(orjson.dumps(result.data)) == {"a": "Query", "b": None, "c": "Query"}
    assert [(error.path, code_of(error)) for error in result.errors or ()] == [(["b"], "TOO_COMPLEX")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_is_wrong_at_each_of_many_objects_is_told_of_some(world: World) -> None:
    owner = await world.member()
    for number in range(60):
        await world.offer(f"Eintrag {number}", owner)
    document = "{ offers(first: 100) { nodes { title owner { offers(first: 101) { totalCount } } } } }"
    answer = await world.ask(document)
    assert answer.data is not None
    assert [one["owner"] for one in answer.data["offers"]["nodes"]] == [None] * 60
    assert answer.codes == ["BAD_REQUEST"] * MOST_ERRORS
