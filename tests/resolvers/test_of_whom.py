"""What is the viewer's own may be asked for of a member that they act for: one by one, in lists, in updates."""

from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import pytest

from models import (
    Account,
    Event,
    Group,
    Member,
    MembershipStatus,
    MemberStatus,
    Offer,
    OfferResponse,
    Registration,
    ResponseStatus,
)
from schema.declare.ids import global_id
from subscriptions.changes import EventUpdated, GroupDetailsChanged, OfferUpdated
from subscriptions.outbox import Changes
from tests.conditions import soon
from tests.world import SCHEMA, World

pytestmark = pytest.mark.walk


def gid(row: Any) -> str:
    """The opaque id of a row."""
    return global_id(type(row).__name__, row.pk)


@dataclass
class Scene:
    """A person who acts for two clubs, one of which is suspended; a club and a person that have nothing to do with it.

    Each has taken part in everything.
    """

    event: Event
    group: Group
    offer: Offer
    person: Member
    club: Member
    suspended: Member
    stranger: Member

    @classmethod
    async def set(cls, world: World) -> "Scene":
        person = await world.member("Erika")
        club = await world.organisation("Verein", by=person)
        suspended = await world.organisation("Gesperrt", by=person)
        stranger = await world.organisation("Fremd", by=await world.member("Andere"))
        event, group, offer = await world.event(), await world.group(), await world.offer(owner=await world.member("X"))
        for number, member in enumerate((person, club, suspended, stranger), start=1):
            await Registration.create(event=event, member=member, status="CONFIRMED", queue_number=number)
            await world.membership(group, member, MembershipStatus.LEFT)
            await world.membership(group, member)
            for status in (ResponseStatus.DECLINED, ResponseStatus.SENT):
                await OfferResponse.create(offer=offer, member=member, message=member.name, status=status)
        await Member.filter(id=suspended.id).update(status=MemberStatus.SUSPENDED)
        return cls(event, group, offer, person, club, suspended, stranger)


ONE = """query($event: ID!, $group: ID!, $offer: ID!, $of: ID) {
  event: node(id: $event) { ... on Event { its: viewerRegistration(memberId: $of) { id member { name } } } }
  group: node(id: $group) { ... on Group { its: viewerMembership(memberId: $of) { id status member { name } } } }
  offer: node(id: $offer) { ... on Offer { its: viewerResponse(memberId: $of) { id status member { name } } } } }"""


async def whose(world: World, scene: Scene, by: Member | Account | None, **of: str | None) -> list[str | None]:
    """Whose registration, membership and response the viewer is shown."""
    found = await world.data(ONE, by, event=gid(scene.event), group=gid(scene.group), offer=gid(scene.offer), **of)
    its = [found[name]["its"] for name in ("event", "group", "offer")]
    assert all(one is None or one.get("status") in (None, "ACTIVE", "SENT") for one in its), "the newest of each"
    return [one and one["member"]["name"] for one in its]


async def test_the_viewer_s_own_by_default_or_that_of_a_member_they_act_for(world: World) -> None:
    scene = await Scene.set(world)
    assert await whose(world, scene, scene.person) == ["Erika"] * 3
    assert await whose(world, scene, scene.person, of=None) == ["Erika"] * 3
    for member in (scene.person, scene.club, scene.suspended):
        assert await whose(world, scene, scene.person, of=gid(member)) == [member.name] * 3


async def test_what_the_viewer_has_no_part_in_is_null(world: World) -> None:
    scene = await Scene.set(world)
    nowhere = ("", "?", gid(scene.event), global_id("Member", 999), global_id("Group", scene.club.id))
    for of in (gid(scene.stranger), *nowhere):
        assert await whose(world, scene, scene.person, of=of) == [None] * 3, of
    outsiders: list[Member | None] = [None, await world.member("Neu"), await world.member("Alt", MemberStatus.LEFT)]
    for by in outsiders[:2]:
        assert await whose(world, scene, by, of=gid(scene.club)) == [None] * 3
    alone = await world.member("Allein", MemberStatus.SUSPENDED)
    await world.organisation("Auch", by=alone)
    assert await whose(world, scene, alone, of=gid(scene.club)) == [None] * 3


async def test_the_office_sees_what_it_may_see_of_anybody(world: World) -> None:
    scene, office = await Scene.set(world), await world.office()
    assert await whose(world, scene, office) == [None] * 3, "it is nobody's"
    assert await whose(world, scene, office, of=gid(scene.stranger)) == ["Fremd", "Fremd", None]


MINE = """query($event: ID, $group: ID, $offer: ID, $of: ID, $role: GroupRole, $first: Int, $after: String,
    $seats: [RegistrationStatus!], $places: [MembershipStatus!], $answers: [ResponseStatus!]) { viewer {
  registrations(eventId: $event, memberId: $of, statuses: $seats, first: $first, after: $after) { ...some }
  memberships(groupId: $group, memberId: $of, statuses: $places, role: $role) { totalCount nodes { member { name } } }
  responses(offerId: $offer, memberId: $of, statuses: $answers) { totalCount nodes { member { name } } } } }
fragment some on RegistrationConnection { totalCount nodes { member { name } } pageInfo { endCursor } }"""


async def mine(world: World, by: Member | Account, **asked: Any) -> list[list[str]]:
    """Who is in the viewer's lists: registrations, memberships, responses."""
    found = (await world.data(MINE, by, **asked))["viewer"]
    lists = [found[name] for name in ("registrations", "memberships", "responses")]
    assert all(len(one["nodes"]) == one["totalCount"] for one in lists)
    return [sorted(node["member"]["name"] for node in one["nodes"]) for one in lists]


async def test_the_viewer_s_lists_narrow_to_one_object_one_member_and_states(world: World) -> None:
    scene = await Scene.set(world)
    await Registration.create(
        event=await world.event("Woanders"), member=scene.club, status="WAITLISTED", queue_number=1
    )
    await world.membership(await world.group("Woanders"), scene.club, MembershipStatus.REQUESTED)
    elsewhere = await world.offer("Woanders", scene.stranger)
    await OfferResponse.create(offer=elsewhere, member=scene.club, message="Hier", status=ResponseStatus.ACCEPTED)
    here = {"event": gid(scene.event), "group": gid(scene.group), "offer": gid(scene.offer)}
    three, six = ["Erika", "Gesperrt", "Verein"], ["Erika"] * 2 + ["Gesperrt"] * 2 + ["Verein"] * 2
    club = scene.club.name
    by = scene.person
    assert await mine(world, by) == [[*three, club], [*six, club], [*six, club]]
    assert await mine(world, by, **here) == [three, six, six]
    assert await mine(world, by, of=gid(scene.club)) == [[club] * 2, [club] * 3, [club] * 3]
    assert await mine(world, by, of=gid(scene.club), **here) == [[club], [club] * 2, [club] * 2]
    states = {"seats": ["WAITLISTED"], "places": ["REQUESTED"], "answers": ["ACCEPTED"]}
    assert await mine(world, by, **states) == [[club]] * 3
    assert await mine(world, by, **states, **here) == [[]] * 3
    assert await mine(world, by, seats=[], places=[], answers=[], **here) == [three, six, six]
    assert (await mine(world, by, role="COORDINATOR", **here))[1] == []
    for of in (scene.stranger, scene.event):
        assert await mine(world, by, of=gid(of)) == [[]] * 3
    for nothing in ("?", gid(scene.person)):
        assert await mine(world, by, event=nothing, group=nothing, offer=nothing) == [[]] * 3
    assert await mine(world, await world.office(), of=gid(scene.club)) == [[]] * 3, "the list of its own is empty"


async def test_a_cursor_belongs_to_what_was_asked_for(world: World) -> None:
    scene = await Scene.set(world)
    page = (await world.data(MINE, scene.person, first=1))["viewer"]["registrations"]["pageInfo"]
    for asked in ({"of": gid(scene.club)}, {"event": gid(scene.event)}, {"seats": ["CONFIRMED"]}):
        answer = await world.ask(MINE, scene.person, after=page["endCursor"], **asked)
        assert answer.codes == ["BAD_REQUEST"], asked
    await world.data(MINE, scene.person, after=page["endCursor"])


DONE = {
    "registerForEvent": """mutation($id: ID!, $of: ID) { it: registerForEvent(id: $id, memberId: $of) {
      registration { event {
        own: viewerRegistration { id } its: viewerRegistration(memberId: $of) { member { name } } } }
      userErrors { code } } }""",
    "joinGroup": """mutation($id: ID!, $of: ID) { it: joinGroup(id: $id, memberId: $of) {
      membership { group { own: viewerMembership { id } its: viewerMembership(memberId: $of) { member { name } } } }
      userErrors { code } } }""",
    "respondToOffer": """mutation($id: ID!, $of: ID) {
      it: respondToOffer(input: { offerId: $id, memberId: $of, message: "Gern!" }) {
      response { offer { own: viewerResponse { id } its: viewerResponse(memberId: $of) { member { name } } } }
      userErrors { code } } }""",
}


@pytest.mark.parametrize("name", DONE)
async def test_what_was_just_done_shows_in_the_answer(world: World, name: str) -> None:
    person = await world.member("Erika")
    club = await world.organisation("Verein", by=person)
    things: dict[str, Any] = {
        "registerForEvent": await world.event(),
        "joinGroup": await world.group(),
        "respondToOffer": await world.offer(owner=await world.member("X")),
    }
    payload = (await world.data(DONE[name], person, id=gid(things[name]), of=gid(club)))["it"]
    assert payload.pop("userErrors") == []
    ((shown,),) = [one.values() for one in payload.values()]
    assert shown == {"own": None, "its": {"member": {"name": "Verein"}}}


LIVE = {
    "eventChanged": """subscription($id: ID!, $of: ID) {
      it: eventChanged(id: $id) { on: event { its: viewerRegistration(memberId: $of) { member { name } } } } }""",
    "groupUpdated": """subscription($id: ID!, $of: ID) {
      it: groupUpdated(id: $id) { on: group { its: viewerMembership(memberId: $of) { member { name } } } } }""",
    "offerChanged": """subscription($id: ID!, $of: ID) {
      it: offerChanged(id: $id) { on: offer { its: viewerResponse(memberId: $of) { member { name } } } } }""",
}


@pytest.mark.parametrize("name", LIVE)
async def test_updates_show_each_listener_what_they_asked_for(world: World, name: str) -> None:
    scene = await Scene.set(world)
    subject, change = {
        "eventChanged": (scene.event, EventUpdated(scene.event.id)),
        "groupUpdated": (scene.group, GroupDetailsChanged(scene.group.id, ["name"])),
        "offerChanged": (scene.offer, OfferUpdated(scene.offer.id)),
    }[name]
    by = await world.context(scene.person)
    for member, shown in ((scene.club, "Verein"), (scene.person, "Erika"), (scene.stranger, None)):
        start = await world.services.hub.cursor()

        async def work(changes: Changes) -> None:
            changes.tell(change)

        await world.services.outbox.write(work)
        document = (
            LIVE[name].replace("(id: $id)", "(id: $id, after: $after)").replace("$id: ID!", "$id: ID!, $after: String")
        )
        async with aclosing(world.subscribe(document, by, id=gid(subject), of=gid(member), after=start)) as updates:
            answer = await soon(anext(updates))
        assert answer.data is not None, answer.errors
        its = answer.data["it"]["on"]["its"]
        assert (its and its["member"]["name"]) == shown


@pytest.mark.parametrize("name", LIVE)
async def test_listeners_that_ask_for_different_members_share_nothing(world: World, name: str) -> None:
    person = await world.context(await world.member())
    sharing = SCHEMA.operations.of(LIVE[name], None).sharing
    assert sharing is not None
    keys = [sharing.key({"id": "x", "of": of}, person.viewer, "de") for of in ("a", "b", "a", None)]
    assert keys[0] is not None
    assert (keys[0] == keys[2], len(set(keys))) == (True, 3)
    other = await world.context(await world.member())
    assert sharing.key({"id": "x", "of": "a"}, other.viewer, "de") != keys[0]
