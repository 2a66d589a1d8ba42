"""What the makers of rows share: the keys of what is stored already, topics, venues."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from tortoise.models import Model

from models import AccessibilityFeature
from resolvers.demo.places import PLACES

Link = TypeVar("Link", bound=Model)


@dataclass
class Keys:
    """The primary keys of rows: topics and districts by slug, the others by the short keys of their texts."""

    topics: dict[str, int] = field(default_factory=dict)
    districts: dict[str, int] = field(default_factory=dict)
    members: dict[str, int] = field(default_factory=dict)
    groups: dict[str, int] = field(default_factory=dict)
    events: dict[str, int] = field(default_factory=dict)


def links(model: type[Link], column: str, key: int, topics: str, keys: Keys) -> Iterable[Link]:
    """The rows of `model` that tie topics, named by slugs with spaces between, to the row of this key."""
    for position, slug in enumerate(topics.split()):
        yield model(**{column: key}, topic_id=keys.topics[slug], position=position)


def venue(name: str | None, keys: Keys, *more: AccessibilityFeature) -> dict[str, Any]:
    """The columns of a venue that has `more` to offer than usual; none where there is none."""
    if name is None:
        return {}
    place = PLACES[name]
    return {
        "venue_name": place.name,
        "venue_street": place.street,
        "venue_postal_code": place.postal_code,
        "venue_city": "Wolfsburg",
        "venue_district_id": keys.districts[place.district],
        "venue_latitude": place.latitude,
        "venue_longitude": place.longitude,
        "venue_accessibility": [feature.value for feature in (*place.accessibility, *more)],
        "venue_accessibility_note": place.note,
    }
