"""Rights count as of sending: what the viewer may no longer see is not sent, from the very next update on."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import pytest

from models import Account, EventStatus, GroupRole, Member, NetworkRole, Offer, OfferStatus, Representation
from schema.declare.ids import global_id
from subscriptions import changes
from subscriptions.changes import Change
from subscriptions.outbox import Changes
from tests.conditions import soon, until
from tests.world import Answer, World

pytestmark = pytest.mark.walk

OFFER = "subscription ($id: ID!, $after: String) { offerChanged(id: $id, after: $after) { change offer { title } } }"
EVENTS = "subscription ($after: String) { eventChanged(after: $after) { event { title } } }"
REMOVE = """mutation ($o: ID!, $m: ID!) {
  removeRepresentative(organisationId: $o, memberId: $m) { userErrors { code } } }"""
SUSPEND = 'mutation ($m: ID!) { suspendMember(id: $m, reason: "So geht es nicht.") { userErrors { code } } }'
COUNT = 5


async def tell(world: World, *told: Change) -> None:
    async def work(changes: Changes) -> None:
        changes.tell(*told)

    await world.services.outbox.write(work)


async def take(updates: AsyncGenerator[Answer, None], count: int) -> list[Any]:
    """So many updates, or as many as there are."""
    found: list[Any] = []
    while len(found) < count:
        try:
            answer = await soon(anext(updates))
        except StopAsyncIteration:
            break
        assert not answer.errors, answer.errors
        assert answer.data is not None
        found += answer.data.values()
    return found


async def represented(world: World) -> tuple[Member, Member, Offer]:
    """A person, the club that they act for with somebody else, and a draft of it."""
    person, club = await world.member("Person"), await world.organisation("Verein", await world.member("Andere"))
    await Representation.create(organisation=club, person=person)
    return person, club, await world.offer("Entwurf", club, status=OfferStatus.DRAFT)


@pytest.mark.parametrize("document", [REMOVE, SUSPEND], ids=["removed", "suspended"])
@pytest.mark.parametrize("replayed", [True, False])
@pytest.mark.parametrize("sent", range(1, COUNT + 1))
async def test_a_right_that_is_taken_between_any_two_changes_holds_from_the_next_one_on(
    world: World, document: str, replayed: bool, sent: int
) -> None:
    """Of all that is told again, too: what was committed before the right was taken is not sent any more."""
    person, club, draft = await represented(world)
    office, cursor = await world.office(), await world.services.hub.cursor()
    happened = [changes.OfferUpdated(draft.id)] * COUNT
    await tell(world, *(happened if replayed else happened[:sent]))
    id = global_id("Offer", draft.id)
    async with aclosing(world.subscribe(OFFER, person, after=cursor, id=id)) as updates:
        seen = await take(updates, sent)
        named = {"o": global_id("Member", club.id), "m": global_id("Member", person.id)}
        await world.data(document, office, **{name: named[name] for name in named if f"${name}" in document})
        if not replayed:
            await tell(world, *happened[sent:])
        rest = await take(updates, COUNT + 1)
    assert [one["change"] for one in seen] == ["UPDATED"] * sent
    assert rest == [{"change": "REMOVED", "offer": None}]


@pytest.mark.parametrize("sent", range(COUNT + 1))
async def test_a_role_that_is_lowered_while_changes_are_replayed_holds_for_the_rest(world: World, sent: int) -> None:
    office = await world.account(await world.member("Büro"), NetworkRole.OFFICE)
    cursor = await world.services.hub.cursor()
    draft = await world.event("Entwurf", status=EventStatus.DRAFT)
    public = await world.event("Fest")
    await tell(world, *[changes.EventUpdated(draft.id)] * COUNT, changes.EventUpdated(public.id))
    async with aclosing(world.subscribe(EVENTS, office, after=cursor)) as updates:
        seen = await take(updates, sent)
        await Account.filter(id=office.id).update(role=NetworkRole.MEMBER)
        rest = await take(updates, 1)
    assert [one["event"]["title"] for one in seen] == ["Entwurf"] * sent
    assert [one["event"]["title"] for one in rest] == ["Fest"]


# ---------------------------------------------------------------- rights that are held through somebody

EVENT = "subscription ($id: ID!) { eventChanged(id: $id) { change event { title } } }"
LEAVE = "mutation ($g: ID!, $o: ID!) { leaveGroup(id: $g, memberId: $o) { userErrors { code } } }"
DEMOTE = """mutation ($membership: ID!) {
  changeGroupRole(membershipId: $membership, role: MEMBER) { userErrors { code } } }"""
SUSPEND_CLUB = SUSPEND.replace("$m", "$o")
# By what a person sees a draft, and what each time takes that away.
HELD = {
    "the person's own": [SUSPEND],
    "of a club that the person represents": [SUSPEND, SUSPEND_CLUB, REMOVE],
    "of a group that the person coordinates": [SUSPEND, DEMOTE],
    "of a group that a club coordinates": [SUSPEND, SUSPEND_CLUB, REMOVE, DEMOTE, LEAVE],
}


@pytest.mark.parametrize(("held", "document"), [(held, one) for held, some in HELD.items() for one in some])
async def test_whoever_listens_is_told_at_once_when_the_right_goes_that_is_held_through_somebody(
    world: World, held: str, document: str
) -> None:
    """Nothing happens to the draft itself: the change of the right alone ends the sight of it."""
    person, club, _offer = await represented(world)
    host = {"the person's own": person, "of a club that the person represents": club}.get(held)
    group = await world.group("AG", coordinator=await world.member("Leitung"))
    coordinator = person if "the person coordinates" in held else club
    membership = await world.membership(group, coordinator, role=GroupRole.COORDINATOR)
    draft = await world.event("Entwurf", host, status=EventStatus.DRAFT, group=None if host else group)
    named = {
        "o": global_id("Member", club.id),
        "m": global_id("Member", person.id),
        "g": global_id("Group", group.id),
        "membership": global_id("GroupMembership", membership.id),
    }
    async with aclosing(world.subscribe(EVENT, person, id=global_id("Event", draft.id))) as updates:
        first = asyncio.ensure_future(take(updates, 1))
        await until(lambda: world.services.hub.waiting == 1)
        wanted = {name: id for name, id in named.items() if f"${name}:" in document}
        done = await world.data(document, await world.office(), **wanted)
        assert all(not one["userErrors"] for one in done.values())
        assert await soon(first) == [{"change": "REMOVED", "event": None}]
