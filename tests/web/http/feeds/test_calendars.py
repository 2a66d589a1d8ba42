"""Calendars, as guests get them (RFC 5545)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import icalendar
import pytest

from models import Audience, Event, EventStatus, Member, MemberStatus, now
from resolvers.site import Site
from schema.declare.ids import global_id
from tests.statements import statements
from tests.web.http.feeds.reading import calendar, get, instant
from tests.world import World

pytestmark = pytest.mark.walk

UPDATE = "mutation ($input: UpdateEventInput!) { updateEvent(input: $input) { userErrors { path } } }"
CANCEL = "mutation ($id: ID!, $reason: String!) { cancelEvent(id: $id, reason: $reason) { userErrors { path } } }"
PUBLISH = "mutation ($id: ID!) { publishEvent(id: $id) { userErrors { path } } }"


async def test_the_address_that_the_api_gives_leads_to_the_event(world: World) -> None:
    event = await world.event(
        "Übung für Größere",
        starts_at=datetime(2031, 5, 4, 16, tzinfo=UTC),
        venue_name="Bürgerhaus; Saal 2",
        venue_street="Schloßstraße 8",
        venue_postal_code="38448",
        venue_city="Wolfsburg",
        venue_latitude=52.4386,
        venue_longitude=10.7896,
        online_url="https://treff.example/raum?a=1&b=2",
    )
    data = await world.data("query ($slug: String!) { event(slug: $slug) { icalUrl } }", slug=event.slug)
    found = (await calendar(world, data["event"]["icalUrl"]))["Übung für Größere"]
    assert found["LOCATION"] == "Bürgerhaus; Saal 2, Schloßstraße 8, 38448 Wolfsburg"
    assert (found["GEO"].latitude, found["GEO"].longitude) == (52.4386, 10.7896)
    assert found["URL"] == "https://treff.example/raum?a=1&b=2"
    assert (found["STATUS"], found["SEQUENCE"], found["TRANSP"]) == ("CONFIRMED", 1, "OPAQUE")
    assert found["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert (instant(found, "DTSTART"), instant(found, "DTEND")) == (event.starts_at, event.ends_at)
    assert instant(found, "DTSTAMP") == instant(found, "LAST-MODIFIED") == event.updated_at.replace(microsecond=0)
    assert "ORGANIZER" not in found


async def test_where_the_network_has_a_website_an_event_leads_there_and_says_where_it_is_online(world: World) -> None:
    site = Site(event="https://engagement.example/termine/{slug}")
    world.services = replace(world.services, rules=replace(world.services.rules, site=site))
    event = await world.event("Fest", online_url="https://treff.example/raum?a=1&b=2")
    found = (await calendar(world, f"/feeds/events/{event.slug}.ics"))["Fest"]
    assert found["URL"] == f"https://engagement.example/termine/{event.slug}"
    assert found["CONFERENCE"] == "https://treff.example/raum?a=1&b=2"
    assert found["DESCRIPTION"].endswith("\n\nhttps://treff.example/raum?a=1&b=2")


async def test_long_text_with_umlauts_comes_through_folded(world: World) -> None:
    text = "Größe, Maß; Übermut \\ und „Fußgänger“ – äöüß€😀 " * 40 + "\n\nZweiter Absatz: a < b & c > d"
    event = await world.event("Ä" * 200)
    await Event.filter(id=event.id).update(description=text)
    found = (await calendar(world, f"/feeds/events/{event.slug}.ics"))["Ä" * 200]
    assert found["DESCRIPTION"] == text


async def test_html_leaves_nothing_behind(world: World) -> None:
    event = await world.event("Fest &amp; <b>Feier</b>")
    text = '<p>Kaffee&nbsp;&amp; Kuchen<br/>ab <strong class="x">3</strong></p>\n<script>alert(1)</script>Bei <Name>'
    await Event.filter(id=event.id).update(description=text)
    found = await calendar(world, f"/feeds/events/{event.slug}.ics")
    assert found["Fest & Feier"]["DESCRIPTION"] == "Kaffee & Kuchen\nab 3\n\nBei <Name>"


async def test_an_event_in_utc_needs_no_time_zone(world: World) -> None:
    event = await world.event(time_zone="UTC")
    answer = await get(world, "/feeds/events.ics")
    assert b"VTIMEZONE" not in answer.content
    assert f"DTSTART:{event.starts_at:%Y%m%dT%H%M%S}Z".encode() in answer.content


async def test_the_sequence_rises_with_each_change_and_the_uid_stays(world: World) -> None:
    host = await world.member("Wirtin")
    event = await world.event("Fest", host)
    path, id = f"/feeds/events/{event.slug}.ics", global_id("Event", event.id)
    first = (await calendar(world, path))["Fest"]
    assert (await world.data(UPDATE, host, input={"id": id, "title": "Großes Fest"}))["updateEvent"]["userErrors"] == []
    second = (await calendar(world, path))["Großes Fest"]
    assert (await world.data(CANCEL, host, id=id, reason="Sturm, leider"))["cancelEvent"]["userErrors"] == []
    third = (await calendar(world, path))["Großes Fest"]
    assert first["SEQUENCE"] < second["SEQUENCE"] < third["SEQUENCE"]
    assert first["UID"] == second["UID"] == third["UID"]
    assert (second["STATUS"], third["STATUS"], third["TRANSP"]) == ("CONFIRMED", "CANCELLED", "TRANSPARENT")
    assert third["DESCRIPTION"] == "Abgesagt: Sturm, leider\n\nAlle sind willkommen."
    assert (await calendar(world, path, accept_language="en"))["Großes Fest"]["DESCRIPTION"].startswith("Cancelled: ")
    assert (await calendar(world, "/feeds/events.ics"))["Großes Fest"]["STATUS"] == "CANCELLED"


async def test_a_draft_never_appears(world: World) -> None:
    host, group = await world.member(), await world.group()
    parent = await world.event("Tagung", host)
    draft = await world.event("Geheim", host, group=group, status=EventStatus.DRAFT)
    await world.event("Geheimer Teil", host, parent=parent, status=EventStatus.DRAFT)
    signed_in = world.services.tokens.make_access((await world.context(host)).viewer.session_id)[0]  # type: ignore[arg-type]
    for headers in ({}, {"Authorization": f"Bearer {signed_in}"}):
        assert (await get(world, f"/feeds/events/{draft.slug}.ics", **headers)).status_code == 404
        for path in ("/feeds/events.ics", f"/feeds/groups/{group.slug}.ics", f"/feeds/events/{parent.slug}.ics"):
            assert "Geheim" not in (await get(world, path, **headers)).text
    await world.data(PUBLISH, host, id=global_id("Event", draft.id))
    for path in (f"/feeds/events/{draft.slug}.ics", "/feeds/events.ics", f"/feeds/groups/{group.slug}.ics"):
        assert "Geheim" in await calendar(world, path)


async def test_sessions_are_events_of_their_own_that_name_their_parent(world: World) -> None:
    group = await world.group()
    parent = await world.event("Tagung", group=group)
    session = await world.event("Vortrag", parent=parent)
    for path in (f"/feeds/events/{parent.slug}.ics", "/feeds/events.ics", f"/feeds/groups/{group.slug}.ics"):
        found = await calendar(world, path)
        assert found["Vortrag"]["RELATED-TO"] == found["Tagung"]["UID"]
        assert found["Vortrag"]["RELATED-TO"].params["RELTYPE"] == "PARENT"
        assert "RELATED-TO" not in found["Tagung"]
    alone = await calendar(world, f"/feeds/events/{session.slug}.ics")
    assert list(alone) == ["Vortrag"]
    assert alone["Vortrag"]["RELATED-TO"] == found["Tagung"]["UID"]


async def test_lists_hold_what_runs_and_what_is_over_for_less_than_thirty_days(world: World) -> None:
    async def ended(title: str, days: float, length: float = 0.1) -> Event:
        end = now() - timedelta(days=days)
        return await world.event(title, starts_at=end - timedelta(days=length), ends_at=end)

    await ended("läuft", -1, length=2)
    await ended("neulich", 29.9)
    old = await ended("früher", 30.1)
    await world.event("bald")
    assert list(await calendar(world, "/feeds/events.ics")) == ["neulich", "läuft", "bald"]
    assert list(await calendar(world, f"/feeds/events/{old.slug}.ics")) == ["früher"]


async def test_a_group_s_calendar_holds_its_own_events(world: World) -> None:
    group = await world.group("AG Übung")
    await world.event("Ihres", group=group)
    await world.event("Anderes", group=await world.group("AG Zwei"))
    await world.event("Keiner Gruppe")
    answer = await get(world, f"/feeds/groups/{group.slug}.ics")
    assert icalendar.Calendar.from_ical(answer.content)["X-WR-CALNAME"] == "AG Übung"
    assert b"\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n" in answer.content
    assert list(await calendar(world, f"/feeds/groups/{group.slug}.ics")) == ["Ihres"]


async def test_an_organizer_stands_there_only_where_everyone_may_see_the_address(world: World) -> None:
    event = await world.event("Fest")
    for audience in Audience:
        host = await world.organisation(f'Verein "{audience}"', email="info@müller.example", email_audience=audience)
        await Event.filter(id=event.id).update(host=host)
        found = (await calendar(world, "/feeds/events.ics"))["Fest"]
        if audience is Audience.EVERYONE:
            assert found["ORGANIZER"] == "mailto:info@xn--mller-kva.example"
            assert found["ORGANIZER"].params["CN"] == "Verein 'EVERYONE'"
            await Member.filter(id=host.id).update(status=MemberStatus.LEFT)
            assert "ORGANIZER" not in (await calendar(world, "/feeds/events.ics"))["Fest"]
        else:
            assert "ORGANIZER" not in found, audience


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/events/nichts.ics",
        "/feeds/events/%00.ics",
        "/feeds/events/A%20B.ics",
        "/feeds/events/x%0d%0ay.ics",
        "/feeds/events/.ics",
        "/feeds/groups/nichts.ics",
        f"/feeds/groups/{'x' * 5000}.ics",
        "/feeds/registrations/nichts.ics",
        "/feeds/offers.ics",
    ],
)
async def test_what_is_not_there_is_404_in_plain_text(world: World, path: str) -> None:
    answer = await get(world, path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


async def test_a_calendar_takes_as_many_statements_for_many_events_as_for_few(world: World) -> None:
    async def made(number: int) -> int:
        for _ in range(number):
            host = await world.organisation(email="v@example.org", email_audience=Audience.EVERYONE)
            parent = await world.event("Über", host, starts_at=now() - timedelta(days=90))
            await world.event("Teil", host, parent=parent)
        with statements() as sent:
            assert (await get(world, "/feeds/events.ics")).status_code == 200
        return len(sent)

    few: Any = await made(1)
    assert await made(5) == few == 7
