"""Reading events: the lists, and what an event leads to."""

from collections.abc import Sequence

from auth.access.events import acts_for_event, event_rows, visible_events
from auth.access.groups import visible_groups
from auth.access.members import visible_members
from auth.access.rows import by_keys, by_slug
from models import Event, Group, Member, Registration, RegistrationStatus
from models.filters.events import BY_START, EventFilter, EventSort, event_order
from models.paging import Key, Order, Page, PageArguments, by_id, fingerprint, pages
from models.paging import page as one_page
from resolvers.context import Context

# Of one event, `queue_number` is unique already.
IN_LINE = Order("IN_LINE", (Key("queue_number", int), by_id()))


async def event_by_slug(ctx: Context, columns: frozenset[str], slug: str) -> Event | None:
    """The event of this slug, None where there is none that the viewer may see."""
    return await by_slug(Event, visible_events(ctx.viewer), slug)


async def listed_events(
    ctx: Context,
    columns: frozenset[str],
    page: PageArguments,
    filter: EventFilter | None = None,
    sort: EventSort = EventSort.STARTS_AT,
) -> Page[Event]:
    """A page of the events that pass the filter, as far as the viewer may see them. Raises `BadPage`."""
    filter = filter or EventFilter()
    return await one_page(
        event_rows(filter, ctx.viewer),
        event_order(sort, filter),
        page,
        wanted=columns,
        mark=fingerprint("events", filter, sort),
    )


async def events_by_id(ctx: Context, keys: Sequence[int]) -> dict[int, Event]:
    """The rows of these keys that the viewer may see, by key."""
    return await by_keys(Event, visible_events(ctx.viewer), keys)


async def event_host(ctx: Context, parents: Sequence[Event], columns: frozenset[str]) -> list[Member | None]:
    """The member that hosts each event, as far as the viewer may see them."""
    found = await by_keys(Member, visible_members(ctx.viewer), (event.host_id for event in parents))
    return [found.get(event.host_id) if event.host_id else None for event in parents]


async def event_group(ctx: Context, parents: Sequence[Event], columns: frozenset[str]) -> list[Group | None]:
    """The group that holds each event."""
    found = await by_keys(Group, visible_groups(ctx.viewer), (event.group_id for event in parents))
    return [found.get(event.group_id) if event.group_id else None for event in parents]


async def event_parent(ctx: Context, parents: Sequence[Event], columns: frozenset[str]) -> list[Event | None]:
    """The event that each session belongs to, as far as the viewer may see it."""
    found = await events_by_id(ctx, [event.parent_id for event in parents if event.parent_id])
    return [found.get(event.parent_id) if event.parent_id else None for event in parents]


async def event_sessions(
    ctx: Context, parents: Sequence[Event], columns: frozenset[str], page: PageArguments
) -> list[Page[Event]]:
    """The sessions inside each event that the viewer may see, by their start."""
    found = await pages(
        Event.filter(visible_events(ctx.viewer)),
        BY_START,
        page,
        wanted=columns,
        marks={event.id: fingerprint("sessions", event.id) for event in parents},
        by="parent_id",
    )
    return [found[event.id] for event in parents]


async def event_registrations(
    ctx: Context,
    parents: Sequence[Event],
    columns: frozenset[str],
    page: PageArguments,
    statuses: Sequence[RegistrationStatus] | None = None,
) -> list[Page[Registration] | None]:
    """The registrations of each event in the order they came; None where the viewer doesn't act for the event."""
    wanted = sorted(set(statuses or ()))
    rows = Registration.filter(status__in=wanted) if wanted else Registration.all()
    found = await pages(
        rows,
        IN_LINE,
        page,
        wanted=columns,
        marks={
            event.id: fingerprint("registrations", event.id, wanted)
            for event in parents
            if acts_for_event(ctx.viewer, event)
        },
        by="event_id",
    )
    return [found.get(event.id) for event in parents]


async def event_viewer_registration(
    ctx: Context, parents: Sequence[Event], columns: frozenset[str]
) -> list[Registration | None]:
    """The viewer's own registration for each event, whatever its status."""
    if ctx.viewer.member_id is None:
        return [None] * len(parents)
    rows = await Registration.filter(event_id__in=[event.id for event in parents], member_id=ctx.viewer.member_id)
    found = {row.event_id: row for row in rows}
    return [found.get(event.id) for event in parents]


async def event_ical_url(ctx: Context, parents: Sequence[Event], columns: frozenset[str]) -> list[str]:
    """Where each event is served as iCalendar."""
    return [f"{ctx.rules.public_url}/feeds/events/{event.slug}.ics" for event in parents]


async def event_url(ctx: Context, parents: Sequence[Event], columns: frozenset[str]) -> list[str | None]:
    """The page of each event on the network's website, which has none yet."""
    return [None] * len(parents)


async def event_viewer_can_update(ctx: Context, parents: Sequence[Event], columns: frozenset[str]) -> list[bool]:
    """Whether the viewer acts for each event."""
    return [acts_for_event(ctx.viewer, event) for event in parents]
