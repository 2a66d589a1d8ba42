"""How large an answer is, found out before it is written, or as a part of that: what is too large isn't told."""

from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError

from auth.refusals import TooComplex

# For a point of its cost an answer has at most so many bytes: the longest texts cost accordingly.
BYTES_OF_POINT = 4096
# So many errors an answer tells at most.
MOST_ERRORS = 50
# What a number, an instant, a truth takes, and what a value takes besides, at most.
_OTHER, _BESIDES = 32, 4
# What can't be larger than so many times what it may be is written at once, and its length looked at: to count what
# each value takes costs as much as a third of all else that is done for an answer.
_WRITTEN_TIMES = 4


def may_be_too_large(points: int, most: int) -> bool:
    """Whether an answer that costs so much could have more than `most` bytes."""
    return points * BYTES_OF_POINT > most


def room_left(value: Any, room: int) -> int:
    """What is left of so many bytes behind a value of an answer as JSON, about; below 0 as soon as it doesn't fit."""
    todo = [value]
    while todo and room >= 0:
        one = todo.pop()
        kind = type(one)
        if kind is str:
            room -= (len(one) if one.isascii() else len(one.encode(errors="replace"))) + _BESIDES
        elif kind is dict:
            room -= sum(map(len, one)) + _BESIDES * len(one) + _BESIDES
            todo += one.values()
        elif kind is list:
            room -= _BESIDES
            todo += one
        else:
            room -= _OTHER
    return room


def measured(value: Any, room: int, points: int, most: int) -> tuple[Any, int]:
    """A value of an answer that is for `orjson` with `OPT_UTC_Z`, or its bytes, and what is left behind it of `room`.

    The answer costs so many points, and may have `most` bytes.
    """
    if points * BYTES_OF_POINT > _WRITTEN_TIMES * most:
        return value, room_left(value, room)
    content = orjson.dumps(value, option=orjson.OPT_UTC_Z)
    return orjson.Fragment(content), room - len(content)


def too_large(most: int, key: str) -> GraphQLError:
    """The error of a root field whose value would make the answer larger than `most` bytes."""
    refusal = TooComplex(f"The answer would have more than {most} bytes: ask for fewer entries, or fewer fields.")
    return GraphQLError(str(refusal), path=[key], original_error=refusal)


def bounded(result: ExecutionResult, points: int, most: int) -> ExecutionResult:
    """A result without the root fields that would make it larger than `most` bytes, and not too many errors."""
    errors = list(result.errors or ())[:MOST_ERRORS]
    if not result.data or not may_be_too_large(points, most):
        return ExecutionResult(result.data, errors or None)
    room = most
    data: dict[str, Any] = {}
    for key, value in result.data.items():
        left = room_left(value, room)
        if left < 0:
            errors.append(too_large(most, key))
        data[key], room = (None, room) if left < 0 else (value, left)
    return ExecutionResult(data, errors or None)
