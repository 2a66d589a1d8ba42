"""Topics and districts, and those of other rows."""

from collections.abc import Sequence
from typing import Any, cast

from tortoise.models import Model

from models import District, Topic
from resolvers.context import Context


async def topics_by_id(ctx: Context, keys: Sequence[int]) -> dict[int, Topic]:
    """The topics of these keys."""
    return await Topic.in_bulk(keys, "id")


async def districts_by_id(ctx: Context, keys: Sequence[int]) -> dict[int, District]:
    """The districts of these keys."""
    return await District.in_bulk(keys, "id")


async def all_topics(ctx: Context, parents: Sequence[Any], columns: frozenset[str]) -> list[list[Topic]]:
    """All topics of the network, by name."""
    topics = await Topic.all().order_by("name_key", "id")
    return [topics for _parent in parents]


async def all_districts(ctx: Context, parents: Sequence[Any], columns: frozenset[str]) -> list[list[District]]:
    """All districts of the town, by name."""
    districts = await District.all().order_by("name_key", "id")
    return [districts for _parent in parents]


async def districts(
    ctx: Context, parents: Sequence[Any], columns: frozenset[str], *, by: str = "district_id"
) -> list[District | None]:
    """The district that the column `by` of each parent names."""
    keys = {getattr(parent, by) for parent in parents} - {None}
    found = await District.in_bulk(keys, "id") if keys else {}
    return [found.get(getattr(parent, by)) for parent in parents]


async def topics(
    ctx: Context, parents: Sequence[Any], columns: frozenset[str], *, link: type[Model], by: str
) -> list[list[Topic]]:
    """The topics of each parent in its own order, by the rows of `link` whose column `by` names the parent."""
    links = (
        await link.filter(**{f"{by}__in": [parent.id for parent in parents]})
        .order_by("position", "id")
        .select_related("topic")
    )
    found: dict[int, list[Topic]] = {}
    for one in links:
        found.setdefault(getattr(one, by), []).append(one.topic)  # type: ignore[attr-defined]
    return [found.get(parent.id, []) for parent in parents]


async def set_topics(link: type[Model], by: str, key: int, topic_ids: Sequence[int]) -> bool:
    """Make these the topics of the row `key`, in this order; whether anything changed.

    As for `topics`, the rows of `link` say so. Within `work`, under the lock of the row that has the topics.
    """
    present = await link.filter(**{by: key}).order_by("position", "id").values_list("topic_id", flat=True)
    if cast("list[int]", present) == list(topic_ids):
        return False
    await link.filter(**{by: key}).delete()
    if topic_ids:
        rows = [link(**{by: key}, topic_id=topic_id, position=place) for place, topic_id in enumerate(topic_ids)]
        await link.bulk_create(rows)
    return True
