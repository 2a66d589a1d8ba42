"""What may be typed into the columns of a noun: declared once by it, judged alike for what is new and what changes.

_COLUMNS = {"title": line(longest=200, shortest=3, required=True), "venue": venue}
columns = await columns_of(_COLUMNS, check, values)
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from resolvers.inputs.validation import Check, Values
from resolvers.translation import _
from resolvers.user_errors import UserErrorCode

# Judges the field of this name, and gives the columns that it fills. It stands in the values, null where it is emptied.
Column = Callable[[Check, str, Values], Awaitable[dict[str, Any]]]


async def columns_of(columns: Mapping[str, Column], check: Check, values: Values) -> dict[str, Any]:
    """The columns of what stands in `values`. What is wrong with it, `check` holds afterwards."""
    found: dict[str, Any] = {}
    for name, column in columns.items():
        if name in values:
            found |= await column(check, name, values)
    return found


def text(**bounds: Any) -> Column:
    """Text, as `Check.text` judges it within these bounds."""
    return _judged(Check.text, **bounds)


def line(**bounds: Any) -> Column:
    """Text on one line, as `Check.line` judges it within these bounds."""
    return _judged(Check.line, **bounds)


def number(**bounds: Any) -> Column:
    """A number, as `Check.number` judges it within these bounds."""
    return _judged(Check.number, **bounds)


def _judged(judge: Callable[..., Any], **bounds: Any) -> Column:
    async def column(check: Check, name: str, values: Values) -> dict[str, Any]:
        return {name: judge(check, name, values, **bounds)}

    return column


# An e-mail address, a telephone number, the address of a website.
email, phone, url = _judged(Check.email), _judged(Check.phone), _judged(Check.url)


async def as_given(check: Check, name: str, values: Values) -> dict[str, Any]:
    """Whatever was given: its type is right already, and it may be empty."""
    return {name: values[name]}


def chosen(message: str = _("Please fill this in.")) -> Column:
    """One of several, which must not be emptied: then `message` says so."""

    async def column(check: Check, name: str, values: Values) -> dict[str, Any]:
        if values[name] is None:
            check.fail(name, UserErrorCode.REQUIRED, message)
        return {name: values[name]}

    return column


async def district(check: Check, name: str, values: Values) -> dict[str, Any]:
    """A part of the town, by its slug."""
    return {f"{name}_id": await check.district(name, values)}


async def venue(check: Check, name: str, values: Values) -> dict[str, Any]:
    """A place: all of its columns, replaced as a whole."""
    return await check.venue(values)
