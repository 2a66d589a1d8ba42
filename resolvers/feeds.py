"""What the feeds hold: calendars of events (for RFC 5545) and the board (for RFC 4287), as plain values.

All is read as a guest sees it, but for the calendar of an account's registrations, which is read as that account. An
e-mail address is in none of them unless everyone may see it.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tortoise.expressions import Q
from tortoise.models import Model
from tortoise.queryset import QuerySet

from auth.access.accounts import own_affairs
from auth.access.events import event_rows, visible_events
from auth.access.groups import visible_groups
from auth.access.members import contact_seen, visible_members
from auth.access.offers import offers_in_lists
from auth.access.rows import by_keys, by_slug, subquery
from auth.refusals import NotFound
from auth.viewer import GUEST, load_calendar_viewer
from models import (
    SEATED,
    District,
    Event,
    EventStatus,
    Group,
    Member,
    Offer,
    OfferCategory,
    OfferDirection,
    OfferTopic,
    Registration,
    RegistrationStatus,
    Topic,
    now,
)
from models.filters.conditions import is_slug
from models.filters.events import EventFilter
from models.filters.offers import OfferFilter, OfferSort, offer_order, offer_rows
from resolvers.context import Context
from resolvers.places import topics
from resolvers.site import Site
from resolvers.translation import _, translate

# For so long lists hold events that are over.
LOOK_BACK = timedelta(days=30)
MOST_EVENTS = 1000
MOST_OFFERS = 50

_NAMESPACE = uuid.UUID("6f1b9c1e-2d0a-5f0b-9a53-7f0f3ad1c2b4")
_LISTED = [EventStatus.PUBLISHED, EventStatus.CANCELLED]


@dataclass(frozen=True)
class FeedEvent:
    """An event of a calendar. `uid` never changes; `organizer` is name and address, where everyone may see it.

    `url` is its page on the network's website, `online_url` where to take part from afar.
    """

    uid: uuid.UUID
    parent_uid: uuid.UUID | None
    version: int
    title: str
    description: str
    cancelled: bool
    status_reason: str | None
    waitlisted: bool
    starts_at: datetime
    ends_at: datetime
    time_zone: str
    place: str | None
    location: tuple[float, float] | None
    url: str | None
    online_url: str | None
    organizer: tuple[str, str] | None
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True)
class Calendar:
    """A calendar. `changed_at` is None where nothing tells since when it is as it is."""

    title: str
    language: str
    events: tuple[FeedEvent, ...]
    changed_at: datetime | None


@dataclass(frozen=True)
class FeedOffer:
    """An entry of the board. `author` is its owner's name, where everyone may see it; `url` its page, if it has one."""

    uid: uuid.UUID
    url: str | None
    title: str
    description: str
    author: str | None
    direction: OfferDirection
    category: OfferCategory
    topics: tuple[tuple[str, str], ...]
    published_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Board:
    """The newest entries of the board, `changed_at` None where it never had any."""

    title: str
    author: str
    language: str
    offers: tuple[FeedOffer, ...]
    changed_at: datetime | None


# ---------------------------------------------------------------- calendars


async def event_calendar(ctx: Context, slug: str) -> Calendar:
    """The event of this slug, whenever it is, with the sessions inside it. Raises `NotFound`."""
    event = await by_slug(Event, visible_events(GUEST), slug)
    if event is None:
        raise NotFound
    sessions = Event.filter(visible_events(GUEST), parent_id=event.id).order_by("starts_at", "id").limit(MOST_EVENTS)
    return await _calendar(ctx, event.title, [event, *await sessions])


async def network_calendar(ctx: Context) -> Calendar:
    """The events of the network, and their sessions."""
    rows = _recent(event_rows(EventFilter(ends_after=now() - LOOK_BACK), GUEST))
    title = translate(ctx.language, _("Events: {network}"), network=ctx.rules.network_name)
    return await _calendar(ctx, title, await rows, await _left_out())


async def group_calendar(ctx: Context, slug: str) -> Calendar:
    """The events of the group of this slug, and their sessions. Raises `NotFound`."""
    group = await by_slug(Group, visible_groups(GUEST), slug)
    if group is None:
        raise NotFound
    rows = event_rows(EventFilter(ends_after=now() - LOOK_BACK), GUEST)
    rows = _recent(rows.filter(Q(group_id=group.id) | Q(parent__group_id=group.id)))
    return await _calendar(ctx, group.name, await rows, await _left_out(), group.updated_at)


async def registrations_calendar(ctx: Context, secret: str) -> Calendar:
    """What the account is registered for whose secret this is: itself, and whom it represents.

    Raises `NotFound` where the secret is none (any more), or the account's member isn't active.
    """
    viewer = await load_calendar_viewer(*ctx.services.tokens.read_calendar(secret))
    held = Registration.filter(own_affairs(viewer), status__in=[*SEATED, RegistrationStatus.WAITLISTED])
    rows = event_rows(EventFilter(ends_after=now() - LOOK_BACK), viewer)
    events = await _recent(rows.filter(id__in=subquery(held, "event_id")))
    registrations: dict[int, list[Registration]] = {}
    for row in await held.filter(event_id__in=[event.id for event in events]) if events else ():
        registrations.setdefault(row.event_id, []).append(row)
    calendar = await _calendar(ctx, translate(ctx.language, _("My registrations")), events)
    changed = [
        _registered(one, registrations.get(event.id, ())) for one, event in zip(calendar.events, events, strict=True)
    ]
    # Whom somebody represents leaves no date behind when it ends: by date alone nobody can tell what is new.
    return replace(calendar, events=tuple(changed), changed_at=None)


def _registered(one: FeedEvent, registrations: Sequence[Registration]) -> FeedEvent:
    return replace(
        one,
        waitlisted=not any(row.status in SEATED for row in registrations),
        changed_at=max([one.changed_at, *(row.updated_at for row in registrations)]),
    )


def _recent(rows: QuerySet[Event]) -> QuerySet[Event]:
    return rows.order_by("starts_at", "id").limit(MOST_EVENTS)


async def _calendar(ctx: Context, title: str, events: Sequence[Event], *changed: datetime | None) -> Calendar:
    hosts = await by_keys(Member, visible_members(GUEST), (event.host_id for event in events))
    known = {event.id: event for event in events}
    missing = [event.parent_id for event in events if event.parent_id not in known]
    known |= await by_keys(Event, visible_events(GUEST), missing)
    shown = await contact_seen(GUEST, list(hosts.values()), "email")
    organizers = {key: (hosts[key].name, str(hosts[key].email)) for key in shown}
    return Calendar(
        title,
        ctx.language,
        tuple(_feed_event(ctx.rules.site, event, known, organizers) for event in events),
        _latest([*changed, *(event.updated_at for event in known.values()), await _hosts_changed(events)]),
    )


def _feed_event(site: Site, event: Event, known: dict[int, Event], organizers: dict[int, tuple[str, str]]) -> FeedEvent:
    parent = known.get(event.parent_id) if event.parent_id else None
    town = " ".join(part for part in (event.venue_postal_code, event.venue_city) if part)
    place = ", ".join(part for part in (event.venue_name, event.venue_street, town) if part)
    latitude, longitude = event.venue_latitude, event.venue_longitude
    return FeedEvent(
        uid=_uid(event),
        parent_uid=_uid(parent) if parent else None,
        version=event.version,
        title=event.title,
        description=event.description,
        cancelled=event.status is EventStatus.CANCELLED,
        status_reason=event.status_reason,
        waitlisted=False,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        time_zone=event.time_zone,
        place=place or None,
        location=(latitude, longitude) if latitude is not None and longitude is not None else None,
        url=site.event_page(event.slug),
        online_url=event.online_url,
        organizer=organizers.get(event.host_id) if event.host_id else None,
        created_at=event.created_at,
        changed_at=event.updated_at,
    )


def _uid(row: Event | Offer) -> uuid.UUID:
    """Of what never changes: the slug, and the instant when it was made, which tells networks apart."""
    made = row.created_at.astimezone(UTC).isoformat(timespec="microseconds")
    return uuid.uuid5(_NAMESPACE, f"{type(row).__name__} {row.slug} {made}")


# ---------------------------------------------------------------- the board


async def board(
    ctx: Context,
    direction: OfferDirection | None = None,
    categories: tuple[OfferCategory, ...] = (),
    topic_slugs: tuple[str, ...] = (),
    district_slugs: tuple[str, ...] = (),
) -> Board:
    """The newest published entries. Raises `NotFound` for a topic or a district that isn't there."""
    await _must_exist(Topic, topic_slugs)
    await _must_exist(District, district_slugs)
    filter = OfferFilter(direction=direction, categories=categories, topics=topic_slugs, districts=district_slugs)
    newest = [("-" if key.descending else "") + key.name for key in offer_order(OfferSort.NEWEST, filter).keys]
    rows = await offer_rows(filter, offers_in_lists(GUEST)).order_by(*newest).limit(MOST_OFFERS)
    owners = await by_keys(Member, visible_members(GUEST), (row.owner_id for row in rows))
    named = await topics(ctx, rows, frozenset(), link=OfferTopic, by="offer_id") if rows else []
    return Board(
        translate(ctx.language, _("Board: {network}"), network=ctx.rules.network_name),
        ctx.rules.network_name,
        ctx.language,
        tuple(
            FeedOffer(
                uid=_uid(row),
                url=ctx.rules.site.offer_page(row.slug),
                title=row.title,
                description=row.description,
                author=owners[row.owner_id].name if row.owner_id in owners else None,
                direction=row.direction,
                category=row.category,
                topics=tuple((topic.slug, topic.name) for topic in some),
                published_at=row.published_at or row.created_at,
                updated_at=row.updated_at,
            )
            for row, some in zip(rows, named, strict=True)
        ),
        _latest(
            [
                # Whatever ever was on the board: what has left it since has changed the feed too.
                await _newest(Offer.filter(published_at__isnull=False)),
                await _withheld(Offer),
                await _newest(Member.filter(id__in=[row.owner_id for row in rows if row.owner_id])) if rows else None,
            ]
        ),
    )


async def _must_exist(model: type[Topic] | type[District], slugs: Iterable[str]) -> None:
    for slug in slugs:
        if not (is_slug(slug) and await model.exists(slug=slug)):
            raise NotFound


# ---------------------------------------------------------------- since when it is so


async def _left_out() -> datetime | None:
    """When a list of events last changed by an event that isn't in it, or not any more: of any group, any host."""
    over = Event.filter(status__in=_LISTED, ends_at__lte=now() - LOOK_BACK)
    last = await over.order_by("-ends_at").only("id", "ends_at").first()
    return _latest(
        [
            await _newest(Event.filter(status__in=_LISTED)),
            last.ends_at + LOOK_BACK if last else None,
            await _withheld(Event),
        ]
    )


async def _hosts_changed(events: Sequence[Event]) -> datetime | None:
    """When one of the hosts last changed, those too whom nobody may see any more."""
    keys = {event.host_id for event in events if event.host_id}
    return await _newest(Member.filter(id__in=list(keys))) if keys else None


async def _newest(rows: QuerySet[Any]) -> datetime | None:
    row: Any = await rows.order_by("-updated_at").only("id", "updated_at").first()
    return row.updated_at if isinstance(row, Model) else None  # type: ignore[attr-defined]


async def _withheld(model: type[Event] | type[Offer]) -> datetime | None:
    """When an entry, or an event, was last withheld, of those that still are. What returned has changed itself.

    Or it brings its owner along.
    """
    rows: QuerySet[Any] = model.filter(withheld_at__isnull=False)
    last = await rows.order_by("-withheld_at").only("id", "withheld_at").first()
    return last.withheld_at if last else None


def _latest(instants: Iterable[datetime | None]) -> datetime | None:
    return max((instant for instant in instants if instant is not None), default=None)
