"""Reading events: who sees what, and what it costs."""

from datetime import timedelta
from typing import Any

import pytest

from models import Event, EventStatus, Member, MemberStatus, Registration, now
from tests.resolvers.events.asking import gid, register
from tests.statements import statements
from tests.world import World

NESTED = """{ events(filter: {sessions: false}) { nodes { title host { name } group { name } sessions { nodes { title remainingSeats } }
viewerRegistration { status waitlistPosition } } } }"""  # noqa: E501
ALL = "{ events(first: 2) { nodes { title } totalCount pageInfo { hasNextPage endCursor } } }"
ONE = """query($slug: String!) { event(slug: $slug) { title icalUrl url viewerCanUpdate remainingSeats
host { name } parent { title } sessions { nodes { title } totalCount } registrations { totalCount } } }"""
PEOPLE = """query($slug: String!, $statuses: [RegistrationStatus!], $first: Int, $after: String) {
event(slug: $slug) { registrations(statuses: $statuses, first: $first, after: $after) {
nodes { status waitlistPosition member { name } event { title } } totalCount pageInfo { endCursor hasNextPage } } } }"""


async def with_sessions(world: World, title: str, host: Member, asking: Member) -> Event:
    """An event with three sessions, for which somebody waits."""
    event = await world.event(title, host, group=await world.group(f"G {title}"), capacity=1)
    for number in range(3):
        await world.event(f"{title}{number}", host, parent=event, capacity=number)
    await register(world, event, await world.member())
    await register(world, event, asking)
    return event


async def test_a_nested_document_takes_a_statement_a_level_however_many_rows(world: World) -> None:
    asking = await world.member("Asking")
    hosts = [await world.member(f"H{number}") for number in range(4)]
    await with_sessions(world, "A", hosts[0], asking)
    context = await world.context(asking)
    with statements() as few:
        await world.data(NESTED, context)
    for number, host in enumerate(hosts[1:]):
        await with_sessions(world, "BCD"[number], host, asking)
    context = await world.context(asking)
    with statements() as many:
        data = await world.data(NESTED, context)
    assert len(data["events"]["nodes"]) == 4
    first = data["events"]["nodes"][0]
    assert first["host"] == {"name": "H0"}
    assert first["group"] == {"name": "G A"}
    assert first["sessions"]["nodes"] == [{"title": f"A{number}", "remainingSeats": number} for number in range(3)]
    assert first["viewerRegistration"] == {"status": "WAITLISTED", "waitlistPosition": 1}
    # Events with hosts and groups, sessions, registrations, positions.
    assert len(few) == len(many) == 4


async def test_a_list_counts_and_looks_around_only_when_asked(world: World) -> None:
    for number in range(3):
        await world.event(f"E{number}", starts_at=now() + timedelta(days=number + 1))
    context = await world.context()
    with statements() as sent:
        data = await world.data(ALL, context)
    assert len(sent) == 2
    assert [node["title"] for node in data["events"]["nodes"]] == ["E0", "E1"]
    assert data["events"]["totalCount"] == 3
    with statements() as sent:
        await world.data("{ events { nodes { title } } }", context)
    assert len(sent) == 1
    after = f'{{ events(after: "{data["events"]["pageInfo"]["endCursor"]}") {{ nodes {{ title }} }} }}'
    assert [node["title"] for node in (await world.data(after, context))["events"]["nodes"]] == ["E2"]


async def test_what_everyone_sees_of_an_event_and_what_only_its_side(world: World) -> None:
    host, other = await world.member("Host"), await world.member("Other")
    parent = await world.event("Tag", host, capacity=3)
    session = await world.event("Teil", other, parent=parent)
    await world.event("Geheim", host, parent=parent, status=EventStatus.DRAFT)
    await world.event("Aus", other, parent=parent, status=EventStatus.CANCELLED, starts_at=now() + timedelta(days=8))
    draft = await world.event("Entwurf", host, status=EventStatus.DRAFT)
    child = await world.event("Kind", other, parent=draft, status=EventStatus.DRAFT)

    shown = (await world.data(ONE, slug="tag"))["event"]
    assert shown == {
        "title": "Tag",
        "icalUrl": "http://127.0.0.1:8000/feeds/events/tag.ics",
        "url": None,
        "viewerCanUpdate": False,
        "remainingSeats": 3,
        "host": {"name": "Host"},
        "parent": None,
        "sessions": {"nodes": [{"title": "Teil"}, {"title": "Aus"}], "totalCount": 2},
        "registrations": None,
    }
    shown = (await world.data(ONE, host, slug="tag"))["event"]
    assert shown["viewerCanUpdate"] is True
    assert {node["title"] for node in shown["sessions"]["nodes"]} == {"Teil", "Geheim", "Aus"}
    assert shown["sessions"]["totalCount"] == 3
    assert shown["registrations"] == {"totalCount": 0}
    assert (await world.data(ONE, slug=session.slug))["event"]["parent"] == {"title": "Tag"}
    for nobody in (None, other):
        assert (await world.data(ONE, nobody, slug="entwurf"))["event"] is None
    assert (await world.data(ONE, other, slug=child.slug))["event"]["parent"] is None
    for slug in ("nonsense", "", "\x00", "x" * 300, "ä"):
        assert (await world.data(ONE, host, slug=slug))["event"] is None
    await Member.filter(id=host.id).update(status=MemberStatus.LEFT)
    assert (await world.data(ONE, slug="tag"))["event"]["host"] is None


async def test_who_comes_in_the_order_they_came(world: World) -> None:
    host = await world.member("Host")
    event = await world.event("Werkstatt", host, capacity=2)
    people = [await world.member(f"P{number}") for number in range(5)]
    for person in people:
        await register(world, event, person)
    await Member.filter(id=people[0].id).update(status=MemberStatus.LEFT)

    async def shown(**variables: Any) -> Any:
        return (await world.data(PEOPLE, host, slug="werkstatt", **variables))["event"]["registrations"]

    everybody = await shown()
    assert everybody["totalCount"] == 5
    assert [node["member"] and node["member"]["name"] for node in everybody["nodes"]] == [None, "P1", "P2", "P3", "P4"]
    assert [node["waitlistPosition"] for node in everybody["nodes"]] == [None, None, 1, 2, 3]
    waiting = await shown(statuses=["WAITLISTED", "WAITLISTED"], first=2)
    assert [node["member"]["name"] for node in waiting["nodes"]] == ["P2", "P3"]
    rest = await shown(statuses=["WAITLISTED"], first=2, after=waiting["pageInfo"]["endCursor"])
    assert [node["waitlistPosition"] for node in rest["nodes"]] == [3]
    assert (await shown(statuses=[]))["totalCount"] == 5
    assert (await shown(statuses=["NO_SHOW"]))["totalCount"] == 0
    context = await world.context(host)
    with statements() as sent:
        await world.data(PEOPLE, context, slug="werkstatt")
    # The event, its registrations with member and event, their number, positions.
    assert len(sent) == 4


async def test_a_registration_is_seen_by_its_side_and_the_event_s(world: World) -> None:
    host, person, coordinator = await world.member(), await world.member(), await world.member()
    club = await world.organisation(by=person)
    group = await world.group(coordinator=coordinator)
    event = await world.event(host=host, group=group)
    row: Registration = await register(world, event, person, club)
    document = "query($id: ID!) { node(id: $id) { ... on Registration { status event { title } } } }"
    for by in (person, host, coordinator, await world.office()):
        assert (await world.data(document, by, id=gid(row)))["node"] == {
            "status": "CONFIRMED",
            "event": {"title": "Treffen"},
        }
    for outsider in (None, await world.member()):
        assert (await world.data(document, outsider, id=gid(row)))["node"] is None


@pytest.mark.walk
@pytest.mark.parametrize(
    "arguments",
    [
        "sort: DISTANCE",
        "first: 101",
        'after: "x"',
        "filter: {near: {latitude: 91, longitude: 0}}",
        "filter: {near: {latitude: 0, longitude: 0, radiusKm: 0}}",
    ],
)
async def test_what_only_a_program_can_mend_fails_the_field(world: World, arguments: str) -> None:
    answer = await world.ask(f"{{ events({arguments}) {{ nodes {{ title }} }} network {{ name }} }}")
    assert answer.codes == ["BAD_REQUEST"]
    assert answer.data
    assert answer.data["events"] is None
    assert answer.data["network"]


async def test_a_list_that_is_too_long_fails_the_document(world: World) -> None:
    topics = ", ".join(f'"{number}"' for number in range(101))
    answer = await world.ask(f"{{ events(filter: {{topics: [{topics}]}}) {{ nodes {{ title }} }} network {{ name }} }}")
    assert (answer.codes, answer.data) == (["BAD_REQUEST"], None)


async def test_ids_of_nothing_find_nothing(world: World) -> None:
    host = await world.member()
    event = await world.event(host=host)
    document = "query($id: ID!) { events(filter: {hostId: $id}) { totalCount } }"
    assert (await world.data(document, id=gid(host)))["events"]["totalCount"] == 1
    for nothing in (gid(event), "nonsense", ""):
        assert (await world.data(document, id=nothing))["events"]["totalCount"] == 0
