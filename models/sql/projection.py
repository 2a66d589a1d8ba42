"""Reading no more than what was asked for: statements compiled once, rows as light as what they hold.

Tortoise writes the conditions of a statement, which takes it longer than the database needs to answer. So a statement
is compiled once for everything that its text depends on, and kept; what changes from request to request (keys, the
place of a cursor) is bound to it. It reads the columns of a `Reading` and, by joins, the rows that these lead to.

What is read comes as objects with the read columns as attributes: light ones (`LightRow`), or, where nobody said which
columns are needed, the models themselves. An attribute that wasn't read is an `AttributeError`.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache, wraps
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from pypika_tortoise.terms import Parameterizer
from tortoise import fields
from tortoise.context import require_context
from tortoise.expressions import Q, RawSQL
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.fields import NAMES

Row = TypeVar("Row", bound=Model)
Made = TypeVar("Made")

# How many statements are kept: one for each list, filter, viewer's sight and set of columns that was asked for of late.
_STATEMENTS = 1000
# How long the texts may be, together, that a list is filtered by, for its statements to be kept.
_LONGEST = 1000
_PLACEHOLDER = re.compile(r"\$(\d+)")


@dataclass(frozen=True)
class Join:
    """A row that another one leads to, by the foreign key in its column `by`.

    `visible` makes the condition that the row has to meet of what `Listing.sight` is; else it counts as missing. Where
    `must_be`, there is no row without it.
    """

    model: type[Model]
    visible: Callable[[Any], Q]
    by: str
    must_be: bool = False


@dataclass(frozen=True)
class Reading:
    """What to read of a model's rows: columns (None: all, as models), and joins by the attribute that each becomes."""

    model: type[Model]
    columns: frozenset[str] | None = None
    joins: tuple[tuple[str, Join, "Reading"], ...] = ()

    def of(self, *columns: str) -> "Reading":
        """The same with these columns, too."""
        if self.columns is None or self.columns.issuperset(columns):
            return self
        return Reading(self.model, self.columns.union(columns), self.joins)


class Wanted(frozenset[str]):
    """The names of the fields that were selected of an object, and what has to be read of rows for them.

    `rows`: of the object itself, or of a list's rows. `nodes`: of what a list's rows lead to, where that is something
    else. `types`: by the name of the type, where it may be one of several. None: everything.
    """

    rows: Reading | None = None
    nodes: Reading | None = None
    # Of the rows of a list that lead to something else: the columns that are shown of them; None: all.
    row_columns: frozenset[str] | None = None
    # Of a list: whether cursors are shown, and whether it is told if there is more of it.
    cursors: bool = True
    beyond: bool = True
    types: dict[str, "Wanted"] | None = None


def read_of(model: type[Model], wanted: frozenset[str]) -> Reading:
    """What to read of the rows of `model` for `wanted`: everything where that is plain names."""
    found = wanted.rows if isinstance(wanted, Wanted) else None
    return found if found is not None and found.model is model else Reading(model)


@dataclass(frozen=True)
class Listing(Generic[Row]):
    """Rows that `build(*given)` selects, for the viewer's sight. Equal listings have equal statements."""

    model: type[Row]
    build: Callable[..., QuerySet[Row]]
    # What `build` takes: all that the text of the statement depends on. None: nobody knows, so it isn't kept.
    given: tuple[Hashable, ...] | None
    # What decides which of the joined rows are visible.
    sight: Hashable = None

    def rows(self) -> QuerySet[Row]:
        """The rows, for Tortoise."""
        return self.build(*(self.given or ()))


def listing(rows: "QuerySet[Row] | Listing[Row]") -> Listing[Row]:
    """A listing of a query set: compiled each time anew, for two query sets are never equal."""
    return rows if isinstance(rows, Listing) else Listing(rows.model, lambda: rows, None)


def kept(compile: Callable[..., Made]) -> Callable[..., Made]:
    """Keeps what a function makes of a listing and the rest of its arguments, where listings are known to be equal.

    What clients wrote at length is not kept: this is bounded in bytes, not only in entries.
    """
    known: dict[Any, Made] = {}

    @wraps(compile)
    def find(listed: Listing[Any], *rest: Hashable) -> Made:
        if listed.given is None:
            return compile(listed, *rest)
        key = (listed, *rest)
        found = known.get(key)
        if found is None:
            found = compile(listed, *rest)
            if _length(listed.given) <= _LONGEST:
                if len(known) >= _STATEMENTS:
                    del known[next(iter(known))]
                known[key] = found
        return found

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


class LightRow:
    """A row of which some columns were read."""

    __slots__ = ()
    model: type[Model]
    id: Any

    @property
    def pk(self) -> Any:
        """The primary key."""
        return self.id


# ---------------------------------------------------------------- compiling


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


@kept
def source(
    listed: Listing[Any], columns: frozenset[str], expressions: frozenset[tuple[str, str]], dialect: str
) -> Source:
    """What selects `columns` of a listing, and `expressions` (name, SQL), as a subquery."""
    rows = listed.rows()
    if expressions:
        rows = rows.annotate(**{name: RawSQL(sql) for name, sql in expressions})
    rows = rows.only(*sorted({*columns, "id"}))
    rows._db = rows._choose_db()
    rows._make_query()
    bound = _Bound()
    sql = rows.query.get_sql(rows.query.QUERY_CLS.SQL_CONTEXT.copy(parameterizer=bound))
    return Source(sql, tuple(bound.values))


def renumbered(sql: str, by: int) -> str:
    """PostgreSQL's placeholders moved on by so many. Not for SQL that holds text of clients."""
    return _PLACEHOLDER.sub(lambda found: f"${int(found[1]) + by}", sql) if by else sql


class ReadStatement:
    """A statement, and what makes objects of its records. Values are bound in the order of `bind`."""

    def __init__(self, model: type[Model], shape: "Shape | None" = None) -> None:
        self.model = model
        self.dialect = dialect_of(model)
        self.is_sqlite = self.dialect == "sqlite"
        self.sql = ""
        self.values: list[Any] = []
        self.shape = shape

    def bind(self, *values: Any) -> str:
        """A placeholder for each of these, separated by commas."""
        marks = []
        for value in values:
            self.values.append(value)
            marks.append("?" if self.is_sqlite else f"${len(self.values)}")
        return ", ".join(marks)

    def subquery(
        self, listed: Listing[Any], columns: frozenset[str], expressions: frozenset[tuple[str, str]] = frozenset()
    ) -> str:
        """What selects these of a listing, as a subquery with its values bound."""
        found = source(listed, columns, expressions, self.dialect)
        sql = found.sql if self.is_sqlite else renumbered(found.sql, len(self.values))
        self.values.extend(found.values)
        return f"({sql})"

    async def records(self, *values: Any) -> Sequence[Any]:
        """The records, with `values` in the places that were kept for `LATER`."""
        later = iter(values)
        bound = [next(later) if value is LATER else value for value in self.values]
        database: Any = require_context().connections.get(self.dialect)  # as `_meta.db`, by fewer steps
        found: Sequence[Any] = await database.records(self.sql, bound)
        return found

    async def objects(self, *values: Any) -> list[Any]:
        """The records as objects."""
        assert self.shape is not None
        return self.shape.objects(await self.records(*values))


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


def joins_sql(statement: ReadStatement, reading: Reading, sight: Hashable, alias: str) -> str:
    """The joins of a reading whose rows are known as `alias`."""
    parts = []
    for number, (_name, join, inner) in enumerate(reading.joins):
        rows = Listing(join.model, _joined, (join.model, join.visible, sight))
        joined = f"{alias}_{number}"
        sql = statement.subquery(rows, needed(inner))
        kind = "JOIN" if join.must_be else "LEFT JOIN"
        parts.append(f' {kind} {sql} AS {joined} ON {joined}."id" = {alias}."{join.by}"')
        parts.append(joins_sql(statement, inner, sight, joined))
    return "".join(parts)


def _joined(model: type[Model], visible: Callable[[Any], Q], sight: Any) -> QuerySet[Any]:
    return model.filter(visible(sight))


def only_musts(reading: Reading) -> Reading:
    """The key, and the joins without which there is no row: what a list is made of."""
    joins = [(name, join, Reading(join.model, frozenset())) for name, join, _inner in reading.joins if join.must_be]
    return Reading(reading.model, frozenset(), tuple(joins))


def columns_of(reading: Reading) -> frozenset[str]:
    """The columns that are read of a model itself."""
    return reading.columns if reading.columns is not None else frozenset(reading.model._meta.fields_db_projection)


def needed(reading: Reading) -> frozenset[str]:
    """The columns that a statement needs: the key, and the foreign keys of the joins, among them."""
    return columns_of(reading).union(("id",), (join.by for _name, join, _inner in reading.joins))


# ---------------------------------------------------------------- one row, rows by key


@kept
def _by_column(listed: Listing[Any], reading: Reading, column: str, many: bool, dialect: str) -> ReadStatement:
    shape = shape_of(reading.of("id"), dialect)
    statement = ReadStatement(reading.model, shape)
    rows = statement.subquery(listed, needed(reading) | {column})
    joins = joins_sql(statement, reading, listed.sight, "b")
    where = keys_sql(statement, f'b."{column}"') if many else f'b."{column}" = {statement.bind(LATER)}'
    statement.sql = f"SELECT {', '.join(shape.columns)} FROM {rows} AS b{joins} WHERE {where}"
    return statement


async def rows_by_key(listed: Listing[Row], reading: Reading, keys: Iterable[int | None]) -> dict[int, Any]:
    """The rows of a listing with these keys, by key: one statement, none where there are no keys."""
    wanted = {key for key in keys if key is not None}
    if not wanted:
        return {}
    if len(wanted) == 1:  # a list of one costs several times as much as the one
        row = await row_by(listed, reading, "id", *wanted)
        return {} if row is None else {row.id: row}
    statement = _by_column(listed, reading, "id", True, dialect_of(reading.model))
    return {row.id: row for row in await statement.objects(keys_value(reading.model, wanted))}


async def row_by(listed: Listing[Row], reading: Reading, column: str, value: Any) -> Any:
    """The row of a listing with this value in a unique column, None where there is none."""
    statement = _by_column(listed, reading, column, False, dialect_of(reading.model))
    rows = await statement.objects(value)
    return rows[0] if rows else None


def dialect_of(model: type[Model]) -> str:
    """Which SQL the database of a model speaks: statements of one are none of another."""
    return str(model._meta.default_connection)  # `models.database.connect.configuration` names it so


# ---------------------------------------------------------------- from records to objects


class Shape:
    """What the records of a reading hold, and code written for it that makes objects of them.

    `columns` is what to select, the rows themselves known as `b`, a joined row as its parent with the number of the
    join: `b_0`. `extras` are further columns of `b`, with their types, which become attributes of the object, too.
    `targets` are the variables that a record is unpacked into; expressions of them refer to `names`.
    """

    def __init__(self, reading: Reading, dialect: str, extras: tuple[tuple[str, type], ...] = ()) -> None:
        self.columns: list[str] = []
        self.targets: list[str] = []
        self.names: dict[str, Any] = {}
        self._values: dict[str, str] = {}
        self._joined: dict[tuple[str, str], str] = {}
        self._lines: list[str] = []
        self._is_sqlite = dialect == "sqlite"
        made = self._object(reading, "b", extras)
        code = (
            f"def objects(records):\n    made = []\n    for {', '.join(self.targets)}, in records:\n"
            + "".join(f"        {line}\n" for line in self._lines)
            + f"        made.append({made})\n    return made\n"
        )
        exec(code, self.names)
        self.objects: Callable[[Sequence[Any]], list[Any]] = self.names["objects"]

    def place(self, alias: str, column: str) -> int:
        """Where in a record a column stands."""
        return self.targets.index(f"{alias}_{column}")

    def joined(self, alias: str, attribute: str) -> str | None:
        """What the row is known as that an attribute of another one holds; None where it wasn't read."""
        return self._joined.get((alias, attribute))

    def written(self, alias: str, column: str) -> str | None:
        """The expression of a value as answers show it: as the model has it, but states by their names.

        None where the column wasn't read by itself.
        """
        return self._values.get(f"{alias}_{column}")

    def _object(self, reading: Reading, alias: str, extras: tuple[tuple[str, type], ...] = ()) -> str:
        """Write what makes one object, None where the row is missing; the variable that it is in."""
        known, columns = reading.model._meta.fields_map, sorted(columns_of(reading)) or ["id"]
        for name in (*columns, *(name for name, _kind in extras)):
            self.columns.append(f'{alias}."{name}"')
            self.targets.append(f"{alias}_{name}")
        nested = []
        for number, (name, _join, inner) in enumerate(reading.joins):
            self._joined[alias, name] = f"{alias}_{number}"
            nested.append((name, self._object(inner.of("id"), f"{alias}_{number}")))
        if reading.columns is None:
            self.names[f"{alias}_new"] = reading.model._init_from_db
            lines = [f"{alias} = {alias}_new({', '.join(f'{name}={alias}_{name}' for name in columns)})"]
        else:
            attributes = (*columns, *(name for name, _kind in extras), *(name for name, _variable in nested))
            kind = light_row(reading.model, attributes)
            self.names |= {f"{alias}_new": kind.__new__, f"{alias}_class": kind}
            lines = [f"{alias} = {alias}_new({alias}_class)"]
            for name in columns:
                target, convert = f"{alias}_{name}", conversion(known[name], self._is_sqlite)
                value = self._converted(target, convert, known[name].null)
                lines.append(f"{alias}.{name} = {value}")
                self._values[target] = self._named(target, known[name]) or value
        for name, type_ in extras:
            convert = _instant if type_ is datetime and self._is_sqlite else None
            value = self._values[f"{alias}_{name}"] = self._converted(f"{alias}_{name}", convert, True)
            lines.append(f"{alias}.{name} = {value}")
        lines += [f"{alias}.{name} = {variable}" for name, variable in nested]
        if alias != "b":  # joined: there may be none
            lines = [f"if {alias}_id is None:", f"    {alias} = None", "else:", *(f"    {line}" for line in lines)]
        self._lines += lines
        return alias

    def _converted(self, target: str, convert: Callable[[Any], Any] | None, may_be_null: bool) -> str:
        """The expression that makes of a driver's value what the model would have."""
        if convert is None:
            return target
        self.names[f"{target}_as"] = convert
        return f"None if {target} is None else {target}_as({target})" if may_be_null else f"{target}_as({target})"

    def _named(self, target: str, field: fields.Field[Any]) -> str | None:
        """Of a column of states: the expression of a state's name, which raises for what is none."""
        states = getattr(field, "enum_type", None)
        if states is None:
            return None
        self.names[f"{target}_name"] = {member.value: member.value for member in states}.__getitem__
        return f"None if {target} is None else {target}_name({target})" if field.null else f"{target}_name({target})"


@lru_cache(_STATEMENTS)
def shape_of(reading: Reading, dialect: str, extras: tuple[tuple[str, type], ...] = ()) -> Shape:
    """The shape of a reading: one for all statements that read the same."""
    return Shape(reading, dialect, extras)


@lru_cache(_STATEMENTS)
def light_row(model: type[Model], attributes: tuple[str, ...]) -> type[LightRow]:
    """The class of the rows of a model of which these columns were read."""
    body = {"__slots__": attributes, "model": model, "__doc__": f"A row of {model.__name__}."}
    return type(f"Light{model.__name__}", (LightRow,), body)


def conversion(field: fields.Field[Any], is_sqlite: bool) -> Callable[[Any], Any] | None:
    """What makes of a driver's value, never null, what the model would have; None where it is that already."""
    if isinstance(field, fields.JSONField):
        return _json
    enum = getattr(field, "enum_type", None)
    if enum is not None:
        by_value: Callable[[Any], Any] = {member.value: member for member in enum}.__getitem__
        return by_value
    if not is_sqlite:
        return None
    if isinstance(field, fields.DatetimeField):
        return _instant
    of_text: dict[type[Any], Callable[[Any], Any]] = {
        fields.DateField: date.fromisoformat,
        fields.BooleanField: bool,
        fields.UUIDField: UUID,
    }
    return of_text.get(type(field))


def _json(value: Any) -> Any:
    return orjson.loads(value) if isinstance(value, (str, bytes)) else value


def _instant(value: Any) -> datetime:
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
