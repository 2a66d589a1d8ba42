"""Calendars as iCalendar (RFC 5545).

Written so that programs agree on what they read: see `web.http.feeds.zones`. Texts are escaped here, for icalendar
7.3.0 makes line breaks of a backslash and an N that somebody typed.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import icalendar

from resolvers.addresses import ascii_email
from resolvers.feeds import Calendar, FeedEvent
from resolvers.translation import _, translate
from web.http.feeds.text import plain, plain_line
from web.http.feeds.zones import is_told, timezone

_REFRESH = timedelta(hours=1)
_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})


class _Text(icalendar.vText):
    """A text as it was typed (RFC 5545, 3.3.11)."""

    def to_ical(self) -> bytes:
        return self.translate(_ESCAPES).encode()


@lru_cache(maxsize=64)
def render(calendar: Calendar) -> bytes:
    """The calendar as it is served: the same bytes for the same calendar."""
    component = icalendar.Calendar()
    component.add("version", "2.0")
    component.add("prodid", "-//Mitwirk//Feeds//DE")
    component.add("calscale", "GREGORIAN")
    title = _Text(plain_line(calendar.title))
    component.add("name", title, encode=False)
    component.add("x-wr-calname", title, encode=False)
    component.add("refresh-interval", _REFRESH, parameters={"VALUE": "DURATION"})
    component.add("x-published-ttl", icalendar.vDuration(_REFRESH), encode=False)
    times = {event.uid: _times(event) for event in calendar.events}
    for zone in _zones(time for pair in times.values() for time in pair):
        component.add_component(timezone(zone))
    for event in calendar.events:
        component.add_component(_event(event, *times[event.uid], calendar.language))
    rendered: bytes = component.to_ical()
    return rendered


def _times(event: FeedEvent) -> tuple[datetime, datetime]:
    """Start and end in the event's own zone; in UTC where not every program would make the same instants of that."""
    instants = event.starts_at.replace(microsecond=0), event.ends_at.replace(microsecond=0)
    try:
        zone = ZoneInfo(event.time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = None
    if zone is not None and all(is_told(zone, instant) for instant in instants):
        return instants[0].astimezone(zone), instants[1].astimezone(zone)
    return instants[0].astimezone(UTC), instants[1].astimezone(UTC)


def _zones(times: Iterable[datetime]) -> list[ZoneInfo]:
    """The zones of these times, by name."""
    return sorted({time.tzinfo for time in times if isinstance(time.tzinfo, ZoneInfo)}, key=lambda zone: zone.key)


def _event(event: FeedEvent, starts_at: datetime, ends_at: datetime, language: str) -> icalendar.Event:
    component = icalendar.Event()
    component.add("uid", str(event.uid))
    component.add("sequence", event.version)
    component.add("dtstamp", event.changed_at.astimezone(UTC))
    component.add("created", event.created_at.astimezone(UTC))
    component.add("last-modified", event.changed_at.astimezone(UTC))
    component.add("dtstart", starts_at)
    component.add("dtend", ends_at)
    component.add("status", _status(event))
    component.add("transp", "TRANSPARENT" if event.cancelled else "OPAQUE")
    component.add("summary", _Text(plain_line(event.title)), encode=False)
    component.add("description", _Text(_description(event, language)), encode=False)
    if event.place:
        component.add("location", _Text(plain_line(event.place)), encode=False)
    if event.location:
        component.add("geo", event.location)
    if event.url or event.online_url:
        component.add("url", event.url or event.online_url)
    if event.online_url:  # RFC 7986, 5.11
        component.add("conference", event.online_url, parameters={"VALUE": "URI"})
    if event.organizer:
        component.add("organizer", _organizer(*event.organizer), encode=False)
    if event.parent_uid:
        component.add("related-to", str(event.parent_uid), parameters={"RELTYPE": "PARENT"})
    return component


def _status(event: FeedEvent) -> str:
    if event.cancelled:
        return "CANCELLED"
    return "TENTATIVE" if event.waitlisted else "CONFIRMED"


def _description(event: FeedEvent, language: str) -> str:
    """What people read: first why it was cancelled, or that there is no seat yet."""
    parts = [plain(event.description)]
    if event.cancelled and event.status_reason:
        parts.insert(0, translate(language, _("Cancelled: {reason}"), reason=plain(event.status_reason)))
    elif event.waitlisted:
        parts.insert(0, translate(language, _("On the waiting list")))
    if event.url and event.online_url:  # few programs know more than one address
        parts.append(event.online_url)
    return "\n\n".join(parts)


def _organizer(name: str, email: str) -> icalendar.vCalAddress:
    address = icalendar.vCalAddress(f"mailto:{quote(ascii_email(email), safe='@+')}")
    # A parameter can't hold the one, and programs disagree on the other.
    address.params["CN"] = plain_line(name).replace('"', "'").replace("\\", "/")
    return address
