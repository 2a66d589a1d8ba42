"""The rights that the table of docs/permissions.md gives, while the person who holds them is suspended or left out."""

from itertools import product

import pytest

from models import Audience, Member, MembershipStatus, MemberStatus, OfferResponse, ResponseStatus
from schema.declare.ids import global_id
from tests.auth.test_permissions import OPERATIONS, cast_for, outcome, read_table
from tests.dump import dump
from tests.world import World

# What an account keeps for itself, whatever its member may do.
OF_THE_ACCOUNT = {"SavedSearch", "deleteSavedSearch", "markSavedSearchSeen"}
RELATIONS = ("own", "representative", "coordinator")
# What a suspended person still sees: its own affairs, and nothing of those whom it acted for.
STILL_SEEN = {
    "Member.email for nobody",
    "Member.email for members",
    "Member.statusReason",
    # Nobody is kept in the network, whatever they are in it.
    "leaveNetwork",
    "eraseMember",
    "Offer that is a draft",
    "Offer that was withdrawn",
    "Report",
    *(f"{one} that is hidden" for one in ("Member", "GroupPost", "Event", "Offer")),
    "Offer.responses",
    "Offer.statusReason",
    "OfferResponse",
    "offerChanged of a draft",
}


@pytest.mark.walk(every=3)
@pytest.mark.parametrize("name", list(OPERATIONS))
async def test_whoever_is_suspended_has_lost_every_right_but_the_sight_of_its_own(world: World, name: str) -> None:
    row = read_table()[name]
    found, expected = {}, {}
    for relation in RELATIONS:
        cast = await cast_for(world, relation)
        document, variables = await OPERATIONS[name](cast)
        assert isinstance(cast.asker, Member)
        await Member.filter(id=cast.asker.id).update(status=MemberStatus.SUSPENDED)
        context = await world.context(cast.asker)
        before = await dump()
        found[relation] = await outcome(world, context, document, variables)
        seen = relation == "own" and name in STILL_SEEN
        expected[relation] = row[relation if seen or name in OF_THE_ACCOUNT else "suspended"]
        if document.startswith("mutation"):
            assert (await dump() == before) == (found[relation] != "yes"), relation
    assert found == expected


MEMBER = "query($id: ID!) { node(id: $id) { ... on Member { email phone } } }"


async def contact_of(world: World, asker: Member, shown: Member) -> list[str | None]:
    """The address and the number that the asker is shown; two None where they aren't shown the member at all."""
    node = (await world.data(MEMBER, asker, id=global_id("Member", shown.id)))["node"]
    return [node["email"], node["phone"]] if node else [None, None]


async def test_a_contact_for_groups_is_shown_where_both_take_part_in_one_and_nowhere_else(world: World) -> None:
    """Every status of a membership, and none, on the side of who asks and on the side of who is shown."""
    sides: list[MembershipStatus | None] = [None, *MembershipStatus]
    found, expected = {}, {}
    for asking, showing in product(sides, sides):
        group, elsewhere = await world.group("AG"), await world.group("Anderswo")
        asker = await world.member("Fragt")
        shown = await world.member("Gezeigt", email="g@example.org", email_audience=Audience.GROUPS)
        await Member.filter(id=shown.id).update(phone="+4953611", phone_audience=Audience.NOBODY)
        for member, status in ((asker, asking), (shown, showing)):
            if status is not None:
                await world.membership(group, member, status)
        await world.membership(elsewhere, shown)
        found[asking, showing] = await contact_of(world, asker, shown)
        both = asking is showing is MembershipStatus.ACTIVE
        expected[asking, showing] = ["g@example.org" if both else None, None]
    assert found == expected


@pytest.mark.parametrize("audience", Audience)
async def test_a_contact_is_shown_by_its_audience_and_the_status_of_both(world: World, audience: Audience) -> None:
    found, expected = {}, {}
    for asking, showing in product(MemberStatus, MemberStatus):
        if asking is MemberStatus.LEFT:  # nobody of these can be signed in
            continue
        group = await world.group("AG")
        asker = await world.member("Fragt", asking)
        shown = await world.member("Gezeigt", showing, phone="+4953611", phone_audience=audience)
        for member in (asker, shown):
            await world.membership(group, member)
        found[asking, showing] = (await contact_of(world, asker, shown))[1]
        takes_part = asking is MemberStatus.ACTIVE
        told = {Audience.EVERYONE: True, Audience.NOBODY: False}.get(audience, takes_part)
        expected[asking, showing] = "+4953611" if told and showing is MemberStatus.ACTIVE else None
    assert found == expected


@pytest.mark.parametrize("status", ResponseStatus)
async def test_who_has_agreed_sees_the_others_contact_on_either_side(world: World, status: ResponseStatus) -> None:
    """As the person itself, and through an organisation: an active one, one that is suspended."""
    person, other = await world.member("Ich"), await world.member("Andere", email="a@example.org")
    active = await world.organisation("Verein", by=person)
    suspended = await world.organisation("Gesperrt", by=person, status=MemberStatus.SUSPENDED)
    agreed = status is ResponseStatus.ACCEPTED
    for mine, seen in ((person, agreed), (active, agreed), (suspended, False)):
        for owner, sender in ((mine, other), (other, mine)):
            offer = await world.offer("Hilfe", owner)
            one = await OfferResponse.create(offer=offer, member=sender, message="Gern.", status=status)
            assert (await contact_of(world, person, other))[0] == ("a@example.org" if seen else None), (mine, owner)
            await one.delete()


# ---------------------------------------------------------------- the side that is acted for

# What brings a member into something, by the office, and which of the cast that member is.
BRINGING_IN = {
    "joinGroup": "owner",
    "joinGroup for another member": "stranger",
    "inviteToGroup": "stranger",
    "answerGroupInvitation": "owner",
    "decideJoinRequest": "stranger",
    "changeGroupRole": "stranger",
    "createEvent for another host": "stranger",
    "publishEvent": "owner",
    "registerForEvent": "owner",
    "registerForEvent for another member": "stranger",
    "createOffer": "owner",
    "createOffer for another member": "stranger",
    "publishOffer": "owner",
    "publishOffer that is paused": "owner",
    "reviewOffer": "owner",
    "respondToOffer": "owner",
}


@pytest.mark.walk(every=3)
@pytest.mark.parametrize("status", [status for status in MemberStatus if status is not MemberStatus.ACTIVE])
@pytest.mark.parametrize("name", list(BRINGING_IN))
async def test_nobody_who_is_not_active_is_brought_into_anything(world: World, name: str, status: MemberStatus) -> None:
    """Not even by the office, which may do all of it for everybody."""
    cast = await cast_for(world, "office")
    document, variables = await OPERATIONS[name](cast)
    await Member.filter(id=getattr(cast, BRINGING_IN[name]).id).update(status=status)
    context = await world.context(cast.asker)
    before = await dump()
    refused = await outcome(world, context, document, variables)
    assert "WRONG_STATE" in refused, refused
    assert await dump() == before
