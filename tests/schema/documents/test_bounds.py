"""What an operation may be: else it is refused before it is parsed, validated or coerced, and forgotten."""

import gc
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from graphql import GraphQLError, get_introspection_query

from auth.refusals import TooComplex
from schema.documents.bounds import Bounds, check_text, check_variables
from schema.operations.operation import Operation
from schema.operations.operation_cache import Operations
from tests.attacks.documents import BY_NAME
from tests.world import SCHEMA

MIB = 2**20


def doubling(times: int) -> str:
    """Fragments each of which leads to the next one twice."""
    return (
        "{ ...F0 } "
        + " ".join(
            f"fragment F{n} on Query {{ a{n}: liveCursor ...F{n + 1} ... {{ ...F{n + 1} }} }}" for n in range(times)
        )
        + f" fragment F{times} on Query {{ liveCursor }}"
    )


SPREAD = (
    "{ ...F0 } "
    + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40))
    + (" fragment F40 on Query { liveCursor }")
)
CIRCLE = "{ ...A } fragment A on Query { ...B ...B } fragment B on Query { ...A ...A liveCursor }"


def refused(query: str, name: str | None = None) -> GraphQLError:
    """The one error of a document that is rejected."""
    made = Operation.parsed(SCHEMA, query, name)
    assert not made.is_valid
    (error,) = made.errors
    return error


def seconds(work: Callable[[], Any]) -> float:
    """The processor's time for it, the shortest of some."""
    found = []
    for _time in range(5):
        begin = time.process_time()
        work()
        found.append(time.process_time() - begin)
    return min(found)


# What is refused, by what it has too much of.
TOO_MUCH = {
    "bytes": "{ liveCursor } #" + " " * 65_536,
    "bytes of UTF-8": '{ search(text: "' + "ä" * 33_000 + '") { totalCount } }',
    "tokens: the same field": "{ " + "network { name } " * 1000 + "}",
    "tokens: unknown fields": "{ " + " ".join(f"unknown{n}" for n in range(4000)) + " }",
    "tokens: directives": "{ liveCursor " + "@a " * 2000 + "}",
    "tokens: comments": "#\n" * 5000 + "{ liveCursor }",
    "tokens: brackets": "{" * 20_000,
    "tokens: numbers": "{ nodes(ids: [" + "1 " * 20_000 + "]) { id } }",
    "tokens: not GraphQL": "\\" * 20_000,
    "aliases": "{ " + " ".join(f"a{n}: liveCursor" for n in range(61)) + " }",
    "directives": "{ liveCursor " + "@skip(if: false) " * 61 + "}",
    "levels": "{ a" + " { a" * 30 + " }" * 30 + " }",
    "levels in fragments": "{ ...F0 } " + " ".join(f"fragment F{n} on A {{ a {{ ...F{n + 1} }} }}" for n in range(40)),
    "fields in fragments": doubling(11),
    "fields in many fragments": doubling(30),
}


@pytest.mark.parametrize("kind", TOO_MUCH)
def test_what_is_too_much_is_refused_at_the_price_of_a_look(kind: str) -> None:
    document = TOO_MUCH[kind]
    error = refused(document)
    assert isinstance(error.original_error, TooComplex), error
    assert kind.split(":")[0].split()[0] in error.message
    # Alone on the machine 0.1 to 3 ms; a hundred times as much it was before.
    assert seconds(lambda: Operation.parsed(SCHEMA, document, None)) < 0.03


def test_fragments_that_are_spread_twice_each_are_looked_at_once() -> None:
    assert seconds(lambda: Operation.parsed(SCHEMA, SPREAD, None)) < 0.5
    assert "fragments written out" in refused(SPREAD).message


def test_fragments_in_a_circle_are_told_as_such() -> None:
    made = Operation.parsed(SCHEMA, CIRCLE, None)
    assert any("Cannot spread fragment" in error.message for error in made.errors)


def test_the_name_of_an_operation_is_bounded() -> None:
    name = "A" * 129
    assert "at most 128 characters" in refused(f"query {name} {{ liveCursor }}", name).message
    assert Operation.parsed(SCHEMA, f"query {name[1:]} {{ liveCursor }}", name[1:]).is_valid


def test_a_list_in_the_document_is_no_longer_than_any_that_is_taken() -> None:
    listed = " ".join(["SEEK"] * 101)
    error = refused(f"{{ offers(filter: {{ statuses: [{listed}] }}) {{ totalCount }} }}")
    assert (error.message, error.original_error) == ("A list has at most 100 entries.", None)
    assert error.locations


def test_the_introspection_of_tools_is_within_the_bounds() -> None:
    for more in ({}, {"input_value_deprecation": True, "schema_description": True, "directive_is_repeatable": True}):
        assert Operation.parsed(SCHEMA, get_introspection_query(**more), None).is_valid


@pytest.mark.parametrize(
    "text",
    [
        '{ a(b: "' + '\\"' * 5000 + '") }',
        '{ a(b: """' + '"" ' * 2000 + '""") }',
        '{ a(b: """' + '\\"""' * 2000 + '""") }',
        '"' * 999,
        "{ a(b: -1.5e10 c: 0.1) ...b ... on C { d } }",
        "{ " + "a" * 60_000 + " }",
    ],
)
def test_strings_and_names_are_one_token_and_cost_their_length(text: str) -> None:
    assert seconds(lambda: check_text(text, None, Bounds())) < 0.02
    if "999" not in text and text[0] == "{":
        check_text(text, None, Bounds(document_tokens=50))


# ---------------------------------------------------------------- what is invalid


def test_of_many_mistakes_some_are_told() -> None:
    made = Operation.parsed(SCHEMA, "{ " + " ".join(f"unknown{n}" for n in range(500)) + " }", None)
    assert len(made.errors) == 51
    assert "Too many validation errors" in made.errors[-1].message


def test_an_invalid_document_with_one_field_many_times_is_given_up() -> None:
    """To compare each with each takes the square of their number."""
    query = "{ " + "network { name } " * 240 + "}"
    made = Operation.parsed(SCHEMA, query, None)
    assert not made.is_valid
    assert seconds(lambda: Operation.parsed(SCHEMA, query, None)) < 0.3


def test_of_invalid_documents_nothing_stays_but_what_was_wrong() -> None:
    operations = Operations(SCHEMA, 16 * MIB)

    def ask(first: int) -> None:
        for number in range(first, first + 10):
            fields = " ".join(f"unknown{number}x{n}" for n in range(400))
            assert not operations.of(f"{{ {fields} }}", None).is_valid

    ask(0)
    gc.collect()
    tracemalloc.start()
    try:
        ask(10)
        gc.collect()
        grown, _peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert grown < MIB, grown
    assert operations.size <= MIB


def test_what_is_long_and_too_dear_whatever_its_variables_are_is_not_validated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("schema.operations.operation.validate", lambda *_given, **_named: pytest.fail("validated"))
    made = Operation.parsed(SCHEMA, BY_NAME["wide page"].body(1)["query"], None)
    assert [type(error.original_error) for error in made.errors] == [TooComplex]


def test_a_rejected_document_says_where_it_is_wrong_and_what_it_was() -> None:
    made = Operation.parsed(SCHEMA, "subscription { offerPublished { nothing } }", None)
    assert made.document is None
    assert made.is_subscription
    (error,) = made.errors
    assert error.nodes is None
    assert error.formatted["locations"] == [{"line": 1, "column": 33}]


# ---------------------------------------------------------------- introspection and suggestions


def test_introspection_and_suggestions_are_settings() -> None:
    closed = Bounds(introspection=False, suggestions=False)
    for query, name in (("{ __schema { types { name } } }", "introspection"), ("{ netwrk { name } }", "Did you mean")):
        assert Operation.parsed(SCHEMA, query, None, bounds=closed).errors
        assert all(
            name != "Did you mean" or name not in one.message
            for one in Operation.parsed(SCHEMA, query, None, bounds=closed).errors
        )
    assert Operation.parsed(SCHEMA, "{ __schema { types { name } } }", None).is_valid
    assert "Did you mean 'network'" in refused("{ netwrk { name } }").message
    assert Operation.parsed(SCHEMA, "{ __typename }", None, bounds=closed).is_valid


# ---------------------------------------------------------------- variables


def looked_at(variables: dict[str, Any]) -> None:
    with suppress(GraphQLError, TooComplex):
        check_variables(variables, Bounds())


def nested(depth: int) -> Any:
    value: Any = 1
    for _level in range(depth):
        value = {"a": value}
    return value


@pytest.mark.parametrize(
    ("variables", "path"),
    [
        ({"a": list(range(101))}, ["a"]),
        ({"filter": {"topics": ["a"] * 200_000}}, ["filter", "topics"]),
        ({"a": [{"b": [0] * 101}]}, ["a", "0", "b"]),
    ],
)
def test_a_list_in_the_variables_is_refused_with_the_path_to_it(variables: dict[str, Any], path: list[str]) -> None:
    with pytest.raises(GraphQLError) as raised:
        check_variables(variables, Bounds())
    assert raised.value.extensions == {"path": path}
    assert seconds(lambda: looked_at(variables)) < 0.02


@pytest.mark.parametrize(
    "variables",
    [
        {"a": "ä" * 200_001},
        {"a" * 200_001: 1},
        {f"a{n}": n for n in range(2001)},
        {"a": [[[0] * 100] * 100] * 100},
        {"a": nested(30)},
    ],
)
def test_variables_that_are_too_large_are_refused(variables: dict[str, Any]) -> None:
    with pytest.raises(TooComplex):
        check_variables(variables, Bounds())
    assert seconds(lambda: looked_at(variables)) < 0.02


def test_variables_within_the_bounds_pass() -> None:
    check_variables({"a": "x" * 20_000, "b": list(range(100)), "c": nested(10), "d": None}, Bounds())
