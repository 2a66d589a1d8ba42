"""What is used of Tortoise's query sets and rows that it keeps to itself."""

from collections.abc import Callable
from typing import Any, TypeVar

from pypika_tortoise.terms import Parameterizer
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.database.private_names import look_for

Row = TypeVar("Row", bound=Model)

look_for(QuerySet, "they make its statement, without sending it", "_db", "_choose_db", "_make_query")
look_for(Model, "it makes a row of what was read", "_init_from_db")
look_for(Model, "they are what a row knows of itself", "_partial", "_saved_in_db", "_custom_generated_pk")
look_for(Model, "they are what a row knows of itself", "_await_when_save")


def sql_of(rows: QuerySet[Any], bound: Parameterizer) -> str:
    """The text of a query set's statement, whose values go to `bound`."""
    rows._db = rows._choose_db()
    rows._make_query()
    return rows.query.get_sql(rows.query.QUERY_CLS.SQL_CONTEXT.copy(parameterizer=bound))


def row_maker(model: type[Row]) -> Callable[..., Row]:
    """What makes a row of the values of all columns, by their names."""
    return model._init_from_db


def row_of(model: type[Row], values: dict[str, Any], *, stored: bool) -> Row:
    """A row of these values, as they are: `values` becomes its own. Columns are named as the fields are."""
    row = model.__new__(model)
    custom = model._meta.db_pk_column not in model._meta.generated_db_fields
    row.__dict__ = values
    values |= {"_partial": False, "_saved_in_db": stored, "_custom_generated_pk": custom, "_await_when_save": {}}
    return row


def mark_stored(row: Model) -> None:
    """Let a row know that it is stored."""
    row._saved_in_db = True
