"""Whatever is given to a mutation: never an INTERNAL error, never a half-written change.

Random values of the schema's own input types: too long, empty, wrong states, foreign ids, ids of another type, control
characters, huge numbers. What is refused has changed nothing and told of nothing.
"""

import os
from typing import Any

import pytest
import pytest_asyncio
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    is_required_argument,
    is_required_input_field,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auth.refusals import SessionOver
from models import (
    GroupRole,
    MembershipStatus,
    MemberStatus,
    NetworkRole,
    OfferResponse,
    OfferStatus,
    Registration,
    Topic,
)
from schema.declare.ids import global_id
from tests.dump import dump
from tests.forms import MUTATIONS, is_of_a_form
from tests.world import World

EXAMPLES = int(os.environ.get("BAD_INPUTS", "12"))
TYPES = (
    "Member",
    "Group",
    "GroupMembership",
    "GroupPost",
    "Event",
    "Registration",
    "Offer",
    "OfferResponse",
    "Topic",
    "Synonyms",
)

KINDS = ("Synonyms", "Response", "Offer", "Registration", "Event", "Membership", "Group", "Member")
WRONG_IDS = st.one_of(
    st.builds(global_id, st.sampled_from(TYPES), st.integers(1, 6)),
    st.builds(global_id, st.sampled_from((*TYPES, "Nothing")), st.integers(-(2**70), 2**70)),
    st.sampled_from(["", "1", "null", "T2ZmZXI6", "T2ZmZXI6MQ==", "ä", "\x00", "a" * 5000, "____", "T2ZmZXI6MeKCrA"]),
    st.text(max_size=20),
)


def ids_of(name: str) -> st.SearchStrategy[str]:
    """Ids for an argument, mostly of the type that it is named after."""
    for kind in KINDS:
        if kind.lower() in name.lower():
            name = {"Response": "OfferResponse", "Membership": "GroupMembership"}.get(kind, kind)
            break
    else:
        name = "Member"
    right = st.builds(global_id, st.just(name), st.integers(1, 6))
    return st.one_of(right, right, right, WRONG_IDS)


TEXTS = st.one_of(
    st.sampled_from(
        (
            *("", " ", "\n", "x", "Ein guter Titel", "sport", "de", "Europe/Berlin", "Mars/Olympus", "../etc/passwd"),
            *("\x00", "a\x00b", "\x1b[31m", "\u202e", "\ud83d\ude00", "a\u0308" * 150, "x" * 201, "x" * 30_000),
            *("' OR 1=1 --", "%", "_" * 10, "mail@example.org", "a@b", "@", "https://example.org/", "http://[::1"),
            *(
                "javascript:alert(1)",
                "https://" + "x" * 600,
                "+495361280",
                "05361 280",
                "110",
                "+" * 60,
                "{0}",
                "{name}",
            ),
            *("%s", "de-DE", "xx-invalid-tag", "\u2028"),
        )
    ),
    st.text(max_size=60),
    st.sampled_from(("Ein guter Titel", "Ein längerer Text, der erklärt, worum es geht.", "sport")),
    st.sampled_from(("Ein guter Titel", "Gern!", "2030")),
)
INSTANTS = st.one_of(
    st.integers(1, 28).map("2030-01-{:02}T18:00:00+01:00".format),
    st.integers(1, 28).map("2030-01-{:02}T18:00:00+01:00".format),
    st.datetimes().map(lambda instant: instant.isoformat() + "Z"),
    st.sampled_from(
        [
            "2030-01-01T10:00:00Z",
            "2030-01-01T12:00:00+14:00",
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-14:00",
            "x",
        ]
    ),
)
DAYS = st.one_of(
    st.integers(1, 28).map("2030-01-{:02}".format),
    st.dates().map(str),
    st.sampled_from(["2030-02-30", "", "0001-01-01"]),
)
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "String": TEXTS,
    "EmailAddress": TEXTS,
    "PhoneNumber": TEXTS,
    "URL": TEXTS,
    "Boolean": st.booleans(),
    "Int": st.one_of(st.integers(-(2**31), 2**31 - 1), st.sampled_from([0, 1, -1, 2**31 - 1, 2**31])),
    "Float": st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([0, -1, 1e308, 52.4, 10.8])),
    "DateTime": INSTANTS,
    "Date": DAYS,
    "LocalTime": st.one_of(
        st.times().map("{:%H:%M}".format), st.sampled_from(["00:00", "23:59", "24:00", "7:30", "12:00:00", "", "x"])
    ),
}


def values_of(kind: GraphQLInputType, name: str) -> st.SearchStrategy[Any]:
    """Values of an input type, as a client might send them to the field or argument `name`."""
    if isinstance(kind, GraphQLNonNull):
        return _values(kind.of_type, name)
    return st.one_of(st.none(), _values(kind, name), _values(kind, name))


def _values(kind: Any, name: str) -> st.SearchStrategy[Any]:
    if isinstance(kind, GraphQLList):
        return st.lists(values_of(kind.of_type, name), max_size=12)
    if isinstance(kind, GraphQLEnumType):
        return st.sampled_from(sorted(kind.values))
    if isinstance(kind, GraphQLInputObjectType):
        fields = {n: values_of(field.type, kind.name if n == "id" else n) for n, field in kind.fields.items()}
        required = {n: s for n, s in fields.items() if is_required_input_field(kind.fields[n])}
        return st.fixed_dictionaries(required, optional={n: s for n, s in fields.items() if n not in required})
    return ids_of(name) if kind.name == "ID" else SCALARS[kind.name]


def document_of(name: str, field: GraphQLField) -> str:
    """The mutation with every argument as a variable."""
    variables = ", ".join(f"${argument}: {one.type}" for argument, one in field.args.items())
    arguments = ", ".join(f"{argument}: ${argument}" for argument in field.args)
    head = f"mutation({variables})" if variables else "mutation"
    call = f"{name}({arguments})" if arguments else name
    return f"{head} {{ {call} {{ userErrors {{ path code message }} }} }}"


async def populated(world: World) -> list[Any]:
    """A world with a few rows of every type in several states; who may ask: a guest, members, the office."""
    anna, berta = await world.member("Anna"), await world.member("Berta")
    applied = await world.member("Carla", MemberStatus.APPLIED)
    await world.organisation("Verein", by=anna)
    await world.organisation("Neu", by=berta, status=MemberStatus.APPLIED)
    await Topic.create(slug="sport", name="Sport", name_key="sport")
    group = await world.group("AG", coordinator=anna)
    other = await world.group("Zweite", coordinator=berta)
    await world.membership(group, berta, MembershipStatus.REQUESTED)
    await world.membership(other, anna, MembershipStatus.INVITED, GroupRole.MEMBER)
    event = await world.event("Fest", anna, capacity=1, group=group)
    await world.event("Workshop", anna, parent=event)
    await world.event("Entwurf", berta, status="DRAFT")
    await Registration.create(event=event, member=berta, status="CONFIRMED", queue_number=1)
    await type(event).filter(id=event.id).update(confirmed_count=1, queue_number=1)
    offer = await world.offer("Tische", anna)
    for status in (OfferStatus.DRAFT, OfferStatus.IN_REVIEW, OfferStatus.PAUSED, OfferStatus.EXPIRED):
        await world.offer(str(status), berta, status)
    await OfferResponse.create(offer=offer, member=berta, message="Gern.")
    office, admin = await world.office(), await world.account(role=NetworkRole.ADMIN)
    return [anna, office, berta, anna, berta, office, admin, applied, None]


@pytest_asyncio.fixture
async def who(world: World) -> list[Any]:
    """Who may ask, in a world with something of everything."""
    return await populated(world)


@pytest.mark.walk(every=3)
@pytest.mark.parametrize("name", sorted(MUTATIONS))
@given(data=st.data())
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
async def test_no_input_breaks_a_mutation(world: World, who: list[Any], name: str, data: st.DataObject) -> None:
    field = MUTATIONS[name]
    arguments = {n: values_of(one.type, name if n == "id" else n) for n, one in field.args.items()}
    required = {n: s for n, s in arguments.items() if is_required_argument(field.args[n])}
    optional = {n: s for n, s in arguments.items() if n not in required}
    variables = data.draw(st.fixed_dictionaries(required, optional=optional))
    by = data.draw(st.sampled_from(who))
    try:
        context = await world.context(by)
    except SessionOver:  # an example before made them leave
        context = await world.context()
    before = await dump()
    answer = await world.ask(document_of(name, field), context, **variables)
    assert "INTERNAL" not in answer.codes, answer.errors
    payload = (answer.data or {}).get(name)
    if answer.errors or payload is None or payload["userErrors"]:
        assert await dump() == before
    for error in (payload or {}).get("userErrors", ()):
        assert is_of_a_form(name, error["path"]), error
