"""What the modules of text are made of: plain data, named by short keys, with days instead of dates."""

from dataclasses import dataclass

from models import (
    AccessibilityFeature,
    Audience,
    Commitment,
    EventKind,
    EventStatus,
    GroupPostKind,
    JoinPolicy,
    OfferCategory,
    OfferDirection,
    OfferStatus,
    PostAudience,
    ResponseStatus,
)


def prose(text: str) -> str:
    """Text as people type it: lines of a paragraph joined, blank lines kept, a line that begins with `– ` kept."""
    paragraphs = []
    for paragraph in text.strip().split("\n\n"):
        lines: list[str] = []
        for line in (part.strip() for part in paragraph.splitlines()):
            if lines and not line.startswith("– "):
                lines[-1] += f" {line}"
            else:
                lines.append(line)
        paragraphs.append("\n".join(lines))
    return "\n\n".join(paragraphs)


@dataclass(frozen=True)
class Place:
    """A venue."""

    name: str
    street: str
    postal_code: str
    district: str
    latitude: float
    longitude: float
    accessibility: tuple[AccessibilityFeature, ...] = ()
    note: str | None = None


@dataclass(frozen=True)
class Organisation:
    """An organisation; its addresses are in `domain`. `topics` are slugs, with spaces between."""

    key: str
    name: str
    domain: str
    district: str
    topics: str
    about: str
    represented_by: tuple[str, ...] = ()
    email_audience: Audience = Audience.MEMBERS
    # The last three digits of a number that the Bundesnetzagentur keeps free for films, +49 30 23125.
    phone: str | None = None
    phone_audience: Audience = Audience.MEMBERS
    has_website: bool = True


@dataclass(frozen=True)
class Person:
    """A person, named by the name itself."""

    name: str
    district: str | None
    topics: str
    about: str | None
    email_audience: Audience = Audience.NOBODY
    # The last two digits of a number that the Bundesnetzagentur keeps free for films, +49 171 39200.
    phone: str | None = None
    phone_audience: Audience = Audience.GROUPS


@dataclass(frozen=True)
class Moment:
    """A local time on a day of the week, `weeks` from this one: 0 is Monday."""

    weeks: int
    weekday: int
    hour: int
    minute: int = 0


@dataclass(frozen=True)
class Post:
    """News of a group, `days` ago."""

    author: str
    days: int
    title: str
    body: str
    kind: GroupPostKind = GroupPostKind.ANNOUNCEMENT
    audience: PostAudience = PostAudience.EVERYONE


@dataclass(frozen=True)
class WorkingGroup:
    """A group; members and coordinators by key or name."""

    key: str
    name: str
    purpose: str
    topics: str
    join_policy: JoinPolicy
    coordinators: tuple[str, ...]
    members: tuple[str, ...]
    requested: tuple[str, ...] = ()
    invited: tuple[str, ...] = ()
    posts: tuple[Post, ...] = ()


@dataclass(frozen=True)
class Gathering:
    """An event; a session where `parent` is set. `registrations` are in the order in which they came."""

    key: str
    title: str
    description: str
    kind: EventKind
    topics: str
    begins: Moment
    minutes: int
    # How many days ago it was announced.
    announced: int
    status: EventStatus = EventStatus.PUBLISHED
    reason: str | None = None
    place: str | None = None
    # What there is besides what the place has.
    accessibility: tuple[AccessibilityFeature, ...] = ()
    online_url: str | None = None
    host: str | None = None
    group: str | None = None
    parent: str | None = None
    capacity: int | None = None
    registrations: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()


@dataclass(frozen=True)
class Response:
    """An answer to an entry, sent `days` ago."""

    member: str
    days: int
    message: str
    status: ResponseStatus = ResponseStatus.SENT


@dataclass(frozen=True, kw_only=True)
class Entry:
    """An entry of the board that came onto it (or was begun) `days` ago."""

    owner: str
    direction: OfferDirection
    category: OfferCategory
    title: str
    description: str
    topics: str
    days: int
    status: OfferStatus = OfferStatus.PUBLISHED
    reason: str | None = None
    district: str | None = None
    place: str | None = None
    remote: bool = False
    minimum_age: int | None = None
    languages: str = "de"
    hours: float | None = None
    # From when to when, in days from today.
    available: tuple[int | None, int | None] = (None, None)
    # When in a week, such as "tuesday 16:00-18:00, saturday 10:00-, sunday".
    times: str = ""
    commitment: Commitment | None = None
    group: str | None = None
    event: str | None = None
    responses: tuple[Response, ...] = ()
