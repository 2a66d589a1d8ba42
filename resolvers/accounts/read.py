"""Who is asking, and their own affairs. The parents are viewers: in fact one, the operation's own."""

from collections.abc import Mapping, Sequence
from typing import Any

from auth.access.accounts import acted_for, own_affairs
from auth.access.events import visible_registrations
from auth.access.groups import visible_memberships
from auth.access.offers import visible_responses
from auth.access.rows import Visible
from auth.viewer import Viewer
from models import (
    GroupMembership,
    GroupRole,
    Member,
    MembershipStatus,
    OfferResponse,
    Registration,
    RegistrationStatus,
    ResponseStatus,
)
from models.sql.compile import QuerySpec, Row
from models.sql.orders import Order, by_id, by_instant
from models.sql.page_cursors import Fingerprint, fingerprint
from models.sql.paging import Page, PageArguments
from models.sql.paging import page as one_page
from resolvers.context import Context

_REGISTERED = Order("registered", (by_instant("registered_at", descending=True), by_id(descending=True)))
_SENT = Order("sent", (by_instant("created_at", descending=True), by_id(descending=True)))
_NEWEST = Order("newest", (by_id(descending=True),))
# Of what is one's own, what isn't withheld with what it belongs to: there is no response without its entry.
_SIGHT: Mapping[type[Any], Visible] = {
    Registration: visible_registrations,
    OfferResponse: visible_responses,
    GroupMembership: visible_memberships,
}


async def viewer(ctx: Context, columns: frozenset[str]) -> Viewer | None:
    """Who is asking, None for guests."""
    return None if ctx.viewer.caller is None else ctx.viewer


async def viewer_acts_for(ctx: Context, parents: Sequence[Viewer], columns: frozenset[str]) -> list[list[Member]]:
    """The organisations that each may act for, by name."""
    return [list(await Member.filter(acted_for(parent)).order_by("name_key", "id")) for parent in parents]


async def viewer_registrations(
    ctx: Context,
    parents: Sequence[Viewer],
    columns: frozenset[str],
    page: PageArguments,
    statuses: Sequence[RegistrationStatus] | None = None,
    event_id: int | None = None,
    member_id: int | None = None,
) -> list[Page[Registration]]:
    """The registrations of each one's side, the newest first: for one event, of one member, in some states."""
    asked = _asked(statuses, event_id=event_id)
    return [
        await one_page(
            _own(Registration, parent, member_id, asked),
            _REGISTERED,
            page,
            selection=columns,
            mark=_mark("viewer.registrations", parent, asked, member_id),
        )
        for parent in parents
    ]


async def viewer_responses(
    ctx: Context,
    parents: Sequence[Viewer],
    columns: frozenset[str],
    page: PageArguments,
    statuses: Sequence[ResponseStatus] | None = None,
    offer_id: int | None = None,
    member_id: int | None = None,
) -> list[Page[OfferResponse]]:
    """The responses that each one's side has sent, the newest first: to one entry, of one member, in some states."""
    asked = _asked(statuses, offer_id=offer_id)
    return [
        await one_page(
            _own(OfferResponse, parent, member_id, asked),
            _SENT,
            page,
            selection=columns,
            mark=_mark("viewer.responses", parent, asked, member_id),
        )
        for parent in parents
    ]


async def viewer_memberships(
    ctx: Context,
    parents: Sequence[Viewer],
    columns: frozenset[str],
    page: PageArguments,
    statuses: Sequence[MembershipStatus] | None = None,
    group_id: int | None = None,
    member_id: int | None = None,
    role: GroupRole | None = None,
) -> list[Page[GroupMembership]]:
    """The memberships of each one's side, requests, invitations and past ones included, the newest first.

    In one group, of one member, in some states, in one role.
    """
    asked = _asked(statuses, group_id=group_id, role=role)
    return [
        await one_page(
            _own(GroupMembership, parent, member_id, asked),
            _NEWEST,
            page,
            selection=columns,
            mark=_mark("viewer.memberships", parent, asked, member_id),
        )
        for parent in parents
    ]


def _own(model: type[Row], viewer: Viewer, member_id: int | None, asked: Mapping[str, Any]) -> QuerySpec[Row]:
    """The rows of the viewer's side; of what these lead to, what the viewer sees."""
    sight = own_affairs(viewer, member_id) & _SIGHT[model](viewer.visibility)
    return QuerySpec(model, lambda: model.filter(sight, **asked), None, viewer.visibility)


def _asked(statuses: Sequence[object] | None, **exact: object) -> Mapping[str, Any]:
    """What is asked for of a list; left out, null and [] don't restrict."""
    asked: dict[str, Any] = {name: value for name, value in exact.items() if value is not None}
    return asked | {"status__in": sorted(set(map(str, statuses)))} if statuses else asked


def _mark(name: str, parent: Viewer, asked: Mapping[str, Any], member_id: int | None) -> Fingerprint:
    return fingerprint(name, parent.caller, member_id, sorted(asked.items()))
