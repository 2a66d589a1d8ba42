"""Topics and districts, and those of other rows."""

from collections.abc import Sequence
from typing import Any, cast

from tortoise.models import Model
from tortoise.queryset import QuerySet

from auth.access.rows import ForeignKeyRelation, everything, seen_by_keys
from models import District, Topic
from models.sql.compile import QuerySpec
from models.sql.keyset import followed
from models.sql.orders import Key, Order, by_id
from models.sql.projection import ToOne, projection_of
from models.sql.statements import insert
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


async def set_topics(link: type[Model], by: str, key: int, topic_ids: Sequence[int]) -> bool:
    """Make these the topics of the row `key`, in this order; whether anything changed.

    As for `topics`, the rows of `link` say so. Within `work`, under the lock of the row that has the topics.
    """
    present = await link.filter(**{by: key}).order_by("position", "id").values_list("topic_id", flat=True)
    if cast("list[int]", present) == list(topic_ids):
        return False
    await link.filter(**{by: key}).delete()
    await add_topics(link, by, key, topic_ids)
    return True


async def add_topics(link: type[Model], by: str, key: int, topic_ids: Sequence[int]) -> None:
    """The same for a row that has none yet. One statement, none where there are no topics."""
    await insert(link, (by, "topic_id", "position"), [(key, one, place) for place, one in enumerate(topic_ids)])
