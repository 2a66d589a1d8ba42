"""Who applies together: a person, and the organisation that they enter, about whom the office decides at once."""

from tortoise import fields
from tortoise.models import Model

from models.fields import InstantField, now
from models.members import Member
from models.offers import Offer


class Application(Model):
    """A person and their organisation wait for one decision of the office. Gone once they are let in."""

    id = fields.IntField(primary_key=True)
    person: fields.OneToOneRelation[Member] = fields.OneToOneField(
        "models.Member", related_name=False, on_delete=fields.CASCADE
    )
    person_id: int
    organisation: fields.OneToOneRelation[Member] = fields.OneToOneField(
        "models.Member", related_name=False, on_delete=fields.CASCADE
    )
    organisation_id: int
    # The organisation's first entry, which waits with them as a draft.
    offer: fields.OneToOneNullableRelation[Offer] = fields.OneToOneField(
        "models.Offer", related_name=False, null=True, on_delete=fields.SET_NULL
    )
    offer_id: int | None
    # Whether that is published when they are let in, or put into review.
    publishes = fields.BooleanField(default=False)
    # What the office should know.
    message = fields.TextField(null=True)
    created_at = InstantField(default=now)

    class Meta:
        table = "application"
