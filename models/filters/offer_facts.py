"""What filters ask of one entry: read by one statement, whatever and however many filters are to be asked.

`offer_rows` says of which entries a filter holds, by a statement of the filter's own. For one entry and thousands of
filters, as there are where subscriptions wait for what is published, this says the same without one. That both agree is
held by tests/models/filters/test_offer_facts.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import orjson

from models.filters.errors import BadFilter
from models.filters.near import Bounds, Near
from models.filters.offers import OfferFilter
from models.filters.suitability import suits
from models.offers import Offer, OfferStatus
from models.search.plan import SearchPlan
from models.sql.statements import Statement

_FACTS = Statement(
    """
SELECT {o}, d.slug AS d0, dp.slug AS d1, dg.slug AS d2, v.slug AS v0, vp.slug AS v1, vg.slug AS v2, (
  SELECT {json_list}(t.slug) FROM offer_topic AS ot JOIN topic AS t ON t.id = ot.topic_id WHERE ot.offer_id = o.id
) AS topics, (
  SELECT {json_list}({json_pair}(p.term, p.weight)) FROM search_posting AS p WHERE p.kind = 4 AND p.row_id = o.id
) AS weights
FROM offer AS o
LEFT JOIN district AS d ON d.id = o.district_id
LEFT JOIN district AS dp ON dp.id = d.parent_id LEFT JOIN district AS dg ON dg.id = dp.parent_id
LEFT JOIN district AS v ON v.id = o.venue_district_id
LEFT JOIN district AS vp ON vp.id = v.parent_id LEFT JOIN district AS vg ON vg.id = vp.parent_id
WHERE o.id = ?""",
    o=Offer,
)


@dataclass(frozen=True)
class OfferFacts:
    """An entry, with the slugs of its topics and districts, and of what these are parts of; none: for the whole town.

    Who may see it is not decided by this.
    """

    row: Offer
    topics: frozenset[str]
    districts: frozenset[str]
    # What its words weigh, by their terms.
    weights: Mapping[str, int]


async def offer_facts(key: int) -> OfferFacts | None:
    """The facts of the entry with this key, None where there is none: one statement."""
    found = await _FACTS.row(key)
    if found is None:
        return None
    districts = (found[name] for name in ("d0", "d1", "d2", "v0", "v1", "v2"))
    return OfferFacts(
        row=_FACTS.read("o", found),
        topics=frozenset(orjson.loads(found["topics"] or "[]")),
        districts=frozenset(slug for slug in districts if slug is not None),
        weights=dict(orjson.loads(found["weights"] or "[]")),
    )


Test = Callable[[OfferFacts], bool]


def passes(filter: OfferFilter) -> Test:
    """What says whether an entry passes `filter`, with all that is to be known of the filter found out once.

    To ask takes as long for a filter of a thousand topics as for one: each test looks at what the entry has. Raises
    `BadFilter` for what nobody is told of.
    """
    if filter.without_responses is not None:
        raise BadFilter("Of responses nobody is told live: `withoutResponses` is for lists that are read.")
    of_row = map(_of_row, suits(filter))
    possible = (*_plain(filter), *of_row, _on(filter.available_on), _words(filter.searched), *_where(filter))
    tests = [test for test in possible if test is not None]
    return lambda facts: all(test(facts) for test in tests)


def _plain(filter: OfferFilter) -> list[Test | None]:
    statuses = frozenset(filter.statuses or (OfferStatus.PUBLISHED,))
    categories, topics, districts = map(frozenset, (filter.categories, filter.topics, filter.districts))
    unchanged = filter.unchanged_since
    return [
        lambda facts: facts.row.status in statuses,
        (lambda facts: facts.row.direction == filter.direction) if filter.direction is not None else None,
        (lambda facts: facts.row.owner_id == filter.owner_id) if filter.owner_id is not None else None,
        (lambda facts: facts.row.group_id == filter.group_id) if filter.group_id is not None else None,
        (lambda facts: bool(facts.row.remote) == filter.remote) if filter.remote is not None else None,
        (lambda facts: facts.row.category in categories) if categories else None,
        (lambda facts: not facts.topics.isdisjoint(topics)) if topics else None,
        (lambda facts: facts.row.updated_at <= unchanged) if unchanged is not None else None,
        (lambda facts: not facts.districts or not facts.districts.isdisjoint(districts)) if districts else None,
    ]


def _of_row(test: Callable[[Offer], bool]) -> Test:
    return lambda facts: test(facts.row)


def _on(day: date | None) -> Test | None:
    if day is None:
        return None
    return lambda facts: (facts.row.available_from or day) <= day <= (facts.row.available_until or day)


def _words(plan: SearchPlan | None) -> Test | None:
    return (lambda facts: plan.finds(facts.weights)) if plan is not None else None


def _where(filter: OfferFilter) -> list[Test | None]:
    return [_lies_in(filter.near) if filter.near else None, _lies_in(filter.bounds) if filter.bounds else None]


def _lies_in(area: Near | Bounds) -> Test:
    return lambda facts: area.holds(facts.row)
