"""Conditions that the filters of several nouns share.

What is no slug finds nothing, and never reaches a database that would choke on it.
"""

import re
from collections.abc import Iterable
from typing import Any, TypeVar

from tortoise.expressions import Q, Subquery
from tortoise.models import Model
from tortoise.queryset import QuerySet

from models.filters.near import Near
from models.places import District, Located

Place = TypeVar("Place", bound=Located)

_SLUG = re.compile(r"[a-z0-9-]{1,100}")
NOTHING = Q(id=-1)


def is_slug(text: str) -> bool:
    """Whether `text` could be a slug."""
    return _SLUG.fullmatch(text) is not None


def with_topics(link: type[Model], column: str, slugs: Iterable[str]) -> Q:
    """Rows with one of these topics, by the rows of `link` whose `column` names them. A row comes once."""
    wanted = [slug for slug in slugs if is_slug(slug)]
    if not wanted:
        return NOTHING
    return Q(id__in=Subquery(link.filter(topic__slug__in=wanted).values(column)))


def in_districts(column: str, slugs: Iterable[str]) -> Q:
    """Rows in one of these districts or their parts, as the foreign key `column` (such as `venue_district`) says."""
    wanted = [slug for slug in slugs if is_slug(slug)]
    if not wanted:
        return NOTHING
    part_of = Q(slug__in=wanted) | Q(parent__slug__in=wanted) | Q(parent__parent__slug__in=wanted)
    keys: dict[str, Any] = {f"{column}_id__in": Subquery(District.filter(part_of).values("id"))}
    return Q(**keys)


def within(rows: QuerySet[Place], near: Near) -> QuerySet[Place]:
    """Those of `rows` whose point lies in the circle; rows without one never do.

    They lie in the rectangle around it, too: that is what an index finds.
    """
    chord = near.distance(rows.model._meta.db_table).annotation()
    return rows.filter(near.bounds().condition()).annotate(chord=chord).filter(chord__lte=near.farthest)
