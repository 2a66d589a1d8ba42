"""What everybody sees of all rows there are, against docs/permissions.md said once more, row by row."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from auth.access import accounts, events, groups, members, offers
from auth.access.rows import EVERYTHING
from models import (
    Event,
    EventStatus,
    Group,
    GroupMembership,
    GroupPost,
    Member,
    MembershipStatus,
    MemberStatus,
    Offer,
    OfferResponse,
    OfferStatus,
    Registration,
    Representation,
    now,
)
from models.filters.events import EventFilter, matching_events
from models.filters.members import MemberFilter, member_rows
from models.filters.offers import OfferFilter, offer_rows
from tests.auth.access.scene import SIDES, WHO, Scene, Who
from tests.world import World

pytestmark = pytest.mark.walk

A = MemberStatus.ACTIVE
UNREADABLE = (OfferStatus.DRAFT, OfferStatus.IN_REVIEW, OfferStatus.WITHDRAWN)


async def test_members(world: World) -> None:
    scene = await Scene.made(world)

    def shown(who: Who, row: Member) -> bool:
        return who.office or row.status is A or scene.name_of(row.id) in who.own

    await scene.shows(Member, members.visible_members, shown)
    passing = await member_rows(MemberFilter(), EVERYTHING)
    for name, viewer in scene.viewers.items():
        found = {row.id for row in await members.list_members(MemberFilter(), viewer).rows()}
        assert found == {row.id for row in passing if shown(WHO[name], row)}, name


async def test_representations(world: World) -> None:
    scene = await Scene.made(world)
    for person in ("ben", "susi"):
        await Representation.create(organisation=scene.members["club"], person=scene.members[person])

    def shown(who: Who, row: Representation) -> bool:
        of_own = scene.name_of(row.organisation_id) in who.own
        seen = row.person.status is A or scene.name_of(row.person_id) in who.own
        return who.office or (of_own and seen)

    await scene.shows(Representation, members.visible_representations, shown, "person")


async def test_groups_and_posts_are_everybody_s_until_they_are_hidden(world: World) -> None:
    scene = await Scene.made(world)
    await GroupPost.create(group=scene.groups["g1"], title="Neues", body="Text", published_at=now())
    await scene.shows(Group, groups.visible_groups, lambda _who, _row: True)
    await scene.shows(GroupPost, groups.visible_posts, lambda _who, _row: True)
    await Group.filter(id=scene.groups["g1"].id).update(hidden_at=now())
    await scene.shows(
        Group,
        groups.visible_groups,
        lambda who, row: who.office or row.withheld_at is None or scene.group_of(row.id) in who.leads,
    )
    await scene.shows(
        GroupPost,
        groups.visible_posts,
        lambda who, row: who.office or row.withheld_at is None or scene.group_of(row.group_id) in who.leads,
    )


async def test_memberships(world: World) -> None:
    scene = await Scene.made(world)
    await scene.memberships()

    def shown(who: Who, row: GroupMembership) -> bool:
        public = row.status is MembershipStatus.ACTIVE and row.member.status is A
        led = scene.group_of(row.group_id) in who.leads and row.member.status is A
        return who.office or public or led or scene.name_of(row.member_id) in who.own

    await scene.shows(GroupMembership, groups.visible_memberships, shown, "member")
    counting = {row.id for row in await GroupMembership.filter(groups.active_memberships())}
    rows = await GroupMembership.all().select_related("member")
    assert counting == {row.id for row in rows if row.status is MembershipStatus.ACTIVE and row.member.status is A}


def acts_for(scene: Scene, who: Who, event: Event) -> bool:
    led = event.group_id is not None and scene.group_of(event.group_id) in who.leads
    return who.office or led or (event.host_id is not None and scene.name_of(event.host_id) in who.acting)


async def test_events(world: World) -> None:
    scene = await Scene.made(world)
    rows = await scene.events()

    def shown(who: Who, row: Event) -> bool:
        own = scene.name_of(row.host_id) in who.own
        public = row.status is not EventStatus.DRAFT and (row.withheld_at is None or own)
        return public or acts_for(scene, who, row)

    await scene.shows(Event, events.visible_events, shown)
    passing = await matching_events(EventFilter())
    for name, viewer in scene.viewers.items():
        assert [events.acts_for_event(viewer, row) for row in rows] == [acts_for(scene, WHO[name], row) for row in rows]
        found = {row.id for row in await events.list_events(EventFilter(), viewer).rows()}
        listed = {row.id for row in await events.event_rows(EventFilter(), viewer)}
        assert found == listed == {row.id for row in passing if shown(WHO[name], row)}, name


async def test_registrations(world: World) -> None:
    scene = await Scene.made(world)
    await scene.registrations()

    def shown(who: Who, row: Registration) -> bool:
        seen = row.event.withheld_at is None or scene.name_of(row.event.host_id) in who.own
        return (scene.name_of(row.member_id) in who.own and seen) or acts_for(scene, who, row.event)

    await scene.shows(Registration, events.visible_registrations, shown, "event")


async def test_offers(world: World) -> None:
    scene = await Scene.made(world)
    rows = await scene.offers()

    def own(who: Who, row: Offer) -> bool:
        return who.office or scene.name_of(row.owner_id) in who.own

    def listed(who: Who, row: Offer) -> bool:
        return own(who, row) or (row.status is OfferStatus.PUBLISHED and row.withheld_at is None)

    await scene.shows(
        Offer,
        offers.visible_offers,
        lambda who, row: (
            own(who, row) or (row.published_at is not None and row.status not in UNREADABLE and row.withheld_at is None)
        ),
    )
    await scene.shows(Offer, offers.offers_in_lists, listed)
    passing = await offer_rows(OfferFilter(), EVERYTHING)
    for name, viewer in scene.viewers.items():
        found = {row.id for row in await offers.list_offers(OfferFilter(), viewer).rows()}
        assert found == {row.id for row in passing if listed(WHO[name], row)}, name
    on_the_board = {row.id for row in rows if row.status is OfferStatus.PUBLISHED and row.withheld_at is None}
    assert {row.id for row in await Offer.filter(offers.on_the_board())} == on_the_board
    for row in rows:
        await OfferResponse.create(offer=row, member=scene.members["ben"], message="Gern.")
    answered = await OfferResponse.filter(offers.on_the_board("offer__"))
    assert {row.offer_id for row in answered} == on_the_board


async def test_responses(world: World) -> None:
    """The office sees those of organisations that nobody acts for: they are in its care."""
    scene = await Scene.made(world)
    await scene.responses()
    rows = await OfferResponse.all().select_related("offer")  # the database withholds entries

    def shown(who: Who, row: OfferResponse) -> bool:
        sender, owner = scene.name_of(row.member_id), scene.name_of(row.offer.owner_id)
        sent = sender in who.own and (who.office or row.offer.withheld_at is None)
        return sent or owner in who.own or (who.office and "orphan" in {sender, owner})

    await scene.shows(OfferResponse, offers.visible_responses, shown, "offer")
    for name, viewer in scene.viewers.items():
        for sender in SIDES:
            key = scene.members[sender].id
            found = {row.id for row in await OfferResponse.filter(offers.sent_by(viewer, key))}
            assert found == {row.id for row in rows if row.member_id == key and shown(WHO[name], row)}, (name, sender)
        owned = await Offer.all()
        seen = await offers.whose_responses_are_seen(viewer, owned)
        cared = {"orphan"} if WHO[name].office else set[str]()
        assert {scene.name_of(key) for key in seen} == (WHO[name].own | cared) & set(SIDES), name
        assert await offers.whose_responses_are_seen(viewer, []) == set()


async def test_who_is_in_the_office_s_care(world: World) -> None:
    """Organisations for which no active person acts; also one whose people are suspended, and one that is itself."""
    scene = await Scene.made(world)
    lonely = await world.organisation("Gesperrt und allein", status=MemberStatus.SUSPENDED)
    gone = await world.organisation("Fort", status=MemberStatus.LEFT)
    everybody = {row.id for row in await Member.all()}
    expected = {scene.members["orphan"].id, scene.members["alone"].id, lonely.id}
    assert {row.id for row in await members.in_the_office_s_care()} == expected
    assert gone.id in everybody
    for name, viewer in scene.viewers.items():
        cared = expected if WHO[name].office else set[int]()
        assert await members.cared_for(viewer, [*everybody, None]) == cared, name
        assert await members.cared_for(viewer, [lonely.id, None, None]) == cared & {lonely.id}
        assert await members.cared_for(viewer, [None]) == await members.cared_for(viewer, []) == set()


@pytest.mark.parametrize("noun", ["registration", "response", "membership"])
async def test_what_is_the_viewer_s_own(world: World, noun: str) -> None:
    scene = await Scene.made(world)
    made: dict[str, Callable[[], Awaitable[list[Any]]]] = {
        "registration": scene.registrations,
        "response": scene.responses,
        "membership": scene.memberships,
    }
    rows = await made[noun]()
    model = type(rows[0])
    for name, viewer in scene.viewers.items():
        own = {scene.members[one].id for one in WHO[name].own}
        found = {row.id for row in await model.filter(accounts.own_affairs(viewer))}
        assert found == {row.id for row in rows if row.member_id in own}, name
        for one in (*SIDES, "susi"):
            key = scene.members[one].id
            found = {row.id for row in await model.filter(accounts.own_affairs(viewer, key))}
            assert found == {row.id for row in rows if row.member_id == key and key in own}, (name, one)
            side = key if key in own or WHO[name].office else None
            assert accounts.in_whose_place(viewer, key) == side
        assert accounts.in_whose_place(viewer, None) == viewer.member_id
        acted = {row.id for row in await Member.filter(accounts.acted_for(viewer))}
        assert acted == {scene.members[one].id for one in WHO[name].acting} - {viewer.member_id}, name
