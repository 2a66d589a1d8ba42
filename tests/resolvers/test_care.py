"""A member that nobody represents is in the office's care: its side is the office, and gets its mail."""

from typing import Any

import pytest

from models import (
    GroupMembership,
    GroupRole,
    JoinPolicy,
    Mail,
    Member,
    MembershipStatus,
    MemberStatus,
    NetworkRole,
    Offer,
    OfferResponse,
    OfferStatus,
    Representation,
    now,
)
from resolvers.context import system_context
from resolvers.mail.queue import addresses_of
from resolvers.offers.expiry import expire_due
from schema.declare.ids import global_id
from tests.dump import dump
from tests.world import World

pytestmark = pytest.mark.walk

RESPOND = """mutation($input: RespondToOfferInput!) { respondToOffer(input: $input) {
  response { id member { name } offer { title } } userErrors { path code } } }"""
DECIDE = """mutation($id: ID!) { decideResponse(id: $id, accept: true) { response { status } userErrors { code } } }"""
WITHDRAW = "mutation($id: ID!) { withdrawResponse(id: $id) { response { status } userErrors { code } } }"
READ = """query($offer: ID!, $response: ID!, $of: ID!) {
  offer: node(id: $offer) { ... on Offer {
    responses { totalCount nodes { id } } viewerResponse(memberId: $of) { id } } }
  response: node(id: $response) { id } }"""
CARE = "query($id: ID!) { node(id: $id) { ... on Member { caretaker } } }"
PUBLISH = "mutation($id: ID!) { it: publishOffer(id: $id) { caretaker offer { status } userErrors { code } } }"


def gid(row: Any) -> str:
    """The opaque id of a row."""
    return global_id(type(row).__name__, row.pk)


async def recipients() -> list[str]:
    """Who got mail since this was asked for last."""
    found = sorted([mail.recipient for mail in await Mail.all()])
    await Mail.all().delete()
    return found


async def response_to(offer: Offer, sender: Member) -> OfferResponse:
    return await OfferResponse.create(offer=offer, member=sender, message="Gern!")


async def read(world: World, by: Any, response: OfferResponse, of: Member) -> list[bool]:
    """Whether the viewer sees the response: in the entry's list, as the one of `of`, and by its id."""
    variables = {"offer": global_id("Offer", response.offer_id), "response": gid(response), "of": gid(of)}
    found = await world.data(READ, by, **variables)
    listed = found["offer"]["responses"]
    assert listed is None or listed["totalCount"] == len(listed["nodes"])
    return [
        listed is not None and {"id": gid(response)} in listed["nodes"],
        found["offer"]["viewerResponse"] == {"id": gid(response)},
        found["response"] == {"id": gid(response)},
    ]


async def test_the_office_reads_and_decides_what_is_sent_to_a_club_that_nobody_represents(world: World) -> None:
    office, sender, stranger = await world.office(), await world.member("Erika"), await world.member("Fremd")
    club = await world.organisation("Verein")
    offer = await world.offer(owner=club)
    answer = await world.data(RESPOND, sender, input={"offerId": gid(offer), "message": "Gern!"})
    assert await recipients() == [office.email]
    response = await OfferResponse.get(offer=offer)
    assert answer["respondToOffer"]["response"]["id"] == gid(response)
    assert await read(world, office, response, sender) == [True, True, True]
    for other in (None, stranger):
        assert await read(world, other, response, sender) == [False] * 3
        assert (await world.ask(DECIDE, other, id=gid(response))).codes == ["NOT_FOUND" if other else "UNAUTHENTICATED"]
    payload = (await world.data(DECIDE, office, id=gid(response)))["decideResponse"]
    assert payload == {"response": {"status": "ACCEPTED"}, "userErrors": []}
    assert await recipients() == [(await world.account(sender)).email]


async def test_it_is_not_the_office_s_side_where_somebody_represents_it(world: World) -> None:
    office, sender, person = await world.office(), await world.member("Erika"), await world.member("Person")
    club = await world.organisation("Verein")
    response = await response_to(await world.offer(owner=club), sender)
    context = await world.context(office)
    assert await read(world, office, response, sender) == [True, True, True]
    add = "mutation($o: ID!, $m: ID!) { addRepresentative(organisationId: $o, memberId: $m) { userErrors { code } } }"
    await world.data(add, office, o=gid(club), m=gid(person))
    assert await read(world, office, response, sender) == [False] * 3
    assert await read(world, person, response, sender) == [True, False, True]
    before = await dump()
    assert (await world.ask(DECIDE, context, id=gid(response))).codes == ["NOT_FOUND"]
    assert await dump() == before
    # Who is suspended acts for nobody: it is the office's again.
    await Member.filter(id=person.id).update(status=MemberStatus.SUSPENDED)
    assert await read(world, office, response, sender) == [True, True, True]
    await Member.filter(id=club.id).update(status=MemberStatus.LEFT)
    assert await read(world, office, response, sender) == [False] * 3, "nobody is of the side of who has left"


async def test_persons_are_in_nobody_s_care(world: World) -> None:
    office, owner, sender = await world.office(), await world.member("Besitzer"), await world.member("Erika")
    response = await response_to(await world.offer(owner=owner), sender)
    assert await read(world, office, response, sender) == [False] * 3
    assert (await world.ask(DECIDE, office, id=gid(response))).codes == ["NOT_FOUND"]


async def test_what_the_office_sends_for_such_a_club_it_sees_and_takes_back(world: World) -> None:
    office, owner = await world.office(), await world.member("Besitzer")
    club, offer = await world.organisation("Verein"), await world.offer(owner=owner)
    given = {"offerId": gid(offer), "message": "Gern!", "memberId": gid(club)}
    key = (await world.data(RESPOND, office, input=given))["respondToOffer"]["response"]["id"]
    response = await OfferResponse.get(member_id=club.id)
    assert gid(response) == key
    assert await read(world, office, response, club) == [False, True, True]
    assert (await world.ask(DECIDE, office, id=key)).codes == ["FORBIDDEN"], "its owner decides"
    assert (await world.data(WITHDRAW, office, id=key))["withdrawResponse"]["response"] == {"status": "WITHDRAWN"}


@pytest.mark.parametrize("represented", [False, True])
async def test_publishing_says_in_whose_care_the_owner_is(world: World, represented: bool) -> None:
    office, person = await world.office(), await world.member("Person")
    club = await world.organisation("Verein", by=person if represented else None)
    care = "SELF" if represented else "OFFICE"
    create = """mutation($input: CreateOfferInput!) {
      it: createOffer(input: $input) { caretaker offer { id owner { caretaker } } userErrors { code } } }"""
    given = {"ownerId": gid(club), "direction": "SEEK", "category": "ROOM", "title": "Raum", "description": "Text"}
    made = (await world.data(create, office, input=given))["it"]
    assert (made["caretaker"], made["offer"]["owner"]) == (care, {"caretaker": care})
    published = (await world.data(PUBLISH, office, id=made["offer"]["id"]))["it"]
    assert published == {"caretaker": care, "offer": {"status": "PUBLISHED"}, "userErrors": []}
    refused = (await world.data(create, office, input={**given, "title": ""}))["it"]
    assert (refused["caretaker"], refused["offer"]) == (None, None)
    event = await world.event(host=club, status="DRAFT")
    publish = "mutation($id: ID!) { it: publishEvent(id: $id) { caretaker event { host { caretaker } } } }"
    found = (await world.data(publish, office, id=gid(event)))["it"]
    assert found == {"caretaker": care, "event": {"host": {"caretaker": care}}}
    hostless = (await world.data(publish, office, id=gid(await world.event(status="DRAFT"))))["it"]
    assert hostless == {"caretaker": None, "event": {"host": None}}


async def test_who_takes_care_is_for_the_member_s_side_and_the_office(world: World) -> None:
    person, office = await world.member("Person"), await world.office()
    clubs = [await world.organisation("Vertreten", by=person), await world.organisation("Allein")]
    for by, shown in (
        (None, [None, None, None]),
        (await world.member("Fremd"), [None, None, None]),
        (person, ["SELF", None, "SELF"]),
        (office, ["SELF", "OFFICE", "SELF"]),
    ):
        found = [(await world.data(CARE, by, id=gid(one)))["node"]["caretaker"] for one in (*clubs, person)]
        assert found == shown


SET = """mutation($id: ID!, $c: Caretaker!) { it: setCaretaker(memberId: $id, caretaker: $c) {
  member { caretaker version } userErrors { path code } } }"""


async def test_what_is_sent_to_a_club_of_which_the_office_takes_care_is_the_office_s_alone(world: World) -> None:
    office, sender, person = await world.office(), await world.member("Erika"), await world.member("Person")
    club = await world.organisation("Verein", by=person)
    account, key, offer = await world.account(person), await world.key(club), await world.offer(owner=club)
    context = await world.context(office)
    assert (await world.data(SET, context, id=gid(club), c="OFFICE"))["it"] == {
        "member": {"caretaker": "OFFICE", "version": 2},
        "userErrors": [],
    }
    assert [one.facts for one in await world.told()] == [{"member_id": club.id}]
    assert await recipients() == [account.email], "who acted for it is told"
    assert (await world.data(CARE, person, id=gid(club)))["node"] == {"caretaker": "OFFICE"}
    await world.data(RESPOND, sender, input={"offerId": gid(offer), "message": "Gern!"})
    assert await recipients() == [office.email]
    response = await OfferResponse.get(offer=offer)
    assert await read(world, context, response, sender) == [True, True, True]
    for other in (person, key):
        assert await read(world, other, response, sender) == [False] * 3
    acting = await world.context(person)
    assert (await world.ask(DECIDE, acting, id=gid(response))).codes == ["NOT_FOUND"]
    # What was sent for the club stays with its side, and is the office's too.
    sent = await response_to(await world.offer(owner=sender), club)
    assert await read(world, acting, sent, club) == await read(world, context, sent, club) == [False, True, True]
    before = await dump()
    again = (await world.data(SET, context, id=gid(club), c="OFFICE"))["it"]
    assert (again["member"]["version"], again["userErrors"]) == (2, [])
    assert await dump() == before, "it was so already"
    assert (await world.data(SET, context, id=gid(club), c="SELF"))["it"]["member"]["caretaker"] == "SELF"
    assert await read(world, person, response, sender) == [True, False, True]
    assert await read(world, context, response, sender) == [False] * 3
    assert (await world.data(DECIDE, person, id=gid(response)))["decideResponse"]["userErrors"] == []


async def test_what_nobody_represents_is_left_to_nobody(world: World) -> None:
    office, person = await world.office(), await world.member("Person")
    lonely, gone = await world.organisation("Allein"), await world.organisation("Weg", status=MemberStatus.LEFT)
    context = await world.context(office)
    assert (await world.data(SET, context, id=gid(lonely), c="OFFICE"))["it"]["userErrors"] == []
    before = await dump()
    for member, caretaker, code in (
        (lonely, "SELF", "WRONG_STATE"),
        (gone, "OFFICE", "WRONG_STATE"),
        (person, "OFFICE", "INVALID"),
    ):
        refused = (await world.data(SET, context, id=gid(member), c=caretaker))["it"]
        assert refused == {"member": None, "userErrors": [{"path": [], "code": code}]}
    assert await dump() == before


# ---------------------------------------------------------------- who is told


async def test_mail_for_a_club_that_nobody_represents_goes_to_the_office(world: World) -> None:
    club = await world.organisation("Verein")
    left = await world.organisation("Weg", status=MemberStatus.LEFT)
    suspended = await world.organisation("Gesperrt", status=MemberStatus.SUSPENDED)
    keys = [club.id, left.id, suspended.id]
    assert await addresses_of(keys) == {}, "there is no office"
    admin = await world.account(role=NetworkRole.ADMIN)
    assert await addresses_of(keys) == {club.id: [admin.email], suspended.id: [admin.email]}
    office = [(await world.office()).email for _number in range(25)]
    assert await addresses_of([club.id]) == {club.id: office[:20]}, "so many at most"
    assert await addresses_of(keys, only_active=True) == {club.id: office[:20]}
    assert await addresses_of(keys, or_office=False) == {}
    person = await world.account(await world.member("Person"))
    await Representation.create(organisation=club, person_id=person.member_id)
    assert await addresses_of([club.id]) == {club.id: [person.email]}


async def test_the_office_is_told_what_it_didn_t_do_itself(world: World) -> None:
    office, club = await world.office(), await world.organisation("Verein")
    offer = await world.offer(owner=club, expires_at=now())
    assert await expire_due(system_context(world.services)) == 1
    assert await recipients() == [office.email], "it expired"
    review = await world.offer("Prüfung", club, OfferStatus.IN_REVIEW)
    accept = "mutation($id: ID!) { reviewOffer(id: $id, accept: true) { userErrors { code } } }"
    await world.data(accept, office, id=gid(review))
    suspend = 'mutation($id: ID!) { suspendMember(id: $id, reason: "Grund") { userErrors { code } } }'
    await world.data(suspend, office, id=gid(club))
    assert await recipients() == []
    assert (await Offer.get(id=offer.id)).status is OfferStatus.EXPIRED


JOIN = "mutation($id: ID!) { joinGroup(id: $id) { membership { id } userErrors { code } } }"


@pytest.mark.parametrize("led_by", ["nobody", "somebody", "suspended", "a club in care"])
async def test_a_request_to_a_group_without_coordinators_goes_to_the_office(world: World, led_by: str) -> None:
    office, leader, erika = await world.office(), await world.member("Leitung"), await world.member("Erika")
    group = await world.group(join_policy=JoinPolicy.ON_REQUEST)
    told = office
    if led_by != "nobody":
        account = await world.account(leader)
        member = leader if led_by != "a club in care" else await world.organisation("Verein")
        await world.membership(group, member, role=GroupRole.COORDINATOR)
        told = account if led_by == "somebody" else office
    if led_by == "suspended":
        await Member.filter(id=leader.id).update(status=MemberStatus.SUSPENDED)
    assert (await world.data(JOIN, erika, id=gid(group)))["joinGroup"]["userErrors"] == []
    assert await recipients() == [told.email]
    decide = """mutation($id: ID!) { decideJoinRequest(membershipId: $id, accept: true) {
      membership { status } userErrors { code } } }"""
    request = await GroupMembership.get(group_id=group.id, status=MembershipStatus.REQUESTED)
    decided = (await world.data(decide, office, id=gid(request)))["decideJoinRequest"]
    assert decided["membership"] == {"status": "ACTIVE"}
