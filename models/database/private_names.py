"""Names that libraries keep to themselves: each is used in one adapter, and looked for when that is imported."""

from typing import Any


def look_for(owner: Any, what: str, *names: str) -> None:
    """Raises `ImportError`, which says what to look for, where a class or module of a library lacks one of the names.

    `what` says what they are to us. What a class only gives its objects is found in its `__init__`.
    """
    for name in names:
        if not hasattr(owner, name) and not any(name in _set_by(kind) for kind in getattr(owner, "__mro__", ())):
            where = f"{owner.__module__}.{owner.__qualname__}" if isinstance(owner, type) else owner.__name__
            raise ImportError(f"{where} has no `{name}` any more: {what}. Look for what the library has instead.")


def _set_by(kind: type) -> tuple[str, ...]:
    code = getattr(vars(kind).get("__init__"), "__code__", None)
    return (*getattr(code, "co_names", ()), *vars(kind).get("__annotations__", {}))
