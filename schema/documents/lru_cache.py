"""A cache that is bounded in bytes: what was used least recently makes room."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")

# Nothing is kept that alone would take more than this part of the cache, where nothing else is said.
_LARGEST_PART = 8


class BytesCache(Generic[Value]):
    """Values by key, of at most `most` bytes together, as whoever keeps them says. `changed` is called when that is
    more or less than before.

    None is larger than `largest`, a part of that. Every request looks into several of them: cachetools' own takes ten
    times as long.
    """

    def __init__(self, most: int, changed: Callable[[], None] | None = None, largest: int | None = None) -> None:
        self._changed = changed
        self._most = most
        self._largest = most // _LARGEST_PART if largest is None else min(largest, most)
        # What was used last stands last.
        self._kept: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._size = 0

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size(self) -> int:
        """The bytes of all that is kept."""
        return self._size

    def get(self, key: Hashable) -> Value | None:
        """The value of a key, which is used by that; None where it isn't kept."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def keep(self, key: Hashable, value: Value, size: int) -> bool:
        """Keep a value of so many bytes, its key's among them, or one that has grown. False where it is too large."""
        before = self._size
        self.drop(key)
        if size > self._largest:
            return False
        while self._size + size > self._most:
            _key, (_value, least) = self._kept.popitem(last=False)
            self._size -= least
        self._kept[key] = (value, size)
        self._size += size
        if self._changed is not None and self._size != before:
            self._changed()
        return True

    def drop(self, key: Hashable) -> None:
        """Forget the value of a key, if there is one."""
        found = self._kept.pop(key, None)
        if found is not None:
            self._size -= found[1]

    def clear(self) -> None:
        """Forget all of them."""
        self._kept.clear()
        self._size = 0
        if self._changed is not None:
            self._changed()
