"""How many entries of a list there are by direction, category, topic and district: one statement, whatever is asked.

Each count is of the list as it is filtered: how many would be left if that one value were asked for besides. So an
entry counts for each of its topics, for its own district, its venue's and those that these are parts of, and, where it
is for the whole town, for every district: as `models.filters.offers.offer_rows` finds it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from operator import attrgetter
from typing import Any

from models.filters.conditions import is_slug
from models.filters.offers import OfferFilter
from models.offers import Offer, OfferCategory, OfferDirection
from models.places import District, Topic
from models.sql.compile import LATER, QuerySpec, ReadStatement, compiled_once, dialect_of, keys_sql, keys_value
from models.sql.statements import Statement

FACETS = frozenset(("directions", "categories", "topics", "districts"))
_ROWS = Statement("SELECT {t}, {d}", t=Topic, d=District)
_NO_KEY, _NO_NAME = "CAST(NULL AS INTEGER)", "CAST(NULL AS VARCHAR(20))"
_GROUPED = ("direction", "category", "district_id", "venue_district_id")
_BY_TOPICS = "offer_topics_counted"
# On SQLite, the sets of topics that have one of these, in place of all entries with it: entries have some hundreds of
# sets, which SQLite finds in the index by passing over what is equal, as long as nothing else is asked (`LIMIT -1`).
_SETS_WITH = (
    "SELECT s.topic_keys FROM (SELECT DISTINCT topic_keys FROM offer WHERE status = 'PUBLISHED' LIMIT -1) AS s"
    " WHERE EXISTS (SELECT 1 FROM topic AS w WHERE w.slug IN ({}) AND"
    " instr(',' || s.topic_keys || ',', ',' || w.id || ','))"
)
# The parts of a filter that the indexes of facets answer, as they are where nothing is asked.
_IN_INDEX: Mapping[str, Any] = {
    **dict.fromkeys(("direction", "remote")),
    **dict.fromkeys(("statuses", "categories", "topics", "districts"), ()),
}


@dataclass(frozen=True)
class DirectionCount:
    """How many entries go in a direction."""

    direction: OfferDirection
    count: int


@dataclass(frozen=True)
class CategoryCount:
    """How many entries are of a category."""

    category: OfferCategory
    count: int


@dataclass(frozen=True)
class TopicCount:
    """How many entries have a topic."""

    topic: Topic
    count: int


@dataclass(frozen=True)
class DistrictCount:
    """How many entries a filter by a district would find."""

    district: District
    count: int


@dataclass
class OfferFacets:
    """What a list holds, by each facet that was asked for: the most first, then by name; no value that no entry has."""

    directions: list[DirectionCount] = field(default_factory=list)
    categories: list[CategoryCount] = field(default_factory=list)
    topics: list[TopicCount] = field(default_factory=list)
    districts: list[DistrictCount] = field(default_factory=list)


async def offer_facets(
    listed: QuerySpec[Offer], asked: frozenset[str], by: str | None = None, parents: Sequence[Any] = (None,)
) -> dict[Any, OfferFacets]:
    """The facets of a listing, by None; or those of each parent's part of it, whose key stands in the column `by`.

    `asked` names those that are counted, of `FACETS`.
    """
    wanted = tuple(sorted(asked & FACETS))
    if not wanted:
        return {parent: OfferFacets() for parent in parents}
    statement = _counting(listed, wanted, by, dialect_of(Offer))
    keys = [] if by is None else [keys_value(Offer, parents)] * statement.values.count(LATER)
    records = await statement.records(*keys)
    return {parent: _facets(parent, records) for parent in parents}


@compiled_once
def _counting(listed: QuerySpec[Offer], wanted: tuple[str, ...], by: str | None, dialect: str) -> ReadStatement:
    """Binds the parents, once for each time that the listing is read."""
    one = ReadStatement(Offer)
    grouped = _grouped(one, listed, by) if set(wanted) != {"topics"} else ""
    parts = []
    for name, column in (("directions", "direction"), ("categories", "category")):
        if name in wanted:
            parts.append(_part(name, column, _NO_KEY, _NO_KEY, "g", f"parent, {column}"))
    if "districts" in wanted:
        of_both = "parent, district_id, venue_district_id"
        parts.append(_part("districts", _NO_NAME, "district_id", "venue_district_id", "g", of_both))
        parts.append(f"SELECT 'town', {_NO_KEY}, {_NO_NAME}, id, parent_id, 0 FROM district")
    if "topics" in wanted:
        parts.append(_topics(one, listed, by))
    one.sql = (
        f"{grouped} SELECT f.kind, f.parent, f.value, f.key, f.other, f.n, {_ROWS.selected('t')}, {_ROWS.selected('d')}"
        f" FROM ({' UNION ALL '.join(parts)}) AS f"
        " LEFT JOIN topic AS t ON f.kind = 'topics' AND t.id = f.key"
        " LEFT JOIN district AS d ON f.kind = 'town' AND d.id = f.key"
    )
    return one


def _source(
    one: ReadStatement, listed: QuerySpec[Offer], by: str | None, columns: Iterable[str], index: str
) -> tuple[str, str]:
    """The listing as `b`, and the condition that a row is of the parents. `index` has what most listings ask for.

    SQLite takes one that finds few of a category, say, and reads the rows of these: it is told to read that index.
    """
    is_told = one.is_sqlite and by is None and _stands_in_index(listed)
    slugs = _topics_wanted(listed) if is_told else ()
    if slugs:
        index, columns = _BY_TOPICS, (*columns, "topic_keys")
        given = tuple(
            replace(some, topics=()) if isinstance(some, OfferFilter) else some for some in listed.given or ()
        )
        listed = replace(listed, given=given)
    rows = one.subquery(listed, frozenset((*columns, *([by] if by else []))))
    if is_told:
        rows = rows.replace(' FROM "offer" WHERE', f' FROM "offer" INDEXED BY "{index}" WHERE', 1)
    if slugs:
        return f"{rows} AS b", f" WHERE b.topic_keys IN ({_SETS_WITH.format(one.bind(*slugs))})"
    column = f'b."{by}"'
    return f"{rows} AS b", f" WHERE {keys_sql(one, column)}" if by else ""


def _topics_wanted(listed: QuerySpec[Offer]) -> Sequence[str]:
    """The slugs of topics of which an entry of a list of the board must have one; none where it needs none."""
    (filter,) = (one for one in listed.given or () if isinstance(one, OfferFilter))
    return () if filter.statuses else [slug for slug in filter.topics if is_slug(slug)]


def _stands_in_index(listed: QuerySpec[Offer]) -> bool:
    """Whether a listing is filtered by nothing but what the indexes have."""
    filters = [one for one in listed.given or () if isinstance(one, OfferFilter)]
    return len(filters) == 1 and replace(filters[0], **_IN_INDEX) == OfferFilter()


def _grouped(one: ReadStatement, listed: QuerySpec[Offer], by: str | None) -> str:
    """All that is counted but topics, in one pass: as many rows as there are combinations."""
    rows, where = _source(one, listed, by, _GROUPED, "offer_counted")
    columns = ", ".join(f'b."{column}"' for column in _GROUPED)
    parent = f'b."{by}"' if by else _NO_KEY
    return (
        f"WITH g AS MATERIALIZED (SELECT {parent} AS parent, {columns}, COUNT(*) AS n FROM {rows}{where}"
        f" GROUP BY {f'{parent}, ' if by else ''}{columns})"
    )


def _part(kind: str, value: str, key: str, other: str, source: str, groups: str) -> str:
    return (
        f"SELECT '{kind}' AS kind, parent, {value} AS value, {key} AS key, {other} AS other,"
        f" CAST(SUM(n) AS INTEGER) AS n FROM {source} GROUP BY {groups}"
    )


def _topics(one: ReadStatement, listed: QuerySpec[Offer], by: str | None) -> str:
    """Each set of topics is counted once, and then taken apart: as many rows as there are sets."""
    rows, where = _source(one, listed, by, ("topic_keys",), _BY_TOPICS)
    parent = f'b."{by}"' if by else _NO_KEY
    keys = "json_each('[' || s.topic_keys || ']')" if one.is_sqlite else "unnest(string_to_array(s.topic_keys, ','))"
    return (
        f"SELECT 'topics' AS kind, s.parent AS parent, {_NO_NAME} AS value, CAST(k.value AS INTEGER) AS key,"
        f" {_NO_KEY} AS other, CAST(SUM(s.n) AS INTEGER) AS n FROM (SELECT {parent} AS parent, b.topic_keys,"
        f" COUNT(*) AS n FROM {rows}{where} GROUP BY {f'{parent}, ' if by else ''}b.topic_keys) AS s"
        f" CROSS JOIN {keys} AS k{'' if one.is_sqlite else '(value)'} GROUP BY s.parent, k.value"
    )


def _facets(parent: Any, records: Sequence[Any]) -> OfferFacets:
    """What the records say of one parent."""
    own: dict[str, list[Any]] = {}
    for record in records:
        if record["parent"] == parent or record["kind"] == "town":
            own.setdefault(record["kind"], []).append(record)
    topics = [TopicCount(_ROWS.read("t", one), one["n"]) for one in own.get("topics", ())]
    return OfferFacets(
        directions=_most_first(
            [DirectionCount(OfferDirection(one["value"]), one["n"]) for one in own.get("directions", ())],
            lambda one: list(OfferDirection).index(one.direction),
        ),
        categories=_most_first(
            [CategoryCount(OfferCategory(one["value"]), one["n"]) for one in own.get("categories", ())],
            lambda one: list(OfferCategory).index(one.category),
        ),
        topics=_most_first(topics, attrgetter("topic.name_key", "topic.id")),
        districts=_most_first(
            _districts(own.get("districts", ()), own.get("town", ())), attrgetter("district.name_key", "district.id")
        ),
    )


def _most_first(counts: list[Any], name: Any) -> list[Any]:
    return sorted(counts, key=lambda one: (-one.count, name(one)))


def _districts(counted: Iterable[Any], town: Sequence[Any]) -> list[DistrictCount]:
    """The counts of the districts: an entry is of its own, its venue's and all that they are parts of, once of each."""
    above: Mapping[int, int | None] = {one["key"]: one["other"] for one in town}
    everywhere, found = 0, Counter[int]()
    for one in counted:
        places = {*_with_those_above(one["key"], above), *_with_those_above(one["other"], above)}
        if not places:
            everywhere += one["n"]
        for place in places:
            found[place] += one["n"]
    return [DistrictCount(_ROWS.read("d", one), count) for one in town if (count := found[one["key"]] + everywhere) > 0]


def _with_those_above(key: int | None, above: Mapping[int, int | None]) -> Iterable[int]:
    seen: list[int] = []
    while key is not None and key not in seen:
        seen.append(key)
        key = above.get(key)
    return seen
