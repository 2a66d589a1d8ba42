"""What the board held day by day."""

from tortoise import fields
from tortoise.models import Model

from models.fields import check


class BoardDay(Model):
    """How many entries stood on the board when a day ended in the town: written once, after it, and never changed."""

    day = fields.DateField(primary_key=True)
    seeking_count = fields.IntField()
    providing_count = fields.IntField()

    class Meta:
        table = "board_day"
        constraints = (check("board_day_counts_not_negative", "seeking_count >= 0 AND providing_count >= 0"),)
