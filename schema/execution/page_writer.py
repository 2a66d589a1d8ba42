"""Pages written straight from the records of their statement: neither rows nor edges are made for them.

A page of fifty entries with owner and group would be two hundred objects that live until their values are copied. Where
all that is selected are values of the record, code is generated instead that writes it. For `edges { node { id title
owner { name } } }` that is

    def write(pages):
        made = []
        for page in pages:
            made.append([
                {"node": {"id": ids_of_Offer[b_id], "title": b_title, "owner": {"name": b_0_name}}}
                for b_id, b_title, b_0_id, b_0_name, in page.records
            ])
        return made

Where anything else is selected (a relation that isn't joined, a method), `levels` goes by rows.
"""

from collections.abc import Callable, Sequence
from typing import Any

from models.sql.mapper import RowMapper
from models.sql.page_cursors import known_cursor
from models.sql.paging import ReadPage
from schema.execution.object_writer import Fallback, converted, names_of_writers, written_id
from schema.planning.plan import FieldPlan, From, ObjectPlan

Write = Callable[[Sequence[ReadPage[Any]]], list[list[Any]]]


class _NotOfRecordsError(Exception):
    """Something is selected that isn't a value of the record."""


def record_writer(one: FieldPlan, pages: Sequence[Any], for_bytes: bool) -> Write | None:
    """What makes the objects of the `edges` or `nodes` of all of these pages; None where rows are needed.

    It raises `Fallback` where there is no value and must be one.
    """
    first = pages[0]
    if type(first) is not ReadPage or first.mapper is None:
        return None
    mapper = first.mapper
    for page in pages:
        if type(page) is not ReadPage or page.mapper is not mapper:
            return None
    # Of one shape, cursors may be of other columns: those that the list is sorted by.
    key = (mapper, tuple([key.name for key in first.order.keys]), for_bytes)
    if key not in one.record_writers:
        one.record_writers[key] = _generate(one, first, mapper, for_bytes)
    return one.record_writers[key]


def _generate(one: FieldPlan, page: ReadPage[Any], mapper: RowMapper, for_bytes: bool) -> Write | None:
    try:
        writing = _Written(page, mapper, for_bytes)
        written = writing.of(one)
    except _NotOfRecordsError:
        return None
    names = {
        **mapper.names,
        **names_of_writers(),
        **writing.names,
        "write_cursor": known_cursor,
        "fall_back": _fall_back,
    }
    mark = "        mark = page.mark.text\n" if "mark" in written else ""
    code = (
        f"def write(pages):\n    made = []\n    for page in pages:\n{mark}"
        f"        made.append([{written} for {', '.join(mapper.targets)}, in page.records])\n    return made\n"
    )
    exec(code, names)
    made: Write = names.pop("write")  # as in `object_writer`
    return made


class _Written:
    """The expressions of what is selected. Raises `_NotOfRecordsError`."""

    def __init__(self, page: ReadPage[Any], mapper: RowMapper, for_bytes: bool) -> None:
        self._page = page
        self._mapper = mapper
        self._for_bytes = for_bytes
        # What they refer to.
        self.names: dict[str, Any] = {}
        # What the nodes are known as.
        self._nodes = "b" if page.leads_to is None else mapper.joined("b", page.leads_to) or ""

    def of(self, one: FieldPlan) -> str:
        """An edge or a node."""
        plan = self._one_object(one)
        if one.name == "nodes":
            return self._object(plan, self._nodes)
        return self._items(plan, self._of_edge)

    def _of_edge(self, plan: ObjectPlan, one: FieldPlan) -> str:
        if one.of_row is not None:
            return converted(plan, one, self._value("b", one.of_row), self._for_bytes)
        if one.origin is From.TYPE_NAME:
            return repr(plan.type_name)
        if one.origin is not From.ATTRIBUTE:
            raise _NotOfRecordsError
        if one.name == "cursor":
            keys = ", ".join(self._value("b", key.name) for key in self._page.order.keys)
            return f"write_cursor(mark, ({keys},))"
        if one.name == "node":
            return self._object(self._one_object(one), self._nodes)
        raise _NotOfRecordsError

    def _object(self, plan: ObjectPlan, alias: str) -> str:
        return self._items(plan, lambda plan, one: self._of_row(plan, one, alias))

    def _items(self, plan: ObjectPlan, value: Callable[[ObjectPlan, FieldPlan], str]) -> str:
        return f"{{{', '.join(f'{one.key!r}: {value(plan, one)}' for one in plan.fields)}}}"

    def _of_row(self, plan: ObjectPlan, one: FieldPlan, alias: str) -> str:
        if one.origin is From.TYPE_NAME:
            return repr(plan.type_name)
        if one.origin is From.ID:
            return written_id(plan, self._value(alias, "id"), self.names)
        if one.origin is From.ATTRIBUTE and one.leaf is not None:
            return converted(plan, one, self._value(alias, one.name), self._for_bytes)
        joined = self._mapper.joined(alias, one.joined) if one.joined is not None else None
        if joined is None:
            raise _NotOfRecordsError
        missing = "None" if one.nullable else "fall_back()"
        there = f"{joined}_id is None"
        return f"({missing} if {there} else {self._object(self._one_object(one), joined)})"

    def _one_object(self, one: FieldPlan) -> ObjectPlan:
        plan = one.one_object
        if plan is None:
            raise _NotOfRecordsError
        return plan

    def _value(self, alias: str, column: str) -> str:
        value = self._mapper.written(alias, column)
        if value is None:
            raise _NotOfRecordsError
        return f"({value})"


def _fall_back() -> None:
    raise Fallback("nothing where a joined row must be")
