"""The town's fields of engagement and its parts, stored at the first start as its file says them.

From then on they are the office's: see `resolvers.network.town`.
"""

from collections.abc import Iterable

from models import District, Topic
from models.text.folding import sort_key
from resolvers.network.town_file import Town, TownDistrict, TownTopic, wolfsburg
from subscriptions.outbox import Changes, Outbox


async def store_town(outbox: Outbox, town: Town | None = None) -> None:
    """Store the topics and districts of `town`, Wolfsburg's where none is given, each where the database has none yet.

    A network of an earlier version knows of no place and no synonym: it is given those of what it has. Two processes at
    once store them once.
    """

    async def work(changes: Changes) -> None:
        if not await Topic.exists():
            await add_topics((town or wolfsburg()).topics)
        elif not await Topic.filter(synonyms__isnull=False).exists():
            await _fill_topics(town or wolfsburg())
        if not await District.exists():
            await add_districts((town or wolfsburg()).districts)
        elif not await District.filter(latitude__isnull=False).exists():
            await _fill_districts(town or wolfsburg())

    await outbox.write(work)


async def add_topics(topics: tuple[TownTopic, ...]) -> None:
    """Store those of the topics that aren't there yet, within a transaction."""
    there = {topic.slug for topic in await Topic.all()}
    await Topic.bulk_create(
        Topic(slug=one.slug, name=one.name, name_key=sort_key(one.name), synonyms=list(one.synonyms))
        for one in topics
        if one.slug not in there
    )


async def add_districts(districts: tuple[TownDistrict, ...]) -> None:
    """Store those of the districts that aren't there yet, within a transaction."""
    there = {district.slug for district in await District.all()}
    missing = [one for one in districts if one.slug not in there]
    await District.bulk_create(
        District(slug=one.slug, name=one.name, name_key=sort_key(one.name), **_place(one)) for one in missing
    )
    await _lay_into_parents(missing)


async def _fill_topics(town: Town) -> None:
    by_slug = {one.slug: one for one in town.topics}
    for topic in await Topic.filter(slug__in=list(by_slug)):
        topic.synonyms = list(by_slug[topic.slug].synonyms)
        await topic.save(update_fields=["synonyms"])


async def _fill_districts(town: Town) -> None:
    by_slug = {one.slug: one for one in town.districts}
    for district in await District.filter(slug__in=list(by_slug)):
        await district.update_from_dict(_place(by_slug[district.slug])).save()
    await _lay_into_parents(town.districts)


def _place(one: TownDistrict) -> dict[str, object]:
    latitude, longitude = one.location or (None, None)
    return {"latitude": latitude, "longitude": longitude, "postal_codes": list(one.postal_codes)}


async def _lay_into_parents(districts: Iterable[TownDistrict]) -> None:
    """Say of each what it is a part of, as far as both are there."""
    rows = {district.slug: district for district in await District.all()}
    names = {one.name: one.slug for one in districts}
    for one in districts:
        row, parent = rows.get(one.slug), rows.get(names.get(one.parent or "", ""))
        if row is not None and parent is not None and row.parent_id != parent.id:
            row.parent_id = parent.id
            await row.save(update_fields=["parent_id"])
