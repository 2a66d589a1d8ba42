"""Makes rows of events and registrations, the counters as the registrations have them."""

from datetime import timedelta

from models import SEATED, Event, EventStatus, EventTopic, Registration
from models import RegistrationStatus as Status
from models.sql.slugs import slugify
from resolvers.demo.calendar import TOWN, Calendar
from resolvers.demo.events import (
    EVENTS,
    FAIR,
    FOUNDING,
    FOUNDING_ABSENT,
    FOUNDING_CANCELLED,
    FOUNDING_NO_SHOWS,
    WORKSHOPS,
)
from resolvers.demo.groups import GROUPS
from resolvers.demo.members import ORGANISATIONS, PERSONS
from resolvers.demo.rows import Keys, links, venue
from resolvers.demo.shapes import Gathering, prose

# How many days ago what is cancelled was.
_CANCELLED = 2

# A member and the status of its registration, in the order in which they registered.
Attendance = list[tuple[str, Status]]


class Gatherings:
    """The founding event with its sessions, then the others."""

    def __init__(self, calendar: Calendar, keys: Keys) -> None:
        self._calendar = calendar
        self._keys = keys

    async def store(self) -> None:
        """Store events, topics and registrations."""
        attendance = {text.key: self._attendance(text) for text in EVENTS} | founding_attendance()
        await self._events([FOUNDING, *EVENTS], attendance)
        await self._events([*WORKSHOPS, FAIR], attendance)
        texts = (FOUNDING, *WORKSHOPS, FAIR, *EVENTS)
        await EventTopic.bulk_create(
            link
            for text in texts
            for link in links(EventTopic, "event_id", self._keys.events[text.key], text.topics, self._keys)
        )
        await Registration.bulk_create(row for text in texts for row in self._registrations(text, attendance[text.key]))

    async def _events(self, texts: list[Gathering], attendance: dict[str, Attendance]) -> None:
        await Event.bulk_create([self._event(text, attendance[text.key]) for text in texts])
        slugs = {slugify(text.title): text.key for text in texts}
        for event in await Event.filter(slug__in=list(slugs)):
            self._keys.events[slugs[event.slug]] = event.id

    def _event(self, text: Gathering, attendance: Attendance) -> Event:
        starts = self._calendar.at(text.begins)
        announced, cancelled = self._calendar.ago(text.announced), self._calendar.ago(_CANCELLED)
        statuses = [status for _member, status in attendance]
        is_cancelled = text.status is EventStatus.CANCELLED
        event = Event(
            slug=slugify(text.title),
            title=text.title,
            description=prose(text.description),
            kind=text.kind,
            status=text.status,
            status_reason=prose(text.reason) if text.reason else None,
            starts_at=starts,
            ends_at=starts + timedelta(minutes=text.minutes),
            time_zone=TOWN,
            online_url=text.online_url,
            host_id=self._keys.members[text.host] if text.host else None,
            group_id=self._keys.groups[text.group] if text.group else None,
            parent_id=self._keys.events[text.parent] if text.parent else None,
            capacity=text.capacity,
            confirmed_count=sum(status in SEATED for status in statuses),
            waitlisted_count=statuses.count(Status.WAITLISTED),
            queue_number=len(attendance),
            version=2 if is_cancelled else 1,
            created_at=announced,
            updated_at=cancelled if is_cancelled else announced,
            **venue(text.place, self._keys, *text.accessibility),
        )
        return event.derive()

    def _attendance(self, text: Gathering) -> Attendance:
        """The first come have seats, as many as there are; who cancelled had registered second."""
        is_over = self._calendar.at(text.begins) < self._calendar.now
        seated = Status.ATTENDED if is_over else Status.CONFIRMED
        seats = len(text.registrations) if text.capacity is None else text.capacity
        come = [
            (member, seated if place < seats else Status.WAITLISTED) for place, member in enumerate(text.registrations)
        ]
        return [*come[:1], *((member, Status.CANCELLED) for member in text.cancelled), *come[1:]]

    def _registrations(self, text: Gathering, attendance: Attendance) -> list[Registration]:
        first = self._calendar.ago(text.announced)
        is_cancelled = text.status is EventStatus.CANCELLED
        last = self._calendar.ago(_CANCELLED) if is_cancelled else self._calendar.at(text.begins)
        rows = []
        for number, (member, status) in enumerate(attendance):
            registered = self._calendar.between(first, last, number, len(attendance))
            rows.append(
                Registration(
                    event_id=self._keys.events[text.key],
                    member_id=self._keys.members[member],
                    status=status,
                    queue_number=number + 1,
                    registered_at=registered,
                    updated_at=registered,
                )
            )
        return rows


def founding_attendance() -> dict[str, Attendance]:
    """Who came to the founding event, to which workshop, and to the fair.

    A workshop became a working group: its members were there, each in one workshop. The organisations had stands.
    """
    attendance: dict[str, Attendance] = {FOUNDING.key: []}
    organisations = [text.key for text in ORGANISATIONS]
    for member in (*organisations, *(text.name for text in PERSONS)):
        if member in FOUNDING_CANCELLED:
            attendance[FOUNDING.key].append((member, Status.CANCELLED))
        elif member in FOUNDING_NO_SHOWS:
            attendance[FOUNDING.key].append((member, Status.NO_SHOW))
        elif member not in FOUNDING_ABSENT:
            attendance[FOUNDING.key].append((member, Status.ATTENDED))
    there = [member for member, status in attendance[FOUNDING.key] if status is Status.ATTENDED]
    placed: set[str] = set()
    for workshop in WORKSHOPS:
        group = next(text for text in GROUPS if text.key == workshop.group)
        came = [name for name in (*group.coordinators, *group.members) if name in there and name not in placed]
        attendance[workshop.key] = [(name, Status.ATTENDED) for name in came]
        placed.update(came)
    attendance[FAIR.key] = [(member, Status.ATTENDED) for member in organisations if member in there]
    return attendance
