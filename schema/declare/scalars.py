"""Scalars of the contract.

What people type (EmailAddress, PhoneNumber, URL) passes as text and is judged by the mutation, which answers in
userErrors; what a program writes (DateTime, Date) fails the request where it is wrong.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, NewType

import strawberry
from graphql import GraphQLError, ValueNode, value_from_ast_untyped
from strawberry.types.scalar import ScalarDefinition

_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def _read_instant(value: object) -> datetime:
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        whole, _dot, rest = value.upper().partition(".")
        if rest:  # Python reads microseconds at most
            digits = re.match(r"\d+", rest).group()  # type: ignore[union-attr]
            value = f"{whole}.{digits[:6]:0<6}{rest[len(digits) :]}"
        try:
            return datetime.fromisoformat(value.upper().replace("Z", "+00:00")).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise GraphQLError("DateTime is an RFC 3339 instant with an offset, such as 2026-05-04T18:00:00+02:00.")


def write_instant(value: datetime) -> str:
    """An instant as text, in UTC."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _read_day(value: object) -> date:
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise GraphQLError("Date is an ISO 8601 calendar date, such as 2026-05-04.")


def write_day(value: date) -> str:
    """A day as text."""
    return value.isoformat()


def _read_time(value: object) -> str:
    if isinstance(value, str) and _TIME.fullmatch(value):
        return value
    raise GraphQLError("LocalTime is a time of the day as HH:MM, such as 17:30, at most 23:59.")


def _read_text(value: object) -> str:
    if not isinstance(value, str):
        raise GraphQLError("Text is expected here.")
    return value


def _of_literal(read: Callable[[object], Any]) -> Callable[..., Any]:
    """As `read`, for a literal of a document: what is wrong with it says where it stands."""

    def read_literal(node: ValueNode, variables: dict[str, Any] | None = None) -> Any:
        try:
            return read(value_from_ast_untyped(node, variables))
        except GraphQLError as error:
            raise GraphQLError(error.message, node) from error

    return read_literal


EmailAddress = NewType("EmailAddress", str)
PhoneNumber = NewType("PhoneNumber", str)
URL = NewType("URL", str)
LocalTime = NewType("LocalTime", str)

SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="RFC 3339 instant, always with an offset, fractions of a second optional; answered in UTC.",
        specified_by_url="https://scalars.graphql.org/chillicream/date-time.html",
        parse_value=_read_instant,
        parse_literal=_of_literal(_read_instant),
        serialize=write_instant,
    ),
    date: strawberry.scalar(
        name="Date",
        description="ISO 8601 calendar date, such as 2026-05-04.",
        specified_by_url="https://scalars.graphql.org/andimarek/local-date.html",
        parse_value=_read_day,
        parse_literal=_of_literal(_read_day),
        serialize=write_day,
    ),
    LocalTime: strawberry.scalar(
        name="LocalTime",
        description="A time of the day as HH:MM, such as 17:30, in the town's own time.",
        parse_value=_read_time,
        parse_literal=_of_literal(_read_time),
        serialize=str,
    ),
    EmailAddress: strawberry.scalar(
        name="EmailAddress",
        description="An e-mail address as RFC 5322 addr-spec; compared case-insensitively.",
        parse_value=_read_text,
        parse_literal=_of_literal(_read_text),
        serialize=str,
    ),
    PhoneNumber: strawberry.scalar(
        name="PhoneNumber",
        description="E.164 telephone number, such as +495361280; inputs also take the national form.",
        parse_value=_read_text,
        parse_literal=_of_literal(_read_text),
        serialize=str,
    ),
    URL: strawberry.scalar(
        name="URL",
        description="Absolute http or https URL.",
        parse_value=_read_text,
        parse_literal=_of_literal(_read_text),
        serialize=str,
    ),
}
