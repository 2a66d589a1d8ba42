"""Code that makes the objects of a level: generated for the selection, so that a field costs an expression, not a call.

For `{ id title owner { name } }` of an entry that is

    def write(rows, v2):
        return [{"id": ids_of_Offer[row.id], "title": row.title, "owner": c2} for row, c2 in zip(rows, v2)]

where `v2` are the objects of the level below, in the order of the rows. Keys stand in the order of the document.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from models.sql.mapper import PartialRow
from schema.declare.ids import ids_of
from schema.declare.scalars import write_day, write_instant
from schema.planning.plan import FieldPlan, From, ObjectPlan


class Fallback(Exception):
    """Something isn't as expected: graphql-core executes the root field, and says what."""


def _is_inline(one: FieldPlan) -> bool:
    """Whether the value is an expression of the row: no step of its own."""
    return one.leaf is not None and one.origin in (From.TYPE_NAME, From.ID, From.ATTRIBUTE, From.METHOD)


def _plain_join(one: FieldPlan) -> ObjectPlan | None:
    """The object that a field shows of a row that may be joined, where nothing but plain values is selected of it."""
    plan = one.one_object if one.joined is not None and not one.is_list else None
    return plan if plan is not None and all(map(_is_inline, plan.fields)) else None


def writer(
    plan: ObjectPlan, for_bytes: bool, kind: type[Any] | None = None
) -> tuple[list[FieldPlan], Callable[..., list[Any]]]:
    """The fields that aren't inline, and `write(rows, *values)`, which makes the objects of a level with their values.

    Where rows are of this `kind`, and hold the rows that are joined to them, the objects of these are inline, too.

    `for_bytes`: instants and days stay as they are, for `orjson.dumps` with `OPT_UTC_Z` writes them just so. Else they
    are text. Raises `Fallback` where there is no value and must be one.
    """
    joins = plan.plain_joins
    if joins is None:
        joins = plan.plain_joins = tuple(one.joined for one in plan.fields if one.joined and _plain_join(one))
    are_there = bool(joins) and kind is not None and issubclass(kind, PartialRow)
    for name in joins if are_there else ():
        are_there = are_there and hasattr(kind, name)
    known = plan.writers.get((for_bytes, are_there))
    if known is None:
        steps = [one for one in plan.fields if not (_is_inline(one) or (are_there and _plain_join(one)))]
        known = plan.writers[for_bytes, are_there] = (steps, _generate(plan, for_bytes, are_there))
    return known


def _generate(plan: ObjectPlan, for_bytes: bool, are_there: bool) -> Callable[..., list[Any]]:
    names = names_of_writers()
    items, parameters = [], []
    for number, one in enumerate(plan.fields):
        inner = _plain_join(one) if are_there else None
        if _is_inline(one):
            value = _value(plan, one, "row", f"m{number}", names)
        elif inner is not None:
            joined, missing = f"j{number}", "None" if one.nullable else "there(None)"
            value = ", ".join(
                f"{leaf.key!r}: "
                + converted(inner, leaf, _value(inner, leaf, joined, f"m{number}_{place}", names), for_bytes)
                for place, leaf in enumerate(inner.fields)
            )
            value = f"({missing} if ({joined} := row.{one.joined}) is None else {{{value}}})"
        else:
            parameters.append(f"v{number}")
            value = f"c{number}"
        items.append(f"{one.key!r}: {converted(plan, one, value, for_bytes)}")
    of_each = ", ".join(["row", *(f"c{name[1:]}" for name in parameters)])
    source = f"zip({', '.join(['rows', *parameters])})" if parameters else "rows"
    code = (
        f"def write({', '.join(['rows', *parameters])}):\n    return [{{{', '.join(items)}}} for {of_each} in {source}]"
    )
    exec(code, names)
    made: Callable[..., list[Any]] = names.pop("write")  # which holds the names: in a circle it would outlive its use
    return made


def _value(plan: ObjectPlan, one: FieldPlan, row: str, method: str, names: dict[str, Any]) -> str:
    """The expression of an inline field of the object that is known as `row`; what it calls becomes `method`."""
    if one.origin is From.TYPE_NAME:
        return repr(plan.type_name)
    if one.origin is From.ID:
        return written_id(plan, f"{row}.id", names)
    if one.origin is From.METHOD:
        names[method] = one.method
        return f"{method}({row})"
    return f"{row}.{one.name}"


def written_id(plan: ObjectPlan, key: str, names: dict[str, Any]) -> str:
    """The expression of the opaque id of an object with this key; what it refers to becomes one of the `names`."""
    name = f"ids_of_{plan.type_name}"
    names[name] = ids_of(plan.type_name)
    return f"{name}[{key}]"


def names_of_writers() -> dict[str, Any]:
    """What the expressions refer to that `converted` makes."""
    return {"there": _there, "instant": _instant, "day": _day, "listed": _listed}


def converted(plan: ObjectPlan, one: FieldPlan, value: str, for_bytes: bool) -> str:
    """The expression of a leaf's value as the answer has it, `value` being that of the attribute."""
    if one.leaf is None or one.origin in (From.TYPE_NAME, From.ID):
        return value
    if one.is_list:
        value = f"listed({value}, {one.items_nullable})"
    elif not for_bytes and one.leaf in ("DateTime", "Date"):
        value = f"{'instant' if one.leaf == 'DateTime' else 'day'}({value})"
    if one.nullable or _is_never_null(plan, one):
        return value
    return f"(v if (v := {value}) is not None else there(None))"  # a call for each value costs more than this


def _is_never_null(plan: ObjectPlan, one: FieldPlan) -> bool:
    """Whether the database sees to it that there is a value."""
    if plan.model is None or one.origin is not From.ATTRIBUTE:
        return False
    column = plan.model._meta.fields_map.get(one.name)
    return column is not None and not column.null and not one.is_list


def _there(value: Any) -> Any:
    if value is None:
        raise Fallback("null where there must be a value")
    return value


def _listed(value: Any, items_nullable: bool) -> list[Any] | None:
    if value is None:
        return None
    if not items_nullable and None in value:
        raise Fallback("null in a list that has none")
    return list(value)


def _instant(value: datetime | None) -> str | None:
    return None if value is None else write_instant(value)


def _day(value: date | None) -> str | None:
    return None if value is None else write_day(value)
