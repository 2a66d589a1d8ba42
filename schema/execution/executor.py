"""Executes a plan, level by level: each relation is one call for all objects of its level."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import orjson
from graphql import ExecutionResult, GraphQLError, located_error
from graphql.execution.values import VariableValues

from models.sql.mapper import PartialRow
from resolvers.context import Context
from resolvers.loaders import identity
from schema.documents.introspection import Introspection
from schema.execution.fallback import by_graphql_core, is_expected
from schema.execution.introspector import Introspector
from schema.execution.object_writer import Fallback, writer
from schema.execution.page_writer import record_writer
from schema.execution.planned_schema import PlannedSchema
from schema.nodes import models_of_types
from schema.operations.answer_size import MOST_ERRORS, may_be_too_large, measured, room_left, too_large
from schema.operations.operation import Operation
from schema.planning.plan import FieldPlan, From, ObjectPlan, OperationPlan, RootPlan
from schema.strawberry_internals import graphql_schema

_MISSING = object()
# What costs more isn't executed again by graphql-core, only to say at which of its objects it was refused.
MOST_POINTS_AGAIN = 4000
# What pages have their entries in.
_OF_PAGES = frozenset(("edges", "nodes"))


@dataclass(slots=True)
class _Info:
    """As much of Strawberry's `Info` as mutations and methods know."""

    context: Context
    path: Any


@dataclass(slots=True)
class _Path:
    key: str


class Executor:
    """One execution of an operation by plan, with these variables, which cost so many points.

    `for_bytes` as for `object_writer.writer`.
    """

    def __init__(
        self,
        schema: PlannedSchema,
        operation: Operation,
        context: Context,
        variables: VariableValues,
        *,
        points: int,
        for_bytes: bool,
        event: Any = None,
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._context = context
        self._variables = variables
        self._points = points
        self._for_bytes = for_bytes
        # Of a subscription: its update.
        self._event = event

    async def execute(self, plan: OperationPlan) -> ExecutionResult:
        """The result: each root field is executed by itself, one after the other, and fails by itself.

        With `for_bytes` the data are for `orjson.dumps` with `OPT_UTC_Z`.
        """
        data: dict[str, Any] = {}
        errors: list[GraphQLError] = []
        most = room = self._operation.bounds.answer_bytes
        is_measured = may_be_too_large(self._points, most)
        for root in plan.roots:
            value, wrong = await self._root(plan, root)
            errors += wrong
            if is_measured and value is not None:
                value, left = self._measured(value, room)
                if left < 0:
                    value = None
                    errors.append(too_large(most, root.key))
                else:
                    room = left
            if value is None and not root.nullable:
                return ExecutionResult(None, errors[:MOST_ERRORS])
            data[root.key] = value
        return ExecutionResult(data, errors[:MOST_ERRORS] or None)

    def _measured(self, value: Any, room: int) -> tuple[Any, int]:
        """A root's value, and what it leaves of so many bytes; where it is for bytes, it may be written by that."""
        if self._for_bytes:
            return measured(value, room, self._points, self._operation.bounds.answer_bytes)
        return value, room_left(value, room)

    async def _root(self, plan: OperationPlan, root: RootPlan) -> tuple[Any, Sequence[GraphQLError]]:
        """The value of a root field, and the errors in it."""
        one = root.field
        if root.introspection is not None:
            return await self._introspected(root, root.introspection)
        if one is None:
            self._schema.fallbacks.notice(self._operation, root.key, root.reason)
            return await self._by_graphql_core(root)
        value: Any = _MISSING
        try:
            value = self._event if one.origin is From.EVENT else await self._root_value(plan, one)
            if one.leaf is not None:
                return value, ()
            (found,) = await self._nested(one, [value])
            return found, ()
        except Exception as error:
            if not is_expected(error):
                self._schema.fallbacks.notice(self._operation, root.key, repr(error), error)
            elif value is _MISSING or self._points > MOST_POINTS_AGAIN:  # refused itself, or too dear to say where
                return None, [located_error(error, root.nodes, [root.key])]
        return await self._by_graphql_core(root)

    async def _by_graphql_core(self, root: RootPlan) -> tuple[Any, Sequence[GraphQLError]]:
        result = await by_graphql_core(
            graphql_schema(self._schema),
            root.alone,
            self._operation.fragments,
            self._variables,
            self._context,
            self._event,
        )
        return (None if result.data is None else result.data.get(root.key)), result.errors or ()

    async def _introspected(self, root: RootPlan, introspection: Introspection) -> tuple[Any, Sequence[GraphQLError]]:
        cache, key = self._schema.operations.introspection, introspection.key(self._variables)
        content = cache.get(key)
        if content is None:
            introspector = Introspector(graphql_schema(self._schema), self._operation.fragments, self._variables)
            try:
                value = introspector.answer(root.key, root.nodes)
            except GraphQLError as error:
                return None, [located_error(error, root.nodes, [root.key])]
            if value is None:
                return None, ()
            content = introspection.keep(cache, key, value)
        if len(content) > (most := self._operation.bounds.answer_bytes):
            return None, [too_large(most, root.key)]
        return orjson.Fragment(content) if self._for_bytes else orjson.loads(content), ()

    async def _root_value(self, plan: OperationPlan, one: FieldPlan) -> Any:
        if one.origin is From.TYPE_NAME:
            return plan.type_name
        if one.origin is From.LIVE_CURSOR:
            return await self._live_cursor()
        assert one.method is not None
        if one.origin is From.MUTATION:
            info = _Info(self._context, _Path(one.key))
            return await one.method(None, info=info, **one.arguments.converted(self._variables))
        if one.origin is not From.ROOT or one.leaf is not None:
            raise Fallback("a root field of an unknown kind")
        return await one.method(self._context, one.selection, **one.arguments.values(self._variables))

    async def _objects(self, plan: ObjectPlan, rows: Sequence[Any]) -> list[Any]:
        """The objects of one type at a level, in the order of the rows."""
        if not rows:
            return []
        steps, write = writer(plan, self._for_bytes, type(rows[0]))
        values: list[Sequence[Any]] = []
        for one in steps:
            if one.name in _OF_PAGES and (write_records := record_writer(one, rows, self._for_bytes)) is not None:
                values.append(write_records(rows))
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
        if one.origin is From.METHOD_OF_INFO:
            assert one.method is not None
            info = _Info(self._context, _Path(one.key))
            return [one.method(row, info=info) for row in rows]
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
        unique: dict[object, Any] = {}
        if _are_different(rows):
            parents = list(rows)
        else:
            unique = {identity(row): row for row in rows}
            parents = list(unique.values())
        results = await relation.batch(self._context, parents, one.selection, **given)
        for result in results:
            if isinstance(result, Exception):
                raise result
        if len(parents) == len(rows):
            return results
        by_row = dict(zip(unique, results, strict=True))
        return [by_row[identity(row)] for row in rows]

    async def _live_cursor(self) -> str:
        return self._context.live_cursor or await self._context.services.hub.cursor()

    async def _nested(self, one: FieldPlan, values: Sequence[Any]) -> list[Any]:
        """The objects that the values of a field become: those of the next level, all at once."""
        given = [value for value in values if value is not None]
        if len(given) != len(values) and not one.nullable:
            raise Fallback(f"null in {one.name}")
        if not one.is_list:
            made = await self._of_types(one, given)
            return made if len(given) == len(values) else _with_gaps(values, made)
        items = [item for value in given for item in value]
        there = [item for item in items if item is not None]
        if len(there) != len(items) and not one.items_nullable:
            raise Fallback(f"null in the list {one.name}")
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
                raise Fallback(f"{one.name} shows a row of no type")
            objects = await self._objects(one.objects[name], [rows[place] for place in places])
            for place, found in zip(places, objects, strict=True):
                made[place] = found
        return made


def _with_gaps(values: Sequence[Any], made: Sequence[Any]) -> list[Any]:
    """What was made of those of the values that are there, and None in the places of the others."""
    rest = iter(made)
    return [None if value is None else next(rest) for value in values]


def _are_different(rows: Sequence[Any]) -> bool:
    """Whether these are certainly different rows: most are of one table, and `identity` costs a call for each."""
    kind = type(rows[0])
    if not issubclass(kind, PartialRow) or len(set(map(type, rows))) > 1:
        return False
    try:
        return len(set(map(attrgetter("id"), rows))) == len(rows)
    except AttributeError:  # their keys weren't read
        return False


_type_names: dict[type[Any], str] = {}


def _type_name(row: Any) -> str | None:
    """The name of the type that shows a row."""
    if not _type_names:
        _type_names.update({model: name for name, model in models_of_types.items()})
    return _type_names.get(getattr(row, "model", None) or type(row))
