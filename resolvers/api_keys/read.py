"""Keys as the office sees them."""

from collections.abc import Sequence

from auth.access.api_keys import sees_keys, visible_keys
from auth.access.members import visible_members
from auth.access.rows import ForeignKeyRelation, by_keys
from models import ApiKey, Member
from resolvers.context import Context

api_key_organisation = ForeignKeyRelation(Member, visible_members, "organisation_id", required=True)


async def api_keys(ctx: Context, columns: frozenset[str]) -> list[ApiKey] | None:
    """All keys, the newest first, those that are over among them; None for whom they aren't shown to."""
    if not sees_keys(ctx.viewer):
        return None
    return await ApiKey.filter(visible_keys(ctx.viewer)).order_by("-id")


async def api_keys_by_id(ctx: Context, keys: Sequence[int], columns: frozenset[str]) -> dict[int, ApiKey]:
    """The keys of these ids that the viewer may see, by id."""
    return await by_keys(ApiKey, visible_keys(ctx.viewer), keys)
