"""What is found wrong with a document is what graphql-core finds."""

import graphql
import pytest
from graphql import parse

from schema.documents.validation import validate
from schema.strawberry_internals import graphql_schema, validation_rules
from tests.attacks.documents import circular_fragments, deep_fragments, doubling_fragments, members_of_groups
from tests.schema.documents.test_rules import WRONG
from tests.world import SCHEMA

_NESTED = "{ ...a } fragment a on Query" + " { ... on Query" * 150 + " { ...b }" + " }" * 150
_DEEP = f"{_NESTED} fragment b on Query{' { ... on Query' * 150} {{ network {{ name }} }}{' }' * 150}"
DOCUMENTS = (
    *WRONG,
    "{ offers(first: 3) { nodes { id title } } }",
    "{ offers(first: 3, first: 4, last: A) { nodes { id titel } } nothing }",
    "query ($first: Int, $first: Int, $unused: [Nothing]) { offers(first: $first) { nodes { ...on Member { id } } } }",
    "{ " + " ".join(f"unknown{number}" for number in range(60)) + " }",
    _DEEP,
    *(make(1)["query"] for make in (circular_fragments, deep_fragments, doubling_fragments, members_of_groups)),
)


@pytest.mark.parametrize("document", DOCUMENTS)
@pytest.mark.parametrize("hidden", [False, True])
def test_it_says_the_same(document: str, *, hidden: bool) -> None:
    schema, parsed, rules = graphql_schema(SCHEMA), parse(document), validation_rules()
    expected = graphql.validate(schema, parsed, rules, 50, hide_suggestions=hidden)
    found = validate(schema, parsed, rules, 50, hide_suggestions=hidden)
    assert [(type(one), one.formatted) for one in found] == [(type(one), one.formatted) for one in expected]


def test_documents_are_wrong_in_many_ways() -> None:
    found = [validate(graphql_schema(SCHEMA), parse(one), validation_rules(), 50) for one in DOCUMENTS]
    last = {errors[-1].message for errors in found if errors}
    assert {"Validation aborted.", "Too many validation errors, error limit reached. Validation aborted."} < last
