"""What doesn't fit in the variables, or in the document, says in `extensions.path` where it stands."""

from typing import Any

import pytest

from resolvers.context import Context
from schema.operations.error_masking import presentable
from tests.schema.stock import STOCK
from tests.world import SCHEMA

SCHEMAS = {"breadth first": SCHEMA, "graphql-core": STOCK}
CREATE = "mutation($input: CreateEventInput!) { createEvent(input: $input) { userErrors { path } } }"
FITS: dict[str, Any] = {
    "title": "Fest",
    "description": "Alle",
    "kind": "MEETING",
    "startsAt": "2030-01-01T10:00:00Z",
    "endsAt": "2030-01-01T12:00:00Z",
}
VENUE = {"name": "Rathaus", "location": {"latitude": 52.4, "longitude": 10.8}}


async def errors(document: str, executor: str = "breadth first", **variables: Any) -> list[dict[str, Any]]:
    """The errors as clients get them; nothing was executed."""
    context: Any = Context(services=None)  # type: ignore[arg-type]
    result = await SCHEMAS[executor].execute(document, variable_values=variables, context_value=context)
    assert result.data is None
    return [dict(presentable(one, "en", "test").formatted) for one in result.errors or ()]


def where(found: list[dict[str, Any]]) -> list[Any]:
    """The paths of the errors, all of them the program's mistakes."""
    assert {one["extensions"]["code"] for one in found} == {"BAD_REQUEST"}
    return [one["extensions"].get("path") for one in found]


WRONG: list[tuple[dict[str, Any], list[str]]] = [
    ({"startsAt": "tomorrow"}, ["startsAt"]),
    ({"startsAt": None}, ["startsAt"]),
    ({"kind": "PARTY"}, ["kind"]),
    ({"kind": 1}, ["kind"]),
    ({"title": 7}, ["title"]),
    ({"title": ["a", "b"]}, ["title"]),
    ({"capacity": 2**40}, ["capacity"]),
    ({"capacity": "viele"}, ["capacity"]),
    ({"capacity": 1.5}, ["capacity"]),
    ({"topics": ["sport", "kultur", 3]}, ["topics", "2"]),
    ({"topics": ["sport", None]}, ["topics", "1"]),
    ({"topics": 3}, ["topics"]),
    ({"hostId": True}, ["hostId"]),
    ({"onlineUrl": {}}, ["onlineUrl"]),
    ({"venue": "Rathaus"}, ["venue"]),
    ({"venue": {}}, ["venue", "name"]),
    ({"venue": {**VENUE, "accessibility": ["STEP_FREE", "WINGS"]}}, ["venue", "accessibility", "1"]),
    ({"venue": {**VENUE, "location": {"latitude": "52", "longitude": 10.8}}}, ["venue", "location", "latitude"]),
    ({"venue": {**VENUE, "location": {"latitude": 52.4}}}, ["venue", "location", "longitude"]),
    ({"venue": {**VENUE, "colour": "rot"}}, ["venue", "colour"]),
    ({"it's": 1}, ["it's"]),
    ({"": 1}, [""]),
]


@pytest.mark.parametrize("executor", SCHEMAS)
@pytest.mark.parametrize(("fields", "path"), WRONG)
async def test_a_value_in_the_variables(fields: dict[str, Any], path: list[str], executor: str) -> None:
    assert where(await errors(CREATE, executor, input={**FITS, **fields})) == [["input", *path]]


@pytest.mark.parametrize("missing", ["title", "kind", "startsAt", "endsAt"])
async def test_what_is_missing_is_named(missing: str) -> None:
    given = {name: value for name, value in FITS.items() if name != missing}
    assert where(await errors(CREATE, input=given)) == [["input", missing]]
    assert where(await errors(CREATE)) == [["input"]]
    assert where(await errors(CREATE, input=None)) == [["input"]]


async def test_all_that_is_wrong_is_told_each_with_its_own_path() -> None:
    document = """mutation($input: CreateEventInput!, $id: ID!, $reason: String!) {
      createEvent(input: $input) { userErrors { path } }
      cancelEvent(id: $id, reason: $reason) { userErrors { path } } }"""
    given = {**FITS, "startsAt": "x", "capacity": "y", "bogus": 1}
    found = await errors(document, input=given, id={}, reason=1)
    assert where(found) == [["input", "startsAt"], ["input", "capacity"], ["input", "bogus"], ["id"], ["reason"]]


async def test_a_variable_is_named_by_its_own_name() -> None:
    document = """mutation($from: DateTime!, $day: Date, $in: UpdateOfferInput!) {
      updateOffer(input: $in) { userErrors { path } }
      createEvent(input: {title: "Fest", description: "x", kind: MEETING, startsAt: $from, endsAt: $from}) { userErrors { path } }
      a: updateOffer(input: {id: "x", availableFrom: $day}) { userErrors { path } } }"""  # noqa: E501
    given: dict[str, Any] = {"from": "x", "day": "2026-02-30", "in": {"id": "x", "availableUntil": 5}}
    found = await errors(document, **given)
    assert where(found) == [["from"], ["day"], ["in", "availableUntil"]]


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        ('title: "Fest", startsAt: "x"', [["input", "startsAt"]]),
        ('title: 1, startsAt: "2030-01-01T10:00:00Z"', [["input", "title"]]),
        ('title: "Fest", startsAt: "2030-01-01T10:00:00Z", kind: PARTY', [["input", "kind"]]),
        ('title: "Fest", startsAt: "2030-01-01T10:00:00Z", topics: ["a", 2]', [["input", "topics", "1"]]),
        (
            'title: "Fest", startsAt: "2030-01-01T10:00:00Z", venue: {name: "x", location: {latitude: 1}}',
            [["input", "venue", "location", "longitude"]],
        ),
        ('title: "Fest"', [["input", "startsAt"]]),
        ('title: "Fest", startsAt: "2030-01-01T10:00:00Z", colour: "rot"', [["input", "colour"]]),
    ],
)
async def test_a_literal_in_the_document(given: str, paths: list[list[str]]) -> None:
    rest = "" if "kind:" in given else ", kind: MEETING"
    fields = f'{given}, description: "x", endsAt: "2030-01-01T12:00:00Z"{rest}'
    document = f"mutation {{ createEvent(input: {{{fields}}}) {{ userErrors {{ path }} }} }}"
    for _again in range(2):  # remembered the second time
        found = await errors(document)
        assert where(found) == paths
        assert all(one["locations"] for one in found)


async def test_a_literal_in_a_document_too_long_to_be_kept() -> None:
    document = "query { " + " " * 20_000 + ' offers(first: "x") { totalCount } }'
    assert len(document) > 20_000
    assert where(await errors(document)) == [["first"]]


async def test_errors_are_bounded_in_number_and_size() -> None:
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    found = await errors(document, ids=[1.5] * 100)
    assert len(found) == 51
    assert where(found) == [*(["ids", str(number)] for number in range(50)), None]
    long = await errors(CREATE, input={**FITS, **{f"{number}{'x' * 3000}": 1 for number in range(60)}})
    assert len(long) == 51
    assert len(str(long)) < 51 * 1500


async def test_what_is_too_deep_has_no_path_and_breaks_nothing() -> None:
    deep: Any = "x"
    for _level in range(5000):
        deep = [deep]
    found = await errors(CREATE, input={**FITS, "topics": deep})
    assert [one["extensions"]["code"] for one in found] == ["TOO_COMPLEX"]


async def test_the_same_over_a_stream() -> None:
    context: Any = Context(services=None)  # type: ignore[arg-type]
    document = "subscription($id: ID!) { offerChanged(id: $id) { cursor } }"
    results = await SCHEMAS["breadth first"].stream(document, variable_values={"id": 1.5}, context_value=context)
    found: list[Any] = [one async for one in results]
    assert where([dict(presentable(one, "en", "test").formatted) for one in found[0].errors]) == [["id"]]


async def test_other_errors_have_no_path() -> None:
    for document in ("{", "{ nothing }", "query($a: Nothing) { network(a: $a) { name } }"):
        assert where(await errors(document)) == [None] * len(await errors(document))
