"""What Strawberry makes of the values of arguments, by converters that are made once for each input of a schema.

Strawberry goes through an input's type anew for every value: names, annotations, what is optional. For a mutation with
an input of twenty fields that takes longer than each of its statements.
`tests/schema/planning/test_input_converters.py` holds the converters to what Strawberry makes.
"""

from collections.abc import Callable, Sequence
from dataclasses import MISSING
from typing import Any
from weakref import WeakKeyDictionary

import strawberry
from strawberry.relay import GlobalID
from strawberry.scalars import is_scalar
from strawberry.types.arguments import StrawberryArgument, convert_argument
from strawberry.types.base import (
    StrawberryList,
    StrawberryMaybe,
    StrawberryObjectDefinition,
    StrawberryOptional,
    has_object_definition,
)
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.lazy_type import LazyType

Convert = Callable[[Any], Any]


def converters(schema: strawberry.Schema, arguments: Sequence[StrawberryArgument]) -> list[tuple[str, str, Convert]]:
    """Of each argument its name in GraphQL, its name in Python, and what makes the one's value the other's."""
    made = _made.get(schema)
    if made is None:
        made = _made[schema] = _Converters(schema)
    names = schema.config.name_converter
    return [(names.from_argument(one), one.python_name, made.of(one.type)) for one in arguments]


class _Converters:
    """Those of a schema, which they don't hold: they are gone when it is."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._config = schema.config
        self._scalars = schema.schema_converter.scalar_registry
        self._inputs: dict[type, Convert] = {}

    def of(self, kind: Any) -> Convert:
        """What converts values of this type."""
        if isinstance(kind, StrawberryMaybe):
            return self._maybe(kind)
        if isinstance(kind, StrawberryOptional):
            return self.of(kind.of_type)
        if isinstance(kind, StrawberryList):
            return _list_of(self.of(kind.of_type))
        if isinstance(kind, LazyType):
            return self.of(kind.resolve_type())
        if has_object_definition(kind) and kind.__strawberry_definition__.from_input is None:
            return self._input(kind)
        return _as_it_is if self._is_leaf(kind) else self._by_strawberry(kind)

    def _is_leaf(self, kind: Any) -> bool:
        """Whether its values stay what graphql-core has made of them."""
        return (
            isinstance(kind, StrawberryEnumDefinition)
            or has_enum_definition(kind)
            or (kind is not GlobalID and is_scalar(kind, self._scalars))
        )

    def _maybe(self, kind: StrawberryMaybe) -> Convert:
        if not isinstance(kind.of_type, StrawberryOptional):
            return self._by_strawberry(kind)
        inner = self.of(kind.of_type)
        return lambda value: strawberry.Some(inner(value))

    def _input(self, kind: type) -> Convert:
        known = self._inputs.get(kind)
        if known is not None:
            return known
        # Before its fields are looked at: an input may contain itself.
        fields: list[tuple[str, str, Convert]] = []
        definition: StrawberryObjectDefinition = kind.__strawberry_definition__  # type: ignore[attr-defined]
        required = [
            one.python_name
            for one in definition.fields
            if one.default_value is MISSING and one.default_factory is MISSING
        ]

        def convert(value: Any) -> Any:
            if value is None or value is strawberry.UNSET:
                return value
            given: dict[str, Any] = dict.fromkeys(required)
            for name, python_name, inner in fields:
                if name in value:
                    given[python_name] = inner(value[name])
            return kind(**given)

        self._inputs[kind] = convert
        for one in definition.fields:
            name = self._config.name_converter.from_field(one)
            fields.append((name, one.python_name, self.of(one.resolve_type(type_definition=definition))))
        return convert

    def _by_strawberry(self, kind: Any) -> Convert:
        scalars, config = self._scalars, self._config
        return lambda value: convert_argument(value, kind, scalars, config)


_made: WeakKeyDictionary[strawberry.Schema, _Converters] = WeakKeyDictionary()


def _as_it_is(value: Any) -> Any:
    return value


def _list_of(inner: Convert) -> Convert:
    def convert(value: Any) -> Any:
        # Copied in any case: graphql-core gives the same default value to all who leave it out.
        return value if value is None or value is strawberry.UNSET else [inner(one) for one in value]

    return convert
