"""Statements, compiled once for all that their text depends on.

Tortoise writes the conditions of a statement, which takes it longer than the database needs to answer. So a statement
is compiled once for everything that its text depends on, and cached; what changes from request to request (keys, the
place of a cursor) is bound to it. It reads the columns of a `Projection` and, by joins, the rows that these lead to.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any, Generic, TypeVar

import orjson
from pypika_tortoise.terms import Parameterizer
from tortoise.context import require_context
from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.fields import NAMES
from models.sql.expressions import Late, SqlExpression
from models.sql.mapper import RowMapper, mapper_of
from models.sql.projection import Projection, needed
from models.sql.tortoise_adapter import sql_of

Row = TypeVar("Row", bound=Model)
Made = TypeVar("Made")

# How many statements are cached: one for each list, filter, viewer's visibility and set of columns asked for of late.
_STATEMENTS = 1000
# How long the texts may be, together, that a list is filtered by, for its statements to be cached.
_LONGEST = 1000
_PLACEHOLDER = re.compile(r"\$(\d+)")


@dataclass(frozen=True)
class QuerySpec(Generic[Row]):
    """Rows that `build(*given)` selects, for the viewer's sight. Equal listings have equal statements."""

    model: type[Row]
    build: Callable[..., QuerySet[Row]]
    # What `build` takes: all that the text of the statement depends on. None: nobody knows, so it isn't kept.
    given: tuple[Hashable, ...] | None
    # What decides which of the joined rows are visible.
    visibility: Hashable = None
    # Whether a page finds its keys first and then their rows: where an index has all that decides which these are.
    keys_first: bool = False
    # The values that are bound in place of each `Late` that `build` binds: no text depends on them.
    late: tuple[tuple[Late, str], ...] = ()

    def rows(self) -> QuerySet[Row]:
        """The rows, for Tortoise."""
        return self.build(*(self.given or ()))


def query_spec(rows: "QuerySet[Row] | QuerySpec[Row]") -> QuerySpec[Row]:
    """A listing of a query set: compiled each time anew, for two query sets are never equal."""
    return rows if isinstance(rows, QuerySpec) else QuerySpec(rows.model, lambda: rows, None)


def compiled_once(compile: Callable[..., Made]) -> Callable[..., Made]:
    """Keeps what a function makes of a listing and the rest of its arguments, where listings are known to be equal.

    What clients wrote at length is not kept: this is bounded in bytes, not only in entries.
    """
    known: dict[Any, Made] = {}

    @wraps(compile)
    def find(listed: QuerySpec[Any], *rest: Hashable) -> Made:
        if listed.given is None:
            return compile(listed, *rest)
        key: Any = (listed.model, listed.build, listed.given, listed.visibility, listed.keys_first, *rest)
        found = known.get(key)
        if found is None:
            found = compile(listed, *rest)
            if _length(listed.given) <= _LONGEST:
                if len(known) >= _STATEMENTS:
                    del known[next(iter(known))]
                known[key] = found
        return found.with_late(listed.late) if listed.late and isinstance(found, ReadStatement) else found  # type: ignore[return-value]

    return find


def _length(value: Any) -> int:
    """How long the texts within a value are, together."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, (tuple, frozenset)):
        return sum(map(_length, value)) if value else 0
    if hasattr(type(value), "__dataclass_fields__"):
        return sum(map(_length, vars(value).values()))
    return 0


@dataclass(frozen=True)
class Source:
    """The rows of a listing as a subquery: its columns under their own names, values bound in order."""

    sql: str
    values: tuple[Any, ...]


class _Bound(Parameterizer):
    """The values that are bound to a statement: all but the names of states, which stand in its text.

    Where PostgreSQL has to assume anything of a state, it expects to do better by planning each execution anew, which
    takes it as long as to execute.
    """

    def should_parameterize(self, value: Any) -> bool:
        return not (isinstance(value, str) and value in NAMES) and super().should_parameterize(value)


@compiled_once
def source(
    listed: QuerySpec[Any], columns: frozenset[str], expressions: frozenset[tuple[str, SqlExpression]], dialect: str
) -> Source:
    """What selects `columns` of a listing, and `expressions` by their names, as a subquery."""
    rows = listed.rows()
    if expressions:
        rows = rows.annotate(**{name: expression.annotation() for name, expression in expressions})
    rows = rows.only(*sorted({*columns, "id"}))
    bound = _Bound()
    return Source(sql_of(rows, bound), tuple(bound.values))


def renumbered(sql: str, by: int) -> str:
    """PostgreSQL's placeholders moved on by so many."""
    return _PLACEHOLDER.sub(lambda found: f"${int(found[1]) + by}", sql) if by else sql


class ReadStatement:
    """A statement, and what makes objects of its records. Values are bound in the order of `bind`."""

    def __init__(self, model: type[Model], mapper: "RowMapper | None" = None) -> None:
        self.model = model
        self.dialect = dialect_of(model)
        self.is_sqlite = self.dialect == "sqlite"
        self.sql = ""
        self.values: list[Any] = []
        self.mapper = mapper

    def bind(self, *values: Any) -> str:
        """A placeholder for each of these, separated by commas."""
        marks = []
        for value in values:
            self.values.append(value)
            marks.append("?" if self.is_sqlite else f"${len(self.values)}")
        return ", ".join(marks)

    def subquery(
        self,
        listed: QuerySpec[Any],
        columns: frozenset[str],
        expressions: frozenset[tuple[str, SqlExpression]] = frozenset(),
    ) -> str:
        """What selects these of a listing, as a subquery with its values bound."""
        found = source(listed, columns, expressions, self.dialect)
        sql = found.sql if self.is_sqlite else renumbered(found.sql, len(self.values))
        self.values.extend(found.values)
        return f"({sql})"

    def with_late(self, late: Iterable[tuple[Late, str]]) -> "ReadStatement":
        """The same statement with these values in place of what stands for them."""
        known, made = dict(late), copy(self)
        made.values = [known[value] if type(value) is Late else value for value in self.values]
        return made

    async def records(self, *values: Any) -> Sequence[Any]:
        """The records, with `values` in the places that were kept for `LATER`."""
        later = iter(values)
        bound = [next(later) if value is LATER else value for value in self.values]
        database: Any = require_context().connections.get(self.dialect)  # as `_meta.db`, by fewer steps
        found: Sequence[Any] = await database.records(self.sql, bound)
        return found

    async def objects(self, *values: Any) -> list[Any]:
        """The records as objects."""
        assert self.mapper is not None
        return self.mapper.objects(await self.records(*values))


# In the place of a value that comes with each execution.
LATER: Any = object()


def keys_sql(statement: ReadStatement, column: str) -> str:
    """That a column of integers is one of the keys that come with each execution, see `keys_value`."""
    mark = statement.bind(LATER)
    return f"{column} IN (SELECT value FROM json_each({mark}))" if statement.is_sqlite else f"{column} = ANY({mark})"


def keys_value(model: type[Model], keys: Iterable[int]) -> Any:
    """Keys as one value to bind."""
    found = list(keys)
    return orjson.dumps(found).decode() if dialect_of(model) == "sqlite" else found


def instants_value(model: type[Model], instants: Iterable[datetime]) -> Any:
    """Instants as one value to bind."""
    found = [plain(instant, model) for instant in instants]
    return orjson.dumps(found).decode() if dialect_of(model) == "sqlite" else found


def plain(value: Any, model: type[Model]) -> Any:
    """A value as the database's driver takes it: SQLite has no instants, they are text in UTC."""
    if isinstance(value, datetime) and dialect_of(model) == "sqlite":
        return value.astimezone(UTC).isoformat(" ")
    return value


def joins_sql(statement: ReadStatement, projection: Projection, visibility: Hashable, alias: str) -> str:
    """The joins of a reading whose rows are known as `alias`."""
    parts = []
    for number, (_name, join, inner) in enumerate(projection.joins):
        rows = QuerySpec(join.model, _joined, (join.model, join.visible, visibility))
        joined = f"{alias}_{number}"
        sql = statement.subquery(rows, needed(inner))
        kind = "JOIN" if join.must_be else "LEFT JOIN"
        parts.append(f' {kind} {sql} AS {joined} ON {joined}."id" = {alias}."{join.by}"')
        parts.append(joins_sql(statement, inner, visibility, joined))
    return "".join(parts)


def _joined(model: type[Model], visible: Callable[[Any], Q], visibility: Any) -> QuerySet[Any]:
    return model.filter(visible(visibility))


@compiled_once
def _by_column(listed: QuerySpec[Any], projection: Projection, column: str, many: bool, dialect: str) -> ReadStatement:
    mapper = mapper_of(projection.of("id"), dialect)
    statement = ReadStatement(projection.model, mapper)
    rows = statement.subquery(listed, needed(projection) | {column})
    joins = joins_sql(statement, projection, listed.visibility, "b")
    where = keys_sql(statement, f'b."{column}"') if many else f'b."{column}" = {statement.bind(LATER)}'
    statement.sql = f"SELECT {', '.join(mapper.columns)} FROM {rows} AS b{joins} WHERE {where}"
    return statement


async def rows_by_key(listed: QuerySpec[Row], projection: Projection, keys: Iterable[int | None]) -> dict[int, Any]:
    """The rows of a listing with these keys, by key: one statement, none where there are no keys."""
    wanted = {key for key in keys if key is not None}
    if not wanted:
        return {}
    if len(wanted) == 1:  # a list of one costs several times as much as the one
        row = await row_by(listed, projection, "id", *wanted)
        return {} if row is None else {row.id: row}
    statement = _by_column(listed, projection, "id", True, dialect_of(projection.model))
    return {row.id: row for row in await statement.objects(keys_value(projection.model, wanted))}


async def row_by(listed: QuerySpec[Row], projection: Projection, column: str, value: Any) -> Any:
    """The row of a listing with this value in a unique column, None where there is none."""
    statement = _by_column(listed, projection, column, False, dialect_of(projection.model))
    rows = await statement.objects(value)
    return rows[0] if rows else None


def dialect_of(model: type[Model]) -> str:
    """Which SQL the database of a model speaks: statements of one are none of another."""
    return str(model._meta.default_connection)  # `models.database.connect.configuration` names it so
