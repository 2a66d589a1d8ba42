"""Reading events: the lists, and what an event leads to."""

from collections.abc import Sequence

from tortoise.queryset import QuerySet

from auth.access.accounts import in_whose_place
from auth.access.events import acts_for_event, list_events, may_update_event, visible_events
from auth.access.groups import visible_groups
from auth.access.members import visible_members
from auth.access.rows import ForeignKeyRelation, seen, seen_by_keys, seen_by_slug
from models import Event, Group, Member, Registration, RegistrationStatus
from models.filters.events import BY_START, EventFilter, EventSort, event_order
from models.search.tables import Kind
from models.sql.compile import QuerySpec
from models.sql.orders import Key, Order, by_id
from models.sql.page_cursors import fingerprint
from models.sql.paging import Page, PageArguments, pages
from models.sql.paging import page as one_page
from resolvers.context import Context
from resolvers.search.filters import understood

# Of one event, `queue_number` is unique already.
IN_LINE = Order("IN_LINE", (Key("queue_number", int), by_id()))


async def event(ctx: Context, columns: frozenset[str], slug: str) -> Event | None:
    """The event of this slug, None where there is none that the viewer may see."""
    return await seen_by_slug(Event, visible_events, ctx.viewer, slug, columns)


async def events(
    ctx: Context,
    columns: frozenset[str],
    page: PageArguments,
    filter: EventFilter | None = None,
    sort: EventSort = EventSort.STARTS_AT,
) -> Page[Event]:
    """A page of the events that pass the filter, as far as the viewer may see them. Raises `BadPage`."""
    filter = filter or EventFilter()
    mark = fingerprint("events", filter, sort)
    filter = await understood(ctx, filter, Kind.EVENT)
    rows = list_events(filter, ctx.viewer)
    return await one_page(rows, event_order(sort, filter), page, selection=columns, mark=mark)


async def events_by_id(ctx: Context, keys: Sequence[int], columns: frozenset[str] = frozenset()) -> dict[int, Event]:
    """The rows of these keys that the viewer may see, by key."""
    return await seen_by_keys(Event, visible_events, ctx.viewer, keys, columns)


# The member that hosts each event, the group that holds it, the event that a session belongs to, as far as the viewer
# may see them.
event_host = ForeignKeyRelation(Member, visible_members, "host_id")
event_group = ForeignKeyRelation(Group, visible_groups, "group_id")
event_parent = ForeignKeyRelation(Event, visible_events, "parent_id")


async def event_sessions(
    ctx: Context, parents: Sequence[Event], columns: frozenset[str], page: PageArguments
) -> list[Page[Event]]:
    """The sessions inside each event that the viewer may see, by their start."""
    found = await pages(
        seen(Event, visible_events, ctx.viewer),
        BY_START,
        page,
        selection=columns,
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
    found = await pages(
        QuerySpec(Registration, _in_states, (tuple(wanted),), ctx.viewer.visibility),
        IN_LINE,
        page,
        selection=columns,
        marks={
            event.id: fingerprint("registrations", event.id, wanted)
            for event in parents
            if acts_for_event(ctx.viewer, event)
        },
        by="event_id",
    )
    return [found.get(event.id) for event in parents]


def _in_states(statuses: tuple[RegistrationStatus, ...]) -> QuerySet[Registration]:
    return Registration.filter(status__in=list(statuses)) if statuses else Registration.all()


async def event_viewer_registration(
    ctx: Context, parents: Sequence[Event], columns: frozenset[str], member_id: int | None = None
) -> list[Registration | None]:
    """The registration of the viewer's own member, or of the one that they name, for each event, whatever its status.

    None where the viewer isn't of that one's side.
    """
    whose = in_whose_place(ctx.viewer, member_id)
    if whose is None:
        return [None] * len(parents)
    rows = await Registration.filter(event_id__in=[event.id for event in parents], member_id=whose)
    found = {row.event_id: row for row in rows}
    return [found.get(event.id) for event in parents]


async def event_ical_url(ctx: Context, parents: Sequence[Event], columns: frozenset[str]) -> list[str]:
    """Where each event is served as iCalendar."""
    return [f"{ctx.rules.public_url}/feeds/events/{event.slug}.ics" for event in parents]


async def event_url(ctx: Context, parents: Sequence[Event], columns: frozenset[str]) -> list[str | None]:
    """The page of each event on the network's website, where that has such pages."""
    return [ctx.rules.site.event_page(event.slug) for event in parents]


async def event_viewer_can_update(ctx: Context, parents: Sequence[Event], columns: frozenset[str]) -> list[bool]:
    """Whether the viewer acts for each event, and may change it."""
    return [may_update_event(ctx.viewer, event) for event in parents]
