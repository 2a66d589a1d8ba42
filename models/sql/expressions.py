"""SQL that is written by hand, with values in it: what clients say is bound, and never stands in the text."""

from dataclasses import dataclass

from pypika_tortoise.context import SqlContext
from pypika_tortoise.terms import ValueWrapper
from pypika_tortoise.utils import format_alias_sql
from tortoise.expressions import RawSQL


class Late(str):
    """Stands for a value that is bound with each execution: see `models.sql.compile.QuerySpec`."""

    __slots__ = ()


@dataclass(frozen=True)
class SqlExpression:
    """An expression over the columns of a table. Each `?` in `sql` is the place of one of `values`, in their order."""

    sql: str
    values: tuple[str | float, ...] = ()

    def __post_init__(self) -> None:
        """Raises `ValueError` where there aren't as many values as places."""
        if self.sql.count("?") != len(self.values):
            raise ValueError("each ? needs a value, and each value a ?")

    def annotation(self) -> RawSQL:
        """What Tortoise's `annotate` takes."""
        return _Term(self)


class _Term(RawSQL):
    def __init__(self, expression: SqlExpression) -> None:
        super().__init__(expression.sql)
        self._expression = expression

    def get_sql(self, ctx: SqlContext) -> str:
        """The text with the dialect's placeholders; the values go to the parameters of the statement."""
        first, *pieces = self._expression.sql.split("?")
        marks = [ValueWrapper(value).get_sql(ctx) for value in self._expression.values]
        sql = first + "".join(mark + piece for mark, piece in zip(marks, pieces, strict=True))
        return format_alias_sql(sql, self.alias, ctx) if ctx.with_alias else sql
