"""Executes a plan, level by level: each relation is one call for all objects of its level."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from graphql.execution.values import VariableValues

from resolvers.context import Context
from resolvers.loaders import identity
from schema.nodes import models_of_types
from schema.operations.object_writer import Fallback, writer
from schema.operations.page_writer import record_writer
from schema.operations.plan import FieldPlan, From, ObjectPlan

_MISSING = object()
# What pages have their entries in.
_OF_PAGES = frozenset(("edges", "nodes"))


@dataclass(slots=True)
class _Info:
    """As much of Strawberry's `Info` as mutations know."""

    context: Context
    path: Any


@dataclass(slots=True)
class _Path:
    key: str


class Executor:
    """One execution of a plan. `for_bytes` as for `writing.writer`. Raises `Fallback`, and whatever resolvers raise."""

    def __init__(self, context: Context, variables: VariableValues, *, for_bytes: bool) -> None:
        self._context = context
        self._variables = variables
        self._for_bytes = for_bytes

    async def root(self, plan: ObjectPlan, event: Any = None) -> dict[str, Any]:
        """The data of the operation: its root fields one after the other. `event` is a subscription's update."""
        data: dict[str, Any] = {}
        for one in plan.fields:
            value = event if one.origin is From.EVENT else await self._root_value(plan, one)
            if one.leaf is not None:
                data[one.key] = value
            else:
                (data[one.key],) = await self._nested(one, [value])
        return data

    async def _root_value(self, plan: ObjectPlan, one: FieldPlan) -> Any:
        if one.origin is From.TYPE_NAME:
            return plan.type_name
        if one.origin is From.LIVE_CURSOR:
            return await self._live_cursor()
        assert one.method is not None
        if one.origin is From.MUTATION:
            info = _Info(self._context, _Path(one.key))
            return await one.method(None, info=info, **one.arguments.converted(self._variables))
        if one.origin is not From.ROOT or one.leaf is not None:
            raise Fallback
        return await one.method(self._context, one.selection, **one.arguments.values(self._variables))

    async def _objects(self, plan: ObjectPlan, rows: Sequence[Any]) -> list[Any]:
        """The objects of one type at a level, in the order of the rows."""
        if not rows:
            return []
        steps, write = writer(plan, self._for_bytes)
        values: list[Sequence[Any]] = []
        for one in steps:
            if one.name in _OF_PAGES and (write_records := record_writer(one, rows, self._for_bytes)) is not None:
                values.append([write_records(page) for page in rows])
                continue
            found = await self._values(one, rows)
            values.append(found if one.leaf is not None else await self._nested(one, found))
        return write(rows, *values)

    async def _values(self, one: FieldPlan, rows: Sequence[Any]) -> Sequence[Any]:
        """The values of a field of all objects of a level."""
        if one.origin is From.ATTRIBUTE:
            return list(map(attrgetter(one.name), rows))
        if one.origin is From.METHOD:
            assert one.method is not None
            return list(map(one.method, rows))
        if one.origin is From.LIVE_CURSOR:
            return [await self._live_cursor()] * len(rows)
        if one.joined is not None and getattr(rows[0], one.joined, _MISSING) is not _MISSING:
            return list(map(attrgetter(one.joined), rows))
        return await self._related(one, rows)

    async def _related(self, one: FieldPlan, rows: Sequence[Any]) -> Sequence[Any]:
        """The results of a batch function, which sees each row once."""
        relation = one.relation
        assert relation is not None
        given = {**relation.fixed, **one.arguments.values(self._variables)}
        unique = {identity(row): row for row in rows}
        results = await relation.batch(self._context, list(unique.values()), one.selection, **given)
        if any(isinstance(result, Exception) for result in results):
            raise Fallback
        if len(unique) == len(rows):
            return results
        by_row = dict(zip(unique, results, strict=True))
        return [by_row[identity(row)] for row in rows]

    async def _live_cursor(self) -> str:
        return self._context.live_cursor or await self._context.services.hub.cursor()

    async def _nested(self, one: FieldPlan, values: Sequence[Any]) -> list[Any]:
        """The objects that the values of a field become: those of the next level, all at once."""
        given = [value for value in values if value is not None]
        if len(given) != len(values) and not one.nullable:
            raise Fallback
        if not one.is_list:
            made = await self._of_types(one, given)
            return made if len(given) == len(values) else _with_gaps(values, made)
        items = [item for value in given for item in value]
        there = [item for item in items if item is not None]
        if len(there) != len(items) and not one.items_nullable:
            raise Fallback
        made = await self._of_types(one, there)
        if len(there) != len(items):
            made = _with_gaps(items, made)
        lists, start = [], 0
        for value in given:
            end = start + len(value)
            lists.append(made[start:end])
            start = end
        return lists if len(given) == len(values) else _with_gaps(values, lists)

    async def _of_types(self, one: FieldPlan, rows: Sequence[Any]) -> list[Any]:
        plan = one.one_object
        if plan is not None:
            return await self._objects(plan, rows)
        names = [_type_name(row) for row in rows]
        made: list[Any] = [None] * len(rows)
        for name in dict.fromkeys(names):
            places = [place for place, found in enumerate(names) if found == name]
            if name not in one.objects:
                raise Fallback
            objects = await self._objects(one.objects[name], [rows[place] for place in places])
            for place, found in zip(places, objects, strict=True):
                made[place] = found
        return made


def _with_gaps(values: Sequence[Any], made: Sequence[Any]) -> list[Any]:
    """What was made of those of the values that are there, and None in the places of the others."""
    rest = iter(made)
    return [None if value is None else next(rest) for value in values]


_type_names: dict[type[Any], str] = {}


def _type_name(row: Any) -> str | None:
    """The name of the type that shows a row."""
    if not _type_names:
        _type_names.update({model: name for name, model in models_of_types.items()})
    return _type_names.get(getattr(row, "model", None) or type(row))
