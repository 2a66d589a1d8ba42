"""Publishing and cancelling."""

from datetime import timedelta

import pytest

from models import Event, EventStatus, Group, Mail, Registration, now
from tests.resolvers.events.asking import CANCEL, PUBLISH, UPDATE, done, gid, refused, register, told
from tests.world import World


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
    assert {mail.subject for mail in mails} == {"Fällt aus: Tag"}
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
