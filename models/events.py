"""Gatherings, their sessions and registrations."""

from enum import StrEnum
from typing import Self

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.fields import Hideable, InstantField, check, now, one_of
from models.groups import Group
from models.members import Member
from models.places import Located, Topic


class EventKind(StrEnum):
    MEETING = "MEETING"
    WORKSHOP = "WORKSHOP"
    FAIR = "FAIR"
    TRAINING = "TRAINING"
    CEREMONY = "CEREMONY"
    OTHER = "OTHER"


class EventStatus(StrEnum):
    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    CANCELLED = "CANCELLED"


class RegistrationStatus(StrEnum):
    CONFIRMED = "CONFIRMED"
    WAITLISTED = "WAITLISTED"
    CANCELLED = "CANCELLED"
    ATTENDED = "ATTENDED"
    NO_SHOW = "NO_SHOW"


# States of a registration that take a seat.
SEATED = (RegistrationStatus.CONFIRMED, RegistrationStatus.ATTENDED, RegistrationStatus.NO_SHOW)


class Event(Located, Hideable):
    """A gathering, a session of `parent` where that is set.

    `confirmed_count`, `waitlisted_count` and `queue_number` are changed only by who holds the row's lock, in the
    transaction that changes the registrations they count.
    """

    id = fields.IntField(primary_key=True)
    slug = fields.CharField(max_length=100, unique=True)
    title = fields.CharField(max_length=200)
    description = fields.TextField()
    kind = fields.CharEnumField(EventKind, max_length=20)
    status = fields.CharEnumField(EventStatus, max_length=20, default=EventStatus.DRAFT)
    status_reason = fields.CharField(max_length=1000, null=True)
    starts_at = InstantField()
    ends_at = InstantField()
    time_zone = fields.CharField(max_length=64)
    online_url = fields.CharField(max_length=500, null=True)
    host: fields.ForeignKeyNullableRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    host_id: int | None
    group: fields.ForeignKeyNullableRelation[Group] = fields.ForeignKeyField(
        "models.Group", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    group_id: int | None
    parent: fields.ForeignKeyNullableRelation["Event"] = fields.ForeignKeyField(
        "models.Event", related_name=False, null=True, on_delete=fields.CASCADE
    )
    parent_id: int | None
    capacity = fields.IntField(null=True)
    confirmed_count = fields.IntField(default=0)
    waitlisted_count = fields.IntField(default=0)
    # The highest Registration.queue_number given so far.
    queue_number = fields.IntField(default=0)
    version = fields.IntField(default=1)
    created_at = InstantField(default=now)
    updated_at = InstantField(default=now)

    def derive(self) -> Self:
        """Do nothing: no column of an event follows from others."""
        return self

    class Meta:
        table = "event"
        indexes = (
            Index(fields=("starts_at", "id")),
            Index(fields=("status", "starts_at", "id")),
            Index(fields=("kind", "starts_at", "id")),
            Index(fields=("created_at", "id")),
            Index(fields=("ends_at", "id")),
            Index(fields=("host_id", "starts_at", "id")),
            Index(fields=("group_id", "starts_at", "id")),
            Index(fields=("parent_id", "starts_at", "id")),
            Index(fields=("venue_district_id",)),
            Index(fields=("point_latitude", "point_longitude")),
        )
        constraints = (
            one_of("kind", EventKind, "event"),
            one_of("status", EventStatus, "event"),
            check("event_ends_after_start", "ends_at > starts_at"),
            check("event_capacity_not_negative", "capacity >= 0"),
            check("event_seats_kept", "confirmed_count >= 0 AND (capacity IS NULL OR confirmed_count <= capacity)"),
            check("event_waitlist_not_negative", "waitlisted_count >= 0"),
            check("event_not_its_own_session", "parent_id <> id"),
            check("event_version_positive", "version >= 1"),
        )


class EventTopic(Model):
    """A topic of an event, in the event's own order."""

    id = fields.IntField(primary_key=True)
    event: fields.ForeignKeyRelation[Event] = fields.ForeignKeyField(
        "models.Event", related_name=False, on_delete=fields.CASCADE
    )
    event_id: int
    topic: fields.ForeignKeyRelation[Topic] = fields.ForeignKeyField(
        "models.Topic", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    topic_id: int
    position = fields.IntField()

    class Meta:
        table = "event_topic"
        unique_together = (("event", "topic"),)


class Registration(Model):
    """A member's seat or place on the waiting list: one row of a member and an event.

    `queue_number` rises in the order of commit, who registers anew after cancelling gets a new one. The waiting
    list is in its order.
    """

    id = fields.IntField(primary_key=True)
    event: fields.ForeignKeyRelation[Event] = fields.ForeignKeyField(
        "models.Event", related_name=False, on_delete=fields.CASCADE
    )
    event_id: int
    member: fields.ForeignKeyNullableRelation[Member] = fields.ForeignKeyField(
        "models.Member", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    member_id: int | None
    status = fields.CharEnumField(RegistrationStatus, max_length=20)
    queue_number = fields.IntField()
    registered_at = InstantField(default=now)
    updated_at = InstantField(default=now)

    class Meta:
        table = "registration"
        unique_together = (("event", "member"), ("event", "queue_number"))
        indexes = (
            Index(fields=("event_id", "status", "queue_number")),
            Index(fields=("member_id", "registered_at", "id")),
        )
        constraints = (one_of("status", RegistrationStatus, "registration"),)
