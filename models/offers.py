"""The seek-and-provide board: entries in both directions, and the responses to them."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Self

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.events import Event
from models.fields import Hideable, InstantField, check, now, one_of
from models.groups import Group
from models.members import Member
from models.places import District, Located, Topic
from models.sql.cache import PerDatabaseCache
from models.sql.statements import Statement
from models.weekly_times import WHOLE_WEEK, Commitment, StoredTime, slots_of


class OfferDirection(StrEnum):
    SEEK = "SEEK"
    PROVIDE = "PROVIDE"


class OfferCategory(StrEnum):
    HELPING_HANDS = "HELPING_HANDS"
    EXPERTISE = "EXPERTISE"
    TRAINING = "TRAINING"
    ROOM = "ROOM"
    MATERIAL = "MATERIAL"
    FUNDING = "FUNDING"
    COOPERATION = "COOPERATION"
    OTHER = "OTHER"


class OfferStatus(StrEnum):
    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    PUBLISHED = "PUBLISHED"
    PAUSED = "PAUSED"
    FULFILLED = "FULFILLED"
    EXPIRED = "EXPIRED"
    WITHDRAWN = "WITHDRAWN"


class ResponseStatus(StrEnum):
    SENT = "SENT"
    ACCEPTED = "ACCEPTED"
    DECLINED = "DECLINED"
    WITHDRAWN = "WITHDRAWN"


# What is not over: a member has one of an entry at most.
OPEN_RESPONSES = (ResponseStatus.SENT, ResponseStatus.ACCEPTED)


# What decides who sees an entry in lists; what facets count; and what else narrows many lists.
_SEEN = ("withheld_at", "owner_id", "id")
_COUNTED = ("direction", "category", "district_id", "venue_district_id")
_NARROWED = ("remote", *_SEEN)
_POINT = ("point_latitude", "point_longitude", "point_x", "point_y", "point_z")


def topic_keys(keys: Iterable[int]) -> str:
    """The keys of an entry's topics as its column `topic_keys` has them: ascending, with commas between."""
    return ",".join(map(str, sorted(keys)))


class Offer(Located, Hideable):
    """An entry of the board."""

    id = fields.IntField(primary_key=True)
    slug = fields.CharField(max_length=100, unique=True)
    direction = fields.CharEnumField(OfferDirection, max_length=20)
    category = fields.CharEnumField(OfferCategory, max_length=20)
    status = fields.CharEnumField(OfferStatus, max_length=20, default=OfferStatus.DRAFT)
    status_reason = fields.CharField(max_length=1000, null=True)
    title = fields.CharField(max_length=200)
    description = fields.TextField()
    district: fields.ForeignKeyNullableRelation[District] = fields.ForeignKeyField(
        "models.District", related_name=False, null=True, on_delete=fields.RESTRICT
    )
    district_id: int | None
    remote = fields.BooleanField(default=False)
    minimum_age = fields.IntField(null=True)
    languages: fields.Field[list[str]] = fields.JSONField(default=list)
    hours_per_week = fields.FloatField(null=True)
    available_from = fields.DateField(null=True)
    available_until = fields.DateField(null=True)
    times: fields.Field[list[StoredTime]] = fields.JSONField(default=list, db_default="[]")
    # The parts of a week that `times` touch, see `models.weekly_times.slots_of`.
    time_slots = fields.IntField(default=WHOLE_WEEK, db_default=WHOLE_WEEK)
    commitment = fields.CharEnumField(Commitment, max_length=20, null=True)
    owner: fields.ForeignKeyNullableRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    owner_id: int | None
    group: fields.ForeignKeyNullableRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    group_id: int | None
    event: fields.ForeignKeyNullableRelation[Event] = fields.ForeignKeyField(
        "models.Event", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    event_id: int | None
    # The keys of its topics, see `topic_keys`: what the facets of a list count. The database keeps it, whatever changes
    # a topic of an entry: see models/migrations/0016_facets.py.
    topic_keys = fields.CharField(max_length=1000, default="", db_default="")
    # When it last came onto the board; null where it never did.
    published_at = InstantField(null=True)
    # published_at, else created_at: what NEWEST sorts by.
    newest_at = InstantField(default=now)
    expires_at = InstantField(null=True)
    # The version that its matches were looked for of, for `matchFound`; null: of none since it came onto the board.
    matched_version = fields.IntField(null=True)
    version = fields.IntField(default=1)
    created_at = InstantField(default=now)
    updated_at = InstantField(default=now)

    def derive(self) -> Self:
        """Fill the columns that follow from others: when it takes place."""
        self.time_slots = slots_of(self.times)
        return self

    class Meta:
        table = "offer"
        indexes = (
            Index(fields=("newest_at", "id")),
            Index(fields=("status", "newest_at", "id")),
            Index(fields=("status", "direction", "newest_at", "id")),
            Index(fields=("status", "category", "newest_at", "id")),
            Index(fields=("status", "remote", "newest_at", "id")),
            Index(fields=("status", "expires_at", "id")),
            Index(fields=("owner_id", "newest_at", "id")),
            Index(fields=("group_id", "newest_at", "id")),
            Index(fields=("event_id",)),
            Index(fields=("district_id",)),
            Index(fields=("venue_district_id",)),
            # What lies in a rectangle or a circle is found, counted and sorted in this alone.
            Index(name="offer_placed", fields=("status", *_POINT, "newest_at", "direction", "category", *_SEEN)),
            # What facets count, and mostly are filtered by, stands in these: see models/filters/offer_facets.py.
            Index(name="offer_counted", fields=("status", *_COUNTED, *_NARROWED)),
            Index(name="offer_topics_counted", fields=("status", "topic_keys", *_COUNTED, *_NARROWED)),
        )
        constraints = (
            one_of("direction", OfferDirection, "offer"),
            one_of("category", OfferCategory, "offer"),
            one_of("status", OfferStatus, "offer"),
            one_of("commitment", Commitment, "offer"),
            check(
                "offer_published_has_dates",
                "status <> 'PUBLISHED' OR (published_at IS NOT NULL AND expires_at IS NOT NULL)",
            ),
            check("offer_available_in_order", "available_until >= available_from"),
            check("offer_minimum_age_in_range", "minimum_age BETWEEN 0 AND 120"),
            check("offer_hours_in_range", "hours_per_week > 0 AND hours_per_week <= 168"),
            check("offer_version_positive", "version >= 1"),
        )


_PUBLISHED_BEFORE = Statement(
    "SELECT EXISTS (SELECT 1 FROM offer WHERE owner_id = ? AND published_at IS NOT NULL) AS known"
)


# The owners of whom that is known: it never ceases to be so.
_publishers: PerDatabaseCache[int | None, bool] = PerDatabaseCache()


async def published_before(owner_id: int | None) -> bool:
    """Whether an entry of this owner was ever on the board. Where one was, that is remembered: then no statement."""
    if _publishers.get(owner_id):
        return True
    answer = await _PUBLISHED_BEFORE.row(owner_id)
    known = bool(answer and answer["known"])
    if known:
        _publishers.keep(owner_id, True)
    return known


class OfferTopic(Model):
    """A topic of an entry, in the entry's own order."""

    id = fields.IntField(primary_key=True)
    offer: fields.ForeignKeyRelation[Offer] = fields.ForeignKeyField(
        "models.Offer", related_name=False, on_delete=fields.CASCADE
    )
    offer_id: int
    topic: fields.ForeignKeyRelation[Topic] = fields.ForeignKeyField(
        "models.Topic", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    topic_id: int
    position = fields.IntField()

    class Meta:
        table = "offer_topic"
        unique_together = (("offer", "topic"),)


class OfferResponse(Model):
    """Someone's answer to an entry, one of a member and an entry is SENT or ACCEPTED at most."""

    id = fields.IntField(primary_key=True)
    offer: fields.ForeignKeyRelation[Offer] = fields.ForeignKeyField(
        "models.Offer", related_name=False, on_delete=fields.CASCADE
    )
    offer_id: int
    member: fields.ForeignKeyNullableRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    member_id: int | None
    message = fields.TextField()
    status = fields.CharEnumField(ResponseStatus, max_length=20, default=ResponseStatus.SENT)
    created_at = InstantField(default=now)
    decided_at = InstantField(null=True)

    class Meta:
        table = "offer_response"
        indexes = (Index(fields=("offer_id", "created_at", "id")), Index(fields=("member_id", "status", "id")))
        constraints = (one_of("status", ResponseStatus, "offer_response"),)
