"""Lists of members, and the lists that hang on a member."""

from collections.abc import Sequence

from auth.access.groups import visible_groups, visible_memberships
from auth.access.members import access_member, sees_inside, visible_members, visible_representations
from auth.access.offers import listed_offers
from auth.access.rows import by_keys
from models import Group, GroupMembership, Member, MemberKind, MembershipStatus, Offer, Representation
from models.filters.members import MemberFilter, MemberSort, member_order, member_rows
from models.filters.offers import OfferFilter, OfferSort, offer_order, offer_rows
from models.paging import Order, Page, PageArguments, by_id, by_instant, fingerprint, pages
from models.paging import page as one_page
from resolvers.context import Context

_JOINED = Order("joined", (by_instant("joined_at"), by_id()))
_SINCE = Order("since", (by_instant("since"), by_id()))


async def member(ctx: Context, columns: frozenset[str], slug: str) -> Member | None:
    """The member of this slug, None where there is none that the viewer may see."""
    return await access_member(ctx.viewer, slug)


async def members(
    ctx: Context,
    columns: frozenset[str],
    page: PageArguments,
    filter: MemberFilter | None = None,
    sort: MemberSort = MemberSort.NAME,
) -> Page[Member]:
    """The members that pass the filter, as far as the viewer may see them."""
    filter = filter or MemberFilter()
    rows = member_rows(filter, visible_members(ctx.viewer))
    return await one_page(rows, member_order(sort), page, wanted=columns, mark=fingerprint("members", filter, sort))


async def member_groups(
    ctx: Context, parents: Sequence[Member], columns: frozenset[str], page: PageArguments
) -> list[Page[GroupMembership]]:
    """The active memberships of each, leading to the groups."""
    found = await pages(
        GroupMembership.filter(visible_memberships(ctx.viewer), status=MembershipStatus.ACTIVE),
        _JOINED,
        page,
        wanted=columns,
        marks={parent.id: fingerprint("member.groups", parent.id) for parent in parents},
        by="member_id",
    )
    rows = [row for one in found.values() for row in one.rows]
    groups = await by_keys(Group, visible_groups(ctx.viewer), [row.group_id for row in rows])
    for one in found.values():
        one.leads_to = [groups[row.group_id] for row in one.rows]
    return [found[parent.id] for parent in parents]


async def member_offers(
    ctx: Context,
    parents: Sequence[Member],
    columns: frozenset[str],
    page: PageArguments,
    filter: OfferFilter | None = None,
) -> list[Page[Offer]]:
    """The entries of each that pass the filter, newest first, as far as the viewer may see them in lists."""
    filter = filter or OfferFilter()
    found = await pages(
        offer_rows(filter, listed_offers(ctx.viewer)),
        offer_order(OfferSort.NEWEST, filter),
        page,
        wanted=columns,
        marks={parent.id: fingerprint("member.offers", parent.id, filter) for parent in parents},
        by="owner_id",
    )
    return [found[parent.id] for parent in parents]


async def member_representatives(
    ctx: Context, parents: Sequence[Member], columns: frozenset[str], page: PageArguments
) -> list[Page[Representation] | None]:
    """Who acts for each, leading to the persons: none for persons, None for who may not see it."""
    shown = [parent for parent in parents if parent.kind is MemberKind.PERSON or sees_inside(ctx.viewer, parent)]
    found = await pages(
        Representation.filter(visible_representations(ctx.viewer)),
        _SINCE,
        page,
        wanted=columns,
        marks={
            parent.id: fingerprint("member.representatives", parent.id)
            for parent in shown
            if parent.kind is MemberKind.ORGANISATION
        },
        by="organisation_id",
    )
    rows = [row for one in found.values() for row in one.rows]
    persons = await by_keys(Member, visible_members(ctx.viewer), [row.person_id for row in rows])
    for one in found.values():
        one.leads_to = [persons[row.person_id] for row in one.rows]
    for parent in shown:
        found.setdefault(parent.id, Page(total_count=0))
    return [found.get(parent.id) for parent in parents]
