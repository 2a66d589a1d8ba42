"""What is asked of the schema itself is answered as graphql-core answers it, in a tenth of the time."""

import time
from typing import Any

import pytest
from graphql import get_introspection_query, graphql_sync

from schema.documents.bounds import Bounds
from schema.operations.operation import Operation
from tests.world import SCHEMA, World

WHOLE = get_introspection_query(
    input_value_deprecation=True, schema_description=True, directive_is_repeatable=True, specified_by_url=True
)
DOCUMENTS: list[tuple[str, dict[str, Any]]] = [
    (get_introspection_query(), {}),
    (WHOLE, {}),
    (WHOLE.replace("__schema", "a: __schema", 1), {}),
    ('{ __type(name: "Offer") { __typename name kind fields { name type { name kind ofType { name } } } } }', {}),
    ('{ __type(name: "Nothing") { name } }', {}),
    ("query ($n: String!) { __type(name: $n) { enumValues { name } } }", {"n": "OfferStatus"}),
    ("query ($a: Boolean!) { __schema { types @skip(if: $a) { name } directives { name locations } } }", {"a": True}),
    ("query ($a: Boolean!) { __schema { types { fields(includeDeprecated: $a) { name } } } }", {"a": True}),
    (
        "{ __schema { ...A ...A } } fragment A on __Schema { b: queryType { ...B } c: queryType { ...B } }"
        " fragment B on __Type { name fields { args { name defaultValue type { ...C } } } }"
        " fragment C on __Type { name interfaces { name } possibleTypes { name } inputFields { name } isOneOf }",
        {},
    ),
]


@pytest.mark.parametrize(("document", "variables"), DOCUMENTS)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_it_is_answered_as_by_graphql_core(world: World, document: str, variables: dict[str, Any]) -> None:
    answer = await world.ask(document, **variables)
    assert answer.errors == []
    assert answer.data is not None
    expected = graphql_sync(SCHEMA._schema, document, variable_values=variables).data
    assert expected is not None
    assert answer.data == expected
    assert [list(value or ()) for value in answer.data.values()] == [list(value or ()) for value in expected.values()]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_argument_that_is_wrong_is_told_with_its_place(world: World) -> None:
    document = "query ($a: Boolean = true) { __schema { types { fields(includeDeprecated: $a) { name } } } }"
    answer = await world.ask(document, a=None)
    assert answer.codes == ["BAD_REQUEST"] * len(answer.codes)
    assert answer.errors


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_all_of_it_takes_little_however_it_is_spelled(world: World) -> None:
    """Under other aliases each time, so that nothing is remembered."""
    documents = [WHOLE.replace("__schema", f"a{number}: __schema", 1) for number in range(5)]
    for document in documents:
        assert Operation.parsed(SCHEMA, document, None).is_valid
    context = await world.context()
    found = []
    for document in documents:
        begin = time.process_time()
        answer = await world.ask(document, context)
        found.append(time.process_time() - begin)
        assert answer.errors == []
    assert min(found) < 0.2


def test_what_is_nested_in_circles_is_refused() -> None:
    deep = "{ __schema { types { " + "fields { type { " * 5 + "name" + " } }" * 5 + " } } }"
    assert not Operation.parsed(SCHEMA, deep, None, bounds=Bounds(document_depth=50)).is_valid
