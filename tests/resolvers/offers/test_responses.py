"""Responses: who writes, who decides, who reads."""

import asyncio
from typing import Any

import pytest

from models import Mail, Member, MemberStatus, Offer, OfferResponse, OfferStatus, ResponseStatus
from schema.declare.ids import global_id
from tests.statements import statements
from tests.world import Answer, World

pytestmark = pytest.mark.walk

RESPOND = """mutation($input: RespondToOfferInput!) { respondToOffer(input: $input) {
  response { id status message member { name } offer { title } decidedAt } userErrors { path code } } }"""
DECIDE = """mutation($id: ID!, $accept: Boolean!) { decideResponse(id: $id, accept: $accept) {
  response { status decidedAt } userErrors { path code } } }"""
WITHDRAW = "mutation($id: ID!) { withdrawResponse(id: $id) { response { status } userErrors { path code } } }"
READ = """query($id: ID!) { node(id: $id) { ... on Offer {
  responses { totalCount nodes { message member { name } } } viewerResponse { message } } } }"""


async def respond(world: World, by: Any, offer: Offer, message: str = "Gern!", **given: Any) -> Answer:
    return await world.ask(RESPOND, by, input={"offerId": global_id("Offer", offer.id), "message": message, **given})


def errors(answer: Answer) -> list[tuple[str, str]]:
    assert answer.data, answer.errors
    (payload,) = answer.data.values()
    assert payload["response"] is None
    return [(".".join(error["path"]), error["code"]) for error in payload["userErrors"]]


async def sent(offer: Offer, member: Member, status: ResponseStatus = ResponseStatus.SENT) -> str:
    row = await OfferResponse.create(offer=offer, member=member, message="Gern!", status=status)
    return global_id("OfferResponse", row.id)


async def test_a_response_reaches_the_owner_s_side_by_mail(world: World) -> None:
    person, responder = await world.member("Person"), await world.member("Erika")
    club = await world.organisation("Verein", person)
    account = await world.account(person)
    answer = await respond(world, responder, await world.offer("Hilfe", club), "  Ich komme.  ")
    assert answer.data
    response = answer.data["respondToOffer"]["response"]
    assert (response["status"], response["message"], response["decidedAt"]) == ("SENT", "Ich komme.", None)
    assert (response["member"], response["offer"]) == ({"name": "Erika"}, {"title": "Hilfe"})
    [mail] = await Mail.all()
    assert (mail.recipient, mail.subject) == (account.email, "Antwort auf „Hilfe“ / An answer to “Hilfe”")
    assert "Erika" in mail.body
    assert "Ich komme." in mail.body


async def test_in_the_name_of_an_organisation(world: World) -> None:
    person = await world.member("Person")
    club = await world.organisation("Verein", person)
    offer = await world.offer(owner=await world.member())
    answer = await respond(world, person, offer, memberId=global_id("Member", club.id))
    assert answer.data
    assert answer.data["respondToOffer"]["response"]["member"] == {"name": "Verein"}
    stranger = await world.member("Fremd")
    assert (await respond(world, stranger, offer, memberId=global_id("Member", club.id))).codes == ["FORBIDDEN"]
    assert await OfferResponse.all().count() == 1


async def test_what_is_refused_writes_nothing(world: World) -> None:
    owner, member = await world.member("Besitzer"), await world.member("Mitglied")
    applied, suspended = [await world.member(s.value, s) for s in (MemberStatus.APPLIED, MemberStatus.SUSPENDED)]
    offer = await world.offer(owner=owner)
    club = await world.organisation("Verein", member)
    of_club, of_member = await world.offer(owner=club), await world.offer(owner=member)
    draft = await world.offer(owner=owner, status=OfferStatus.DRAFT)
    assert (await respond(world, None, offer)).codes == ["UNAUTHENTICATED"]
    assert (await respond(world, applied, offer)).codes == ["FORBIDDEN"]
    assert (await respond(world, suspended, offer)).codes == ["FORBIDDEN"]
    assert errors(await respond(world, member, draft)) == [("", "NOT_FOUND")]
    assert errors(await respond(world, owner, draft)) == [("", "WRONG_STATE")]
    assert errors(await respond(world, member, of_member)) == [("", "WRONG_STATE")]
    assert errors(await respond(world, member, of_club)) == [("", "WRONG_STATE")]
    assert errors(await respond(world, await world.office(), offer)) == [("input.memberId", "REQUIRED")]
    assert errors(await respond(world, member, offer, " ")) == [("input.message", "REQUIRED")]
    assert errors(await respond(world, member, offer, "x" * 5001)) == [("input.message", "TOO_LONG")]
    refused = dict.fromkeys((OfferStatus.PAUSED, OfferStatus.EXPIRED, OfferStatus.FULFILLED), "WRONG_STATE")
    for status, code in {**refused, OfferStatus.WITHDRAWN: "NOT_FOUND"}.items():
        gone = await world.offer(owner=owner, status=status)
        assert errors(await respond(world, member, gone)) == [("", code)]
    assert not await OfferResponse.exists()
    assert not await Mail.exists()
    assert await world.told() == []


@pytest.mark.parametrize("status", list(ResponseStatus))
async def test_one_open_response_at_a_time(world: World, status: ResponseStatus) -> None:
    member = await world.member("Mitglied")
    offer = await world.offer(owner=await world.member())
    await sent(offer, member, status)
    answer = await respond(world, member, offer)
    if status in (ResponseStatus.SENT, ResponseStatus.ACCEPTED):
        assert errors(answer) == [("", "TAKEN")]
    else:
        assert answer.data
        assert answer.data["respondToOffer"]["userErrors"] == []


async def test_of_many_at_the_same_instant_one_is_stored(world: World) -> None:
    member = await world.member("Mitglied")
    offer = await world.offer(owner=await world.member())
    viewer = await world.account(member)
    answers = await asyncio.gather(*(respond(world, viewer, offer) for _number in range(6)))
    stored = [one for one in answers if one.data and one.data["respondToOffer"]["response"]]
    assert len(stored) == await OfferResponse.all().count() == 1


@pytest.mark.parametrize("accept", [True, False])
async def test_the_owner_s_side_decides_and_the_sender_s_side_learns_it(world: World, accept: bool) -> None:
    person, responder = await world.member("Person"), await world.member("Erika")
    club = await world.organisation("Verein", person)
    account = await world.account(responder)
    key = await sent(await world.offer("Hilfe", club), responder)
    status = "ACCEPTED" if accept else "DECLINED"
    payload = (await world.data(DECIDE, person, id=key, accept=accept))["decideResponse"]
    assert payload["response"]["status"] == status
    assert payload["response"]["decidedAt"] is not None
    [mail] = await Mail.all()
    decided = "angenommen / “Hilfe”: answer accepted" if accept else "abgelehnt / “Hilfe”: answer declined"
    subject = f"„Hilfe“: Antwort {decided}"
    assert (mail.recipient, mail.subject) == (account.email, subject)


ROLES = ("guest", "suspended", "stranger", "owner", "responder", "office")


@pytest.mark.parametrize("document", [DECIDE, WITHDRAW])
async def test_every_role_from_every_state(world: World, document: str) -> None:
    owner, responder = await world.member("Besitzer"), await world.member("Erika")
    askers: dict[str, Any] = {
        "guest": None,
        "suspended": await world.member("Gesperrt", MemberStatus.SUSPENDED),
        "stranger": await world.member("Fremd"),
        "owner": owner,
        "responder": responder,
        "office": await world.office(),
    }
    codes = {"guest": "UNAUTHENTICATED", "suspended": "FORBIDDEN", "stranger": "NOT_FOUND", "office": "NOT_FOUND"}
    deciding = document == DECIDE
    may = "owner" if deciding else "responder"
    sources = ("SENT",) if deciding else ("SENT", "ACCEPTED")
    target = "ACCEPTED" if deciding else "WITHDRAWN"
    for role in ROLES:
        for status in ResponseStatus:
            key = await sent(await world.offer(owner=owner), responder, status)
            before = await OfferResponse.all().values()
            variables = {"id": key, "accept": True} if deciding else {"id": key}
            answer = await world.ask(document, askers[role], **variables)
            place = f"{role} {status}"
            if role != may:
                assert answer.codes == [codes.get(role, "FORBIDDEN")], place
            elif status not in sources:
                assert errors(answer) == [("", "WRONG_STATE")], place
            else:
                assert answer.data, place
                (payload,) = answer.data.values()
                assert (payload["response"]["status"], payload["userErrors"]) == (target, []), place
                continue
            assert await OfferResponse.all().values() == before, place


async def test_who_reads_responses(world: World) -> None:
    person, responder, stranger = [await world.member(name) for name in ("Person", "Erika", "Fremd")]
    club = await world.organisation("Verein", person)
    offer = await world.offer(owner=club)
    key = await sent(offer, responder)
    other = await OfferResponse.create(offer=offer, member=stranger, message="Auch ich")
    node = "query($id: ID!) { node(id: $id) { id } }"
    gone = {"responses": None, "viewerResponse": None}
    everything = [
        {"message": "Auch ich", "member": {"name": "Fremd"}},
        {"message": "Gern!", "member": {"name": "Erika"}},
    ]
    for by, fields in (
        (None, gone),
        (await world.office(), gone),
        (responder, {"responses": None, "viewerResponse": {"message": "Gern!"}}),
        (stranger, {"responses": None, "viewerResponse": {"message": "Auch ich"}}),
        (person, {"responses": {"totalCount": 2, "nodes": everything}, "viewerResponse": None}),
    ):
        assert (await world.data(READ, by, id=global_id("Offer", offer.id)))["node"] == fields
        sees = by in (responder, person)
        assert (await world.data(node, by, id=key))["node"] == ({"id": key} if sees else None)
    await OfferResponse.filter(id=other.id).update(member_id=None)
    found = await world.data(READ, person, id=global_id("Offer", offer.id))
    assert found["node"]["responses"]["nodes"][0] == {"message": "Auch ich", "member": None}


async def test_the_newest_of_the_viewer_s_own_and_a_statement_a_level(world: World) -> None:
    owner, responder = await world.member("Besitzer"), await world.member("Erika")
    await world.account(owner)
    for number in range(4):
        offer = await world.offer(f"O{number}", owner)
        for status in (ResponseStatus.DECLINED, ResponseStatus.SENT):
            await OfferResponse.create(offer=offer, member=responder, message=status.value, status=status)
    viewer = await world.context(responder)
    with statements() as sent_statements:
        found = await world.data("{ offers { nodes { viewerResponse { message } } } }", viewer)
    assert found["offers"]["nodes"] == [{"viewerResponse": {"message": "SENT"}}] * 4
    assert len(sent_statements) == 2
    document = (
        "{ offers { nodes { responses(first: 1) { totalCount nodes { message offer { title } member { name } } } } } }"
    )
    context = await world.context(owner)
    with statements() as sent_statements:
        found = await world.data(document, context)
    assert [node["responses"]["totalCount"] for node in found["offers"]["nodes"]] == [2] * 4
    assert len(sent_statements) == 3, "entries, responses with entry and member, their number"


async def test_contact_data_are_shared_both_ways_while_a_response_is_accepted(world: World) -> None:
    owner = await world.member("Besitzer", email="owner@example.org", phone="+495361280")
    responder = await world.member("Erika", email="erika@example.org")
    key = await sent(await world.offer(owner=owner), responder)
    ask = "query($id: ID!) { node(id: $id) { ... on Member { email } } }"

    async def seen() -> tuple[str | None, str | None]:
        of_owner = await world.data(ask, responder, id=global_id("Member", owner.id))
        of_responder = await world.data(ask, owner, id=global_id("Member", responder.id))
        return of_owner["node"]["email"], of_responder["node"]["email"]

    assert await seen() == (None, None)
    await world.data(DECIDE, owner, id=key, accept=True)
    assert await seen() == ("owner@example.org", "erika@example.org")
    assert (await world.data(ask, id=global_id("Member", owner.id)))["node"] == {"email": None}
    await world.data(WITHDRAW, responder, id=key)
    assert await seen() == (None, None)
