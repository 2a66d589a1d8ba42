"""What all nouns share: fetching what a condition lets through."""

from collections.abc import Iterable
from typing import Any, TypeVar

from tortoise.expressions import Q, Subquery
from tortoise.models import Model
from tortoise.queryset import QuerySet

from auth.refusals import NotFound
from models.filters.conditions import is_slug

Row = TypeVar("Row", bound=Model)

EVERYTHING = Q()


def subquery(rows: QuerySet[Any], column: str) -> Any:
    """The values of `column` in `rows`, for a condition `..._id__in`, without duplicates and without a join."""
    return Subquery(rows.values(column))


async def by_keys(model: type[Row], visible: Q, keys: Iterable[int | None]) -> dict[int, Row]:
    """The rows of these keys that `visible` lets through, by key: one statement, none where there are no keys."""
    wanted = {key for key in keys if key is not None}
    if not wanted:
        return {}
    return {row.pk: row for row in await model.filter(visible, id__in=wanted)}


async def by_slug(model: type[Row], visible: Q, slug: str) -> Row | None:
    """The row of this slug, None where there is none that `visible` lets through."""
    return await model.filter(visible, slug=slug).first() if is_slug(slug) else None


async def locked(model: type[Row], visible: Q, key: int | None) -> Row:
    """The row of this key, locked until the transaction ends. Raises `NotFound` where `visible` doesn't let it through.

    Locks are taken in this order, so that no two transactions wait for each other: members, groups, memberships,
    events (a parent before its sessions), registrations, offers, responses.
    """
    # Of this table alone: a condition may join others, by outer joins, which PostgreSQL doesn't lock.
    table = model._meta.db_table
    found = model.filter(visible, id=key).select_for_update(no_key=True, of=(table,))
    row = await found.first() if key is not None else None
    if row is None:
        raise NotFound
    return row
