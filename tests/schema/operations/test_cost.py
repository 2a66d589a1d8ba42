"""What an operation costs: as docs/cost.md says, so that a client can compute it, and never less than it may be."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_introspection_query,
    get_named_type,
    parse,
)
from graphql import is_composite_type as is_composite

from auth.refusals import TooComplex
from benchmarks import documents
from models.places import MOST_DISTRICTS, MOST_TOPICS
from schema.declare.prices import TOPICS as TOPICS_OF_ONE
from schema.declare.prices import VALUE, Size
from schema.documents.bounds import Bounds, check_document, check_text
from schema.documents.selections import is_list, metadata_of
from schema.operations.operation import Operation
from tests.world import SCHEMA

ROOT = Path(__file__).parents[3]
COST = (ROOT / "docs/cost.md").read_text()
LIMIT = Bounds().cost_limit
TYPES: dict[str, Any] = {name: one for name, one in SCHEMA._schema.type_map.items() if not name.startswith("__")}
# Fifty entries with all that a page can sensibly show of each.
PAGE = """query Page($first: Int) { offers(first: $first) {
  totalCount pageInfo { hasNextPage endCursor }
  nodes {
    id slug direction category status title description remote minimumAge languages hoursPerWeek availableFrom
    availableUntil publishedAt expiresAt url version viewerCanUpdate
    topics { slug name } district { slug name } venue { name street postalCode city location { latitude longitude } }
    owner { id slug name kind } group { id slug name } event { id slug title startsAt endsAt timeZone }
    responses(first: 10) { totalCount nodes { id message status createdAt member { id name } } }
  } } }"""


def operation(query: str) -> Operation:
    made = Operation.parsed(SCHEMA, query, None)
    assert made.is_valid, made.errors
    return made


def points(query: str, **variables: Any) -> int:
    """What it costs, whether it is allowed or not."""
    try:
        return operation(query).admit(variables)
    except TooComplex as refusal:
        return refusal.requested or 0


# ---------------------------------------------------------------- as documented


def examples() -> list[tuple[str, str, int]]:
    """The documents of docs/cost.md, their variables, and what they cost as is said there."""
    found = []
    for part in COST.split("```graphql\n")[1:]:
        document, _end, rest = part.partition("```\n")
        variables = re.match(r"\s*```json\n(.*?)```", rest, re.S)
        number = re.search(r"\*\*([\d,]+) points\*\*", rest)
        assert number, document
        found.append((document, variables[1] if variables else "{}", int(number[1].replace(",", ""))))
    return found


@pytest.mark.parametrize(("document", "variables", "number"), examples())
def test_the_examples_cost_what_is_said(document: str, variables: str, number: int) -> None:
    assert points(document, **json.loads(variables)) == number


def test_there_are_examples() -> None:
    assert len(examples()) >= 4


def named(heading: str) -> list[tuple[str, ...]]:
    """The cells of the table beneath a heading."""
    section = COST.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    rows = [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in re.findall(r"^\|.*\|$", section, re.M)]
    return rows[2:]


def test_the_prices_are_those_that_are_declared() -> None:
    said = {
        field: (int(each), int(once))
        for each, once, fields in named("Prices")
        for field in re.findall(r"`(\w+\.\w+)`", fields)
    }
    declared = {}
    for name, one in TYPES.items():
        for field_name, field in getattr(one, "fields", {}).items():
            if isinstance(one, GraphQLInputObjectType):
                if price := metadata_of(field).get("price"):
                    declared[f"{name}.{field_name}"] = (0, price)
            elif (price := metadata_of(field).get("price", VALUE)) != VALUE:
                declared[f"{name}.{field_name}"] = (price.each, price.once)
    mutations = {name for name in declared if name.startswith("Mutation.")}
    usual = {name for name in mutations if declared[name] == (1, 2000) and name not in said}
    assert said == {name: price for name, price in declared.items() if name not in usual}


def test_the_lengths_are_those_that_are_declared() -> None:
    said = {field: length for length, fields in named("Lengths") for field in re.findall(r"`(\w+\.\w+)`", fields)}
    declared = {}
    for name, one in TYPES.items():
        for field_name, field in getattr(one, "fields", {}).items():
            size = None if isinstance(one, GraphQLInputObjectType) else metadata_of(field).get("size")
            if isinstance(size, Size):
                declared[f"{name}.{field_name}"] = f"`{size.argument}`, at most {size.most}"
            elif size is not None and field_name != "userErrors" and size != TOPICS_OF_ONE:
                declared[f"{name}.{field_name}"] = str(size)
    assert said == declared


def lists() -> Iterator[tuple[str, Any]]:
    for name, one in TYPES.items():
        if isinstance(one, (GraphQLObjectType, GraphQLInterfaceType)):
            for field_name, field in one.fields.items():
                if is_list(field.type) and is_composite(get_named_type(field.type)):
                    yield f"{name}.{field_name}", field


def test_every_list_of_objects_says_how_long_it_may_be() -> None:
    """Itself, or the page that it belongs to."""
    handed = {"OffersSnapshot.offers", "OffersPatch.steps"}
    unknown = [
        name
        for name, field in lists()
        if metadata_of(field).get("size") is None
        and name not in handed
        and not re.fullmatch(r"\w+Connection\.(edges|nodes)", name)
    ]
    assert unknown == []


def test_the_town_has_no_more_topics_and_districts_than_are_counted() -> None:
    fields = TYPES["Network"].fields
    assert metadata_of(fields["topics"])["size"] >= MOST_TOPICS
    assert metadata_of(fields["districts"])["size"] >= MOST_DISTRICTS


# ---------------------------------------------------------------- what clients send


def literals(path: Path) -> Iterator[str]:
    """The documents in the template literals of a script, with the fragments that they name."""
    source = path.read_text()
    constants = dict(re.findall(r"(?:const|let) (\w+) = (?:gql|graphql)?\(?(?:/\*.*?\*/)?\s*`([^`]*)`", source))
    for text in re.findall(r"`([^`]*)`", source):
        document = re.sub(r"\$\{(\w+)\}", lambda found: constants.get(found[1], ""), text)
        if re.match(r"\s*(query|mutation|subscription|\{ ?\w)", document):
            yield document


def sent() -> list[str]:
    """Every document that this repository sends or shows."""
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    found = [
        document for page in pages for document in re.findall(r"^```graphql\n(.*?)^```$", page.read_text(), re.M | re.S)
    ]
    scripts = [
        ROOT / "web/pages/dashboard/assets/documents.js",
        ROOT / "web/pages/playground/src/examples.js",
        *sorted((ROOT / "tests/clients").glob("*.js")),
        *sorted((ROOT / "tests/clients").glob("*.ts")),
    ]
    found += [document for script in scripts for document in literals(script)]
    return [*found, documents.BOARD, documents.GROUPS, documents.ENTRY, documents.PUBLISH, documents.SUBSCRIBE]


def test_what_is_documented_and_sent_by_pages_and_clients_costs_less_than_half_the_limit() -> None:
    dear = {}
    seen = 0
    for document in sent():
        made = Operation.parsed(SCHEMA, document, None)
        if made.is_valid:
            seen += 1
            # Where two passwords are hashed, most of it is spent on those.
            if (found := points(document)) > (LIMIT if "changePassword" in document else LIMIT / 2):
                dear[document] = found
    assert dear == {}
    assert seen > 30


def test_it_keeps_to_half_of_the_bounds_of_documents() -> None:
    """What asks for the schema is deep: that has a bound of its own."""
    usual = Bounds()
    bounds = ("bytes", "tokens", "fields", "aliases", "directives", "depth")
    half = Bounds(**{f"document_{name}": getattr(usual, f"document_{name}") // 2 for name in bounds})
    for document in [*sent(), PAGE]:
        if Operation.parsed(SCHEMA, document, None).is_valid:
            check_text(document, None, half)
            check_document(parse(document), half)
    for options in ({}, {"specified_by_url": True, "directive_is_repeatable": True, "input_value_deprecation": True}):
        schema = get_introspection_query(**options)
        check_text(schema, None, half)
        check_document(parse(schema), replace(half, document_depth=usual.document_depth))


def test_the_largest_sensible_page_costs_less_than_half_the_limit() -> None:
    assert LIMIT / 5 < points(PAGE, first=50) < LIMIT / 2


def test_signing_in_is_allowed_twice_in_an_operation() -> None:
    sign_in = (
        'signIn(input: {email: "a@example.org", password: "a"}) { accessToken viewer { role acts: actsFor { id } } }'
    )
    one, two, three = (" ".join(f"{name}: {sign_in}" for name in "abc"[:count]) for count in (1, 2, 3))
    assert points(f"mutation {{ {one} }}") < LIMIT / 2 < points(f"mutation {{ {two} }}") < LIMIT
    assert points(f"mutation {{ {three} }}") > LIMIT


# ---------------------------------------------------------------- what is counted


BASE = points("{ offers(first: 10) { nodes { id } } }")


@pytest.mark.parametrize(
    ("query", "variables", "more"),
    [
        ("{ offers(first: 11) { nodes { id } } }", {}, 3),
        ("{ offers(last: 11) { nodes { id } } }", {}, 3),
        ("{ offers { nodes { id } } }", {}, 30),
        ("{ offers(first: null) { nodes { id } } }", {}, 30),
        ("{ offers(first: 100000) { nodes { id } } }", {}, 270),
        ("{ offers(first: -3) { nodes { id } } }", {}, -30),
        ("query ($n: Int) { offers(first: $n) { nodes { id } } }", {"n": 11}, 3),
        ("query ($n: Int) { offers(first: $n) { nodes { id } } }", {}, 30),
        ("query ($n: Int = 11) { offers(first: $n) { nodes { id } } }", {}, 3),
        ("query ($n: Int = 11) { offers(first: $n) { nodes { id } } }", {"n": 12}, 6),
        ("query ($n: Int = 11) { offers(first: $n) { nodes { id } } }", {"n": "12"}, 270),
        ("query ($a: Int, $b: Int) { offers(first: $a, last: $b) { nodes { id } } }", {"a": None, "b": 11}, 3),
        ("{ offers(first: 10) { nodes { id title } } }", {}, 10),
        ("{ offers(first: 10) { nodes { id a: title b: title } } }", {}, 20),
        ("{ offers(first: 10) { nodes { id id ...A ...A } } } fragment A on Offer { id }", {}, 0),
        ("{ offers(first: 10) { nodes { id ... on Node { id } ... { id } } } }", {}, 0),
        ("{ offers(first: 10) { nodes { id title @include(if: false) } } }", {}, 10),
        ('{ offers(first: 10, filter: { text: "a" }) { nodes { id } } }', {}, 8000),
        ("{ offers(first: 10, filter: { text: null }) { nodes { id } } }", {}, 0),
        ("query ($t: String) { offers(first: 10, filter: { text: $t }) { nodes { id } } }", {"t": "a"}, 8000),
        ("query ($t: String) { offers(first: 10, filter: { text: $t }) { nodes { id } } }", {}, 0),
        ("query ($f: OfferFilter) { offers(first: 10, filter: $f) { nodes { id } } }", {"f": {"text": "a"}}, 8000),
        ("query ($f: OfferFilter) { offers(first: 10, filter: $f) { nodes { id } } }", {"f": {"remote": True}}, 0),
        ("{ offers(first: 10, filter: { near: {latitude: 1, longitude: 1} }) { nodes { id } } }", {}, 5000),
    ],
)
def test_what_a_document_and_its_variables_add(query: str, variables: dict[str, Any], more: int) -> None:
    assert points(query, **variables) - BASE == more


def test_a_mutation_costs_more_the_longer_the_texts_are_that_it_is_given() -> None:
    """A post of the longest text, which is indexed, fits into an operation; the same text again and again doesn't."""
    publish = "%s: publishGroupPost(input: $i) { post { id } }"
    one, many = (
        f"mutation ($i: PublishGroupPostInput!) {{ {' '.join(publish % f'a{number}' for number in range(count))} }}"
        for count in (1, 10)
    )
    short = points(one, i={"groupId": "a", "title": "b", "body": ""})
    assert points(one, i={"groupId": "a", "title": "b", "body": "c" * 20_000}) == short + 30_000 < LIMIT
    assert points(many, i={"groupId": "a", "title": "b", "body": "c" * 20_000}) > 300_000
    assert points(one, i={"groupId": "a", "title": "b", "body": "c" * 20_001}) == short  # TOO_LONG
    assert points(one, i={"nested": [{"deep": ["d" * 100]}]}) == points(one) + 150
    add = 'mutation ($b: String) { updateGroupPost(id: "id", title: "Titel", body: $b) { post { id } } }'
    assert points(add, b="c" * 10) == points(add) + 15


def test_lists_multiply_and_statements_do_not() -> None:
    one = points("{ groups(first: 1) { nodes { offers(first: 1) { nodes { id } } } } }")
    ten = points("{ groups(first: 10) { nodes { offers(first: 10) { nodes { id } } } } }")
    hundred = points("{ groups(first: 100) { nodes { offers(first: 100) { nodes { id } } } } }")
    assert hundred > 30_000 > 500 > ten - one > 300


def test_of_an_interface_or_a_union_the_dearest_type_counts() -> None:
    each = '{ search(text: "a", first: 10) { nodes { ... on Offer { id title } %s } } }'
    assert points(each % "") == points(each % "... on Member { id }")
    assert points(each % "") + 10 == points(each % "... on Member { id name slug }")


def test_ids_count_as_many_as_there_are() -> None:
    document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    assert points(document, ids=["a"] * 7) - points(document, ids=["a"]) == 18
    assert points('{ nodes(ids: ["a", "b"]) { id } }') == points(document, ids=["a", "b"])


def test_the_rows_that_brought_the_server_down_are_refused_by_their_cost() -> None:
    matches = "matches(first: 50) { nodes { " * 5 + "title" + " } }" * 5
    members = "members { nodes { groups { nodes { " * 4 + "name" + " } } } }" * 4
    for document in (
        f"{{ offers(first: 100) {{ nodes {{ {matches} }} }} }}",
        f"{{ groups {{ nodes {{ {members} }} }} }}",
    ):
        made = Operation.parsed(SCHEMA, document, None, bounds=Bounds(document_depth=100))
        with pytest.raises(TooComplex) as raised:
            made.admit({})
        assert raised.value.requested is not None
        assert raised.value.requested > 1_000_000
        assert raised.value.limit == LIMIT


def test_an_operation_within_the_limit_of_its_bounds_is_admitted() -> None:
    document = "query ($n: Int) { offers(first: $n) { nodes { id } } }"
    made = Operation.parsed(SCHEMA, document, None, bounds=Bounds(cost_limit=points(document, n=10)))
    assert made.admit({"n": 10}) == made.bounds.cost_limit
    with pytest.raises(TooComplex):
        made.admit({"n": 11})


def test_introspection_is_cheap_and_counted() -> None:
    from graphql import get_introspection_query

    whole = points(get_introspection_query())
    assert 1000 < whole < LIMIT / 2
    assert points("{ __schema { types { name } } }") < 100


@pytest.mark.parametrize("variables", [{"n": [1]}, {"n": {"a": 1}}, {"n": "x"}, {"n": 1.5}, {"n": True}, {"m": 1}])
def test_no_variable_makes_it_fail(variables: dict[str, Any]) -> None:
    made = operation("query ($n: Int, $f: OfferFilter) { offers(first: $n, filter: $f) { nodes { id } } }")
    try:
        assert made.admit({**variables, "f": ["x"]}) >= 0
    except GraphQLError:
        pytest.fail("raised")
