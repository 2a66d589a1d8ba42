"""In which order rows come: sort keys that the database compares and a cursor can hold."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.sql.expressions import SqlExpression
from models.sql.hashed_once import hashed_once


@hashed_once
@dataclass(frozen=True)
class Key:
    """One sort key, never null: a column of the row, or an `expression` over its columns, known as `name`."""

    name: str
    type: type
    descending: bool = False
    expression: SqlExpression | None = None

    def read(self, value: object) -> Any:
        """The key's value in a cursor. Raises `ValueError` where it can't be one."""
        if self.type is datetime and isinstance(value, str):
            instant = datetime.fromisoformat(value)
            if instant.tzinfo is not None:
                return instant
        elif self.type is float and isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        elif (self.type is int and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31) or (
            self.type is str and isinstance(value, str) and "\x00" not in value
        ):
            return value
        raise ValueError


@hashed_once
@dataclass(frozen=True)
class Order:
    """A total order: the last key is unique."""

    name: str
    keys: tuple[Key, ...]


def by_id(descending: bool = False) -> Key:
    """The key that makes an order total."""
    return Key("id", int, descending)


def by_instant(name: str, descending: bool = False) -> Key:
    """An instant that is never null."""
    return Key(name, datetime, descending)
