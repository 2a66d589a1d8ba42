"""The board as Atom (RFC 4287)."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from models import (
    District,
    Member,
    MemberStatus,
    Offer,
    OfferCategory,
    OfferDirection,
    OfferStatus,
    OfferTopic,
    Topic,
    now,
)
from resolvers.site import Site
from schema.declare.ids import global_id
from tests.web.http.feeds.reading import ATOM, board, get, texts
from tests.world import World

pytestmark = pytest.mark.walk

UPDATE = "mutation ($input: UpdateOfferInput!) { updateOffer(input: $input) { userErrors { path } } }"


async def test_an_entry_says_what_it_is_and_who_made_it(world: World) -> None:
    owner = await world.organisation("Verein für Größe & Güte")
    offer = await world.offer("Räume <b>gesucht</b> & gefunden", owner, category=OfferCategory.ROOM)
    await Offer.filter(id=offer.id).update(description="Für <Chöre>: \x0b50 m² &amp; Küche\n\nab 1 < 2")
    topic = await Topic.create(slug="kultur", name="Kultur", name_key="kultur")
    await OfferTopic.create(offer=offer, topic=topic, position=0)
    feed = await board(world)
    assert texts(feed, "a:title") == ["Suche-Biete-Plattform: Engagement-Netzwerk Wolfsburg"]
    assert texts(feed, "a:author/a:name") == ["Engagement-Netzwerk Wolfsburg"]
    assert feed.find("a:link[@rel='self']", ATOM).get("href") == "http://127.0.0.1:8000/feeds/offers.atom"  # type: ignore[union-attr]
    (entry,) = feed.findall("a:entry", ATOM)
    assert texts(entry, "a:title") == ["Räume gesucht & gefunden"]
    assert texts(entry, "a:content") == ["Für <Chöre>: \n50 m² & Küche\n\nab 1 < 2"]
    assert texts(entry, "a:author/a:name") == ["Verein für Größe & Güte"]
    assert [c.get("term") for c in entry.findall("a:category", ATOM)] == ["SEEK", "ROOM", "kultur"]
    updated = datetime.fromisoformat(texts(entry, "a:updated")[0] or "")
    assert abs(updated - offer.updated_at) < timedelta(milliseconds=1)


async def test_an_entry_leads_to_its_page_where_the_network_has_a_website(world: World) -> None:
    offer = await world.offer("Hilfe")
    assert (await board(world)).find("a:entry/a:link", ATOM) is None
    site = Site(offer="https://engagement.example/?eintrag={slug}&von=feed")
    world.services = replace(world.services, rules=replace(world.services.rules, site=site))
    link = (await board(world)).find("a:entry/a:link[@rel='alternate']", ATOM)
    assert link is not None
    assert link.get("href") == f"https://engagement.example/?eintrag={offer.slug}&von=feed"


async def test_ids_stay_and_updated_rises(world: World) -> None:
    owner = await world.member()
    offer = await world.offer("Hilfe", owner)
    before = await board(world)
    changed = await world.data(UPDATE, owner, input={"id": global_id("Offer", offer.id), "title": "Mehr Hilfe"})
    assert changed["updateOffer"]["userErrors"] == []
    after = await board(world)
    for path in ("a:id", "a:entry/a:id"):
        assert texts(before, path) == texts(after, path)
        assert str(texts(after, path)[0]).startswith("urn:uuid:")
    for path in ("a:updated", "a:entry/a:updated"):
        assert str(texts(before, path)[0]) < str(texts(after, path)[0])


async def test_only_what_is_published_is_there_the_newest_first(world: World) -> None:
    owner, instant = await world.member(), now()
    for number in range(55):
        await world.offer(f"Nummer {number}", owner, newest_at=instant - timedelta(minutes=number))
    for status in OfferStatus:
        if status is not OfferStatus.PUBLISHED:
            await world.offer(f"Nicht: {status}", owner, status)
    assert texts(await board(world), "a:entry/a:title") == [f"Nummer {number}" for number in range(50)]


async def test_a_suspended_owner_is_not_named(world: World) -> None:
    owner = await world.member("Wer?")
    await world.offer(owner=owner)
    await Member.filter(id=owner.id).update(status=MemberStatus.SUSPENDED)
    assert texts(await board(world), "a:entry/a:author/a:name") == []


async def test_parameters_narrow_it_down(world: World) -> None:
    district = await District.create(slug="vorsfelde", name="Vorsfelde", name_key="vorsfelde")
    other = await District.create(slug="mitte", name="Mitte", name_key="mitte")
    topic = await Topic.create(slug="sport", name="Sport", name_key="sport")
    await world.offer("a", direction=OfferDirection.SEEK, category=OfferCategory.ROOM, district=district)
    b = await world.offer("b", direction=OfferDirection.PROVIDE, category=OfferCategory.ROOM, district=other)
    await world.offer("c", direction=OfferDirection.PROVIDE, category=OfferCategory.FUNDING)  # for the whole town
    await OfferTopic.create(offer=b, topic=topic, position=0)
    for query, titles in {
        "": ["c", "b", "a"],
        "?direction=SEEK": ["a"],
        "?direction=provide": ["c", "b"],
        "?category=ROOM": ["b", "a"],
        "?category=ROOM&category=FUNDING&direction=PROVIDE": ["c", "b"],
        "?topic=sport": ["b"],
        "?district=vorsfelde": ["c", "a"],
        "?district=vorsfelde&direction=PROVIDE": ["c"],
        "?district=vorsfelde&category=ROOM&direction=PROVIDE": [],
        "?direction=&topic=": ["c", "b", "a"],
    }.items():
        assert texts(await board(world, query), "a:entry/a:title") == titles, query
    ids = [texts(await board(world, query), "a:id") for query in ("", "?topic=sport", "?direction=seek")]
    assert len({str(id) for id in ids}) == 3
    assert texts(await board(world, "?direction=SEEK"), "a:id") == ids[2]


async def test_what_others_add_to_the_address_changes_nothing(world: World) -> None:
    await world.offer("a", direction=OfferDirection.SEEK)
    await world.offer("b", direction=OfferDirection.PROVIDE)
    plain, narrowed = (
        await get(world, "/feeds/offers.atom"),
        await get(world, "/feeds/offers.atom?direction=SEEK"),
    )
    for added in (
        "fbclid=1",
        "utm_source=x&utm_medium=%00&utm_source=y",
        "Direction=UP",
        "_=1700000000",
        "&&=&;",
        "%ff=%fe",
    ):
        assert (await get(world, f"/feeds/offers.atom?{added}")).content == plain.content, added
        for query in (f"{added}&direction=SEEK", f"direction=SEEK&{added}"):
            assert (await get(world, f"/feeds/offers.atom?{query}")).content == narrowed.content, added
        assert (await get(world, f"/feeds/events.ics?{added}")).status_code == 200
    # A value that is given twice is one.
    for query in ("direction=SEEK&direction=SEEK", "direction=SEEK&direction=seek", "direction=seek&direction="):
        assert (await get(world, f"/feeds/offers.atom?{query}")).content == narrowed.content, query
    ids = [texts(await board(world, query), "a:id") for query in ("?category=ROOM&category=room", "?category=ROOM")]
    assert ids[0] == ids[1]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?direction=UP", 400),
        ("?direction=SEEK&direction=PROVIDE", 400),
        ("?category=HAMMER", 400),
        ("?direction=UP&fbclid=1", 400),
        ("?category=ROOM&category=HAMMER", 400),
        ("?" + "&".join(f"topic=t{n}" for n in range(21)), 400),
        ("?topic=nichts", 404),
        ("?topic=%00", 404),
        ("?district=A%20B", 404),
    ],
)
async def test_wrong_parameters_are_refused_in_plain_text(world: World, query: str, status: int) -> None:
    answer = await get(world, f"/feeds/offers.atom{query}")
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    english = await get(world, f"/feeds/offers.atom{query}", accept_language="en")
    assert english.status_code == status
    assert english.text != answer.text
