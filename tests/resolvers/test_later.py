"""What acts later looks at what its people may do then: who was suspended or has left, what was closed or cancelled."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from models import (
    Account,
    Event,
    EventStatus,
    Group,
    GroupRole,
    GroupStatus,
    Mail,
    Member,
    MemberStatus,
    Offer,
    OfferResponse,
    OfferStatus,
    Registration,
    ResponseStatus,
    now,
)
from resolvers.context import system_context
from resolvers.mail.queue import addresses_of
from resolvers.offers import expire_due
from tests.resolvers.events.asking import CANCEL, GIVE_UP, PUBLISH, REGISTER, UPDATE, done, gid, refused, register
from tests.world import World

pytestmark = pytest.mark.walk

SEAT, CANCELLED = "Platz frei geworden: Fest / A seat for you: Fest", "Fällt aus: Fest / Does not take place: Fest"
BACK = "„Carla“ ist jetzt dabei / “Carla” takes part now"

SUSPEND = 'mutation($id: ID!) { it: suspendMember(id: $id, reason: "Grund") { userErrors { path code message } } }'
REINSTATE = "mutation($id: ID!) { it: reinstateMember(id: $id) { userErrors { path code message } } }"
DECIDE = "mutation($id: ID!, $accept: Boolean!) { it: decideResponse(id: $id, accept: $accept) { userErrors { path code message } } }"  # noqa: E501
ON_BOARD = "mutation($id: ID!) { it: publishOffer(id: $id) { offer { status } userErrors { path code message } } }"
REVIEW = 'mutation($id: ID!, $accept: Boolean!) { it: reviewOffer(id: $id, accept: $accept, reason: "Grund") { userErrors { path code message } } }'  # noqa: E501
ROLE = "mutation($id: ID!) { it: changeGroupRole(membershipId: $id, role: COORDINATOR) { userErrors { path code } } }"
WRONG_STATE = {"": "WRONG_STATE"}


async def statuses(*rows: Registration) -> list[str]:
    """What the registrations are now."""
    found = {row.id: row.status.value for row in await Registration.all()}
    return [found[row.id] for row in rows]


async def counts(event: Event) -> tuple[int, int]:
    """Confirmed and waiting: as counted, and as the rows say."""
    await event.refresh_from_db()
    for status, count in (("CONFIRMED", event.confirmed_count), ("WAITLISTED", event.waitlisted_count)):
        assert await Registration.filter(event_id=event.id, status=status).count() == count
    return event.confirmed_count, event.waitlisted_count


async def subjects(account: Account) -> list[str]:
    """What was written to an account, in order."""
    return [mail.subject for mail in await Mail.filter(recipient=account.email).order_by("id")]


class Line:
    """An event with one seat that A has; B and C wait, in this order. All have accounts."""

    async def made(self, world: World) -> "Line":
        self.event = await world.event("Fest", capacity=1)
        self.a, self.b, self.c = [await world.member(name) for name in ("Anna", "Berta", "Carla")]
        self.accounts = [await world.account(one) for one in (self.a, self.b, self.c)]
        self.rows = [await register(world, self.event, one) for one in (self.a, self.b, self.c)]
        return self

    async def give_up(self, world: World) -> None:
        await done(world, GIVE_UP, self.a, id=gid(self.rows[0]))


@pytest.mark.parametrize("status", [one for one in MemberStatus if one is not MemberStatus.ACTIVE])
async def test_who_cant_take_a_seat_keeps_the_place_and_is_passed_over(world: World, status: MemberStatus) -> None:
    line = await Line().made(world)
    await Member.filter(id=line.b.id).update(status=status)
    await line.give_up(world)
    assert await statuses(*line.rows) == ["CANCELLED", "WAITLISTED", "CONFIRMED"]
    assert await counts(line.event) == (1, 1)
    await line.rows[1].refresh_from_db()
    assert line.rows[1].queue_number == 2
    assert await subjects(line.accounts[1]) == []
    assert await subjects(line.accounts[2]) == [SEAT]


async def test_more_seats_pass_over_the_suspended_too(world: World) -> None:
    line, office = await Line().made(world), await world.office()
    await done(world, SUSPEND, office, id=gid(line.b))
    await done(world, UPDATE, office, input={"id": gid(line.event), "capacity": None})
    assert await statuses(*line.rows) == ["CONFIRMED", "WAITLISTED", "CONFIRMED"]
    assert await counts(line.event) == (2, 1)
    await done(world, REINSTATE, office, id=gid(line.b))
    assert await statuses(*line.rows) == ["CONFIRMED"] * 3
    assert await counts(line.event) == (3, 0)


async def test_who_comes_back_takes_the_seat_that_stayed_free_and_is_told(world: World) -> None:
    line, office = await Line().made(world), await world.office()
    for one in (line.b, line.c):
        await done(world, SUSPEND, office, id=gid(one))
    await line.give_up(world)
    assert await counts(line.event) == (0, 2)
    told = len(await world.told())
    await done(world, REINSTATE, office, id=gid(line.c))
    assert await statuses(*line.rows) == ["CANCELLED", "WAITLISTED", "CONFIRMED"]
    assert [one.kind for one in (await world.told())[told:]] == ["MemberChanged", "EventSeatsChanged"]
    assert (await subjects(line.accounts[2]))[-2:] == [
        SEAT,
        BACK,
    ]
    await done(world, REINSTATE, office, id=gid(line.b))
    assert await statuses(*line.rows) == ["CANCELLED", "WAITLISTED", "CONFIRMED"], "there is no seat left"
    await done(world, GIVE_UP, line.c, id=gid(line.rows[2]))
    assert await statuses(*line.rows) == ["CANCELLED", "CONFIRMED", "CANCELLED"], "by rank again"


@pytest.mark.parametrize("columns", [{"status": EventStatus.CANCELLED}, {"ends_at": now() - timedelta(minutes=1)}])
async def test_nobody_comes_back_to_what_is_cancelled_or_over(world: World, columns: dict[str, Any]) -> None:
    line, office = await Line().made(world), await world.office()
    await done(world, SUSPEND, office, id=gid(line.b))
    await Event.filter(id=line.event.id).update(capacity=2, starts_at=now() - timedelta(hours=1), **columns)
    await done(world, REINSTATE, office, id=gid(line.b))
    assert await statuses(*line.rows) == ["CONFIRMED", "WAITLISTED", "WAITLISTED"]


async def test_a_seat_that_was_given_stays_and_is_given_up_by_others(world: World) -> None:
    line, office = await Line().made(world), await world.office()
    await done(world, SUSPEND, office, id=gid(line.a))
    assert await statuses(*line.rows) == ["CONFIRMED", "WAITLISTED", "WAITLISTED"]
    assert await refused(world, GIVE_UP, line.a, id=gid(line.rows[0])) == "FORBIDDEN"
    await done(world, GIVE_UP, office, id=gid(line.rows[0]))
    assert await statuses(*line.rows) == ["CANCELLED", "CONFIRMED", "WAITLISTED"]


async def test_a_suspended_organisation_is_passed_over_its_person_is_not(world: World) -> None:
    person, office = await world.member("Person"), await world.office()
    club, other = await world.organisation("Verein", person), await world.member("Andere")
    event = await world.event("Fest", capacity=1)
    rows = [await register(world, event, office, one) for one in (other, club, person)]
    await done(world, SUSPEND, office, id=gid(club))
    await done(world, GIVE_UP, other, id=gid(rows[0]))
    assert await statuses(*rows) == ["CANCELLED", "WAITLISTED", "CONFIRMED"]


async def test_whoever_comes_back_while_a_seat_is_given_up_gets_it(world: World) -> None:
    office = await world.office()
    for number in range(6):
        event = await world.event(f"Fest {number}", capacity=1)
        a, b = await world.member("Anna"), await world.member("Berta")
        rows = [await register(world, event, one) for one in (a, b)]
        await done(world, SUSPEND, office, id=gid(b))
        contexts = [await world.context(a), await world.context(office)]
        await asyncio.gather(
            done(world, GIVE_UP, contexts[0], id=gid(rows[0])), done(world, REINSTATE, contexts[1], id=gid(b))
        )
        assert await statuses(*rows) == ["CANCELLED", "CONFIRMED"]
        assert await counts(event) == (1, 0)


async def test_who_was_suspended_since_the_request_began_takes_no_seat(world: World) -> None:
    person, event = await world.member(), await world.event()
    context = await world.context(person)
    await Member.filter(id=person.id).update(status=MemberStatus.SUSPENDED)
    assert await refused(world, REGISTER, context, id=gid(event)) == {"memberId": "WRONG_STATE"}


# ---------------------------------------------------------------- mail


async def test_mail_goes_to_nobody_who_has_left_and_what_asks_for_something_to_who_may(world: World) -> None:
    one = {status: await world.member(status.value, status) for status in MemberStatus}
    clubs = {status: await world.organisation(f"Verein {status}", one[MemberStatus.ACTIVE], status) for status in one}
    emails = {status: (await world.account(member)).email for status, member in one.items()}
    everybody = [member.id for member in (*one.values(), *clubs.values())]
    active = emails[MemberStatus.ACTIVE]
    persons = {one[status].id: [email] for status, email in emails.items() if status is not MemberStatus.LEFT}
    through = {club.id: [active] for status, club in clubs.items() if status is not MemberStatus.LEFT}
    assert await addresses_of(everybody) == {**persons, **through}
    assert await addresses_of(everybody, only_active=True) == {
        one[MemberStatus.ACTIVE].id: [active],
        clubs[MemberStatus.ACTIVE].id: [active],
    }


async def test_who_is_suspended_learns_that_an_event_is_cancelled_who_has_left_does_not(world: World) -> None:
    line, office = await Line().made(world), await world.office()
    await Member.filter(id=line.a.id).update(status=MemberStatus.SUSPENDED)
    await Member.filter(id=line.b.id).update(status=MemberStatus.LEFT)
    await done(world, CANCEL, office, id=gid(line.event), reason="Sturm")
    assert [await subjects(one) for one in line.accounts] == [
        [CANCELLED],
        [],
        [CANCELLED],
    ]


async def test_an_entry_of_a_suspended_member_expires_without_asking_it_to_renew_it(world: World) -> None:
    owner = await world.member(status=MemberStatus.SUSPENDED)
    account = await world.account(owner)
    offer = await world.offer("Hilfe", owner, expires_at=now() - timedelta(minutes=1))
    assert await expire_due(system_context(world.services)) == 1
    assert (await Offer.get(id=offer.id)).status is OfferStatus.EXPIRED
    assert await subjects(account) == []


# ---------------------------------------------------------------- decided later


@pytest.mark.parametrize("status", [MemberStatus.SUSPENDED, MemberStatus.LEFT])
async def test_the_response_of_who_may_not_act_is_declined_but_not_accepted(world: World, status: MemberStatus) -> None:
    owner, sender = await world.member("Anna"), await world.member("Berta")
    offer = await world.offer("Hilfe", owner)
    response = await OfferResponse.create(offer=offer, member=sender, message="Gern.")
    await Member.filter(id=sender.id).update(status=status)
    assert await refused(world, DECIDE, owner, id=gid(response), accept=True) == WRONG_STATE
    await done(world, DECIDE, owner, id=gid(response), accept=False)
    assert (await OfferResponse.get(id=response.id)).status is ResponseStatus.DECLINED


@pytest.mark.parametrize("wrong", ["suspended owner", "closed group", "cancelled event"])
async def test_what_an_entry_belongs_to_is_looked_at_when_it_is_published(world: World, wrong: str) -> None:
    owner, group, event, office = await world.member(), await world.group(), await world.event(), await world.office()
    await world.offer("Früher", owner)
    offers = [
        await world.offer(status.value, owner, status, group=group, event=event)
        for status in (OfferStatus.DRAFT, OfferStatus.PAUSED, OfferStatus.EXPIRED, OfferStatus.IN_REVIEW)
    ]
    if wrong == "suspended owner":
        await Member.filter(id=owner.id).update(status=MemberStatus.SUSPENDED)
    elif wrong == "closed group":
        await Group.filter(id=group.id).update(status=GroupStatus.CLOSED)
    else:
        await Event.filter(id=event.id).update(status=EventStatus.CANCELLED)
    for offer in offers[:3]:
        assert await refused(world, ON_BOARD, office, id=gid(offer)) == WRONG_STATE, offer.title
    assert await refused(world, REVIEW, office, id=gid(offers[3]), accept=True) == WRONG_STATE
    await done(world, REVIEW, office, id=gid(offers[3]), accept=False)


async def test_nobody_seeks_help_for_what_was_cancelled(world: World) -> None:
    owner, event = await world.member(), await world.event(status=EventStatus.CANCELLED)
    fields = {"direction": "SEEK", "category": "ROOM", "title": "Raum gesucht", "description": "Für Proben."}
    document = (
        "mutation($input: CreateOfferInput!) { it: createOffer(input: $input) { userErrors { path code message } } }"
    )
    found = await refused(world, document, owner, input={**fields, "eventId": gid(event)})
    assert found == {"input.eventId": "WRONG_STATE"}


@pytest.mark.parametrize("wrong", ["suspended host", "closed group"])
async def test_what_an_event_belongs_to_is_looked_at_when_it_is_published(world: World, wrong: str) -> None:
    host, office, leader = await world.member("Anna"), await world.office(), await world.member("Leitung")
    group = await world.group(coordinator=leader)
    draft: dict[str, Any] = {"status": EventStatus.DRAFT, "host": host, "group": group}
    event = await world.event("Fest", **draft)
    around = await world.event("Tag", status=EventStatus.DRAFT)
    session, other = (
        await world.event("Mit", parent=around, **draft),
        await world.event("Ohne", parent=around, status=EventStatus.DRAFT),
    )
    if wrong == "suspended host":
        await Member.filter(id=host.id).update(status=MemberStatus.SUSPENDED)
    else:
        await Group.filter(id=group.id).update(status=GroupStatus.CLOSED)
    for asker in (office, leader):
        assert await refused(world, PUBLISH, asker, id=gid(event)) == WRONG_STATE
    await done(world, PUBLISH, office, id=gid(around))
    found = dict(await Event.filter(id__in=[session.id, other.id]).values_list("id", "status"))
    assert found == {session.id: EventStatus.DRAFT, other.id: EventStatus.PUBLISHED}


async def test_nobody_suspended_becomes_a_coordinator(world: World) -> None:
    group, office = await world.group(), await world.office()
    suspended = await world.member(status=MemberStatus.SUSPENDED)
    one = await world.membership(group, suspended)
    assert await refused(world, ROLE, office, id=gid(one)) == WRONG_STATE
    await Member.filter(id=suspended.id).update(status=MemberStatus.ACTIVE)
    await done(world, ROLE, office, id=gid(one))
    await one.refresh_from_db()
    assert one.role is GroupRole.COORDINATOR
