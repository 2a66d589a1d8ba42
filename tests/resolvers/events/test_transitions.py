"""Publishing and cancelling."""

from datetime import timedelta

import pytest

from models import (
    Event,
    EventStatus,
    Group,
    GroupStatus,
    Mail,
    Member,
    MemberStatus,
    Registration,
    RegistrationStatus,
    now,
)
from tests.resolvers.events.asking import CANCEL, PUBLISH, UPDATE, done, gid, refused, register, told
from tests.world import World

pytestmark = pytest.mark.walk


async def test_publishing_takes_the_drafts_of_sessions_along(world: World) -> None:
    host, coordinator = await world.member(), await world.member()
    long_ago = now() - timedelta(days=9)
    group = await world.group(coordinator=coordinator, active_at=long_ago)
    parent = await world.event("Tag", host, group=group, status=EventStatus.DRAFT)
    a = await world.event("A", host, parent=parent, group=group, status=EventStatus.DRAFT)
    b = await world.event("B", await world.member(), parent=parent, status=EventStatus.DRAFT)
    off = await world.event("C", host, parent=parent, status=EventStatus.CANCELLED)

    assert await refused(world, PUBLISH, host, id=gid(a)) == {"": "WRONG_STATE"}
    assert await refused(world, PUBLISH, await world.member(), id=gid(parent)) == "NOT_FOUND"
    assert await refused(world, PUBLISH, None, id=gid(parent)) == "UNAUTHENTICATED"
    payload = await done(world, PUBLISH, coordinator, id=gid(parent))
    assert (payload["event"]["status"], payload["event"]["version"]) == ("PUBLISHED", 2)
    statuses = {row.title: row.status.value for row in await Event.all()}
    assert statuses == {"Tag": "PUBLISHED", "A": "PUBLISHED", "B": "PUBLISHED", "C": "CANCELLED"}
    assert await told(world) == [
        ("EventPublished", parent.id),
        ("GroupEventScheduled", parent.id),
        ("EventPublished", a.id),
        ("GroupEventScheduled", a.id),
        ("EventPublished", b.id),
    ]
    told_to = [change.facts["group_id"] for change in await world.told() if change.kind == "GroupEventScheduled"]
    assert told_to == [group.id, group.id]
    assert (await Group.get(id=group.id)).active_at > long_ago
    for event in (parent, a, off):
        assert await refused(world, PUBLISH, host, id=gid(event)) == {"": "WRONG_STATE"}
    late = await world.event("D", host, parent=parent, status=EventStatus.DRAFT)
    await done(world, PUBLISH, host, id=gid(late))
    assert (await told(world))[-1] == ("EventPublished", late.id)


async def test_cancelling_takes_sessions_along_and_writes_to_who_was_registered(world: World) -> None:
    host = await world.member("Host")
    people = [await world.member(f"P{number}") for number in range(5)]
    club = await world.organisation(by=people[4])
    parent = await world.event("Tag", host)
    session = await world.event("Teil", host, parent=parent, capacity=1)
    draft = await world.event("Entwurf", host, parent=parent, status=EventStatus.DRAFT)
    for event, person in ((parent, people[0]), (parent, people[1]), (session, people[1]), (session, people[2])):
        await register(world, event, person)
    await register(world, session, people[4], club)
    gone = await register(world, parent, people[3])
    await Registration.filter(id=gone.id).update(status="CANCELLED")
    rows = await Registration.all().order_by("id").values("id", "status", "queue_number")
    before = await told(world)

    payload = await done(world, CANCEL, host, id=gid(parent), reason=" Sturm\nund Regen ")
    shown = payload["event"]
    assert (shown["status"], shown["statusReason"], shown["version"]) == ("CANCELLED", "Sturm\nund Regen", 2)
    assert (await Event.get(id=session.id)).status_reason == "Sturm\nund Regen"
    assert (await Event.get(id=draft.id)).status is EventStatus.DRAFT
    assert await Registration.all().order_by("id").values("id", "status", "queue_number") == rows
    mails = await Mail.all()
    assert len(mails) == 4
    assert {mail.recipient for mail in mails} == {(await world.account(people[n])).email for n in (0, 1, 2, 4)}
    assert {mail.subject for mail in mails} == {"Fällt aus: Tag / Does not take place: Tag"}
    assert all("Sturm\nund Regen" in mail.body for mail in mails)
    assert (await told(world))[len(before) :] == [("EventCancelled", parent.id), ("EventCancelled", session.id)]

    assert await refused(world, CANCEL, host, id=gid(parent), reason="Nochmal") == {"": "WRONG_STATE"}
    assert await refused(world, PUBLISH, host, id=gid(draft)) == {"": "WRONG_STATE"}
    assert await refused(world, UPDATE, host, input={"id": gid(session), "capacity": 9}) == {"": "WRONG_STATE"}


async def test_cancelling_a_session_leaves_the_rest(world: World) -> None:
    host = await world.member()
    parent = await world.event("Tag", host)
    a, b = [await world.event(name, host, parent=parent) for name in "AB"]
    await done(world, CANCEL, host, id=gid(a), reason="Krank")
    assert [(await Event.get(id=row.id)).status.value for row in (parent, a, b)] == [
        "PUBLISHED",
        "CANCELLED",
        "PUBLISHED",
    ]
    assert await told(world) == [("EventCancelled", a.id)]


@pytest.mark.parametrize(("reason", "code"), [("", "REQUIRED"), (" \n", "REQUIRED"), ("x" * 1001, "TOO_LONG")])
async def test_a_reason_is_needed(world: World, reason: str, code: str) -> None:
    host = await world.member()
    event = await world.event(host=host)
    assert await refused(world, CANCEL, host, id=gid(event), reason=reason) == {"reason": code}


async def test_what_cannot_be_cancelled(world: World) -> None:
    host = await world.member()
    over = await world.event("Vorbei", host, starts_at=now() - timedelta(hours=3))
    draft = await world.event("Entwurf", host, status=EventStatus.DRAFT)
    event = await world.event("Offen", host)
    for one in (over, draft):
        assert await refused(world, CANCEL, host, id=gid(one), reason="So") == {"": "WRONG_STATE"}
    assert await refused(world, CANCEL, await world.member(), id=gid(event), reason="So") == "FORBIDDEN"
    assert await refused(world, CANCEL, await world.member(), id=gid(draft), reason="So") == "NOT_FOUND"
    assert await refused(world, CANCEL, None, id=gid(event), reason="So") == "UNAUTHENTICATED"


LONG_AGO = now() - timedelta(days=9)
BACKED = [
    *((member, None, member is MemberStatus.ACTIVE) for member in MemberStatus),
    *((None, group, group is not GroupStatus.CLOSED) for group in GroupStatus),
    (MemberStatus.ACTIVE, GroupStatus.CLOSED, False),
    (MemberStatus.SUSPENDED, GroupStatus.ACTIVE, False),
]


@pytest.mark.parametrize(("host_status", "group_status", "backed"), BACKED)
async def test_only_what_an_active_host_and_no_closed_group_stands_behind_is_published(
    world: World, host_status: MemberStatus | None, group_status: GroupStatus | None, backed: bool
) -> None:
    """By itself it is refused; as a session of what is published it stays a draft."""
    office = await world.office()
    host = await world.organisation("Host", status=host_status) if host_status else None
    group = await world.group("AG", status=group_status, active_at=LONG_AGO) if group_status else None
    await world.event("Other", await world.member())
    await world.group("Closed", status=GroupStatus.CLOSED)
    draft = await world.event("Draft", host, group=group, status=EventStatus.DRAFT)
    parent = await world.event("Day", await world.member(), status=EventStatus.DRAFT)
    session = await world.event("Part", host, group=group, parent=parent, status=EventStatus.DRAFT)
    if backed:
        payload = await done(world, PUBLISH, office, id=gid(draft))
        assert payload["event"]["status"] == "PUBLISHED"
    else:
        context = await world.context(office, language="en")
        assert await refused(world, PUBLISH, context, id=gid(draft)) == {"": "WRONG_STATE"}
        answer = await world.data(PUBLISH, context, id=gid(draft))
        closed = group_status is GroupStatus.CLOSED
        assert ("group is closed" in answer["it"]["userErrors"][0]["message"]) is closed
    before = len(await told(world))
    await done(world, PUBLISH, office, id=gid(parent))
    fresh = await Event.get(id=session.id)
    assert fresh.status is (EventStatus.PUBLISHED if backed else EventStatus.DRAFT)
    assert (fresh.version, fresh.updated_at > session.updated_at) == ((2, True) if backed else (1, False))
    kinds = [kind for kind, _event in (await told(world))[before:]]
    published = ["EventPublished"] * (2 if backed else 1)
    assert [kind for kind in kinds if kind == "EventPublished"] == published
    if group is not None:
        assert ((await Group.get(id=group.id)).active_at > LONG_AGO) is (group_status is not GroupStatus.CLOSED)


async def test_publishing_touches_the_groups_of_all_that_is_published_and_no_others(world: World) -> None:
    own, of_session, other = [await world.group(name, active_at=LONG_AGO) for name in ("own", "session", "other")]
    parent = await world.event("Day", await world.member(), group=own, status=EventStatus.DRAFT)
    await world.event("Part", None, group=of_session, parent=parent, status=EventStatus.DRAFT)
    await world.event("Elsewhere", None, group=other, status=EventStatus.DRAFT)
    await done(world, PUBLISH, await world.office(), id=gid(parent))
    touched = [(await Group.get(id=group.id)).active_at > LONG_AGO for group in (own, of_session, other)]
    assert touched == [True, True, False]


async def test_a_session_is_published_where_what_it_belongs_to_is(world: World) -> None:
    office = await world.office()
    for status in EventStatus:
        parent = await world.event(f"Day {status}", await world.member(), status=status)
        session = await world.event("Part", await world.member(), parent=parent, status=EventStatus.DRAFT)
        if status is EventStatus.PUBLISHED:
            await done(world, PUBLISH, office, id=gid(session))
        else:
            assert await refused(world, PUBLISH, office, id=gid(session)) == {"": "WRONG_STATE"}


async def test_what_is_over_is_not_cancelled_and_says_nothing_to_who_was_not_coming(world: World) -> None:
    host, coming = await world.member("Host"), await world.member("Coming")
    over = await world.event("Over", host, starts_at=LONG_AGO, ends_at=now())
    assert await refused(world, CANCEL, host, id=gid(over), reason="Late") == {"": "WRONG_STATE"}
    draft = await world.event("Draft", host, status=EventStatus.DRAFT)
    assert await refused(world, CANCEL, host, id=gid(draft), reason="Early") == {"": "WRONG_STATE"}
    event, other = await world.event("Event", host), await world.event("Other", host)
    for number, status in enumerate(RegistrationStatus):
        member = await world.member(f"M{number}")
        await world.account(member)
        await Registration.create(event=event, member=member, status=status, queue_number=number)
    await Registration.create(event=event, member=None, status="CONFIRMED", queue_number=99)
    await register(world, other, coming)
    await done(world, CANCEL, host, id=gid(event), reason="Storm")
    written = {mail.recipient for mail in await Mail.all()}
    assert written == {
        (await world.account(await Member.get(name=f"M{number}"))).email
        for number, status in enumerate(RegistrationStatus)
        if status in (RegistrationStatus.CONFIRMED, RegistrationStatus.WAITLISTED)
    }
    assert (await Event.get(id=other.id)).status is EventStatus.PUBLISHED


@pytest.mark.parametrize("by", ["host", "office"])
async def test_what_the_office_cancels_it_tells_the_host_and_why(world: World, by: str) -> None:
    host, office = await world.member("Person"), await world.office()
    account, event = await world.account(host), await world.event("Fest", host)
    document = 'mutation($id: ID!) { cancelEvent(id: $id, reason: "Sturm") { userErrors { code } } }'
    done = await world.data(document, host if by == "host" else office, id=gid(event))
    assert done["cancelEvent"]["userErrors"] == []
    mails = [(mail.recipient, mail.subject) for mail in await Mail.all()]
    assert mails == ([(account.email, "Abgesagt: Fest / Cancelled: Fest")] if by == "office" else [])
