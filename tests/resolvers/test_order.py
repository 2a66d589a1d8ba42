"""The one order in which a change is refused, walked over every mutation, in every role.

Sign-in, sight and right are the table's of docs/permissions.md: who is refused there is refused in the same way
whatever else is wrong. Then comes the input, then the version, then the state. After each refusal nothing has changed
and nothing was told.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type

from models import (
    ApiKey,
    Event,
    Group,
    GroupMembership,
    GroupPost,
    Member,
    MemberStatus,
    Offer,
    OfferResponse,
    Registration,
    Report,
    RepresentativeInvitation,
    SavedSearch,
    now,
)
from resolvers.context import Context
from schema.declare.ids import global_id, read_global_id
from tests.auth.test_permissions import OPERATIONS, OUTCOMES, cast_for, read_table
from tests.dump import dump
from tests.forms import MUTATIONS, is_of_a_form
from tests.world import Answer, World

ROOT = Path(__file__).parents[2]
CHANGES = {name: name.split()[0] for name in OPERATIONS if name.split()[0] in MUTATIONS}
MODELS: dict[str, Any] = {
    model.__name__: model
    for model in (
        ApiKey,
        Event,
        Group,
        GroupMembership,
        GroupPost,
        Member,
        Offer,
        OfferResponse,
        Registration,
        Report,
        SavedSearch,
    )
}
MODELS["Invitation"] = RepresentativeInvitation
# What is typed, and may be wrong: everywhere the same words for it.
TYPED = ("title", "name", "purpose", "body", "message", "reason", "note", "description")
ENDED = {
    "Event": {"status": "CANCELLED"},
    "Offer": {"status": "WITHDRAWN"},
    "OfferResponse": {"status": "WITHDRAWN"},
    "Registration": {"status": "CANCELLED"},
    "GroupMembership": {"status": "LEFT"},
    "Report": {"status": "DISMISSED"},
}
# An id of nothing, of another type, of no type, and no id.
NOBODY = ("Member", "Group", "Event", "Offer", "Registration", "GroupMembership", "OfferResponse")


# What is done to any of several types, whatever its state but one: hidden, or not.
_OF_ANY = ("hide", "unhide")


def fields_of(mutation: str) -> dict[str, Any]:
    """The arguments of a mutation, or the fields of its input."""
    arguments: dict[str, Any] = MUTATIONS[mutation].args
    inner = get_named_type(arguments["input"].type) if "input" in arguments else None
    return inner.fields if isinstance(inner, GraphQLInputObjectType) else arguments


def typed_of(mutation: str) -> list[str]:
    """The fields of a mutation that people type."""
    fields = fields_of(mutation)
    return [name for name in TYPED if name in fields and get_named_type(fields[name].type).name == "String"]


def with_bad_input(mutation: str, document: str, variables: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The same request with all that is typed far too long."""
    bad = {name: "x" * 30_000 for name in typed_of(mutation)}
    if "input" in variables:
        return document, {**variables, "input": {**variables["input"], **bad}}
    head, _call, rest = document.partition(f"it: {mutation}(")
    arguments, _close, selection = rest.partition(")")
    kept = [one for one in arguments.split(", ") if one.split(":")[0] not in bad]
    given = ", ".join([*kept, *(f'{name}: "{text}"' for name, text in bad.items())])
    return (f"{head}it: {mutation}({given}){selection}" if bad else document), variables


def object_of(variables: dict[str, Any]) -> tuple[Any, int] | None:
    """Which row the request is about: model and key; None where it names none."""
    given = variables.get("input", variables)
    for name in ("id", "o", "offerId", "groupId"):
        if isinstance(given.get(name), str) and (read := read_global_id(given[name])):
            return MODELS[read[0]], read[1]
    return None


def about_another(variables: dict[str, Any], key: str) -> dict[str, Any]:
    """The same request about another object."""
    given = variables.get("input", variables)
    name = next(name for name in ("id", "o", "offerId", "groupId") if name in given)
    changed = {**given, name: key}
    return {**variables, "input": changed} if "input" in variables else changed


def versions_of(mutation: str, current: int) -> Iterator[int]:
    """Versions that the object doesn't have: stale ones, those of the future, and those that none ever has."""
    if "ifVersion" in fields_of(mutation):
        yield from (current - 1, current + 1, 0, -1, -(2**31), 2**31 - 1)


def at_version(variables: dict[str, Any], version: int) -> dict[str, Any]:
    """The same request with `ifVersion`."""
    if "input" not in variables:
        return {**variables, "ifVersion": version}
    return {**variables, "input": {**variables["input"], "ifVersion": version}}


def word(answer: Answer) -> str:
    """How the request was refused or done: a word of the table, or the codes of its userErrors."""
    if answer.errors:
        return {code: one for one, code in OUTCOMES.items()}.get(answer.codes[0], str(answer.errors))
    payload = (answer.data or {})["it"]
    return ",".join(sorted({error["code"] for error in payload["userErrors"]})) or "yes"


class Asker:
    """One who asks the same mutation again and again, and is refused each time."""

    def __init__(self, world: World, mutation: str, context: Context) -> None:
        self.world, self.mutation, self.context = world, mutation, context

    async def refused(self, document: str, variables: dict[str, Any]) -> str:
        """The word; nothing has changed, and every path is one of a form."""
        before = await dump()
        answer = await self.world.ask(document, self.context, **variables)
        assert await dump() == before
        for error in ((answer.data or {}).get("it") or {}).get("userErrors", ()):
            assert is_of_a_form(self.mutation, error["path"]), error
        return word(answer)


def test_the_walk_knows_every_mutation_with_a_version_or_an_id() -> None:
    about = {
        name for name in MUTATIONS if any(one == "id" or one.endswith(("Id", "ersion")) for one in fields_of(name))
    }
    assert about <= set(CHANGES.values())


@pytest.mark.walk(every=5)
@pytest.mark.parametrize("name", list(CHANGES))
async def test_who_may_not_is_refused_alike_whatever_else_is_wrong(world: World, name: str) -> None:
    mutation = CHANGES[name]
    for role, expected in read_table()[name].items():
        if expected in ("yes", "–"):
            continue
        cast = await cast_for(world, role)
        document, variables = await OPERATIONS[name](cast)
        asker = Asker(world, mutation, await world.context(cast.asker))
        bad_document, bad = with_bad_input(mutation, document, variables)
        assert await asker.refused(bad_document, bad) == expected, role
        for version in versions_of(mutation, 1):
            assert await asker.refused(bad_document, at_version(bad, version)) == expected, (role, version)


@pytest.mark.walk(every=3)
@pytest.mark.parametrize("name", [name for name, mutation in CHANGES.items() if not mutation.startswith("create")])
async def test_what_is_not_there_is_not_found_whatever_else_is_wrong(world: World, name: str) -> None:
    mutation = CHANGES[name]
    allowed = [role for role, word in read_table()[name].items() if word == "yes"]
    cast = await cast_for(world, allowed[0])
    document, variables = await OPERATIONS[name](cast)
    found = object_of(variables)
    if found is None:
        return
    document, variables = with_bad_input(mutation, document, variables)
    asker = Asker(world, mutation, await world.context(cast.asker))
    other = next(one for one in NOBODY if one != found[0].__name__)
    others = [] if mutation in _OF_ANY else [global_id(other, found[1])]
    for key in (global_id(found[0].__name__, 999_999_999), *others, "x", ""):
        said = await asker.refused(document, about_another(variables, key))
        # What is made by a form that names an object answers as forms do.
        assert said == ("NOT_FOUND" if mutation in ("respondToOffer", "publishGroupPost") else "not found"), key


@pytest.mark.walk(every=3)
@pytest.mark.parametrize("name", list(CHANGES))
async def test_input_comes_before_the_version_and_that_before_the_state(world: World, name: str) -> None:
    mutation = CHANGES[name]
    allowed = [role for role, word in read_table()[name].items() if word == "yes"]
    cast = await cast_for(world, allowed[-1])
    document, variables = await OPERATIONS[name](cast)
    asker = Asker(world, mutation, await world.context(cast.asker))
    found = object_of(variables)
    typed = typed_of(mutation)
    versions = list(versions_of(mutation, 3))
    if found is not None and versions:
        await found[0].filter(id=found[1]).update(version=3)
    await _end(mutation, found)
    bad_document, bad = with_bad_input(mutation, document, variables)
    if typed:
        assert await asker.refused(bad_document, bad) == "TOO_LONG"
    for version in versions:
        assert await asker.refused(bad_document, at_version(bad, version)) == "TOO_LONG", version
        assert await asker.refused(document, at_version(variables, version)) == "CONFLICT", version
    if found is not None and found[0].__name__ in ENDED:
        assert await asker.refused(document, variables) in ("WRONG_STATE", "forbidden"), "its state comes last"


async def _end(mutation: str, found: tuple[Any, int] | None) -> None:
    """Bring the object into a state that allows nothing any more."""
    if found is None:
        return
    model, key = found
    if mutation in _OF_ANY:
        await model.filter(id=key).update(hidden_at=now() if mutation == "hide" else None)
    elif model is Member:
        await Member.filter(id=key).update(status=MemberStatus.DECLINED) if mutation == "suspendMember" else None
    elif model.__name__ in ENDED:
        await model.filter(id=key).update(**ENDED[model.__name__])


@pytest.mark.parametrize("name", [name for name, mutation in CHANGES.items() if "ifVersion" in fields_of(mutation)])
async def test_the_version_that_it_has_goes_through_and_a_conflict_shows_the_object(world: World, name: str) -> None:
    mutation = CHANGES[name]
    cast = await cast_for(world, "office")
    document, variables = await OPERATIONS[name](cast)
    found = object_of(variables)
    if found is None or read_table()[name]["office"] != "yes":
        return
    model, key = found
    context = await world.context(cast.asker)
    await model.filter(id=key).update(version=7)
    noun = model.__name__.lower().removeprefix("group") or "group"
    shown = document.replace("userErrors", f"{noun} {{ version }} userErrors")
    for version in versions_of(mutation, 7):
        before = await dump()
        answer = await world.ask(shown, context, **at_version(variables, version))
        assert await dump() == before
        assert answer.data
        assert answer.data["it"][noun] == {"version": 7}
        assert [(one["path"], one["code"]) for one in answer.data["it"]["userErrors"]] == [([], "CONFLICT")]
    answer = await world.ask(shown, context, **at_version(variables, 7))
    assert answer.data == {"it": {noun: {"version": 8}, "userErrors": []}}


async def test_whoever_may_not_make_something_new_is_not_told_what_is_wrong_with_it(world: World) -> None:
    for name in ("createOffer for another member", "createEvent for another host", "createEvent in a group"):
        cast = await cast_for(world, "member")
        document, variables = await OPERATIONS[name](cast)
        document, variables = with_bad_input(CHANGES[name], document, variables)
        asker = Asker(world, CHANGES[name], await world.context(cast.asker))
        assert await asker.refused(document, variables) == "forbidden", name


async def test_what_is_wrong_with_something_new_is_told_at_once_with_what_it_belongs_to(world: World) -> None:
    anna = await world.member("Anna")
    nobody = global_id("Member", 999_999_999)
    document = "mutation($input: CreateOfferInput!) { it: createOffer(input: $input) { userErrors { path code } } }"
    fields = {"direction": "SEEK", "category": "ROOM", "title": "", "description": "Für Proben.", "ownerId": nobody}
    answer = await world.ask(document, anna, input=fields)
    assert answer.data == {
        "it": {
            "userErrors": [
                {"path": ["input", "title"], "code": "REQUIRED"},
                {"path": ["input", "ownerId"], "code": "NOT_FOUND"},
            ]
        }
    }


# What begins a transaction by itself: what makes something new, what needs a secret, what the server does alone.
BY_THEMSELVES = {
    "create_api_key", "create_event", "create_group", "create_offer", "create_organisation", "create_office_account",
    "confirm_email", "sign_in", "refresh_session", "sign_out",
    "index_pending", "store_synonyms", "tell_of_pairs",
    "change_password", "reset_password", "set_password", "end_sessions", "send_link", "sign_in_with_link",
    "request_email_change", "report", "accept_invitation", "begin_sign_up",
    "back_from_provider", "sign_in_with_provider",
    "enrol_second_factor", "disable_second_factor", "reset_second_factor",
    "expire_due", "forget_links", "_forget", "write_down_days", "_take", "_mark", "KeyUses",
    "sweep_erased", "prepare_exports", "expire_exports", "_note_failure",
    "empty_ahead", "tell_the_inactive", "unsubscribe",
}  # fmt: skip


def test_whatever_changes_something_goes_the_one_way() -> None:
    found = set()
    for path in (ROOT / "resolvers").rglob("*.py"):
        if "demo" in path.parts or path.name == "reference_data.py":
            continue
        for function in ast.parse(path.read_text()).body:
            calls = [ast.unparse(one) for one in ast.walk(function) if isinstance(one, ast.Attribute)]
            if any(one.endswith(("outbox.write", "outbox.begin")) for one in calls):
                found.add(getattr(function, "name", path.name))
    assert found == {"change", *BY_THEMSELVES}
