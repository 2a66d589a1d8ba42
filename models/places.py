"""Topics and districts, and the columns of a venue."""

from collections.abc import Iterable
from enum import StrEnum
from weakref import WeakKeyDictionary

from tortoise import fields
from tortoise.connection import get_connections
from tortoise.models import Model

from models.fields import SortKeyField


class AccessibilityFeature(StrEnum):
    STEP_FREE = "STEP_FREE"
    ACCESSIBLE_TOILET = "ACCESSIBLE_TOILET"
    ACCESSIBLE_PARKING = "ACCESSIBLE_PARKING"
    TACTILE_GUIDANCE = "TACTILE_GUIDANCE"
    INDUCTION_LOOP = "INDUCTION_LOOP"
    SIGN_LANGUAGE = "SIGN_LANGUAGE"
    EASY_LANGUAGE = "EASY_LANGUAGE"
    QUIET_ROOM = "QUIET_ROOM"
    ASSISTANCE_DOGS = "ASSISTANCE_DOGS"


class Topic(Model):
    """A field of engagement."""

    id = fields.IntField(primary_key=True)
    slug = fields.CharField(max_length=100, unique=True)
    name = fields.CharField(max_length=200)
    name_key = SortKeyField(max_length=200)

    class Meta:
        table = "topic"


class District(Model):
    """A part of the town."""

    id = fields.IntField(primary_key=True)
    slug = fields.CharField(max_length=100, unique=True)
    name = fields.CharField(max_length=200)
    name_key = SortKeyField(max_length=200)

    class Meta:
        table = "district"


# The keys of topics and districts, of each database that is open: they are stored once, and nothing changes them.
_known: WeakKeyDictionary[object, dict[tuple[type[Model], str], int]] = WeakKeyDictionary()


async def keys_of(model: type[Topic] | type[District], slugs: Iterable[str]) -> dict[str, int]:
    """The keys of the topics, or districts, that have one of these slugs. They are remembered: mostly no statement."""
    known = _known.setdefault(get_connections(), {})
    wanted = set(slugs)
    unknown = [slug for slug in wanted if (model, slug) not in known]
    if unknown:
        known.update({(model, row.slug): row.id for row in await model.filter(slug__in=unknown)})
    return {slug: known[model, slug] for slug in wanted if (model, slug) in known}


class Located(Model):
    """The columns of a venue, for rows that take place somewhere, no venue where `venue_name` is null."""

    venue_name = fields.CharField(max_length=200, null=True)
    venue_street = fields.CharField(max_length=200, null=True)
    venue_postal_code = fields.CharField(max_length=20, null=True)
    venue_city = fields.CharField(max_length=100, null=True)
    venue_district: fields.ForeignKeyNullableRelation[District] = fields.ForeignKeyField(
        "models.District", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    venue_district_id: int | None
    venue_latitude = fields.FloatField(null=True)
    venue_longitude = fields.FloatField(null=True)
    venue_accessibility: fields.Field[list[str]] = fields.JSONField(default=list)
    venue_accessibility_note = fields.CharField(max_length=1000, null=True)

    class Meta:
        abstract = True
