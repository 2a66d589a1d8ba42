"""A cache that is bounded in bytes: what was used least recently makes room."""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from cachetools import LRUCache

Value = TypeVar("Value")

# Nothing is kept that alone would take more than this part of the cache, where nothing else is said.
_LARGEST_PART = 8


class BytesCache(Generic[Value]):
    """Values by key, of at most `most` bytes together, as whoever keeps them says. `changed` is called after that.

    None is larger than `largest`, a part of that.
    """

    def __init__(self, most: int, changed: Callable[[], None] | None = None, largest: int | None = None) -> None:
        self._changed = changed
        self._largest = most // _LARGEST_PART if largest is None else min(largest, most)
        self._kept: LRUCache[Hashable, tuple[Value, int]] = LRUCache(most, getsizeof=_size)

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size(self) -> int:
        """The bytes of all that is kept."""
        return int(self._kept.currsize)

    def get(self, key: Hashable) -> Value | None:
        """The value of a key, which is used by that; None where it isn't kept."""
        found = self._kept.get(key)
        return None if found is None else found[0]

    def keep(self, key: Hashable, value: Value, size: int) -> bool:
        """Keep a value of so many bytes, its key's among them, or one that has grown. False where it is too large."""
        if size > self._largest:
            self._kept.pop(key, None)
            return False
        self._kept[key] = (value, size)
        if self._changed is not None:
            self._changed()
        return True

    def drop(self, key: Hashable) -> None:
        """Forget the value of a key, if there is one."""
        self._kept.pop(key, None)

    def clear(self) -> None:
        """Forget all of them."""
        self._kept.clear()
        if self._changed is not None:
            self._changed()


def _size(kept: tuple[object, int]) -> int:
    return kept[1]
