"""What somebody would like to do, where they have no entry of their own on the board."""

from typing import Any

from tortoise import fields
from tortoise.models import Model

from models.accounts.accounts import Account
from models.fields import InstantField, check, now


class InterestProfile(Model):
    """The profile of one account. Topics and districts by their keys, in the order in which they were given."""

    id = fields.IntField(primary_key=True)
    account: fields.OneToOneRelation[Account] = fields.OneToOneField(
        "models.Account", related_name=False, on_delete=fields.CASCADE
    )
    account_id: int
    topics: fields.Field[list[int]] = fields.JSONField(default=list)
    # Names of `OfferCategory`.
    categories: fields.Field[list[str]] = fields.JSONField(default=list)
    districts: fields.Field[list[int]] = fields.JSONField(default=list)
    # Weekly times, as entries have them.
    times: fields.Field[list[dict[str, Any]]] = fields.JSONField(default=list)
    hours_per_week = fields.FloatField(null=True)
    languages: fields.Field[list[str]] = fields.JSONField(default=list)
    updated_at = InstantField(default=now)

    class Meta:
        table = "interest_profile"
        constraints = (check("interest_profile_hours_in_range", "hours_per_week > 0 AND hours_per_week <= 168"),)
