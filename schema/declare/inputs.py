"""How inputs are declared, and what resolvers get of them: plain values, keys instead of opaque ids."""

from collections.abc import Mapping
from typing import Any, get_args

import strawberry
from strawberry.types.base import has_object_definition

from auth.refusals import BadRequest
from models.sql.paging import PageArguments
from schema.declare.arguments import PAGE
from schema.declare.ids import key_of


def optional(description: str, *, price: int = 0) -> Any:
    """A field of an input that may be left out. `price`: what it adds to the cost of an operation that gives it."""
    return strawberry.field(description=description, default=strawberry.UNSET, metadata={"price": price})


def given_values(given: dict[str, Any], *, paged: bool, ids: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Arguments as resolvers take them: no UNSET, inputs made plain, `ids` keys, those of a page as `page`."""
    values = {name: plain_value(value) for name, value in given.items() if value is not strawberry.UNSET}
    for name, type_name in (ids or {}).items():
        if values.get(name) is not None:
            values[name] = key_or_nobody(type_name, values[name])
    if paged:
        page = {name: values.pop(name) for name in PAGE if name in values}
        values["page"] = PageArguments(**page)
    return values


def plain_value(value: Any) -> Any:
    """An input as its `plain()` makes it (filters: the dataclass of `models.filters`), else as `given` does."""
    if hasattr(value, "plain"):
        return value.plain()
    return given(value) if has_object_definition(value) else value


def restrictions(filter: Any, **ids: str) -> dict[str, Any]:
    """What the input of a filter restricts, for its dataclass in `models.filters`: no nulls, lists as tuples.

    `ids` as in `given`. Raises `BadRequest` for a list of more than a hundred entries.
    """
    found: dict[str, Any] = {}
    for name, one in vars(filter).items():
        if one is strawberry.UNSET or one is None:
            continue
        if isinstance(one, list):
            one = tuple(dict.fromkeys(one))
            if len(one) > 100:
                raise BadRequest("A list in a filter has at most 100 entries.")
        found[name] = key_or_nobody(ids[name], one) if name in ids else plain_value(one)
    return found


def given(value: Any, **ids: str) -> dict[str, Any]:
    """What was given of an input, by Python name, null included; nested inputs likewise.

    `ids` says of which type the opaque id in a field is: it becomes the key of the row, -1 (nobody's) where it is of
    another type or no id at all.
    """
    values: dict[str, Any] = {}
    for name, one in vars(value).items():
        if isinstance(one, strawberry.Some):
            one = one.value
        elif one is strawberry.UNSET or (one is None and _is_maybe(value, name)):
            continue
        if name in ids and one is not None:
            one = key_or_nobody(ids[name], one)
        values[name] = [_given(entry) for entry in one] if isinstance(one, list) else _given(one)
    return values


def _given(value: Any) -> Any:
    return given(value) if has_object_definition(value) else value


def _is_maybe(value: Any, name: str) -> bool:
    """Whether a None in this field says that it was left out: so it does in a `strawberry.Maybe`."""
    annotation = type(value).__dataclass_fields__[name].type
    return "Maybe" in str(annotation) or any("Some" in str(part) for part in get_args(annotation))


def key_or_nobody(type_name: str, value: str) -> int:
    """The key of an opaque id of this type; -1, which no row has, where it is none."""
    key = key_of(type_name, value)
    return -1 if key is None else key
