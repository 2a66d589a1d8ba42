"""The served schema keeps the contract that clients are written against, and is told completely."""

from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLInputField,
    GraphQLSchema,
    ObjectTypeDefinitionNode,
    build_schema,
    is_enum_type,
    is_input_object_type,
    is_introspection_type,
    is_non_null_type,
    parse,
    print_ast,
)
from graphql.utilities import DangerousChangeType, find_breaking_changes, find_dangerous_changes
from strawberry.utils.str_converters import to_snake_case

from schema.declare.seen_by import SeenBy
from schema.roots import build, sdl
from schema.semantic_nulls import semantic_non_nulls
from tests.world import World

ROOT = Path(__file__).parents[2]
CONTRACT = build_schema((ROOT / "tests/contract/schema.graphql").read_text())
SERVED: GraphQLSchema = build_schema(sdl())


def test_nothing_of_the_contract_is_renamed_removed_or_tightened() -> None:
    assert [change.description for change in find_breaking_changes(CONTRACT, SERVED)] == []


def default(field: GraphQLInputField) -> str | None:
    """The default value as the SDL has it."""
    return print_ast(field.default.literal) if field.default and field.default.literal else None


def test_no_default_of_the_contract_is_changed() -> None:
    changes = find_dangerous_changes(CONTRACT, SERVED)
    defaults = [c.description for c in changes if c.type is DangerousChangeType.ARG_DEFAULT_VALUE_CHANGE]
    assert defaults == []
    for name, contracted in CONTRACT.type_map.items():
        if is_input_object_type(contracted):
            served = SERVED.type_map[name]
            assert is_input_object_type(served)
            for field_name, field in contracted.fields.items():
                assert default(served.fields[field_name]) == default(field), f"{name}.{field_name}"


def test_the_contract_s_null_promises_are_kept_to_the_letter() -> None:
    """A field that the contract has nullable isn't served non-null: clients generate types from either."""
    different = []
    for name, contracted in CONTRACT.type_map.items():
        if is_introspection_type(contracted):
            continue
        for field_name, field in getattr(contracted, "fields", {}).items():
            served = SERVED.type_map[name].fields[field_name]  # type: ignore[attr-defined]
            if str(served.type) != str(field.type):
                different.append(f"{name}.{field_name}: {field.type} became {served.type}")
    assert different == []


def test_the_committed_sdl_is_the_served_one() -> None:
    committed = (ROOT / "schema/schema.graphql").read_text()
    assert committed == sdl(), "run `make schema`"


# Of the root fields that are nullable those that show one thing, which may not be there.
MAY_BE_NOTHING = {"viewer", "node", "member", "group", "event", "offer", "apiKeys", "reports", "auditLog"}


def test_root_fields_that_are_null_only_with_an_error_are_marked() -> None:
    nullable = {
        (root.name, name)
        for root in (SERVED.query_type, SERVED.mutation_type)
        if root is not None
        for name, field in root.fields.items()
        if not is_non_null_type(field.type) and name not in MAY_BE_NOTHING
    }
    assert semantic_non_nulls(build()._schema) == nullable
    marked = {
        (type_.name.value, field.name.value)
        for type_ in parse(sdl()).definitions
        if isinstance(type_, ObjectTypeDefinitionNode)
        for field in type_.fields or ()
        if [directive.name.value for directive in field.directives or ()] == ["semanticNonNull"]
    }
    assert marked == nullable


async def test_a_field_is_marked_exactly_where_null_means_an_error(world: World) -> None:
    """Asked of an empty network, where every list is empty, by a guest."""
    one = " ".join(f'{name}(slug: "x") {{ id }}' for name in ("member", "group", "event", "offer"))
    lists = " ".join(f"{name} {{ nodes {{ id }} }}" for name in ("members", "groups", "events", "offers"))
    searched = 'node(id: "x") { id } search(text: "x") { totalCount }'
    office = "apiKeys { id } reports { totalCount } auditLog { totalCount }"
    others = f"{searched} viewer {{ id }} network {{ name }} {office}"
    found = await world.data(f"{{ {one} {lists} {others} }}")
    assert {name for name, value in found.items() if value is None} == MAY_BE_NOTHING
    assert {*found} == {n for root, n in semantic_non_nulls(build()._schema) if root == "Query"} | MAY_BE_NOTHING


def _told(schema: GraphQLSchema) -> list[tuple[str, str | None]]:
    told: list[tuple[str, str | None]] = []
    for name, kind in schema.type_map.items():
        if is_introspection_type(kind) or name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        told.append((name, kind.description))
        if is_enum_type(kind):
            told.extend((f"{name}.{value}", one.description) for value, one in kind.values.items())
        for field_name, field in getattr(kind, "fields", {}).items():
            told.append((f"{name}.{field_name}", field.description))
            for argument_name, argument in getattr(field, "args", {}).items():
                told.append((f"{name}.{field_name}({argument_name}:)", argument.description))
    return told


def test_every_type_field_argument_and_enum_value_is_described() -> None:
    assert [place for place, text in _told(SERVED) if not text or len(text) < 4] == []


@pytest.mark.parametrize("name", ["DateTime", "Date"])
def test_scalars_say_which_specification_they_follow(name: str) -> None:
    contracted = CONTRACT.type_map[name].specified_by_url  # type: ignore[attr-defined]
    assert build()._schema.type_map[name].specified_by_url == contracted  # type: ignore[attr-defined]


# What sentences call an object; None where everyone sees all of them.
NOUNS = {
    "Member": "member",
    "Group": None,
    "GroupMembership": "membership",
    "GroupPost": "post",
    "Event": "event",
    "Registration": "registration",
    "Offer": "entry",
    "OfferResponse": "response",
    "ApiKey": "key",
    "AuditEntry": "entry",
    "SignInSession": "session",
}


@pytest.mark.parametrize("name", NOUNS)
def test_every_field_of_an_object_says_who_sees_it(name: str) -> None:
    declared: Any = build()._schema.type_map[name]
    for field, one in declared.fields.items():
        if field != "id":
            seen_by = one.extensions["strawberry-definition"].metadata.get("seen_by", SeenBy.EVERYONE)
            ending = seen_by.sentence(NOUNS[name], to_snake_case(field))
            assert one.description.endswith(ending), field
            assert ending or "viewer" in one.description.lower(), field
