"""What is shown of members besides their plain fields: by id, and fields that depend on the viewer."""

from collections.abc import Sequence

from auth.access.members import contact_seen, may_update_member, sees_inside, visible_members
from auth.access.rows import seen_by_keys
from models import Audience, Member
from resolvers.context import Context


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
    """The network has no website with pages of members yet."""
    return [None for _parent in parents]


async def member_viewer_can_update(ctx: Context, parents: Sequence[Member], columns: frozenset[str]) -> list[bool]:
    """Whether `update_member` would let the viewer."""
    return [may_update_member(ctx.viewer, parent) for parent in parents]
