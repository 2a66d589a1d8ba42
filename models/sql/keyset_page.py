"""The statements of pages: the rows of a list in its order, behind or before a place, for one parent or for many."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from models.sql.compile import (
    LATER,
    QuerySpec,
    ReadStatement,
    compiled_once,
    dialect_of,
    joins_sql,
    keys_sql,
    keys_value,
    plain,
)
from models.sql.expressions import SqlExpression
from models.sql.mapper import RowMapper, mapper_of
from models.sql.orders import Key, Order
from models.sql.projection import Projection, ToOne, needed, only_musts

Parents = Sequence[Any] | None


@dataclass(frozen=True)
class KeysetQuery:
    """A list in its order, or one of each parent, whose keys stand in the column `by`: what pages read of them."""

    rows: QuerySpec[Any]
    order: Order
    projection: Projection
    by: str | None
    # Whether the rows have the attributes that they are sorted by.
    with_keys: bool = True

    async def read(
        self, parents: Parents, backwards: bool, limit: int, places: dict[str, list[Any]]
    ) -> tuple[RowMapper, Sequence[Any]]:
        """The first rows (or the last ones, in reverse) of each list between the places "after" and "before".

        As records, and what they hold.
        """
        many = parents is not None and len(parents) > 1
        rest = (self.by, many, self.with_keys, backwards, tuple(sorted(places)), limit, dialect_of(self.rows.model))
        statement = _page(self.rows, self.order, self.projection, *rest)
        values = [value for _name, place in sorted(places.items()) for value in self._plain(place)]
        assert statement.mapper is not None
        return statement.mapper, await statement.records(*self._parents(parents), *values)

    async def any_beyond(self, parents: Parents, name: str, place: list[Any]) -> bool:
        """Whether a list has rows on the other side of a place, that of the row it was made from included."""
        statement = _beyond(
            self.rows, self.order, only_musts(self.projection), self.by, name, dialect_of(self.rows.model)
        )
        return bool(await statement.records(*self._parents(parents), *self._plain(place)))

    async def count(self, parents: Parents) -> dict[Any, int]:
        """How many rows there are, by parent; of the one list by None."""
        many = parents is not None and len(parents) > 1
        statement = _count(self.rows, only_musts(self.projection), self.by, many, dialect_of(self.rows.model))
        key = parents[0] if parents else None
        records = await statement.records(*self._parents(parents))
        return {record[0] if len(record) > 1 else key: record[-1] for record in records}

    def _parents(self, parents: Parents) -> list[Any]:
        if parents is None:
            return []
        return [parents[0]] if len(parents) == 1 else [keys_value(self.rows.model, parents)]

    def _plain(self, place: list[Any]) -> list[Any]:
        return [plain(value, self.rows.model) for value in place]


async def followed(
    rows: QuerySpec[Any], order: Order, keys: Sequence[int], by: str, join: ToOne, projection: Projection
) -> dict[int, list[Any]]:
    """What the rows of a listing that name one of these keys in the column `by` lead to, in order, by key."""
    links = Projection(rows.model, frozenset((by, *(key.name for key in order.keys))), (("there", join, projection),))
    statement = _followed(rows, order, links, by, dialect_of(rows.model))
    found: dict[int, list[Any]] = {}
    for row in await statement.objects(keys_value(rows.model, keys)):
        if row.there is not None:
            found.setdefault(getattr(row, by), []).append(row.there)
    return found


@compiled_once
def _followed(rows: QuerySpec[Any], order: Order, projection: Projection, by: str, dialect: str) -> ReadStatement:
    """Binds the keys."""
    mapper = mapper_of(projection, dialect)
    one = ReadStatement(rows.model, mapper)
    found = one.subquery(rows, needed(projection))
    joins = joins_sql(one, projection, rows.visibility, "b")
    where = keys_sql(one, f'b."{by}"')
    sorting = _sorted(order, "b", backwards=False)
    one.sql = f"SELECT {', '.join(mapper.columns)} FROM {found} AS b{joins} WHERE {where} ORDER BY {sorting}"
    return one


@dataclass(frozen=True)
class _Page:
    """What a page's statement is made of."""

    rows: QuerySpec[Any]
    order: Order
    projection: Projection
    by: str | None
    backwards: bool
    bounds: tuple[str, ...]
    limit: int

    def source(self, one: ReadStatement, columns: frozenset[str]) -> str:
        """The rows with these columns, and all that they are sorted by."""
        return one.subquery(self.rows, columns | _columns(self.order), _expressions(self.order))

    def joins(self, one: ReadStatement) -> str:
        return joins_sql(one, self.projection, self.rows.visibility, "b")

    @property
    def musts(self) -> Projection:
        return only_musts(self.projection)

    def between(self, one: ReadStatement, alias: str) -> list[str]:
        return [_between(one, self.order, name, alias) for name in self.bounds]

    def sorted(self, alias: str) -> str:
        return _sorted(self.order, alias, self.backwards)


@compiled_once
def _page(
    rows: QuerySpec[Any],
    order: Order,
    projection: Projection,
    by: str | None,
    many: bool,
    with_keys: bool,
    backwards: bool,
    bounds: tuple[str, ...],
    limit: int,
    dialect: str,
) -> ReadStatement:
    """Binds, each time: the parent or parents, the places of `bounds`.

    The limit stands in the text: PostgreSQL takes one that it doesn't know for a tenth of all rows, and plans anew.
    """
    keys = order.keys if with_keys else ()
    projection = projection.of(*(key.name for key in keys if not key.expression), *([by] if by else []))
    mapper = mapper_of(projection, dialect, tuple((key.name, key.type) for key in keys if key.expression))
    one = ReadStatement(rows.model, mapper)
    page = _Page(rows, order, projection, by, backwards, bounds, limit)
    if not many:
        one.sql = _of_one(page, one, mapper.columns)
    else:
        one.sql = (_of_many_sqlite if one.is_sqlite else _of_many_postgres)(page, one, mapper.columns)
    return one


def _of_one(page: _Page, one: ReadStatement, columns: list[str]) -> str:
    if page.rows.keys_first and not page.by:
        return _of_one_by_keys(page, one, columns)
    rows, joins = page.source(one, needed(page.projection)), page.joins(one)
    where = [f'b."{page.by}" = {one.bind(LATER)}'] if page.by else []
    where += page.between(one, "b")
    condition = f" WHERE {' AND '.join(where)}" if where else ""
    return (
        f"SELECT {', '.join(columns)} FROM {rows} AS b{joins}{condition} ORDER BY {page.sorted('b')} LIMIT {page.limit}"
    )


def _of_one_by_keys(page: _Page, one: ReadStatement, columns: list[str]) -> str:
    """The same; what is compared is the keys and what they are sorted by, which an index has, not whole rows.

    CROSS JOIN has SQLite begin with the keys.
    """
    candidates = page.source(one, needed(page.musts)) + " AS k"
    candidates += joins_sql(one, page.musts, page.rows.visibility, "k")
    where = page.between(one, "k")
    condition = f" WHERE {' AND '.join(where)}" if where else ""
    first = f'(SELECT k."id" FROM {candidates}{condition} ORDER BY {page.sorted("k")} LIMIT {page.limit}) AS first'
    rows, joins = page.source(one, needed(page.projection)), page.joins(one)
    kind = "CROSS JOIN" if one.is_sqlite else "JOIN"
    return (
        f'SELECT {", ".join(columns)} FROM {first} {kind} {rows} AS b ON b."id" = first."id"{joins}'
        f" ORDER BY {page.sorted('b')}"
    )


def _of_many_postgres(page: _Page, one: ReadStatement, columns: list[str]) -> str:
    """The first rows of each of many lists, none of which is read further than that."""
    keys = one.bind(LATER)
    rows, joins = page.source(one, needed(page.projection)), page.joins(one)
    where = " AND ".join([f'b."{page.by}" = p.parent', *page.between(one, "b")])
    sorted_by = [_named(key, "b") for key in page.order.keys]
    names = {column: f"c{number}" for number, column in enumerate(dict.fromkeys([*columns, *sorted_by]))}
    direction = _direction(page.order, page.backwards)
    sorting = ", ".join(f"{names[column]} {direction}" for column in sorted_by)
    return (
        f"SELECT {', '.join(names[column] for column in columns)}"
        f" FROM unnest({keys}::int[]) AS p(parent) CROSS JOIN LATERAL ("
        f"SELECT {', '.join(f'{column} AS {name}' for column, name in names.items())} FROM {rows} AS b{joins}"
        f" WHERE {where} ORDER BY {page.sorted('b')} LIMIT {page.limit}) AS t"
        f" ORDER BY {sorting}"
    )


def _of_many_sqlite(page: _Page, one: ReadStatement, columns: list[str]) -> str:
    """The same; SQLite has no LATERAL, but subqueries that are asked for each parent.

    CROSS JOIN has SQLite begin with the parents, whatever index it could sort by.
    """
    keys = one.bind(LATER)
    rows = page.source(one, needed(page.projection))
    candidates = page.source(one, needed(page.musts) | {page.by or ""})
    candidates += " AS k" + joins_sql(one, page.musts, page.rows.visibility, "k")
    where = " AND ".join([f'k."{page.by}" = p.value', *page.between(one, "k")])
    first = f'SELECT k."id" FROM {candidates} WHERE {where} ORDER BY {page.sorted("k")} LIMIT {page.limit}'
    return (
        f'SELECT {", ".join(columns)} FROM json_each({keys}) AS p CROSS JOIN {rows} AS b ON b."id" IN ({first})'
        f"{page.joins(one)} ORDER BY {page.sorted('b')}"
    )


@compiled_once
def _beyond(
    rows: QuerySpec[Any], order: Order, musts: Projection, by: str | None, name: str, dialect: str
) -> ReadStatement:
    """Binds the parent, then the place."""
    one = ReadStatement(rows.model)
    columns = needed(musts) | _columns(order) | ({by} if by else set())
    found = one.subquery(rows, columns, _expressions(order)) + " AS b" + joins_sql(one, musts, rows.visibility, "b")
    where = f'b."{by}" = {one.bind(LATER)} AND ' if by else ""
    there = _compared(one, order, "<=" if (name == "after") != order.keys[0].descending else ">=", "b")
    one.sql = f"SELECT 1 FROM {found} WHERE {where}{there} LIMIT 1"
    return one


@compiled_once
def _count(listed: QuerySpec[Any], musts: Projection, by: str | None, many: bool, dialect: str) -> ReadStatement:
    """Binds the parent or parents; answers with the count, behind the parent where there are many."""
    one = ReadStatement(listed.model)
    columns = needed(musts) | ({by} if by else set())
    rows = one.subquery(listed, columns) + " AS b" + joins_sql(one, musts, listed.visibility, "b")
    if many:
        where = keys_sql(one, f'b."{by}"')
        one.sql = f'SELECT b."{by}", COUNT(*) FROM {rows} WHERE {where} GROUP BY b."{by}"'
    else:
        where = f' WHERE b."{by}" = {one.bind(LATER)}' if by else ""
        one.sql = f"SELECT COUNT(*) FROM {rows}{where}"
    return one


def _named(key: Key, alias: str) -> str:
    return f'{alias}."{key.name}"'


def _columns(order: Order) -> frozenset[str]:
    return frozenset(key.name for key in order.keys if not key.expression)


def _expressions(order: Order) -> frozenset[tuple[str, SqlExpression]]:
    return frozenset((key.name, key.expression) for key in order.keys if key.expression)


def _between(one: ReadStatement, order: Order, name: str, alias: str) -> str:
    """That a row lies behind (or before) a place."""
    return _compared(one, order, ">" if (name == "after") != order.keys[0].descending else "<", alias)


def _compared(one: ReadStatement, order: Order, comparison: str, alias: str) -> str:
    """All keys at once: a range of the index that has them in this order."""
    assert len({key.descending for key in order.keys}) == 1, "one comparison finds a place only where all run one way"
    keys = ", ".join(_named(key, alias) for key in order.keys)
    marks = one.bind(*(LATER for _key in order.keys))
    return f"({keys}) {comparison} ({marks})"


def _direction(order: Order, backwards: bool) -> str:
    return "DESC" if order.keys[0].descending != backwards else "ASC"


def _sorted(order: Order, alias: str, backwards: bool) -> str:
    direction = _direction(order, backwards)
    return ", ".join(f"{_named(key, alias)} {direction}" for key in order.keys)
