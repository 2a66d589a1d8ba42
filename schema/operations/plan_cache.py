"""A schema with what the executor keeps of the operations that were executed on it: gone when the schema is."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Any, Generic, TypeVar

import strawberry

Value = TypeVar("Value")


class BoundedCache(Generic[Value]):
    """The newest `most` values, by key."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, Value] = OrderedDict()

    def get(self, key: Hashable) -> Value | None:
        """The value of a key, None where it isn't kept."""
        return self._known.get(key)

    def keep(self, key: Hashable, value: Value) -> Value:
        """Keep a value; the oldest makes room."""
        self._known[key] = value
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return value


class PlannedSchema(strawberry.Schema):
    """A schema whose operations are planned."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        # By the identity of an operation, which is kept with its plans.
        self.plans: BoundedCache[Any] = BoundedCache(500)
        # By a field of a document and its variables: its arguments as the resolver takes them.
        self.values: BoundedCache[dict[str, Any]] = BoundedCache(10_000)
