"""A profile as those see it whose it is."""

from collections.abc import Sequence

from auth.viewer import Viewer
from models import District, InterestProfile, Topic
from resolvers.context import Context


async def viewer_profile(
    ctx: Context, parents: Sequence[Viewer], columns: frozenset[str]
) -> list[InterestProfile | None]:
    """The profile of each one's account; None where there is none, and where they ask by a key."""
    return [await profile_of(parent) for parent in parents]


async def profile_of(viewer: Viewer) -> InterestProfile | None:
    """The profile of the viewer's account."""
    if viewer.account is None:
        return None
    return await InterestProfile.get_or_none(account_id=viewer.account.id)


async def profile_topics(
    ctx: Context, parents: Sequence[InterestProfile], columns: frozenset[str]
) -> list[list[Topic]]:
    """The topics of each, in the order in which they were given."""
    keys = {key for parent in parents for key in parent.topics}
    rows = await Topic.in_bulk(keys, "id") if keys else {}
    return [[rows[key] for key in parent.topics if key in rows] for parent in parents]


async def profile_districts(
    ctx: Context, parents: Sequence[InterestProfile], columns: frozenset[str]
) -> list[list[District]]:
    """The parts of the town of each, in the order in which they were given."""
    keys = {key for parent in parents for key in parent.districts}
    rows = await District.in_bulk(keys, "id") if keys else {}
    return [[rows[key] for key in parent.districts if key in rows] for parent in parents]
