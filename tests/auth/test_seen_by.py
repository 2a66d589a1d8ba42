"""Who sees a field is declared with it: walked over the fields of objects in every role, against what is shown."""

from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type

from models import District, Event, Member, MemberStatus, Offer, OfferStatus
from schema.declare.ids import global_id
from schema.declare.seen_by import SeenBy
from tests.auth.test_permissions import KEYS, ROLES, SUSPENDED, Cast, cast_for
from tests.world import SCHEMA, World

pytestmark = pytest.mark.walk

OFFICE = {"office", "admin"}
OWNER = {"own", "representative", SUSPENDED, *KEYS}
# The roles to which such a field of an affair of `owner` in `group` isn't null; all roles see the object itself.
SEES: dict[SeenBy, set[str]] = {
    SeenBy.EVERYONE: set(ROLES),
    SeenBy.EACH: set(ROLES),
    SeenBy.TARGET: set(ROLES),
    SeenBy.EDITORS: OWNER - {SUSPENDED, *KEYS} | OFFICE,
    SeenBy.OWN_SIDE: OWNER | OFFICE,
    SeenBy.OWNER_AND_OFFICE: OWNER | OFFICE,
    SeenBy.OWNER: OWNER,
    SeenBy.COORDINATORS: {"coordinator"} | OFFICE,
    SeenBy.HOSTS: OWNER - {SUSPENDED} | {"coordinator"} | OFFICE,
    SeenBy.CONTACT: OWNER | OFFICE,
}
# There are no pages of objects yet; nothing is hidden, and who was let in has no application: who sees what is hidden,
# and an application, is seen there.
NEVER = {"url", "hiddenReason", "application"}


def seen_by(field: Any) -> SeenBy:
    """What the field declares."""
    declared: SeenBy = field.extensions["strawberry-definition"].metadata.get("seen_by", SeenBy.EVERYONE)
    return declared


def fields_of(name: str) -> dict[str, SeenBy]:
    """The fields of a type that anybody could see, with what they declare."""
    kind: GraphQLObjectType = SCHEMA._schema.type_map[name]  # type: ignore[assignment]
    declared = {field: seen_by(one) for field, one in kind.fields.items() if field not in NEVER | {"id"}}
    return {field: who for field, who in declared.items() if who is not SeenBy.VIEWER}


def document(name: str) -> str:
    """Asks for all of them."""
    kind: GraphQLObjectType = SCHEMA._schema.type_map[name]  # type: ignore[assignment]
    asked = (
        field if is_leaf_type(get_named_type(kind.fields[field].type)) else f"{field} {{ __typename }}"
        for field in fields_of(name)
    )
    return f"query($id: ID!) {{ node(id: $id) {{ ... on {name} {{ {' '.join(asked)} }} }} }}"


VENUE = {"venue_name": "Rathaus", "venue_city": "Wolfsburg"}


async def district() -> int:
    return (await District.get_or_create(slug="mitte", name="Mitte", name_key="mitte"))[0].id


async def member(cast: Cast) -> int:
    columns = {"about": "Text", "website": "https://a.example", "email": "a@b.example", "phone": "+4953611"}
    await Member.filter(id=cast.owner.id).update(**columns, status_reason="Grund", district_id=await district())
    return cast.owner.id


async def group(cast: Cast) -> int:
    return cast.group.id


async def event(cast: Cast) -> int:
    parent = await cast.world.event("Rahmen", cast.stranger)
    more = {"online_url": "https://a.example", "capacity": 5, "status_reason": "Grund", "parent": parent}
    return (await cast.event(**VENUE, **more)).id


async def offer(cast: Cast) -> int:
    columns: dict[str, Any] = {"minimum_age": 1, "hours_per_week": 1.0, "status_reason": "Grund", **VENUE}
    columns["commitment"] = "ONCE"
    days = {"available_from": "2026-01-01", "available_until": "2099-01-01"}
    made = await cast.world.offer(
        "Hilfe", cast.owner, OfferStatus.PUBLISHED, group=cast.group, event=await cast.event(), **columns, **days
    )
    await Offer.filter(id=made.id).update(district_id=await district())
    return made.id


OBJECTS = {"Member": member, "Group": group, "Event": event, "Offer": offer}


@pytest.mark.parametrize("role", ROLES)
async def test_a_field_is_null_for_all_but_those_it_declares(world: World, role: str) -> None:
    for name, make in OBJECTS.items():
        cast = await cast_for(world, role)
        found = (await world.data(document(name), cast.asker, id=global_id(name, await make(cast))))["node"]
        shown = {field for field, value in found.items() if value is not None}
        assert shown == {field for field, who in fields_of(name).items() if role in SEES[who]}, name


async def test_a_field_that_shows_another_object_is_null_where_that_is_out_of_sight(world: World) -> None:
    """An event stays when its host has left; an entry isn't seen without its owner."""
    for name, out_of_sight in {"Event": {"host", "parent"}, "Offer": {"event"}}.items():
        cast = await cast_for(world, "own")
        key = await OBJECTS[name](cast)
        if name == "Event":
            await Member.filter(id__in=[cast.owner.id, cast.stranger.id]).update(status=MemberStatus.LEFT)
        await Event.exclude(**({"id": key} if name == "Event" else {})).update(status="DRAFT")
        targets = {field for field, who in fields_of(name).items() if who is SeenBy.TARGET}
        found = (await world.data(document(name), id=global_id(name, key)))["node"]
        assert {field for field in targets if found[field] is None} == out_of_sight
        assert targets == out_of_sight | ({"owner"} if name == "Offer" else set())


def test_every_declaration_is_walked() -> None:
    walked = {who for name in OBJECTS for who in fields_of(name).values()}
    assert walked == set(SeenBy) - {SeenBy.VIEWER, SeenBy.AUTHOR} == set(SEES)


def test_what_is_the_viewer_s_own_is_called_so() -> None:
    for name in (*OBJECTS, "GroupMembership", "GroupPost", "Registration", "OfferResponse"):
        kind: GraphQLObjectType = SCHEMA._schema.type_map[name]  # type: ignore[assignment]
        for field, one in kind.fields.items():
            assert (field != "id" and seen_by(one) is SeenBy.VIEWER) == field.startswith("viewer"), field
