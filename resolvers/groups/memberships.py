"""Who belongs to which group, as far as the viewer may see it."""

from collections.abc import Collection, Sequence

from tortoise.expressions import Q
from tortoise.functions import Count

from auth.access.groups import active_memberships, coordinates, visible_groups, visible_memberships
from auth.access.members import visible_members
from auth.access.rows import by_keys
from auth.refusals import NotFound
from models import Group, GroupMembership, GroupRole, Member, MembershipStatus
from models.paging import Order, Page, PageArguments, by_id, by_instant, fingerprint, pages
from resolvers.context import Context

# Only for active memberships: others may have no `joined_at`.
LONGEST_FIRST = Order("joined", (by_instant("joined_at"), by_id()))
NEWEST_FIRST = Order("newest", (by_id(descending=True),))


async def group_memberships_by_id(ctx: Context, keys: Sequence[int]) -> dict[int, GroupMembership]:
    """The memberships of these keys that the viewer may see, by key."""
    return await by_keys(GroupMembership, visible_memberships(ctx.viewer), keys)


async def group_member_count(ctx: Context, parents: Sequence[Group], columns: frozenset[str]) -> list[int]:
    """How many active members each group has: the `totalCount` of its members."""
    pairs = (
        await GroupMembership.filter(active_memberships(), group_id__in=[parent.id for parent in parents])
        .annotate(rows=Count("id"))
        .group_by("group_id")
        .values_list("group_id", "rows")
    )
    counts: dict[object, int] = {group_id: rows for group_id, rows in pairs}
    return [counts.get(parent.id, 0) for parent in parents]


async def group_members(
    ctx: Context,
    parents: Sequence[Group],
    columns: frozenset[str],
    page: PageArguments,
    role: GroupRole | None = None,
) -> list[Page[GroupMembership]]:
    """A page of each group's active members, who is in it longest first; the rows are the memberships."""
    rows = GroupMembership.filter(active_memberships(), **({"role": role} if role else {}))
    marks = {parent.id: fingerprint("group.members", parent.id, role) for parent in parents}
    found = await pages(rows, LONGEST_FIRST, page, wanted=columns, marks=marks, by="group_id")
    if columns & {"nodes", "edges"}:
        keys = {row.member_id for one in found.values() for row in one.rows}
        members = await by_keys(Member, visible_members(ctx.viewer), keys)
        for one in found.values():
            one.lead("member_id", members)
    return [found[parent.id] for parent in parents]


async def group_memberships(
    ctx: Context,
    parents: Sequence[Group],
    columns: frozenset[str],
    page: PageArguments,
    statuses: Collection[MembershipStatus] | None = None,
) -> list[Page[GroupMembership] | None]:
    """A page of each group's memberships, the newest first, for its coordinators and the office; None for others."""
    marks = {
        parent.id: fingerprint("group.memberships", parent.id, _names(statuses))
        for parent in parents
        if coordinates(ctx.viewer, parent.id)
    }
    rows = GroupMembership.filter(visible_memberships(ctx.viewer), _of(statuses))
    found = await pages(rows, NEWEST_FIRST, page, wanted=columns, marks=marks, by="group_id")
    return [found.get(parent.id) for parent in parents]


async def group_viewer_membership(
    ctx: Context, parents: Sequence[Group], columns: frozenset[str]
) -> list[GroupMembership | None]:
    """The newest membership of the viewer's own member in each group, whatever its status."""
    if ctx.viewer.member_id is None:
        return [None for _parent in parents]
    ids = [parent.id for parent in parents]
    rows = await GroupMembership.filter(member_id=ctx.viewer.member_id, group_id__in=ids).order_by("id")
    newest = {row.group_id: row for row in rows}
    return [newest.get(parent.id) for parent in parents]


async def group_membership_group(
    ctx: Context, parents: Sequence[GroupMembership], columns: frozenset[str]
) -> list[Group | NotFound]:
    """The group of each membership."""
    found = await by_keys(Group, visible_groups(ctx.viewer), (parent.group_id for parent in parents))
    return [found.get(parent.group_id) or NotFound() for parent in parents]


async def group_membership_member(
    ctx: Context, parents: Sequence[GroupMembership], columns: frozenset[str]
) -> list[Member | NotFound]:
    """The member of each membership: who sees a membership sees its member, unless that has changed just now."""
    found = await by_keys(Member, visible_members(ctx.viewer), (parent.member_id for parent in parents))
    return [found.get(parent.member_id) or NotFound() for parent in parents]


def _of(statuses: Collection[MembershipStatus] | None) -> Q:
    return Q(status__in=list(statuses)) if statuses else Q()


def _names(statuses: Collection[MembershipStatus] | None) -> list[str]:
    return sorted(set(statuses or ()))
