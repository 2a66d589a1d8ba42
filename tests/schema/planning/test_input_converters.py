"""Values of arguments become what Strawberry makes of them, whatever is given, left out, or null."""

import itertools
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
import strawberry
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
)
from strawberry.types.arguments import convert_arguments

from schema.planning.input_converters import converters
from tests.world import SCHEMA

TYPES = [one for one in SCHEMA._schema.type_map.values() if isinstance(one, GraphQLObjectType)]
FIELDS = [
    (kind.name, name, field)
    for kind in TYPES
    if not kind.name.startswith("__")
    for name, field in kind.fields.items()
    if field.args
]


def samples(kind: Any, depth: int = 4) -> Iterator[Any]:
    """Values of an input's type, as graphql-core makes them: first a full one."""
    if isinstance(kind, GraphQLNonNull):
        yield from (value for value in samples(kind.of_type, depth) if value is not None)
        return
    if isinstance(kind, GraphQLList):
        inner = list(itertools.islice(samples(kind.of_type, depth), 3))
        yield from (inner, inner[:1], [], None)
    elif isinstance(kind, GraphQLEnumType):
        yield from (next(iter(kind.values.values())).value, None)
    elif isinstance(kind, GraphQLInputObjectType):
        if depth:
            yield from objects(kind.fields, depth - 1)
        yield None
    else:
        yield from ("text", None)


def objects(members: dict[str, Any], depth: int) -> Iterator[dict[str, Any]]:
    """As much as can be given; only what must be; each in turn left out, or with another value."""
    full = {name: next(samples(one.type, depth), None) for name, one in members.items()}
    yield full
    yield {name: full[name] for name, one in members.items() if isinstance(one.type, GraphQLNonNull)}
    for name, one in members.items():
        for value in itertools.islice(samples(one.type, depth), 1, 6):
            yield {**full, name: value}


def shown(value: Any) -> Any:
    """A value with its type, so that everything within can be compared."""
    if isinstance(value, strawberry.Some):
        return "some", shown(value.value)
    if is_dataclass(value) and not isinstance(value, type):
        return type(value), {one.name: shown(getattr(value, one.name)) for one in fields(value)}
    return [shown(one) for one in value] if isinstance(value, list) else (type(value), value)


@pytest.mark.parametrize(("type_name", "name", "field"), FIELDS, ids=[f"{one[0]}.{one[1]}" for one in FIELDS])
def test_values_become_what_strawberry_makes(type_name: str, name: str, field: GraphQLField) -> None:
    definition: Any = field.extensions["strawberry-definition"]
    registry, config = SCHEMA.schema_converter.scalar_registry, SCHEMA.config
    made = converters(SCHEMA, definition.arguments)
    compared = 0
    for given in objects(field.args, 3):
        expected = convert_arguments(given, definition.arguments, registry, config)
        found = {python_name: convert(given[name]) for name, python_name, convert in made if name in given}
        assert {key: shown(one) for key, one in found.items()} == {key: shown(one) for key, one in expected.items()}
        compared += 1
    assert compared > 1


def test_lists_are_copied() -> None:
    (field,) = [one for kind, name, one in FIELDS if (kind, name) == ("Query", "offers")]
    definition: Any = field.extensions["strawberry-definition"]
    (convert,) = [one for name, _python_name, one in converters(SCHEMA, definition.arguments) if name == "filter"]
    topics = ["sport"]
    assert convert({"topics": topics}).topics == topics
    assert convert({"topics": topics}).topics is not topics
