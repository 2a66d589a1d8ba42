"""Who sees which events and registrations; who may act for an event."""

from typing import Any

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from auth.access.groups import coordinates, visible_groups
from auth.access.rows import EVERYTHING, by_keys, in_sight, locked
from auth.refusals import Forbidden, NotFound
from auth.viewer import Viewer, Visibility
from models import Event, EventStatus, Group, Registration
from models.filters.events import EventFilter, matching_events
from models.sql.compile import QuerySpec


def visible_events(viewer: Viewer | Visibility) -> Q:
    """Published and cancelled ones; drafts for those who act for the event, and the office.

    What is withheld for them too, and for its host's side: a suspended one acts for nothing, and sees what it lost.
    """
    if viewer.is_office:
        return EVERYTHING
    seen = in_sight() | Q(host_id__in=list(viewer.own_ids))
    return (Q(status__in=[EventStatus.PUBLISHED, EventStatus.CANCELLED]) & seen) | _acted_for(viewer, "")


def event_rows(filter: EventFilter, viewer: Viewer | Visibility) -> QuerySet[Event]:
    """What a list of events holds: those that pass the filter, as far as the viewer may see them."""
    return matching_events(filter).filter(visible_events(viewer))


def list_events(filter: EventFilter, viewer: Viewer) -> QuerySpec[Event]:
    """The same, for a page."""
    return QuerySpec(Event, event_rows, (filter.stated, viewer.visibility), viewer.visibility, late=filter.late)


def acts_for_event(viewer: Viewer, event: Event) -> bool:
    """Whether the viewer acts for the event: its host's side, its group's coordinators, the office."""
    return viewer.may_act_for(event.host_id) or event.group_id in viewer.coordinated_groups


def is_another_s(viewer: Viewer, event: Event) -> bool:
    """Whether it isn't the viewer's own affair what they may do to the event: as the office does, of other hosts."""
    return event.host_id not in viewer.acting_ids and event.group_id not in viewer.coordinated_groups


def may_update_event(viewer: Viewer, event: Event) -> bool:
    """Whether the viewer may change what they act for. A key only sees what those see who act for it."""
    return viewer.key is None and acts_for_event(viewer, event)


def must_be_able_to_create_events(viewer: Viewer) -> None:
    """Raises `Unauthenticated` and `Forbidden` for who takes no part in the network."""
    viewer.must_be_active()


def may_leave_out_host(viewer: Viewer) -> bool:
    """Whether an event that the viewer makes may have no host: it is the office's, who is nobody in the network."""
    return viewer.is_office and viewer.member_id is None


async def group_to_hold_event(viewer: Viewer, key: int) -> Group:
    """The group, for an event to become one of it: for its coordinators, the office. Raises `NotFound`, `Forbidden`."""
    group = (await by_keys(Group, visible_groups(viewer), [key])).get(key)
    if group is None:
        raise NotFound
    if not coordinates(viewer, key):
        raise Forbidden
    return group


async def event_to_add_to(viewer: Viewer, key: int) -> Event:
    """The event, locked, for a session to be made inside it: for who acts for it. Raises `NotFound`, `Forbidden`."""
    event = await locked(Event, visible_events(viewer), key)
    if not acts_for_event(viewer, event):
        raise Forbidden
    return event


async def event_to_act_for(viewer: Viewer, key: int | None) -> Event:
    """The event, not locked yet, for its host's side, its group's coordinators and the office.

    Host, group and parent of an event never change: what they decide is decided here. Raises `Unauthenticated`,
    `NotFound`, `Forbidden`.
    """
    event = await event_to_register_for(viewer, key)
    if not acts_for_event(viewer, event):
        raise Forbidden
    return event


async def event_to_change(viewer: Viewer, key: int | None) -> Event:
    """The same, locked, and before it the event that it is a session of."""
    seen = await event_to_act_for(viewer, key)
    if seen.parent_id is not None:
        await locked(Event, EVERYTHING, seen.parent_id)
    return await locked(Event, EVERYTHING, seen.id)


async def event_to_register_for(viewer: Viewer, key: int | None) -> Event:
    """The event, not locked yet, for whoever takes part in the network. Raises `Unauthenticated`, `NotFound`."""
    viewer.must_be_active()
    event = (await by_keys(Event, visible_events(viewer), [key])).get(key or 0)
    if event is None:
        raise NotFound
    return event


async def registration_to_cancel(viewer: Viewer, key: int | None) -> tuple[Event, Registration]:
    """The registration and its event, whose lock keeps both, for the member's side and who acts for the event.

    Raises `Unauthenticated`, `NotFound`, `Forbidden`.
    """
    event, registration = await _with_event(viewer, key)
    if not (viewer.may_act_for(registration.member_id) or acts_for_event(viewer, event)):
        raise Forbidden
    return event, registration


async def registration_to_record(viewer: Viewer, key: int | None) -> tuple[Event, Registration]:
    """The same, for who acts for the event alone."""
    event, registration = await _with_event(viewer, key)
    if not acts_for_event(viewer, event):
        raise Forbidden
    return event, registration


async def _with_event(viewer: Viewer, key: int | None) -> tuple[Event, Registration]:
    viewer.must_be_active()
    seen = (await by_keys(Registration, visible_registrations(viewer), [key])).get(key or 0)
    if seen is None:
        raise NotFound
    event = await locked(Event, EVERYTHING, seen.event_id)
    # As it is now that the lock is held.
    return event, await Registration.get(id=seen.id)


def _acted_for(viewer: Viewer | Visibility, prefix: str) -> Q:
    sides: list[dict[str, Any]] = [
        {f"{prefix}host_id__in": list(viewer.acting_ids)},
        {f"{prefix}group_id__in": list(viewer.coordinated_groups)},
    ]
    return Q(*(Q(**side) for side in sides), join_type=Q.OR)


def visible_registrations(viewer: Viewer | Visibility) -> Q:
    """The member's side, those who act for the event, the office.

    Who may see a registration may see its event: where that is withheld, its host's side alone.
    """
    if viewer.is_office:
        return EVERYTHING
    own = list(viewer.own_ids)
    seen = in_sight("event__") | Q(event__host_id__in=own)
    return (Q(member_id__in=own) & seen) | _acted_for(viewer, "event__")
