"""Columns that behave the same on SQLite and on PostgreSQL."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from tortoise import fields
from tortoise.migrations.constraints import CheckConstraint


def now() -> datetime:
    """The present instant in UTC, to the microsecond."""
    return datetime.now(UTC)


class InstantField(fields.DatetimeField):  # type: ignore[type-arg]
    """An instant, stored in UTC whatever offset it came with.

    SQLite keeps datetimes as text: with mixed offsets, order and comparison would be wrong.
    """

    def to_db_value(self, value: Any, instance: Any) -> Any:
        if isinstance(value, datetime):
            value = value.astimezone(UTC)
        return super().to_db_value(value, instance)


class SortKeyField(fields.CharField[str]):
    """Folded text that sorts by its code points on both databases, whatever the database's locale."""

    class _db_postgres:
        def __init__(self, field: "SortKeyField") -> None:
            self.field = field

        @property
        def SQL_TYPE(self) -> str:  # noqa: N802
            return f'VARCHAR({self.field.max_length}) COLLATE "C"'


# The names of all states that a column can hold: words of ours, whoever asks.
NAMES: set[str] = set()


def one_of(column: str, values: type[StrEnum], table: str) -> CheckConstraint:
    """A check that `column` of `table` holds one of the names of `values`, or is null."""
    NAMES.update(value.value for value in values)
    names = ", ".join(f"'{value.value}'" for value in values)
    return CheckConstraint(check=f"{column} IN ({names})", name=f"{table}_{column}_known")


def check(name: str, sql: str) -> CheckConstraint:
    """A check constraint named `name`."""
    return CheckConstraint(check=sql, name=name)


class Hideable:
    """The columns of what the office can take out of everybody's sight: members, groups, posts, events, entries.

    `withheld_at` is since when others don't see it: it is hidden itself, or what it belongs to is out of sight. Null
    where they do. The database keeps it, whatever changes: see models/migrations/0018_out_of_sight.py.
    """

    hidden_at = InstantField(null=True)
    hidden_reason = fields.CharField(max_length=1000, null=True)
    withheld_at = InstantField(null=True)
