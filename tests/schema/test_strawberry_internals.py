"""An upgrade of Strawberry that moves what is private ends the start, and says what to look for."""

import runpy
from pathlib import Path
from typing import Any

import pytest
import strawberry
from graphql import GraphQLField
from strawberry.schema import schema as strawberry_module
from strawberry.types import Info
from strawberry.types.execution import ExecutionContext

import schema.strawberry_internals
from schema.strawberry_internals import definition_of, given_operation_name, graphql_schema, strawberry_schema
from tests.world import SCHEMA

MODULE = Path(str(schema.strawberry_internals.__file__))


def test_what_is_private_is_where_it_is_looked_for() -> None:
    inner = graphql_schema(SCHEMA)
    assert strawberry_schema(inner) is SCHEMA
    query: Any = inner.query_type
    definition: Any = definition_of(query.fields["liveCursor"])
    assert definition.python_name == "live_cursor"
    assert definition_of(GraphQLField(query)) is None
    context = ExecutionContext("query A { a } query B { b }", SCHEMA, (), provided_operation_name="B")
    assert given_operation_name(context) == "B"
    assert given_operation_name(ExecutionContext("query A { a }", SCHEMA, ())) is None


def without_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    made = strawberry.Schema.__init__

    def init(self: Any, *arguments: Any, **more: Any) -> None:
        made(self, *arguments, **more)
        del self._schema

    monkeypatch.setattr(strawberry.Schema, "__init__", init)


def without_way_back(monkeypatch: pytest.MonkeyPatch) -> None:
    made = strawberry.Schema.__init__

    def init(self: Any, *arguments: Any, **more: Any) -> None:
        made(self, *arguments, **more)
        del self._schema._strawberry_schema

    monkeypatch.setattr(strawberry.Schema, "__init__", init)


def without_definition(monkeypatch: pytest.MonkeyPatch) -> None:
    made = strawberry.Schema.__init__

    def init(self: Any, *arguments: Any, **more: Any) -> None:
        made(self, *arguments, **more)
        for field in self._schema.query_type.fields.values():
            field.extensions.clear()

    monkeypatch.setattr(strawberry.Schema, "__init__", init)


def without_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ExecutionContext, "__post_init__", lambda *_arguments: None)


def without_info(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Info, "__init__", lambda *_arguments: None)


def without_class(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(strawberry_module, "StrawberryGraphQLCoreExecutionContext")


@pytest.mark.parametrize(
    ("move", "name"),
    [
        (without_schema, "Schema._schema"),
        (without_way_back, "GraphQLSchema._strawberry_schema"),
        (without_definition, "GraphQLField.extensions['strawberry-definition']"),
        (without_name, "ExecutionContext._provided_operation_name"),
        (without_info, "Info._raw_info"),
        (without_class, "StrawberryGraphQLCoreExecutionContext"),
    ],
)
def test_what_has_moved_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch, move: Any, name: str) -> None:
    runpy.run_path(str(MODULE))
    move(monkeypatch)
    with pytest.raises(ImportError, match="look for") as told:
        runpy.run_path(str(MODULE))
    assert name in str(told.value)
