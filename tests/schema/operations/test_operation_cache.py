"""What is kept of documents: each compiled once, all of it bounded in bytes, hot ones safe from hostile ones."""

import gc
import tracemalloc
from collections.abc import Callable
from typing import Any
from weakref import ref

import pytest
from graphql import OperationType
from graphql.execution.values import VariableValues, get_variable_values

from benchmarks.documents import BOARD, ENTRY, GROUPS
from benchmarks.roots import DOCUMENTS
from schema.documents.selections import nodes_of
from schema.execution.fast_path import FastPath
from schema.execution.object_writer import writer
from schema.operations.operation import LONGEST_DOCUMENT, Operation
from schema.operations.operation_cache import Operations
from schema.planning.plan import FieldPlan, OperationPlan
from schema.roots import build
from tests.world import SCHEMA, World

MIB = 2**20
SEVERAL = """{
  search(text: "a") { nodes { ... on Offer { title event { host { name } } } ... on Member { name about } } }
  node(id: "x") { id ... on Offer { title } ... on Event { title venue { name } } } }"""
MANY = "".join(f"a{n}: offers(first: {n}) {{ nodes {{ id title slug owner {{ name }} }} }} " for n in range(1, 30))


def planned(operation: Operation, **given: Any) -> OperationPlan:
    assert operation.node is not None
    variables = get_variable_values(SCHEMA._schema, operation.node.variable_definitions or (), given)
    assert not isinstance(variables, list), variables
    plan = operation.plan(variables)
    assert plan is not None
    return plan


def compiled(operations: Operations, query: str, **given: Any) -> Operation:
    found = operations.of(query, None)
    assert found.is_valid
    planned(found, **given)
    return found


def twice(operations: Operations, count: int) -> list[Operation]:
    """So many operations, each of which two requests asked for."""
    made = []
    for number in range(count):
        made.append(compiled(operations, other(number)))
        assert operations.again(other(number), None) is made[-1]
    return made


def other(number: int) -> str:
    return f"{{ a{number}: offers(first: 5) {{ nodes {{ id title owner {{ name }} }} }} }}"


def hostile(number: int) -> str:
    """Most can't be parsed, which is told soonest."""
    if number % 10:
        return f"{{ a{number}"
    return f"{{ a{number} }}" if number % 20 else f"{{ offers {{ a{number} nodes {{ id }} }} }}"


# ---------------------------------------------------------------- what is found out


def test_an_operation_says_what_its_document_is() -> None:
    operations = Operations(SCHEMA, 8 * MIB)
    several = "query A { offers { totalCount } } mutation B { signOut { userErrors { code } } }"
    assert operations.of(several, "A").kind is OperationType.QUERY
    assert operations.of(several, "B").kind is OperationType.MUTATION
    assert operations.of("subscription { networkStatistics { id } }", None).is_subscription
    for query, name in ((several, None), (several, "C"), ("{ offers {", None), ("{ nothing }", None), ("", None)):
        assert not operations.of(query, name).is_valid, query
    assert operations.of("{ offers { liveCursor } }", None).asks_live_cursor
    assert not operations.of('{ search(text: "liveCursor") { nodes { __typename } } }', None).asks_live_cursor


def test_it_is_compiled_once() -> None:
    operations = Operations(SCHEMA, 8 * MIB)
    found = operations.of(BOARD, None)
    assert operations.of(" ".join(("", BOARD))[1:], None) is found
    assert operations.of(BOARD, "Board") is not found
    assert planned(found, first=3) is planned(found, first=4)
    assert found.dependencies is found.dependencies
    assert found.document is not None
    assert found.node is not None
    assert operations.of_document(found.document, found.node) is found


def test_plans_are_kept_by_what_directives_read_and_only_so_many() -> None:
    names = [f"v{number}" for number in range(6)]
    declared = ", ".join(f"${name}: Boolean!" for name in names)
    fields = " ".join(f"a{name}: totalCount @include(if: ${name})" for name in names)
    operation = Operation.parsed(SCHEMA, f"query ({declared}) {{ offers {{ {fields} totalCount }} }}", None, MIB)
    sizes = []
    for number in range(64):
        given = {name: bool(number >> place & 1) for place, name in enumerate(names)}
        plan = planned(operation, **given)
        assert plan is planned(operation, **given)
        assert plan.roots[0].field is not None
        sizes.append(operation.size)
    assert sizes[0] < sizes[10]
    assert sizes[30] == sizes[-1]


# ---------------------------------------------------------------- what stays


def test_a_plan_that_is_used_before_each_of_500_others_stays() -> None:
    operations = Operations(SCHEMA, 4 * MIB)
    hot = compiled(operations, BOARD, first=5)
    plan = planned(hot, first=5)
    first = compiled(operations, other(0))
    for number in range(1, 501):
        assert operations.of(BOARD, None) is hot
        assert planned(hot, first=number % 50) is plan
        compiled(operations, other(number))
        assert operations.size <= 4 * MIB
    assert operations.of(other(0), None) is not first, "the bound was never reached"


def test_hostile_documents_leave_the_good_ones_in_place_and_memory_flat() -> None:
    operations = Operations(SCHEMA, 4 * MIB)
    good = twice(operations, 20)
    for number in range(4500):
        assert not operations.of(hostile(number), None).is_valid
    gc.collect()
    tracemalloc.start()
    try:
        for number in range(4500, 5000):
            operations.of(hostile(number), None)
        gc.collect()
        grown, _peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # What came is counted, what it drove out isn't: so at most what is kept of such documents.
    assert grown < MIB // 2
    assert [operations.of(other(number), None) for number in range(20)] == good


def test_what_one_request_alone_asked_for_drives_nothing_else_out_and_is_kept_in_little_memory() -> None:
    operations = Operations(SCHEMA, 8 * MIB)
    good = twice(operations, 20)
    before = operations.size
    for number in range(20, 400):
        assert operations.of(other(number), None).is_valid
        assert operations.of(other(number), None).is_valid, "more than once by the same request, even"
    assert not operations.knows(other(20), None), "the bound was never reached"
    assert operations.size - before <= MIB
    assert [operations.of(other(number), None) for number in range(20)] == good


@pytest.mark.parametrize("query", [BOARD, GROUPS, "{ offers { nothing } }", "{ offers {"])
def test_what_isn_t_kept_any_more_is_gone_at_once(query: str) -> None:
    """So memory doesn't wait for the garbage collector, which stops everybody."""
    gc.collect()
    gc.disable()
    try:
        left = in_use(query)
        assert [one() for one in left] == [None] * len(left)
    finally:
        gc.enable()


_FRAGMENTS = """{ offers(first: 3) { ...page } }
fragment page on OfferConnection { nodes { id ... on Offer { slug } ...one } } fragment one on Offer { title }"""


@pytest.mark.parametrize("query", [DOCUMENTS["the board"][0], other(1), _FRAGMENTS, "{ offers { nothing } }"])
def test_documents_leave_nothing_to_the_garbage_collector(query: str) -> None:
    """However many new ones are sent: it looks for nothing, and never at all that there is."""
    in_use(query)  # whatever is made once is there afterwards
    gc.collect()
    gc.disable()
    try:
        for _time in range(20):
            in_use(query)
        assert gc.collect() < 20, "not one for each of them"
    finally:
        gc.enable()


def in_use(query: str) -> list[ref[Any]]:
    """What an operation was that was compiled, executed, and is kept no more."""
    operation = Operation.parsed(SCHEMA, query, None, MIB)
    if operation.is_valid:
        variables = get_variable_values(SCHEMA._schema, (), {})
        assert isinstance(variables, VariableValues)
        for root in planned(operation).roots:
            write(root.field)
            assert root.field is not None
            assert root.field.arguments.values(variables) is root.field.arguments.values(variables), "kept"
        assert operation.dependencies is not None
        assert operation.admit({}) > 0
        operation.values.keep("a key", "a value", 100)
    return [ref(one) for one in (operation, operation.document) if one is not None]


def test_a_kept_document_holds_no_tokens_and_knows_where_its_fields_stand() -> None:
    operation = Operation.parsed(SCHEMA, "{\n  offers { nodes { id } }\n}", None, MIB)
    assert operation.document is not None
    found = {node.loc for node in nodes_of(operation.document) if node.loc is not None}
    assert {(one.start, one.end) for one in found} >= {(0, 29), (4, 27), (13, 25), (21, 23)}
    tokens = {id(token) for one in found for token in (one.start_token, one.end_token)}
    assert len(tokens) == 1


def test_what_is_too_long_to_be_kept_is_found_while_somebody_holds_it() -> None:
    operations = Operations(SCHEMA, 8 * MIB)
    query = "{ offers { totalCount } }" + " " * LONGEST_DOCUMENT
    found = operations.of(query, None)
    assert found.is_valid
    assert operations.of(query, None) is found
    assert (operations.size, found.dependencies, found.sharing) == (0, None, None)
    number = id(found)
    del found
    gc.collect()
    kept = [one for one in gc.get_objects() if isinstance(one, Operation) and one.query == query]
    assert kept == [], number


_LONG = [pytest.param(query, marks=pytest.mark.soak) for query in (ENTRY, SEVERAL, f"{{ {MANY} }}")]


@pytest.mark.parametrize("query", [BOARD, GROUPS, *_LONG])
def test_the_estimate_is_what_is_taken(query: str) -> None:
    """With all that is found at first use, and code for both ways to write."""

    def make(number: int) -> Operation:
        operation = Operation.parsed(SCHEMA, query + " " * number, None, MIB)
        variables = {"id": "x"} if query is ENTRY else {}
        for root in planned(operation, **variables).roots:
            write(root.field)
        assert operation.hash
        assert operation.sharing is None
        assert operation.dependencies is not None
        return operation

    made, bytes_each = taken(make, 3)
    assert 0.8 <= made[0].size / bytes_each <= 2, (made[0].size, bytes_each)


def write(one: FieldPlan | None) -> None:
    assert one is not None
    for inner in one.objects.values():
        if inner.fields:
            writer(inner, True)
            writer(inner, False)
        for beneath in inner.fields:
            write(beneath)


def taken(make: Callable[[int], Any], count: int) -> tuple[list[Any], float]:
    """What is made, and how many bytes each takes."""
    make(0)
    gc.collect()
    tracemalloc.start()
    try:
        made = [make(number) for number in range(count)]
        gc.collect()
        return made, tracemalloc.get_traced_memory()[0] / count
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_coerced_values_are_bounded_in_bytes_and_counted(world: World) -> None:
    schema = build(operation_cache_bytes=2 * MIB)
    fast_path, context = FastPath(schema), await world.context()
    operation = schema.operations.of("query ($text: String!) { search(text: $text) { nodes { __typename } } }", None)
    assert isinstance(await fast_path.answer(operation, {"text": "planned"}, context), bytes)
    besides = operation.size - operation.values.size
    for number in range(300):
        assert isinstance(await fast_path.answer(operation, {"text": f"{number} " + "a" * 150}, context), bytes)
    assert operation.size - besides == operation.values.size > 0
    assert operation.values.size <= 2 * MIB // 16
    assert len(operation.values) < 300
    assert operation.size <= schema.operations.size <= 2 * MIB
