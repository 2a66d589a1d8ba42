"""An answer is no larger than allowed, and tells no more errors than a person reads."""

from typing import Any

import orjson
import pytest
from graphql import ExecutionResult, GraphQLError
from hypothesis import given
from hypothesis import strategies as st

from schema.operations.answer_size import BYTES_OF_POINT, MOST_ERRORS, bounded, may_be_too_large, room_left
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
async def test_what_is_wrong_at_each_of_many_objects_is_told_of_some(world: World) -> None:
    owner = await world.member()
    for number in range(60):
        await world.offer(f"Eintrag {number}", owner)
    document = "{ offers(first: 100) { nodes { title owner { offers(first: 101) { totalCount } } } } }"
    answer = await world.ask(document)
    assert answer.data is not None
    assert [one["owner"] for one in answer.data["offers"]["nodes"]] == [None] * 60
    assert answer.codes == ["BAD_REQUEST"] * MOST_ERRORS
