"""Asks for feeds as a calendar or a reader does, and reads them with what such programs read them with."""

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

import httpx
import icalendar
from starlette.applications import Starlette

from tests.world import World
from web.http.feeds import feed_routes

ATOM = {"a": "http://www.w3.org/2005/Atom"}


async def get(world: World, path: str, method: str = "GET", **headers: str) -> httpx.Response:
    """What the feeds of this world answer."""
    path = path.removeprefix(world.services.rules.public_url)
    transport = httpx.ASGITransport(Starlette(routes=feed_routes(world.services)))
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    async with httpx.AsyncClient(transport=transport, base_url="http://feeds.test") as client:
        return await client.request(method, path, headers=names)


async def calendar(world: World, path: str, **headers: str) -> dict[str, Any]:
    """The events of a calendar by their titles, each once."""
    answer = await get(world, path, **headers)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return events(answer.content)


def events(content: bytes) -> dict[str, Any]:
    """The same of a calendar's bytes, which must be well formed."""
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    parsed = icalendar.Calendar.from_ical(content)
    assert not parsed.errors
    found = parsed.walk("VEVENT")
    assert all(not event.errors for event in found)
    by_title = {str(event["SUMMARY"]): event for event in found}
    assert len(by_title) == len(found) == len({str(event["UID"]) for event in found})
    return by_title


def instant(event: Any, name: str) -> datetime:
    """An instant of an event, in UTC."""
    value: datetime = event.decoded(name)
    return value.astimezone(UTC)


async def board(world: World, query: str = "") -> ElementTree.Element:
    """The board's feed."""
    answer = await get(world, f"/feeds/offers.atom{query}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)


def texts(feed: ElementTree.Element, path: str) -> list[str | None]:
    """The texts of the elements there."""
    return [element.text for element in feed.findall(path, ATOM)]
