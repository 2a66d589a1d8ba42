"""Entries of the board that fit each other: which pairs were told of, and which somebody doesn't want."""

from tortoise import fields
from tortoise.models import Model

from models.fields import InstantField, now
from models.offers import Offer


class FoundMatch(Model):
    """A pair that `matchFound` has told of: it does so once."""

    id = fields.IntField(primary_key=True)
    seek: fields.ForeignKeyRelation[Offer] = fields.ForeignKeyField(
        "models.Offer", related_name=False, on_delete=fields.CASCADE
    )
    seek_id: int
    provide: fields.ForeignKeyRelation[Offer] = fields.ForeignKeyField(
        "models.Offer", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    provide_id: int
    found_at = InstantField(default=now)

    class Meta:
        table = "found_match"
        unique_together = (("seek", "provide"),)


class DismissedMatch(Model):
    """An entry that the owner's side of another one doesn't want to see among its matches."""

    id = fields.IntField(primary_key=True)
    own: fields.ForeignKeyRelation[Offer] = fields.ForeignKeyField(
        "models.Offer", related_name=False, on_delete=fields.CASCADE
    )
    own_id: int
    match: fields.ForeignKeyRelation[Offer] = fields.ForeignKeyField(
        "models.Offer", related_name=False, on_delete=fields.CASCADE, db_index=True
    )
    match_id: int
    created_at = InstantField(default=now)

    class Meta:
        table = "dismissed_match"
        unique_together = (("own", "match"),)
