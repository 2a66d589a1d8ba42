"""Who is asking, and their own affairs. The parents are viewers: in fact one, the operation's own."""

from collections.abc import Mapping, Sequence

from auth.access.accounts import acted_for, own_affairs
from auth.viewer import Viewer
from models import GroupMembership, Member, MembershipStatus, OfferResponse, Registration, RegistrationStatus
from models.orders import Order, by_id, by_instant
from models.paging import Fingerprint, Page, PageArguments, fingerprint
from models.paging import page as one_page
from resolvers.context import Context

_REGISTERED = Order("registered", (by_instant("registered_at", descending=True), by_id(descending=True)))
_SENT = Order("sent", (by_instant("created_at", descending=True), by_id(descending=True)))
_NEWEST = Order("newest", (by_id(descending=True),))


async def viewer(ctx: Context, columns: frozenset[str]) -> Viewer | None:
    """Who is asking, None for guests."""
    return None if ctx.viewer.account is None else ctx.viewer


async def viewer_acts_for(ctx: Context, parents: Sequence[Viewer], columns: frozenset[str]) -> list[list[Member]]:
    """The organisations that each may act for, by name."""
    return [list(await Member.filter(acted_for(parent)).order_by("name_key", "id")) for parent in parents]


async def viewer_registrations(
    ctx: Context,
    parents: Sequence[Viewer],
    columns: frozenset[str],
    page: PageArguments,
    statuses: Sequence[RegistrationStatus] | None = None,
) -> list[Page[Registration]]:
    """The registrations of each one's side, the newest first."""
    return [
        await one_page(
            Registration.filter(own_affairs(parent), **_among(statuses)),
            _REGISTERED,
            page,
            wanted=columns,
            mark=_mark("viewer.registrations", parent, statuses),
        )
        for parent in parents
    ]


async def viewer_responses(
    ctx: Context, parents: Sequence[Viewer], columns: frozenset[str], page: PageArguments
) -> list[Page[OfferResponse]]:
    """The responses that each one's side has sent, the newest first."""
    return [
        await one_page(
            OfferResponse.filter(own_affairs(parent)),
            _SENT,
            page,
            wanted=columns,
            mark=_mark("viewer.responses", parent),
        )
        for parent in parents
    ]


async def viewer_memberships(
    ctx: Context,
    parents: Sequence[Viewer],
    columns: frozenset[str],
    page: PageArguments,
    statuses: Sequence[MembershipStatus] | None = None,
) -> list[Page[GroupMembership]]:
    """The memberships of each one's side, requests, invitations and past ones included, the newest first."""
    return [
        await one_page(
            GroupMembership.filter(own_affairs(parent), **_among(statuses)),
            _NEWEST,
            page,
            wanted=columns,
            mark=_mark("viewer.memberships", parent, statuses),
        )
        for parent in parents
    ]


def _among(statuses: Sequence[object] | None) -> Mapping[str, list[object]]:
    return {"status__in": list(statuses)} if statuses else {}


def _mark(name: str, parent: Viewer, statuses: Sequence[object] | None = None) -> Fingerprint:
    return fingerprint(name, parent.account and parent.account.id, sorted(map(str, set(statuses or ()))))
