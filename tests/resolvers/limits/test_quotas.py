"""Of what a member begins there are so many a day, and so many open at a time, also where two begin one at once."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any

import pytest

from models import (
    Group,
    GroupMembership,
    JoinPolicy,
    Mail,
    Member,
    MembershipStatus,
    MemberStatus,
    Offer,
    OfferResponse,
    OfferStatus,
    Registration,
    RepresentativeInvitation,
    ResponseStatus,
    now,
)
from resolvers.context import Rules
from resolvers.limits.quotas import Quota, Quotas
from resolvers.members.invitations import withdraw
from schema.declare.ids import global_id
from tests.world import World

pytestmark = pytest.mark.walk

FEW = 2
OFFER_OF = """mutation($o: ID) {
  it: createOffer(input: {ownerId: $o, direction: SEEK, category: ROOM, title: "Raum", description: "Bitte."})
  { userErrors { code } } }"""
Act = Callable[[World, Member, int], Awaitable[Any]]


def allow(world: World, noun: str, *, a_day: int = 100, at_once: int = 100) -> None:
    """Hold this quota, and no other."""
    none = dict.fromkeys((one.name for one in fields(Quotas)), None)
    world.services = replace(world.services, rules=Rules(quotas=Quotas(**{**none, noun: Quota(a_day, at_once)})))


async def found_group(world: World, member: Member, number: int) -> Any:
    document = """mutation($n: String!) {
      it: createGroup(input: {name: $n, purpose: "Wir"}) { userErrors { path code message } } }"""
    return await world.data(document, member, n=f"Gruppe {number}")


async def enter_organisation(world: World, member: Member, number: int) -> Any:
    document = (
        "mutation($n: String!) { it: createOrganisation(input: {name: $n}) { userErrors { path code message } } }"
    )
    return await world.data(document, member, n=f"Verein {number}")


async def make_offer(world: World, member: Member, number: int) -> Any:
    document = """mutation($n: String!) {
      it: createOffer(input: {direction: SEEK, category: ROOM, title: $n, description: "Bitte."})
      { userErrors { path code message } } }"""
    return await world.data(document, member, n=f"Eintrag {number}")


async def respond(world: World, member: Member, number: int) -> Any:
    offer = await world.offer(f"Angebot {number}", await world.member(f"Anbieter {number}"))
    document = """mutation($o: ID!) {
      it: respondToOffer(input: {offerId: $o, message: "Gern."}) { userErrors { path code message } } }"""
    return await world.data(document, member, o=global_id("Offer", offer.id))


async def register(world: World, member: Member, number: int) -> Any:
    event = await world.event(f"Treffen {number}")
    document = "mutation($e: ID!) { it: registerForEvent(id: $e) { userErrors { path code message } } }"
    return await world.data(document, member, e=global_id("Event", event.id))


async def ask_to_join(world: World, member: Member, number: int) -> Any:
    group = await world.group(f"Gruppe {number}", join_policy=JoinPolicy.ON_REQUEST)
    document = "mutation($g: ID!) { it: joinGroup(id: $g) { userErrors { path code message } } }"
    return await world.data(document, member, g=global_id("Group", group.id))


async def invite(world: World, member: Member, number: int) -> Any:
    group = await Group.get_or_none(name="Die Gruppe") or await world.group("Die Gruppe", member)
    invited = await world.member(f"Eingeladen {number}")
    document = """mutation($g: ID!, $m: ID!) {
      it: inviteToGroup(id: $g, memberId: $m) { userErrors { path code message } } }"""
    return await world.data(document, member, g=global_id("Group", group.id), m=global_id("Member", invited.id))


async def ask_to_represent(world: World, member: Member, number: int) -> Any:
    club = await Member.get_or_none(name="Der Verein") or await world.organisation("Der Verein", by=member)
    document = """mutation($o: ID!, $e: EmailAddress!) {
      it: inviteRepresentative(input: {organisationId: $o, email: $e}) { userErrors { path code message } } }"""
    return await world.data(document, member, o=global_id("Member", club.id), e=f"ben{number}@example.org")


@dataclass(frozen=True)
class Kind:
    """How one more is begun, and how the time of all is moved back, and how all are ended."""

    noun: str
    act: Act
    age: Callable[[], Awaitable[Any]]
    end: Callable[[], Awaitable[Any]]


LONG_AGO = timedelta(hours=25)


async def age_groups() -> None:
    before = now() - LONG_AGO
    await Group.all().update(created_at=before)
    await GroupMembership.all().update(joined_at=before)


KINDS = [
    Kind("groups", found_group, age_groups, lambda: Group.all().update(status="CLOSED")),
    Kind(
        "organisations",
        enter_organisation,
        lambda: Member.filter(kind="ORGANISATION").update(created_at=now() - LONG_AGO),
        lambda: Member.filter(kind="ORGANISATION").update(status=MemberStatus.DECLINED),
    ),
    Kind(
        "offers",
        make_offer,
        lambda: Offer.all().update(created_at=now() - LONG_AGO),
        lambda: Offer.all().update(status=OfferStatus.WITHDRAWN),
    ),
    Kind(
        "responses",
        respond,
        lambda: OfferResponse.all().update(created_at=now() - LONG_AGO),
        lambda: OfferResponse.all().update(status=ResponseStatus.DECLINED),
    ),
    Kind(
        "registrations",
        register,
        lambda: Registration.all().update(registered_at=now() - LONG_AGO),
        lambda: Registration.all().update(status="CANCELLED"),
    ),
    Kind(
        "join_requests",
        ask_to_join,
        lambda: GroupMembership.all().update(created_at=now() - LONG_AGO),
        lambda: GroupMembership.all().update(status=MembershipStatus.DECLINED),
    ),
    Kind(
        "invitations",
        invite,
        lambda: GroupMembership.exclude(status="ACTIVE").update(created_at=now() - LONG_AGO),
        lambda: GroupMembership.filter(status="INVITED").update(status=MembershipStatus.DECLINED),
    ),
    Kind(
        "representatives",
        ask_to_represent,
        lambda: RepresentativeInvitation.all().update(created_at=now() - LONG_AGO),
        lambda: withdraw(RepresentativeInvitation.all()),
    ),
]
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.noun)


def test_every_quota_is_tried() -> None:
    assert {kind.noun for kind in KINDS} == {one.name for one in fields(Quotas)}


async def codes(world: World, kind: Kind, member: Member, number: int) -> list[str]:
    """The codes of the user errors; they name no field, and nothing was written where there are any."""
    errors = (await kind.act(world, member, number))["it"]["userErrors"]
    assert all(error["path"] == [] for error in errors)
    return [error["code"] for error in errors]


@every_kind
async def test_so_many_are_begun_a_day_and_the_next_day_more(world: World, kind: Kind) -> None:
    allow(world, kind.noun, a_day=FEW)
    member = await world.member()
    assert [await codes(world, kind, member, number) for number in range(FEW)] == [[]] * FEW
    mails = await Mail.all().count()
    assert await codes(world, kind, member, 10) == ["LIMIT_REACHED"]
    assert await Mail.all().count() == mails
    await kind.end()
    assert await codes(world, kind, member, 11) == ["LIMIT_REACHED"], "what was ended was begun all the same"
    await kind.age()
    assert await codes(world, kind, member, 12) == []


@every_kind
async def test_so_many_are_open_at_a_time_however_old(world: World, kind: Kind) -> None:
    allow(world, kind.noun, at_once=FEW)
    member = await world.member()
    assert [await codes(world, kind, member, number) for number in range(FEW)] == [[]] * FEW
    await kind.age()
    assert await codes(world, kind, member, 10) == ["LIMIT_REACHED"]
    await kind.end()
    assert await codes(world, kind, member, 11) == []


async def test_another_has_a_quota_of_their_own_and_an_organisation_too(world: World) -> None:
    allow(world, "offers", a_day=1)
    member = await world.member()
    club = await world.organisation("Verein", by=member)
    for owner in (None, global_id("Member", club.id)):
        answers = [(await world.data(OFFER_OF, member, o=owner))["it"]["userErrors"] for _ in range(2)]
        assert answers == [[], [{"code": "LIMIT_REACHED"}]]
    assert await codes(world, KINDS[2], await world.member("Ben"), 1) == []


async def test_the_office_has_none(world: World) -> None:
    allow(world, "offers", a_day=0, at_once=0)
    owner = await world.member()
    answer = await world.data(OFFER_OF, await world.office(), o=global_id("Member", owner.id))
    assert answer["it"]["userErrors"] == []
    assert (await world.data(OFFER_OF, owner, o=None))["it"]["userErrors"] == [{"code": "LIMIT_REACHED"}]


async def test_what_is_refused_changes_nothing_and_tells_nothing(world: World) -> None:
    allow(world, "offers", a_day=0)
    member = await world.member()
    await world.context(member)
    before, told = await Offer.all().count(), await world.told()
    assert await codes(world, KINDS[2], member, 1) == ["LIMIT_REACHED"]
    assert (await Offer.all().count(), await world.told()) == (before, told)


@pytest.mark.parametrize("noun", ["offers", "responses", "registrations", "groups", "organisations", "join_requests"])
async def test_two_at_once_do_not_pass_it(world: World, noun: str) -> None:
    allow(world, noun, a_day=3)
    (kind,) = [one for one in KINDS if one.noun == noun]
    member = await world.member()
    await world.account(member)
    answers = await asyncio.gather(*(kind.act(world, member, number) for number in range(8)))
    errors = [answer["it"]["userErrors"] for answer in answers]
    assert errors.count([]) == 3
    assert {error["code"] for some in errors for error in some} == {"LIMIT_REACHED"}


async def test_the_message_says_how_many(world: World) -> None:
    allow(world, "groups", a_day=1)
    member = await world.member()
    await found_group(world, member, 1)
    document = 'mutation { it: createGroup(input: {name: "Zweite", purpose: "Wir"}) { userErrors { message } } }'
    answer = await world.ask(document, member, "de")
    assert answer.data == {"it": {"userErrors": [{"message": "In 24 Stunden ist höchstens 1 davon möglich."}]}}
