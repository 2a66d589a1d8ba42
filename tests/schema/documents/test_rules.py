"""A document is held to those rules only that can find something wrong with it: what is found stays the same."""

from random import Random

import pytest
from graphql import GraphQLError, parse, validate

from schema.documents.rules import in_parts, needed
from schema.operations.operation import Operation
from schema.roots import build
from schema.strawberry_internals import graphql_schema, validation_rules
from tests.world import SCHEMA

RULES = validation_rules()
# What each rule is about, right or wrong.
WRONG = [
    "{ network { name } }",
    "{ nothing }",
    "{ network }",
    "{ network { name { x } } }",
    "type T { a: Int } { network { name } }",
    "query A { network { name } } query A { network { name } }",
    "{ network { name } } query A { network { name } }",
    "subscription { offerPublished { offer { id } } eventChanged { event { id } } }",
    "query ($x: Nothing) { network { name } }",
    "query ($x: Offer) { network { name } }",
    "query ($x: Int, $x: Int) { offers(first: $x) { totalCount } }",
    "{ offers(first: $x) { totalCount } }",
    "query ($x: Int) { network { name } }",
    "query ($x: String) { offers(first: $x) { totalCount } }",
    "query ($x: Int = A) { offers(first: $x) { totalCount } }",
    "{ network @nothing { name } }",
    "{ network @skip(if: true) @skip(if: true) { name } }",
    "{ network @skip { name } }",
    "{ network @include(if: 3) { name } }",
    "{ network { ...A } }",
    "fragment A on Network { name } { network { name } }",
    "{ network { ...A } } fragment A on Network { ...A }",
    "{ network { ...A } } fragment A on Offer { title }",
    "{ network { ...A } } fragment A on Nothing { title }",
    "{ network { ...A } } fragment A on DateTime { title }",
    "{ network { ...A } } fragment A on Network { name } fragment A on Network { about }",
    "{ network { ... on Offer { title } } }",
    "{ network { ... @nothing { name } } }",
    "{ offers(nothing: 1) { totalCount } }",
    "{ offers(first: 1, first: 2) { totalCount } }",
    "{ offers(first: \"1\") { totalCount } }",
    "{ offers(filter: {nothing: 1}) { totalCount } }",
    "{ offers(filter: {remote: true, remote: false}) { totalCount } }",
    "{ offers(filter: {near: {latitude: 1}}) { totalCount } }",
    "{ node { id } }",
    "{ a: network { name } a: offers { totalCount } }",
    "{ network { x: name x: about } }",
    "{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }",
    "mutation { signOut { userErrors { path } } } subscription { eventChanged { nothing } }",
]  # fmt: skip


def found(query: str, rules: list[list[type]]) -> list[str]:
    document = parse(query)
    errors = [error for some in rules for error in validate(graphql_schema(SCHEMA), document, some, 1000)]
    return sorted(f"{error.message} {error.locations}" for error in errors)


def held_to_the_same(query: str) -> bool:
    """Whether something is wrong with it; it is the same whichever rules are asked."""
    everything = found(query, [list(RULES)])
    assert found(query, [needed(RULES, query)]) == everything
    assert found(query, list(in_parts(needed(RULES, query)))) == everything
    return bool(everything)


@pytest.mark.parametrize("query", WRONG)
def test_what_is_wrong_is_found_by_those_that_are_asked(query: str) -> None:
    assert held_to_the_same(query) is (query != WRONG[0])


def test_so_it_is_with_what_is_put_together_by_chance() -> None:
    """Pieces of the documents above, put together anew: whatever still can be parsed."""
    dice, seen, wrong = Random(7), 0, 0
    while seen < 300:
        one, other = dice.choice(WRONG), dice.choice(WRONG)
        query = one[: dice.randrange(len(one))] + other[dice.randrange(len(other)) :]
        try:
            parse(query)
        except GraphQLError:
            continue
        seen += 1
        wrong += held_to_the_same(query)
    assert wrong > 100


def test_a_short_document_without_more_is_held_to_half_of_the_rules() -> None:
    assert len(needed(RULES, "{ network { name } }")) <= len(RULES) / 2
    assert set(needed(RULES, 'subscription ($a: B = "@") { __typename ...c(d: 1) }')) == set(RULES)


def test_a_long_document_is_compiled_in_steps_and_is_the_same() -> None:
    texts = [f'a{n}: offers(first: {n}, filter: {{text: "{n}"}}) {{ nodes {{ id x{n} }} }}' for n in range(1, 25)]
    query = f"{{ {' '.join(texts)} }}"
    steps, count = Operation.in_steps(SCHEMA, query, None), 0
    while True:
        try:
            next(steps)
        except StopIteration as end:
            made: Operation = end.value
            break
        count += 1
    whole = Operation.parsed(SCHEMA, query, None)
    assert count >= 5
    assert [str(error) for error in made.errors] == [str(error) for error in whole.errors]
    assert len(made.errors) == 24


def test_of_what_is_left_in_the_middle_nothing_is_kept() -> None:
    operations = build().operations
    steps = operations.in_steps("{ network { name } }", None)
    next(steps)
    steps.close()
    assert not operations.knows("{ network { name } }", None)
    assert operations.size == 0


def test_who_compiles_the_same_at_the_same_time_gets_one() -> None:
    operations = build().operations
    one, other = (operations.in_steps("{ network { name } }", None) for _ in range(2))
    made = []
    for steps in (one, other):
        next(steps)
    for steps in (one, other):
        while True:
            try:
                next(steps)
            except StopIteration as end:
                made.append(end.value)
                break
    assert made[0] is made[1]
    assert operations.knows("{ network { name } }", None)
    assert operations.of("{ network { name } }", None) is made[0]
