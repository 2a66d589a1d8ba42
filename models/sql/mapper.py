"""Rows of records: code generated for a projection.

What was read comes as objects with the read columns as attributes: partial rows (`PartialRow`), or, where nobody said
which columns are needed, the models themselves. An attribute that wasn't read is an `AttributeError`.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from tortoise import fields
from tortoise.models import Model

from models.sql.projection import Projection, columns_of
from models.sql.tortoise_adapter import row_maker

# How many mappers are cached: one for each projection that was asked for of late.
_MAPPERS = 1000
# How many instants of SQLite, which has them as text: a row's come again, as they do of PostgreSQL.
_INSTANTS = 20_000


class PartialRow:
    """A row of which some columns were read."""

    __slots__ = ()
    model: type[Model]
    id: Any

    @property
    def pk(self) -> Any:
        """The primary key."""
        return self.id


class RowMapper:
    """What the records of a projection hold, and code written for it that makes objects of them.

    `columns` is what to select, the rows themselves known as `b`, a joined row as its parent with the number of the
    join: `b_0`. `extras` are further columns of `b`, with their types, which become attributes of the object, too.
    `targets` are the variables that a record is unpacked into; expressions of them refer to `names`.
    """

    def __init__(self, projection: Projection, dialect: str, extras: tuple[tuple[str, type], ...] = ()) -> None:
        self.columns: list[str] = []
        self.targets: list[str] = []
        self.names: dict[str, Any] = {}
        self._values: dict[str, str] = {}
        self._joined: dict[tuple[str, str], str] = {}
        self._lines: list[str] = []
        self._is_sqlite = dialect == "sqlite"
        made = self._object(projection, "b", extras)
        code = (
            f"def objects(records):\n    made = []\n    for {', '.join(self.targets)}, in records:\n"
            + "".join(f"        {line}\n" for line in self._lines)
            + f"        made.append({made})\n    return made\n"
        )
        exec(code, self.names)
        self.objects: Callable[[Sequence[Any]], list[Any]] = self.names.pop("objects")

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

    def _object(self, projection: Projection, alias: str, extras: tuple[tuple[str, type], ...] = ()) -> str:
        """Write what makes one object, None where the row is missing; the variable that it is in."""
        known, columns = projection.model._meta.fields_map, sorted(columns_of(projection)) or ["id"]
        for name in (*columns, *(name for name, _kind in extras)):
            self.columns.append(f'{alias}."{name}"')
            self.targets.append(f"{alias}_{name}")
        nested = []
        for number, (name, _join, inner) in enumerate(projection.joins):
            self._joined[alias, name] = f"{alias}_{number}"
            nested.append((name, self._object(inner.of("id"), f"{alias}_{number}")))
        if projection.columns is None:
            self.names[f"{alias}_new"] = row_maker(projection.model)
            lines = [f"{alias} = {alias}_new({', '.join(f'{name}={alias}_{name}' for name in columns)})"]
        else:
            attributes = (*columns, *(name for name, _kind in extras), *(name for name, _variable in nested))
            kind = partial_row(projection.model, attributes)
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
        self.names[f"{target}_names"] = {member.value: member.value for member in states}
        return f"None if {target} is None else {target}_names[{target}]" if field.null else f"{target}_names[{target}]"


@lru_cache(_MAPPERS)
def mapper_of(projection: Projection, dialect: str, extras: tuple[tuple[str, type], ...] = ()) -> RowMapper:
    """The mapper of a projection: one for all statements that read the same."""
    return RowMapper(projection, dialect, extras)


@lru_cache(_MAPPERS)
def partial_row(model: type[Model], attributes: tuple[str, ...]) -> type[PartialRow]:
    """The class of the rows of a model of which these columns were read."""
    body = {"__slots__": attributes, "model": model, "__doc__": f"A row of {model.__name__}."}
    return type(f"Partial{model.__name__}", (PartialRow,), body)


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


@lru_cache(_INSTANTS)
def _instant(value: Any) -> datetime:
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
