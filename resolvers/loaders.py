"""Batch functions through DataLoaders: how the stock executor of GraphQL calls them.

A relation is one function, all parents in, all results out, one statement a level:

    async def owners(ctx, parents, columns, **arguments) -> Sequence[Row | Refusal | None]

in the order of the parents, with refusals as values. `Loaders.load` gathers the parents of one level.
"""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from strawberry.dataloader import DataLoader

from auth.access.rows import InContext

Batch = Callable[..., Awaitable[Sequence[Any]]]


def identity(parent: Any) -> object:
    """What tells the parents of a level apart: the key of a row, else the object itself."""
    key = getattr(parent, "pk", None)
    return (type(parent), key) if key is not None else id(parent)


class Loaders:
    """The DataLoaders of one operation, or of one live update: what they remember is as old as they are."""

    def __init__(self, ctx: InContext) -> None:
        self._ctx = ctx
        self._loaders: dict[object, DataLoader[Any, Any]] = {}

    async def load(self, batch: Batch, parent: Any, columns: frozenset[str], arguments: dict[str, Any]) -> Any:
        """The result of `batch` for `parent`, computed together with those of its neighbours."""
        key = (batch, columns, repr(sorted(arguments.items())))
        loader = self._loaders.get(key)
        if loader is None:
            loader = self._loaders[key] = DataLoader(
                load_fn=partial(self._call, batch, columns, arguments), cache_key_fn=identity
            )
        return await loader.load(parent)

    async def _call(
        self, batch: Batch, columns: frozenset[str], arguments: dict[str, Any], parents: list[Any]
    ) -> Sequence[Any]:
        return await batch(self._ctx, parents, columns, **arguments)
