"""What to read: the columns of a model's rows, and the rows that these lead to.

A field that is selected asks for columns; a relation to one row becomes a join. `models.sql.compile` makes a statement
of it, `models.sql.mapper` rows of its records.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tortoise.expressions import Q
from tortoise.models import Model

from models.sql.hashed_once import hashed_once


@hashed_once
@dataclass(frozen=True)
class ToOne:
    """A row that another one leads to, by the foreign key in its column `by`.

    `visible` makes the condition that the row has to meet of what `QuerySpec.visibility` is; else it counts as missing.
    Where `must_be`, there is no row without it.
    """

    model: type[Model]
    visible: Callable[[Any], Q]
    by: str
    must_be: bool = False


@hashed_once
@dataclass(frozen=True)
class Projection:
    """What to read of a model's rows: columns (None: all, as models), and joins by the attribute that each becomes."""

    model: type[Model]
    columns: frozenset[str] | None = None
    joins: tuple[tuple[str, ToOne, "Projection"], ...] = ()

    def of(self, *columns: str) -> "Projection":
        """The same with these columns, too."""
        if self.columns is None or self.columns.issuperset(columns):
            return self
        return Projection(self.model, self.columns.union(columns), self.joins)


class Selection(frozenset[str]):
    """The names of the fields that were selected of an object, and what has to be read of rows for them.

    `rows`: of the object itself, or of a list's rows. `nodes`: of what a list's rows lead to, where that is something
    else. `types`: by the name of the type, where it may be one of several. None: everything.
    """

    rows: Projection | None = None
    nodes: Projection | None = None
    # Of the rows of a list that lead to something else: the columns that are shown of them; None: all.
    row_columns: frozenset[str] | None = None
    # Of a list: whether cursors are shown, and whether it is told if there is more of it.
    cursors: bool = True
    beyond: bool = True
    types: dict[str, "Selection"] | None = None


def projection_of(model: type[Model], selection: frozenset[str]) -> Projection:
    """What to read of the rows of `model` for `selection`: everything where that is plain names."""
    found = selection.rows if isinstance(selection, Selection) else None
    return found if found is not None and found.model is model else Projection(model)


def only_musts(projection: Projection) -> Projection:
    """The key, and the joins without which there is no row: what a list is made of."""
    joins = [
        (name, join, Projection(join.model, frozenset())) for name, join, _inner in projection.joins if join.must_be
    ]
    return Projection(projection.model, frozenset(), tuple(joins))


def columns_of(projection: Projection) -> frozenset[str]:
    """The columns that are read of a model itself."""
    return (
        projection.columns if projection.columns is not None else frozenset(projection.model._meta.fields_db_projection)
    )


def needed(projection: Projection) -> frozenset[str]:
    """The columns that a statement needs: the key, and the foreign keys of the joins, among them."""
    return columns_of(projection).union(("id",), (join.by for _name, join, _inner in projection.joins))
