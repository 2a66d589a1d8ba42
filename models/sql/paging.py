"""Pages of lists by keyset: Relay connections without offsets.

A page begins at a place in an order (`models.sql.page_cursors`), not at a number of rows: rows that come and go between
two pages move nothing. Relay's specification: https://relay.dev/graphql/connections.htm
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import repeat
from operator import itemgetter
from typing import Any, Generic, Literal, NamedTuple, TypeVar, cast

from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.sql.compile import QuerySpec, query_spec
from models.sql.keyset_page import KeysetQuery
from models.sql.mapper import RowMapper
from models.sql.orders import Order
from models.sql.page_cursors import BadPage, Fingerprint, read_cursor, write_cursor
from models.sql.projection import Projection, Selection, ToOne

Row = TypeVar("Row", bound=Model)

DEFAULT_SIZE = 20
LARGEST_SIZE = 100


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


class Edge(NamedTuple):
    """A row in a list: the row that the list is made of, and the node that it leads to."""

    page: "Page[Any]"
    row: Any
    node: Any

    @property
    def cursor(self) -> str:
        """Its place in the list."""
        return self.page.cursor_of(self.row)


class Page(ABC, Generic[Row]):
    """One page: rows in the order of the list, whatever its direction, and what lies around them."""

    # The attribute of a row that it leads to, where that isn't the row itself: of a membership its group.
    leads_to: str | None = None

    def __init__(self, total_count: int | None = None) -> None:
        # None where nobody asked.
        self.total_count = total_count
        # As `source`.
        self._source: tuple[QuerySpec[Any], str | None, Any] | None = None
        self.has_next_page = False
        self.has_previous_page = False

    @property
    def source(self) -> "PageSource | None":
        """What it is a page of; None where that was not read from the database."""
        return None if self._source is None else PageSource(*self._source)

    @cached_property
    def rows(self) -> list[Row]:
        """The rows of the page."""
        return []

    @property
    def nodes(self) -> list[Any]:
        """The nodes of the page."""
        return self.rows if self.leads_to is None else [getattr(row, self.leads_to) for row in self.rows]

    @property
    def edges(self) -> list[Edge]:
        """The edges of the page."""
        return list(map(Edge._make, zip(repeat(self), self.rows, self.nodes)))

    @property
    def page_info(self) -> "Page[Row]":
        """What lies around the page: the page itself knows."""
        return self

    @property
    def start_cursor(self) -> str | None:
        """The first row's cursor."""
        return self.cursor_of(self.rows[0]) if self.rows else None

    @property
    def end_cursor(self) -> str | None:
        """The last row's cursor."""
        return self.cursor_of(self.rows[-1]) if self.rows else None

    @abstractmethod
    def cursor_of(self, row: Any) -> str:
        """The cursor of a row."""


class PageSource(NamedTuple):
    """The whole list that a page is of: a listing, or what of it has the key `parent` in the column `by`."""

    listed: QuerySpec[Any]
    by: str | None
    parent: Any


class ReadPage(Page[Row]):
    """A page as its statement answered: the records become objects when somebody looks at them as rows.

    `schema.execution.page_writer` writes answers without that.
    """

    def __init__(
        self, order: Order, mark: "Fingerprint", leads_to: str | None = None, total_count: int | None = None
    ) -> None:
        # As `Page` has it: lists of many parents make one for each, and a call costs as much as all of this.
        self.total_count = total_count
        self._source = None
        self.has_next_page = self.has_previous_page = False
        self.order = order
        self.mark = mark
        self.leads_to = leads_to
        self.records: list[Any] = []
        # What the records hold; None where none were read.
        self.mapper: RowMapper | None = None

    @cached_property
    def rows(self) -> list[Row]:
        """The rows of the page, made once."""
        return self.mapper.objects(self.records) if self.mapper is not None else []

    @property
    def start_cursor(self) -> str | None:
        """The first row's cursor."""
        return self._cursor_at(0)

    @property
    def end_cursor(self) -> str | None:
        """The last row's cursor."""
        return self._cursor_at(-1)

    def cursor_of(self, row: Any) -> str:
        """The cursor of a row."""
        return write_cursor(self.mark.text, [getattr(row, key.name) for key in self.order.keys])

    def _cursor_at(self, place: int) -> str | None:
        if self.mapper is None or not self.records:
            return None
        (row,) = self.mapper.objects([self.records[place]])
        return self.cursor_of(row)


async def page(
    rows: QuerySet[Row] | QuerySpec[Row],
    order: Order,
    arguments: PageArguments,
    *,
    selection: frozenset[str],
    mark: Fingerprint,
    leads_to: tuple[str, ToOne] | None = None,
) -> Page[Row]:
    """One page of `rows`: a statement for the rows, one for what else is in `selection`.

    `selection` holds the names of the connection's fields that were selected; rows are read for `edges`, `nodes` and
    `page_info`, a count for `total_count`. `mark` is the list's `fingerprint`. `leads_to` says by which attribute, and
    how, the nodes are found, where they aren't the rows themselves. Raises `BadPage`.
    """
    return (await _pages(query_spec(rows), order, arguments, selection, {None: mark}, None, leads_to))[None]


async def pages(
    rows: QuerySet[Row] | QuerySpec[Row],
    order: Order,
    arguments: PageArguments,
    *,
    selection: frozenset[str],
    marks: Mapping[int, Fingerprint],
    by: str,
    leads_to: tuple[str, ToOne] | None = None,
) -> dict[int, Page[Row]]:
    """A page of `rows` for each of many parents, whose keys stand in the column `by`: one statement for all.

    `marks` names the parents, and the fingerprint of each one's list. Raises `BadPage`, also where a cursor belongs
    to another parent's list.
    """
    if not marks:
        return {}
    found = await _pages(query_spec(rows), order, arguments, selection, marks, by, leads_to)
    return cast("dict[int, Page[Row]]", found)


async def _pages(
    rows: QuerySpec[Row],
    order: Order,
    arguments: PageArguments,
    selection: frozenset[str],
    marks: Mapping[Any, Fingerprint],
    by: str | None,
    leads_to: tuple[str, ToOne] | None,
) -> dict[Any, Page[Row]]:
    size = arguments.size
    places = _places(order, arguments, marks)
    query = KeysetQuery(
        rows, order, _projection(rows, selection, leads_to), by, with_keys=_asks_for(selection, "cursors")
    )
    limit = size + 1 if _asks_for(selection, "beyond") else size
    parents = None if by is None else list(marks)
    attribute = leads_to[0] if leads_to else None
    found: dict[Any, ReadPage[Row]] = {parent: ReadPage(order, mark, attribute) for parent, mark in marks.items()}
    for parent, one in found.items():
        one._source = (rows, by, parent)
    if selection & {"edges", "nodes", "page_info"}:
        mapper, records = await query.read(parents, arguments.backwards, limit, places)
        if by is None:
            found[None].records = list(records)
        else:
            append = {parent: one.records.append for parent, one in found.items()}
            for parent, record in zip(map(itemgetter(mapper.place("b", by)), records), records, strict=True):
                append[parent](record)
        node = None
        if leads_to is not None and not leads_to[1].must_be:
            node = mapper.place(mapper.joined("b", leads_to[0]) or "", "id")
        backwards = arguments.backwards
        is_whole = limit == size and not backwards and node is None
        for one in found.values():
            one.mapper = mapper
            if not is_whole:
                _fit(one, size, backwards, node)
    if "page_info" in selection and places:  # of one list: a cursor belongs to one alone
        ((parent, one),) = found.items()
        one.has_previous_page |= "after" in places and await query.any_beyond(parents, "after", places["after"])
        one.has_next_page |= "before" in places and await query.any_beyond(parents, "before", places["before"])
    if "total_count" in selection:
        counts = await query.count(parents)
        for parent, one in found.items():
            one.total_count = counts.get(parent, 0)
    return cast("dict[Any, Page[Row]]", found)


def _places(order: Order, arguments: PageArguments, marks: Mapping[Any, Fingerprint]) -> dict[str, list[Any]]:
    """The sort keys of the cursors that were given. Raises `BadPage`."""
    places: dict[str, list[Any]] = {}
    for name, cursor in (("after", arguments.after), ("before", arguments.before)):
        if cursor is not None:
            for mark in marks.values():
                places[name] = read_cursor(cursor, mark, order)
    return places


def _projection(rows: QuerySpec[Any], selection: frozenset[str], leads_to: tuple[str, ToOne] | None) -> Projection:
    model = rows.model
    if leads_to is None:
        nodes = selection.nodes if isinstance(selection, Selection) else None
        return nodes if nodes is not None and nodes.model is model else Projection(model)
    attribute, join = leads_to
    columns = selection.row_columns if isinstance(selection, Selection) else None
    inner = selection.nodes if isinstance(selection, Selection) else None
    if inner is None or inner.model is not join.model:
        inner = Projection(join.model)
    return Projection(model, columns, ((attribute, join, inner),))


def _asks_for(selection: frozenset[str], what: Literal["cursors", "beyond"]) -> bool:
    """Whether cursors were selected, or whether there is more than the page."""
    if isinstance(selection, Selection):
        return selection.cursors if what == "cursors" else selection.beyond
    return "page_info" in selection or (what == "cursors" and "edges" in selection)


def _fit(one: ReadPage[Any], size: int, backwards: bool, node: int | None) -> None:
    """Cut the row beyond the page off, which tells that there is one; and rows whose node is out of sight.

    `node` is where in a record the node's key stands, where there may be none.
    """
    more = len(one.records) > size
    if more:
        del one.records[size:]
    if backwards:
        one.records.reverse()
        one.has_previous_page = more
    else:
        one.has_next_page = more
    if node is not None:
        one.records = [record for record in one.records if record[node] is not None]
