"""Topics and districts, which are the town's own, and the columns of a venue."""

from collections.abc import Iterable
from enum import StrEnum

from tortoise import fields
from tortoise.models import Model

from models.fields import SortKeyField, check
from models.sql.cache import PerDatabaseCache


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


# So many topics and districts a town may have: a list of all of them is shown as one, without pages.
MOST_TOPICS, MOST_DISTRICTS = 50, 100
# A district may be a part of another one, and that of a third.
DISTRICT_LEVELS = 3


class Topic(Model):
    """A field of engagement."""

    id = fields.IntField(primary_key=True)
    slug = fields.CharField(max_length=100, unique=True)
    name = fields.CharField(max_length=200)
    name_key = SortKeyField(max_length=200)
    # Other words by which it is found; null where there are none.
    synonyms: fields.Field[list[str] | None] = fields.JSONField(null=True)

    class Meta:
        table = "topic"


class District(Model):
    """A part of the town."""

    id = fields.IntField(primary_key=True)
    slug = fields.CharField(max_length=100, unique=True)
    name = fields.CharField(max_length=200)
    name_key = SortKeyField(max_length=200)
    latitude = fields.FloatField(null=True)
    longitude = fields.FloatField(null=True)
    # What it is a part of. Where it has no location itself it counts with that one's.
    parent: fields.ForeignKeyNullableRelation["District"] = fields.ForeignKeyField(
        "models.District", related_name=False, null=True, on_delete=fields.RESTRICT, db_index=True
    )
    parent_id: int | None
    # Null where there are none.
    postal_codes: fields.Field[list[str] | None] = fields.JSONField(null=True)

    class Meta:
        table = "district"
        constraints = (
            check("district_location_whole", "(latitude IS NULL) = (longitude IS NULL)"),
            check("district_not_its_own_part", "parent_id <> id"),
        )


# The keys of topics and districts by their slugs: whatever else the office changes of them, a slug stays, and no row is
# ever deleted.
_known: PerDatabaseCache[tuple[type[Model], str], int] = PerDatabaseCache()


async def keys_of(model: type[Topic] | type[District], slugs: Iterable[str]) -> dict[str, int]:
    """The keys of the topics, or districts, that have one of these slugs. They are remembered: mostly no statement."""
    wanted = set(slugs)
    found = {slug: key for slug in wanted if (key := _known.get((model, slug))) is not None}
    unknown = wanted - found.keys()
    if unknown:
        for row in await model.filter(slug__in=unknown):
            _known.keep((model, row.slug), row.id)
            found[row.slug] = row.id
    return found


class Located(Model):
    """The columns of a venue, for rows that take place somewhere, no venue where `venue_name` is null.

    Those of `point` are kept by the database itself, whatever changes a venue or a district: see
    models/migrations/0013_points.py.
    """

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
    # Where it counts as lying, null where nobody knows: at its venue, else in the middle of its district. `x`, `y` and
    # `z` are the same point on the sphere, in km from its centre, so that distances need arithmetic alone.
    point_latitude = fields.FloatField(null=True)
    point_longitude = fields.FloatField(null=True)
    point_x = fields.FloatField(null=True)
    point_y = fields.FloatField(null=True)
    point_z = fields.FloatField(null=True)

    class Meta:
        abstract = True
