"""Mail that waits to be sent: written in the transaction that it tells of, sent by a job."""

from enum import StrEnum

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.fields import InstantField, now, one_of


class NotificationKind(StrEnum):
    """What a mail is about that its recipient can do without: they may switch each kind off."""

    RESPONSE_RECEIVED = "RESPONSE_RECEIVED"
    RESPONSE_DECIDED = "RESPONSE_DECIDED"
    SEAT_FREED = "SEAT_FREED"
    EVENT_CANCELLED = "EVENT_CANCELLED"
    GROUP_REQUEST = "GROUP_REQUEST"


class Digest(StrEnum):
    """When somebody gets mails of a kind."""

    NONE = "NONE"
    INSTANT = "INSTANT"


class Mail(Model):
    """One mail to one address, plain text."""

    # Where its recipient switches its kind off, by one click of their mail program and by a look at a page. They are
    # known when it is sent, and stored nowhere: whoever has one speaks for the recipient.
    unsubscribe_address: str | None = None
    unsubscribe_page: str | None = None

    id = fields.IntField(primary_key=True)
    recipient = fields.CharField(max_length=320)
    subject = fields.CharField(max_length=300)
    body = fields.TextField()
    # Null where it is necessary: nobody can switch it off.
    kind = fields.CharEnumField(NotificationKind, max_length=30, null=True)
    created_at = InstantField(default=now)
    # Not before this; a failed attempt moves it on.
    due_at = InstantField(default=now, db_index=True)
    attempts = fields.IntField(default=0)
    sent_at = InstantField(null=True)

    class Meta:
        table = "mail"
        indexes = (Index(fields=("recipient", "created_at")),)
        constraints = (one_of("kind", NotificationKind, "mail"),)
