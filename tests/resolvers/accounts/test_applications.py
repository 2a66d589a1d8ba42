"""One step in for clubs: a person and their organisation apply together, and the office decides about both at once."""

from datetime import timedelta
from typing import Any

import pytest

from models import (
    Account,
    Application,
    AuditEntry,
    AuditPersonal,
    Mail,
    Member,
    MemberKind,
    MemberStatus,
    Offer,
    OfferStatus,
    Representation,
    SignUp,
    now,
)
from resolvers.context import Rules
from resolvers.moderation.queue import queue_counts
from schema.declare.ids import global_id
from tests.dump import dump
from tests.resolvers.test_accounts import CONFIRM, PASSWORD, token_of_last_mail
from tests.world import World

pytestmark = pytest.mark.walk

APPLY = """mutation($i: ApplyAsOrganisationInput!) { it: applyAsOrganisation(input: $i) {
  userErrors { path code message } } }"""
APPROVE = """mutation($id: ID!) { it: approveMember(id: $id) { member { name status } userErrors { code } } }"""
DECLINE = APPROVE.replace("approveMember(id: $id)", 'declineMember(id: $id, reason: "Unklar {x}")')
READ = """query($id: ID!) { it: node(id: $id) { ... on Member { application {
  person { name } organisation { name } offer { title } message } } } }"""
OFFER = {
    "direction": "SEEK",
    "category": "HELPING_HANDS",
    "title": "Helfende gesucht",
    "description": "Zum Sommerfest.",
    "availableFrom": "2030-05-01",
    "availableUntil": "2030-08-31",
    "times": [{"weekday": "SATURDAY", "from": "10:00", "until": "12:00"}],
    "venue": {"name": "Vereinsheim", "location": {"latitude": 52.4, "longitude": 10.8}},
    "hoursPerWeek": 1.5,
    "publish": True,
}


def application(**fields: Any) -> dict[str, Any]:
    return {
        "person": {"name": "Erika Muster", "email": "erika@example.org", "password": PASSWORD},
        "organisation": {"name": "Chorverein", "about": "Wir singen.", "email": "chor@example.org"},
        "message": "Wir kennen uns vom Markt.",
        "acceptedTermsVersion": "1",
        **fields,
    }


async def applied(world: World, **fields: Any) -> tuple[Member, Member]:
    """The person and the organisation that have applied."""
    assert (await world.data(APPLY, i=application(**fields)))["it"] == {"userErrors": []}
    assert not await Member.exists(), "nothing is made before the mail is answered"
    assert (await world.data(CONFIRM, t=await token_of_last_mail()))["it"]["userErrors"] == []
    await Mail.all().delete()
    return await Member.get(kind=MemberKind.PERSON), await Member.get(kind=MemberKind.ORGANISATION)


async def letters() -> list[Mail]:
    """What was posted since this was asked for last."""
    found = await Mail.all().order_by("id")
    await Mail.all().delete()
    return found


def gid(row: Any) -> str:
    return global_id(type(row).__name__, row.id)


@pytest.mark.parametrize("named", ["person", "organisation"])
async def test_one_decision_lets_both_in_and_the_first_entry_goes_to_review(world: World, named: str) -> None:
    office = await world.context(await world.office())
    person, organisation = await applied(world, firstOffer=OFFER)
    assert {person.status, organisation.status} == {MemberStatus.APPLIED}
    assert await Representation.exists(person=person, organisation=organisation)
    offer = await Offer.get(owner=organisation)
    assert (offer.status, str(offer.available_until), offer.venue_name) == (
        OfferStatus.DRAFT,
        "2030-08-31",
        "Vereinsheim",
    )
    assert (await queue_counts(Rules())).applications == 1, "the office sees one"
    shown = {
        "person": {"name": "Erika Muster"},
        "organisation": {"name": "Chorverein"},
        "offer": {"title": "Helfende gesucht"},
        "message": "Wir kennen uns vom Markt.",
    }
    for one in (person, organisation):
        assert (await world.data(READ, office, id=gid(one)))["it"] == {"application": shown}
    before = {one.facts["member_id"] for one in await world.told() if one.kind == "MemberChanged"}
    assert before == {person.id, organisation.id}
    asked = {"person": person, "organisation": organisation}[named]
    decided = (await world.data(APPROVE, office, id=gid(asked)))["it"]
    assert decided == {"member": {"name": asked.name, "status": "ACTIVE"}, "userErrors": []}
    assert {one.status for one in await Member.all()} == {MemberStatus.ACTIVE}
    for one in (person, organisation):
        entry = await AuditEntry.get(operation="approveMember", target_type="Member", target_key=one.id)
        assert "status" in entry.changed
        assert entry.states["status"] == ["APPLIED", "ACTIVE"]
    (letter,) = await letters()
    assert letter.recipient == "erika@example.org"
    assert letter.subject.count("Chorverein") == letter.subject.count("Erika Muster") == 2, "in both languages"
    assert (await Offer.get(id=offer.id)).status is OfferStatus.IN_REVIEW, "the rules are those of any first entry"
    assert not await Application.exists()
    assert {one.facts.get("offer_id") for one in await world.told()} >= {offer.id}
    # She acts for it at once.
    data = await world.data("{ viewer { actsFor { name } } }", person)
    assert data["viewer"] == {"actsFor": [{"name": "Chorverein"}]}
    assert (await world.data(READ, person, id=gid(organisation)))["it"] == {"application": None}


async def test_both_are_declined_at_once_and_may_be_let_in_later(world: World) -> None:
    office = await world.context(await world.office())
    person, organisation = await applied(world, firstOffer={**OFFER, "publish": False})
    assert (await world.data(DECLINE, office, id=gid(organisation)))["it"]["userErrors"] == []
    assert {one.status for one in await Member.all()} == {MemberStatus.DECLINED}
    why = await AuditPersonal.filter(field="reason").values_list("member_id", "after")
    assert sorted(why) == sorted((one.id, "Unklar {x}") for one in (person, organisation))
    (letter,) = await letters()
    assert letter.body.count("Unklar {x}") == 2
    assert letter.body.count("Chorverein") == 2
    before = await dump()
    assert (await world.data(DECLINE, office, id=gid(person)))["it"]["userErrors"] == [{"code": "WRONG_STATE"}]
    assert await dump() == before
    assert (await world.data(APPROVE, office, id=gid(person)))["it"]["userErrors"] == []
    assert {one.status for one in await Member.all()} == {MemberStatus.ACTIVE}
    assert (await Offer.get()).status is OfferStatus.DRAFT, "it was to stay one"


async def test_an_entry_whose_time_is_over_stays_a_draft_and_keeps_nobody_out(world: World) -> None:
    office = await world.context(await world.office())
    person, _organisation = await applied(world, firstOffer=OFFER)
    await Offer.all().update(available_from=None, available_until=(now() - timedelta(days=2)).date())
    assert (await world.data(APPROVE, office, id=gid(person)))["it"]["userErrors"] == []
    assert (await Offer.get()).status is OfferStatus.DRAFT


async def test_only_its_side_and_the_office_read_an_application(world: World) -> None:
    person, organisation = await applied(world)
    account = await world.account(person)
    # What she entered she sees once she is in; what she wrote she sees now.
    shown = {"person": {"name": "Erika Muster"}, "organisation": None, "offer": None}
    own = (await world.data(READ, account, id=gid(person)))["it"]
    assert own == {"application": {**shown, "message": "Wir kennen uns vom Markt."}}
    for other in (None, await world.member("Fremd")):
        for one in (person, organisation):
            assert (await world.data(READ, other, id=gid(one)))["it"] is None
    stranger = await world.member("Aktiv")
    assert (await world.data(READ, person and None, id=gid(stranger)))["it"] == {"application": None}


async def test_the_answer_and_the_work_are_the_same_for_a_known_address(world: World) -> None:
    await Account.create(email="bekannt@example.org", password_hash="!", member=await world.member("Da"))
    passwords, found = world.services.passwords, []
    for email in ("bekannt@example.org", "neu@example.org"):
        hashed, mails, sign_ups = passwords.hashed, await Mail.all().count(), await SignUp.all().count()
        person = {"name": "Erika", "email": email, "password": PASSWORD}
        answer = await world.data(APPLY, i=application(person=person, firstOffer=OFFER))
        work = passwords.hashed - hashed, await Mail.all().count() - mails, await SignUp.all().count() - sign_ups
        kept = (await SignUp.get(email=email)).application
        assert kept
        found.append((answer, work, kept))
    assert found[0] == found[1]
    assert found[0][:2] == ({"it": {"userErrors": []}}, (1, 1, 1))
    assert not await Member.filter(kind=MemberKind.ORGANISATION).exists()


async def test_all_that_is_wrong_is_told_at_once_before_anything_is_hashed(world: World) -> None:
    before = await dump()
    wrong = application(
        person={"name": "", "email": "x", "password": "kurz"},
        organisation={"name": "", "district": "nirgends", "website": "https://localhost"},
        message="x" * 2001,
        firstOffer={**OFFER, "title": "", "ownerId": "x", "availableUntil": "2029-01-01"},
    )
    errors = (await world.data(APPLY, i=wrong))["it"]["userErrors"]
    assert {(".".join(one["path"]), one["code"]) for one in errors} == {
        ("input.person.name", "REQUIRED"),
        ("input.person.email", "INVALID"),
        ("input.person.password", "TOO_SHORT"),
        ("input.organisation.name", "REQUIRED"),
        ("input.organisation.district", "NOT_FOUND"),
        ("input.organisation.website", "INVALID"),
        ("input.message", "TOO_LONG"),
        ("input.firstOffer.title", "REQUIRED"),
        ("input.firstOffer.ownerId", "INVALID"),
        ("input.firstOffer.availableUntil", "OUT_OF_RANGE"),
    }
    assert (await dump(), world.services.passwords.hashed) == (before, 0)
