"""What all nouns share: fetching what a condition lets through."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar
from uuid import UUID

from tortoise.expressions import Q, Subquery
from tortoise.models import Model
from tortoise.queryset import QuerySet

from auth.refusals import NotFound
from auth.viewer import Viewer, Visibility
from models.filters.conditions import is_slug
from models.sql.compile import QuerySpec, row_by, rows_by_key
from models.sql.projection import ToOne, projection_of

Row = TypeVar("Row", bound=Model)
# The condition under which a row is visible.
Visible = Callable[[Visibility], Q]


class InContext(Protocol):
    """What relations need to know of an operation."""

    @property
    def viewer(self) -> Viewer:
        """Who asks."""


EVERYTHING = Q()


def in_sight(prefix: str = "") -> Q:
    """What is withheld from nobody: neither hidden by the office, nor out of sight with what it belongs to.

    `prefix` leads to the row from another table, such as `offer__`.
    """
    holds: dict[str, Any] = {f"{prefix}withheld_at__isnull": True}
    return Q(**holds)


def subquery(rows: QuerySet[Any], column: str) -> Any:
    """The values of `column` in `rows`, for a condition `..._id__in`, without duplicates and without a join."""
    return Subquery(rows.values(column))


def seen(model: type[Row], visible: Visible, viewer: Viewer) -> QuerySpec[Row]:
    """The rows that `visible` lets the viewer see."""
    return QuerySpec(model, _visible, (model, visible, viewer.visibility), viewer.visibility)


def _visible(model: type[Row], visible: Visible, visibility: Visibility) -> QuerySet[Row]:
    return model.filter(visible(visibility))


async def seen_by_keys(
    model: type[Row],
    visible: Visible,
    viewer: Viewer,
    keys: Iterable[int | None],
    selection: frozenset[str] = frozenset(),
) -> dict[int, Row]:
    """The rows of these keys that the viewer may see, by key: one statement, none where there are no keys."""
    return await rows_by_key(seen(model, visible, viewer), projection_of(model, selection), keys)


async def seen_by_slug(
    model: type[Row], visible: Visible, viewer: Viewer, slug: str, selection: frozenset[str] = frozenset()
) -> Row | None:
    """The row of this slug, None where there is none that the viewer may see."""
    if not is_slug(slug):
        return None
    found: Row | None = await row_by(seen(model, visible, viewer), projection_of(model, selection), "slug", slug)
    return found


class ForeignKeyRelation:
    """A relation to the row that a foreign key names, as far as the viewer may see it: a batch function.

    `join` says the same to a statement that reads the parents: then there is nothing to fetch.
    """

    def __init__(self, model: type[Model], visible: Visible, by: str, *, required: bool = False) -> None:
        self.join = ToOne(model, visible, by)
        self._required = required

    async def __call__(self, ctx: InContext, parents: Sequence[Any], columns: frozenset[str]) -> list[Any]:
        """What each parent leads to: None where there is nothing that the viewer may see, `NotFound` if required."""
        by = self.join.by
        rows = await seen_by_keys(
            self.join.model, self.join.visible, ctx.viewer, [getattr(parent, by) for parent in parents], columns
        )
        missing = NotFound() if self._required else None
        return [rows.get(getattr(parent, by), missing) for parent in parents]


def everything(_visibility: Visibility) -> Q:
    """Everyone sees all of them."""
    return EVERYTHING


async def by_keys(model: type[Row], visible: Q, keys: Iterable[Any]) -> dict[Any, Row]:
    """The rows of these keys that `visible` lets through, by key: one statement, none where there are no keys."""
    wanted = {key for key in keys if key is not None}
    if not wanted:
        return {}
    return {row.pk: row for row in await model.filter(visible, id__in=wanted)}


async def by_slug(model: type[Row], visible: Q, slug: str) -> Row | None:
    """The row of this slug, None where there is none that `visible` lets through."""
    return await model.filter(visible, slug=slug).first() if is_slug(slug) else None


async def locked(model: type[Row], visible: Q, key: int | UUID | None) -> Row:
    """The row of this key, locked until the transaction ends. Raises `NotFound` where `visible` doesn't let it through.

    Locks are taken in this order, so that no two transactions wait for each other: accounts, their
    sessions and links, members, keys, groups, memberships, events (a parent before its sessions), registrations,
    offers, responses.
    """
    # Of this table alone: a condition may join others, by outer joins, which PostgreSQL doesn't lock.
    table = model._meta.db_table
    found = model.filter(visible, id=key).select_for_update(no_key=True, of=(table,))
    row = await found.first() if key is not None else None
    if row is None:
        raise NotFound
    return row
