"""Who belongs to which group, as far as the viewer may see it."""

from collections.abc import Collection, Sequence

from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from auth.access.accounts import in_whose_place
from auth.access.groups import coordinates, visible_groups, visible_memberships
from auth.access.members import visible_members
from auth.access.rows import ForeignKeyRelation, in_sight, seen_by_keys
from auth.viewer import Visibility
from models import Group, GroupMembership, GroupRole, Member, MembershipStatus
from models.sql.compile import QuerySpec, keys_value
from models.sql.orders import Order, by_id, by_instant
from models.sql.page_cursors import fingerprint
from models.sql.paging import Page, PageArguments, pages
from models.sql.projection import ToOne
from models.sql.statements import Statement
from resolvers.context import Context

# Only for active memberships: others may have no `joined_at`.
LONGEST_FIRST = Order("joined", (by_instant("joined_at"), by_id()))
NEWEST_FIRST = Order("newest", (by_id(descending=True),))

# As many as `group_members` lists. All active memberships are counted by their index alone, group by group, which costs
# less than GROUP BY; then those of members that are withheld are taken off: they are few, while to look every single
# member up costs several times as much. CROSS JOIN has SQLite begin with them.
_COUNTED = Statement("""
SELECT p.value AS group_id, (
    SELECT COUNT(*) FROM group_membership AS a WHERE a.status = 'ACTIVE' AND a.group_id = p.value
  ) - COALESCE(o.number, 0) AS number
FROM {keys} AS p LEFT JOIN (
    SELECT g.group_id, COUNT(*) AS number FROM member AS m CROSS JOIN group_membership AS g
    WHERE m.withheld_at IS NOT NULL AND g.member_id = m.id AND g.status = 'ACTIVE' AND g.group_id {is_one_of}
    GROUP BY g.group_id
  ) AS o ON o.group_id = p.value""")


async def group_memberships_by_id(
    ctx: Context, keys: Sequence[int], columns: frozenset[str] = frozenset()
) -> dict[int, GroupMembership]:
    """The memberships of these keys that the viewer may see, by key."""
    return await seen_by_keys(GroupMembership, visible_memberships, ctx.viewer, keys, columns)


async def group_member_count(ctx: Context, parents: Sequence[Group], columns: frozenset[str]) -> list[int]:
    """How many active members each group has: the `totalCount` of its members."""
    keys = keys_value(Group, [parent.id for parent in parents])
    counts = {row["group_id"]: row["number"] for row in await _COUNTED.rows(keys, keys)}
    return [counts[parent.id] for parent in parents]


def _active(role: GroupRole | None) -> QuerySet[GroupMembership]:
    return GroupMembership.filter(status=MembershipStatus.ACTIVE, **({"role": role} if role else {}))


def _taking_part(_visibility: Visibility) -> Q:
    return in_sight()  # whoever asks: as many as are counted


async def group_members(
    ctx: Context,
    parents: Sequence[Group],
    columns: frozenset[str],
    page: PageArguments,
    role: GroupRole | None = None,
) -> list[Page[GroupMembership]]:
    """A page of each group's active members, who is in it longest first; the rows are the memberships."""
    found = await pages(
        QuerySpec(GroupMembership, _active, (role,), ctx.viewer.visibility),
        LONGEST_FIRST,
        page,
        selection=columns,
        marks={parent.id: fingerprint("group.members", parent.id, role) for parent in parents},
        by="group_id",
        leads_to=("member_row", ToOne(Member, _taking_part, "member_id", must_be=True)),
    )
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
    given = (ctx.viewer.visibility, tuple(_names(statuses)))
    rows = QuerySpec(GroupMembership, _in_states, given, ctx.viewer.visibility)
    found = await pages(rows, NEWEST_FIRST, page, selection=columns, marks=marks, by="group_id")
    return [found.get(parent.id) for parent in parents]


async def group_viewer_membership(
    ctx: Context, parents: Sequence[Group], columns: frozenset[str], member_id: int | None = None
) -> list[GroupMembership | None]:
    """The newest membership of the viewer's own member in each group, or of the one they name, whatever its status.

    None where the viewer isn't of that one's side.
    """
    whose = in_whose_place(ctx.viewer, member_id)
    if whose is None:
        return [None for _parent in parents]
    ids = [parent.id for parent in parents]
    rows = await GroupMembership.filter(member_id=whose, group_id__in=ids).order_by("id")
    newest = {row.group_id: row for row in rows}
    return [newest.get(parent.id) for parent in parents]


# The group and the member of each membership: who sees a membership sees its member, unless that changed just now.
group_membership_group = ForeignKeyRelation(Group, visible_groups, "group_id", required=True)
group_membership_member = ForeignKeyRelation(Member, visible_members, "member_id", required=True)


def _in_states(visibility: Visibility, statuses: tuple[str, ...]) -> QuerySet[GroupMembership]:
    rows = GroupMembership.filter(visible_memberships(visibility))
    return rows.filter(status__in=list(statuses)) if statuses else rows


def _names(statuses: Collection[MembershipStatus] | None) -> list[str]:
    return sorted(set(statuses or ()))
