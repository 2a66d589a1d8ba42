"""What answers are made of: every field says so, and says the truth about clock, writers and guests."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import fields
from inspect import unwrap
from types import CodeType, FunctionType
from typing import Any

import pytest
from graphql import (
    FragmentDefinitionNode,
    get_named_type,
    get_operation_ast,
    is_interface_type,
    is_object_type,
    is_union_type,
    parse,
)

import resolvers
from auth.access.accounts import own_affairs
from auth.access.events import visible_registrations
from auth.access.members import visible_representations
from auth.access.offers import visible_responses
from auth.access.rows import ForeignKeyRelation
from auth.viewer import GUEST
from models import OfferResponse, Registration, Representation
from resolvers import versioned
from schema.declare.fields import BY_CLOCK, Relation, Uncacheable
from schema.operations.cache_dependencies import dependencies_of, dependencies_of_field
from subscriptions.changes import Change, Noun
from tests.world import SCHEMA, World

MEMBER, GROUP, MEMBERSHIP, POST, EVENT, OFFER, TOWN = Noun


def of(query: str, operation_name: str | None = None) -> set[Noun] | None:
    found = SCHEMA.operations.of(query, operation_name).dependencies
    return None if found is None else set(found.nouns.union(*found.roots.values()))


# ---------------------------------------------------------------- what a document asks for


@pytest.mark.parametrize(
    ("query", "nouns"),
    [
        ("{ network { name topics { name } districts { name } } }", {TOWN}),
        ("{ __typename __schema { types { name } } }", set()),
        ("{ offers { nodes { title } } }", {OFFER}),
        ("{ offers { nodes { title owner { name } group { name } } } }", {OFFER, MEMBER, GROUP}),
        ("{ group(slug: \"a\") { name memberCount } }", {GROUP, MEMBERSHIP, MEMBER}),
        ("{ groups { nodes { members { nodes { name } } events { nodes { title } } } } }",
         {MEMBER, GROUP, MEMBERSHIP, EVENT}),
        ("{ network { statistics { memberCount } } }", {MEMBER, GROUP, EVENT, OFFER}),
        ("{ event(slug: \"a\") { title viewerRegistration { status waitlistPosition } } }", {EVENT}),
        ("{ node(id: \"a\") { id } }", {*Noun}),
        ("{ search(text: \"a\") { nodes { ... on Offer { title event { host { name } } } } } }",
         {MEMBER, GROUP, EVENT, OFFER}),
        ("query ($yes: Boolean!) { offers { nodes { title owner @skip(if: $yes) { name } } } }", {OFFER, MEMBER}),
        ("query A { offers { totalCount } } query B { events { totalCount } }", None),
        ("{ offers { nodes { ...A } } } fragment A on Offer { owner { ...B } } fragment B on Node { ...C } "
         "fragment C on Member { name groups { nodes { name } } }", {OFFER, MEMBER, MEMBERSHIP, GROUP}),
    ],
)  # fmt: skip
def test_nouns_are_found_wherever_they_are_selected(query: str, nouns: set[Noun] | None) -> None:
    assert of(query) == nouns


def test_of_several_operations_the_named_one_counts() -> None:
    query = "query A { offers { totalCount } } query B { events { totalCount } }"
    assert (of(query, "A"), of(query, "B"), of(query, "C")) == ({OFFER}, {EVENT}, None)


@pytest.mark.parametrize(
    "query",
    [
        "{ liveCursor }",
        "{ offers { liveCursor } }",
        "{ network { statistics { upcomingEventCount } } }",
        "{ network { statistics { asOf } } }",
        "{ network { history { day } } }",
        "{ offers { nodes { title } } network { history { day } } }",
        "mutation { signOut { userErrors { code } } }",
        "subscription { offerPublished { cursor } }",
        "{ nothing }",
        "{ offers { nodes { nothing } } }",
        "{ offers { ...Gone } }",
        "{ ... on Nothing { id } }",
        "{",
        "",
        "{ a: " * 5000,
        "{ offers { totalCount } }" + " " * 20_000,
    ],
)
def test_what_changes_by_itself_and_what_is_no_query_is_not_remembered(query: str) -> None:
    assert of(query) is None


def test_fragments_cost_what_they_are_long_however_they_are_spread() -> None:
    spreads = [
        f"fragment F{n} on Offer {{ ...F{n + 1} owner {{ offers {{ nodes {{ ...F{n + 1} }} }} }} }}" for n in range(60)
    ]
    circle = "fragment F60 on Offer { title ...F0 }"
    document = parse("query A { offers { nodes { ...F0 } } }" + "".join(spreads) + circle)
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    operation = get_operation_ast(document)
    assert operation is not None
    found = dependencies_of(SCHEMA._schema, operation, fragments)
    assert found is not None
    assert found.nouns == {OFFER, MEMBER}


# ---------------------------------------------------------------- what the fields say


def reachable() -> Iterator[tuple[str, Any]]:
    """Every field that a query can select."""
    todo: list[Any] = [SCHEMA._schema.query_type]
    seen: set[str] = set()
    while todo:
        type_ = todo.pop()
        if type_.name in seen:
            continue
        seen.add(type_.name)
        if is_union_type(type_) or is_interface_type(type_):
            todo.extend(SCHEMA._schema.get_possible_types(type_))
        if is_object_type(type_) or is_interface_type(type_):
            for name, field in type_.fields.items():
                yield f"{type_.name}.{name}", field
                todo.append(get_named_type(field.type))


FIELDS = dict(reachable())


def test_every_field_says_what_it_is_made_of() -> None:
    assert len(FIELDS) > 200
    assert [name for name, field in FIELDS.items() if dependencies_of_field(field) is Uncacheable.UNKNOWN] == []


def test_every_kind_of_change_says_what_it_touches_and_every_noun_is_touched() -> None:
    with pytest.raises(TypeError, match="touches"):
        type("SomethingNew", (Change,), {})
    assert "SomethingNew" not in Change.kinds
    touched: set[Noun] = set()
    for name, kind in Change.kinds.items():
        if kind.touches != set(Noun):
            touched |= kind.touches
        named = {one.name.removesuffix("_id") for one in fields(kind)} & set(Noun)
        assert named <= kind.touches | {GROUP, MEMBER}, name
    assert touched == set(Noun)


def functions(code: CodeType, names: dict[str, Any], seen: set[CodeType]) -> Iterator[str]:
    """The names that the code uses, and that the functions and classes of the project use which it calls."""
    if code in seen:
        return
    seen.add(code)
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from functions(constant, names, seen)
    for name in code.co_names:
        used = names.get(name)
        for one in vars(used).values() if isinstance(used, type) else (used,):
            if isinstance(one, FunctionType) and one.__module__.split(".")[0] in ("resolvers", "auth", "models"):
                yield from functions(one.__code__, one.__globals__, seen)


def used_by(function: Callable[..., Any]) -> set[str]:
    function = ForeignKeyRelation.__call__ if isinstance(function, ForeignKeyRelation) else unwrap(function)
    assert isinstance(function, FunctionType)
    return set(functions(function.__code__, function.__globals__, set()))


def test_who_asks_what_time_it_is_says_so() -> None:
    """A tripwire: it follows plain calls only."""
    asking: dict[str, bool] = {}
    for name, field in FIELDS.items():
        metadata = field.extensions["strawberry-definition"].metadata
        relation = metadata.get("relation")
        function = relation.batch if isinstance(relation, Relation) else metadata.get("root")
        if function is not None:
            parts = [field, *(getattr(get_named_type(field.type), "fields", {})).values()]
            asking[name] = bool({"now", "today", "monotonic"} & used_by(function))
            assert not asking[name] or any(dependencies_of_field(one) is BY_CLOCK for one in parts), name
    assert {name for name, asks in asking.items() if asks} == {
        *("Network.statistics", "Network.history", "Viewer.sessions"),
        *("Member.invitations", "Member.askedRepresentatives", "DataExport.url"),
    }


# Writers that tell of no change: nothing of what they write is shown to a guest.
UNTOLD = {
    "resolvers.accounts.terms.accept_terms",
    "resolvers.privacy.expiry._forget",
    "resolvers.privacy.inactive.tell_the_inactive",
    "resolvers.privacy.exports.expire_exports",
    "resolvers.privacy.exports.prepare_exports",
    "resolvers.privacy.exports.request_data_export",
    "resolvers.privacy.sweeping.sweep_erased",
    "resolvers.accounts.attempts._note_failure",
    "resolvers.accounts.calendar.renew_registrations_ical_url",
    "resolvers.accounts.email_changes.request_email_change",
    "resolvers.accounts.links.send_link",
    "resolvers.accounts.locked_out.reset_second_factor",
    "resolvers.accounts.provider.back_from_provider",
    "resolvers.accounts.second_factor.disable_second_factor",
    "resolvers.accounts.second_factor.enrol_second_factor",
    "resolvers.accounts.sign_up.create_office_account",
    "resolvers.accounts.sign_up.forget_links",
    "resolvers.accounts.sign_up.begin_sign_up",
    "resolvers.api_keys.write.create_api_key",
    "resolvers.events.registrations.record_attendance",  # a seat that is taken stays taken
    "resolvers.events.write.create_event",  # a draft
    "resolvers.members.invitations.invite_representative",
    "resolvers.members.invitations.withdraw_invitation",
    "resolvers.network.board_days.write_down_days",  # `Network.history` is never remembered
    "resolvers.matches.dismiss.dismiss_match",
    "resolvers.profiles.write.set_profile",
    "resolvers.notifications.write.set_notifications",
    "resolvers.notifications.write.unsubscribe",
    "resolvers.mail.queue._mark",
    "resolvers.mail.queue._take",
    "resolvers.offers.responses.decide_response",
    "resolvers.offers.responses.respond_to_offer",
    "resolvers.offers.responses.withdraw_response",
    "resolvers.search.synonyms.store_synonyms",  # before the first request
    "resolvers.network.reference_data.store_town",  # before the first request
}


def test_who_writes_tells_or_shows_guests_nothing() -> None:
    """A tripwire for new writers: whether each tells in every case, the tests of remembering find out."""
    silent: set[str] = set()
    for module in pkgutil.walk_packages(resolvers.__path__, "resolvers."):
        for name, function in vars(importlib.import_module(module.name)).items():
            if isinstance(function, FunctionType) and function.__module__ == module.name:
                names = used_by(function)
                called = function.__code__.co_names
                # `change` writes for those that call it, and hands them what tells.
                changes_something = "change" in called and function.__globals__.get("change") is versioned.change
                writes = "write" in called and function is not versioned.change
                if (writes or changes_something) and "tell" not in names:
                    silent.add(f"{module.name}.{name}")
    assert silent == UNTOLD


async def test_guests_are_shown_nothing_of_what_no_change_tells_of(world: World) -> None:
    owner, other = await world.member("Ada"), await world.organisation("Bund", by=await world.member("Cem"))
    offer, event = await world.offer(owner=owner), await world.event(host=other)
    await OfferResponse.create(offer=offer, member=other, message="Gern.", status="ACCEPTED")
    await Registration.create(event=event, member=owner, status="CONFIRMED", queue_number=1)
    assert not await OfferResponse.filter(visible_responses(GUEST)).exists()
    assert not await OfferResponse.filter(own_affairs(GUEST)).exists()
    assert not await Registration.filter(visible_registrations(GUEST)).exists()
    assert not await Representation.filter(visible_representations(GUEST)).exists()
    found = await world.data(
        """{ viewer { id } offers { nodes { responses { totalCount } viewerResponse { id } viewerCanUpdate } }
        events { nodes { registrations { totalCount } viewerRegistration { id } viewerCanUpdate } }
        members { nodes { kind emailAudience viewerCanUpdate representatives { totalCount } } } }"""
    )
    assert found == {
        "viewer": None,
        "offers": {"nodes": [{"responses": None, "viewerResponse": None, "viewerCanUpdate": False}]},
        "events": {"nodes": [{"registrations": None, "viewerRegistration": None, "viewerCanUpdate": False}]},
        "members": {
            "nodes": [
                {"kind": kind, "emailAudience": None, "viewerCanUpdate": False, "representatives": shown}
                for kind, shown in (
                    ("PERSON", {"totalCount": 0}),
                    ("ORGANISATION", None),
                    ("PERSON", {"totalCount": 0}),
                )
            ]
        },
    }
