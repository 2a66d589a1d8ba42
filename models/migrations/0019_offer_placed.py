"""What lies in a rectangle or a circle is found in one index, without a look at the rows."""

from tortoise import migrations
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

_POINT = ["point_latitude", "point_longitude", "point_x", "point_y", "point_z"]


class Migration(migrations.Migration):
    dependencies = [("models", "0018_out_of_sight")]

    operations = [
        ops.RemoveIndex(model_name="Offer", name=None, fields=["point_latitude", "point_longitude"]),
        ops.AddIndex(
            model_name="Offer",
            index=Index(
                name="offer_placed",
                fields=["status", *_POINT, "newest_at", "direction", "category", "withheld_at", "owner_id", "id"],
            ),
        ),
    ]
