"""Who leaves the network leaves nothing going on, and keeps nobody waiting."""

from typing import Any

from models import (
    ApiKeyScope,
    Event,
    GroupMembership,
    GroupPost,
    GroupRole,
    Mail,
    Member,
    MembershipStatus,
    MemberStatus,
    Offer,
    OfferResponse,
    OfferStatus,
    Registration,
    RegistrationStatus,
    Representation,
    ResponseStatus,
)
from schema.declare.ids import global_id
from tests.dump import dump
from tests.world import World

LEAVE = "mutation($id: ID) { it: leaveNetwork(memberId: $id) { member { id status } userErrors { code } } }"
LEFT: dict[str, Any] = {"userErrors": []}


def gid(row: Any) -> str:
    """The opaque id of a row."""
    return global_id(type(row).__name__, row.pk)


async def test_what_they_began_ends_and_others_move_up(world: World) -> None:
    anna, ben, office = await world.member("Anna Neu"), await world.member("Ben"), await world.office()
    await world.account(ben)
    club, choir = await world.organisation("Verein", by=anna), await world.organisation("Chor", by=anna)
    await Representation.create(organisation=choir, person=ben)
    group = await world.group("AG Fest", coordinator=anna)
    post = await GroupPost.create(group=group, author=anna, title="Neues", body="Text")
    asked = await world.membership(await world.group("AG Zwei", coordinator=ben), anna, MembershipStatus.REQUESTED)
    event = await world.event("Messe", capacity=1, confirmed_count=1, waitlisted_count=1, queue_number=2)
    for number, (who, status) in enumerate(((anna, "CONFIRMED"), (ben, "WAITLISTED")), 1):
        await Registration.create(event=event, member=who, status=status, queue_number=number)
    hosted = await world.event("Lesung", host=anna)
    offers = [await world.offer("Tisch", anna), await world.offer("Plan", anna, OfferStatus.DRAFT)]
    done = await world.offer("Stuhl", anna, OfferStatus.FULFILLED)
    other = await world.offer("Bank", ben)
    sent = await OfferResponse.create(offer=other, member=anna, message="Gern.")
    context = await world.context(anna)
    answer = await world.ask(LEAVE, context)
    assert answer.data == {"it": {"member": {"id": gid(anna), "status": "LEFT"}, **LEFT}}
    assert context.viewer.is_guest

    assert {one.status for one in await GroupMembership.filter(member=anna)} == {MembershipStatus.LEFT}
    seats = dict(await Registration.filter(event=event).values_list("member_id", "status"))
    assert seats == {anna.id: RegistrationStatus.CANCELLED, ben.id: RegistrationStatus.CONFIRMED}
    event = await Event.get(id=event.id)
    assert (event.confirmed_count, event.waitlisted_count) == (1, 0)
    states = dict(await Offer.filter(owner=anna).values_list("id", "status"))
    assert states == {offers[0].id: "WITHDRAWN", offers[1].id: "WITHDRAWN", done.id: "FULFILLED"}
    assert (await OfferResponse.get(id=sent.id)).status is ResponseStatus.WITHDRAWN
    assert [one.person_id for one in await Representation.all()] == [ben.id]
    # What others have to do with stays: the group's news, and the event that others may be registered for.
    assert (await GroupPost.get(id=post.id)).withheld_at is None
    assert (await Event.get(id=hosted.id)).withheld_at is None
    kinds = [one.kind for one in await world.told()]
    wanted = {"SessionEnded", "GroupMemberLeft", "EventSeatsChanged", "OfferWithdrawn", "MemberChanged"}
    assert wanted <= set(kinds)
    assert sum(one.facts == {"member_id": club.id} for one in await world.told()) == 1
    mails = await Mail.all().values_list("recipient", "subject")
    about = [subject for recipient, subject in mails if recipient == office.email]
    assert len(about) == 2
    texts = " ".join(one.body for one in await Mail.filter(recipient=office.email))
    assert "„Verein“ wird von niemandem mehr vertreten" in texts
    assert "die Gruppe „AG Fest“ koordiniert niemand mehr" in texts
    assert "Chor" not in texts
    assert asked.group_id is not None
    again = await world.ask(LEAVE, await world.office(), id=gid(anna))
    assert again.data == {"it": {"member": None, "userErrors": [{"code": "WRONG_STATE"}]}}


async def test_an_organisation_leaves_by_who_acts_for_it(world: World) -> None:
    anna, ben = await world.member("Anna"), await world.member("Ben")
    account = await world.account(anna)
    club = await world.organisation("Verein", by=anna)
    group = await world.group("AG Fest", coordinator=ben)
    await world.membership(group, club, role=GroupRole.MEMBER)
    key = await world.key(club, ApiKeyScope.WRITE_BOARD)
    before = await dump()
    assert (await world.ask(LEAVE, ben, id=gid(club))).codes == ["FORBIDDEN"]
    assert (await world.ask(LEAVE, key)).codes == ["FORBIDDEN"]
    assert (await world.ask(LEAVE)).codes == ["UNAUTHENTICATED"]
    after = await dump()
    assert {name: rows for name, rows in after.items() if name not in ("account", "sign_in_session")} == {
        name: rows for name, rows in before.items() if name not in ("account", "sign_in_session")
    }
    assert (await world.data(LEAVE, anna, id=gid(club)))["it"]["member"]["status"] == "LEFT"
    await key.refresh_from_db()
    assert key.revoked_at is not None
    assert not await Representation.exists()
    assert (await Member.get(id=anna.id)).status is MemberStatus.ACTIVE
    assert await Mail.filter(recipient=account.email, subject__contains="Verein").count() == 1
    assert "KeyRevoked" in [one.kind for one in await world.told()]
