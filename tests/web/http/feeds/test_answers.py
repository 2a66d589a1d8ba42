"""Conditional answers (RFC 9110), and a running server."""

from datetime import timedelta
from pathlib import Path

import icalendar
import pytest

from models import Event, Member, Offer, OfferStatus, now
from tests.web.http.feeds.reading import events, get
from tests.web.server import Server
from tests.world import World

pytestmark = pytest.mark.walk

PATHS = ("/feeds/events.ics", "/feeds/offers.atom", "/feeds/events/treffen.ics", "/feeds/groups/ag-schule.ics")


async def filled(world: World) -> tuple[Event, Offer]:
    """A world whose feeds all hold something that has been as it is for an hour."""
    owner = await world.member()
    group = await world.group()
    event, offer = await world.event(host=owner, group=group), await world.offer(owner=owner)
    for model in (Event, Offer, Member, type(group)):
        await model.all().update(updated_at=now() - timedelta(hours=1))
    return event, offer


@pytest.mark.parametrize("path", PATHS)
async def test_what_the_client_has_is_not_sent_again(world: World, path: str) -> None:
    await filled(world)
    first = await get(world, path)
    tag, date = first.headers["ETag"], first.headers["Last-Modified"]
    asked = [
        {"if_none_match": tag},
        {"if_none_match": f'"other", W/{tag}'},
        {"if_none_match": "*"},
        {"if_modified_since": date},
        {"if_none_match": tag, "if_modified_since": "Thu, 01 Jan 2015 00:00:00 GMT"},
    ]
    for headers in asked:
        answer = await get(world, path, **headers)
        assert (answer.status_code, answer.content) == (304, b""), headers
        assert answer.headers["ETag"] == tag
        assert "Content-Type" not in answer.headers
    for headers in (
        {"if_none_match": '"other"', "if_modified_since": date},
        {"if_modified_since": "Thu, 01 Jan 2015 00:00:00 GMT"},
        {"if_modified_since": "neulich"},
    ):
        answer = await get(world, path, **headers)
        assert (answer.status_code, answer.content) == (200, first.content), headers


@pytest.mark.parametrize("path", PATHS)
async def test_whatever_changes_is_sent(world: World, path: str) -> None:
    event, offer = await filled(world)
    first = await get(world, path)
    headers = {"if_none_match": first.headers["ETag"]}, {"if_modified_since": first.headers["Last-Modified"]}
    await Event.filter(id=event.id).update(title="Neu", version=2, updated_at=now())
    await Offer.filter(id=offer.id).update(title="Neu", version=2, updated_at=now())
    for condition in headers:
        answer = await get(world, path, **condition)
        assert answer.status_code == 200
        assert "Neu" in answer.text


async def test_what_left_the_board_changes_its_date_too(world: World) -> None:
    _event, offer = await filled(world)
    await world.offer("Älter", updated_at=now() - timedelta(hours=2))
    since = (await get(world, "/feeds/offers.atom")).headers["Last-Modified"]
    await Offer.filter(id=offer.id).update(status=OfferStatus.WITHDRAWN, updated_at=now())
    answer = await get(world, "/feeds/offers.atom", if_modified_since=since)
    assert answer.status_code == 200
    assert "Älter" in answer.text


async def test_an_event_that_became_too_old_changes_the_date_too(world: World) -> None:
    event, _offer = await filled(world)
    since = (await get(world, "/feeds/events.ics")).headers["Last-Modified"]
    end = now() - timedelta(days=30, minutes=1)
    await Event.filter(id=event.id).update(starts_at=end - timedelta(hours=1), ends_at=end)
    answer = await get(world, "/feeds/events.ics", if_modified_since=since)
    assert answer.status_code == 200
    assert "VEVENT" not in answer.text


async def test_what_just_changed_is_sent_once_more(world: World) -> None:
    """A date tells seconds: within one of them there may be two states."""
    await filled(world)
    await Event.all().update(updated_at=now())
    date = (await get(world, "/feeds/events.ics")).headers["Last-Modified"]
    assert (await get(world, "/feeds/events.ics", if_modified_since=date)).status_code == 200


async def test_other_methods_are_405(world: World) -> None:
    for method in ("POST", "PUT", "DELETE"):
        answer = await get(world, "/feeds/events.ics", method)
        assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, {"GET", "HEAD"})


def test_a_running_server_serves_them(tmp_path: Path) -> None:
    with Server(tmp_path / "data", DEMO=1) as server:
        for path, kind in (("events.ics", "text/calendar"), ("offers.atom", "application/atom+xml")):
            answer = server.client.get(f"/feeds/{path}")
            assert answer.headers["Content-Type"] == f"{kind}; charset=utf-8"
            head = server.client.head(f"/feeds/{path}")
            assert (head.status_code, head.content) == (200, b"")
            for name in ("ETag", "Last-Modified", "Content-Type", "Content-Length"):
                assert head.headers[name] == answer.headers[name]
            again = server.client.get(f"/feeds/{path}", headers={"If-None-Match": answer.headers["ETag"]})
            assert (again.status_code, again.content) == (304, b"")
        found = server.ask("{ events(first: 1) { nodes { title icalUrl } } }")["data"]["events"]["nodes"][0]
        content = server.client.get(found["icalUrl"]).content
        assert found["title"] in events(content)
        assert icalendar.Calendar.from_ical(content).walk("VTIMEZONE")
        assert len(events(server.client.get("/feeds/events.ics").content)) > 3
        assert server.client.get("/feeds/events/nichts.ics").status_code == 404
        assert "Traceback" not in server.log
