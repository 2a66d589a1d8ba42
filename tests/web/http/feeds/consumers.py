"""What programs that weren't written here make of a calendar: two of PyPI, two of npm."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import icalendar
import vobject

from tests.clients.node import install, run

NAMES = ("icalendar", "vobject", "ical.js", "node-ical")


@dataclass(frozen=True)
class Read:
    """An event as a program shows it, its instants in UTC; what isn't there is None."""

    start: datetime
    end: datetime
    summary: str
    description: str
    location: str | None
    organizer: str | None
    url: str | None


def read(content: bytes) -> Mapping[str, Mapping[str, Read]]:
    """The events of a calendar by program and UID."""
    install()
    scripts = json.loads(run("node", "calendars.js", text=content.decode()))
    found = {"icalendar": _by_icalendar(content), "vobject": _by_vobject(content)}
    found |= {name: {uid: _of(**fields) for uid, fields in events.items()} for name, events in scripts.items()}
    assert set(found) == set(NAMES)
    return found


def without_known_zones(content: bytes) -> bytes:
    """The same for who knows nothing of a zone but what the calendar tells: under names that nobody else has."""
    return re.sub(rb"(TZID[:=])", rb"\1Netz-", content)


def _of(start: str, end: str, **texts: Any) -> Read:
    return Read(datetime.fromisoformat(start), datetime.fromisoformat(end), **texts)


def _by_icalendar(content: bytes) -> dict[str, Read]:
    parsed = icalendar.Calendar.from_ical(content)
    assert not parsed.errors
    events = parsed.walk("VEVENT")
    assert all(not event.errors for event in events)
    return {str(event["UID"]): _icalendar_event(event) for event in events}


def _icalendar_event(event: Any) -> Read:
    def text(name: str) -> str | None:
        return str(event[name]) if name in event else None

    return Read(
        event.start.astimezone(UTC),
        event.end.astimezone(UTC),
        str(event["SUMMARY"]),
        str(event["DESCRIPTION"]),
        text("LOCATION"),
        str(event["ORGANIZER"].params["CN"]) if "ORGANIZER" in event else None,
        text("URL"),
    )


def _by_vobject(content: bytes) -> dict[str, Read]:
    return {event.uid.value: _vobject_event(event) for event in vobject.readOne(content.decode()).vevent_list}


def _vobject_event(event: Any) -> Read:
    def text(name: str) -> str | None:
        return str(getattr(event, name).value) if hasattr(event, name) else None

    return Read(
        event.dtstart.value.astimezone(UTC),
        event.dtend.value.astimezone(UTC),
        event.summary.value,
        event.description.value,
        text("location"),
        event.organizer.params["CN"][0] if hasattr(event, "organizer") else None,
        text("url"),
    )
