"""Topics and districts, and those of other rows."""

from collections.abc import Sequence
from typing import Any

from tortoise.models import Model
from tortoise.queryset import QuerySet

from auth.access.rows import ForeignKeyRelation, everything, seen_by_keys
from models import District, Topic
from models.sql.compile import QuerySpec
from models.sql.keyset_page import followed
from models.sql.orders import Key, Order, by_id
from models.sql.projection import ToOne, projection_of
from resolvers.context import Context


async def topics_by_id(ctx: Context, keys: Sequence[int], columns: frozenset[str] = frozenset()) -> dict[int, Topic]:
    """The topics of these keys."""
    return await seen_by_keys(Topic, everything, ctx.viewer, keys, columns)


async def districts_by_id(
    ctx: Context, keys: Sequence[int], columns: frozenset[str] = frozenset()
) -> dict[int, District]:
    """The districts of these keys."""
    return await seen_by_keys(District, everything, ctx.viewer, keys, columns)


async def all_topics(ctx: Context, parents: Sequence[Any], columns: frozenset[str]) -> list[list[Topic]]:
    """All topics of the network, by name."""
    topics = await Topic.all().order_by("name_key", "id")
    return [topics for _parent in parents]


async def all_districts(ctx: Context, parents: Sequence[Any], columns: frozenset[str]) -> list[list[District]]:
    """All districts of the town, by name."""
    districts = await District.all().order_by("name_key", "id")
    return [districts for _parent in parents]


# The district of each parent, and of each parent's venue.
districts = ForeignKeyRelation(District, everything, "district_id")
venue_districts = ForeignKeyRelation(District, everything, "venue_district_id")
# What each district is a part of.
parent_districts = ForeignKeyRelation(District, everything, "parent_id")

_IN_PLACE = Order("position", (Key("position", int), by_id()))


async def topics(
    ctx: Context, parents: Sequence[Any], columns: frozenset[str], *, link: type[Model], by: str
) -> list[list[Topic]]:
    """The topics of each parent in its own order, by the rows of `link` whose column `by` names the parent."""
    found = await followed(
        QuerySpec(link, _links, (link,)),
        _IN_PLACE,
        [parent.id for parent in parents],
        by,
        ToOne(Topic, everything, "topic_id"),
        projection_of(Topic, columns),
    )
    return [found.get(parent.id, []) for parent in parents]


def _links(link: type[Model]) -> QuerySet[Any]:
    return link.all()
