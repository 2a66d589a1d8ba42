"""Entries as queries see them: who sees what, filters and sorts by documents, and how many statements they take."""

from datetime import timedelta
from typing import Any

import pytest

from models import District, EventStatus, Member, MemberStatus, OfferStatus, OfferTopic, Topic, now
from schema.declare.ids import global_id
from tests.statements import statements
from tests.world import World

LIST = """query($filter: OfferFilter, $sort: OfferSort! = NEWEST, $first: Int, $after: String) {
  offers(filter: $filter, sort: $sort, first: $first, after: $after) {
    nodes { title } totalCount pageInfo { hasNextPage hasPreviousPage endCursor } } }"""


async def titles(world: World, by: Any = None, sort: str = "NEWEST", **filter: Any) -> list[str]:
    found = (await world.data(LIST, by, filter=filter, sort=sort))["offers"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["title"] for node in found["nodes"]]


async def test_who_sees_which_states(world: World) -> None:
    person, stranger, office = await world.member("Person"), await world.member("Fremd"), await world.office()
    club = await world.organisation("Verein", person)
    for status in OfferStatus:
        await world.offer(status.value, club, status)
    everything = [status.value for status in OfferStatus]
    for by, statuses in (
        (None, ["PUBLISHED"]),
        (stranger, ["PUBLISHED"]),
        (person, sorted(everything)),
        (office, sorted(everything)),
    ):
        assert await titles(world, by) == ["PUBLISHED"]
        assert sorted(await titles(world, by, statuses=everything)) == statuses
    by_slug = "query($slug: String!) { offer(slug: $slug) { title } }"
    for status in OfferStatus:
        slug = status.value.lower().replace("_", "-")
        hidden = status in (OfferStatus.DRAFT, OfferStatus.IN_REVIEW, OfferStatus.WITHDRAWN)
        for by in (None, stranger):
            found = await world.data(by_slug, by, slug=slug)
            assert found["offer"] == (None if hidden else {"title": status.value})
        for insider in (person, office):
            assert (await world.data(by_slug, insider, slug=slug))["offer"] == {"title": status.value}


async def test_what_was_withdrawn_before_it_was_ever_published_stays_hidden(world: World) -> None:
    owner = await world.member()
    offer = await world.offer("Nie", owner, OfferStatus.WITHDRAWN, published_at=None, expires_at=None, newest_at=now())
    ask = "query($id: ID!) { node(id: $id) { id } }"
    assert await world.data(ask, id=global_id("Offer", offer.id)) == {"node": None}
    assert (await world.data(ask, owner, id=global_id("Offer", offer.id)))["node"] is not None


@pytest.mark.parametrize("slug", ["", "unknown", "\x00", "ä", "\ud800", "x" * 500])
async def test_a_slug_that_is_none_is_null(world: World, slug: str) -> None:
    assert await world.data("query($slug: String!) { offer(slug: $slug) { id } }", slug=slug) == {"offer": None}


async def test_the_filter_arrives(world: World) -> None:
    owner, group = await world.member(), await world.group()
    topic = await Topic.create(slug="sport", name="Sport", name_key="sport")
    offer = await world.offer(
        "Chöre", owner, group=group, remote=True, venue_name="Rathaus", venue_latitude=52.42, venue_longitude=10.78
    )
    await OfferTopic.create(offer=offer, topic=topic, position=0)
    await world.offer("Räume", direction="PROVIDE", category="ROOM", available_from=now().date())
    for one in (
        {"direction": "SEEK"},
        {"categories": ["HELPING_HANDS"]},
        {"topics": ["sport"]},
        {"ownerId": global_id("Member", owner.id)},
        {"groupId": global_id("Group", group.id)},
        {"remote": True},
        {"availableOn": "2020-01-01"},
        {"text": "CHÖRE"},
        {"near": {"latitude": 52.42, "longitude": 10.78}},
    ):
        assert await titles(world, **one) == ["Chöre"], one
    assert await titles(world, ownerId=global_id("Group", owner.id)) == []
    assert await titles(world, topics=[], text=None, direction=None, near=None) == ["Räume", "Chöre"]
    assert await titles(world, sort="DISTANCE", near={"latitude": 52.5, "longitude": 10.7, "radiusKm": 50}) == ["Chöre"]
    assert await titles(world, sort="RELEVANCE", text="raum") == ["Räume"]
    assert len(await titles(world, sort="EXPIRING")) == 2


@pytest.mark.walk
@pytest.mark.parametrize(
    "variables",
    [
        {"sort": "RELEVANCE"},
        {"sort": "RELEVANCE", "filter": {"text": " "}},
        {"sort": "DISTANCE"},
        {"filter": {"near": {"latitude": 91, "longitude": 0}}},
        {"filter": {"near": {"latitude": 0, "longitude": 0, "radiusKm": 0}}},
        {"filter": {"near": {"latitude": 0, "longitude": 0, "radiusKm": 501}}},
        {"first": 101},
        {"after": "nonsense"},
    ],
)
async def test_what_only_a_program_can_mend_is_a_bad_request(world: World, variables: dict[str, Any]) -> None:
    answer = await world.ask(LIST, **variables)
    assert (answer.codes, answer.data) == (["BAD_REQUEST"], {"offers": None})


@pytest.mark.parametrize("sort", ["NEWEST", "EXPIRING", "RELEVANCE", "DISTANCE"])
async def test_every_sort_can_be_walked_page_by_page(world: World, sort: str) -> None:
    instant = now()
    for number in range(7):
        await world.offer(
            f"Hilfe {number}",
            newest_at=instant - timedelta(days=number % 3),
            expires_at=instant + timedelta(days=number % 2 + 1),
            venue_name="Ort",
            venue_latitude=52.42 + number % 2 / 100,
            venue_longitude=10.78,
        )
    filter = {"text": "hilfe", "near": {"latitude": 52.42, "longitude": 10.78}}
    whole = await titles(world, sort=sort, **filter)
    walked: list[str] = []
    after = None
    while True:
        page = (await world.data(LIST, filter=filter, sort=sort, first=2, after=after))["offers"]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        walked += [node["title"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert walked == whole
    assert len(set(walked)) == 7
    other = "NEWEST" if sort != "NEWEST" else "EXPIRING"
    assert (await world.ask(LIST, filter=filter, sort=other, after=after)).codes == ["BAD_REQUEST"]


async def test_a_statement_a_level_however_many_rows(world: World) -> None:
    document = "{ offers(first: 50) { nodes { title owner { name } group { name } topics { name } } totalCount } }"
    topics = [await Topic.create(slug=f"t{n}", name=f"T{n}", name_key=f"t{n}") for n in range(3)]
    counts = []
    for number in range(6):
        owner, group = await world.member(f"M{number}"), await world.group(f"G{number}")
        offer = await world.offer(f"O{number}", owner, group=group)
        for position, topic in enumerate(topics):
            await OfferTopic.create(offer=offer, topic=topic, position=position)
        if number in (0, 5):
            with statements() as sent:
                found = (await world.data(document))["offers"]
            assert found["totalCount"] == len(found["nodes"]) == number + 1
            assert found["nodes"][0]["topics"] == [{"name": "T0"}, {"name": "T1"}, {"name": "T2"}]
            counts.append(len(sent))
    assert counts == [3, 3], "entries with owner and group, their number, topics"


async def test_what_isn_t_asked_for_isn_t_fetched(world: World) -> None:
    await world.offer(owner=await world.member())
    with statements() as sent:
        await world.data("{ offers { totalCount } }")
    assert len(sent) == 1
    with statements() as sent:
        await world.data("{ offers { edges { cursor node { title url viewerCanUpdate statusReason } } } }")
    assert len(sent) == 1


async def test_owner_and_event_as_far_as_the_viewer_may_see_them(world: World) -> None:
    """An entry whose owner isn't active is seen by its own side and the office alone."""
    owner = await world.member("Gesperrt")
    host = await world.member("Gastgeber")
    event = await world.event("Entwurf", host, status=EventStatus.DRAFT)
    offer = await world.offer(owner=owner, event=event)
    ask = "query($id: ID!) { node(id: $id) { ... on Offer { owner { name } event { title } } } }"
    key = global_id("Offer", offer.id)
    shown = {"owner": {"name": "Gesperrt"}, "event": {"title": "Entwurf"}}
    assert (await world.data(ask, id=key))["node"] == {**shown, "event": None}
    assert (await world.data(ask, host, id=key))["node"] == shown
    await Member.filter(id=owner.id).update(status=MemberStatus.SUSPENDED)
    for stranger in (None, host):
        assert (await world.data(ask, stranger, id=key))["node"] is None
    assert (await world.data(ask, await world.office(), id=key))["node"] == shown


async def test_viewer_can_update_as_side_and_state_allow(world: World) -> None:
    person, stranger, office = await world.member("Person"), await world.member("Fremd"), await world.office()
    club = await world.organisation("Verein", person)
    ask = "query($id: ID!) { node(id: $id) { ... on Offer { viewerCanUpdate } } }"
    for status in OfferStatus:
        offer = await world.offer(owner=club, status=status)
        open_still = status not in (OfferStatus.FULFILLED, OfferStatus.WITHDRAWN)
        for by, may in ((person, open_still), (office, open_still)):
            found = await world.data(ask, by, id=global_id("Offer", offer.id))
            assert found["node"] == {"viewerCanUpdate": may}
        for outsider in (None, stranger):
            found = (await world.data(ask, outsider, id=global_id("Offer", offer.id)))["node"]
            assert found in (None, {"viewerCanUpdate": False})


async def test_the_same_filter_on_the_entries_of_many_owners_and_groups(world: World) -> None:
    district = await District.create(slug="mitte", name="Mitte", name_key="mitte")
    other = await District.create(slug="vorsfelde", name="Vorsfelde", name_key="vorsfelde")
    topic = await Topic.create(slug="sport", name="Sport", name_key="sport")
    for number in range(3):
        owner, group = await world.member(f"M{number}"), await world.group(f"G{number}")
        for title in ("nah", "nah auch", "fern"):
            offer = await world.offer(
                title,
                owner,
                group=group,
                district=district if title != "fern" else other,
                venue_name="Ort",
                venue_latitude=52.42 if title != "fern" else 53.0,
                venue_longitude=10.78,
            )
            await OfferTopic.create(offer=offer, topic=topic, position=0)
    near = "near: {latitude: 52.42, longitude: 10.78}"
    for filter in (near, 'districts: ["mitte"]', f'{near}, districts: ["mitte"], topics: ["sport"], text: "nah"'):
        for parents in ("groups", "members"):
            found = await world.data(
                f"{{ {parents} {{ nodes {{ offers(first: 1, filter: {{{filter}}}) {{"
                " totalCount nodes { title } pageInfo { hasNextPage } } } } }"
            )
            for one in found[parents]["nodes"]:
                assert one["offers"] == {
                    "totalCount": 2,
                    "nodes": [{"title": "nah auch"}],
                    "pageInfo": {"hasNextPage": True},
                }, filter
