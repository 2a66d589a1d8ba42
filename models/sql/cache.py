"""What a process remembers of the database that is open."""

from collections.abc import Hashable
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from tortoise.connection import get_connections

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class PerDatabaseCache(Generic[Key, Value]):
    """Values by keys, of each database that is open by itself, as long as it is; `most` at most, then the newest."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._by_database: WeakKeyDictionary[object, dict[Key, Value]] = WeakKeyDictionary()

    def get(self, key: Key) -> Value | None:
        """The value, None where there is none."""
        known = self._by_database.get(get_connections())
        return known.get(key) if known else None

    def keep(self, key: Key, value: Value) -> None:
        """Remember it."""
        known = self._by_database.setdefault(get_connections(), {})
        known.pop(key, None)
        known[key] = value
        if len(known) > self._most:
            del known[next(iter(known))]
