"""Which entries pass each field of the filter, and in which order: the same on both databases."""

from datetime import date, timedelta
from typing import Any

import pytest
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models import District, Offer, OfferCategory, OfferDirection, OfferStatus, OfferTopic, Topic, now
from models.filters.errors import BadFilter
from models.filters.near import Bounds, Near
from models.filters.offer_facts import offer_facts, passes
from models.filters.offers import OfferFilter, OfferSort, offer_order, offer_rows
from models.search.tables import Kind
from models.sql.compile import QuerySpec
from models.sql.page_cursors import fingerprint
from models.sql.paging import PageArguments, page
from models.text.folding import sort_key
from resolvers.search.indexing import index_row
from tests.searched import looked_for
from tests.world import World

EVERYONE = Q()
RATHAUS = Near(52.4227, 10.7865, 3.0)


async def passing(visibility: Q = EVERYONE, **fields: Any) -> list[str]:
    """Titles of the entries that pass; of each entry alone its facts say the same."""
    filter = await looked_for(OfferFilter(**fields), Kind.OFFER)
    rows = await offer_rows(filter, visibility).order_by("title")
    passes_filter = passes(filter)
    facts = [await offer_facts(row.id) for row in await Offer.filter(visibility).order_by("title")]
    assert [one.row.title for one in facts if one is not None and passes_filter(one)] == [row.title for row in rows]
    return [row.title for row in rows]


def _passing(filter: OfferFilter) -> QuerySet[Offer]:
    return offer_rows(filter, EVERYONE)


async def sorted_by(sort: OfferSort, **fields: Any) -> list[str]:
    """All titles in the order of `sort`, walked one entry a page."""
    filter = await looked_for(OfferFilter(**fields), Kind.OFFER)
    titles: list[str] = []
    after = None
    while True:
        found = await page(
            QuerySpec(Offer, _passing, (filter.stated,), late=filter.late),
            offer_order(sort, filter),
            PageArguments(first=1, after=after),
            selection=frozenset({"nodes", "page_info"}),
            mark=fingerprint("offers"),
        )
        titles += [row.title for row in found.rows]
        after = found.end_cursor
        if not found.has_next_page:
            return titles


async def test_without_a_filter_the_board(world: World) -> None:
    for status in OfferStatus:
        await world.offer(status.value, status=status)
    assert await passing() == ["PUBLISHED"]
    assert await passing(statuses=(OfferStatus.DRAFT, OfferStatus.EXPIRED)) == ["DRAFT", "EXPIRED"]


async def test_the_sight_restricts(world: World) -> None:
    shown, _hidden = await world.offer("shown"), await world.offer("hidden")
    assert await passing(Q(id=shown.id)) == ["shown"]


async def test_columns(world: World) -> None:
    owner, group = await world.member(), await world.group()
    await world.offer(
        "A", owner, direction=OfferDirection.PROVIDE, category=OfferCategory.ROOM, remote=True, group=group
    )
    await world.offer("B")
    await world.offer("C", category=OfferCategory.FUNDING)
    assert await passing(direction=OfferDirection.PROVIDE) == ["A"]
    assert await passing(direction=OfferDirection.SEEK) == ["B", "C"]
    assert await passing(categories=(OfferCategory.ROOM, OfferCategory.FUNDING)) == ["A", "C"]
    assert await passing(remote=True) == ["A"]
    assert await passing(remote=False) == ["B", "C"]
    assert await passing(owner_id=owner.id) == ["A"]
    assert await passing(group_id=group.id) == ["A"]
    assert await passing(owner_id=-1) == []
    assert await passing(remote=True, direction=OfferDirection.SEEK) == []


async def test_topics_of_which_one_suffices_without_duplicates(world: World) -> None:
    sport, culture = (
        await Topic.create(slug="sport", name="Sport", name_key="sport"),
        await Topic.create(slug="kultur", name="Kultur", name_key="kultur"),
    )
    both, one, _none = await world.offer("both"), await world.offer("one"), await world.offer("none")
    await OfferTopic.create(offer=both, topic=sport, position=0)
    await OfferTopic.create(offer=both, topic=culture, position=1)
    await OfferTopic.create(offer=one, topic=culture, position=0)
    assert await passing(topics=("sport",)) == ["both"]
    assert await passing(topics=("sport", "kultur")) == ["both", "one"]
    assert await passing(topics=("unknown",)) == []
    assert await passing(topics=("no slug\x00 at all",)) == []


async def district(name: str, **columns: Any) -> District:
    """A part of the town."""
    return await District.create(slug=name.lower(), name=name, name_key=sort_key(name), **columns)


async def test_districts_of_the_entry_or_of_its_venue(world: World) -> None:
    mitte, vorsfelde, fallersleben = (
        await district("Mitte"),
        await district("Vorsfelde"),
        await district("Fallersleben"),
    )
    await world.offer("A", district=mitte)
    await world.offer("B", venue_name="Schule", venue_district=mitte, district=vorsfelde)
    await world.offer("C", district=fallersleben)
    assert await passing(districts=("mitte",)) == ["A", "B"]
    assert await passing(districts=("vorsfelde", "fallersleben")) == ["B", "C"]
    assert await passing(districts=("\ud800",)) == []


async def test_what_is_for_the_whole_town_is_found_by_every_district(world: World) -> None:
    mitte, _nord = await district("Mitte"), await district("Nord")
    await world.offer("everywhere")
    await world.offer("at a place", venue_name="Irgendwo", venue_latitude=52.4, venue_longitude=10.7)
    await world.offer("there", venue_name="Schule", venue_district=mitte)
    assert await passing(districts=("nord",)) == ["at a place", "everywhere"]
    assert await passing(districts=("mitte", "nord")) == ["at a place", "everywhere", "there"]


async def test_a_district_holds_its_parts_and_theirs(world: World) -> None:
    town = await district("Nordstadt")
    quarter = await district("Kreuzheide", parent=town)
    street = await district("Siedlung", parent=quarter)
    await world.offer("quarter", district=quarter)
    await world.offer("street", venue_name="Schule", venue_district=street)
    await world.offer("town", district=town)
    assert await passing(districts=("nordstadt",)) == ["quarter", "street", "town"]
    assert await passing(districts=("kreuzheide",)) == ["quarter", "street"]
    assert await passing(districts=("siedlung",)) == ["street"]


async def test_bounds(world: World) -> None:
    await world.offer("here", venue_name="Rathaus", venue_latitude=52.4227, venue_longitude=10.7866)
    await world.offer("there", district=await district("Fidschi", latitude=-17.8, longitude=179.5))
    await world.offer("nowhere")
    assert await passing(bounds=Bounds(52.4, 10.7, 52.5, 10.9)) == ["here"]
    assert await passing(bounds=Bounds(-20, 170, 0, -170)) == ["there"]
    assert await passing(bounds=Bounds(-20, -170, 0, 170)) == []
    assert await passing(bounds=Bounds(-90, -180, 90, 180), near=RATHAUS) == ["here"]


async def test_available_on_a_day_with_open_ends(world: World) -> None:
    await world.offer("always")
    await world.offer("from", available_from=date(2026, 5, 2))
    await world.offer("until", available_until=date(2026, 5, 2))
    await world.offer("between", available_from=date(2026, 5, 1), available_until=date(2026, 5, 3))
    assert await passing(available_on=date(2026, 5, 1)) == ["always", "between", "until"]
    assert await passing(available_on=date(2026, 5, 2)) == ["always", "between", "from", "until"]
    assert await passing(available_on=date(2026, 5, 4)) == ["always", "from"]


async def test_all_words_whatever_their_case_and_accents(world: World) -> None:
    await world.offer("Fußball für Mädchen")
    await world.offer("100 % Ökostrom")
    assert await passing(text="FUSSBALL maedchen") == ["Fußball für Mädchen"]
    assert await passing(text="fussball schach") == []
    assert await passing(text="%") == []
    assert len(await passing(text="  \x00 ")) == 2
    assert await passing(text="\ud800 ökostrom\x00") == ["100 % Ökostrom"]
    assert await passing(text="x" * 100_000) == []


async def test_near(world: World) -> None:
    await world.offer("here", venue_name="Rathaus", venue_latitude=52.4227, venue_longitude=10.7866)
    await world.offer("there", venue_name="Vorsfelde", venue_latitude=52.4367, venue_longitude=10.8440)
    await world.offer("nowhere")
    assert await passing(near=RATHAUS) == ["here"]
    assert await passing(near=Near(52.4227, 10.7865, 10.0)) == ["here", "there"]
    assert await sorted_by(OfferSort.DISTANCE, near=Near(52.44, 10.85, 10.0)) == ["there", "here"]


@pytest.mark.parametrize("circle", [(91, 0, 1), (-91, 0, 1), (0, 181, 1), (0, -181, 1), (0, 0, 0), (0, 0, 501)])
def test_a_circle_that_is_none_is_refused(circle: tuple[float, float, float]) -> None:
    with pytest.raises(BadFilter):
        Near(*circle)


async def test_orders(world: World) -> None:
    instant = now().replace(microsecond=0)

    async def offer(title: str, published: int, expires: int | None, **columns: Any) -> Offer:
        ends = instant + timedelta(days=expires) if expires is not None else None
        status = OfferStatus.PUBLISHED if ends else OfferStatus.DRAFT
        start = instant - timedelta(days=published)
        return await world.offer(title, status=status, newest_at=start, expires_at=ends, **columns)

    await offer("A", 3, 30)
    await offer("B", 1, 10)
    await offer("C", 2, None)
    await offer("D", 3, 10)
    every = {"statuses": tuple(OfferStatus)}
    assert await sorted_by(OfferSort.NEWEST, **every) == ["B", "C", "D", "A"]
    assert await sorted_by(OfferSort.EXPIRING, **every) == ["B", "D", "A", "C"]


async def test_by_relevance_titles_first(world: World) -> None:
    instant = now()
    for days, title, description in (
        (1, "Fest der Musik", "Auftritt des Chors"),
        (2, "Konzert des Chors", "alle"),
        (3, "Fest des Chors", "alle"),
    ):
        offer = await world.offer(title, newest_at=instant - timedelta(days=days))
        offer.description = description
        await offer.save()
        await index_row(offer)
    by_title = ["Konzert des Chors", "Fest des Chors", "Fest der Musik"]
    assert await sorted_by(OfferSort.RELEVANCE, text="chor") == by_title
    assert await sorted_by(OfferSort.RELEVANCE, text="chor fest") == ["Fest des Chors", "Fest der Musik"]


@pytest.mark.parametrize(
    "text", ["'; -- Garten", "a\\'b", "50% Garten_", "$1 :x %s {0} ? Garten", '"Garten"', "back\\slash", "k" * 300]
)
async def test_signs_of_sql_in_a_search_are_none(world: World, text: str) -> None:
    await world.offer(text[:200])
    await world.offer("Konzert")
    assert await sorted_by(OfferSort.RELEVANCE, text=text) == [text[:200]]
    assert await sorted_by(OfferSort.RELEVANCE, text=f"{text}\x00") == [text[:200]]


async def test_a_text_without_words_is_none_to_sort_by(world: World) -> None:
    await world.offer("Chor")
    for odd in ("\x00", "\x00 \x01", "\ud800"):
        with pytest.raises(BadFilter, match="RELEVANCE"):
            offer_order(OfferSort.RELEVANCE, OfferFilter(text=odd))


@pytest.mark.parametrize(
    ("sort", "fields"), [(OfferSort.RELEVANCE, {}), (OfferSort.RELEVANCE, {"text": " "}), (OfferSort.DISTANCE, {})]
)
def test_a_sort_that_lacks_what_it_needs_is_refused(sort: OfferSort, fields: dict[str, Any]) -> None:
    with pytest.raises(BadFilter, match=sort.value):
        offer_order(sort, OfferFilter(**fields))
