"""Mail that waits to be sent: written in the transaction that it tells of, sent by a job."""

from tortoise import fields
from tortoise.indexes import Index
from tortoise.models import Model

from models.fields import InstantField, now


class Mail(Model):
    """One mail to one address, plain text."""

    id = fields.IntField(primary_key=True)
    recipient = fields.CharField(max_length=320)
    subject = fields.CharField(max_length=300)
    body = fields.TextField()
    created_at = InstantField(default=now)
    # Not before this; a failed attempt moves it on.
    due_at = InstantField(default=now, db_index=True)
    attempts = fields.IntField(default=0)
    sent_at = InstantField(null=True)

    class Meta:
        table = "mail"
        indexes = (Index(fields=("recipient", "created_at")),)
