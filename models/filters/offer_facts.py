"""What filters ask of one entry: read by one statement, whatever and however many filters are to be asked.

`offer_rows` says of which entries a filter holds, by a statement of the filter's own. For one entry and thousands of
filters, as there are where subscriptions wait for what is published, this says the same without one. That both agree is
held by tests/models/filters/test_offer_facts.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from math import cos, radians

import orjson

from models.filters.errors import BadFilter
from models.filters.near import KM_PER_DEGREE, Near
from models.filters.offers import OfferFilter
from models.filters.suitability import suits
from models.offers import Offer, OfferStatus
from models.sql.statements import Statement
from models.text.folding import words

_FACTS = Statement(
    """
SELECT {o}, d.slug AS district_slug, v.slug AS venue_district_slug, (
  SELECT {json_list}(t.slug) FROM offer_topic AS ot JOIN topic AS t ON t.id = ot.topic_id WHERE ot.offer_id = o.id
) AS topics
FROM offer AS o LEFT JOIN district AS d ON d.id = o.district_id LEFT JOIN district AS v ON v.id = o.venue_district_id
WHERE o.id = ?""",
    o=Offer,
)


@dataclass(frozen=True)
class OfferFacts:
    """An entry, with the slugs of its topics and districts. Who may see it is not decided by this."""

    row: Offer
    topics: frozenset[str]
    districts: frozenset[str]


async def offer_facts(key: int) -> OfferFacts | None:
    """The facts of the entry with this key, None where there is none: one statement."""
    found = await _FACTS.row(key)
    if found is None:
        return None
    districts = (found["district_slug"], found["venue_district_slug"])
    return OfferFacts(
        row=_FACTS.read("o", found),
        topics=frozenset(orjson.loads(found["topics"] or "[]")),
        districts=frozenset(slug for slug in districts if slug is not None),
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
    possible = (*_plain(filter), *of_row, _on(filter.available_on), _words(filter.text), _near(filter.near))
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
        (lambda facts: not facts.districts.isdisjoint(districts)) if districts else None,
        (lambda facts: facts.row.updated_at <= unchanged) if unchanged is not None else None,
    ]


def _of_row(test: Callable[[Offer], bool]) -> Test:
    return lambda facts: test(facts.row)


def _on(day: date | None) -> Test | None:
    if day is None:
        return None
    return lambda facts: (facts.row.available_from or day) <= day <= (facts.row.available_until or day)


def _words(text: str | None) -> Test | None:
    wanted = words(text or "")
    return (lambda facts: all(word in facts.row.search_text for word in wanted)) if wanted else None


def _near(near: Near | None) -> Test | None:
    """As `conditions.within`, in the same arithmetic."""
    if near is None:
        return None
    south, west, north, east = near.bounds()
    latitude, longitude, most = float(near.latitude), float(near.longitude), near.radius_km**2
    km_east = KM_PER_DEGREE * cos(radians(near.latitude))

    def lies_within(facts: OfferFacts) -> bool:
        lat, long = facts.row.venue_latitude, facts.row.venue_longitude
        if lat is None or long is None or not (south <= lat <= north and west <= long <= east):
            return False
        up, right = (lat - latitude) * KM_PER_DEGREE, (long - longitude) * km_east
        return up * up + right * right <= most

    return lies_within
