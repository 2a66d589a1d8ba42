"""Members: by slug, by id and in lists, what is shown of one, and the lists that hang on it."""

from collections.abc import Sequence

from tortoise.queryset import QuerySet

from auth.access.groups import visible_groups, visible_memberships
from auth.access.members import (
    contact_seen,
    list_members,
    may_update_member,
    obstacle_by_right,
    sees_inside,
    visible_members,
    visible_representations,
)
from auth.access.offers import list_offers
from auth.access.rows import seen, seen_by_keys, seen_by_slug
from auth.refusals import Obstacle
from auth.viewer import Visibility
from models import Audience, Group, GroupMembership, Member, MemberKind, MembershipStatus, Offer, Representation
from models.filters.members import MemberFilter, MemberSort, member_order
from models.filters.offers import OfferFilter, OfferSort, offer_order
from models.search.tables import Kind
from models.sql.compile import QuerySpec
from models.sql.orders import Order, by_id, by_instant
from models.sql.page_cursors import fingerprint
from models.sql.paging import Page, PageArguments, ReadPage, pages
from models.sql.paging import page as one_page
from models.sql.projection import ToOne
from resolvers.context import Context
from resolvers.search.filters import understood

_JOINED = Order("joined", (by_instant("joined_at"), by_id()))
_SINCE = Order("since", (by_instant("since"), by_id()))


async def member(ctx: Context, columns: frozenset[str], slug: str) -> Member | None:
    """The member of this slug, None where there is none that the viewer may see."""
    return await seen_by_slug(Member, visible_members, ctx.viewer, slug, columns)


async def members(
    ctx: Context,
    columns: frozenset[str],
    page: PageArguments,
    filter: MemberFilter | None = None,
    sort: MemberSort = MemberSort.NAME,
) -> Page[Member]:
    """The members that pass the filter, as far as the viewer may see them."""
    filter = filter or MemberFilter()
    mark = fingerprint("members", filter, sort)
    filter = await understood(ctx, filter, Kind.MEMBER)
    rows = list_members(filter, ctx.viewer)
    return await one_page(rows, member_order(sort, filter), page, selection=columns, mark=mark)


async def member_groups(
    ctx: Context, parents: Sequence[Member], columns: frozenset[str], page: PageArguments
) -> list[Page[GroupMembership]]:
    """The active memberships of each, leading to the groups."""
    found = await pages(
        QuerySpec(GroupMembership, _active_memberships, (ctx.viewer.visibility,), ctx.viewer.visibility),
        _JOINED,
        page,
        selection=columns,
        marks={parent.id: fingerprint("member.groups", parent.id) for parent in parents},
        by="member_id",
        leads_to=("group_row", ToOne(Group, visible_groups, "group_id")),
    )
    return [found[parent.id] for parent in parents]


def _active_memberships(visibility: Visibility) -> QuerySet[GroupMembership]:
    return GroupMembership.filter(visible_memberships(visibility), status=MembershipStatus.ACTIVE)


async def member_offers(
    ctx: Context,
    parents: Sequence[Member],
    columns: frozenset[str],
    page: PageArguments,
    filter: OfferFilter | None = None,
) -> list[Page[Offer]]:
    """The entries of each that pass the filter, newest first, as far as the viewer may see them in lists."""
    filter = filter or OfferFilter()
    marks = {parent.id: fingerprint("member.offers", parent.id, filter) for parent in parents}
    rows = list_offers(await understood(ctx, filter, Kind.OFFER), ctx.viewer)
    order = offer_order(OfferSort.NEWEST, filter)
    found = await pages(rows, order, page, selection=columns, marks=marks, by="owner_id")
    return [found[parent.id] for parent in parents]


async def member_representatives(
    ctx: Context, parents: Sequence[Member], columns: frozenset[str], page: PageArguments
) -> list[Page[Representation] | None]:
    """Who acts for each, leading to the persons: none for persons, None for who may not see it."""
    shown = [parent for parent in parents if parent.kind is MemberKind.PERSON or sees_inside(ctx.viewer, parent.id)]
    found = await pages(
        seen(Representation, visible_representations, ctx.viewer),
        _SINCE,
        page,
        selection=columns,
        marks={
            parent.id: fingerprint("member.representatives", parent.id)
            for parent in shown
            if parent.kind is MemberKind.ORGANISATION
        },
        by="organisation_id",
        leads_to=("person_row", ToOne(Member, visible_members, "person_id")),
    )
    for parent in shown:
        found.setdefault(parent.id, ReadPage(_SINCE, fingerprint("member.representatives", parent.id), total_count=0))
    return [found.get(parent.id) for parent in parents]


# ---------------------------------------------------------------- what is shown of a member


async def members_by_id(ctx: Context, keys: Sequence[int], columns: frozenset[str] = frozenset()) -> dict[int, Member]:
    """The rows of these keys that the viewer may see, by key."""
    return await seen_by_keys(Member, visible_members, ctx.viewer, keys, columns)


async def member_email(ctx: Context, parents: Sequence[Member], columns: frozenset[str]) -> list[str | None]:
    """Contact data, as far as its audience reaches."""
    seen = await contact_seen(ctx.viewer, parents, "email")
    return [parent.email if parent.id in seen else None for parent in parents]


async def member_phone(ctx: Context, parents: Sequence[Member], columns: frozenset[str]) -> list[str | None]:
    """Contact data, as far as its audience reaches."""
    seen = await contact_seen(ctx.viewer, parents, "phone")
    return [parent.phone if parent.id in seen else None for parent in parents]


async def member_email_audience(
    ctx: Context, parents: Sequence[Member], columns: frozenset[str]
) -> list[Audience | None]:
    """Who may see the address, for those who may change that."""
    return [parent.email_audience if may_update_member(ctx.viewer, parent) else None for parent in parents]


async def member_phone_audience(
    ctx: Context, parents: Sequence[Member], columns: frozenset[str]
) -> list[Audience | None]:
    """Who may see the number, for those who may change that."""
    return [parent.phone_audience if may_update_member(ctx.viewer, parent) else None for parent in parents]


async def member_status_reason(ctx: Context, parents: Sequence[Member], columns: frozenset[str]) -> list[str | None]:
    """What the office gave as its reason, for the member's own side and the office."""
    return [parent.status_reason if sees_inside(ctx.viewer, parent.id) else None for parent in parents]


async def member_url(ctx: Context, parents: Sequence[Member], columns: frozenset[str]) -> list[str | None]:
    """The page of each on the network's website, where that has such pages."""
    return [ctx.rules.site.member_page(parent.slug) for parent in parents]


async def member_viewer_can_update(ctx: Context, parents: Sequence[Member], columns: frozenset[str]) -> list[bool]:
    """Whether `update_member` would let the viewer."""
    return [may_update_member(ctx.viewer, parent) for parent in parents]


async def member_viewer_can_update_reason(
    ctx: Context, parents: Sequence[Member], columns: frozenset[str]
) -> list[Obstacle | None]:
    """Why the viewer may not change each; None where they may."""
    why = obstacle_by_right(ctx.viewer)
    return [None if may_update_member(ctx.viewer, parent) else why for parent in parents]
