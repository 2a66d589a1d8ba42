"""What the gate gives to everybody who asks for a row to act on it, and with what it refuses them."""

from typing import Any
from uuid import uuid4

import pytest
from tortoise.transactions import in_transaction  # noqa: TID251

from auth.access import accounts, events, groups, members, offers
from auth.access.offers import WHO_MAY, OfferAction, Side
from auth.refusals import Forbidden, NotFound
from auth.viewer import Viewer
from models import (
    Event,
    EventStatus,
    GroupMembership,
    Member,
    MembershipStatus,
    MemberStatus,
    Offer,
    OfferStatus,
    Representation,
)
from tests.auth.access.scene import WHO, Scene, Who, outcome
from tests.statements import statements
from tests.world import World

pytestmark = pytest.mark.walk

A = MemberStatus.ACTIVE
UNREADABLE = (OfferStatus.DRAFT, OfferStatus.IN_REVIEW, OfferStatus.WITHDRAWN)


def taking_part(who: Who) -> str | None:
    """The refusal of who doesn't take part in the network; `who` is one of the scene's."""
    if who.active:
        return None
    return "FORBIDDEN" if who.own else "UNAUTHENTICATED"


def office_alone(who: Who) -> str | None:
    return None if who.office else "FORBIDDEN" if who.own else "UNAUTHENTICATED"


# ---------------------------------------------------------------- members


async def test_members_to_update_to_represent_and_to_decide_about(world: World) -> None:
    scene = await Scene.made(world)
    rows = await Member.all()

    def seen(who: Who, row: Member) -> bool:
        return who.office or row.status is A or scene.name_of(row.id) in who.own

    def update(who: Who, row: Member | None) -> str | None:
        applies = who == WHO["apply"]
        refused = None if applies else taking_part(who)
        if refused or row is None:
            return refused
        if not seen(who, row):
            return "NOT_FOUND"
        acts = who.office or scene.name_of(row.id) in who.acting
        own_application = row.status is MemberStatus.APPLIED and scene.name_of(row.id) in who.own
        return None if row.status is not MemberStatus.LEFT and (acts or own_application) else "FORBIDDEN"

    def represent(who: Who, row: Member | None) -> str | None:
        if taking_part(who) or row is None:
            return taking_part(who)
        if not seen(who, row):
            return "NOT_FOUND"
        return None if who.office or scene.name_of(row.id) in who.acting else "FORBIDDEN"

    await scene.gives(members.member_to_update, rows, update)
    await scene.gives(members.member_to_represent, rows, represent)
    await scene.gives(members.member_to_decide, rows, lambda who, _row: office_alone(who))
    for name, viewer in scene.viewers.items():
        for row in rows:
            inside = WHO[name].office or scene.name_of(row.id) in WHO[name].own
            assert members.sees_inside(viewer, row.id) is inside, (name, row.name)


async def test_an_account_s_calendar(world: World) -> None:
    scene = await Scene.made(world)
    for name, viewer in scene.viewers.items():
        async with in_transaction():
            found = await outcome(accounts.account_with_calendar(viewer), lambda account: int(account.id))
        expected: Any = taking_part(WHO[name])
        if expected is None:
            expected = viewer.account.id if viewer.account else "FORBIDDEN"
        assert found == expected, name
    anna = scene.viewers["anna"]
    with pytest.raises(Forbidden):  # as by a calendar's own address
        await accounts.account_with_calendar(Viewer(anna.account, None, anna.member))
    suspended = await world.member("Gesperrt", MemberStatus.SUSPENDED)
    both = await world.account(suspended)
    both.role = type(both.role).OFFICE
    with pytest.raises(Forbidden):
        await accounts.account_with_calendar(Viewer(both, uuid4(), suspended))


# ---------------------------------------------------------------- groups


async def test_groups_and_memberships(world: World) -> None:
    scene = await Scene.made(world)
    memberships = await scene.memberships()
    rows = list(scene.groups.values())

    def leads(who: Who, group_id: int) -> bool:
        return who.office or scene.group_of(group_id) in who.leads

    def seen(who: Who, row: GroupMembership) -> bool:
        public = row.status is MembershipStatus.ACTIVE and row.member.status is A
        led = scene.group_of(row.group_id) in who.leads and row.member.status is A
        return who.office or public or led or scene.name_of(row.member_id) in who.own

    def change(who: Who, row: GroupMembership | None) -> str | None:
        if taking_part(who) or row is None:
            return taking_part(who)
        if not seen(who, row):
            return "NOT_FOUND"
        return None if leads(who, row.group_id) else "FORBIDDEN"

    def answer(who: Who, row: GroupMembership | None) -> str | None:
        if taking_part(who) or row is None:
            return taking_part(who)
        if not seen(who, row):
            return "NOT_FOUND"
        return None if who.office or scene.name_of(row.member_id) in who.acting else "FORBIDDEN"

    await scene.gives(groups.group_to_enter, rows, lambda who, _row: taking_part(who))
    await scene.gives(
        groups.group_to_change,
        rows,
        lambda who, row: taking_part(who) or (None if row is None or leads(who, row.id) else "FORBIDDEN"),
    )
    of = {row.id: row.group_id for row in memberships}

    def key_of(found: Any) -> int:
        group, membership = found
        assert of[membership.id] == group.id
        return int(membership.id)

    await scene.gives(groups.membership_to_change, memberships, change, key_of)
    await scene.gives(groups.membership_to_answer, memberships, answer, key_of)
    for name, viewer in scene.viewers.items():
        found = [groups.coordinates(viewer, row.id) for row in rows]
        assert found == [leads(WHO[name], row.id) for row in rows], name
        assert groups.coordinates(viewer, None) is WHO[name].office


async def test_in_whose_name_one_writes_in_a_group(world: World) -> None:
    """In the own one's before that of an organisation; of those in that of the first; never of who takes no part."""
    scene = await Scene.made(world)
    anna, club, shut = (scene.members[name] for name in ("anna", "club", "shut"))
    second = await world.organisation("second", anna)
    viewers = {**scene.viewers, "anna": (await world.context(anna)).viewer}
    cases = {
        (anna, club): anna, (club, anna): anna, (second, club): club, (club,): club, (second,): second,
        (shut,): None, (): None, (shut, club): club,
    }  # fmt: skip
    for there, expected in cases.items():
        group = await world.group("AG", scene.members["ben"])
        for member in there:
            await world.membership(group, member)
        await world.membership(group, scene.members["orphan"])
        for status in MembershipStatus:
            if status is not MembershipStatus.ACTIVE and second not in there:
                await GroupMembership.update_or_create(
                    group=group, member=second, defaults={"status": status, "role": "MEMBER"}
                )
        for name, viewer in viewers.items():
            try:
                found = await groups.posting_member(viewer, group.id)
            except Forbidden:
                found = -1
            if name == "anna":
                assert found == (expected.id if expected else -1), there
            elif WHO[name].office or name == "ben":
                assert found == viewer.member_id
            else:
                assert found == -1, name
    late = await world.member("late")  # of whom the organisation is older
    await Representation.create(organisation=club, person=late)
    for member in (club, late):
        await world.membership(scene.groups["g4"], member)
    assert await groups.posting_member((await world.context(late)).viewer, scene.groups["g4"].id) == late.id


# ---------------------------------------------------------------- events


async def test_events_to_act_for_to_change_and_to_register_for(world: World) -> None:
    scene = await Scene.made(world)
    rows = await scene.events()

    def acts(who: Who, row: Event) -> bool:
        led = row.group_id is not None and scene.group_of(row.group_id) in who.leads
        return who.office or led or (row.host_id is not None and scene.name_of(row.host_id) in who.acting)

    def register(who: Who, row: Event | None) -> str | None:
        if taking_part(who) or row is None:
            return taking_part(who)
        seen = row.withheld_at is None or scene.name_of(row.host_id) in who.own
        return None if (row.status is not EventStatus.DRAFT and seen) or acts(who, row) else "NOT_FOUND"

    def act(who: Who, row: Event | None) -> str | None:
        return register(who, row) or (None if row is None or acts(who, row) else "FORBIDDEN")

    await scene.gives(events.event_to_register_for, rows, register)
    await scene.gives(events.event_to_act_for, rows, act)
    await scene.gives(events.event_to_change, rows, act)
    for asked in (events.event_to_register_for, events.event_to_act_for, events.event_to_change):
        with pytest.raises(NotFound):
            await asked(scene.viewers["office"], None)


async def test_a_session_is_locked_behind_the_event_that_it_belongs_to(world: World) -> None:
    scene = await Scene.made(world)
    parent = await world.event("Tag", scene.members["ben"])
    session = await world.event("Teil", scene.members["anna"], parent=parent)
    for row, keys in ((session, [parent.id, session.id]), (parent, [parent.id])):
        with statements() as sent:
            async with in_transaction():
                assert await events.event_to_change(scene.viewers["office"], row.id) == row
        assert [one.values[0] for one in sent][-len(keys) :] == keys
        assert len(sent) == 1 + len(keys)


async def test_registrations_to_cancel_and_to_record(world: World) -> None:
    scene = await Scene.made(world)
    rows = await scene.registrations()
    of = {row.id: await Event.get(id=row.event_id) for row in rows}

    def acts(who: Who, row: Any) -> bool:
        event = of[row.id]
        led = event.group_id is not None and scene.group_of(event.group_id) in who.leads
        return who.office or led or (event.host_id is not None and scene.name_of(event.host_id) in who.acting)

    def seen(who: Who, row: Any) -> bool:
        held = of[row.id].withheld_at is None or scene.name_of(of[row.id].host_id) in who.own
        return acts(who, row) or (held and scene.name_of(row.member_id) in who.own)

    def record(who: Who, row: Any) -> str | None:
        if taking_part(who) or row is None:
            return taking_part(who)
        return None if acts(who, row) else "FORBIDDEN" if seen(who, row) else "NOT_FOUND"

    def cancel(who: Who, row: Any) -> str | None:
        own = row is not None and scene.name_of(row.member_id) in who.acting and seen(who, row)
        return taking_part(who) or (None if own else record(who, row))

    def key_of(found: Any) -> int:
        event, registration = found
        assert registration.event_id == event.id
        return int(registration.id)

    await scene.gives(events.registration_to_record, rows, record, key_of)
    await scene.gives(events.registration_to_cancel, rows, cancel, key_of)


# ---------------------------------------------------------------- offers


def is_own(scene: Scene, who: Who, row: Offer) -> bool:
    return scene.name_of(row.owner_id) in who.own


async def test_offers_to_change_to_review_and_to_answer(world: World) -> None:
    scene = await Scene.made(world)
    rows = await scene.offers()

    def answer(who: Who, row: Offer | None) -> str | None:
        if taking_part(who) or row is None:
            return taking_part(who)
        public = row.published_at is not None and row.status not in UNREADABLE and row.withheld_at is None
        return None if who.office or public or is_own(scene, who, row) else "NOT_FOUND"

    def sides_of(name: str, row: Offer) -> set[Side]:
        who, found = WHO[name], set()
        if scene.name_of(row.owner_id) in who.acting:
            found.add(Side.OWNER)
        if who.office:
            found.add(Side.OFFICE)
        if name == "system":
            found.add(Side.SYSTEM)
        return found

    for name, viewer in scene.viewers.items():
        for row in rows:
            assert offers.sides(viewer, row) == sides_of(name, row), (name, row.title)
            assert offers.acts_for_offer(viewer, row) is bool(sides_of(name, row))
    await scene.gives(offers.offer_to_answer, rows, answer)
    await scene.gives(offers.offer_to_review, rows, lambda who, _row: office_alone(who))
    for action in (OfferAction.SUBMIT, OfferAction.ACCEPT, OfferAction.PUBLISH):

        def change(who: Who, row: Offer | None, allowed: tuple[Side, ...] = WHO_MAY[action]) -> str | None:
            if answer(who, row) or row is None:
                return answer(who, row)
            owner = Side.OWNER in allowed and scene.name_of(row.owner_id) in who.acting
            return None if owner or (Side.OFFICE in allowed and who.office) else "FORBIDDEN"

        await scene.gives(
            lambda viewer, key, action=action: offers.offer_to_change(viewer, key, action),  # type: ignore[misc]
            rows[::3],
            change,
        )
    with pytest.raises(Forbidden):
        await offers.offer_to_change(scene.viewers["office"], rows[0].id, OfferAction.EXPIRE)
    assert await offers.offer_to_change(scene.viewers["system"], rows[0].id, OfferAction.EXPIRE) == rows[0]


async def test_groups_to_offer_in(world: World) -> None:
    """Those in which the owner takes part; its coordinators and the office may for everybody."""
    scene = await Scene.made(world)
    ben = scene.members["ben"]
    there, elsewhere = await world.group("Dabei"), await world.group("Anderswo")
    await world.membership(there, ben)
    await world.membership(elsewhere, scene.members["orphan"])
    waiting = []
    for status in MembershipStatus:
        if status is not MembershipStatus.ACTIVE:
            waiting.append(await world.group(f"Wartet {status}"))
            await world.membership(waiting[-1], ben, status)
    some = [*scene.groups.values(), there, elsewhere, *waiting]
    for name, viewer in scene.viewers.items():
        for group in some:
            may = WHO[name].office or group in (there, scene.groups["g4"]) or group.name in WHO[name].leads
            with statements() as sent:
                found = await outcome(
                    offers.group_to_offer_in(viewer, ben, group.id), lambda found: int(found.id) if found.name else 0
                )
            assert found == (group.id if may else "FORBIDDEN"), (name, group.name)
            assert len(sent) == 1
        with pytest.raises(NotFound):
            await offers.group_to_offer_in(viewer, ben, 10**9)


async def test_responses_to_decide_and_to_withdraw(world: World) -> None:
    """The office for those that nobody acts for."""
    scene = await Scene.made(world)
    rows = await scene.responses()
    offer_of = {row.id: await Offer.get(id=row.offer_id) for row in rows}

    def by(side: Any) -> Any:
        def expected(who: Who, row: Any) -> str | None:
            if taking_part(who) or row is None:
                return taking_part(who)
            sender, owner = scene.name_of(row.member_id), scene.name_of(offer_of[row.id].owner_id)
            sent = sender in who.own and (who.office or offer_of[row.id].withheld_at is None)
            if not (sent or owner in who.own or (who.office and "orphan" in (sender, owner))):
                return "NOT_FOUND"
            name = scene.name_of(side(row))
            return None if name in who.acting or (who.office and name == "orphan") else "FORBIDDEN"

        return expected

    await scene.gives(offers.response_to_decide, rows, by(lambda row: offer_of[row.id].owner_id))
    await scene.gives(offers.response_to_withdraw, rows, by(lambda row: row.member_id))
