"""What `viewerCan...Reason` says beforehand is what the mutation refuses, for each reason that there is."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from auth.refusals import Obstacle
from models import Account, Event, EventStatus, Member, MemberStatus, OfferStatus, now
from schema.declare.ids import global_id
from tests.statements import statements
from tests.world import World

REGISTER = """mutation ($id: ID!, $memberId: ID) { done: registerForEvent(id: $id, memberId: $memberId) {
    userErrors { code } } }"""
RESPOND = """mutation ($id: ID!, $memberId: ID) {
    done: respondToOffer(input: {offerId: $id, memberId: $memberId, message: "Gern."}) { userErrors { code } } }"""
CAN_REGISTER = """query ($id: ID!, $memberId: ID) { node(id: $id) { ... on Event {
    can: viewerCanRegister(memberId: $memberId) why: viewerCanRegisterReason(memberId: $memberId) } } }"""
CAN_RESPOND = """query ($id: ID!, $memberId: ID) { node(id: $id) { ... on Offer {
    can: viewerCanRespond(memberId: $memberId) why: viewerCanRespondReason(memberId: $memberId) } } }"""
# With which code the mutation refuses, where it isn't the reason's own name.
CODES = {"NOT_ACTIVE": "FORBIDDEN", "NO_MEMBER": "REQUIRED", "OVER": "WRONG_STATE", "OWN": "WRONG_STATE"}

Asked = tuple[str, Any, Any, Member | None]
Scene = Callable[[World], Awaitable[Asked]]
AN_HOUR = timedelta(hours=1)


async def event(world: World, **columns: Any) -> str:
    return global_id("Event", (await world.event("E", **columns)).id)


async def offer(world: World, owner: Member | None = None, **columns: Any) -> str:
    return global_id("Offer", (await world.offer("O", owner, **columns)).id)


async def overlapping(world: World) -> Asked:
    member, day = await world.member(), await world.event("Tag")
    begin = now() + timedelta(days=3)
    first = await event(world, parent=day, starts_at=begin, ends_at=begin + AN_HOUR)
    await world.data(REGISTER, member, id=first)
    other = await event(world, parent=day, starts_at=begin + AN_HOUR / 2, ends_at=begin + 2 * AN_HOUR)
    return "OVERLAPPING", other, member, None


async def beside_it(world: World) -> Asked:
    """What only touches the other session's time, and what is no session, doesn't overlap."""
    member, day = await world.member(), await world.event("Tag")
    begin = now() + timedelta(days=3)
    await world.data(REGISTER, member, id=await event(world, parent=day, starts_at=begin, ends_at=begin + AN_HOUR))
    after = await event(world, parent=day, starts_at=begin + AN_HOUR, ends_at=begin + 2 * AN_HOUR)
    return "", after, member, None


async def full(world: World) -> Asked:
    world.services = replace(world.services, rules=replace(world.services.rules, waiting_list_limit=0))
    return "FULL", await event(world, capacity=0), await world.member(), None


async def registered(world: World) -> Asked:
    member, one = await world.member(), await event(world)
    await world.data(REGISTER, member, id=one)
    return "TAKEN", one, member, None


async def answered(world: World) -> Asked:
    member, one = await world.member(), await offer(world)
    await world.data(RESPOND, member, id=one)
    return "TAKEN", one, member, None


async def own(world: World) -> Asked:
    """Who acts for the owner doesn't answer in their own name either."""
    person = await world.member()
    return "OWN", await offer(world, await world.organisation("V", by=person)), person, None


async def of_a_club(world: World, *, of: str) -> Asked:
    person = await world.member()
    club = await world.organisation("V", by=person)
    return "", await (event if of == "event" else offer)(world), person, club


async def by(world: World, who: str, *, of: str) -> Asked:
    """A role, about something that anybody else could do."""
    one = await (event if of == "event" else offer)(world)
    stranger = await world.organisation("Fremd")
    match who:
        case "guest":
            return "UNAUTHENTICATED", one, None, None
        case "applicant":
            return "NOT_ACTIVE", one, await world.member("A", MemberStatus.APPLIED), None
        case "office":
            return "NO_MEMBER", one, await world.office(), None
        case "office for another":
            return "", one, await world.office(), stranger
        case _:
            return "FORBIDDEN", one, await world.member(), stranger


ROLES = ("guest", "applicant", "office", "office for another", "for a stranger")


async def _events(world: World) -> list[Asked]:
    past = {"starts_at": now() - 2 * AN_HOUR, "ends_at": now() - AN_HOUR}
    return [
        ("", await event(world), await world.member(), None),
        ("WRONG_STATE", await event(world, status=EventStatus.CANCELLED), await world.member(), None),
        ("OVER", await event(world, **past), await world.member(), None),
        *[await scene(world) for scene in (registered, overlapping, beside_it)],
        await of_a_club(world, of="event"),
        *[await by(world, who, of="event") for who in ROLES],
        await full(world),
    ]


async def _offers(world: World) -> list[Asked]:
    return [
        ("", await offer(world), await world.member(), None),
        ("WRONG_STATE", await offer(world, status=OfferStatus.PAUSED), await world.member(), None),
        *[await scene(world) for scene in (answered, own)],
        await of_a_club(world, of="offer"),
        *[await by(world, who, of="offer") for who in ROLES],
    ]


@pytest.mark.parametrize("noun", ["event", "offer"])
async def test_the_reason_is_what_the_mutation_refuses(world: World, noun: str) -> None:
    can, do = (CAN_REGISTER, REGISTER) if noun == "event" else (CAN_RESPOND, RESPOND)
    told = set()
    for expected, id, viewer, member in await (_events(world) if noun == "event" else _offers(world)):
        named = {"memberId": global_id("Member", member.id)} if member is not None else {}
        said = (await world.data(can, viewer, id=id, **named))["node"]
        assert said == {"can": not expected, "why": expected or None}, (noun, expected)
        answer = await world.ask(do, viewer, id=id, **named)
        codes = [one["code"] for one in answer.data["done"]["userErrors"]] if answer.data["done"] else answer.codes  # type: ignore[index]
        assert codes == ([CODES.get(expected, expected)] if expected else []), (noun, expected)
        told.add(expected)
    elsewhere = {"OWN"} if noun == "event" else {"OVER", "OVERLAPPING", "FULL"}
    assert told == {*Obstacle, ""} - elsewhere


async def test_why_nobody_else_may_change_it(world: World) -> None:
    owner, person = await world.member("O"), await world.member("P")
    ids = [
        global_id("Member", owner.id),
        global_id("Group", (await world.group("G")).id),
        global_id("Event", (await world.event("E", owner)).id),
        global_id("Offer", (await world.offer("O", owner)).id),
        global_id("Offer", (await world.offer("F", owner, OfferStatus.FULFILLED)).id),
    ]
    document = (
        "query ($ids: [ID!]!) { nodes(ids: $ids) { "
        + "".join(
            f"... on {name} {{ viewerCanUpdate viewerCanUpdateReason }}"
            for name in ("Member", "Group", "Event", "Offer")
        )
        + " } }"
    )

    async def reasons(viewer: Member | Account | None) -> list[str | None]:
        found = (await world.data(document, viewer, ids=ids))["nodes"]
        assert all(one["viewerCanUpdate"] is (one["viewerCanUpdateReason"] is None) for one in found)
        return [one["viewerCanUpdateReason"] for one in found]

    applied = await world.member("A", MemberStatus.APPLIED)
    assert await reasons(None) == ["UNAUTHENTICATED"] * 5
    assert await reasons(applied) == ["NOT_ACTIVE"] * 5
    assert await reasons(person) == ["FORBIDDEN"] * 5
    assert await reasons(owner) == [None, "FORBIDDEN", None, None, "WRONG_STATE"]
    assert await reasons(await world.office()) == [None, None, None, None, "WRONG_STATE"]


async def test_a_list_asks_once_for_all(world: World) -> None:
    member, day = await world.member(), await world.event("Tag")
    for number in range(5):
        begin = now() + timedelta(days=number + 1)
        await world.event(f"E{number}", parent=day, starts_at=begin, ends_at=begin + AN_HOUR)
        await world.offer(f"O{number}")
    context = await world.context(member)
    with statements() as sent:
        await world.data("{ events { nodes { viewerCanRegister } } offers { nodes { viewerCanRespond } } }", context)
    assert len(sent) == 5  # two lists, registrations, sessions, responses
    assert await Event.all().count() == 6
    with statements() as sent:  # to a guest nothing is asked
        await world.data("{ events { nodes { viewerCanRegisterReason } } offers { nodes { viewerCanRespond } } }")
    assert len(sent) == 2
