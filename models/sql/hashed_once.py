"""Values that are keys again and again: their hash is found out once."""

from collections.abc import Callable
from typing import Any, TypeVar

Kind = TypeVar("Kind", bound=type[Any])


def hashed_once(cls: Kind) -> Kind:
    """Have a frozen dataclass keep its hash, which else is put together of all its fields whenever it is looked up.

    Kept statements are found by such values, some of them nested: that was a tenth of what a small query takes.
    """
    put_together: Callable[[Any], int] = cls.__hash__  # type: ignore[assignment]

    def kept(self: Any) -> int:
        known: dict[str, Any] = self.__dict__
        try:
            return known["_hash"]  # type: ignore[no-any-return]
        except KeyError:
            made = known["_hash"] = put_together(self)
            return made

    cls.__hash__ = kept  # type: ignore[assignment]
    return cls
