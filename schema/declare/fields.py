"""How the types of `schema/` declare their fields.

- `plain`: an attribute of the row.
- `computed`: a method that looks at nothing but its row.
- `relation`: a batch function of `resolvers/` (see `resolvers.loaders`), through a DataLoader. The function
  stands in the field's metadata, where executor and hub read them.
- `root`, `subscription`: the fields of the roots.

Resolvers return rows; `is_type_of` says which row is which type.
"""

import inspect
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from operator import attrgetter
from typing import Any, TypeVar

import strawberry

from resolvers.context import Context
from resolvers.loaders import Batch
from schema.declare.arguments import sign
from schema.declare.info import Info, selected
from schema.declare.inputs import given_values
from schema.declare.prices import LIST, STATEMENT, VALUE, Price, Size
from schema.declare.seen_by import SeenBy
from subscriptions.changes import Noun
from subscriptions.response_cache import row_tags

Type = TypeVar("Type")


class Uncacheable(Enum):
    """Why no answer that holds this field is cached."""

    UNKNOWN = "nobody has said what it depends on"
    BY_CLOCK = "its value changes by time alone"
    BY_LOG = "it says where the log of changes stands"


BY_CLOCK, BY_LOG = Uncacheable.BY_CLOCK, Uncacheable.BY_LOG


# What a field's value depends on for a guest, besides the row that it belongs to: empty, where of nothing else.
DependsOn = Collection[Noun] | Uncacheable


EVERYTHING: Collection[Noun] = frozenset(Noun)


# Which rows a root shows, as tags (`subscriptions.response_cache`): of what it found, and its arguments.
ShownRows = Callable[..., Iterable[str]]


@dataclass(frozen=True)
class Relation:
    """What is known of a relation: its batch function, and fixed arguments of it."""

    batch: Batch
    fixed: dict[str, Any]
    # The columns of the parents that the function reads; None: nobody said.
    needs: frozenset[str] | None


def plain(
    description: str,
    *,
    name: str | None = None,
    depends_on: DependsOn = (),
    price: Price = VALUE,
    size: int | Size | None = None,
    seen_by: SeenBy = SeenBy.EVERYONE,
) -> Any:
    """A field that is an attribute of the row, of the same name. Who sees the object sees it.

    `seen_by`: who that is where it holds anything only of what not everyone sees.

    `price`: what it costs. `size`: of a list of objects, how many there may be; None where a field above says.
    """
    metadata = {"depends_on": depends_on, "price": price, "size": size, "seen_by": seen_by}
    return strawberry.field(description=description, name=name, metadata=metadata)


def computed(
    description: str, *, needs: Collection[str] | None = None, within: bool = False, size: int | None = None
) -> Callable[[Callable[..., Any]], Any]:
    """A method as a field: computed from the row (`self`) and, if it takes that, `info`, without fetching anything.

    `needs`: the columns that it reads, of an edge those of `row`; where they aren't said, whole rows are read for it.
    `within`: what it gives is the row itself, as another type. `size`: of a list of objects, how many there may be.
    """

    def decorate(method: Callable[..., Any]) -> Any:
        known = None if needs is None else frozenset(needs)
        takes_info = "info" in inspect.signature(method).parameters
        metadata = {"depends_on": (), "method": method, "needs": known, "within": within, "takes_info": takes_info}
        if size is not None:
            metadata["size"] = size
        return strawberry.field(resolver=method, description=description, metadata=metadata)

    return decorate


def of_row(column: str, description: str) -> Any:
    """A field of an edge: a column of the row that the edge is made of, which isn't its node."""
    read = attrgetter(f"row.{column}")

    def resolve(self: Any) -> Any:
        return read(self)

    known = {"method": read, "needs": frozenset((column,)), "within": False, "of_row": column}
    metadata = {"depends_on": (), **known}
    return strawberry.field(resolver=resolve, description=description, metadata=metadata)


def relation(
    batch: Batch,
    description: str,
    *,
    depends_on: DependsOn = Uncacheable.UNKNOWN,
    arguments: dict[str, Any] | None = None,
    ids: Mapping[str, str] | None = None,
    needs: Collection[str] | None = None,
    seen_by: SeenBy = SeenBy.EVERYONE,
    price: Price | None = None,
    size: int | Size | None = None,
    **fixed: Any,
) -> Any:
    """A field that `batch` resolves, for all parents of a level at once.

    `price`: what it costs; left out, what a statement does. `size`: of a list of objects that is no page of one, how
    many there may be.

    `seen_by`: who sees it of those who see its object. `batch` decides that, by `auth.access`; here it is said.

    `needs`: the columns of the parents that `batch` reads; where they aren't said, whole rows are read for it. An
    `auth.access.rows.ForeignKeyRelation` says so itself, and may be read by a join with its parents.

    `depends_on` names the nouns whose rows `batch` looks at for a guest, filters and visibility included. Where `batch`
    asks what time it is, that is BY_CLOCK.

    `arguments` are GraphQL arguments by Python name, each optional: those of a page reach `batch` together as
    `page: PageArguments`, inputs as what their `plain()` gives, what was left out not at all. `ids` says of which type
    an opaque id among them is: it becomes the key of the row, -1 (nobody's) where it is none of that type; null is as
    if it were left out. `fixed` is handed to `batch` as it is.
    """
    arguments = arguments or {}

    async def resolve(self: Any, info: Info, **given: Any) -> Any:
        values = given_values(given, paged="first" in arguments, ids=ids)
        return await info.context.loaders.load(batch, self, selected(info), {**fixed, **values})

    sign(resolve, arguments)
    return strawberry.field(
        resolver=resolve,
        description=description,
        metadata={
            "depends_on": depends_on,
            "seen_by": seen_by,
            "relation": Relation(batch, fixed, None if needs is None else frozenset(needs)),
            "price": price or (LIST if "first" in arguments else STATEMENT),
            "size": size,
            "paged": "first" in arguments,
            "ids": ids,
        },
    )


def root(
    resolver: Callable[..., Awaitable[Any]],
    description: str,
    *,
    depends_on: DependsOn = Uncacheable.UNKNOWN,
    shows: ShownRows | None = None,
    arguments: dict[str, Any] | None = None,
    price: Price | None = None,
    size: int | Size | None = None,
    semantic_non_null: bool = False,
) -> Any:
    """A root field: `resolver(ctx, columns, **arguments)`, with all but `shows` as in `relation`.

    `semantic_non_null`: it is null only where there is an error (`schema.semantic_nulls`).

    What has a `size` is no page: then an argument `first` reaches the resolver as it is.

    Where the answer depends on single rows of the nouns that it is made of, `shows` says on which: what changes others
    leaves it cached.
    """
    if shows is not None:
        resolver = _showing(resolver, shows)
    arguments = arguments or {}
    paged = "first" in arguments and size is None

    async def resolve(self: Any, info: Info, **given: Any) -> Any:
        values = given_values(given, paged=paged)
        return await resolver(info.context, selected(info), **values)

    sign(resolve, arguments)
    return strawberry.field(
        resolver=resolve,
        description=description,
        metadata={
            "depends_on": depends_on,
            "shows": resolver.__name__ if shows is not None else None,
            "root": resolver,
            "price": price or (LIST if paged else STATEMENT),
            "size": size,
            "paged": paged,
            "semantic_non_null": semantic_non_null,
        },
    )


def _showing(resolver: Callable[..., Awaitable[Any]], shows: ShownRows) -> Callable[..., Awaitable[Any]]:
    @wraps(resolver)
    async def show(ctx: Context, columns: frozenset[str], **arguments: Any) -> Any:
        found = await resolver(ctx, columns, **arguments)
        if ctx.shown is not None:
            ctx.shown.setdefault(resolver.__name__, set()).update(shows(found, **arguments))
        return found

    return show


def one_of(noun: Noun) -> ShownRows:
    """What a root shows that finds a row of this noun, or none: then any that comes may be it."""

    def shows(row: Any, **arguments: Any) -> Iterable[str]:
        key = getattr(row, "id", None)
        return (noun.value,) if key is None else row_tags(noun, key)

    return shows


def subscription(
    resolver: Callable[..., Awaitable[Any]],
    description: str,
    *,
    for_everyone: bool = False,
    arguments: dict[str, Any] | None = None,
    price: Price = STATEMENT,
    size: Size | None = None,
    **ids: str,
) -> Any:
    """A subscription: `resolver(ctx, **arguments)` gives the asynchronous generator of its updates.

    `for_everyone`: what it tells is the same whoever asks, so that it may be executed once for all
    (`schema.operations.sharing_key`). `price`: what an update costs. `size`: how many entries the lists in it may have.

    What it refuses before that, the subscription is refused with. `ids` says of which type an opaque id is: it becomes
    the key of the row, -1 (nobody's) where it is none of that type.
    """
    arguments = arguments or {}

    async def resolve(self: Any, info: Info, **given: Any) -> Any:
        values = given_values(given, paged=False, ids=ids)
        return await resolver(info.context, **values)

    sign(resolve, arguments)
    metadata = {"for_everyone": for_everyone, "root": resolver, "price": price, "size": size}
    return strawberry.subscription(resolver=resolve, description=description, metadata=metadata)
