"""JSON (RFC 8259) as clients send it: read by orjson, and what it refuses although it is JSON.

Half of a character that takes two escapes, as in `"\\ud83c"`, is grammatical (RFC 8259, 8.2), and no text: it is read
as U+FFFD, which no text that is stored may hold. A number too large for a float is read as the largest one. What is
nested deeper than anything that the API takes is read as null. So whoever sent it is told about that one operation.
What has more commas than any request that is answered isn't read: each value costs its time, and its memory.
"""

import json
import re
import sys
from typing import Any

import orjson

# Deeper than any input, and not so deep that orjson couldn't write it.
_DEEPEST = 200
# To look for what is nested too deep takes its time for each bracket: with more than these it isn't read at all.
_MOST_BRACKETS = 10_000
# Ten times what variables may hold, for texts have commas, too; of what orjson refuses so many halves are looked for.
MOST_COMMAS, _MOST_HALVES = 20_000, 1000
# Escapes, which strings alone have, with what lies between: whole ones, both halves of a character among them; or half.
_ESCAPES = re.compile(
    rb"((?:\\(?:[^u]|u(?![dD][89a-fA-F])|u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})[^\\]*+)++)"
    rb"|\\u[dD][89a-fA-F][0-9a-fA-F]{2}",
    re.DOTALL,
)
_STEP = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)


class TooManyCommasError(ValueError):
    """The JSON has more commas than `MOST_COMMAS`."""


def read(text: str | bytes) -> Any:
    """What the JSON says. Raises `json.JSONDecodeError` where it is none, and `TooManyCommasError`."""
    commas = text.count(",") if isinstance(text, str) else text.count(b",")
    if commas > MOST_COMMAS:
        raise TooManyCommasError(f"There are more than {MOST_COMMAS} commas.")
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        data = text.encode(errors="replace") if isinstance(text, str) else text
        try:
            return _read_anyhow(_shallow(_without_halves(data, _MOST_HALVES)))
        except ValueError:
            raise error from None


def _read_anyhow(data: bytes) -> Any:
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return _with_large_numbers(data)


def write(value: Any) -> bytes:
    """`value` as JSON. Half of a character in it is written as U+FFFD; what no JSON can say raises `TypeError`."""
    try:
        return orjson.dumps(value)
    except TypeError:
        try:
            return _without_halves(json.dumps(value, allow_nan=False, separators=(",", ":")).encode())
        except (ValueError, RecursionError) as error:
            raise TypeError(str(error)) from error


def _without_halves(data: bytes, most: int = 0) -> bytes:
    """The JSON with U+FFFD for halves: for so many at most, where that is said."""
    return _ESCAPES.sub(lambda found: found[1] or rb"\ufffd", data, count=2 * most)


def _shallow(data: bytes) -> bytes:
    """The JSON with null in place of what is nested too deep, which isn't looked at."""
    if not _DEEPEST < data.count(b"[") + data.count(b"{") <= _MOST_BRACKETS:
        return data
    kept, depth, begin = [], 0, 0
    for step in _STEP.finditer(data):
        if step[0] in b"[{":
            depth += 1
            if depth == _DEEPEST + 1:
                kept.append(data[begin : step.start()] + b"null")
        elif step[0] in b"]}":
            depth -= 1
            if depth == _DEEPEST:
                begin = step.end()
    return data if depth > _DEEPEST else b"".join((*kept, data[begin:]))


def _with_large_numbers(data: bytes) -> Any:
    try:
        return json.loads(data.decode(), parse_float=_finite, parse_int=_small, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("This is nested too deep.") from None


def _finite(digits: str) -> float:
    number = float(digits)
    return max(-sys.float_info.max, min(number, sys.float_info.max))


def _small(digits: str) -> int | float:
    return int(digits) if len(digits) < 19 else _finite(digits)  # what has more may not fit in 64 bits


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is no JSON.")
