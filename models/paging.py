"""Pages of lists by keyset: Relay connections without offsets.

A cursor names a place in an order by the sort keys of a row, not a number of rows: rows that come and go between two
pages move nothing. It belongs to its list, filter and sort, whose fingerprint it carries. Relay's specification:
https://relay.dev/graphql/connections.htm
"""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

import orjson
from tortoise.expressions import Q, RawSQL
from tortoise.functions import Count
from tortoise.models import Model
from tortoise.queryset import QuerySet

Row = TypeVar("Row", bound=Model)

DEFAULT_SIZE = 20
LARGEST_SIZE = 100


class BadPage(ValueError):
    """The arguments of a page are wrong in a way that only a program can mend; the text says how."""


@dataclass(frozen=True)
class PageArguments:
    """Relay's arguments as they came: `first` or `last`, at most 100, and the cursors to stay between."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    @property
    def backwards(self) -> bool:
        """Whether the page is the last of the range instead of the first."""
        return self.last is not None

    @property
    def size(self) -> int:
        """How many rows at most. Raises `BadPage` for what the contract forbids."""
        if self.first is not None and self.last is not None:
            raise BadPage("Give `first` or `last`, not both.")
        size = self.first if self.first is not None else self.last
        if size is None:
            return DEFAULT_SIZE
        if not 0 <= size <= LARGEST_SIZE:
            name = "last" if self.backwards else "first"
            raise BadPage(f"`{name}` is from 0 to {LARGEST_SIZE}.")
        return size


@dataclass(frozen=True)
class Key:
    """One sort key, never null: a column of the row, or the expression `sql` over its columns, known as `name`."""

    name: str
    type: type
    descending: bool = False
    sql: str | None = None

    def read(self, value: object) -> Any:
        """The key's value in a cursor. Raises `ValueError` where it can't be one."""
        if self.type is datetime and isinstance(value, str):
            instant = datetime.fromisoformat(value)
            if instant.tzinfo is not None:
                return instant
        elif self.type is float and isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        elif (self.type is int and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31) or (
            self.type is str and isinstance(value, str) and "\x00" not in value
        ):
            return value
        raise ValueError


@dataclass(frozen=True)
class Order:
    """A total order: the last key is unique."""

    name: str
    keys: tuple[Key, ...]


def by_id(descending: bool = False) -> Key:
    """The key that makes an order total."""
    return Key("id", int, descending)


def by_instant(name: str, descending: bool = False) -> Key:
    """An instant that is never null."""
    return Key(name, datetime, descending)


@dataclass
class Edge:
    """A row in a list: its cursor, the row that the list is made of, and the node that it leads to."""

    cursor: str
    row: Any
    node: Any


@dataclass
class Page(Generic[Row]):
    """One page: rows in the order of the list, whatever its direction, and what lies around them."""

    rows: list[Row] = field(default_factory=list)
    cursors: list[str] = field(default_factory=list)
    has_next_page: bool = False
    has_previous_page: bool = False
    # None where nobody asked.
    total_count: int | None = None
    # What the rows lead to, where that isn't the rows themselves: a membership to its group.
    leads_to: list[Any] | None = None

    def lead(self, by: str, nodes: Mapping[int, Any]) -> None:
        """Let each row lead to the one of `nodes` that its column `by` names. A row that leads nowhere is left out:
        its node went out of sight after the row was read."""
        kept = [pair for pair in zip(self.rows, self.cursors, strict=True) if getattr(pair[0], by) in nodes]
        self.rows = [row for row, _cursor in kept]
        self.cursors = [cursor for _row, cursor in kept]
        self.leads_to = [nodes[getattr(row, by)] for row in self.rows]

    @property
    def nodes(self) -> list[Any]:
        """The nodes of the page."""
        return self.rows if self.leads_to is None else self.leads_to

    @property
    def edges(self) -> list[Edge]:
        """The edges of the page."""
        return [Edge(*one) for one in zip(self.cursors, self.rows, self.nodes, strict=True)]

    @property
    def page_info(self) -> "Page[Row]":
        """What lies around the page: the page itself knows."""
        return self

    @property
    def start_cursor(self) -> str | None:
        """The first row's cursor."""
        return self.cursors[0] if self.cursors else None

    @property
    def end_cursor(self) -> str | None:
        """The last row's cursor."""
        return self.cursors[-1] if self.cursors else None


def fingerprint(*parts: object) -> str:
    """What a cursor belongs to: list, parent, filter and sort, as 8 characters."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=6).digest()
    return base64.urlsafe_b64encode(digest).decode()


def write_cursor(mark: str, values: Iterable[Any]) -> str:
    """The cursor of a place in the list of this fingerprint: the sort keys of the row there."""
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(orjson.dumps([mark, *plain])).decode().rstrip("=")


def read_cursor(cursor: str, mark: str, order: Order) -> list[Any]:
    """The sort keys in a cursor. Raises `BadPage` where it is none, or belongs to another list."""
    try:
        raw = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        found, *values = raw
        places = [key.read(value) for key, value in zip(order.keys, values, strict=True)]
    except (ValueError, TypeError, OverflowError, binascii.Error) as error:
        raise BadPage("That is no cursor.") from error
    if found != mark:
        raise BadPage("The cursor belongs to another list, filter or sort.")
    return places


def _beyond(order: Order, values: Sequence[Any], forwards: bool) -> Q:
    """The rows behind (or before) the place of `values`, as one condition over the keys."""
    condition = Q()
    equal: dict[str, Any] = {}
    for key, value in zip(order.keys, values, strict=True):
        comparison = "lt" if key.descending == forwards else "gt"
        step = Q(**equal, **{f"{key.name}__{comparison}": value})
        condition = step if not condition.children and not condition.filters else condition | step
        equal[key.name] = value
    return condition


def _sorted(order: Order, backwards: bool) -> list[str]:
    return [("-" if key.descending != backwards else "") + key.name for key in order.keys]


def _order_sql(order: Order, table: str, backwards: bool) -> str:
    return ", ".join(
        (key.sql or f'"{table}"."{key.name}"') + (" DESC" if key.descending != backwards else " ASC")
        for key in order.keys
    )


def _annotated(rows: QuerySet[Row], order: Order) -> QuerySet[Row]:
    expressions = {key.name: RawSQL(key.sql) for key in order.keys if key.sql}
    return rows.annotate(**expressions) if expressions else rows


async def page(
    rows: QuerySet[Row], order: Order, arguments: PageArguments, *, wanted: frozenset[str], mark: str
) -> Page[Row]:
    """One page of `rows`: a statement for the rows, one for each of what else is `wanted`.

    `wanted` holds the names of the connection's fields that were selected; rows are read for `edges`, `nodes` and
    `page_info`, a count for `total_count`. `mark` is the list's `fingerprint`. Raises `BadPage`.
    """
    return (await _pages(rows, order, arguments, wanted, {None: mark}, None))[None]


async def pages(
    rows: QuerySet[Row],
    order: Order,
    arguments: PageArguments,
    *,
    wanted: frozenset[str],
    marks: Mapping[int, str],
    by: str,
) -> dict[int, Page[Row]]:
    """A page of `rows` for each of many parents, whose keys stand in the column `by`: one statement for all.

    `marks` names the parents, and the fingerprint of each one's list. Raises `BadPage`, also where a cursor belongs
    to another parent's list.
    """
    if not marks:
        return {}
    return cast("dict[int, Page[Row]]", await _pages(rows, order, arguments, wanted, marks, by))


async def _pages(
    rows: QuerySet[Row],
    order: Order,
    arguments: PageArguments,
    wanted: frozenset[str],
    marks: Mapping[Any, str],
    by: str | None,
) -> dict[Any, Page[Row]]:
    size = arguments.size
    found: dict[Any, Page[Row]] = {parent: Page() for parent in marks}
    bounds = {"after": arguments.after, "before": arguments.before}
    places: dict[str, list[Any]] = {}
    for name, cursor in bounds.items():
        if cursor is not None:
            for mark in marks.values():
                places[name] = read_cursor(cursor, mark, order)
    if by is not None:
        rows = rows.filter(**{f"{by}__in": list(marks)})
    counted = rows
    rows = _annotated(rows, order)
    within = rows
    if "after" in places:
        within = within.filter(_beyond(order, places["after"], forwards=True))
    if "before" in places:
        within = within.filter(_beyond(order, places["before"], forwards=False))

    if wanted & {"edges", "nodes", "page_info"}:
        read = await _read(within, order, arguments.backwards, size + 1, by, len(marks))
        for parent, some in read.items():
            if parent in found:
                _fill(found[parent], some, size, arguments.backwards, order, marks[parent])
    if "page_info" in wanted and places:
        await _look_around(rows, order, places, found, by)
    if "total_count" in wanted:
        for parent, total in (await _count(counted, by)).items():
            found[parent].total_count = total
        for one in found.values():
            one.total_count = one.total_count or 0
    return found


def _fill(one: Page[Row], some: list[Row], size: int, backwards: bool, order: Order, mark: str) -> None:
    more = len(some) > size
    kept = some[:size]
    if backwards:
        kept.reverse()
        one.has_previous_page = more
    else:
        one.has_next_page = more
    one.rows = kept
    one.cursors = [write_cursor(mark, (getattr(row, key.name) for key in order.keys)) for row in kept]


async def _look_around(
    rows: QuerySet[Row],
    order: Order,
    places: Mapping[str, list[Any]],
    found: dict[Any, Page[Row]],
    by: str | None,
) -> None:
    """Whether there are rows on the other side of a cursor: at it or beyond, the row that it was made from included."""
    for name, forwards in (("after", False), ("before", True)):
        if name not in places:
            continue
        at_or_beyond = _beyond(order, places[name], forwards) | Q(
            **{key.name: value for key, value in zip(order.keys, places[name], strict=True)}
        )
        there = rows.filter(at_or_beyond)
        parents = (
            set(await there.distinct().values_list(by, flat=True))
            if by
            else ({None} if await there.exists() else set())
        )
        for parent in parents & set(found):
            if name == "after":
                found[parent].has_previous_page = True
            else:
                found[parent].has_next_page = True


async def _count(rows: QuerySet[Row], by: str | None) -> dict[Any, int]:
    if by is None:
        return {None: await rows.count()}
    pairs = await rows.annotate(rows=Count("id")).group_by(by).values_list(by, "rows")
    return dict(cast("list[tuple[int, int]]", pairs))


async def _read(
    rows: QuerySet[Row], order: Order, backwards: bool, limit: int, by: str | None, parents: int
) -> dict[Any, list[Row]]:
    if by is None or parents == 1:
        some = await rows.order_by(*_sorted(order, backwards)).limit(limit)
        return {getattr(some[0], by) if by else None: list(some)} if some else {}
    table = rows.model._meta.db_table
    number = f'ROW_NUMBER() OVER (PARTITION BY "{table}"."{by}" ORDER BY {_order_sql(order, table, backwards)})'
    numbered = rows.annotate(place_in_list=RawSQL(number))
    connection = numbered._choose_db()
    numbered._db = connection
    numbered._make_query()
    sql, values = numbered.query.get_parameterized_sql()
    records = await connection.execute_query_dict(
        f"SELECT * FROM ({sql}) AS numbered WHERE place_in_list <= {limit} ORDER BY place_in_list", values
    )
    grouped: dict[Any, list[Row]] = {}
    for record in records:
        row = rows.model._init_from_db(
            **{k: v for k, v in record.items() if k in rows.model._meta.fields_db_projection_reverse}
        )
        for key in order.keys:
            if key.sql:
                setattr(row, key.name, record[key.name])
        grouped.setdefault(record[by], []).append(row)
    return grouped
